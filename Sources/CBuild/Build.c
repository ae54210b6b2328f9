#include "CBuild.h"

#ifndef HSDL_MPI_COMMIT
#define HSDL_MPI_COMMIT "unknown"
#endif

const char *cbuild_commit(void) { return HSDL_MPI_COMMIT; }

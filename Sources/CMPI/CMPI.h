// The C side of MPI: mpi.h, and the constants that Swift cannot import because
// their macros cast.
#ifndef CMPI_H
#define CMPI_H

#include <mpi.h>

static inline MPI_Op CMPI_SUM(void) { return MPI_SUM; }
static inline MPI_Op CMPI_PROD(void) { return MPI_PROD; }
static inline MPI_Op CMPI_MIN(void) { return MPI_MIN; }
static inline MPI_Op CMPI_MAX(void) { return MPI_MAX; }
static inline MPI_Op CMPI_BAND(void) { return MPI_BAND; }
static inline MPI_Op CMPI_BOR(void) { return MPI_BOR; }

static inline MPI_Comm CMPI_COMM_WORLD(void) { return MPI_COMM_WORLD; }
static inline MPI_Comm CMPI_COMM_NULL(void) { return MPI_COMM_NULL; }
static inline MPI_Request CMPI_REQUEST_NULL(void) { return MPI_REQUEST_NULL; }
static inline MPI_Errhandler CMPI_ERRORS_RETURN(void) { return MPI_ERRORS_RETURN; }
static inline MPI_Info CMPI_INFO_NULL(void) { return MPI_INFO_NULL; }

static inline MPI_Datatype CMPI_BYTE(void) { return MPI_BYTE; }
static inline MPI_Datatype CMPI_INT8(void) { return MPI_INT8_T; }
static inline MPI_Datatype CMPI_UINT8(void) { return MPI_UINT8_T; }
static inline MPI_Datatype CMPI_INT32(void) { return MPI_INT32_T; }
static inline MPI_Datatype CMPI_UINT32(void) { return MPI_UINT32_T; }
static inline MPI_Datatype CMPI_INT64(void) { return MPI_INT64_T; }
static inline MPI_Datatype CMPI_UINT64(void) { return MPI_UINT64_T; }
static inline MPI_Datatype CMPI_FLOAT(void) { return MPI_FLOAT; }
static inline MPI_Datatype CMPI_DOUBLE(void) { return MPI_DOUBLE; }

static inline void *CMPI_IN_PLACE(void) { return MPI_IN_PLACE; }
static inline MPI_Status *CMPI_STATUS_IGNORE(void) { return MPI_STATUS_IGNORE; }
static inline int CMPI_ANY_SOURCE(void) { return MPI_ANY_SOURCE; }
static inline int CMPI_ANY_TAG(void) { return MPI_ANY_TAG; }

#endif

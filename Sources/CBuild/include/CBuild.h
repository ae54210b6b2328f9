#ifndef CBUILD_H
#define CBUILD_H

/// The commit that the program was built from, as the build was told; "unknown" where it was not.
const char *cbuild_commit(void);

#endif

// The tables of the kinds of processors; null where the program is not for that family.
#include "include/CKernels.h"

const kernels *kernels_baseline(void);
const kernels *kernels_avx2(void);
const kernels *kernels_avx512(void);

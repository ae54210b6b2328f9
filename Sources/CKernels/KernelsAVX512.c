#include "Kinds.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#define LANES 16
#define KIND "AVX-512"
#define NAMED(name) name##_16
#include "KernelsBody.h"
#pragma clang attribute pop

const kernels *kernels_avx512(void) { return &NAMED(table); }
#else
const kernels *kernels_avx512(void) { return 0; }
#endif

#include "Kinds.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define KIND "AVX2"
#define NAMED(name) name##_8
#include "KernelsBody.h"
#pragma clang attribute pop

const kernels *kernels_avx2(void) { return &NAMED(table); }
#else
const kernels *kernels_avx2(void) { return 0; }
#endif

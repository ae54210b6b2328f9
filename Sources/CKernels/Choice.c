#include "Kinds.h"

const kernels *kernels_with_lanes(int lanes) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (lanes == 16 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
    return kernels_avx512();
  if (lanes == 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kernels_avx2();
#endif
  return lanes == 4 ? kernels_baseline() : 0;
}

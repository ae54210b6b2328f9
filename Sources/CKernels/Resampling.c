#include "CKernels.h"
#include <string.h>

// Sums have the same order and no fused operations on every processor, so a sample at the new rate is the same bit for bit.
#pragma STDC FP_CONTRACT OFF

typedef double lanes __attribute__((vector_size(64)));

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void kernels_resample(const kernels_resampling *way, const double *samples, long from, long to, double *output) {
  const long up = way->up, down = way->down, count = way->phase_count;
  for (long index = from; index < to; ++index) {
    const long time = index * down + way->half;
    const double *a = way->phases + time % up * count;
    const double *b = samples + (time / up - (count - 1));
    lanes sum = {0};
    long tap = 0;
    for (; tap + 8 <= count; tap += 8) {
      lanes x, y;
      memcpy(&x, a + tap, sizeof x);
      memcpy(&y, b + tap, sizeof y);
      sum += x * y;
    }
    double rest = 0;
    for (; tap < count; ++tap) rest += a[tap] * b[tap];
    double total = sum[0];
    for (int lane = 1; lane < 8; ++lane) total += sum[lane];
    output[index] = total + rest;
  }
}

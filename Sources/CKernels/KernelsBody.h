// Included once for each kind of processor, with LANES and NAMED(name) defined.

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef float vec_unaligned __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int ivec __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline))
// Vectors of 16 channels.
#define PARTS (16 / LANES)

#pragma STDC FP_CONTRACT ON

INLINE vec splat(float value) { return value - (vec){}; }
INLINE vec load(const float *at) { return *(const vec_unaligned *)at; }
INLINE void store(float *at, vec value) { *(vec_unaligned *)at = value; }
INLINE vec choose(ivec mask, vec yes, vec no) { return (vec)((mask & (ivec)yes) | (~mask & (ivec)no)); }
// Written so that each is one instruction; `relu` and the second of the others let through what is no number.
INLINE vec larger(vec a, vec b) { return choose(a > b, a, b); }
INLINE vec smaller(vec a, vec b) { return choose(a < b, a, b); }
INLINE vec relu(vec a) { return choose(a < (vec){}, (vec){}, a); }

// e^x for -87 <= x <= 88, cut there: x = n ln 2 + r, a polynomial of r by Taylor with seven terms; error below 2e-7 of the value.
INLINE vec exponential(vec x) {
  x = larger(smaller(x, splat(88.0f)), splat(-87.0f));
  vec magic = splat(12582912.0f);
  vec shifted = x * splat(1.44269504f) + magic;
  ivec exponent = (ivec)shifted << 23;
  vec n = shifted - magic;
  vec r = x - n * splat(0.693359375f);
  r = r + n * splat(2.12194440e-4f);
  vec p = splat(1.9875691500e-4f);
  p = p * r + splat(1.3981999507e-3f);
  p = p * r + splat(8.3334519073e-3f);
  p = p * r + splat(4.1665795894e-2f);
  p = p * r + splat(1.6666665459e-1f);
  p = p * r + splat(5.0000001201e-1f);
  p = p * (r * r) + (r + splat(1.0f));
  return (vec)((ivec)p + exponent);
}

INLINE vec sigmoid(vec x) { return splat(1.0f) / (splat(1.0f) + exponential(-x)); }

INLINE float sum_lanes(vec a) {
  float lane[LANES];
  for (int i = 0; i < LANES; i++) lane[i] = a[i];
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) lane[i] += lane[i + width];
  return lane[0];
}

INLINE float largest_lane(vec a) {
  float lane[LANES];
  for (int i = 0; i < LANES; i++) lane[i] = a[i];
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) lane[i] = lane[i] > lane[i + width] ? lane[i] : lane[i + width];
  return lane[0];
}

#define UNROLL _Pragma("clang loop unroll(full)")

// ---- products -----------------------------------------------------------------------------------------------------------------------

// Adds `depth` terms to the sums of `tile` rows by `vectors` vectors of outputs. All but `depth` is constant wherever this is expanded.
INLINE const float *accumulate(
    vec *sums, const float *input, const float *weights, long depth, const int tile, const int vectors, const int stride) {
  for (long k = 0; k < depth; k++) {
    vec w[2];
    UNROLL for (int v = 0; v < vectors; v++) w[v] = load(weights + v * LANES);
    UNROLL for (int t = 0; t < tile; t++) {
      vec x = splat(input[t * stride]);
      UNROLL for (int v = 0; v < vectors; v++) sums[t * vectors + v] = x * w[v] + sums[t * vectors + v];
    }
    input++;
    weights += vectors * LANES;
  }
  return weights;
}

INLINE void finish(
    const kernels_product *work, vec *sums, float *output, const float *residual, const int tile, const int vectors) {
  const long step = work->output_stride;
  if (residual) {
    UNROLL for (int t = 0; t < tile; t++)
      UNROLL for (int v = 0; v < vectors; v++) sums[t * vectors + v] += load(residual + t * step + v * LANES);
  }
  if (work->pool == KERNELS_POOL_ROWS) {
    UNROLL for (int t = 0; t + 1 < tile; t += 2)
      UNROLL for (int v = 0; v < vectors; v++)
        store(output + t / 2 * step + v * LANES, relu(larger(sums[t * vectors + v], sums[(t + 1) * vectors + v])));
    return;
  }
#if LANES == 16
  if (work->pool == KERNELS_POOL_HALVES) {
    typedef float half_unaligned __attribute__((vector_size(32), aligned(4), may_alias));
    UNROLL for (int t = 0; t < tile; t++) {
      vec a = sums[t * vectors];
      vec swapped = __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
      vec best = relu(larger(a, swapped));
      *(half_unaligned *)(output + t * step) = __builtin_shufflevector(best, best, 0, 1, 2, 3, 4, 5, 6, 7);
    }
    return;
  }
#endif
  if (work->activation == KERNELS_RELU) {
    UNROLL for (int t = 0; t < tile; t++)
      UNROLL for (int v = 0; v < vectors; v++) store(output + t * step + v * LANES, relu(sums[t * vectors + v]));
    return;
  }
  UNROLL for (int t = 0; t < tile; t++)
    UNROLL for (int v = 0; v < vectors; v++) store(output + t * step + v * LANES, sums[t * vectors + v]);
  if (work->activation == KERNELS_SIGMOID) {
    for (int t = 0; t < tile; t++)
      for (int v = 0; v < vectors; v++) {
        float *at = output + t * step + v * LANES;
        store(at, sigmoid(load(at)));
      }
  }
}

typedef void tile_function(
    const kernels_product *work, const float *input, const float *input2, const float *weights, const float *bias, float *output,
    const float *residual);

// One function a stride, width and tile: every row is then a constant away from the first, and all sums stay in registers.
#define TILE(S, V, T)                                                                                                              \
  static __attribute__((noinline)) void NAMED(tile_##S##_##V##_##T)(                                                               \
      const kernels_product *work, const float *input, const float *input2, const float *weights, const float *bias,              \
      float *output, const float *residual) {                                                                                     \
    vec sums[T * V];                                                                                                               \
    UNROLL for (int v = 0; v < V; v++) UNROLL for (int t = 0; t < T; t++) sums[t * V + v] = load(bias + v * LANES);                \
    weights = accumulate(sums, input, weights, work->depth, T, V, S);                                                              \
    if (input2) accumulate(sums, input2, weights, work->depth2, T, V, S);                                                          \
    finish(work, sums, output, residual, T, V);                                                                                    \
  }

// Registers hold the sums: 28 of 32, or 12 of 16.
#if LANES == 16 || defined(__aarch64__)
#define TILES(S)                                                                                                                   \
  TILE(S, 2, 14) TILE(S, 2, 12) TILE(S, 2, 8) TILE(S, 2, 4) TILE(S, 2, 2) TILE(S, 2, 1)                                            \
  TILE(S, 1, 28) TILE(S, 1, 24) TILE(S, 1, 16) TILE(S, 1, 8) TILE(S, 1, 2) TILE(S, 1, 1)
#define ROW(S, V, A, B, C, D)                                                                                                      \
  {NAMED(tile_##S##_##V##_##A), NAMED(tile_##S##_##V##_##B), NAMED(tile_##S##_##V##_##C), NAMED(tile_##S##_##V##_##D),             \
   NAMED(tile_##S##_##V##_2),   NAMED(tile_##S##_##V##_1)}
#define ROWS(S) {ROW(S, 1, 28, 24, 16, 8), ROW(S, 2, 14, 12, 8, 4)}
static const int NAMED(heights)[2][6] = {{28, 24, 16, 8, 2, 1}, {14, 12, 8, 4, 2, 1}};
#else
#define TILES(S)                                                                                                                   \
  TILE(S, 2, 6) TILE(S, 2, 4) TILE(S, 2, 2) TILE(S, 2, 1)                                                                          \
  TILE(S, 1, 12) TILE(S, 1, 10) TILE(S, 1, 8) TILE(S, 1, 4) TILE(S, 1, 2) TILE(S, 1, 1)
#define ROWS(S)                                                                                                                    \
  {{NAMED(tile_##S##_1_12), NAMED(tile_##S##_1_10), NAMED(tile_##S##_1_8), NAMED(tile_##S##_1_4), NAMED(tile_##S##_1_2),           \
    NAMED(tile_##S##_1_1)},                                                                                                        \
   {NAMED(tile_##S##_2_6), NAMED(tile_##S##_2_6), NAMED(tile_##S##_2_4), NAMED(tile_##S##_2_4), NAMED(tile_##S##_2_2),             \
    NAMED(tile_##S##_2_1)}}
static const int NAMED(heights)[2][6] = {{12, 10, 8, 4, 2, 1}, {6, 6, 4, 4, 2, 1}};
#endif

TILES(3) TILES(6) TILES(8) TILES(16) TILES(32) TILES(64) TILES(128) TILES(256)
static const int NAMED(strides)[8] = {3, 6, 8, 16, 32, 64, 128, 256};
static tile_function *const NAMED(tiles)[8][2][6] = {ROWS(3), ROWS(6), ROWS(8), ROWS(16), ROWS(32), ROWS(64), ROWS(128), ROWS(256)};

static void NAMED(product)(const kernels_product *work) {
  int stride = 0;
  while (stride < 8 && NAMED(strides)[stride] != work->stride) stride++;
  if (stride == 8) return;
  const long depth = work->depth + (work->input2 ? work->depth2 : 0);
  const unsigned halved = work->pool == KERNELS_POOL_ROWS ? 2 : 1;
  const float *weights = work->weights;
  for (long n = 0; n < work->outputs;) {
    const int vectors = work->outputs - n >= 2 * LANES ? 2 : 1;
    // The height of tiles that takes the fewest turns of the multipliers; the last tile overlaps the one before.
    int best = 5;
    unsigned least = ~0u;
    const unsigned rows = (unsigned)work->rows;
    for (int i = 0; i < 6; i++) {
      const unsigned height = (unsigned)NAMED(heights)[vectors - 1][i];
      if (height > rows || (height & (halved - 1)) != 0) continue;
      const unsigned busy = height * vectors > 8 ? height * vectors : 8;
      const unsigned cost = (rows + height - 1) / height * (busy + 1);
      if (cost < least) least = cost, best = i;
    }
    const long height = NAMED(heights)[vectors - 1][best];
    tile_function *const tile = NAMED(tiles)[stride][vectors - 1][best];
    for (long row = 0; row < work->rows; row += height) {
      const long first = row + height <= work->rows ? row : work->rows - height;
      const long place = (halved == 2 ? first / 2 : first) * work->output_stride + n;
      tile(
          work, work->input + first * work->stride, work->input2 ? work->input2 + first * work->stride : 0, weights,
          work->bias + n, work->output + place, work->residual ? work->residual + place : 0);
    }
    weights += depth * vectors * LANES;
    n += vectors * LANES;
  }
}

// ---- recurrence ---------------------------------------------------------------------------------------------------------------------

// Some sequences side by side, so that one's sums fill the other's waiting.
INLINE void lstm_sequences(const kernels_lstm *work, const float *gates, float *output, const int count) {
  vec cell[4 * PARTS];
  float hidden[4 * 16];
  for (int i = 0; i < count * PARTS; i++) cell[i] = (vec){};
  for (int i = 0; i < count * 16; i++) hidden[i] = 0;
  const vec one = splat(1.0f);
  for (long step = 0; step < work->length; step++) {
    const long t = work->reverse ? work->length - 1 - step : step;
    vec sums[4 * 4 * PARTS];
    UNROLL for (int s = 0; s < count; s++)
      UNROLL for (int v = 0; v < 4 * PARTS; v++)
        sums[s * 4 * PARTS + v] = load(gates + s * work->sequence_stride + t * work->gate_stride + v * LANES);
    for (int k = 0; k < 16; k++) {
      UNROLL for (int v = 0; v < 4 * PARTS; v++) {
        const vec w = load(work->weights + k * 64 + v * LANES);
        UNROLL for (int s = 0; s < count; s++)
          sums[s * 4 * PARTS + v] = splat(hidden[s * 16 + k]) * w + sums[s * 4 * PARTS + v];
      }
    }
    UNROLL for (int s = 0; s < count; s++)
      UNROLL for (int p = 0; p < PARTS; p++) {
        const vec *sum = sums + s * 4 * PARTS + p;
        vec *c = cell + s * PARTS + p;
        const vec limit = splat(40.0f);
        // tanh x = (e - 1) / (e + 1), e = exp 2x, with the gate's own fraction under one line: products stay below 10^35.
        const vec g = exponential(smaller(larger(sum[2 * PARTS] + sum[2 * PARTS], -limit), limit));
        vec h;
        if (work->hard) {
          const vec fifth = splat(0.2f), middle = splat(0.5f);
          const vec i = smaller(larger(sum[0] * fifth + middle, (vec){}), one);
          const vec f = smaller(larger(sum[PARTS] * fifth + middle, (vec){}), one);
          const vec o = smaller(larger(sum[3 * PARTS] * fifth + middle, (vec){}), one);
          *c = f * *c + i * ((g - one) / (g + one));
          const vec e = exponential(smaller(larger(*c + *c, -limit), limit));
          h = o * ((e - one) / (e + one));
        } else {
          const vec i = exponential(smaller(larger(-sum[0], -limit), limit));
          const vec f = exponential(-sum[PARTS]);
          const vec o = exponential(smaller(larger(-sum[3 * PARTS], -limit), limit));
          *c = *c / (one + f) + (g - one) / ((one + i) * (one + g));
          const vec e = exponential(smaller(larger(*c + *c, -limit), limit));
          h = (e - one) / ((one + o) * (one + e));
        }
        store(hidden + s * 16 + p * LANES, h);
        store(output + s * work->output_sequence_stride + t * work->output_stride + p * LANES, h);
      }
  }
}

static void NAMED(lstm)(const kernels_lstm *work) {
  long s = 0;
#if LANES == 16
  for (; s + 4 <= work->sequences; s += 4)
    lstm_sequences(work, work->gates + s * work->sequence_stride, work->output + s * work->output_sequence_stride, 4);
#endif
  for (; s < work->sequences; s++)
    lstm_sequences(work, work->gates + s * work->sequence_stride, work->output + s * work->output_sequence_stride, 1);
}

// ---- attention ----------------------------------------------------------------------------------------------------------------------

// Σ w tanh(q + k) of one query over all keys, less the constant Σ w: with x = exp 2q · exp 2k + 1 each term is -2 w / x. Four fractions share
// one division; x is cut at 10^9, where tanh is 1 in this precision, so that the product of four is finite.
INLINE void emissions(
    const float *query, const float *keys, const float *weights, float start, long padded, float *row, const int plain) {
  const vec one = splat(1.0f), limit = splat(1e9f), minus2 = splat(-2.0f);
  for (long s = 0; s < padded; s += LANES) {
    vec sum = {};
    for (int u = 0; u < 32; u += 4) {
      vec x[4];
      UNROLL for (int i = 0; i < 4; i++) {
        const vec key = load(keys + (u + i) * padded + s);
        x[i] = smaller(plain ? one + exponential(splat(query[u + i]) + key) : splat(query[u + i]) * key + one, limit);
      }
      const vec a = splat(weights[u]) * x[1] + splat(weights[u + 1]) * x[0];
      const vec b = splat(weights[u + 2]) * x[3] + splat(weights[u + 3]) * x[2];
      const vec ab = x[0] * x[1], cd = x[2] * x[3];
      sum += (a * cd + b * ab) / (ab * cd);
    }
    store(row + s, sum * minus2 + splat(start));
  }
}

static void NAMED(attention)(const kernels_attention *work) {
  const long length = work->length, padded = (length + 15) / 16 * 16;
  float *keys = work->scratch, *row = keys + 32 * padded;
  float query[32];
  // exp 2q and exp 2k are taken once each, unless one might leave the range of numbers.
  int plain = 0;
  for (long i = 0; i < length; i++)
    for (int u = 0; u < 64; u++) plain |= !(work->projections[i * 64 + u] < 30.0f && work->projections[i * 64 + u] > -30.0f);
  float start = work->bias;
  for (int u = 0; u < 32; u++) start += work->weights[u];
  for (int u = 0; u < 32; u++) {
    for (long s = 0; s < length; s++) keys[u * padded + s] = 2 * work->projections[s * 64 + 32 + u];
    for (long s = length; s < padded; s++) keys[u * padded + s] = 0;
  }
  if (!plain)
    for (long i = 0; i < 32 * padded; i += LANES) store(keys + i, exponential(load(keys + i)));
  for (long t = 0; t < length; t++) {
    for (int u = 0; u < 32; u += LANES) {
      const vec q = load(work->projections + t * 64 + u);
      store(query + u, plain ? q + q : exponential(q + q));
    }
    if (plain)
      emissions(query, keys, work->weights, start, padded, row, 1);
    else
      emissions(query, keys, work->weights, start, padded, row, 0);
    for (long s = length; s < padded; s++) row[s] = -3e38f;
    vec best = load(row);
    for (long s = LANES; s < padded; s += LANES) best = larger(load(row + s), best);
    const vec top = splat(largest_lane(best));
    // The largest counts over all samples, also over those beyond the reach (Keras layer of the original).
    const long first = work->reach < 0 || t < work->reach ? 0 : t - work->reach;
    const long end = work->reach < 0 || t + work->reach + 1 > length ? length : t + work->reach + 1;
    vec values[4 * PARTS];
    for (int i = 0; i < 4 * PARTS; i++) values[i] = (vec){};
    for (long s = first / LANES * LANES; s < end; s += LANES) store(row + s, exponential(load(row + s) - top));
    float sum[4] = {};
    for (long s = first; s < end; s++) {
      const int lane = (s - first) & 3;
      sum[lane] += row[s];
    }
    long s = first;
    for (; s + 4 <= end; s += 4)
      UNROLL for (int i = 0; i < 4; i++)
        UNROLL for (int p = 0; p < PARTS; p++)
          values[i * PARTS + p] = splat(row[s + i]) * load(work->input + (s + i) * 16 + p * LANES) + values[i * PARTS + p];
    for (; s < end; s++)
      UNROLL for (int p = 0; p < PARTS; p++) values[p] = splat(row[s]) * load(work->input + s * 16 + p * LANES) + values[p];
    const vec scale = splat(1.0f / (((sum[0] + sum[1]) + (sum[2] + sum[3])) + work->epsilon));
    UNROLL for (int p = 0; p < PARTS; p++)
      store(
          work->output + t * 16 + p * LANES,
          ((values[p] + values[PARTS + p]) + (values[2 * PARTS + p] + values[3 * PARTS + p])) * scale);
  }
}

// ---- planar convolutions ------------------------------------------------------------------------------------------------------------

// A tile of `outputs` channels by `vectors` vectors of samples. All but the counts of `work` is constant wherever this is expanded.
INLINE void planar_tile(
    const kernels_planar *work, const float *input, const float *weights, const float *bias, float *output, const int outputs,
    const int vectors) {
  vec sums[8 * 3];
  UNROLL for (int o = 0; o < outputs; o++) UNROLL for (int v = 0; v < vectors; v++) sums[o * vectors + v] = splat(bias[o]);
  for (long c = 0; c < work->inputs; c++) {
    const float *row = input + c * work->input_pitch;
    for (long j = 0; j < work->taps; j++, row++, weights += outputs) {
      vec x[3];
      UNROLL for (int v = 0; v < vectors; v++) x[v] = load(row + v * LANES);
      UNROLL for (int o = 0; o < outputs; o++) {
        const vec w = splat(weights[o]);
        UNROLL for (int v = 0; v < vectors; v++) sums[o * vectors + v] = x[v] * w + sums[o * vectors + v];
      }
    }
  }
  UNROLL for (int o = 0; o < outputs; o++)
    UNROLL for (int v = 0; v < vectors; v++) store(output + o * work->output_pitch + v * LANES, sums[o * vectors + v]);
}

#define PLANAR(O, V)                                                                                                               \
  static __attribute__((noinline)) void NAMED(planar_##O##_##V)(                                                                   \
      const kernels_planar *work, const float *input, const float *weights, const float *bias, float *output) {                    \
    planar_tile(work, input, weights, bias, output, O, V);                                                                         \
  }
#if LANES == 16 || defined(__aarch64__)
#define PLANAR_VECTORS 3
PLANAR(8, 3)
#else
#define PLANAR_VECTORS 1
#endif
PLANAR(8, 1) PLANAR(4, 1) PLANAR(4, 2) PLANAR(1, 1) PLANAR(1, 3)

static void NAMED(planar)(const kernels_planar *work) {
  typedef void planar_function(const kernels_planar *, const float *, const float *, const float *, float *);
  const float *weights = work->weights;
  for (long o = 0; o < work->outputs;) {
    const long left = work->outputs - o, height = left >= 8 ? 8 : left >= 4 ? 4 : 1;
#if PLANAR_VECTORS == 3
    planar_function *const wide = height == 8 ? NAMED(planar_8_3) : height == 4 ? NAMED(planar_4_2) : NAMED(planar_1_3);
    const long width = (height == 4 ? 2 : 3) * LANES;
#else
    planar_function *const wide = height == 8 ? NAMED(planar_8_1) : height == 4 ? NAMED(planar_4_2) : NAMED(planar_1_3);
    const long width = (height == 8 ? 1 : height == 4 ? 2 : 3) * LANES;
#endif
    planar_function *const narrow = height == 8 ? NAMED(planar_8_1) : height == 4 ? NAMED(planar_4_1) : NAMED(planar_1_1);
    float *output = work->output + o * work->output_pitch;
    long t = 0;
    for (; t + width <= work->length; t += width) wide(work, work->input + t, weights, work->bias + o, output + t);
    // The last tile overlaps the one before.
    for (; t < work->length; t += LANES) {
      if (t + LANES > work->length) t = work->length - LANES;
      narrow(work, work->input + t, weights, work->bias + o, output + t);
    }
    weights += height * work->inputs * work->taps;
    o += height;
  }
}

// Sums over time of four channels of one signal times some shifts of a channel of the other.
INLINE void correlate_tile(
    const float *gradient, long gradient_pitch, const float *input, long length, float *sums, const int outputs, const int shifts) {
  vec total[4 * 6];
  UNROLL for (int i = 0; i < outputs * shifts; i++) total[i] = (vec){};
  for (long t = 0; t < length; t += LANES) {
    vec g[4];
    UNROLL for (int o = 0; o < outputs; o++) g[o] = load(gradient + o * gradient_pitch + t);
    UNROLL for (int j = 0; j < shifts; j++) {
      const vec x = load(input + t + j);
      UNROLL for (int o = 0; o < outputs; o++) total[o * shifts + j] = g[o] * x + total[o * shifts + j];
    }
  }
  UNROLL for (int i = 0; i < outputs * shifts; i++) sums[i] = sum_lanes(total[i]);
}

#define CORRELATE(O, J)                                                                                                            \
  static __attribute__((noinline)) void NAMED(correlate_##O##_##J)(                                                                \
      const float *gradient, long gradient_pitch, const float *input, long length, float *sums) {                                  \
    correlate_tile(gradient, gradient_pitch, input, length, sums, O, J);                                                           \
  }
CORRELATE(4, 6) CORRELATE(4, 5) CORRELATE(4, 4) CORRELATE(4, 3) CORRELATE(4, 2) CORRELATE(4, 1)
CORRELATE(1, 6) CORRELATE(1, 5) CORRELATE(1, 4) CORRELATE(1, 3) CORRELATE(1, 2) CORRELATE(1, 1)

static void NAMED(correlate)(
    const float *gradient, long gradient_pitch, long outputs, const float *input, long input_pitch, long inputs, long length,
    long taps, double *sums) {
  typedef void correlate_function(const float *, long, const float *, long, float *);
  static correlate_function *const functions[2][6] = {
      {NAMED(correlate_1_1), NAMED(correlate_1_2), NAMED(correlate_1_3), NAMED(correlate_1_4), NAMED(correlate_1_5),
       NAMED(correlate_1_6)},
      {NAMED(correlate_4_1), NAMED(correlate_4_2), NAMED(correlate_4_3), NAMED(correlate_4_4), NAMED(correlate_4_5),
       NAMED(correlate_4_6)}};
  // As few passes over the taps as there can be, of sizes as even as there can be.
  const long passes = (taps + 5) / 6, most = (taps + passes - 1) / passes;
  for (long o = 0; o < outputs;) {
    const long height = outputs - o >= 4 ? 4 : 1;
    for (long c = 0; c < inputs; c++)
      for (long j = 0; j < taps; j += most) {
        const long shifts = taps - j < most ? taps - j : most;
        float part[24];
        functions[height == 4][shifts - 1](
            gradient + o * gradient_pitch, gradient_pitch, input + c * input_pitch + j, length, part);
        for (long i = 0; i < height * shifts; i++) sums[((o + i / shifts) * inputs + c) * taps + j + i % shifts] += part[i];
      }
    o += height;
  }
}

// ---- element by element -------------------------------------------------------------------------------------------------------------

static void NAMED(scale_relu)(
    const float *input, const float *scale, const float *shift, long rows, long channels, float *output) {
  for (long r = 0; r < rows; r++, input += channels, output += channels)
    for (long c = 0; c < channels; c += LANES) store(output + c, relu(load(input + c) * load(scale + c) + load(shift + c)));
}

static void NAMED(add_normalise)(
    const float *a, const float *b, const float *gain, const float *offset, float epsilon, long rows, float *output) {
  for (long r = 0; r < rows; r++, a += 16, b += 16, output += 16) {
    vec x[PARTS], sum = {}, square = {};
    UNROLL for (int p = 0; p < PARTS; p++) {
      x[p] = load(a + p * LANES) + load(b + p * LANES);
      sum += x[p];
    }
    const vec mean = splat(sum_lanes(sum) * 0.0625f);
    UNROLL for (int p = 0; p < PARTS; p++) {
      x[p] -= mean;
      square = x[p] * x[p] + square;
    }
    const vec scale = splat(1.0f) / __builtin_elementwise_sqrt(splat(sum_lanes(square) * 0.0625f + epsilon));
    UNROLL for (int p = 0; p < PARTS; p++)
      store(output + p * LANES, x[p] * scale * load(gain + p * LANES) + load(offset + p * LANES));
  }
}

static void NAMED(softmax3)(const float *input, long count, float *output, long output_stride) {
  for (long first = 0; first < count; first += 16, input += 48) {
    float last[48];
    const int whole = count - first >= 16;
    float *at = whole ? output + first : last;
    const long step = whole ? output_stride : 16;
    UNROLL for (int p = 0; p < PARTS; p++) {
      const vec a = load(input + p * LANES), b = load(input + 16 + p * LANES), c = load(input + 32 + p * LANES);
      const vec top = larger(larger(a, b), c);
      const vec x = exponential(a - top), y = exponential(b - top), z = exponential(c - top);
      const vec scale = splat(1.0f) / (x + y + z);
      store(at + p * LANES, x * scale);
      store(at + step + p * LANES, y * scale);
      store(at + 2 * step + p * LANES, z * scale);
    }
    if (!whole)
      for (int o = 0; o < 3; o++)
        for (long i = first; i < count; i++) output[o * output_stride + i] = last[o * 16 + i - first];
  }
}

static const kernels NAMED(table) = {
    KIND, LANES, NAMED(product), NAMED(lstm), NAMED(attention), NAMED(scale_relu), NAMED(add_normalise), NAMED(softmax3),
    NAMED(planar), NAMED(correlate),
};

// The inner loops of the pickers, each made for the instructions of several processors.
//
// They are C because a function that is compiled for instructions beyond those of the whole program, and chosen when it runs, cannot be
// written in Swift today. Nothing but such loops belongs here: layers, weights and memory are Swift's (HSDLCompute/Deep/Inference).
//
// Activations lie time-major, all channels of a sample side by side, with rows of zeros before and behind, so that a convolution is a
// product of a matrix of weights with overlapping stretches of memory. A number that comes out depends on its own stretch
// only and is summed in one order, whatever stands beside it in a call.
#ifndef CKERNELS_H
#define CKERNELS_H

#ifdef __cplusplus
extern "C" {
#endif

/// What is done to pairs of sums before they are stored.
enum { KERNELS_POOL_NONE = 0, KERNELS_POOL_ROWS = 1, KERNELS_POOL_HALVES = 2 };
/// What is done to sums.
enum { KERNELS_LINEAR = 0, KERNELS_RELU = 1, KERNELS_SIGMOID = 2 };

/// output[r][n] = f(bias[n] + Σ weights[n][k] · input[r · stride + k] (+ the same over a second input) (+ residual[r][n])).
typedef struct {
  /// The first row's first number; rows overlap where stride < depth.
  const float *input;
  /// A second input, or none.
  const float *input2;
  /// Numbers from a row to the next, in both; one of 3, 6, 8, 16, 32, 64, 128, 256.
  long stride;
  /// Numbers of a row that are taken.
  long depth, depth2;
  /// Packed by blocks of outputs, each [depth + depth2][block]; blocks of two vectors, the last of one where it must.
  const float *weights;
  const float *bias;
  /// Rows, and sums a row: a multiple of the lanes.
  long rows, outputs;
  float *output;
  /// Numbers from an output row to the next. With POOL_ROWS, from one pair of rows to the next, and rows is even; with POOL_HALVES half the sums are stored.
  long output_stride;
  /// Added where not null, in rows as the output's and apart from it.
  const float *residual;
  int pool, activation;
} kernels_product;

/// A change of the sampling rate by `up / down` with a filter whose taps lie by phase.
typedef struct {
  long up, down;
  /// Taps on either side of the middle one, at `up` times the input's rate.
  long half;
  /// Taps of a phase.
  long phase_count;
  /// [up][phase_count], each phase's in the order of the samples that they meet.
  const double *phases;
} kernels_resampling;

/// Writes output[from ..< to]; all samples that their taps meet must be there.
void kernels_resample(const kernels_resampling *way, const double *samples, long from, long to, double *output);

/// Recurrence of LSTMs of 16 cells over several sequences side by side.
typedef struct {
  /// Input part of the gates with both biases: [sequence][length][stride], of which 64 numbers are taken: i, f, g, o by 16.
  const float *gates;
  long sequence_stride, gate_stride;
  /// [16][64]: from hidden to gates.
  const float *weights;
  long sequences, length;
  /// Backwards in time.
  int reverse;
  /// Hard sigmoid (0.2 x + 0.5 cut to 0 … 1) in the gates.
  int hard;
  float *output;
  long output_sequence_stride, output_stride;
} kernels_lstm;

/// A convolution of stride one over channels that lie one behind the other: for training, where libtorch holds them so.
typedef struct {
  /// The first sample that the first tap of the first output meets, in rows with room for taps - 1 numbers behind `length`.
  const float *input;
  long input_pitch, inputs, taps;
  /// Packed by blocks of eight outputs, then four, then one, as long as there are so many: each [inputs][taps][block].
  const float *weights;
  const float *bias;
  /// Channels and samples that come out; the samples are as many as lanes or more.
  long outputs, length;
  float *output;
  long output_pitch;
} kernels_planar;

/// Additive attention over all samples of a sequence of 16 channels.
typedef struct {
  /// [length][16].
  const float *input;
  /// [length][64]: 32 of the query with the bias, then 32 of the key.
  const float *projections;
  /// [32], and a number.
  const float *weights;
  float bias;
  /// Added to the sum of exponentials.
  float epsilon;
  long length;
  /// Samples either side that count; negative for all.
  long reach;
  /// Room for 36 · (length rounded up to 16) + 16 numbers, aligned to 64 bytes.
  float *scratch;
  /// [length][16].
  float *output;
} kernels_attention;

/// The loops of one kind of processor.
typedef struct {
  const char *name;
  /// Numbers in a vector: 4, 8 or 16.
  int lanes;
  void (*product)(const kernels_product *);
  void (*lstm)(const kernels_lstm *);
  void (*attention)(const kernels_attention *);
  /// output[r][c] = max(0, scale[c] · input[r][c] + shift[c]) of rows × channels, side by side.
  void (*scale_relu)(const float *input, const float *scale, const float *shift, long rows, long channels, float *output);
  /// (a + b) normalised over the 16 channels of each row, times gain plus offset.
  void (*add_normalise)(
      const float *a, const float *b, const float *gain, const float *offset, float epsilon, long rows, float *output);
  /// Softmax over three curves: input in blocks of 3 × 16 numbers, output `count` numbers of each at `output_stride`.
  void (*softmax3)(const float *input, long count, float *output, long output_stride);
  void (*planar)(const kernels_planar *);
  /// sums[o][c][j] += Σ gradient[o][t] · input[c][t + j] over t < length, a multiple of 16; rows of channels at their pitches.
  void (*correlate)(
      const float *gradient, long gradient_pitch, long outputs, const float *input, long input_pitch, long inputs, long length,
      long taps, double *sums);
} kernels;

/// The loops for a width of vectors of 16 (AVX-512), 8 (AVX2 and FMA) or 4; null where this processor has no such.
const kernels *kernels_with_lanes(int lanes);

#ifdef __cplusplus
}
#endif
#endif

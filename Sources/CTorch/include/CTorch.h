// The C side of libtorch: tensors behind opaque handles, the operations that
// the networks here are made of, and what of autograd has to be C++.
//
// A function that makes a tensor returns NULL when libtorch objects, another
// one a number other than 0; ctorch_error() then holds libtorch's words, until
// the next failure on the same thread. Tensors hold float, or double where they
// were made so. All work is done on the calling thread.
#ifndef CTORCH_H
#define CTORCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTorchTensor CTorchTensor;

// The text of the last failure on this thread.
const char *ctorch_error(void);
// The version of libtorch that this was compiled against.
const char *ctorch_version(void);
// How many threads libtorch's own loops may use.
int ctorch_set_threads(int threads);
// Lets freed memory of up to half a gigabyte stay with the process: each pass
// makes the same large tensors again, and pages that went back to the system
// would come back one fault and 4 KiB of zeros at a time. Where the C library
// is not glibc nothing happens.
void ctorch_keep_memory(void);

// --- Making and reading ------------------------------------------------------
// Looks into memory (copy == 0; the memory must outlive the tensor), or copies
// it. is_double tells what the memory holds.
CTorchTensor *ctorch_from_memory(const void *data, int is_double, int copy, const int64_t *shape, int rank);
CTorchTensor *ctorch_full_like(const CTorchTensor *like, const int64_t *shape, int rank, double value);
void ctorch_release(CTorchTensor *tensor);
int ctorch_rank(const CTorchTensor *tensor);
int64_t ctorch_size(const CTorchTensor *tensor, int dimension);
int64_t ctorch_count(const CTorchTensor *tensor);
int ctorch_is_double(const CTorchTensor *tensor);
// The numbers, where the tensor is contiguous, of float, in the main memory; else NULL.
const float *ctorch_data(const CTorchTensor *tensor);
int ctorch_copy_float(const CTorchTensor *tensor, float *to, int64_t count);
int ctorch_copy_double(const CTorchTensor *tensor, double *to, int64_t count);
CTorchTensor *ctorch_to_double(const CTorchTensor *tensor);

// --- Shape -------------------------------------------------------------------
CTorchTensor *ctorch_contiguous(const CTorchTensor *tensor);
CTorchTensor *ctorch_reshape(const CTorchTensor *tensor, const int64_t *shape, int rank);
CTorchTensor *ctorch_permute(const CTorchTensor *tensor, const int64_t *order, int rank);
CTorchTensor *ctorch_expand(const CTorchTensor *tensor, const int64_t *shape, int rank);
CTorchTensor *ctorch_narrow(const CTorchTensor *tensor, int dimension, int64_t start, int64_t length);
CTorchTensor *ctorch_cat(const CTorchTensor *const *tensors, int count, int dimension);
CTorchTensor *ctorch_stack(const CTorchTensor *const *tensors, int count, int dimension);
// Pads the last dimension.
CTorchTensor *ctorch_pad(const CTorchTensor *tensor, int64_t left, int64_t right, double value);

// --- Arithmetic --------------------------------------------------------------
enum {
  CTORCH_RELU, CTORCH_GELU, CTORCH_SIGMOID, CTORCH_TANH, CTORCH_HARD_SIGMOID, CTORCH_EXP, CTORCH_LOG, CTORCH_SQRT,
  CTORCH_SQUARE, CTORCH_ABS, CTORCH_SOFTPLUS,
};
enum { CTORCH_ADD, CTORCH_SUBTRACT, CTORCH_MULTIPLY, CTORCH_DIVIDE, CTORCH_MAXIMUM };
enum { CTORCH_SUM, CTORCH_MEAN, CTORCH_MAX };
CTorchTensor *ctorch_unary(const CTorchTensor *tensor, int operation);
CTorchTensor *ctorch_binary(const CTorchTensor *left, const CTorchTensor *right, int operation);
CTorchTensor *ctorch_scalar(const CTorchTensor *left, double right, int operation);
CTorchTensor *ctorch_clip(const CTorchTensor *tensor, double low, double high);
CTorchTensor *ctorch_reduce(const CTorchTensor *tensor, const int64_t *dimensions, int count, int keep, int operation);
CTorchTensor *ctorch_softmax(const CTorchTensor *tensor, int dimension);
CTorchTensor *ctorch_log_softmax(const CTorchTensor *tensor, int dimension);
// Replaces numbers where the mask is not 0.
CTorchTensor *ctorch_masked_fill(const CTorchTensor *tensor, const CTorchTensor *mask, double value);
CTorchTensor *ctorch_matmul(const CTorchTensor *left, const CTorchTensor *right);
CTorchTensor *ctorch_linear(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias);

// --- Layers ------------------------------------------------------------------
// Biases, and the weights of norms, may be NULL.
CTorchTensor *ctorch_conv1d(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
                            int64_t stride, int64_t left, int64_t right, int64_t dilation, int64_t groups);
CTorchTensor *ctorch_conv_transpose1d(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
                                      int64_t stride, int64_t groups);
// Padding counts as minus infinity.
CTorchTensor *ctorch_max_pool1d(const CTorchTensor *input, int64_t width, int64_t stride, int64_t left, int64_t right);
CTorchTensor *ctorch_upsample_nearest1d(const CTorchTensor *input, int64_t factor);
// Over the last dimension.
CTorchTensor *ctorch_layer_norm(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
                                double epsilon);
CTorchTensor *ctorch_group_norm(const CTorchTensor *input, int64_t groups, const CTorchTensor *weight,
                                const CTorchTensor *bias, double epsilon);
// With stored statistics.
CTorchTensor *ctorch_batch_norm(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
                                const CTorchTensor *mean, const CTorchTensor *variance, double epsilon);
// One for each number: no mean is taken.
CTorchTensor *ctorch_binary_cross_entropy(const CTorchTensor *logits, const CTorchTensor *targets);

// Replaces numbers with their sums over the ranks; an answer other than 0 stops what goes on.
typedef int (*CTorchExchange)(void *context, double *values, int64_t count);

// Batch normalisation with the statistics of the counted samples of all micro-batches of all ranks, as one node of autograd.
//
// inputs: count tensors (B, C, L) or (B, C); weights and biases: count tensors (C) each; sample_weights: for each micro-batch its B numbers: a
// sample of weight 0 is normalised, but does not count. outputs: room for count handles. mean and variance: room for C numbers: the
// statistics that were used (variance unbiased). exchange is called now, and with the same context in the backward pass.
int ctorch_synchronised_batch_norm(const CTorchTensor *const *inputs, const CTorchTensor *const *weights,
                                   const CTorchTensor *const *biases, const float *const *sample_weights, int count,
                                   double epsilon, CTorchExchange exchange, void *context, CTorchTensor **outputs,
                                   double *mean, double *variance);

// A long short-term memory layer in one direction.
//
// input (B, T, I); input_weight (4H, I), recurrent_weight (4H, H), bias (4H), or NULL; gates in the order i, f, g, o. hard: gates i, f, o by
// clip(0.2 x + 0.5, 0, 1) in place of the logistic function. recurrent_mask (B, H), or NULL: what the state is
// multiplied by on its way to the gates, the same at all times (Gal and Ghahramani, 2016).
// Returns (B, T, H).
CTorchTensor *ctorch_lstm(const CTorchTensor *input, const CTorchTensor *input_weight,
                          const CTorchTensor *recurrent_weight, const CTorchTensor *bias,
                          const CTorchTensor *recurrent_mask, int hard, int reverse);

// --- Autograd ----------------------------------------------------------------
// Told of the gradient of a tensor in the midst of a backward pass; an answer other than 0 stops it.
typedef int (*CTorchGradientHook)(void *context, int64_t tag, const float *values, int64_t count);

// A leaf of its own that looks into the same memory.
CTorchTensor *ctorch_detach(const CTorchTensor *tensor);
int ctorch_require_gradient(CTorchTensor *tensor);
int ctorch_on_gradient(CTorchTensor *tensor, CTorchGradientHook hook, void *context, int64_t tag);
int ctorch_backward(const CTorchTensor *tensor);
// The gradient that the backward pass has left at a leaf.
CTorchTensor *ctorch_gradient(const CTorchTensor *tensor);
// Whether operations are recorded on this thread; returns what it was.
int ctorch_set_recording(int on);

#ifdef __cplusplus
}
#endif
#endif

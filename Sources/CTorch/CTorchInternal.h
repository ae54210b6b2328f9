// What the C++ files share.
#ifndef CTORCH_INTERNAL_H
#define CTORCH_INTERNAL_H

#include <torch/torch.h>

#include <exception>
#include <string>

#include "CTorch.h"

struct CTorchTensor {
  torch::Tensor value;
};

void ctorch_note_error(const char *text);

inline const torch::Tensor &get(const CTorchTensor *tensor) {
  TORCH_CHECK(tensor != nullptr, "a tensor is missing");
  return tensor->value;
}

inline torch::Tensor optional(const CTorchTensor *tensor) {
  return tensor == nullptr ? torch::Tensor() : tensor->value;
}

// Whether a convolution is one for narrow_convolution: few channels, many samples, the length as it was, of float.
bool is_narrow(const torch::Tensor &input, const torch::Tensor &weight, int64_t left, int64_t right);
torch::Tensor narrow_convolution(const torch::Tensor &input, const torch::Tensor &weight, const torch::Tensor &bias, int64_t left);

// Runs a body that makes a tensor; exceptions become NULL and a text.
template <typename Body> CTorchTensor *make(Body body) noexcept {
  try {
    return new CTorchTensor{body()};
  } catch (const c10::Error &error) {
    ctorch_note_error(error.what_without_backtrace());
  } catch (const std::exception &error) {
    ctorch_note_error(error.what());
  } catch (...) {
    ctorch_note_error("an unknown exception");
  }
  return nullptr;
}

// Runs a body that makes nothing; exceptions become 1 and a text.
template <typename Body> int run(Body body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    ctorch_note_error(error.what_without_backtrace());
  } catch (const std::exception &error) {
    ctorch_note_error(error.what());
  } catch (...) {
    ctorch_note_error("an unknown exception");
  }
  return 1;
}

#endif

#include <cstring>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "CTorchInternal.h"

static thread_local std::string last_error;

void ctorch_note_error(const char *text) {
  // The first line says it; the rest is about libtorch's own source.
  const char *end = std::strchr(text, '\n');
  last_error = end == nullptr ? std::string(text) : std::string(text, end - text);
}

const char *ctorch_error(void) { return last_error.c_str(); }
const char *ctorch_version(void) { return TORCH_VERSION; }

int ctorch_set_threads(int threads) {
  return run([&] { at::set_num_threads(threads); });
}

void ctorch_keep_memory(void) {
#ifdef __GLIBC__
  static const bool done = [] {
    mallopt(M_MMAP_THRESHOLD, 256 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 16 << 20);
    return true;
  }();
  (void)done;
#endif
}

static at::IntArrayRef list(const int64_t *numbers, int count) {
  return at::IntArrayRef(numbers, static_cast<size_t>(count));
}

static std::vector<torch::Tensor> list(const CTorchTensor *const *tensors, int count) {
  std::vector<torch::Tensor> result;
  result.reserve(count);
  for (int index = 0; index < count; index++) result.push_back(get(tensors[index]));
  return result;
}

CTorchTensor *ctorch_from_memory(const void *data, int is_double, int copy, const int64_t *shape, int rank) {
  return make([&] {
    auto options = torch::TensorOptions().dtype(is_double ? torch::kFloat64 : torch::kFloat32);
    auto view = torch::from_blob(const_cast<void *>(data), list(shape, rank), options);
    return copy ? view.clone() : view;
  });
}

CTorchTensor *ctorch_full_like(const CTorchTensor *like, const int64_t *shape, int rank, double value) {
  return make([&] { return torch::full(list(shape, rank), value, get(like).options()); });
}

void ctorch_release(CTorchTensor *tensor) { delete tensor; }

int ctorch_rank(const CTorchTensor *tensor) { return static_cast<int>(tensor->value.dim()); }
int64_t ctorch_size(const CTorchTensor *tensor, int dimension) {
  return dimension >= 0 && dimension < tensor->value.dim() ? tensor->value.sizes()[dimension] : 0;
}
int64_t ctorch_count(const CTorchTensor *tensor) { return tensor->value.numel(); }
int ctorch_is_double(const CTorchTensor *tensor) { return tensor->value.scalar_type() == torch::kFloat64; }

const float *ctorch_data(const CTorchTensor *tensor) {
  const auto &value = tensor->value;
  if (!value.is_contiguous() || value.scalar_type() != torch::kFloat32 || !value.device().is_cpu()) return nullptr;
  return value.data_ptr<float>();
}

template <typename Number>
static int copy_out(const CTorchTensor *tensor, Number *to, int64_t count, at::ScalarType type) {
  return run([&] {
    auto source = get(tensor).detach().to(torch::kCPU, type).contiguous();
    TORCH_CHECK(source.numel() == count, "there is room for ", count, " numbers of ", source.numel());
    std::memcpy(to, source.data_ptr<Number>(), count * sizeof(Number));
  });
}

int ctorch_copy_float(const CTorchTensor *tensor, float *to, int64_t count) {
  return copy_out(tensor, to, count, torch::kFloat32);
}
int ctorch_copy_double(const CTorchTensor *tensor, double *to, int64_t count) {
  return copy_out(tensor, to, count, torch::kFloat64);
}
CTorchTensor *ctorch_to_double(const CTorchTensor *tensor) {
  return make([&] { return get(tensor).to(torch::kFloat64); });
}

// --- Shape -------------------------------------------------------------------

CTorchTensor *ctorch_contiguous(const CTorchTensor *tensor) {
  return make([&] { return get(tensor).contiguous(); });
}
CTorchTensor *ctorch_reshape(const CTorchTensor *tensor, const int64_t *shape, int rank) {
  return make([&] { return get(tensor).reshape(list(shape, rank)); });
}
CTorchTensor *ctorch_permute(const CTorchTensor *tensor, const int64_t *order, int rank) {
  return make([&] { return get(tensor).permute(list(order, rank)); });
}
CTorchTensor *ctorch_expand(const CTorchTensor *tensor, const int64_t *shape, int rank) {
  return make([&] { return get(tensor).expand(list(shape, rank)); });
}
CTorchTensor *ctorch_narrow(const CTorchTensor *tensor, int dimension, int64_t start, int64_t length) {
  return make([&] { return get(tensor).narrow(dimension, start, length); });
}
CTorchTensor *ctorch_cat(const CTorchTensor *const *tensors, int count, int dimension) {
  return make([&] { return torch::cat(list(tensors, count), dimension); });
}
CTorchTensor *ctorch_stack(const CTorchTensor *const *tensors, int count, int dimension) {
  return make([&] { return torch::stack(list(tensors, count), dimension); });
}
CTorchTensor *ctorch_pad(const CTorchTensor *tensor, int64_t left, int64_t right, double value) {
  return make([&] { return torch::constant_pad_nd(get(tensor), {left, right}, value); });
}

// libtorch 1.13's own gradient of this function reads past a gradient that is not contiguous; here it always is.
namespace {
class GELU : public torch::autograd::Function<GELU> {
public:
  static torch::Tensor forward(torch::autograd::AutogradContext *context, const torch::Tensor &input) {
    auto x = input.contiguous();
    context->save_for_backward({x});
    return torch::gelu(x);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    return {at::gelu_backward(gradients[0].contiguous(), context->get_saved_variables()[0])};
  }
};
} // namespace

// --- Arithmetic --------------------------------------------------------------

CTorchTensor *ctorch_unary(const CTorchTensor *tensor, int operation) {
  return make([&] {
    const auto &x = get(tensor);
    switch (operation) {
    case CTORCH_RELU: return torch::relu(x);
    case CTORCH_GELU: return GELU::apply(x);
    case CTORCH_SIGMOID: return torch::sigmoid(x);
    case CTORCH_TANH: return torch::tanh(x);
    case CTORCH_HARD_SIGMOID: return torch::clamp(x * 0.2 + 0.5, 0, 1);
    case CTORCH_EXP: return torch::exp(x);
    case CTORCH_LOG: return torch::log(x);
    case CTORCH_SQRT: return torch::sqrt(x);
    case CTORCH_SQUARE: return torch::square(x);
    case CTORCH_ABS: return torch::abs(x);
    case CTORCH_SOFTPLUS: return torch::softplus(x);
    default: TORCH_CHECK(false, "there is no such operation");
    }
  });
}

CTorchTensor *ctorch_binary(const CTorchTensor *left, const CTorchTensor *right, int operation) {
  return make([&] {
    const auto &a = get(left);
    const auto &b = get(right);
    switch (operation) {
    case CTORCH_ADD: return a + b;
    case CTORCH_SUBTRACT: return a - b;
    case CTORCH_MULTIPLY: return a * b;
    case CTORCH_DIVIDE: return a / b;
    case CTORCH_MAXIMUM: return torch::maximum(a, b);
    default: TORCH_CHECK(false, "there is no such operation");
    }
  });
}

CTorchTensor *ctorch_scalar(const CTorchTensor *left, double right, int operation) {
  return make([&] {
    const auto &a = get(left);
    switch (operation) {
    case CTORCH_ADD: return a + right;
    case CTORCH_SUBTRACT: return a - right;
    case CTORCH_MULTIPLY: return a * right;
    case CTORCH_DIVIDE: return a / right;
    case CTORCH_MAXIMUM: return torch::clamp_min(a, right);
    default: TORCH_CHECK(false, "there is no such operation");
    }
  });
}

CTorchTensor *ctorch_clip(const CTorchTensor *tensor, double low, double high) {
  return make([&] { return torch::clamp(get(tensor), low, high); });
}

CTorchTensor *ctorch_reduce(const CTorchTensor *tensor, const int64_t *dimensions, int count, int keep, int operation) {
  return make([&] {
    const auto &x = get(tensor);
    switch (operation) {
    case CTORCH_SUM: return torch::sum(x, list(dimensions, count), keep != 0);
    case CTORCH_MEAN: return torch::mean(x, list(dimensions, count), keep != 0);
    case CTORCH_MAX: return torch::amax(x, list(dimensions, count), keep != 0);
    default: TORCH_CHECK(false, "there is no such operation");
    }
  });
}

CTorchTensor *ctorch_softmax(const CTorchTensor *tensor, int dimension) {
  return make([&] { return torch::softmax(get(tensor), dimension); });
}
CTorchTensor *ctorch_log_softmax(const CTorchTensor *tensor, int dimension) {
  return make([&] { return torch::log_softmax(get(tensor), dimension); });
}
CTorchTensor *ctorch_masked_fill(const CTorchTensor *tensor, const CTorchTensor *mask, double value) {
  return make([&] { return get(tensor).masked_fill(get(mask) != 0, value); });
}
CTorchTensor *ctorch_matmul(const CTorchTensor *left, const CTorchTensor *right) {
  return make([&] { return torch::matmul(get(left), get(right)); });
}
CTorchTensor *ctorch_linear(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias) {
  return make([&] { return torch::linear(get(input), get(weight), optional(bias)); });
}

// --- Layers ------------------------------------------------------------------

CTorchTensor *ctorch_conv1d(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
                            int64_t stride, int64_t left, int64_t right, int64_t dilation, int64_t groups) {
  return make([&] {
    if (stride == 1 && dilation == 1 && groups == 1 && is_narrow(get(input), get(weight), left, right)) {
      return narrow_convolution(get(input), get(weight), optional(bias), left);
    }
    if (left == right) {
      return torch::conv1d(get(input), get(weight), optional(bias), stride, left, dilation, groups);
    }
    auto padded = torch::constant_pad_nd(get(input), {left, right}, 0);
    return torch::conv1d(padded, get(weight), optional(bias), stride, int64_t{0}, dilation, groups);
  });
}

CTorchTensor *ctorch_conv_transpose1d(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
                                      int64_t stride, int64_t groups) {
  return make(
    [&] { return torch::conv_transpose1d(get(input), get(weight), optional(bias), stride, 0, 0, groups); });
}

CTorchTensor *ctorch_max_pool1d(const CTorchTensor *input, int64_t width, int64_t stride, int64_t left, int64_t right) {
  return make([&] {
    auto padded = get(input);
    if (left != 0 || right != 0) {
      padded = torch::constant_pad_nd(padded, {left, right}, -std::numeric_limits<double>::infinity());
    }
    return torch::max_pool1d(padded, width, stride);
  });
}

CTorchTensor *ctorch_upsample_nearest1d(const CTorchTensor *input, int64_t factor) {
  return make([&] { return torch::upsample_nearest1d(get(input), {get(input).size(-1) * factor}); });
}

CTorchTensor *ctorch_layer_norm(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
                                double epsilon) {
  return make(
    [&] { return torch::layer_norm(get(input), {get(input).size(-1)}, optional(weight), optional(bias), epsilon); });
}

CTorchTensor *ctorch_group_norm(const CTorchTensor *input, int64_t groups, const CTorchTensor *weight,
                                const CTorchTensor *bias, double epsilon) {
  return make([&] { return torch::group_norm(get(input), groups, optional(weight), optional(bias), epsilon); });
}

CTorchTensor *ctorch_batch_norm(const CTorchTensor *input, const CTorchTensor *weight, const CTorchTensor *bias,
                                const CTorchTensor *mean, const CTorchTensor *variance, double epsilon) {
  return make([&] {
    return torch::batch_norm(
      get(input), optional(weight), optional(bias), get(mean), get(variance), false, 0, epsilon, false);
  });
}

CTorchTensor *ctorch_binary_cross_entropy(const CTorchTensor *logits, const CTorchTensor *targets) {
  return make([&] {
    return torch::binary_cross_entropy_with_logits(
      get(logits), get(targets), torch::Tensor(), torch::Tensor(), at::Reduction::None);
  });
}

// --- Autograd ----------------------------------------------------------------

CTorchTensor *ctorch_detach(const CTorchTensor *tensor) {
  return make([&] { return get(tensor).detach(); });
}
int ctorch_require_gradient(CTorchTensor *tensor) {
  return run([&] { tensor->value.requires_grad_(true); });
}
int ctorch_on_gradient(CTorchTensor *tensor, CTorchGradientHook hook, void *context, int64_t tag) {
  return run([&] {
    tensor->value.register_hook([=](torch::Tensor gradient) {
      auto numbers = gradient.detach().to(torch::kCPU, torch::kFloat32).contiguous();
      TORCH_CHECK(hook(context, tag, numbers.data_ptr<float>(), numbers.numel()) == 0, "a gradient was not taken");
    });
  });
}
int ctorch_backward(const CTorchTensor *tensor) {
  return run([&] { get(tensor).backward(); });
}
CTorchTensor *ctorch_gradient(const CTorchTensor *tensor) {
  return make([&] {
    auto gradient = get(tensor).grad();
    TORCH_CHECK(gradient.defined(), "the tensor has no gradient");
    return gradient;
  });
}
int ctorch_set_recording(int on) {
  int was = at::GradMode::is_enabled();
  at::GradMode::set_enabled(on != 0);
  return was;
}

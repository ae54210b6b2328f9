#include <cmath>
#include <vector>

#include "CTorchInternal.h"

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

// What one call of the layer needs again in its backward pass.
struct BatchNormCall {
  int count = 0;
  double epsilon = 0;
  CTorchExchange exchange = nullptr;
  void *context = nullptr;
  // For each micro-batch, for each sample, whether it counts.
  std::vector<std::vector<bool>> counted;
  // Of the backward pass: statistics of the forward pass.
  std::vector<double> mean, deviation;
  double total = 0;
};

// A number cut to 36 bits. Partial sums of micro-batches are cut so before they are added up: then the additions are exact as long as the parts are
// of similar size, and their order, which depends on the number of ranks, makes no difference.
double cut(double value) {
  if (!std::isfinite(value) || value == 0) return value;
  int exponent;
  double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(fraction, 36)), exponent - 36);
}

// Sums over a stretch, in an order that is always the same.
template <typename Number, typename Term> double sum(const Number *x, const Number *y, int64_t count, Term term) {
  double parts[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  int64_t index = 0;
  for (; index + 8 <= count; index += 8) {
    for (int lane = 0; lane < 8; lane++) parts[lane] += term(x[index + lane], y[index + lane]);
  }
  for (; index < count; index++) parts[0] += term(x[index], y[index]);
  return ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}

// Keeps the call in what autograd saves.
struct Holder : torch::CustomClassHolder {
  std::shared_ptr<BatchNormCall> call;
  explicit Holder(std::shared_ptr<BatchNormCall> call) : call(std::move(call)) {}
};

class SynchronisedBatchNorm : public torch::autograd::Function<SynchronisedBatchNorm> {
public:
  static variable_list forward(AutogradContext *context, std::shared_ptr<BatchNormCall> call, at::TensorList tensors) {
    const int count = call->count;
    const int64_t channels = tensors[0].size(1);
    // Sums over channels, sums of squares, and how many numbers went into them.
    std::vector<double> sums(2 * channels + 1, 0);
    std::vector<Tensor> inputs;
    for (int part = 0; part < count; part++) {
      auto input = tensors[part].contiguous();
      inputs.push_back(input);
      TORCH_CHECK(input.dim() >= 2 && input.size(1) == channels, "the micro-batches differ in their channels");
      TORCH_CHECK(input.size(0) == static_cast<int64_t>(call->counted[part].size()), "a sample has no weight");
      const int64_t length = input.numel() / std::max<int64_t>(1, input.size(0) * channels);
      std::vector<double> partial(2 * channels, 0);
      AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "batch_norm", [&] {
        const scalar_t *x = input.data_ptr<scalar_t>();
        for (int64_t sample = 0; sample < input.size(0); sample++) {
          if (!call->counted[part][sample]) continue;
          for (int64_t channel = 0; channel < channels; channel++) {
            const scalar_t *row = x + (sample * channels + channel) * length;
            partial[channel] += sum(row, row, length, [](double a, double) { return a; });
            partial[channels + channel] += sum(row, row, length, [](double a, double b) { return a * b; });
          }
          sums[2 * channels] += static_cast<double>(length);
        }
      });
      for (int64_t index = 0; index < 2 * channels; index++) sums[index] += cut(partial[index]);
    }
    TORCH_CHECK(call->exchange(call->context, sums.data(), sums.size()) == 0, "the sums over the ranks failed");

    call->total = sums[2 * channels];
    call->mean.assign(channels, 0);
    call->deviation.assign(channels, 1);
    for (int64_t channel = 0; channel < channels && call->total > 0; channel++) {
      call->mean[channel] = sums[channel] / call->total;
      double square = sums[channels + channel] / call->total - call->mean[channel] * call->mean[channel];
      call->deviation[channel] = 1 / std::sqrt(std::max(square, 0.0) + call->epsilon);
    }

    variable_list outputs;
    variable_list saved;
    for (int part = 0; part < count; part++) {
      auto weight = tensors[count + part].contiguous();
      auto bias = tensors[2 * count + part].contiguous();
      TORCH_CHECK(weight.numel() == channels && bias.numel() == channels, "a weight has the wrong size");
      const auto &input = inputs[part];
      auto output = torch::empty_like(input);
      const int64_t length = input.numel() / std::max<int64_t>(1, input.size(0) * channels);
      AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "batch_norm", [&] {
        const scalar_t *x = input.data_ptr<scalar_t>();
        const scalar_t *w = weight.data_ptr<scalar_t>();
        const scalar_t *b = bias.data_ptr<scalar_t>();
        scalar_t *y = output.data_ptr<scalar_t>();
        for (int64_t row = 0; row < input.size(0) * channels; row++) {
          const int64_t channel = row % channels;
          const scalar_t scale = static_cast<scalar_t>(call->deviation[channel] * w[channel]);
          const scalar_t shift =
            static_cast<scalar_t>(b[channel] - call->mean[channel] * call->deviation[channel] * w[channel]);
          for (int64_t index = 0; index < length; index++) {
            y[row * length + index] = x[row * length + index] * scale + shift;
          }
        }
      });
      outputs.push_back(output);
      saved.push_back(input);
      saved.push_back(weight);
    }
    context->save_for_backward(saved);
    context->saved_data["call"] = at::IValue::make_capsule(c10::make_intrusive<Holder>(call));
    return outputs;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto capsule = context->saved_data["call"].toCapsule();
    auto call = static_cast<Holder *>(capsule.get())->call;
    auto saved = context->get_saved_variables();
    const int count = call->count;
    const int64_t channels = saved[0].size(1);

    // Sums of the gradient, and of the gradient times the input, of each micro-batch, and of all.
    std::vector<std::vector<double>> partial(count, std::vector<double>(2 * channels, 0));
    std::vector<double> sums(2 * channels, 0);
    for (int part = 0; part < count; part++) {
      const auto &input = saved[2 * part];
      gradients[part] = gradients[part].contiguous();
      const int64_t length = input.numel() / std::max<int64_t>(1, input.size(0) * channels);
      AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "batch_norm", [&] {
        const scalar_t *x = input.data_ptr<scalar_t>();
        const scalar_t *g = gradients[part].data_ptr<scalar_t>();
        for (int64_t row = 0; row < input.size(0) * channels; row++) {
          const int64_t channel = row % channels;
          partial[part][channel] += sum(g + row * length, g + row * length, length, [](double a, double) { return a; });
          partial[part][channels + channel] +=
            sum(g + row * length, x + row * length, length, [](double a, double b) { return a * b; });
        }
      });
      // From products with the input to products with the normalised input.
      for (int64_t channel = 0; channel < channels; channel++) {
        double &product = partial[part][channels + channel];
        product = call->deviation[channel] * (product - call->mean[channel] * partial[part][channel]);
      }
      for (int64_t index = 0; index < 2 * channels; index++) sums[index] += cut(partial[part][index]);
    }
    TORCH_CHECK(call->exchange(call->context, sums.data(), sums.size()) == 0, "the sums over the ranks failed");

    variable_list result(1 + 3 * count);
    for (int part = 0; part < count; part++) {
      const auto &input = saved[2 * part];
      const auto &weight = saved[2 * part + 1];
      auto gradient = torch::empty_like(input);
      auto weights = torch::empty({channels}, input.options());
      auto biases = torch::empty({channels}, input.options());
      const int64_t length = input.numel() / std::max<int64_t>(1, input.size(0) * channels);
      AT_DISPATCH_FLOATING_TYPES(input.scalar_type(), "batch_norm", [&] {
        const scalar_t *x = input.data_ptr<scalar_t>();
        const scalar_t *g = gradients[part].data_ptr<scalar_t>();
        const scalar_t *w = weight.data_ptr<scalar_t>();
        scalar_t *to = gradient.data_ptr<scalar_t>();
        for (int64_t channel = 0; channel < channels; channel++) {
          biases.data_ptr<scalar_t>()[channel] = static_cast<scalar_t>(partial[part][channel]);
          weights.data_ptr<scalar_t>()[channel] = static_cast<scalar_t>(partial[part][channels + channel]);
        }
        for (int64_t row = 0; row < input.size(0) * channels; row++) {
          const int64_t channel = row % channels;
          const double scale = call->deviation[channel] * w[channel];
          double constant = 0, slope = 0;
          if (call->counted[part][row / channels]) {
            // gradient − mean gradient − normalised input × mean (gradient × normalised input), in one straight line of the input.
            slope = -scale * call->deviation[channel] * sums[channels + channel] / call->total;
            constant = -scale * sums[channel] / call->total - slope * call->mean[channel];
          }
          const scalar_t a = static_cast<scalar_t>(scale), b = static_cast<scalar_t>(slope),
                         c = static_cast<scalar_t>(constant);
          for (int64_t index = row * length; index < (row + 1) * length; index++) to[index] = a * g[index] + b * x[index] + c;
        }
      });
      result[1 + part] = gradient;
      result[1 + count + part] = weights;
      result[1 + 2 * count + part] = biases;
    }
    return result;
  }
};

} // namespace

int ctorch_synchronised_batch_norm(const CTorchTensor *const *inputs, const CTorchTensor *const *weights,
                                   const CTorchTensor *const *biases, const float *const *sample_weights, int count,
                                   double epsilon, CTorchExchange exchange, void *context, CTorchTensor **outputs,
                                   double *mean, double *variance) {
  return run([&] {
    TORCH_CHECK(count > 0, "there is no micro-batch");
    auto call = std::make_shared<BatchNormCall>();
    call->count = count;
    call->epsilon = epsilon;
    call->exchange = exchange;
    call->context = context;
    std::vector<Tensor> tensors;
    for (auto list : {inputs, weights, biases}) {
      for (int part = 0; part < count; part++) tensors.push_back(get(list[part]));
    }
    for (int part = 0; part < count; part++) {
      std::vector<bool> counted;
      for (int64_t sample = 0; sample < tensors[part].size(0); sample++) {
        counted.push_back(sample_weights[part][sample] != 0);
      }
      call->counted.push_back(counted);
    }
    auto results = SynchronisedBatchNorm::apply(call, at::TensorList(tensors));
    for (size_t channel = 0; channel < call->mean.size(); channel++) {
      double deviation = call->deviation[channel];
      double biased = std::max(1 / (deviation * deviation) - epsilon, 0.0);
      mean[channel] = call->mean[channel];
      variance[channel] = call->total > 1 ? biased * call->total / (call->total - 1) : biased;
    }
    for (int part = 0; part < count; part++) outputs[part] = new CTorchTensor{results[part]};
  });
}

// Convolutions of few channels and many samples, where libtorch's own take several times as long.

#include <cstring>
#include <vector>

#include "CKernels.h"
#include "CTorchInternal.h"

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

const kernels *loops() {
  static const kernels *const best =
    kernels_with_lanes(16) ? kernels_with_lanes(16) : kernels_with_lanes(8) ? kernels_with_lanes(8) : kernels_with_lanes(4);
  return best;
}

// Rows with zeros before and behind.
class Padded {
public:
  Padded(int64_t channels, int64_t length, int64_t left, int64_t taps)
    : channels(channels), length(length), left(left), pitch((length + 15) / 16 * 16 + (taps + 15) / 16 * 16),
      numbers(channels * pitch + 16, 0) {}
  void fill(const float *from) {
    for (int64_t channel = 0; channel < channels; channel++)
      std::memcpy(&numbers[channel * pitch + left], from + channel * length, length * sizeof(float));
  }
  const float *data() const { return numbers.data(); }
  const int64_t channels, length, left, pitch;

private:
  std::vector<float> numbers;
};

// Weights `outputs × inputs × taps` by blocks of outputs.
template <typename Weight> std::vector<float> pack(int64_t outputs, int64_t inputs, int64_t taps, Weight weight) {
  std::vector<float> packed;
  packed.reserve(outputs * inputs * taps);
  for (int64_t first = 0; first < outputs;) {
    const int64_t block = outputs - first >= 8 ? 8 : outputs - first >= 4 ? 4 : 1;
    for (int64_t input = 0; input < inputs; input++)
      for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t output = first; output < first + block; output++) packed.push_back(weight(output, input, tap));
    first += block;
  }
  return packed;
}

void convolve(
  const Tensor &from, int64_t left, const std::vector<float> &weights, int64_t taps, const std::vector<float> &bias, Tensor &to) {
  const int64_t inputs = from.size(1), length = from.size(2), outputs = to.size(1);
  Padded padded(inputs, length, left, taps);
  kernels_planar work = {};
  work.input = padded.data();
  work.input_pitch = padded.pitch;
  work.inputs = inputs;
  work.taps = taps;
  work.weights = weights.data();
  work.bias = bias.data();
  work.outputs = outputs;
  work.length = length;
  work.output_pitch = length;
  for (int64_t sample = 0; sample < from.size(0); sample++) {
    padded.fill(from.data_ptr<float>() + sample * inputs * length);
    work.output = to.data_ptr<float>() + sample * outputs * length;
    loops()->planar(&work);
  }
}

class NarrowConvolution : public torch::autograd::Function<NarrowConvolution> {
public:
  static Tensor forward(AutogradContext *context, Tensor input, Tensor weight, Tensor bias, bool has_bias, int64_t left) {
    // Asked before the copy, which knows nothing of gradients.
    context->saved_data["needs_input"] = input.requires_grad();
    input = input.contiguous();
    weight = weight.contiguous();
    const int64_t outputs = weight.size(0), inputs = weight.size(1), taps = weight.size(2);
    std::vector<float> start(outputs, 0);
    std::memcpy(start.data(), bias.contiguous().data_ptr<float>(), outputs * sizeof(float));
    const float *numbers = weight.data_ptr<float>();
    auto result = torch::empty({input.size(0), outputs, input.size(2)}, input.options());
    convolve(
      input, left,
      pack(outputs, inputs, taps, [&](int64_t o, int64_t c, int64_t j) { return numbers[(o * inputs + c) * taps + j]; }), taps,
      start, result);
    context->save_for_backward({input, weight});
    context->saved_data["left"] = left;
    context->saved_data["has_bias"] = has_bias;
    return result;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1];
    const auto gradient = gradients[0].contiguous();
    const int64_t left = context->saved_data["left"].toInt();
    const int64_t outputs = weight.size(0), inputs = weight.size(1), taps = weight.size(2), length = input.size(2);
    Tensor of_input, of_weight, of_bias;
    if (context->saved_data["needs_input"].toBool()) {
      of_input = torch::empty_like(input);
      const float *numbers = weight.data_ptr<float>();
      convolve(
        gradient, taps - 1 - left,
        pack(
          inputs, outputs, taps,
          [&](int64_t c, int64_t o, int64_t j) { return numbers[(o * inputs + c) * taps + taps - 1 - j]; }),
        taps, std::vector<float>(inputs, 0), of_input);
    }
    Padded padded(inputs, length, left, taps), arrived(outputs, length, 0, 1);
    std::vector<double> sums(outputs * inputs * taps, 0);
    for (int64_t sample = 0; sample < input.size(0); sample++) {
      padded.fill(input.data_ptr<float>() + sample * inputs * length);
      arrived.fill(gradient.data_ptr<float>() + sample * outputs * length);
      loops()->correlate(
        arrived.data(), arrived.pitch, outputs, padded.data(), padded.pitch, inputs, (length + 15) / 16 * 16, taps, sums.data());
    }
    of_weight = torch::empty_like(weight);
    float *to = of_weight.data_ptr<float>();
    for (size_t place = 0; place < sums.size(); place++) to[place] = static_cast<float>(sums[place]);
    if (context->saved_data["has_bias"].toBool()) of_bias = gradient.sum(at::IntArrayRef({0, 2}));
    return {of_input, of_weight, of_bias, Tensor(), Tensor()};
  }
};

} // namespace

bool is_narrow(const Tensor &input, const Tensor &weight, int64_t left, int64_t right) {
  return input.dim() == 3 && weight.dim() == 3 && input.is_cpu() && input.scalar_type() == torch::kFloat &&
         weight.scalar_type() == torch::kFloat && input.size(1) == weight.size(1) && left + right == weight.size(2) - 1 &&
         input.size(2) >= 512 && weight.size(2) > 1 && weight.size(2) <= 16 && input.size(1) <= 64 && weight.size(0) <= 64;
}

Tensor narrow_convolution(const Tensor &input, const Tensor &weight, const Tensor &bias, int64_t left) {
  // Autograd does not take a tensor that is none.
  return NarrowConvolution::apply(
    input, weight, bias.defined() ? bias : torch::zeros({weight.size(0)}, weight.options()), bias.defined(), left);
}

#include <cmath>
#include <vector>

#include "CTorchInternal.h"

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

template <typename Number> inline Number gate(Number x, bool hard) {
  if (!hard) return 1 / (1 + std::exp(-x));
  return std::min<Number>(1, std::max<Number>(0, static_cast<Number>(0.2) * x + static_cast<Number>(0.5)));
}

// The derivative, from the value.
template <typename Number> inline Number gate_slope(Number value, bool hard) {
  if (!hard) return value * (1 - value);
  return value > 0 && value < 1 ? static_cast<Number>(0.2) : 0;
}

// One direction, one window at a time: what comes out for a window does not depend on the others.
class LSTM : public torch::autograd::Function<LSTM> {
public:
  // tensors: input, input weight, recurrent weight, and what there is of bias and mask.
  static Tensor forward(AutogradContext *context, at::TensorList tensors, bool has_bias, bool has_mask, bool hard,
                        bool reverse) {
    const Tensor &input = tensors[0], &input_weight = tensors[1], &recurrent_weight = tensors[2];
    const Tensor bias = has_bias ? tensors[3] : Tensor();
    const Tensor mask = has_mask ? tensors[has_bias ? 4 : 3] : Tensor();
    auto x = input.contiguous();
    TORCH_CHECK(x.dim() == 3, "an LSTM takes windows × times × channels");
    const int64_t windows = x.size(0), times = x.size(1);
    const int64_t hidden = recurrent_weight.size(1);
    TORCH_CHECK(recurrent_weight.size(0) == 4 * hidden && input_weight.size(0) == 4 * hidden
                  && input_weight.size(1) == x.size(2) && (!bias.defined() || bias.numel() == 4 * hidden)
                  && (!mask.defined() || mask.numel() == windows * hidden),
                "the weights of an LSTM have the wrong shape");
    // What the input gives to the gates, at all times at once; a window at a time.
    auto gates = torch::matmul(x, input_weight.t().unsqueeze(0).expand({windows, -1, -1})).contiguous();
    auto recurrent = recurrent_weight.t().contiguous();
    auto output = torch::empty({windows, times, hidden}, x.options());
    auto cells = torch::empty({windows, times, hidden}, x.options());
    auto masks = mask.defined() ? mask.contiguous() : Tensor();
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "lstm", [&] {
      const scalar_t *r = recurrent.data_ptr<scalar_t>();
      auto offset = bias.defined() ? bias.contiguous() : torch::zeros({4 * hidden}, x.options());
      const scalar_t *b = offset.data_ptr<scalar_t>();
      std::vector<scalar_t> state(hidden);
      for (int64_t window = 0; window < windows; window++) {
        for (int64_t step = 0; step < times; step++) {
          const int64_t place = window * times + (reverse ? times - 1 - step : step);
          const int64_t before = reverse ? place + 1 : place - 1;
          scalar_t *g = gates.data_ptr<scalar_t>() + place * 4 * hidden;
          scalar_t *h = output.data_ptr<scalar_t>() + place * hidden;
          scalar_t *c = cells.data_ptr<scalar_t>() + place * hidden;
          for (int64_t index = 0; index < 4 * hidden; index++) g[index] += b[index];
          if (step > 0) {
            const scalar_t *last = output.data_ptr<scalar_t>() + before * hidden;
            for (int64_t index = 0; index < hidden; index++) {
              state[index] = masks.defined() ? last[index] * masks.data_ptr<scalar_t>()[window * hidden + index] : last[index];
            }
            for (int64_t from = 0; from < hidden; from++) {
              const scalar_t value = state[from];
              const scalar_t *row = r + from * 4 * hidden;
              for (int64_t index = 0; index < 4 * hidden; index++) g[index] += value * row[index];
            }
          }
          const scalar_t *memory = cells.data_ptr<scalar_t>() + before * hidden;
          for (int64_t index = 0; index < hidden; index++) {
            const scalar_t i = gate(g[index], hard);
            const scalar_t f = gate(g[hidden + index], hard);
            const scalar_t n = std::tanh(g[2 * hidden + index]);
            const scalar_t o = gate(g[3 * hidden + index], hard);
            c[index] = i * n + (step > 0 ? f * memory[index] : 0);
            h[index] = o * std::tanh(c[index]);
            g[index] = i;
            g[hidden + index] = f;
            g[2 * hidden + index] = n;
            g[3 * hidden + index] = o;
          }
        }
      }
    });
    variable_list saved = {x, input_weight, recurrent_weight, gates, output, cells};
    if (has_mask) saved.push_back(masks);
    context->save_for_backward(saved);
    context->saved_data["hard"] = hard;
    context->saved_data["reverse"] = reverse;
    context->saved_data["bias"] = has_bias;
    context->saved_data["mask"] = has_mask;
    return output;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &x = saved[0], &input_weight = saved[1], &gates = saved[3], &output = saved[4], &cells = saved[5];
    const bool has_bias = context->saved_data["bias"].toBool(), has_mask = context->saved_data["mask"].toBool();
    const Tensor masks = has_mask ? saved[6] : Tensor();
    auto recurrent = saved[2].contiguous();
    const bool hard = context->saved_data["hard"].toBool(), reverse = context->saved_data["reverse"].toBool();
    auto upper = gradients[0].contiguous();
    const int64_t windows = x.size(0), times = x.size(1), hidden = output.size(2);
    // Gradients with respect to what enters the gates, and the states that entered them.
    auto entering = torch::empty_like(gates);
    auto states = torch::zeros_like(output);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "lstm", [&] {
      const scalar_t *r = recurrent.data_ptr<scalar_t>();
      std::vector<scalar_t> dh(hidden), dc(hidden);
      for (int64_t window = 0; window < windows; window++) {
        std::fill(dh.begin(), dh.end(), scalar_t(0));
        std::fill(dc.begin(), dc.end(), scalar_t(0));
        const scalar_t *mask = masks.defined() ? masks.data_ptr<scalar_t>() + window * hidden : nullptr;
        for (int64_t step = times - 1; step >= 0; step--) {
          const int64_t place = window * times + (reverse ? times - 1 - step : step);
          const int64_t before = reverse ? place + 1 : place - 1;
          const scalar_t *g = gates.data_ptr<scalar_t>() + place * 4 * hidden;
          const scalar_t *c = cells.data_ptr<scalar_t>() + place * hidden;
          const scalar_t *up = upper.data_ptr<scalar_t>() + place * hidden;
          scalar_t *d = entering.data_ptr<scalar_t>() + place * 4 * hidden;
          for (int64_t index = 0; index < hidden; index++) {
            const scalar_t i = g[index], f = g[hidden + index], n = g[2 * hidden + index], o = g[3 * hidden + index];
            const scalar_t t = std::tanh(c[index]);
            const scalar_t up_here = up[index] + dh[index];
            const scalar_t cell = dc[index] + up_here * o * (1 - t * t);
            const scalar_t memory = step > 0 ? cells.data_ptr<scalar_t>()[before * hidden + index] : 0;
            d[index] = cell * n * gate_slope(i, hard);
            d[hidden + index] = cell * memory * gate_slope(f, hard);
            d[2 * hidden + index] = cell * i * (1 - n * n);
            d[3 * hidden + index] = up_here * t * gate_slope(o, hard);
            dc[index] = cell * f;
          }
          if (step == 0) continue;
          std::fill(dh.begin(), dh.end(), scalar_t(0));
          for (int64_t index = 0; index < 4 * hidden; index++) {
            const scalar_t value = d[index];
            const scalar_t *row = r + index * hidden;
            for (int64_t to = 0; to < hidden; to++) dh[to] += value * row[to];
          }
          for (int64_t index = 0; index < hidden; index++) {
            const scalar_t last = output.data_ptr<scalar_t>()[before * hidden + index];
            const scalar_t factor = mask == nullptr ? 1 : mask[index];
            dh[index] *= factor;
            states.data_ptr<scalar_t>()[place * hidden + index] = last * factor;
          }
        }
      }
    });
    auto flat = entering.reshape({windows * times, 4 * hidden});
    auto input = torch::matmul(entering, input_weight.unsqueeze(0).expand({windows, -1, -1}));
    auto weight = flat.t().matmul(x.reshape({windows * times, -1}));
    auto recurrent_gradient = flat.t().matmul(states.reshape({windows * times, hidden}));
    variable_list result = {input, weight, recurrent_gradient};
    if (has_bias) result.push_back(flat.sum(0));
    if (has_mask) result.push_back(Tensor());
    // Nothing for the four switches.
    result.resize(result.size() + 4);
    return result;
  }
};

} // namespace

CTorchTensor *ctorch_lstm(const CTorchTensor *input, const CTorchTensor *input_weight,
                          const CTorchTensor *recurrent_weight, const CTorchTensor *bias,
                          const CTorchTensor *recurrent_mask, int hard, int reverse) {
  return make([&] {
    std::vector<Tensor> tensors = {get(input), get(input_weight), get(recurrent_weight)};
    if (bias != nullptr) tensors.push_back(get(bias));
    if (recurrent_mask != nullptr) tensors.push_back(get(recurrent_mask));
    return LSTM::apply(at::TensorList(tensors), bias != nullptr, recurrent_mask != nullptr, hard != 0, reverse != 0);
  });
}

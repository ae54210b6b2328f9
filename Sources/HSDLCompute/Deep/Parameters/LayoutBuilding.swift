/// Layouts, layer by layer, with the names that PyTorch gives.
extension [TensorSpecification] {
  /// A convolution: `out × in × width`.
  mutating func convolution(_ name: String, _ from: Int, _ to: Int, _ width: Int, bias: Bool = true) {
    append(TensorSpecification("\(name).weight", [to, from, width]))
    if bias { append(TensorSpecification("\(name).bias", [to])) }
  }

  /// A matrix: `out × in`.
  mutating func linear(_ name: String, _ from: Int, _ to: Int) {
    append(TensorSpecification("\(name).weight", [to, from]))
    append(TensorSpecification("\(name).bias", [to]))
  }

  /// Batch normalisation of channels.
  mutating func batchNorm(_ name: String, _ channels: Int) {
    append(TensorSpecification("\(name).weight", [channels]))
    append(TensorSpecification("\(name).bias", [channels]))
    append(TensorSpecification("\(name).running_mean", [channels], .statistic))
    append(TensorSpecification("\(name).running_var", [channels], .statistic))
  }

  /// Layer normalisation.
  mutating func layerNorm(_ name: String, _ channels: Int) {
    append(TensorSpecification("\(name).weight", [channels]))
    append(TensorSpecification("\(name).bias", [channels]))
  }

  /// A long short-term memory layer.
  mutating func lstm(_ name: String, _ from: Int, _ hidden: Int, bothDirections: Bool) {
    for suffix in bothDirections ? ["", "_reverse"] : [""] {
      append(TensorSpecification("\(name).weight_ih_l0\(suffix)", [4 * hidden, from]))
      append(TensorSpecification("\(name).weight_hh_l0\(suffix)", [4 * hidden, hidden]))
      append(TensorSpecification("\(name).bias_ih_l0\(suffix)", [4 * hidden]))
      append(TensorSpecification("\(name).bias_hh_l0\(suffix)", [4 * hidden]))
    }
  }
}

extension ForwardPass {
  /// A long short-term memory layer by PyTorch's names, `windows × times × in`, in one direction or both (states of both side by side).
  ///
  /// Dropout is that of the input and of the state, the same at all times (Gal and Ghahramani, 2016).
  func lstm(_ x: Batch, _ name: String, dropout rate: Double, hardGates: Bool) throws -> Batch {
    func direction(_ suffix: String) throws -> Batch {
      let recurrent = try tensor("\(name).weight_hh_l0\(suffix)")
      let bias = try tensor("\(name).bias_ih_l0\(suffix)").adding(tensor("\(name).bias_hh_l0\(suffix)"))
      var input = x
      var mask: Batch?
      if isTraining, rate > 0 {
        input = try x.multiplied(by: dropoutMask(rate, x.tensors.map { [$0.shape[0], 1, $0.shape[2]] }).matching(x))
        let hidden = recurrent.shape[1]
        mask = try dropoutMask(rate, x.tensors.map { [$0.shape[0], hidden] }).matching(x)
      }
      return try input.lstm(
        tensor("\(name).weight_ih_l0\(suffix)"), recurrent, bias: bias, mask: mask, hardGates: hardGates,
        reversed: !suffix.isEmpty)
    }
    let forward = try direction("")
    guard has("\(name).weight_ih_l0_reverse") else { return forward }
    return try forward.concatenated([direction("_reverse")], 2)
  }
}

/// The first values of weights, by what the tensors are called.
///
/// Convolutions and matrices: uniform within ±√(6 / (numbers in + numbers out)) (Glorot and Bengio, 2010). Recurrent weights: orthogonal (Saxe,
/// McClelland and Ganguli, 2014); the forget gate's bias 1 (Gers, Schmidhuber and Cummins, 2000). Norms: 1 and 0. Embeddings: uniform within
/// ±0.05. Other biases: 0. Only exact arithmetic and square roots are used, so that they are the same on every machine.
public enum Initialisation {
  /// Fills all tensors.
  ///
  /// What a tensor gets depends on the seed and its own name only.
  public static func fill(_ parameters: NetworkParameters, seed: UInt64) {
    for (index, tensor) in parameters.layout.enumerated() {
      var generator = SplitMix64(seed: seed, stream: name(tensor.name))
      fill(parameters.values(index), tensor, &generator)
    }
  }

  private static func name(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  private static func fill(
    _ values: UnsafeMutableBufferPointer<Float>, _ tensor: TensorSpecification, _ generator: inout SplitMix64
  ) {
    let last = tensor.name.split(separator: ".").last.map(String.init) ?? ""
    switch (last, tensor.shape.count) {
    case ("running_var", _), ("weight", 1), ("gamma", _):
      values.update(repeating: 1)
    case (let name, 2) where name.hasPrefix("weight_hh"):
      orthogonal(values, tensor.shape[0], tensor.shape[1], &generator)
    case (let name, 1) where name.hasPrefix("bias_ih"):
      let gate = values.count / 4
      for index in values.indices { values[index] = index >= gate && index < 2 * gate ? 1 : 0 }
    case (_, 2) where tensor.name.hasSuffix("embedding.weight"):
      for index in values.indices { values[index] = Float(0.1 * generator.uniform() - 0.05) }
    case (_, 2...):
      let width = tensor.shape.dropFirst(2).reduce(1, *)
      let limit = (6 / Double(max(1, (tensor.shape[0] + tensor.shape[1]) * width))).squareRoot()
      for index in values.indices { values[index] = Float(limit * (2 * generator.uniform() - 1)) }
    default:
      values.update(repeating: 0)
    }
  }

  /// Columns of length 1 that stand at right angles: `rows × columns`, at least as many rows as columns.
  private static func orthogonal(
    _ values: UnsafeMutableBufferPointer<Float>, _ rows: Int, _ columns: Int, _ generator: inout SplitMix64
  ) {
    var done: [[Double]] = []
    for column in 0..<min(columns, rows) {
      // Twelve uniform numbers together are close enough to normal.
      var vector = (0..<rows).map { _ in (0..<12).reduce(-6) { sum, _ in sum + generator.uniform() } }
      for _ in 0..<2 {
        for other in done {
          let product = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for row in 0..<rows { vector[row] -= product * other[row] }
        }
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if length > 0 { for row in 0..<rows { vector[row] /= length } }
      done.append(vector)
      for row in 0..<rows { values[row * columns + column] = Float(vector[row]) }
    }
  }
}

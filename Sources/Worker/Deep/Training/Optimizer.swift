package import HSDLCompute

/// An optimizer and what it remembers of earlier steps.
///
/// Works element by element in single precision, so all ranks that have the same gradients get the same weights, bit for bit.
package final class Optimizer {
  let settings: OptimizerSettings
  /// The mean gradient, or the momentum.
  package var first: [Float]
  /// The mean squared gradient; empty for SGD.
  package var second: [Float]
  /// The powers of beta1 and beta2 up to now: products, not powers, so that they are the same on every machine.
  package var beta1Power = 1.0
  package var beta2Power = 1.0
  /// The weights that are drawn to zero together: where they lie, and how strongly.
  private let stretches: [(range: Range<Int>, decay: Float)]

  /// Makes an optimizer for some parameters.
  package init(_ settings: OptimizerSettings, for parameters: NetworkParameters) {
    self.settings = settings
    first = [Float](repeating: 0, count: parameters.weights.count)
    second = settings.method == .sgd ? [] : [Float](repeating: 0, count: parameters.weights.count)
    stretches = parameters.weightTensors.map { index in
      let tensor = parameters.layout[index]
      let isDrawn = settings.decaysVectors || tensor.shape.count > 1
      let start = parameters.offsets[index]
      return (start..<start + tensor.count, isDrawn ? Float(settings.weightDecay) : 0)
    }
  }

  /// Makes a step.
  ///
  /// - Parameters:
  ///   - weights: changed.
  ///   - gradients: of the mean loss, in the order of `weights`; as many.
  ///   - rate: the learning rate.
  package func step(
    _ weights: UnsafeMutableBufferPointer<Float>, gradients: UnsafeBufferPointer<Float>, rate: Double
  ) {
    guard weights.count == first.count, gradients.count == first.count,
      let weight = weights.baseAddress, let gradient = gradients.baseAddress
    else { return }
    switch settings.method {
    case .sgd:
      let momentum = Float(settings.momentum)
      first.withUnsafeMutableBufferPointer { first in
        guard let memory = first.baseAddress else { return }
        for (range, decay) in stretches {
          for index in range {
            let direction = momentum * memory[index] + (gradient[index] + decay * weight[index])
            memory[index] = direction
            weight[index] -= Float(rate) * direction
          }
        }
      }
    case .adam, .adamW:
      beta1Power *= settings.beta1
      beta2Power *= settings.beta2
      let numbers = AdamNumbers(
        beta1: Float(settings.beta1), rest1: Float(1 - settings.beta1), beta2: Float(settings.beta2),
        rest2: Float(1 - settings.beta2), epsilon: Float(settings.epsilon), size: Float(rate / (1 - beta1Power)),
        rootFactor: Float(1 / (1 - beta2Power).squareRoot()))
      first.withUnsafeMutableBufferPointer { first in
        second.withUnsafeMutableBufferPointer { second in
          guard let mean = first.baseAddress, let square = second.baseAddress else { return }
          for (range, decay) in stretches {
            let isApart = settings.method == .adamW
            Self.adam(
              weight, gradient, mean, square, range, numbers, added: isApart ? 0 : decay,
              kept: isApart ? Float(1 - rate * Double(decay)) : 1)
          }
        }
      }
    }
  }

  private struct AdamNumbers {
    var beta1: Float
    var rest1: Float
    var beta2: Float
    var rest2: Float
    var epsilon: Float
    var size: Float
    var rootFactor: Float
  }

  private static func adam(
    _ weight: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, _ mean: UnsafeMutablePointer<Float>,
    _ square: UnsafeMutablePointer<Float>, _ range: Range<Int>, _ numbers: AdamNumbers, added: Float, kept: Float
  ) {
    for index in range {
      let slope = gradient[index] + added * weight[index]
      let first = numbers.beta1 * mean[index] + numbers.rest1 * slope
      let second = numbers.beta2 * square[index] + numbers.rest2 * (slope * slope)
      mean[index] = first
      square[index] = second
      weight[index] =
        kept * weight[index] - numbers.size * first / (second.squareRoot() * numbers.rootFactor + numbers.epsilon)
    }
  }
}

/// The Euclidean norm, summed in double precision in a fixed order.
package func gradientNorm(_ values: UnsafeBufferPointer<Float>) -> Double {
  guard let base = values.baseAddress else { return 0 }
  var lanes = SIMD8<Double>.zero
  let whole = values.count & ~7
  for index in stride(from: 0, to: whole, by: 8) {
    let eight = SIMD8<Double>(UnsafeRawPointer(base + index).loadUnaligned(as: SIMD8<Float>.self))
    lanes += eight * eight
  }
  var sum = lanes.sum()
  for index in whole..<values.count { sum += Double(base[index]) * Double(base[index]) }
  return sum.squareRoot()
}

/// A convolution as a matrix: what a row of outputs takes of a stretch of activations that lie time-major.
///
/// A row may hold several samples: two neighbours of a layer with few channels, so that vectors are full; the two samples that nearest-neighbour
/// upsampling makes of one; the four that a transposed convolution of stride four makes.
struct RowMatrix {
  /// Sums in a row.
  let outputs: Int
  /// Numbers of the stretch.
  let depth: Int
  /// Weights, `outputs` × `depth`.
  var weights: [Double]
  /// What sums begin with.
  var bias: [Double]

  /// A matrix of zeros.
  init(outputs: Int, depth: Int) {
    self.outputs = outputs
    self.depth = depth
    weights = [Double](repeating: 0, count: outputs * depth)
    bias = [Double](repeating: 0, count: outputs)
  }

  /// Adds to a weight.
  mutating func add(_ weight: Double, output: Int, at place: Int) { weights[output * depth + place] += weight }

  /// A convolution of some samples a row.
  init(_ layer: ConvolutionWeights, samples: Int = 1, step: Int = 1) {
    self.init(outputs: samples * layer.outputs, depth: (layer.taps + (samples - 1) * step) * layer.inputs)
    for sample in 0..<samples {
      for output in 0..<layer.outputs {
        let row = sample * layer.outputs + output
        bias[row] = layer.bias[output]
        for tap in 0..<layer.taps {
          for input in 0..<layer.inputs {
            add(layer[output, input, tap], output: row, at: (tap + sample * step) * layer.inputs + input)
          }
        }
      }
    }
  }

  /// A convolution behind upsampling by two: weights that meet the same sample are added beforehand, which saves almost half of the work.
  ///
  /// A row is two samples of which the first is even where the half width is even, otherwise odd: both then take the same stretch, which
  /// begins at sample `t + begin` for samples 2t and 2t + 1, or 2t + 1 and 2t + 2.
  init(upsampled layer: ConvolutionWeights) {
    let half = layer.taps / 2
    let phase = half % 2
    let begin = Self.upsampledBegin(taps: layer.taps)
    let end = Self.floorHalf(phase + 1 + layer.taps - 1 - half)
    self.init(outputs: 2 * layer.outputs, depth: (end - begin + 1) * layer.inputs)
    for sample in 0..<2 {
      for output in 0..<layer.outputs {
        let row = sample * layer.outputs + output
        bias[row] = layer.bias[output]
        for tap in 0..<layer.taps {
          let source = Self.floorHalf(phase + sample + tap - half) - begin
          for input in 0..<layer.inputs {
            add(layer[output, input, tap], output: row, at: source * layer.inputs + input)
          }
        }
      }
    }
  }

  /// Where the stretch of ``init(upsampled:)`` begins.
  static func upsampledBegin(taps: Int) -> Int { floorHalf((taps / 2) % 2 - taps / 2) }

  /// A transposed convolution of stride four and seven taps: row `t` is samples 4t … 4t + 3 of what it makes of samples t − 1 and t.
  ///
  /// - Parameter layer: weights with outputs and inputs as in a convolution.
  init(transposed layer: ConvolutionWeights) {
    self.init(outputs: 4 * layer.outputs, depth: 2 * layer.inputs)
    for sample in 0..<4 {
      for output in 0..<layer.outputs {
        let row = sample * layer.outputs + output
        bias[row] = layer.bias[output]
        for input in 0..<layer.inputs {
          if sample + 4 < layer.taps { add(layer[output, input, sample + 4], output: row, at: input) }
          if sample < layer.taps { add(layer[output, input, sample], output: row, at: layer.inputs + input) }
        }
      }
    }
  }

  /// A convolution whose row is sixteen samples of each output, output by output: for the few curves at the end.
  init(curves layer: ConvolutionWeights) {
    self.init(outputs: 16 * layer.outputs, depth: (15 + layer.taps) * layer.inputs)
    for output in 0..<layer.outputs {
      for sample in 0..<16 {
        let row = output * 16 + sample
        bias[row] = layer.bias[output]
        for tap in 0..<layer.taps {
          for input in 0..<layer.inputs {
            add(layer[output, input, tap], output: row, at: (sample + tap) * layer.inputs + input)
          }
        }
      }
    }
  }

  /// The same sums over two inputs, the other's stretch behind this one's.
  func followed(by other: RowMatrix) -> RowMatrix {
    var result = RowMatrix(outputs: outputs, depth: depth + other.depth)
    for output in 0..<outputs {
      result.bias[output] = bias[output]
      for place in 0..<depth { result.add(weights[output * depth + place], output: output, at: place) }
      for place in 0..<other.depth {
        result.add(other.weights[output * other.depth + place], output: output, at: depth + place)
      }
    }
    return result
  }

  private static func floorHalf(_ number: Int) -> Int { number >> 1 }
}

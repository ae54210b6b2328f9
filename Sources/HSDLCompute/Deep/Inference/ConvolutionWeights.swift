/// The weights of a convolution in double precision, batch normalisation folded in.
struct ConvolutionWeights {
  let outputs: Int
  let inputs: Int
  let taps: Int
  /// `outputs` × `inputs` × `taps`.
  private(set) var weights: [Double]
  private(set) var bias: [Double]

  subscript(output: Int, input: Int, tap: Int) -> Double { weights[(output * inputs + input) * taps + tap] }

  /// Takes `NAME.weight` and, where there is one, `NAME.bias`.
  ///
  /// - Parameter transposed: the first two extents are inputs and outputs.
  init(
    _ parameters: NetworkParameters, _ name: String, outputs: Int, inputs: Int, taps: Int, transposed: Bool = false
  ) throws {
    let shape = transposed ? [inputs, outputs, taps] : [outputs, inputs, taps]
    let values = try parameters.numbers(name + ".weight", shape)
    self.outputs = outputs
    self.inputs = inputs
    self.taps = taps
    weights = values
    if transposed {
      for input in 0..<inputs {
        for output in 0..<outputs {
          for tap in 0..<taps {
            weights[(output * inputs + input) * taps + tap] = values[(input * outputs + output) * taps + tap]
          }
        }
      }
    }
    bias = [Double](repeating: 0, count: outputs)
    if parameters.values(named: name + ".bias") != nil { bias = try parameters.numbers(name + ".bias", [outputs]) }
  }

  /// Takes a matrix, `outputs` × `inputs`.
  init(matrix: [Double], outputs: Int, inputs: Int, bias: [Double]) {
    self.outputs = outputs
    self.inputs = inputs
    taps = 1
    weights = matrix
    self.bias = bias
  }

  /// The part that takes some of the inputs.
  func inputs(_ range: Range<Int>) -> ConvolutionWeights {
    var part = ConvolutionWeights(outputs: outputs, inputs: range.count, taps: taps, bias: bias)
    for output in 0..<outputs {
      for input in range {
        for tap in 0..<taps {
          part.weights[(output * range.count + input - range.lowerBound) * taps + tap] = self[output, input, tap]
        }
      }
    }
    return part
  }

  private init(outputs: Int, inputs: Int, taps: Int, bias: [Double]) {
    self.outputs = outputs
    self.inputs = inputs
    self.taps = taps
    self.bias = bias
    weights = [Double](repeating: 0, count: outputs * inputs * taps)
  }

  /// With the batch normalisation behind it.
  func normalised(_ normalisation: FoldedNormalisation) -> ConvolutionWeights {
    var result = self
    for output in 0..<outputs {
      for place in 0..<inputs * taps { result.weights[output * inputs * taps + place] *= normalisation.scale[output] }
      result.bias[output] = bias[output] * normalisation.scale[output] + normalisation.shift[output]
    }
    return result
  }
}

/// Batch normalisation by stored statistics: a factor and an offset for each channel.
struct FoldedNormalisation {
  let scale: [Double]
  let shift: [Double]

  /// Takes `NAME.weight`, `.bias`, `.running_mean` and `.running_var`.
  init(_ parameters: NetworkParameters, _ name: String, channels: Int, epsilon: Double) throws {
    let gain = try parameters.numbers(name + ".weight", [channels])
    let offset = try parameters.numbers(name + ".bias", [channels])
    let mean = try parameters.numbers(name + ".running_mean", [channels])
    let variance = try parameters.numbers(name + ".running_var", [channels])
    scale = zip(gain, variance).map { $0 / ($1 + epsilon).squareRoot() }
    shift = (0..<channels).map { [scale] in offset[$0] - mean[$0] * scale[$0] }
  }
}

extension NetworkParameters {
  /// The numbers of a tensor of a known number of them.
  func numbers(_ name: String, _ shape: [Int]) throws -> [Double] {
    guard let place = layout.firstIndex(where: { $0.name == name }) else {
      throw ComputeError.badModel(reason: "there is no tensor '\(name)'")
    }
    guard layout[place].count == shape.reduce(1, *),
      layout[place].shape.filter({ $0 != 1 }) == shape.filter({ $0 != 1 })
    else {
      throw ComputeError.badModel(reason: "tensor '\(name)' has shape \(layout[place].shape), not \(shape)")
    }
    return values(place).map(Double.init)
  }
}

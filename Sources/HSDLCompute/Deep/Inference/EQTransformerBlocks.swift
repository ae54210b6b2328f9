internal import CKernels

/// Batch normalisation, ReLU, convolution, twice, and the input added.
struct ResidualBlock {
  private let length: Int
  private let scaleReLU: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  private let first: PackedProduct
  private let second: PackedProduct
  private let activated: PaddedSequence
  private let between: PaddedSequence
  private let left: Int

  init(
    _ parameters: NetworkParameters, _ name: String, taps: Int, length: Int, epsilon: Double, kernels: VectorKernels
  ) throws {
    self.length = length
    // Of two taps the second reaches beyond the end.
    left = taps == 3 ? 1 : 0
    let before = try FoldedNormalisation(parameters, name + ".norm1", channels: 64, epsilon: epsilon)
    let scale = AlignedFloats(before.scale)
    let shift = AlignedFloats(before.shift)
    let table = kernels.table
    scaleReLU = { input, output in table.pointee.scale_relu(input, scale.base, shift.base, length, 64, output) }
    let one = try ConvolutionWeights(parameters, name + ".conv1", outputs: 64, inputs: 64, taps: taps)
      .normalised(FoldedNormalisation(parameters, name + ".norm2", channels: 64, epsilon: epsilon))
    let two = try ConvolutionWeights(parameters, name + ".conv2", outputs: 64, inputs: 64, taps: taps)
    first = try PackedProduct(RowMatrix(one), stride: 64, kernels: kernels)
    second = try PackedProduct(RowMatrix(two), stride: 64, kernels: kernels)
    activated = PaddedSequence(channels: 64, length: length)
    between = PaddedSequence(channels: 64, length: length)
  }

  func run(_ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
    scaleReLU(input, activated.at(0))
    first.run(activated.at(-left), rows: length, into: between.at(0), activation: .relu)
    second.run(between.at(-left), rows: length, into: output, residual: input)
  }
}

/// The input's part of the gates of LSTMs of 16 cells, and their recurrences.
struct Recurrence {
  private let kernels: VectorKernels
  private let gates: PackedProduct
  private let recurrent: [AlignedFloats]
  private let sums: AlignedFloats
  private let inputs: Int
  private let length: Int
  private let hard: Bool

  /// Takes the tensors of one direction or two, under the names of PyTorch's LSTM or of SeisBench's own cells.
  init(
    _ parameters: NetworkParameters, _ name: String, directions: Int, inputs: Int, length: Int, hard: Bool, group: Int,
    kernels: VectorKernels
  ) throws {
    self.kernels = kernels
    self.inputs = inputs
    self.length = length
    self.hard = hard
    let isOwn = parameters.values(named: name + ".cell_f.weight_ih") != nil
    var matrix = RowMatrix(outputs: 64 * directions, depth: inputs)
    var recurrent: [AlignedFloats] = []
    for direction in 0..<directions {
      func tensor(_ kind: String, _ shape: [Int]) throws -> [Double] {
        try parameters.numbers(
          isOwn
            ? "\(name).\(direction == 0 ? "cell_f" : "cell_b").\(kind)"
            : "\(name).\(kind)_l0\(direction == 0 ? "" : "_reverse")",
          shape)
      }
      let fromInput = try tensor("weight_ih", [64, inputs])
      let fromHidden = try tensor("weight_hh", [64, 16])
      let bias = try zip(tensor("bias_ih", [64]), tensor("bias_hh", [64])).map { $0 + $1 }
      for gate in 0..<64 {
        matrix.bias[direction * 64 + gate] = bias[gate]
        for input in 0..<inputs {
          matrix.add(fromInput[gate * inputs + input], output: direction * 64 + gate, at: input)
        }
      }
      recurrent.append(AlignedFloats((0..<1024).map { fromHidden[$0 % 64 * 16 + $0 / 64] }))
    }
    self.recurrent = recurrent
    gates = try PackedProduct(matrix, stride: inputs, kernels: kernels)
    sums = AlignedFloats(group * length * 64 * directions)
  }

  /// Writes 16 numbers a sample and direction, the directions side by side.
  func run(_ input: SequenceGroup, _ count: Int, into output: UnsafeMutablePointer<Float>, pitch: Int, channels: Int) {
    let width = 64 * recurrent.count
    for window in 0..<count {
      gates.run(input.at(window), rows: length, into: sums.base + window * length * width)
    }
    for (direction, weights) in recurrent.enumerated() {
      var work = kernels_lstm()
      work.gates = UnsafePointer(sums.base + direction * 64)
      work.sequence_stride = length * width
      work.gate_stride = width
      work.weights = UnsafePointer(weights.base)
      work.sequences = count
      work.length = length
      work.reverse = direction == 0 ? 0 : 1
      work.hard = hard ? 1 : 0
      work.output = output + direction * 16
      work.output_sequence_stride = pitch
      work.output_stride = channels
      kernels.table.pointee.lstm(&work)
    }
  }
}

/// An LSTM in both directions, a convolution of one tap to 16 channels, and batch normalisation.
struct RecurrentBlock {
  private let recurrence: Recurrence
  private let convolution: PackedProduct
  private let hidden: AlignedFloats
  private let length: Int

  init(
    _ parameters: NetworkParameters, _ name: String, inputs: Int, length: Int, hard: Bool, epsilon: Double, group: Int,
    kernels: VectorKernels
  ) throws {
    self.length = length
    recurrence = try Recurrence(
      parameters, name + ".lstm", directions: 2, inputs: inputs, length: length, hard: hard, group: group,
      kernels: kernels)
    let weights = try ConvolutionWeights(parameters, name + ".conv", outputs: 16, inputs: 32, taps: 1)
      .normalised(FoldedNormalisation(parameters, name + ".norm", channels: 16, epsilon: epsilon))
    convolution = try PackedProduct(RowMatrix(weights), stride: 32, kernels: kernels)
    hidden = AlignedFloats(group * length * 32)
  }

  func run(_ input: SequenceGroup, _ count: Int, into output: SequenceGroup) {
    recurrence.run(input, count, into: hidden.base, pitch: length * 32, channels: 32)
    for window in 0..<count {
      convolution.run(hidden.base + window * length * 32, rows: length, into: output.at(window))
    }
  }
}

/// Additive attention of a single head with 32 units (Bahdanau et al., 2015) over sequences of 16 channels.
struct AdditiveAttention {
  private let kernels: VectorKernels
  private let projection: PackedProduct
  private let weights: AlignedFloats
  private let bias: Float
  private let epsilon: Float
  private let length: Int
  private let reach: Int
  private let projected: AlignedFloats
  private let scratch: AlignedFloats

  /// - Parameter reach: samples either side that count; negative for all.
  init(
    _ parameters: NetworkParameters, _ name: String, reach: Int, epsilon: Double, length: Int, kernels: VectorKernels
  ) throws {
    self.kernels = kernels
    self.length = length
    self.reach = reach
    self.epsilon = Float(epsilon)
    let query = try parameters.numbers(name + ".Wt", [16, 32])
    let key = try parameters.numbers(name + ".Wx", [16, 32])
    var matrix = RowMatrix(outputs: 64, depth: 16)
    for unit in 0..<32 {
      for channel in 0..<16 {
        matrix.add(query[channel * 32 + unit], output: unit, at: channel)
        matrix.add(key[channel * 32 + unit], output: 32 + unit, at: channel)
      }
    }
    matrix.bias.replaceSubrange(0..<32, with: try parameters.numbers(name + ".bh", [32]))
    projection = try PackedProduct(matrix, stride: 16, kernels: kernels)
    weights = AlignedFloats(try parameters.numbers(name + ".Wa", [32, 1]))
    bias = Float(try parameters.numbers(name + ".ba", [1])[0])
    projected = AlignedFloats(length * 64)
    scratch = AlignedFloats(36 * ((length + 15) / 16 * 16) + 16)
  }

  func run(_ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
    projection.run(input, rows: length, into: projected.base)
    var work = kernels_attention()
    work.input = input
    work.projections = UnsafePointer(projected.base)
    work.weights = UnsafePointer(weights.base)
    work.bias = bias
    work.epsilon = epsilon
    work.length = length
    work.reach = reach
    work.scratch = scratch.base
    work.output = output
    kernels.table.pointee.attention(&work)
  }
}

/// Attention, a feed-forward layer of 128 units, and layer normalisation of what comes out of each added to its input.
struct TransformerBlock {
  private let kernels: VectorKernels
  private let attention: AdditiveAttention
  private let up: PackedProduct
  private let down: PackedProduct
  private let norms: [(gain: AlignedFloats, offset: AlignedFloats)]
  private let epsilon: Float
  private let length: Int
  private let added: AlignedFloats
  private let middle: AlignedFloats
  private let wide: AlignedFloats

  init(
    _ parameters: NetworkParameters, _ name: String, length: Int, network: EQTransformer,
    kernels: VectorKernels
  ) throws {
    self.kernels = kernels
    self.length = length
    epsilon = Float(network.layerNormEpsilon)
    attention = try AdditiveAttention(
      parameters, name + ".attention", reach: -1, epsilon: network.attentionEpsilon, length: length, kernels: kernels)
    func linear(_ layer: String, _ outputs: Int, _ inputs: Int) throws -> PackedProduct {
      let weights = ConvolutionWeights(
        matrix: try parameters.numbers("\(name).ff.\(layer).weight", [outputs, inputs]), outputs: outputs,
        inputs: inputs,
        bias: try parameters.numbers("\(name).ff.\(layer).bias", [outputs]))
      return try PackedProduct(RowMatrix(weights), stride: inputs, kernels: kernels)
    }
    up = try linear("lin1", 128, 16)
    down = try linear("lin2", 16, 128)
    norms = try ["norm1", "norm2"].map {
      (
        AlignedFloats(try parameters.numbers("\(name).\($0).gamma", [16, 1])),
        AlignedFloats(try parameters.numbers("\(name).\($0).beta", [16, 1]))
      )
    }
    added = AlignedFloats(length * 16)
    middle = AlignedFloats(length * 16)
    wide = AlignedFloats(length * 128)
  }

  /// Changes a sequence in place.
  func run(_ sequence: UnsafeMutablePointer<Float>) {
    let table = kernels.table.pointee
    attention.run(sequence, into: added.base)
    table.add_normalise(sequence, added.base, norms[0].gain.base, norms[0].offset.base, epsilon, length, middle.base)
    up.run(middle.base, rows: length, into: wide.base, activation: .relu)
    down.run(wide.base, rows: length, into: added.base)
    table.add_normalise(middle.base, added.base, norms[1].gain.base, norms[1].offset.base, epsilon, length, sequence)
  }
}

/// A curve: for picks a recurrence and an attention over neighbours, then the decoder and the convolution to one channel.
final class EQTransformerBranch {
  private let recurrence: Recurrence?
  private let attention: AdditiveAttention?
  private let hidden: SequenceGroup
  private let attended: PaddedSequence
  private let stages: [CompiledUpsampledConvolution]
  private let sequences: [PaddedSequence]
  private let curve: PackedProduct
  private let last: AlignedFloats

  /// - Parameters:
  ///   - pick: the number of the phase; nil for the detection.
  ///   - lengths: those of the encoder.
  init(
    _ parameters: NetworkParameters, pick: Int?, lengths: [Int], network: EQTransformer, group: Int,
    kernels: VectorKernels
  ) throws {
    let length = lengths[7]
    recurrence = try pick.map {
      try Recurrence(
        parameters, "pick_lstms.\($0)", directions: 1, inputs: 16, length: length, hard: network.hardGates,
        group: group,
        kernels: kernels)
    }
    attention = try pick.map {
      try AdditiveAttention(
        parameters, "pick_attentions.\($0)", reach: 1, epsilon: network.attentionEpsilon, length: length,
        kernels: kernels)
    }
    hidden = SequenceGroup(channels: 16, length: length, count: group)
    attended = PaddedSequence(channels: 16, length: length)
    let name = pick.map { "pick_decoders.\($0)" } ?? "decoder_d"
    let channels = [16] + EQTransformer.filters.reversed()
    let taps = Array(EQTransformer.widths.reversed())
    var stages: [CompiledUpsampledConvolution] = []
    var sequences: [PaddedSequence] = []
    var current = length
    for stage in 0..<7 {
      let cut: (first: Int, last: Int) =
        network.crop == .bothEnds ? (stage == 3 ? (1, 1) : (0, 0)) : (0, lengths[6 - stage] % 2)
      current = 2 * current - cut.first - cut.last
      stages.append(
        try CompiledUpsampledConvolution(
          ConvolutionWeights(
            parameters, "\(name).convs.\(stage)", outputs: channels[stage + 1], inputs: channels[stage],
            taps: taps[stage]),
          cut: cut, kernels: kernels))
      sequences.append(PaddedSequence(channels: channels[stage + 1], length: current))
    }
    guard current == lengths[0] else {
      throw ComputeError.badModel(reason: "decoders give \(current) samples for a window of \(lengths[0])")
    }
    self.stages = stages
    self.sequences = sequences
    curve = try PackedProduct(
      RowMatrix(
        curves: ConvolutionWeights(
          parameters, pick.map { "pick_convs.\($0)" } ?? "conv_d", outputs: 1, inputs: 8, taps: 11)),
      stride: 128, kernels: kernels)
    last = AlignedFloats(16)
  }

  /// Writes the curve of each window.
  func run(
    _ input: SequenceGroup, _ count: Int, into output: UnsafeMutablePointer<Float>, outputStride: Int
  ) {
    recurrence?.run(input, count, into: hidden.at(0), pitch: hidden.pitch * 16, channels: 16)
    for window in 0..<count {
      if let attention {
        attention.run(hidden.at(window), into: attended.at(0))
      } else {
        attended.at(0).update(from: input.at(window), count: attended.length * 16)
      }
      decode(into: output + window * outputStride)
    }
  }

  private func decode(into output: UnsafeMutablePointer<Float>) {
    var current = attended
    for (stage, convolution) in stages.enumerated() {
      convolution.run(current, into: sequences[stage])
      current = sequences[stage]
    }
    let whole = current.length / 16
    curve.run(current.at(-5), rows: whole, into: output, activation: .sigmoid)
    let rest = current.length - whole * 16
    if rest > 0 {
      curve.run(current.at(whole * 16 - 5), rows: 1, into: last.base, activation: .sigmoid)
      (output + whole * 16).update(from: last.base, count: rest)
    }
  }
}

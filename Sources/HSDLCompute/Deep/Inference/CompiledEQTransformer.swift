internal import CKernels

/// EQTransformer (Mousavi et al., 2020) in evaluation mode, made ready for fast forward passes on a processor.
///
/// Batch normalisation is folded into the convolutions, weights that meet the same sample behind upsampling are added beforehand, and
/// windows go through in small groups, so that activations and weights stay in the cache. A window's probabilities do not depend on the others of a call,
/// not in their last bits either. Between kinds of processors they differ by rounding. The weights are copied: later changes of the parameters do not show.
public final class CompiledEQTransformer: PickerNetwork {
  public let description: PickerDescription

  /// Windows that go through together.
  private static let group = 8

  private let encoder: EQTransformerEncoder
  private let body: EQTransformerBody
  private let branches: [EQTransformerBranch]

  /// Compiles a network's numbers.
  ///
  /// - Parameters:
  ///   - network: the form; windows of an even number of samples, from 1024 on.
  ///   - parameters: tensors with the names of ``EQTransformer/layout``.
  ///   - lanes: numbers in a vector, 4, 8 or 16; the widest of this processor without it.
  /// - Throws: ``ComputeError/badModel(reason:)`` where a tensor is missing or of another shape, for windows of another length, and for
  ///   vectors that this processor has not.
  public init(_ network: EQTransformer, _ parameters: NetworkParameters, lanes: Int? = nil) throws {
    let length = network.windowLength
    guard length % 2 == 0, length >= 1024, length <= 1 << 20 else {
      throw ComputeError.badModel(reason: "windows of \(length) samples are not provided for")
    }
    let kernels = try VectorKernels(lanes: lanes)
    description = network.description
    let encoder = try EQTransformerEncoder(parameters, length: length, kernels: kernels)
    self.encoder = encoder
    body = try EQTransformerBody(
      parameters, length: encoder.lengths[7], network: network, group: Self.group, kernels: kernels)
    branches = try description.outputs.indices.map {
      try EQTransformerBranch(
        parameters, pick: $0 == 0 ? nil : $0 - 1, lengths: encoder.lengths, network: network, group: Self.group,
        kernels: kernels)
    }
  }

  public func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>
  ) throws {
    let length = description.windowLength
    let curves = branches.count
    guard count >= 0, windows.count / (3 * length) >= count, probabilities.count / (curves * length) >= count else {
      throw ComputeError.badModel(reason: "there is no room for \(count) windows")
    }
    guard let source = windows.baseAddress, let target = probabilities.baseAddress else { return }
    var done = 0
    while done < count {
      let some = min(Self.group, count - done)
      for window in 0..<some {
        encoder.run(source + (done + window) * 3 * length, into: body.features(window))
      }
      body.run(some)
      for (curve, branch) in branches.enumerated() {
        branch.run(body.output, some, into: target + (done * curves + curve) * length, outputStride: curves * length)
      }
      done += some
    }
  }
}

/// The seven stages of convolution and pooling.
final class EQTransformerEncoder {
  /// Samples before each stage, and behind the last.
  let lengths: [Int]
  private let stages: [CompiledPooledConvolution]
  private let inputs: [PaddedSequence]

  init(_ parameters: NetworkParameters, length: Int, kernels: VectorKernels) throws {
    var lengths = [length]
    for stage in 0..<7 { lengths.append((lengths[stage] + 1) / 2) }
    self.lengths = lengths
    let channels = [3] + EQTransformer.filters
    stages = try (0..<7).map { stage in
      try CompiledPooledConvolution(
        ConvolutionWeights(
          parameters, "encoder.convs.\(stage)", outputs: channels[stage + 1], inputs: channels[stage],
          taps: EQTransformer.widths[stage]), kernels: kernels)
    }
    inputs = (0..<7).map { PaddedSequence(channels: channels[$0], length: lengths[$0]) }
  }

  /// From a planar window to 64 features of each sample of the last length.
  func run(_ window: UnsafePointer<Float>, into features: UnsafeMutablePointer<Float>) {
    interleave(window, into: inputs[0])
    for stage in 0..<7 {
      stages[stage].run(inputs[stage], into: stage < 6 ? inputs[stage + 1].at(0) : features)
    }
  }
}

/// Sequences of 16 channels of a group of windows, one behind the other with zeros between.
final class SequenceGroup {
  /// Samples from a window to the next.
  let pitch: Int
  let channels: Int
  private let memory: AlignedFloats

  init(channels: Int, length: Int, count: Int) {
    self.channels = channels
    pitch = length + 8
    memory = AlignedFloats((count * pitch + 8) * channels)
  }

  /// The first sample of a window.
  func at(_ window: Int) -> UnsafeMutablePointer<Float> { memory.base + (window * pitch + 8) * channels }
}

/// Residual blocks, LSTMs in both directions and the two transformers: all between the encoder and the decoders.
final class EQTransformerBody {
  private let length: Int
  private let kernels: VectorKernels
  private let blocks: [ResidualBlock]
  private let recurrences: [RecurrentBlock]
  private let transformers: [TransformerBlock]
  private var even: SequenceGroup
  private var odd: SequenceGroup
  private let narrow: [SequenceGroup]

  init(
    _ parameters: NetworkParameters, length: Int, network: EQTransformer, group: Int, kernels: VectorKernels
  ) throws {
    self.length = length
    self.kernels = kernels
    blocks = try EQTransformer.residualWidths.enumerated().map {
      try ResidualBlock(
        parameters, "res_cnn_stack.members.\($0.offset)", taps: $0.element, length: length,
        epsilon: network.batchNormEpsilon, kernels: kernels)
    }
    guard network.recurrentBlocks > 0 else { throw ComputeError.badModel(reason: "there is no recurrent block") }
    recurrences = try (0..<network.recurrentBlocks).map {
      try RecurrentBlock(
        parameters, "bi_lstm_stack.members.\($0)", inputs: $0 == 0 ? 64 : 16, length: length, hard: network.hardGates,
        epsilon: network.batchNormEpsilon,
        group: group, kernels: kernels)
    }
    transformers = try ["transformer_d0", "transformer_d"].map {
      try TransformerBlock(parameters, $0, length: length, network: network, kernels: kernels)
    }
    even = SequenceGroup(channels: 64, length: length, count: group)
    odd = SequenceGroup(channels: 64, length: length, count: group)
    narrow = (0..<2).map { _ in SequenceGroup(channels: 16, length: length, count: group) }
  }

  /// Where the encoder's features of a window go.
  func features(_ window: Int) -> UnsafeMutablePointer<Float> { even.at(window) }

  /// What comes out.
  var output: SequenceGroup { narrow[(recurrences.count - 1) % 2] }

  /// Runs over the first windows of the group.
  func run(_ count: Int) {
    var from = even
    var to = odd
    for block in blocks {
      for window in 0..<count { block.run(from.at(window), into: to.at(window)) }
      swap(&from, &to)
    }
    for (index, block) in recurrences.enumerated() {
      block.run(index == 0 ? from : narrow[(index - 1) % 2], count, into: narrow[index % 2])
    }
    for block in transformers {
      for window in 0..<count { block.run(output.at(window)) }
    }
  }
}

/// PhaseNet (Zhu & Beroza, 2019) in evaluation mode, made ready for fast forward passes on a processor.
///
/// Batch normalisation is folded into the convolutions; each layer is one pass over activations that stay in the cache. A window's probabilities do
/// not depend on the others of a call, not in their last bits either. Between kinds of processors they differ by rounding.
/// The weights are copied: later changes of the parameters do not show.
public final class CompiledPhaseNet: PickerNetwork {
  public let description: PickerDescription

  private let kernels: VectorKernels
  private let first: CompiledConvolution
  private let down: [(same: CompiledConvolution, strided: CompiledConvolution?)]
  private let up: [(transposed: CompiledTransposedConvolution, same: CompiledConvolution)]
  private let last: PackedProduct
  private let lengths: [Int]

  private let input: PaddedSequence
  private let start: PaddedSequence
  private let skips: [PaddedSequence]
  private let strided: [PaddedSequence]
  private let raised: [PaddedSequence]
  private let merged: [PaddedSequence]
  private let scores: AlignedFloats

  /// Compiles a network's numbers.
  ///
  /// - Parameters:
  ///   - network: the form; with the original's number of filters, and windows of 256 samples or more.
  ///   - parameters: tensors with the names of ``PhaseNet/layout``.
  ///   - lanes: numbers in a vector, 4, 8 or 16; the widest of this processor without it.
  /// - Throws: ``ComputeError/badModel(reason:)`` where a tensor is missing or of another shape, for other forms, and for
  ///   vectors that this processor has not.
  public init(_ network: PhaseNet, _ parameters: NetworkParameters, lanes: Int? = nil) throws {
    guard network.filterFactor == 1, (256...1 << 20).contains(network.windowLength) else {
      throw ComputeError.badModel(
        reason:
          "PhaseNet of \(network.filterFactor) times the filters for \(network.windowLength) samples is not provided for"
      )
    }
    let kernels = try VectorKernels(lanes: lanes)
    self.kernels = kernels
    description = network.description
    var lengths = [network.windowLength]
    // Zeros before the first sample of strided convolutions; those behind the last are in the margins.
    var lefts: [Int] = []
    for level in 0..<4 {
      lengths.append((lengths[level] + 3) / 4)
      lefts.append(max(0, (lengths[level + 1] - 1) * 4 + 7 - lengths[level]) / 2)
    }
    self.lengths = lengths
    let filters = [8, 16, 32, 64, 128]
    func layer(
      _ name: String, _ norm: String, _ outputs: Int, _ inputs: Int, transposed: Bool = false
    ) throws
      -> ConvolutionWeights
    {
      try ConvolutionWeights(parameters, name, outputs: outputs, inputs: inputs, taps: 7, transposed: transposed)
        .normalised(FoldedNormalisation(parameters, norm, channels: outputs, epsilon: network.batchNormEpsilon))
    }
    first = try CompiledConvolution(layer("inc", "in_bn", 8, 3), left: 3, kernels: kernels)
    down = try (0..<5).map { level in
      let name = "down_branch.\(level)"
      let same = try layer(name + ".0", name + ".1", filters[level], filters[max(level - 1, 0)])
      let strided = try level == 4 ? nil : layer(name + ".2", name + ".3", filters[level], filters[level])
      return (
        try CompiledConvolution(same, left: 3, kernels: kernels),
        try strided.map { try CompiledConvolution($0, step: 4, left: lefts[level], kernels: kernels) }
      )
    }
    up = try (0..<4).map { level in
      let name = "up_branch.\(level)"
      let count = filters[3 - level]
      let transposed = try layer(name + ".0", name + ".1", count, 2 * count, transposed: true)
      let same = try layer(name + ".2", name + ".3", count, 2 * count)
      return (
        try CompiledTransposedConvolution(transposed, kernels: kernels),
        try CompiledConvolution(same, left: 3, split: true, kernels: kernels)
      )
    }
    let curves = try ConvolutionWeights(parameters, "out", outputs: 3, inputs: 8, taps: 1)
    last = try PackedProduct(RowMatrix(curves: curves), stride: 128, kernels: kernels)

    input = PaddedSequence(channels: 3, length: lengths[0])
    start = PaddedSequence(channels: 8, length: lengths[0])
    skips = (0..<5).map { PaddedSequence(channels: filters[$0], length: lengths[$0]) }
    strided = (0..<4).map { PaddedSequence(channels: filters[$0], length: lengths[$0 + 1]) }
    raised = (0..<4).map { PaddedSequence(channels: filters[3 - $0], length: lengths[3 - $0]) }
    merged = (0..<4).map { PaddedSequence(channels: filters[3 - $0], length: lengths[3 - $0]) }
    scores = AlignedFloats((lengths[0] + 15) / 16 * 48)
  }

  public func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>
  ) throws {
    let size = 3 * lengths[0]
    guard count >= 0, windows.count / size >= count, probabilities.count / size >= count else {
      throw ComputeError.badModel(reason: "there is no room for \(count) windows")
    }
    guard let source = windows.baseAddress, let target = probabilities.baseAddress else { return }
    for window in 0..<count { forward(source + window * size, into: target + window * size) }
  }

  private func forward(_ window: UnsafePointer<Float>, into probabilities: UnsafeMutablePointer<Float>) {
    interleave(window, into: input)
    first.run(input, into: start)
    var current = start
    for level in 0..<5 {
      down[level].same.run(current, into: skips[level])
      current = skips[level]
      if let convolution = down[level].strided {
        convolution.run(current, into: strided[level])
        current = strided[level]
      }
    }
    for level in 0..<4 {
      let output = raised[level]
      // One sample is cut off in front and two behind, and what is longer than the other branch evenly at both ends.
      let surplus = 4 * current.length - output.length
      up[level].transposed.run(current, from: 1 + surplus / 2, into: output)
      up[level].same.run(skips[3 - level], second: output, into: merged[level])
      current = merged[level]
    }
    last.run(current.at(0), rows: (lengths[0] + 15) / 16, into: scores.base)
    kernels.table.pointee.softmax3(scores.base, lengths[0], probabilities, lengths[0])
  }
}

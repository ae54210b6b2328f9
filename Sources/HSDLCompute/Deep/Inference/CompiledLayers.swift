/// A convolution of stride one or more from one padded sequence to another.
struct CompiledConvolution {
  private let product: PackedProduct
  private let samples: Int
  private let left: Int
  private let isSplit: Bool

  /// Compiles weights.
  ///
  /// - Parameters:
  ///   - step: the stride.
  ///   - left: samples of zeros before the first.
  ///   - split: the inputs come from two sequences, half of them each.
  init(_ layer: ConvolutionWeights, step: Int = 1, left: Int, split: Bool = false, kernels: VectorKernels) throws {
    samples = max(1, kernels.lanes / layer.outputs)
    self.left = left
    isSplit = split
    let inputs = split ? layer.inputs / 2 : layer.inputs
    var matrix = RowMatrix(split ? layer.inputs(0..<inputs) : layer, samples: samples, step: step)
    let first = matrix.depth
    if split {
      matrix = matrix.followed(by: RowMatrix(layer.inputs(inputs..<2 * inputs), samples: samples, step: step))
    }
    product = try PackedProduct(
      matrix, stride: samples * step * inputs, split: split ? first : nil, kernels: kernels)
  }

  /// All samples of `output`, as convolution and ReLU give them.
  func run(_ input: PaddedSequence, second: PaddedSequence? = nil, into output: PaddedSequence) {
    product.run(
      input.at(-left), second: isSplit ? second.map { UnsafePointer($0.at(-left)) } : nil,
      rows: (output.length + samples - 1) / samples, into: output.at(0), activation: .relu)
    if output.length % samples != 0 { output.clearEdges() }
  }
}

/// A convolution, ReLU, and the larger of every two samples; an odd last sample stays alone.
struct CompiledPooledConvolution {
  private let product: PackedProduct
  private let halves: Bool
  private let left: Int
  private let channels: Int

  /// Compiles weights of a convolution that leaves the length as it is.
  init(_ layer: ConvolutionWeights, kernels: VectorKernels) throws {
    halves = layer.outputs < kernels.lanes
    left = layer.taps / 2
    channels = layer.outputs
    product = try PackedProduct(
      RowMatrix(layer, samples: halves ? 2 : 1), stride: (halves ? 2 : 1) * layer.inputs, kernels: kernels)
  }

  /// Writes half as many samples, rounded up.
  ///
  /// Where a row holds two samples their number must be even.
  func run(_ input: PaddedSequence, into output: UnsafeMutablePointer<Float>) {
    if halves {
      product.run(
        input.at(-left), rows: input.length / 2, into: output, outputStride: channels, pooling: .halves)
    } else {
      let even = input.length / 2 * 2
      product.run(input.at(-left), rows: even, into: output, outputStride: channels, pooling: .rows)
      if input.length > even {
        product.run(
          input.at(even - left), rows: 1, into: output + even / 2 * channels, activation: .relu)
      }
    }
  }
}

/// Upsampling by two, a cut at the ends, a convolution that leaves the length as it is, and ReLU.
struct CompiledUpsampledConvolution {
  private let product: PackedProduct
  /// The convolution without anything added beforehand, for the samples next to a cut.
  private let plain: PackedProduct?
  private let edge: PaddedSequence
  private let taps: Int
  private let cut: (first: Int, last: Int)

  /// Compiles weights.
  ///
  /// - Parameter cut: samples (none or one) that are cut off either end of what upsampling gives.
  init(_ layer: ConvolutionWeights, cut: (first: Int, last: Int), kernels: VectorKernels) throws {
    taps = layer.taps
    self.cut = cut
    product = try PackedProduct(RowMatrix(upsampled: layer), stride: layer.inputs, kernels: kernels)
    let isCut = cut.first + cut.last > 0
    guard !isCut || layer.outputs % kernels.lanes == 0 else {
      throw ComputeError.badModel(reason: "a cut before a layer of \(layer.outputs) channels is not provided for")
    }
    plain = isCut ? try PackedProduct(RowMatrix(layer), stride: layer.inputs, kernels: kernels) : nil
    edge = PaddedSequence(channels: layer.inputs, length: 3 * (layer.taps / 2))
  }

  /// Writes twice as many samples as `input` has, less what is cut off.
  func run(_ input: PaddedSequence, into output: PaddedSequence) {
    let phase = taps / 2 % 2
    // Where rows begin with an odd sample, the first of them begins with the one before the first.
    product.run(
      input.at(RowMatrix.upsampledBegin(taps: taps) - phase), rows: input.length + phase,
      into: output.at(-phase - cut.first),
      activation: .relu)
    output.clearEdges()
    if cut.first > 0 { mend(input, output, from: 0) }
    if cut.last > 0 { mend(input, output, from: output.length - taps / 2) }
  }

  /// Computes samples next to a cut anew: beyond it are zeros, though upsampling would have given half a pair.
  private func mend(_ input: PaddedSequence, _ output: PaddedSequence, from first: Int) {
    let half = taps / 2
    for sample in 0..<edge.length {
      let source = first - half + sample
      if source >= 0, source < output.length {
        edge.at(sample).update(from: input.at((source + cut.first) / 2), count: edge.channels)
      } else {
        edge.at(sample).update(repeating: 0, count: edge.channels)
      }
    }
    plain?.run(edge.at(0), rows: half, into: output.at(first), activation: .relu)
  }
}

/// A transposed convolution of stride four and seven taps, and ReLU, of which some first samples and all beyond a length are cut off.
struct CompiledTransposedConvolution {
  private let product: PackedProduct
  private let inputs: Int

  /// Compiles weights.
  init(_ layer: ConvolutionWeights, kernels: VectorKernels) throws {
    inputs = layer.inputs
    product = try PackedProduct(RowMatrix(transposed: layer), stride: layer.inputs, kernels: kernels)
  }

  /// Writes the samples from `first` on; at most four come before them, and four behind the last.
  func run(_ input: PaddedSequence, from first: Int, into output: PaddedSequence) {
    product.run(input.at(-1), rows: input.length + 1, into: output.at(-first), activation: .relu)
    // A row too many reaches further than the edges are cleared.
    output.at(output.length).update(repeating: 0, count: 8 * output.channels)
    output.clearEdges()
  }
}

/// Planar components, side by side for each sample.
func interleave(_ planar: UnsafePointer<Float>, into sequence: PaddedSequence) {
  let length = sequence.length
  let output = sequence.at(0)
  for sample in 0..<length {
    output[3 * sample] = planar[sample]
    output[3 * sample + 1] = planar[length + sample]
    output[3 * sample + 2] = planar[2 * length + sample]
  }
}

import CTorch

/// What can be done with tensors: with one, or with those of several micro-batches.
///
/// Everything throws ``ComputeError`` where shapes do not fit, with libtorch's words. Dimensions are counted from the slowest; negative ones from the
/// fastest, which is −1. Where the shapes of two operands differ, extents of one are repeated.
public protocol TensorOperations {
  /// Does something with each tensor and those of other operands that belong to it.
  func each(_ others: [Self?], _ body: (Tensor, [Tensor?]) throws -> Tensor) throws -> Self
}

extension TensorOperations {
  private func one(_ call: String, _ body: (OpaquePointer) -> OpaquePointer?) throws -> Self {
    try each([]) { x, _ in try Tensor.made(call, body(x.handle)) }
  }

  private func two(
    _ call: String, _ other: Self, _ body: (OpaquePointer, OpaquePointer?) -> OpaquePointer?
  ) throws -> Self {
    try each([other]) { x, others in try Tensor.made(call, body(x.handle, others[0]?.handle)) }
  }

  private func unary(_ call: String, _ operation: Int) throws -> Self {
    try one(call) { ctorch_unary($0, Int32(operation)) }
  }

  // MARK: Shape

  /// The same numbers, side by side in memory.
  public func contiguous() throws -> Self { try one("contiguous") { ctorch_contiguous($0) } }

  /// The same numbers in the same order under another shape; one extent may be −1.
  public func reshape(_ shape: [Int]) throws -> Self {
    let shape = shape.map(Int64.init)
    return try one("reshape") { ctorch_reshape($0, shape, Int32(clamping: shape.count)) }
  }

  /// Puts dimensions into another order: the new dimension i is the old one `order[i]`.
  public func permute(_ order: [Int]) throws -> Self {
    let order = order.map(Int64.init)
    return try one("permute") { ctorch_permute($0, order, Int32(clamping: order.count)) }
  }

  /// Repeats extents of 1 until the shape is reached; −1 keeps an extent.
  public func expand(_ shape: [Int]) throws -> Self {
    let shape = shape.map(Int64.init)
    return try one("expand") { ctorch_expand($0, shape, Int32(clamping: shape.count)) }
  }

  /// A part of one dimension.
  public func narrow(_ dimension: Int, from start: Int, count: Int) throws -> Self {
    try one("narrow") { ctorch_narrow($0, Int32(clamping: dimension), Int64(start), Int64(count)) }
  }

  /// Adds numbers at the ends of the last dimension.
  public func pad(_ left: Int, _ right: Int, with value: Double = 0) throws -> Self {
    try one("pad") { ctorch_pad($0, Int64(left), Int64(right), value) }
  }

  /// Puts others behind it along a dimension.
  public func concatenated(_ others: [Self], _ dimension: Int) throws -> Self {
    try each(others) { x, others in
      let handles: [OpaquePointer?] = [x.handle] + others.map { $0?.handle }
      return try Tensor.made("cat", ctorch_cat(handles, Int32(clamping: handles.count), Int32(clamping: dimension)))
    }
  }

  /// Puts others of the same shape behind it along a new dimension.
  public func stacked(_ others: [Self], _ dimension: Int) throws -> Self {
    try each(others) { x, others in
      let handles: [OpaquePointer?] = [x.handle] + others.map { $0?.handle }
      return try Tensor.made("stack", ctorch_stack(handles, Int32(clamping: handles.count), Int32(clamping: dimension)))
    }
  }

  // MARK: Arithmetic

  /// max(x, 0).
  public func relu() throws -> Self { try unary("relu", CTORCH_RELU) }
  /// x Φ(x), with the normal distribution function Φ (Hendrycks and Gimpel, 2016).
  public func gelu() throws -> Self { try unary("gelu", CTORCH_GELU) }
  /// 1 / (1 + exp(−x)).
  public func sigmoid() throws -> Self { try unary("sigmoid", CTORCH_SIGMOID) }
  /// The hyperbolic tangent.
  public func tanh() throws -> Self { try unary("tanh", CTORCH_TANH) }
  /// clip(0.2 x + 0.5, 0, 1), as Keras had it until version 3.
  public func hardSigmoid() throws -> Self { try unary("hardSigmoid", CTORCH_HARD_SIGMOID) }
  /// The exponential function.
  public func exp() throws -> Self { try unary("exp", CTORCH_EXP) }
  /// The natural logarithm.
  public func log() throws -> Self { try unary("log", CTORCH_LOG) }
  /// The square root.
  public func squareRoot() throws -> Self { try unary("squareRoot", CTORCH_SQRT) }
  /// x².
  public func squared() throws -> Self { try unary("squared", CTORCH_SQUARE) }
  /// |x|.
  public func magnitude() throws -> Self { try unary("magnitude", CTORCH_ABS) }
  /// log(1 + exp(x)).
  public func softplus() throws -> Self { try unary("softplus", CTORCH_SOFTPLUS) }

  /// x + y.
  public func adding(_ other: Self) throws -> Self {
    try two("add", other) { ctorch_binary($0, $1, Int32(CTORCH_ADD)) }
  }
  /// x − y.
  public func subtracting(_ other: Self) throws -> Self {
    try two("subtract", other) { ctorch_binary($0, $1, Int32(CTORCH_SUBTRACT)) }
  }
  /// x y.
  public func multiplied(by other: Self) throws -> Self {
    try two("multiply", other) { ctorch_binary($0, $1, Int32(CTORCH_MULTIPLY)) }
  }
  /// x / y.
  public func divided(by other: Self) throws -> Self {
    try two("divide", other) { ctorch_binary($0, $1, Int32(CTORCH_DIVIDE)) }
  }
  /// max(x, y).
  public func maximum(_ other: Self) throws -> Self {
    try two("maximum", other) { ctorch_binary($0, $1, Int32(CTORCH_MAXIMUM)) }
  }
  /// x + number.
  public func adding(_ number: Double) throws -> Self {
    try one("add") { ctorch_scalar($0, number, Int32(CTORCH_ADD)) }
  }
  /// x × number.
  public func multiplied(by number: Double) throws -> Self {
    try one("multiply") { ctorch_scalar($0, number, Int32(CTORCH_MULTIPLY)) }
  }
  /// x, at least `low` and at most `high`.
  public func clipped(_ low: Double, _ high: Double) throws -> Self { try one("clip") { ctorch_clip($0, low, high) } }

  private func reduced(_ call: String, _ dimensions: [Int], _ keep: Bool, _ operation: Int) throws -> Self {
    let dimensions = dimensions.map(Int64.init)
    return try one(call) {
      ctorch_reduce($0, dimensions, Int32(clamping: dimensions.count), keep ? 1 : 0, Int32(operation))
    }
  }

  /// The sum over dimensions, which go, or stay with extent 1; over all where none is named.
  public func sum(_ dimensions: [Int], keep: Bool = false) throws -> Self {
    try reduced("sum", dimensions, keep, CTORCH_SUM)
  }
  /// The mean over dimensions, which go, or stay with extent 1; over all where none is named.
  public func mean(_ dimensions: [Int], keep: Bool = false) throws -> Self {
    try reduced("mean", dimensions, keep, CTORCH_MEAN)
  }
  /// The largest over dimensions, which go, or stay with extent 1; over all where none is named.
  public func max(_ dimensions: [Int], keep: Bool = false) throws -> Self {
    try reduced("max", dimensions, keep, CTORCH_MAX)
  }
  /// exp(x) / Σ exp(x) along a dimension.
  public func softmax(_ dimension: Int) throws -> Self {
    try one("softmax") { ctorch_softmax($0, Int32(clamping: dimension)) }
  }
  /// The logarithm of ``softmax(_:)``.
  public func logSoftmax(_ dimension: Int) throws -> Self {
    try one("logSoftmax") { ctorch_log_softmax($0, Int32(clamping: dimension)) }
  }
  /// Replaces numbers where the mask is not 0.
  public func masked(_ mask: Self, with value: Double) throws -> Self {
    try two("masked", mask) { ctorch_masked_fill($0, $1, value) }
  }
  /// The product of matrices, which are the last two dimensions.
  public func matmul(_ other: Self) throws -> Self { try two("matmul", other) { ctorch_matmul($0, $1) } }

  // MARK: Layers

  /// x Wᵀ + b: `… × in` with W `out × in`, b `out` gives `… × out`.
  public func linear(_ weight: Self, bias: Self? = nil) throws -> Self {
    try each([weight, bias]) { x, others in
      try Tensor.made("linear", ctorch_linear(x.handle, others[0]?.handle, others[1]?.handle))
    }
  }

  /// Convolution: `windows × in × length` with W `out × in/groups × width` gives `windows × out × length′`.
  ///
  /// - Parameters:
  ///   - stride: the step from one output sample to the next.
  ///   - left: zeros before the first sample.
  ///   - right: zeros behind the last sample.
  ///   - dilation: the distance of the samples that a kernel takes.
  ///   - groups: into how many groups the channels fall, each convolved on its own.
  public func conv1d(
    _ weight: Self, bias: Self? = nil, stride: Int = 1, left: Int = 0, right: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) throws -> Self {
    try each([weight, bias]) { x, others in
      try Tensor.made(
        "conv1d",
        ctorch_conv1d(
          x.handle, others[0]?.handle, others[1]?.handle, Int64(stride), Int64(left), Int64(right), Int64(dilation),
          Int64(groups)))
    }
  }

  /// Transposed convolution: `windows × in × length` with W `in × out/groups × width` gives
  /// `windows × out × ((length − 1) stride + width)`.
  public func convTranspose1d(_ weight: Self, bias: Self? = nil, stride: Int = 1, groups: Int = 1) throws -> Self {
    try each([weight, bias]) { x, others in
      try Tensor.made(
        "convTranspose1d",
        ctorch_conv_transpose1d(x.handle, others[0]?.handle, others[1]?.handle, Int64(stride), Int64(groups)))
    }
  }

  /// The largest of `width` samples, every `stride` samples; what is added at the ends is never the largest.
  public func maxPool1d(_ width: Int, stride: Int, left: Int = 0, right: Int = 0) throws -> Self {
    try one("maxPool1d") { ctorch_max_pool1d($0, Int64(width), Int64(stride), Int64(left), Int64(right)) }
  }

  /// Every sample `factor` times.
  public func upsampled(_ factor: Int) throws -> Self {
    try one("upsample") { ctorch_upsample_nearest1d($0, Int64(factor)) }
  }

  /// Normalised over the last dimension (Ba, Kiros and Hinton, 2016).
  public func layerNorm(_ weight: Self?, _ bias: Self?, epsilon: Double) throws -> Self {
    try each([weight, bias]) { x, others in
      try Tensor.made("layerNorm", ctorch_layer_norm(x.handle, others[0]?.handle, others[1]?.handle, epsilon))
    }
  }

  /// Normalised over groups of channels and the length (Wu and He, 2018): `windows × channels × length`.
  public func groupNorm(_ groups: Int, _ weight: Self?, _ bias: Self?, epsilon: Double) throws -> Self {
    try each([weight, bias]) { x, others in
      try Tensor.made(
        "groupNorm", ctorch_group_norm(x.handle, Int64(groups), others[0]?.handle, others[1]?.handle, epsilon))
    }
  }

  /// Batch normalisation by given means and variances, one for each channel: `windows × channels × length`.
  public func batchNorm(mean: Self, variance: Self, weight: Self?, bias: Self?, epsilon: Double) throws -> Self {
    try each([weight, bias, mean, variance]) { x, others in
      try Tensor.made(
        "batchNorm",
        ctorch_batch_norm(
          x.handle, others[0]?.handle, others[1]?.handle, others[2]?.handle, others[3]?.handle, epsilon))
    }
  }

  /// A long short-term memory layer in one direction (Hochreiter and Schmidhuber, 1997): `windows × times × in` gives
  /// `windows × times × hidden`.
  ///
  /// - Parameters:
  ///   - inputWeight: `4 hidden × in`, the gates in the order input, forget, cell, output.
  ///   - recurrentWeight: `4 hidden × hidden`.
  ///   - bias: `4 hidden`.
  ///   - mask: `windows × hidden`, what the state is multiplied by on its way to the gates: dropout (Gal and Ghahramani, 2016).
  ///   - hardGates: whether the gates are ``hardSigmoid()`` in place of ``sigmoid()``.
  ///   - reversed: whether it runs from the last time to the first.
  public func lstm(
    _ inputWeight: Self, _ recurrentWeight: Self, bias: Self?, mask: Self? = nil, hardGates: Bool = false,
    reversed: Bool = false
  ) throws -> Self {
    try each([inputWeight, recurrentWeight, bias, mask]) { x, others in
      try Tensor.made(
        "lstm",
        ctorch_lstm(
          x.handle, others[0]?.handle, others[1]?.handle, others[2]?.handle, others[3]?.handle, hardGates ? 1 : 0,
          reversed ? 1 : 0))
    }
  }

  /// The cross entropy of probabilities 1 / (1 + exp(−x)) with targets from 0 to 1, number by number.
  public func binaryCrossEntropy(_ targets: Self) throws -> Self {
    try two("binaryCrossEntropy", targets) { ctorch_binary_cross_entropy($0, $1) }
  }
}

/// PhaseNet: a U-shaped convolutional network that picks P and S (Zhu and Beroza, 2019).
///
/// Five levels of 8, 16, 32, 64, 128 filters of width 7; each level is four times shorter than the one above. Layout and names are SeisBench's. Padding
/// is computed as TensorFlow's "same" for any window length, which at 3001 and 3000 samples is what both SeisBench and the original do: the
/// original differs only in the order of components (E, N, Z) and in the window length (3000).
public struct PhaseNet: PickerArchitecture {
  /// Samples in a window.
  public var windowLength: Int
  /// The order of components: `ZNE`, or `ENZ` as in the original.
  public var componentOrder: String
  /// How many times as many filters as the original has.
  public var filterFactor: Int
  /// How windows are made fit.
  public var normalisation: PickerDescription.Normalisation
  /// The rate of dropout behind every activation within the levels.
  public var dropout: Double
  /// What is added to variances in batch normalisation.
  public var batchNormEpsilon: Double

  static let width = 7
  static let stride = 4
  static let depth = 5

  /// A network with SeisBench's settings.
  public init(
    windowLength: Int = 3001, componentOrder: String = "ZNE", filterFactor: Int = 1,
    normalisation: PickerDescription.Normalisation = .standardDeviation, dropout: Double = 0,
    batchNormEpsilon: Double = 1e-3
  ) {
    self.windowLength = windowLength
    self.componentOrder = componentOrder
    self.filterFactor = filterFactor
    self.normalisation = normalisation
    self.dropout = dropout
    self.batchNormEpsilon = batchNormEpsilon
  }

  public var description: PickerDescription {
    var description = PickerDescription(
      architecture: "phasenet", windowLength: windowLength, outputs: [.noise, .p, .s])
    description.componentOrder = componentOrder
    description.normalisation = normalisation
    return description
  }

  public var outputFunction: PickerOutputFunction { .softmax }
  /// The cross entropy is of all classes together.
  public var lossWeights: [Double] { [1, 1, 1] }

  private func filters(_ level: Int) -> Int { (8 << level) * filterFactor }

  public var layout: [TensorSpecification] {
    var layout: [TensorSpecification] = []
    layout.convolution("inc", 3, filters(0), Self.width)
    layout.batchNorm("in_bn", filters(0))
    for level in 0..<Self.depth {
      layout.convolution(
        "down_branch.\(level).0", filters(max(0, level - 1)), filters(level), Self.width, bias: false)
      layout.batchNorm("down_branch.\(level).1", filters(level))
      guard level < Self.depth - 1 else { break }
      layout.convolution("down_branch.\(level).2", filters(level), filters(level), Self.width, bias: false)
      layout.batchNorm("down_branch.\(level).3", filters(level))
    }
    for step in 0..<Self.depth - 1 {
      let level = Self.depth - 2 - step
      // Transposed: in × out × width.
      layout.append(
        TensorSpecification("up_branch.\(step).0.weight", [filters(level + 1), filters(level), Self.width]))
      layout.batchNorm("up_branch.\(step).1", filters(level))
      layout.convolution("up_branch.\(step).2", 2 * filters(level), filters(level), Self.width, bias: false)
      layout.batchNorm("up_branch.\(step).3", filters(level))
    }
    layout.convolution("out", filters(0), 3, 1)
    return layout
  }

  public func curves(_ windows: Batch, _ pass: ForwardPass) throws -> Batch {
    func finished(_ x: Batch, _ norm: String) throws -> Batch {
      try pass.dropout(pass.batchNorm(x, norm, epsilon: batchNormEpsilon).relu(), dropout)
    }
    var x = try finished(pass.convSame(windows, "inc"), "in_bn")
    var skips: [Batch] = []
    for level in 0..<Self.depth {
      x = try finished(pass.convSame(x, "down_branch.\(level).0"), "down_branch.\(level).1")
      guard level < Self.depth - 1 else { break }
      skips.append(x)
      let length = x.shape.last ?? 0
      let shorter = (length + Self.stride - 1) / Self.stride
      let padding = max(0, (shorter - 1) * Self.stride + Self.width - length)
      x = try finished(
        pass.conv1d(
          x, "down_branch.\(level).2", stride: Self.stride, left: padding / 2, right: padding - padding / 2),
        "down_branch.\(level).3")
    }
    for (step, skip) in skips.reversed().enumerated() {
      let longer = try x.convTranspose1d(pass.tensor("up_branch.\(step).0.weight"), stride: Self.stride)
      let length = longer.shape.last ?? 0
      // Of the width's overhang of three samples one goes at the left and two at the right.
      x = try finished(longer, "up_branch.\(step).1").narrow(2, from: 1, count: length - 3)
      let wanted = skip.shape.last ?? 0
      x = try skip.concatenated([x.narrow(2, from: (length - 3 - wanted) / 2, count: wanted)], 1)
      x = try finished(pass.convSame(x, "up_branch.\(step).2"), "up_branch.\(step).3")
    }
    return try pass.conv1d(x, "out")
  }
}

/// EQCCT: a compact convolutional transformer for P and another for S (Saad et al., 2023).
///
/// Each network has three blocks of convolutions (10, 20, 40 channels), cuts their output into patches of 40 samples, and runs four transformer layers over
/// the patches; the S network has further convolutions before and after each attention. Names are SeisBench's, behind `P.` and `S.`.
///
/// What the description of the method leaves open is settled as in the published weights' own program: the inner MLP of the transformer has GELU behind both of
/// its matrices; a patch runs through its samples slowest and its channels fastest; stochastic depth grows from 0 in the first layer by a quarter of its
/// rate from layer to layer; the norms of layers have ε = 10⁻⁶, those of batches 10⁻³.
public struct EQCCT: PickerArchitecture {
  /// The networks it has: P, S or both.
  public var phases: [PickerDescription.Output]
  /// The order of components: `ENZ`.
  public var componentOrder: String
  /// Samples in a window, a multiple of the patch length.
  public var windowLength: Int
  /// How windows are made fit.
  public var normalisation: PickerDescription.Normalisation
  /// Samples at each end of a window that are not used where windows overlap.
  public var blind: Int
  /// The rate of dropout in training, also that of attention and of stochastic depth.
  public var dropout: Double
  /// Channels of the three blocks; the last is also the width of the transformer, and how many samples a patch has.
  public var channels: [Int]
  /// Transformer layers.
  public var layers: Int

  static let heads = 4
  static let batchNormEpsilon = 1e-3
  static let layerNormEpsilon = 1e-6

  /// A network with the original's settings.
  public init(phases: [PickerDescription.Output] = [.p, .s], windowLength: Int = 6000) {
    self.phases = phases
    self.windowLength = windowLength
    componentOrder = "ENZ"
    normalisation = .standardDeviation
    blind = 500
    dropout = 0.1
    channels = [10, 20, 40]
    layers = 4
  }

  public var description: PickerDescription {
    var description = PickerDescription(architecture: "eqcct", windowLength: windowLength, outputs: phases)
    description.componentOrder = componentOrder
    description.normalisation = normalisation
    description.blind = blind
    return description
  }

  public var outputFunction: PickerOutputFunction { .sigmoid }
  public var lossWeights: [Double] { phases.map { _ in 1 } }

  private var width: Int { channels.last ?? 1 }
  private var patches: Int { windowLength / max(1, width) }
  private func hasExtra(_ phase: PickerDescription.Output) -> Bool { phase == .s }

  public var layout: [TensorSpecification] {
    var layout: [TensorSpecification] = []
    for phase in phases {
      let prefix = phase.rawValue
      for block in channels.indices {
        Self.block("\(prefix).conv\(block + 1)", block == 0 ? 3 : channels[block - 1], channels[block], &layout)
      }
      layout.linear("\(prefix).encoder.projection", width * width, width)
      layout.append(TensorSpecification("\(prefix).encoder.position_embedding.weight", [patches, width]))
      if hasExtra(phase) {
        for layer in 0..<layers { Self.block("\(prefix).extra_pre.\(layer)", width, width, &layout) }
        for layer in 0..<layers { Self.block("\(prefix).extra_post.\(layer)", width, width, &layout) }
      }
      for layer in 0..<layers {
        let name = self.layer(phase, layer)
        layout.layerNorm("\(name).norm1", width)
        for part in ["q", "k", "v"] { layout.linear("\(name).attn.\(part)", width, Self.heads * width) }
        layout.linear("\(name).attn.o", Self.heads * width, width)
        layout.layerNorm("\(name).norm2", width)
        layout.linear("\(name).mlp.fc1", width, width)
        layout.linear("\(name).mlp.fc2", width, width)
      }
      layout.layerNorm("\(prefix).norm", width)
      layout.convolution("\(prefix).head.conv", 1, 1, 15)
    }
    return layout
  }

  private func layer(_ phase: PickerDescription.Output, _ layer: Int) -> String {
    "\(phase.rawValue).\(hasExtra(phase) ? "transformers" : "transformer").\(layer)"
  }

  private static func block(_ name: String, _ from: Int, _ to: Int, _ layout: inout [TensorSpecification]) {
    for part in 1...3 {
      layout.convolution("\(name).conv\(part)", from, part == 3 ? to : from, 11)
      layout.batchNorm("\(name).bn\(part)", part == 3 ? to : from)
    }
  }

  // MARK: Forward

  public func curves(_ windows: Batch, _ pass: ForwardPass) throws -> Batch {
    let curves = try phases.map { try curve(windows, $0, pass) }
    guard let first = curves.first else { throw ComputeError.badModel(reason: "EQCCT has neither P nor S") }
    return curves.count == 1 ? first : try first.concatenated(Array(curves.dropFirst()), 1)
  }

  private func curve(_ windows: Batch, _ phase: PickerDescription.Output, _ pass: ForwardPass) throws -> Batch {
    let prefix = phase.rawValue
    var x = windows
    for block in channels.indices { x = try convolved(x, "\(prefix).conv\(block + 1)", pass) }
    x = try x.permute([0, 2, 1]).reshape([-1, patches, width * width])
    x = try pass.linear(x, "\(prefix).encoder.projection")
      .adding(pass.tensor("\(prefix).encoder.position_embedding.weight"))
    for layer in 0..<layers {
      let name = self.layer(phase, layer)
      let depth = dropout * Double(layer) / Double(layers)
      if hasExtra(phase) { x = try overPatches(x, "\(prefix).extra_pre.\(layer)", pass) }
      var y = try pass.layerNorm(x, "\(name).norm1", epsilon: Self.layerNormEpsilon)
      y = try attention(y, "\(name).attn", pass)
      if hasExtra(phase) { y = try overPatches(y, "\(prefix).extra_post.\(layer)", pass) }
      x = try x.adding(skipped(y, depth, pass))
      y = try pass.layerNorm(x, "\(name).norm2", epsilon: Self.layerNormEpsilon)
      for part in ["fc1", "fc2"] { y = try pass.dropout(pass.linear(y, "\(name).mlp.\(part)").gelu(), dropout) }
      x = try x.adding(skipped(y, depth, pass))
    }
    x = try pass.layerNorm(x, "\(prefix).norm", epsilon: Self.layerNormEpsilon)
    return try pass.convSame(x.reshape([-1, 1, windowLength]), "\(prefix).head.conv")
  }

  /// A block of convolutions with a way around the first two.
  private func convolved(_ x: Batch, _ name: String, _ pass: ForwardPass) throws -> Batch {
    func part(_ x: Batch, _ number: Int) throws -> Batch {
      try pass.batchNorm(
        pass.convSame(x, "\(name).conv\(number)"), "\(name).bn\(number)", epsilon: Self.batchNormEpsilon
      ).gelu()
    }
    return try pass.dropout(part(part(part(x, 1), 2).adding(x), 3), dropout)
  }

  /// A block of convolutions over the patches, `windows × patches × channels`.
  private func overPatches(_ x: Batch, _ name: String, _ pass: ForwardPass) throws -> Batch {
    try convolved(x.permute([0, 2, 1]), name, pass).permute([0, 2, 1])
  }

  /// Stochastic depth (Huang et al., 2016): in training, windows leave out a layer.
  private func skipped(_ x: Batch, _ rate: Double, _ pass: ForwardPass) throws -> Batch {
    guard pass.isTraining, rate > 0 else { return x }
    return try x.multiplied(by: pass.dropoutMask(rate, x.tensors.map { [$0.shape[0], 1, 1] }).matching(x))
  }

  /// Scaled dot-product attention with several heads (Vaswani et al., 2017).
  private func attention(_ x: Batch, _ name: String, _ pass: ForwardPass) throws -> Batch {
    func heads(_ part: String) throws -> Batch {
      try pass.linear(x, "\(name).\(part)").reshape([-1, patches, Self.heads, width]).permute([0, 2, 1, 3])
    }
    let scores = try heads("q").matmul(heads("k").permute([0, 1, 3, 2])).multiplied(by: 1 / Double(width).squareRoot())
    let weights = try pass.dropout(scores.softmax(-1), dropout)
    let together = try weights.matmul(heads("v")).permute([0, 2, 1, 3]).reshape([-1, patches, Self.heads * width])
    return try pass.linear(together, "\(name).o")
  }
}

/// EQTransformer: convolutions, recurrent layers and attention that detect earthquakes and pick P and S (Mousavi et al., 2020).
///
/// Seven convolutions with pooling bring 6000 samples to 47; seven residual blocks, two or three recurrent blocks and two transformer blocks follow; three
/// decoders lead back to 6000 samples. Names are SeisBench's.
public struct EQTransformer: PickerArchitecture {
  /// Where the decoders lose the sample that pooling had added.
  public enum Crop: String, Sendable, Codable {
    /// One sample at the end, at the stage where the length was odd (SeisBench).
    case end
    /// One sample at each end in the fourth stage (the original; only for 6000 samples).
    case bothEnds
  }

  /// Samples in a window.
  public var windowLength: Int
  /// The order of components: `ZNE`, or `ENZ` as in the original.
  public var componentOrder: String
  /// How many recurrent blocks there are: 3, or 2 in the original's larger variant.
  public var recurrentBlocks: Int
  /// Whether the gates of the recurrent layers are clip(0.2 x + 0.5, 0, 1), as in the original's conservative model.
  public var hardGates: Bool
  /// Where decoders are cropped.
  public var crop: Crop
  /// What is added to the denominator of attention: 1e-5 in SeisBench, 1e-7 in the original.
  public var attentionEpsilon: Double
  /// What is added to variances in batch normalisation.
  public var batchNormEpsilon: Double
  /// What is added to variances in layer normalisation.
  public var layerNormEpsilon: Double
  /// How windows are made fit.
  public var normalisation: PickerDescription.Normalisation
  /// Samples at each end of a window that are not used where windows overlap.
  public var blind: Int
  /// The rate of dropout in training.
  public var dropout: Double

  /// A network with SeisBench's settings.
  public init(windowLength: Int = 6000, recurrentBlocks: Int = 3) {
    self.windowLength = windowLength
    self.recurrentBlocks = recurrentBlocks
    componentOrder = "ZNE"
    hardGates = false
    crop = .end
    attentionEpsilon = 1e-5
    batchNormEpsilon = 1e-3
    layerNormEpsilon = 1e-14
    normalisation = .standardDeviation
    blind = 500
    dropout = 0.1
  }

  /// The settings of the original program's models: three recurrent blocks with hard gates ("conservative"), or two.
  public static func original(recurrentBlocks: Int = 3) -> EQTransformer {
    var network = EQTransformer(recurrentBlocks: recurrentBlocks)
    network.componentOrder = "ENZ"
    network.hardGates = recurrentBlocks == 3
    network.crop = .bothEnds
    network.attentionEpsilon = 1e-7
    return network
  }

  public var description: PickerDescription {
    var description = PickerDescription(
      architecture: "eqtransformer", windowLength: windowLength, outputs: [.detection, .p, .s])
    description.componentOrder = componentOrder
    description.normalisation = normalisation
    description.blind = blind
    return description
  }

  public var outputFunction: PickerOutputFunction { .sigmoid }
  public var lossWeights: [Double] { [0.05, 0.40, 0.55] }

  static let filters = [8, 16, 16, 32, 32, 64, 64]
  static let widths = [11, 9, 7, 7, 5, 5, 3]
  static let residualWidths = [3, 3, 3, 3, 2, 3, 2]
  static let hidden = 16
  static let units = 32
  static let phases = 2

  public var layout: [TensorSpecification] {
    var layout: [TensorSpecification] = []
    for (stage, width) in Self.widths.enumerated() {
      layout.convolution("encoder.convs.\(stage)", stage == 0 ? 3 : Self.filters[stage - 1], Self.filters[stage], width)
    }
    for (block, width) in Self.residualWidths.enumerated() {
      for part in 1...2 {
        layout.batchNorm("res_cnn_stack.members.\(block).norm\(part)", 64)
        layout.convolution("res_cnn_stack.members.\(block).conv\(part)", 64, 64, width)
      }
    }
    for block in 0..<recurrentBlocks {
      let name = "bi_lstm_stack.members.\(block)"
      layout.lstm("\(name).lstm", block == 0 ? 64 : Self.hidden, Self.hidden, bothDirections: true)
      layout.convolution("\(name).conv", 2 * Self.hidden, Self.hidden, 1)
      layout.batchNorm("\(name).norm", Self.hidden)
    }
    for name in ["transformer_d0", "transformer_d"] {
      Self.attention("\(name).attention", &layout)
      layout.append(TensorSpecification("\(name).norm1.gamma", [Self.hidden, 1]))
      layout.append(TensorSpecification("\(name).norm1.beta", [Self.hidden, 1]))
      layout.linear("\(name).ff.lin1", Self.hidden, 128)
      layout.linear("\(name).ff.lin2", 128, Self.hidden)
      layout.append(TensorSpecification("\(name).norm2.gamma", [Self.hidden, 1]))
      layout.append(TensorSpecification("\(name).norm2.beta", [Self.hidden, 1]))
    }
    Self.decoder("decoder_d", "conv_d", &layout)
    for phase in 0..<Self.phases {
      layout.lstm("pick_lstms.\(phase)", Self.hidden, Self.hidden, bothDirections: false)
      Self.attention("pick_attentions.\(phase)", &layout)
      Self.decoder("pick_decoders.\(phase)", "pick_convs.\(phase)", &layout)
    }
    return layout
  }

  private static func attention(_ name: String, _ layout: inout [TensorSpecification]) {
    layout.append(TensorSpecification("\(name).Wx", [hidden, units]))
    layout.append(TensorSpecification("\(name).Wt", [hidden, units]))
    layout.append(TensorSpecification("\(name).bh", [units]))
    layout.append(TensorSpecification("\(name).Wa", [units, 1]))
    layout.append(TensorSpecification("\(name).ba", [1]))
  }

  private static func decoder(_ name: String, _ last: String, _ layout: inout [TensorSpecification]) {
    let filters = Self.filters.reversed() as [Int]
    for (stage, width) in widths.reversed().enumerated() {
      layout.convolution("\(name).convs.\(stage)", stage == 0 ? hidden : filters[stage - 1], filters[stage], width)
    }
    layout.convolution(last, filters[filters.count - 1], 1, 11)
  }

  // MARK: Forward

  public func curves(_ windows: Batch, _ pass: ForwardPass) throws -> Batch {
    var x = windows
    for stage in Self.widths.indices {
      x = try pass.convSame(x, "encoder.convs.\(stage)").relu()
      // Pooling takes an odd length up.
      x = try x.maxPool1d(2, stride: 2, right: (x.shape.last ?? 0) % 2)
    }
    for block in Self.residualWidths.indices { x = try residual(x, "res_cnn_stack.members.\(block)", pass) }
    for block in 0..<recurrentBlocks { x = try recurrent(x, "bi_lstm_stack.members.\(block)", pass) }
    // Attention works on times × channels.
    x = try x.permute([0, 2, 1])
    for name in ["transformer_d0", "transformer_d"] { x = try transformer(x, name, pass) }
    var curves = [try decoded(x, "decoder_d", "conv_d", pass)]
    for phase in 0..<Self.phases {
      let states = try pass.lstm(x, "pick_lstms.\(phase)", dropout: dropout, hardGates: hardGates)
      let attended = try attention(states, "pick_attentions.\(phase)", width: 3, pass)
      curves.append(try decoded(attended, "pick_decoders.\(phase)", "pick_convs.\(phase)", pass))
    }
    return try curves[0].concatenated(Array(curves.dropFirst()), 1)
  }

  private func residual(_ x: Batch, _ name: String, _ pass: ForwardPass) throws -> Batch {
    var y = x
    for part in 1...2 {
      y = try pass.batchNorm(y, "\(name).norm\(part)", epsilon: batchNormEpsilon).relu()
      y = try pass.convSame(pass.dropout(y, dropout, wholeChannels: true), "\(name).conv\(part)")
    }
    return try x.adding(y)
  }

  private func recurrent(_ x: Batch, _ name: String, _ pass: ForwardPass) throws -> Batch {
    let states = try pass.lstm(x.permute([0, 2, 1]), "\(name).lstm", dropout: dropout, hardGates: hardGates)
    let mixed = try pass.conv1d(states.permute([0, 2, 1]), "\(name).conv")
    return try pass.batchNorm(mixed, "\(name).norm", epsilon: batchNormEpsilon)
  }

  private func transformer(_ x: Batch, _ name: String, _ pass: ForwardPass) throws -> Batch {
    func norm(_ x: Batch, _ name: String) throws -> Batch {
      try x.layerNorm(
        pass.tensor("\(name).gamma").reshape([Self.hidden]), pass.tensor("\(name).beta").reshape([Self.hidden]),
        epsilon: layerNormEpsilon)
    }
    let y = try norm(x.adding(attention(x, "\(name).attention", width: nil, pass)), "\(name).norm1")
    let inner = try pass.dropout(pass.linear(y, "\(name).ff.lin1").relu(), dropout)
    return try norm(y.adding(pass.linear(inner, "\(name).ff.lin2")), "\(name).norm2")
  }

  /// Additive attention (Bahdanau, Cho and Bengio, 2014) of all times to all, or to those nearby: `windows × times × channels`.
  ///
  /// The largest score is taken before those far away are left out, and a small number is added to the denominator, as in the original.
  private func attention(_ x: Batch, _ name: String, width: Int?, _ pass: ForwardPass) throws -> Batch {
    let times = x.shape[1]
    let query = try x.matmul(pass.tensor("\(name).Wt")).reshape([-1, times, 1, Self.units])
    let key = try x.matmul(pass.tensor("\(name).Wx")).reshape([-1, 1, times, Self.units])
    let together = try query.adding(key).adding(pass.tensor("\(name).bh")).tanh()
    var scores = try together.matmul(pass.tensor("\(name).Wa")).adding(pass.tensor("\(name).ba"))
      .reshape([-1, times, times])
    scores = try scores.subtracting(scores.max([-1], keep: true)).exp()
    if let width {
      var far = [Float](repeating: 0, count: times * times)
      for row in 0..<times {
        for column in 0..<times where !(column - width / 2 <= row && row < column - width / 2 + width) {
          far[row * times + column] = 1
        }
      }
      scores = try scores.masked(Batch([try Tensor(far, [times, times])]), with: 0)
    }
    return try scores.divided(by: scores.sum([-1], keep: true).adding(attentionEpsilon)).matmul(x)
  }

  private func decoded(_ x: Batch, _ name: String, _ last: String, _ pass: ForwardPass) throws -> Batch {
    // The lengths that the encoder went through, shortest first.
    var lengths = [windowLength]
    for _ in Self.widths.dropLast() { lengths.append(((lengths.last ?? 0) + 1) / 2) }
    var y = try x.permute([0, 2, 1])
    for (stage, length) in lengths.reversed().enumerated() {
      y = try y.upsampled(2)
      let longer = y.shape.last ?? 0
      switch crop {
      case .end: if longer > length { y = try y.narrow(2, from: 0, count: length) }
      case .bothEnds: if stage == 3 { y = try y.narrow(2, from: 1, count: longer - 2) }
      }
      y = try pass.convSame(y, "\(name).convs.\(stage)").relu()
    }
    return try pass.convSame(y, last)
  }
}

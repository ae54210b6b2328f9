/// The sizes of an event discriminator, and its tensors.
///
/// Each station's window goes through the same strided convolutions, each followed by group normalisation (Wu and He, 2018) and a rectifier; mean and
/// maximum over time join what a small network makes of the station's attributes. Layers of self-attention over the
/// stations (Vaswani et al., 2017) with a token of its own for the event follow, then one number: the logit of the event being real. Nothing crosses events, so
/// there are no statistics to be kept.
public struct DiscriminatorArchitecture: Sendable, Hashable, Codable {
  /// Channels that come out of each convolution; multiples of ``groups``.
  public var channels = [16, 32, 48, 64, 64]
  /// Widths of the kernels, odd; the stride is 2.
  public var kernels = [7, 7, 5, 5, 3]
  /// Groups of channels of the normalisation.
  public var groups = 8
  /// Numbers that the attributes of a station become.
  public var attributeWidth = 64
  /// Numbers that a station becomes; a multiple of ``heads``.
  public var width = 96
  /// Heads of attention.
  public var heads = 4
  /// Layers of attention.
  public var layers = 1
  /// The width of the network within each layer of attention.
  public var feedForward = 192
  /// The width of the last layer but one.
  public var headWidth = 48
  /// The share of numbers that dropout takes away in training.
  public var dropout = 0.1

  /// The usual sizes: 0.2 million weights, 3.5 million multiplications a station.
  public init() {}

  /// Channels that go into the first convolution: three components and two clocks, see ``DiscriminatorInput``.
  public static let inputChannels = 5
  /// Numbers of a station beside its window: its attributes, which components it has, and some attributes in a code of many numbers.
  public static let inputAttributes =
    StationAttribute.count + EventWindows.componentCount + PiecewiseCode.totalWidth

  /// Checks that the sizes fit together.
  ///
  /// - Throws: ``ComputeError`` where they do not, as in a damaged card.
  public func validate() throws {
    let sizes = channels + [attributeWidth, width, heads, feedForward, headWidth, groups]
    guard channels.count == kernels.count, (1...8).contains(channels.count),
      sizes.allSatisfy({ (1...4096).contains($0) }),
      (0...16).contains(layers), kernels.allSatisfy({ (1...63).contains($0) && $0 % 2 == 1 }),
      channels.allSatisfy({ $0 % groups == 0 }), width % heads == 0, (0..<1).contains(dropout)
    else { throw ComputeError.badModel(reason: "the sizes of the discriminator's layers do not fit together") }
  }

  /// The tensors, in the order in which they are used.
  public var layout: [TensorSpecification] {
    var layout: [TensorSpecification] = []
    func linear(_ name: String, _ input: Int, _ output: Int) {
      layout.append(TensorSpecification("\(name).weight", [output, input]))
      layout.append(TensorSpecification("\(name).bias", [output]))
    }
    func norm(_ name: String, _ width: Int) {
      layout.append(TensorSpecification("\(name).weight", [width]))
      layout.append(TensorSpecification("\(name).bias", [width]))
    }
    var input = Self.inputChannels
    for (number, (channels, kernel)) in zip(channels, kernels).enumerated() {
      layout.append(TensorSpecification("encoder.convs.\(number).weight", [channels, input, kernel]))
      norm("encoder.norms.\(number)", channels)
      input = channels
    }
    linear("attributes.0", Self.inputAttributes, attributeWidth)
    linear("attributes.1", attributeWidth, attributeWidth)
    linear("station", 2 * input + attributeWidth, width)
    layout.append(TensorSpecification("event", [width]))
    for layer in 0..<layers {
      norm("layers.\(layer).norm1", width)
      linear("layers.\(layer).attention.input", width, 3 * width)
      linear("layers.\(layer).attention.output", width, width)
      norm("layers.\(layer).norm2", width)
      linear("layers.\(layer).feedforward.0", width, feedForward)
      linear("layers.\(layer).feedforward.1", feedForward, width)
    }
    norm("norm", width)
    linear("head.0", 5 * width + 2, headWidth)
    linear("head.1", headWidth, 1)
    return layout
  }

  /// Parameters drawn at random: uniformly within 1/√(numbers that go in) (LeCun et al., 1998), norms as identities.
  ///
  /// Each tensor has random numbers of its own, from the seed and its name.
  public func initialParameters(seed: UInt64) throws -> NetworkParameters {
    try validate()
    let parameters = NetworkParameters(layout)
    var inputs = 1
    for (index, tensor) in parameters.layout.enumerated() {
      let values = parameters.values(index)
      var generator = SplitMix64(seed: seed, stream: hash(tensor.name))
      if tensor.name == "event" {
        for place in values.indices { values[place] = Float(0.02 * generator.normal()) }
      } else if tensor.name.contains("norm") {
        let value: Float = tensor.name.hasSuffix("weight") ? 1 : 0
        values.update(repeating: value)
      } else {
        // A bias stands behind its weights and has the bounds of these.
        if tensor.shape.count > 1 { inputs = tensor.shape.dropFirst().reduce(1, *) }
        let bound = 1 / Double(inputs).squareRoot()
        for place in values.indices { values[place] = Float((2 * generator.uniform() - 1) * bound) }
        if tensor.name == "station.weight" {
          // What convolutions say is noise at first, and would hide what attributes say from the start.
          let row = tensor.shape[1]
          for place in values.indices where place % row < row - attributeWidth { values[place] *= 0.1 }
        }
      }
    }
    return parameters
  }

  private func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}

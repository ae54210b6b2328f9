/// The form of a picker: which layers it has, with what settings; the numbers in them are ``NetworkParameters``.
public protocol PickerArchitecture: Sendable, Codable, Equatable {
  /// What it takes and gives.
  var description: PickerDescription { get }
  /// Its tensors.
  var layout: [TensorSpecification] { get }
  /// How the curves that come out become probabilities.
  var outputFunction: PickerOutputFunction { get }
  /// The share of each output in the loss.
  var lossWeights: [Double] { get }

  /// The curves of windows before the output function.
  ///
  /// - Parameters:
  ///   - windows: normalised windows, `windows × 3 × length`, components in the description's order.
  ///   - pass: the weights, and whether this is training.
  /// - Returns: `windows × outputs × length`.
  /// - Throws: ``ComputeError``.
  func curves(_ windows: Batch, _ pass: ForwardPass) throws -> Batch
}

/// How curves become probabilities.
public enum PickerOutputFunction: String, Sendable, Codable {
  /// The outputs exclude each other at every sample.
  case softmax
  /// Each output is a probability of its own.
  case sigmoid

  /// Probabilities from curves, `windows × outputs × length`.
  func probabilities(_ curves: Batch) throws -> Batch {
    switch self {
    case .softmax: try curves.softmax(1)
    case .sigmoid: try curves.sigmoid()
    }
  }
}

extension PickerArchitecture {
  /// Fresh parameters, as the layers' originals begin; the same on every machine.
  public func freshParameters(seed: UInt64) -> NetworkParameters {
    let parameters = NetworkParameters(layout)
    Initialisation.fill(parameters, seed: seed)
    return parameters
  }
}

extension PickerArchitecture {
  /// Probabilities of windows by the statistics of the windows themselves, as batch normalisation has them in training; no dropout's mask is drawn
  /// twice alike, so networks with dropout give what one step of training would see.
  ///
  /// - Parameters:
  ///   - windows: `count` × 3 × window length.
  ///   - parameters: the numbers; their running statistics move as in training.
  /// - Returns: `count` × outputs × window length.
  /// - Throws: ``ComputeError``.
  public func probabilitiesInTraining(
    _ windows: [Float], count: Int, _ parameters: NetworkParameters
  ) throws -> [Float] {
    try check(parameters.layout)
    let pass = try ForwardPass(
      training: parameters, sampleWeights: [[Float](repeating: 1, count: count)], seed: 0, keys: [0],
      exchange: NoExchange())
    return try Tensor.withoutRecording {
      let input = Batch([try Tensor(windows, [count, 3, description.windowLength])])
      return try outputFunction.probabilities(curves(input, pass)).tensors.flatMap { try $0.values() }
    }
  }
}

/// A picker of any of the known architectures, as it stands in a model card.
public enum AnyPickerArchitecture: Sendable, Equatable {
  /// PhaseNet.
  case phaseNet(PhaseNet)
  /// EQTransformer.
  case eqTransformer(EQTransformer)
  /// EQCCT.
  case eqcct(EQCCT)

  /// The architecture of a name, with settings as SeisBench has them; nil for an unknown name.
  public init?(name: String) {
    switch name {
    case "phasenet": self = .phaseNet(PhaseNet())
    case "eqtransformer": self = .eqTransformer(EQTransformer())
    case "eqcct": self = .eqcct(EQCCT())
    default: return nil
    }
  }

  /// The names that ``init(name:)`` knows.
  public static let names = ["phasenet", "eqtransformer", "eqcct"]

  /// The architecture itself.
  public var architecture: any PickerArchitecture {
    switch self {
    case .phaseNet(let network): network
    case .eqTransformer(let network): network
    case .eqcct(let network): network
    }
  }
}

extension AnyPickerArchitecture: Codable {
  private enum Key: String, CodingKey { case phasenet, eqtransformer, eqcct }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let network = try container.decodeIfPresent(PhaseNet.self, forKey: .phasenet) {
      self = .phaseNet(network)
    } else if let network = try container.decodeIfPresent(EQTransformer.self, forKey: .eqtransformer) {
      self = .eqTransformer(network)
    } else {
      self = .eqcct(try container.decode(EQCCT.self, forKey: .eqcct))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .phaseNet(let network): try container.encode(network, forKey: .phasenet)
    case .eqTransformer(let network): try container.encode(network, forKey: .eqtransformer)
    case .eqcct(let network): try container.encode(network, forKey: .eqcct)
    }
  }
}

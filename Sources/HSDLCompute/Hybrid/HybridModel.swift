/// What makes a network's output one input of a combination.
public struct DeepInput: Sendable, Equatable, Codable {
  /// Turns the network's log-odds into calibrated ones.
  public var calibration: Stacking
  /// The calibrated log-odds from which its part in an explanation is counted: the mean over the training events.
  public var base: Double

  /// The name of the input.
  public static let name = "deep"
  /// A network's log-odds are not cut at less than this.
  static let limit = 40.0

  /// Takes a calibration that is known.
  public init(calibration: Stacking, base: Double) {
    self.calibration = calibration
    self.base = base
  }

  /// The calibrated log-odds of a network's log-odds; NaN for NaN.
  public func logOdds(_ value: Double) -> Double { value.isNaN ? .nan : calibration.logOdds(CollectionOfOne(value)) }

  var isValid: Bool { calibration.isValid && calibration.inputs == [Self.name] && base.isFinite }
}

/// Models on features and a network on waveforms, put together.
///
/// An event without waveforms is scored by the models on features alone, put together as was found best for them.
public struct HybridModel: Sendable {
  /// The models on features.
  public let shallow: ShallowEnsemble
  /// What makes the network's output an input.
  public let deep: DeepInput
  /// Puts the models on features and the network together: the network is the last input.
  public let stacking: Stacking

  /// Puts a hybrid together.
  ///
  /// - Throws: ``ComputeError`` with `badModel` when the parts are not made for each other.
  public init(shallow: ShallowEnsemble, deep: DeepInput, stacking: Stacking) throws {
    guard stacking.isValid, deep.isValid, stacking.inputs == shallow.members.map(\.kind.rawValue) + [DeepInput.name]
    else { throw ComputeError.badModel(reason: "what puts models and network together is not made for them") }
    self.shallow = shallow
    self.deep = deep
    self.stacking = stacking
  }

  /// What the hybrid makes of some events.
  public struct Scores: Sendable {
    /// The probability that each event is real.
    public var probabilities: [Double]
    /// By the models on features alone.
    public var shallow: [Double]
    /// By the network alone; NaN without waveforms.
    public var deep: [Double]
    /// The probabilities of each model on features, by model.
    public var memberProbabilities: [[Double]]
    /// How much each feature has moved each event's probability, `features.count` numbers for each event.
    public var contributions: [Double]
    /// How much the network has moved each event's probability.
    public var deepContributions: [Double]

    /// Puts scores together.
    public init(
      probabilities: [Double], shallow: [Double], deep: [Double], memberProbabilities: [[Double]],
      contributions: [Double], deepContributions: [Double]
    ) {
      self.probabilities = probabilities
      self.shallow = shallow
      self.deep = deep
      self.memberProbabilities = memberProbabilities
      self.contributions = contributions
      self.deepContributions = deepContributions
    }
  }

  /// Scores events.
  ///
  /// - Parameters:
  ///   - rows: row by row, in the order of the features; missing values are NaN.
  ///   - deepLogOdds: the network's log-odds of each event; NaN where it has no waveforms to look at.
  /// - Throws: ``ComputeError``.
  public func scores(_ rows: UnsafeBufferPointer<Double>, deepLogOdds: [Double]) throws -> Scores {
    let own = try shallow.memberScores(rows)
    guard deepLogOdds.count == own.count else {
      throw ComputeError.badModel(reason: "the network gave \(deepLogOdds.count) scores for \(own.count) events")
    }
    let alone = shallow.scores(own)
    var result = Scores(
      probabilities: alone.probabilities, shallow: alone.probabilities,
      deep: [Double](repeating: .nan, count: own.count), memberProbabilities: alone.memberProbabilities,
      contributions: alone.contributions, deepContributions: [Double](repeating: 0, count: own.count))
    let width = own.width
    result.contributions.withUnsafeMutableBufferPointer { moves in
      for (event, value) in deepLogOdds.enumerated() where !value.isNaN {
        let calibrated = deep.logOdds(value)
        result.deep[event] = logistic(calibrated)
        let combined = own.combine(
          event, stacking, other: MemberScores.Other(value: calibrated, base: deep.base),
          into: UnsafeMutableBufferPointer(rebasing: moves[event * width..<(event + 1) * width]))
        result.probabilities[event] = combined.probability
        result.deepContributions[event] = combined.otherMove
      }
    }
    return result
  }
}

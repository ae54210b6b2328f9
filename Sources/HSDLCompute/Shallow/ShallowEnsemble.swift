/// Several calibrated models on the same features.
///
/// Their probability is the mean of theirs, or, where it is known how much each counts, that of their weighted log-odds.
public struct ShallowEnsemble: Sendable {
  /// The models, in a fixed order.
  public let members: [CalibratedModel]
  /// The features that they take, in their order.
  public let features: FeatureSet
  /// How the models are put together; nil for the mean of their probabilities.
  public let stacking: Stacking?

  /// Puts models together.
  ///
  /// - Throws: ``ComputeError`` with `badModel` when there is none, they do not take the same features, or the combination
  ///   is not one of these models.
  public init(_ members: [CalibratedModel], stacking: Stacking? = nil) throws {
    guard let first = members.first, members.allSatisfy({ $0.features == first.features }) else {
      throw ComputeError.badModel(reason: "there is no model, or the models take different features")
    }
    if let stacking {
      guard stacking.isValid, stacking.inputs == members.map(\.kind.rawValue) else {
        throw ComputeError.badModel(reason: "what puts the models together is not made for them")
      }
    }
    self.members = members
    self.stacking = stacking
    features = first.features
  }

  /// What the ensemble makes of some events.
  public struct Scores: Sendable {
    /// The probability that each event is real.
    public var probabilities: [Double]
    /// The probabilities of each member, by member.
    public var memberProbabilities: [[Double]]
    /// How much each feature has moved each event's probability, `features.count` numbers for each event.
    public var contributions: [Double]
  }

  /// Scores events.
  ///
  /// - Parameter rows: row by row, in the order of ``features``; missing values are NaN.
  /// - Throws: ``ComputeError``.
  public func scores(_ rows: UnsafeBufferPointer<Double>) throws -> Scores {
    scores(try memberScores(rows))
  }

  func memberScores(_ rows: UnsafeBufferPointer<Double>) throws -> MemberScores {
    try MemberScores(members, rows, width: features.count)
  }

  func scores(_ own: MemberScores) -> Scores {
    let width = own.width
    var result = Scores(
      probabilities: [Double](repeating: 0, count: own.count), memberProbabilities: own.probabilities,
      contributions: [Double](repeating: 0, count: own.count * width))
    if let stacking {
      result.contributions.withUnsafeMutableBufferPointer { moves in
        for row in 0..<own.count {
          let part = UnsafeMutableBufferPointer(rebasing: moves[row * width..<(row + 1) * width])
          result.probabilities[row] = own.combine(row, stacking, into: part).probability
        }
      }
      return result
    }
    let share = 1 / Double(members.count)
    for member in members.indices {
      for row in 0..<own.count {
        result.probabilities[row] += share * own.probabilities[member][row]
        for column in 0..<width {
          result.contributions[row * width + column] += share * own.moves[member][row * (width + 1) + column]
        }
      }
    }
    return result
  }
}

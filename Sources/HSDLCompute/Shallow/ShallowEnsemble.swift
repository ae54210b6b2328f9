/// Several calibrated models on the same features; the probability is the mean of theirs.
public struct ShallowEnsemble: Sendable {
  /// The models, in a fixed order.
  public let members: [CalibratedModel]
  /// The features that they take, in their order.
  public let features: FeatureSet

  /// Puts models together.
  ///
  /// - Throws: ``ComputeError`` with `badModel` when there is none, or they do not take the same features.
  public init(_ members: [CalibratedModel]) throws {
    guard let first = members.first, members.allSatisfy({ $0.features == first.features }) else {
      throw ComputeError.badModel(reason: "there is no model, or the models take different features")
    }
    self.members = members
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
    let width = features.count
    let count = rows.count / width
    var result = Scores(
      probabilities: [Double](repeating: 0, count: count), memberProbabilities: [],
      contributions: [Double](repeating: 0, count: count * width))
    let share = 1 / Double(members.count)
    for member in members {
      let probabilities = try member.probabilities(rows)
      let moves = try member.contributions(rows)
      for row in 0..<count {
        result.probabilities[row] += share * probabilities[row]
        for column in 0..<width {
          result.contributions[row * width + column] += share * moves[row * (width + 1) + column]
        }
      }
      result.memberProbabilities.append(probabilities)
    }
    return result
  }
}

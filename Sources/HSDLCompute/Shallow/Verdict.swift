/// What an event is taken for.
public enum Label: String, Sendable, CaseIterable, Codable {
  /// An earthquake, or another real event.
  case real
  /// Not an event.
  case fake
  /// To be looked at.
  case uncertain
}

/// What errors cost, and the two thresholds that cost least (Chow, 1970).
///
/// An event of probability p is kept at an expected cost of (1 − p) × `keptFake`, rejected at p × `lostReal`, or looked at
/// by a person for `review`. The cheapest is chosen.
public struct DecisionCosts: Sendable, Equatable, Codable {
  /// The cost of rejecting a real event.
  public var lostReal: Double
  /// The cost of keeping a fake event.
  public var keptFake: Double
  /// The cost of having an event looked at.
  public var review: Double

  /// A lost earthquake is ten times as bad as a false event that is kept, and a look costs a fifth of that.
  public static let usual = DecisionCosts(lostReal: 10, keptFake: 1, review: 0.2)

  /// States the costs.
  ///
  /// All must be positive.
  public init(lostReal: Double, keptFake: Double, review: Double) {
    self.lostReal = lostReal
    self.keptFake = keptFake
    self.review = review
  }

  /// Whether the costs can be worked with.
  public var areValid: Bool {
    [lostReal, keptFake, review].allSatisfy { $0.isFinite && $0 > 0 }
  }

  /// From this probability on an event is real.
  public var realThreshold: Double {
    max(1 - review / keptFake, keptFake / (keptFake + lostReal))
  }

  /// Below this probability an event is fake.
  public var fakeThreshold: Double {
    min(review / lostReal, keptFake / (keptFake + lostReal))
  }

  /// What an event of a probability is taken for.
  public func label(_ probability: Double) -> Label {
    guard !probability.isNaN else { return .uncertain }
    return probability >= realThreshold ? .real : probability < fakeThreshold ? .fake : .uncertain
  }
}

/// Says in words why a model thinks what it thinks.
public struct Explanation: Sendable {
  private let features: FeatureSet

  /// Prepares explanations by the features of a model.
  public init(features: FeatureSet) { self.features = features }

  /// The largest contributions in words, largest first: `for: best S probability 0.886 (+0.21); against: …`.
  ///
  /// - Parameters:
  ///   - values: the event's features; missing ones are NaN.
  ///   - contributions: how far each has moved the probability.
  ///   - other: what else has moved the probability beside the features, in words, and how far.
  ///   - count: how many are said.
  public func words(
    values: some Collection<Double>, contributions: some Collection<Double>,
    other: (words: String, move: Double)? = nil, count: Int = 3
  ) -> String {
    let values = Array(values)
    let moves = Array(contributions) + (other.map { [$0.move] } ?? [])
    let order = moves.indices.sorted {
      abs(moves[$0]) != abs(moves[$1]) ? abs(moves[$0]) > abs(moves[$1]) : $0 < $1
    }
    var words = ""
    for place in order.prefix(count) where abs(moves[place]) >= 0.0005 {
      if !words.isEmpty { words += "; " }
      if place < values.count {
        words += features.definitions[place].words(values[place])
      } else if let other {
        words += other.words
      }
      words += " (\(moves[place] > 0 ? "+" : "")\(fixed(moves[place], decimals: 3)))"
    }
    return words.isEmpty ? "no feature stands out" : words
  }
}

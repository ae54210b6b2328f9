/// What two thresholds do to events whose truth is known, and what that costs.
public struct DecisionOutcome: Sendable, Equatable, Codable {
  /// Real events that are kept.
  public var keptReal = 0
  /// Real events that are rejected: lost earthquakes.
  public var lostReal = 0
  /// Real events that are to be looked at.
  public var reviewedReal = 0
  /// Fake events that are kept.
  public var keptFake = 0
  /// Fake events that are rejected.
  public var rejectedFake = 0
  /// Fake events that are to be looked at.
  public var reviewedFake = 0
  /// What the errors and the looks cost.
  public var cost = 0.0
  /// What they should cost if the probabilities are right; far from ``cost`` where they are not.
  public var expectedCost = 0.0

  /// Decides.
  ///
  /// - Parameters:
  ///   - probabilities: that each event is real; NaN stands for an event to be looked at.
  ///   - labels: 1 real, 0 fake.
  ///   - costs: from which the thresholds follow.
  public init(probabilities: [Double], labels: [UInt8], costs: DecisionCosts) {
    var expected = ExactSum()
    for (p, label) in zip(probabilities, labels) {
      switch (costs.label(p), label) {
      case (.real, 0):
        keptFake += 1
        expected.add((1 - p) * costs.keptFake)
      case (.real, _):
        keptReal += 1
        expected.add((1 - p) * costs.keptFake)
      case (.fake, 0):
        rejectedFake += 1
        expected.add(p * costs.lostReal)
      case (.fake, _):
        lostReal += 1
        expected.add(p * costs.lostReal)
      case (.uncertain, 0):
        reviewedFake += 1
        expected.add(costs.review)
      case (.uncertain, _):
        reviewedReal += 1
        expected.add(costs.review)
      }
    }
    cost =
      Double(lostReal) * costs.lostReal + Double(keptFake) * costs.keptFake
      + Double(reviewedReal + reviewedFake) * costs.review
    expectedCost = expected.value
  }

  /// Events to be looked at.
  public var reviewed: Int { reviewedReal + reviewedFake }
}

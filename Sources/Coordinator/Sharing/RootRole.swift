/// Whether rank 0 does units itself, by what that has cost the others.
///
/// Rank 0 answers the others between its own units and when its unit polls. A rank whose units run out before the answer
/// comes waits, and says for how long. The rule: rank 0 works as long as all others together have waited less than it has
/// worked. Else it only coordinates until many more results have come, then tries again; each time it takes twice as many.
///
/// With few ranks rank 0's own work is worth more than their waiting, with many it is not; no number of ranks is built in.
public struct RootRole: Sendable {
  private let ranks: Int
  private var worked = 0.0
  private var waited = 0.0
  /// Results that must come before rank 0 tries again.
  private var rest = 0
  private var patience: Int
  /// The longest time between two answers while rank 0 worked; forgotten slowly.
  public private(set) var answerSeconds = 0.0
  /// Whether rank 0 has done a unit, so that it is known how long it does not answer.
  private var isMeasured = false

  /// Begins with the belief that rank 0 should work.
  public init(ranks: Int) {
    self.ranks = ranks
    patience = 16 * max(ranks, 1)
  }

  /// Whether rank 0 takes units now.
  public var works: Bool { rest == 0 }

  /// From which end rank 0 should take its units: from the cheap one as long as it is not known that it answers quickly
  /// compared with what the others have in hand.
  ///
  /// - Parameter inHand: seconds of work that a rank usually has in hand.
  public func end(inHand: Double) -> UnitSchedule.End {
    ranks == 1 || isMeasured && answerSeconds <= max(inHand, 0.001) / 4 ? .costliest : .cheapest
  }

  /// Rank 0 has worked on a unit and has not answered for some time at most.
  public mutating func worked(_ seconds: Double, longestSilence: Double) {
    isMeasured = true
    worked += seconds
    answerSeconds = max(longestSilence, 0.9 * answerSeconds)
    judge()
  }

  /// Results have come from a rank that had to wait for its units.
  public mutating func came(_ results: Int, waited seconds: Double) {
    if rest > 0 {
      // Nobody waits for a rank that only coordinates because of its own work.
      rest = max(0, rest - results)
      return
    }
    guard isMeasured else { return }
    waited += seconds
    judge()
  }

  private mutating func judge() {
    guard ranks > 1 else { return }
    if waited > worked + 0.001 {
      rest = patience
      patience = patience < 1 << 40 ? 2 * patience : patience
      (worked, waited) = (0, 0)
    } else if worked > 64 * max(answerSeconds, 0.01) {
      // What was long ago counts less.
      worked /= 2
      waited /= 2
    }
  }
}

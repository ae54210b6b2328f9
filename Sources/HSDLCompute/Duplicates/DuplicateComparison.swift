import SeismicFormats

/// Whether two entries of a catalog are the same shock.
///
/// Two shocks seconds apart at one place have picks at the same stations that lie as far apart as the shocks do; two
/// solutions of one shock have the same picks, or picks at different stations that fit both origins. So picks that both
/// have decide where there are enough of them; else origins, and how well each one's picks fit the other's origin.
public struct DuplicateComparison: Sendable {
  /// Origins further apart than this, in s, are never one shock.
  public var longestTime = 15.0
  /// Picks of one wave at one station that differ by less, in s, are the same pick.
  public var samePick = 0.3
  /// Picks of one wave at one station that differ by more, in s, speak against one shock.
  public var otherPick = 1.0
  /// Common picks whose median difference is less than this, in s, and than their scatter may be of one shock.
  public var sameShift = 0.4
  /// Without common picks: the largest difference of origin times, in s, beside what uncertainties allow.
  public var originTime = 2.0
  /// Without common picks: the largest distance of epicentres, in km, beside what uncertainties allow.
  public var originDistance = 12.0
  /// The largest median misfit of one's picks with the other's origin, in s.
  public var misfit = 1.5

  private let travelTimes: TravelTimes?

  /// Creates a comparison.
  ///
  /// - Parameter travelTimes: for arrivals predicted from one origin at the other's stations; without, events without
  ///   common picks are compared by origins alone, in half the distance and time.
  public init(travelTimes: TravelTimes? = nil) { self.travelTimes = travelTimes }

  /// What a comparison says.
  enum Verdict: Equatable {
    /// The same shock; greater numbers are surer.
    case same(Double)
    /// Nothing speaks for it or, in one group with others, against it.
    case unrelated
    /// Two shocks.
    case different
  }

  /// Compares two events; the order makes no difference.
  func compare(_ a: EventSummary, _ b: EventSummary) -> Verdict {
    let apart = abs(a.time.timeInterval(since: b.time))
    guard apart <= longestTime else { return .different }
    let distance = Geodesic.sphericalDistance(
      fromLatitude: a.latitude, longitude: a.longitude, toLatitude: b.latitude, longitude: b.longitude)
    let differences = commonDifferences(a, b)
    let agreeing = differences.count { abs($0) <= samePick }
    let conflicting = differences.count { abs($0) > otherPick }
    if conflicting >= 2, conflicting >= agreeing { return .different }
    // The same picks are the same shock, wherever the locations went.
    if agreeing >= 2, agreeing > 2 * conflicting, 2 * agreeing > differences.count {
      return .same(100 + Double(agreeing - conflicting))
    }
    let allowedTime = 2 * (finite(a.timeError) + finite(b.timeError))
    let allowedDistance = 2 * (finite(a.horizontalError) + finite(b.horizontalError))
    if differences.count >= 3 {
      // Weak onsets are read differently each time, but around the same instant; those of two shocks lie apart by what the
      // shocks do.
      let shift = median(differences)
      let near = differences.count - conflicting
      let spread = 1.4826 * median(differences.map { abs($0 - shift) })
      if abs(shift) <= min(sameShift, spread), 4 * near >= 3 * differences.count, apart <= originTime,
        distance <= 0.5 * originDistance + min(allowedDistance, 20)
      {
        return .same(50 + Double(near))
      }
      // All shifted by the same: another clock or time correction, for so soon after a shock no onset can be read.
      let steady = differences.count { abs($0 - shift) <= samePick }
      guard abs(shift) <= otherPick, steady * 5 >= differences.count * 4, apart <= originTime,
        distance <= originDistance + min(allowedDistance, 20)
      else { return conflicting > 0 ? .different : .unrelated }
      return .same(50 + Double(steady))
    }
    guard conflicting == 0 else { return .different }
    let share = travelTimes == nil ? 0.5 : 1
    guard apart <= share * originTime + min(allowedTime, 2),
      distance <= share * originDistance + min(allowedDistance, 20)
    else { return .unrelated }
    guard let travelTimes else { return .same(10 / (1 + apart)) }
    let there = medianMisfit(of: b, with: a, travelTimes)
    let back = medianMisfit(of: a, with: b, travelTimes)
    if there.isNaN && back.isNaN {
      return apart <= 0.5 * originTime && distance <= 0.5 * originDistance ? .same(5) : .unrelated
    }
    let worst = max(there.isNaN ? 0 : there, back.isNaN ? 0 : back)
    return worst <= misfit ? .same(10 / (1 + worst)) : .unrelated
  }

  private func finite(_ value: Double) -> Double { value.isFinite && value > 0 ? value : 0 }

  private func commonDifferences(_ a: EventSummary, _ b: EventSummary) -> [Double] {
    var differences: [Double] = []
    var j = 0
    for pick in a.picks {
      while j < b.picks.count, isBefore(b.picks[j], pick) { j += 1 }
      guard j < b.picks.count else { break }
      if b.picks[j].station == pick.station, b.picks[j].wave == pick.wave {
        differences.append(b.picks[j].time.timeInterval(since: pick.time))
      }
    }
    return differences
  }

  private func isBefore(_ a: EventSummary.Pick, _ b: EventSummary.Pick) -> Bool {
    a.station != b.station ? a.station < b.station : a.wave == .p && b.wave == .s
  }

  /// The median absolute misfit of an event's picks with another's origin; NaN where stations' places are not known.
  private func medianMisfit(of event: EventSummary, with other: EventSummary, _ travelTimes: TravelTimes) -> Double {
    var misfits: [Double] = []
    for pick in event.picks {
      let distance = Geodesic.sphericalDistance(
        fromLatitude: other.latitude, longitude: other.longitude, toLatitude: pick.latitude, longitude: pick.longitude)
      let predicted = travelTimes.time(
        pick.wave, distance: distance, depth: other.depth.isFinite ? max(0, other.depth) : 10)
      let misfit = pick.time.timeInterval(since: other.time) - predicted
      if misfit.isFinite { misfits.append(abs(misfit)) }
    }
    return median(misfits)
  }
}

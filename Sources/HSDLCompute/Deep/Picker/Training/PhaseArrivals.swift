/// The arrivals of one event in a record, at samples counted from its first one.
public struct PhaseArrivals: Sendable, Hashable {
  /// The arrival of P; may lie between samples and outside of the record; nil where there is none.
  public var p: Double?
  /// The arrival of S.
  public var s: Double?
  /// Where the event is seen: from P to S and 0.4 of the time between them beyond (Mousavi and others, 2020); with P alone
  /// to the end of the coda, where that is known; nil where neither is.
  public var detection: ClosedRange<Double>?
  /// Where the coda ends; nil where it is not stated.
  public var codaEnd: Double?

  /// Creates arrivals.
  ///
  /// - Parameter codaEnd: where the coda ends; nil where it is not stated.
  public init(p: Double?, s: Double?, codaEnd: Double? = nil) {
    self.p = p
    self.s = s
    self.codaEnd = codaEnd
    guard let p else { return }
    let end = s.map { $0 >= p ? $0 + 0.4 * ($0 - p) : .nan } ?? codaEnd ?? .nan
    if p.isFinite, end.isFinite, end >= p { detection = p...end }
  }

  /// The same, so many samples later.
  public func moved(by samples: Double) -> PhaseArrivals {
    var moved = self
    moved.p = p.map { $0 + samples }
    moved.s = s.map { $0 + samples }
    moved.detection = detection.map { ($0.lowerBound + samples)...($0.upperBound + samples) }
    moved.codaEnd = codaEnd.map { $0 + samples }
    return moved
  }

  /// The first of the arrivals.
  public var first: Double? { [p, s].compactMap { $0 }.min() }

  /// The last of the arrivals.
  public var last: Double? { [p, s].compactMap { $0 }.max() }

  /// Behind which sample nothing more is expected of the event: the end of the coda, else four times S − P behind S.
  var end: Double? {
    guard let last else { return nil }
    if let codaEnd { return max(codaEnd, last) }
    guard let p, let s, s > p else { return last }
    return s + 4 * (s - p)
  }

  /// The arrivals that lie in a record of a number of samples.
  func inside(_ count: Int) -> [Double] {
    [p, s].compactMap { $0 }.filter { $0 >= 0 && $0 <= Double(count - 1) }
  }
}

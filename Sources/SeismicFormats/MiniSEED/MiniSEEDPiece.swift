/// The samples of a record that lie in a span.
struct MiniSEEDPiece {
  var record: MiniSEEDRecord
  /// How many samples at the begin are left out.
  var skipped: Int
  /// How many samples follow that are taken.
  var count: Int

  /// The samples of a record whose time t satisfies `lower <= t < upper`; nil where there are none.
  ///
  /// A time counts as equal to a bound when it is within a hundredth of an interval of it, because times are rounded.
  init?(_ record: MiniSEEDRecord, in span: Range<UTCTime>?) {
    self.record = record
    skipped = 0
    count = Int(record.sampleCount)
    guard let span else { return }
    guard record.samplingRate > 0 else {
      guard span.contains(record.start) else { return nil }
      return
    }
    let first = Self.firstIndex(notBefore: span.lowerBound, record)
    let end = Self.firstIndex(notBefore: span.upperBound, record)
    guard first < end else { return nil }
    skipped = first
    count = end - first
  }

  private static func firstIndex(notBefore time: UTCTime, _ record: MiniSEEDRecord) -> Int {
    let index = (time.timeInterval(since: record.start) * record.samplingRate - 0.01).rounded(.up)
    // Far times, and products that are no numbers, lie at one end or the other.
    if !(index > 0) { return 0 }
    return index < Double(record.sampleCount) ? Int(index) : Int(record.sampleCount)
  }

  /// The time of the first sample that is taken.
  var start: UTCTime {
    skipped == 0 ? record.start : record.start.advanced(by: Double(skipped) / record.samplingRate)
  }

  /// Whether the samples of another piece continue those of this one.
  ///
  /// The rule is ObsPy's: the same type of samples, rates that differ by less than one in ten thousand, and a first sample
  /// within half an interval of where it is expected. A leap second that the record announces is taken into account.
  func isContinued(by next: MiniSEEDPiece) -> Bool {
    let rate = record.samplingRate
    guard rate > 0, next.record.samplingRate > 0, record.encoding.kind == next.record.encoding.kind,
      abs(1 - rate / next.record.samplingRate) < 1e-4
    else { return false }
    let gap = next.start.timeInterval(since: start) - Double(count) / rate + Double(record.leapSeconds)
    return abs(gap) * rate <= 0.5
  }
}

extension Samples {
  /// A part of the samples; what lies outside of them is left out.
  public func slice(_ range: Range<Int>) -> Samples {
    let range = range.clamped(to: 0..<count)
    if range.count == count { return self }
    return switch self {
    case .int32(let samples): .int32(Array(samples[range]))
    case .float32(let samples): .float32(Array(samples[range]))
    case .float64(let samples): .float64(Array(samples[range]))
    case .text(let samples): .text(Array(samples[range]))
    }
  }
}

extension Trace {
  /// The indices of the samples whose time lies in a span, to a hundredth of the sampling interval: times are rounded,
  /// and a sample that is meant to be at a bound may stand a little before it.
  public func indices(in span: Range<UTCTime>) -> Range<Int> {
    guard count > 0 else { return 0..<0 }
    guard samplingRate > 0, samplingRate.isFinite else { return span.contains(start) ? 0..<count : 0..<0 }
    /// The first index whose time is not before an instant.
    func first(_ bound: UTCTime) -> Int {
      let time = bound.advanced(by: -0.01 / samplingRate)
      let estimate = time.timeInterval(since: start) * samplingRate
      guard estimate > -2 else { return 0 }
      guard estimate < Double(count) + 2 else { return count }
      // Times are rounded to nanoseconds: the estimate may be off by one.
      var index = min(max(Int(estimate.rounded(.down)) - 1, 0), count)
      while index < count, self.time(of: index) < time { index += 1 }
      return index
    }
    let lower = first(span.lowerBound)
    return lower..<max(lower, first(span.upperBound))
  }

  /// The samples whose time lies in a span, as ``indices(in:)``; nil where there is none.
  public func cut(to span: Range<UTCTime>) -> Trace? {
    let range = indices(in: span)
    if range.isEmpty { return nil }
    if range.count == count { return self }
    return Trace(id: id, start: time(of: range.lowerBound), samplingRate: samplingRate, samples: samples.slice(range))
  }
}

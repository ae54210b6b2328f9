public import SeismicFormats

/// Times at a constant interval: what the samples of a record are put on.
public struct SampleGrid: Hashable, Sendable {
  /// The time of the first sample.
  public var start: UTCTime
  /// Samples per second.
  public var samplingRate: Double
  /// The number of samples.
  public var count: Int

  /// The most samples that a grid may have: 2 GiB of double precision.
  public static let countLimit = 1 << 28

  /// Creates a grid; nil unless the rate is a number above zero and the count from 0 to ``countLimit``.
  public init?(start: UTCTime, samplingRate: Double, count: Int) {
    guard samplingRate > 0, samplingRate.isFinite, (0...Self.countLimit).contains(count) else { return nil }
    self.start = start
    self.samplingRate = samplingRate
    self.count = count
  }

  /// Creates a grid whose samples lie in a span; the first lies less than an interval behind its begin.
  ///
  /// - Parameters:
  ///   - span: from the lower bound on, up to and without the upper bound.
  ///   - anchor: an instant at which there is a sample, or would be one if the grid reached so far; nil has one at the
  ///     begin of the span.
  /// - Returns: nil unless the rate is a number above zero and the span has less than ``countLimit`` samples.
  public init?(span: Range<UTCTime>, samplingRate: Double, anchor: UTCTime? = nil) {
    self.init(start: span.lowerBound, samplingRate: samplingRate, count: 0)
    if let anchor {
      let distance = anchor.timeInterval(since: span.lowerBound) * samplingRate
      // What is left when whole intervals are taken away, rounded off so that a sample meant to be at the begin is there.
      var phase = distance - (distance + 1e-3).rounded(.down)
      if !phase.isFinite { phase = 0 }
      start = span.lowerBound.advanced(by: phase / samplingRate)
    }
    let length = span.upperBound.timeInterval(since: start) * samplingRate
    guard length < Double(Self.countLimit) else { return nil }
    count = max(Int((length - 1e-3).rounded(.up)), 0)
  }
}

/// Sampling rates as they are meant.
public enum NominalRate {
  /// By how much a rate may be off what is meant, relatively.
  public static let tolerance = 1e-4

  /// The rate that is meant: the nearest whole number of samples a second, or of seconds a sample, where the rate is off by
  /// less than ``tolerance`` (249.99998 Hz is 250 Hz); else the rate itself.
  public static func nominal(_ rate: Double) -> Double {
    guard rate > 0, rate.isFinite else { return rate }
    if rate >= 1 {
      let whole = rate.rounded()
      return abs(rate - whole) <= tolerance * whole ? whole : rate
    }
    let interval = (1 / rate).rounded()
    guard interval.isFinite else { return rate }
    return abs(1 / rate - interval) <= tolerance * interval ? 1 / interval : rate
  }
}

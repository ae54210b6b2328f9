public import SeismicFormats

/// The windows in which a picker looks at continuous data.
///
/// Samples are numbered from 1970-01-01 on, at the picker's rate, and windows begin at whole multiples of a step. So which
/// windows there are depends neither on where the data begin nor on how the work is cut up.
public struct WindowGrid: Sendable, Hashable {
  /// Samples of a window.
  public let length: Int
  /// Samples from the begin of a window to that of the next; at most ``length``.
  public let step: Int

  /// Creates a grid.
  ///
  /// - Parameters:
  ///   - length: samples of a window.
  ///   - overlap: by how much windows overlap, as a part of their length, 0 ..< 1; the step is rounded to whole samples.
  /// - Returns: nil where there is no such grid.
  public init?(length: Int, overlap: Double) {
    guard (1...1 << 24).contains(length), overlap >= 0, overlap < 1 else { return nil }
    self.length = length
    step = min(max(Int((Double(length) * (1 - overlap)).rounded()), 1), length)
  }

  /// Creates a grid of a known step; nil unless the step is from 1 to the length.
  public init?(length: Int, step: Int) {
    guard (1...1 << 24).contains(length), (1...length).contains(step) else { return nil }
    self.length = length
    self.step = step
  }

  /// The numbers of the windows that hold at least one sample of a range; window `n` begins at sample `n` × ``step``.
  public func windows(touching samples: Range<Int>) -> Range<Int> {
    guard !samples.isEmpty else { return 0..<0 }
    let first = floorQuotient(samples.lowerBound - length, step) + 1
    return first..<floorQuotient(samples.upperBound - 1, step) + 1
  }

  /// The samples of a window.
  public func samples(_ window: Int) -> Range<Int> { window * step..<window * step + length }
}

/// The quotient rounded down, for a divisor above zero.
func floorQuotient(_ value: Int, _ divisor: Int) -> Int {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

/// The numbers of samples at a whole rate, counted from 1970-01-01.
public struct SampleNumbering: Sendable, Hashable {
  /// Samples per second.
  public let rate: Int

  /// Creates the numbering; nil unless the rate is a whole number from 1 to 1000.
  public init?(rate: Double) {
    guard rate >= 1, rate <= 1000, rate == rate.rounded() else { return nil }
    self.rate = Int(rate)
  }

  /// Seconds beyond which times are not taken as such: the year 33658.
  static let limit: Int64 = 1_000_000_000_000

  /// The first sample at or behind an instant; far instants are brought to the bounds of what can be counted.
  public func first(notBefore time: UTCTime) -> Int {
    let seconds = Int(min(max(time.seconds, -Self.limit), Self.limit))
    return seconds * rate + (Int(time.nanoseconds) * rate + 999_999_999) / 1_000_000_000
  }

  /// The time of a sample, or of a place `fraction` samples behind it; to the nearest microsecond.
  public func time(_ sample: Int, fraction: Double = 0) -> UTCTime {
    let second = floorQuotient(sample, rate)
    let within = (Double(sample - second * rate) + fraction) / Double(rate)
    return UTCTime(seconds: Int64(second), nanoseconds: Int64((within * 1e6).rounded()) * 1000)
  }

  /// So many seconds in samples, rounded to the nearest.
  func count(_ seconds: Double) -> Int { Int((min(max(seconds, 0), 1e6) * Double(rate)).rounded()) }
}

/// Where a trace is at the digitizer's rail.
///
/// A stretch is clipped where three or more samples in a row are equal to the largest or the smallest sample, and either
/// - that is within a hundredth of a digitizer's last count, 2^15, 2^23 or 2^31 (counts that are whole numbers only), or
/// - the trace steps to it or from it by a hundredth or more of its whole range: a flat top with edges, which a smooth peak
///   does not have: where three of its counts are equal, the next differ by some. Counts must then range over 1,000 or
///   more, so that some counts are less than a hundredth.
public enum Clipping {
  /// How many equal samples in a row make a clipped stretch.
  public static let shortestRun = 3
  /// The digitizers' last counts.
  static let rails = [32_768.0, 8_388_608, 2_147_483_648]

  /// Finds the clipped stretches.
  ///
  /// - Parameter samples: the trace as it was recorded; NaN where a sample is missing.
  /// - Returns: the stretches, in order, not overlapping.
  public static func ranges(_ samples: UnsafeBufferPointer<Double>) -> [Range<Int>] {
    var low = Double.infinity
    var high = -Double.infinity
    var isWhole = true
    for value in samples where value == value {
      low = value < low ? value : low
      high = value > high ? value : high
      if isWhole, value.rounded(.towardZero) != value { isWhole = false }
    }
    guard high > low else { return [] }
    let range = high - low
    func isRail(_ value: Double) -> Bool {
      isWhole && rails.contains { abs(value) <= $0 && abs(value) >= 0.99 * $0 }
    }
    let isFlatTopPossible = !isWhole || range >= 1000
    guard isFlatTopPossible || isRail(high) || isRail(low) else { return [] }
    var ranges: [Range<Int>] = []
    var index = 0
    while index < samples.count {
      let value = samples[index]
      guard value == high || value == low else {
        index += 1
        continue
      }
      var end = index + 1
      while end < samples.count, samples[end] == value { end += 1 }
      if end - index >= shortestRun {
        var step = 0.0
        if index > 0, samples[index - 1] == samples[index - 1] { step = abs(samples[index - 1] - value) }
        if end < samples.count, samples[end] == samples[end] { step = max(step, abs(samples[end] - value)) }
        if isRail(value) || (isFlatTopPossible && step >= 0.01 * range) { ranges.append(index..<end) }
      }
      index = end
    }
    return ranges
  }
}

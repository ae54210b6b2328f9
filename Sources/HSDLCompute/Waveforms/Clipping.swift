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
    let (low, high) = extremes(samples)
    guard high > low else { return [] }
    let range = high - low
    func isNearRail(_ value: Double) -> Bool { rails.contains { abs(value) <= $0 && abs(value) >= 0.99 * $0 } }
    // Looked for only where it matters: it takes longer than all the rest.
    let isWhole = range < 1000 || isNearRail(high) || isNearRail(low) ? areWhole(samples) : true
    func isRail(_ value: Double) -> Bool { isWhole && isNearRail(value) }
    let isFlatTopPossible = !isWhole || range >= 1000
    guard isFlatTopPossible || isRail(high) || isRail(low) else { return [] }
    var ranges: [Range<Int>] = []
    var index = 0
    while true {
      index = skip(samples, from: index, low, high)
      guard index < samples.count else { break }
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

  private typealias Block = SIMD8<Double>

  private static func block(_ samples: UnsafeBufferPointer<Double>, _ index: Int) -> Block {
    UnsafeRawBufferPointer(samples).loadUnaligned(fromByteOffset: index * MemoryLayout<Double>.stride, as: Block.self)
  }

  /// The smallest and the largest sample that is not missing; infinity and its negative where there is none.
  private static func extremes(_ samples: UnsafeBufferPointer<Double>) -> (low: Double, high: Double) {
    var lows = Block(repeating: .infinity)
    var highs = Block(repeating: -.infinity)
    var index = 0
    while index + Block.scalarCount <= samples.count {
      let values = block(samples, index)
      lows.replace(with: values, where: values .< lows)
      highs.replace(with: values, where: values .> highs)
      index += Block.scalarCount
    }
    var (low, high) = (lows.min(), highs.max())
    for value in samples[index...] {
      low = value < low ? value : low
      high = value > high ? value : high
    }
    return (low, high)
  }

  /// Whether all samples that are not missing are whole numbers.
  private static func areWhole(_ samples: UnsafeBufferPointer<Double>) -> Bool {
    for value in samples where value == value {
      // The first is the same for nearly all counts, and quicker.
      guard abs(value) < 0x1p31 ? Double(Int32(value)) == value : value.rounded(.towardZero) == value else {
        return false
      }
    }
    return true
  }

  /// The first place from one on that may hold one of two values; the end where there is none.
  private static func skip(
    _ samples: UnsafeBufferPointer<Double>, from start: Int, _ low: Double, _ high: Double
  ) -> Int {
    let (lows, highs) = (Block(repeating: low), Block(repeating: high))
    var index = start
    while index + Block.scalarCount <= samples.count {
      let values = block(samples, index)
      if any((values .== lows) .| (values .== highs)) { break }
      index += Block.scalarCount
    }
    return index
  }
}

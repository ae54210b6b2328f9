/// How many events there are of each magnitude: `log10 N(≥ M) = a − b M` (Gutenberg and Richter, 1944), fitted above the magnitude of
/// completeness.
public struct GutenbergRichter: Sendable, Equatable {
  /// The width of the bins in which magnitudes are counted.
  public static let binWidth = 0.1

  /// The middle of the lowest bin that holds an event.
  public let lowest: Double
  /// Events by bin, from the lowest to the highest one that holds an event.
  public let counts: [Int]
  /// The step of the magnitudes, as they were rounded: 0.1, 0.01, or 0 for none that is seen.
  public let step: Double
  /// The fit; nil where there are too few events above completeness.
  public let fit: Fit?

  /// The parameters of the relation.
  public struct Fit: Sendable, Equatable {
    /// The magnitude of completeness.
    public var completeness: Double
    /// Whether b no longer changes above it by more than its uncertainty; otherwise it is that of maximum curvature alone.
    public var isStable: Bool
    /// The events from there on.
    public var count: Int
    /// The slope.
    public var b: Double
    /// The standard deviation of ``b`` (Shi and Bolt, 1982).
    public var deviation: Double
    /// The logarithm of the number of events of magnitude 0 and more.
    public var a: Double

    /// How many events of at least a magnitude there are by the relation.
    public func count(from magnitude: Double) -> Double { powerOfTen(a - b * magnitude) }
  }

  /// So few events above completeness are not fitted.
  public static let minimumCount = 30

  /// Counts and fits.
  ///
  /// Completeness is the most frequent bin plus 0.2 (maximum curvature: Wiemer and Wyss, 2000; its correction: Woessner and Wiemer, 2005), or the
  /// first magnitude above it at which b agrees with the mean of b over the next half magnitude within its uncertainty (Cao and Gao, 2002). b is the
  /// maximum-likelihood estimate (Aki, 1965) for magnitudes rounded to ``step`` (Utsu, 1966).
  ///
  /// - Parameter magnitudes: in any order; those that are not finite, or beyond −10 to 12, are left out.
  /// - Returns: nil without magnitudes.
  public init?(_ magnitudes: [Double]) {
    // Sorted, so that sums do not depend on the order of the events.
    let sorted = magnitudes.filter { $0.isFinite && (-10...12).contains($0) }.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let lowestBin = Self.bin(first)
    var counts = [Int](repeating: 0, count: Self.bin(last) - lowestBin + 1)
    for magnitude in sorted { counts[Self.bin(magnitude) - lowestBin] += 1 }
    let step = [0.1, 0.01].first { step in
      sorted.allSatisfy { abs($0 / step - ($0 / step).rounded()) < 1e-4 }
    }
    self.step = step ?? 0
    self.counts = counts
    lowest = Double(lowestBin) / 10
    // Of bins that are equally full the higher one, which is on the safe side.
    var peak = 0
    for (place, count) in counts.enumerated() where count >= counts[peak] { peak = place }
    let start = lowestBin + peak + 2
    guard let coarse = Self.fit(sorted, from: Double(start) / 10, step: step ?? 0) else {
      fit = nil
      return
    }
    var found = coarse
    for bin in start...max(start, lowestBin + counts.count) {
      guard let own = Self.fit(sorted, from: Double(bin) / 10, step: step ?? 0) else { break }
      let above = (0..<5).compactMap { Self.fit(sorted, from: Double(bin + $0) / 10, step: step ?? 0)?.b }
      guard above.count == 5 else { break }
      if abs(above.reduce(0, +) / 5 - own.b) <= own.deviation {
        found = own
        found.isStable = true
        break
      }
    }
    fit = found
  }

  /// The number of the bin of a magnitude; its middle is a tenth of it.
  private static func bin(_ magnitude: Double) -> Int { Int((magnitude * 10 + 0.5 + 1e-9).rounded(.down)) }

  /// The fit of all magnitudes from one on, in order; nil for too few.
  private static func fit(_ sorted: [Double], from completeness: Double, step: Double) -> Fit? {
    let edge = completeness - step / 2
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < edge - 1e-9 { low = middle + 1 } else { high = middle }
    }
    let above = sorted[low...]
    guard above.count >= minimumCount else { return nil }
    let mean = above.reduce(0, +) / Double(above.count)
    guard mean - edge > 1e-6 else { return nil }
    let b = 0.4342944819032518 / (mean - edge)
    var squares = 0.0
    for magnitude in above { squares += (magnitude - mean) * (magnitude - mean) }
    let deviation = 2.302585092994046 * b * b * (squares / (Double(above.count) * Double(above.count - 1))).squareRoot()
    return Fit(
      completeness: completeness, isStable: false, count: above.count, b: b, deviation: deviation,
      a: decimalLogarithm(Double(above.count)) + b * edge)
  }
}

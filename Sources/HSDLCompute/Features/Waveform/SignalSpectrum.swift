/// Numbers that describe the power spectrum of the P wave less that of the noise.
struct SignalSpectrum {
  var centroid = Double.nan
  var bandwidth = Double.nan
  var dominant = Double.nan
  var flatness = Double.nan
  var slope = Double.nan

  /// Values count no less than this share of the largest in the geometric mean.
  private static let floor = 1e-4

  /// Measures a spectrum.
  ///
  /// - Parameters:
  ///   - signal: power, the noise included, at multiples of `step`.
  ///   - noise: the noise's power at the same frequencies.
  ///   - step: in Hz.
  ///   - band: the frequencies to look at.
  init(
    signal: UnsafePointer<Double>, noise: UnsafePointer<Double>, count: Int, step: Double,
    band: (low: Double, high: Double)
  ) {
    guard let low = wholeNumber((band.low / step - 1e-9).rounded(.up)),
      let high = wholeNumber((band.high / step + 1e-9).rounded(.down)), low >= 0, low < high
    else { return }
    let bins = low..<min(high + 1, count)
    var sum = 0.0
    var moment = 0.0
    var largest = 0.0
    var peak = low
    for bin in bins {
      let power = max(signal[bin] - noise[bin], 0)
      sum += power
      moment += power * Double(bin)
      if power > largest {
        largest = power
        peak = bin
      }
    }
    guard sum > 0, sum.isFinite else { return }
    let mean = moment / sum
    var spread = 0.0
    var logs = 0.0
    for bin in bins {
      let power = max(signal[bin] - noise[bin], 0)
      spread += power * (Double(bin) - mean) * (Double(bin) - mean)
      logs += logarithm(max(power / largest, Self.floor))
    }
    centroid = mean * step
    bandwidth = (spread / sum).squareRoot() * step
    dominant = Double(peak) * step
    let count = Double(bins.count)
    flatness = exponentialFunction(logs / count) * largest * count / sum
    var line = LineFit()
    for bin in peak..<bins.upperBound where signal[bin] > 2 * noise[bin] {
      line.add(logarithm(Double(bin)), 0.5 * logarithm((signal[bin] - noise[bin]) / largest))
    }
    if line.count >= 4 { slope = line.slope }
  }

  init() {}
}

/// A straight line by least squares, from sums about the first point.
struct LineFit {
  private(set) var count = 0.0
  private var origin = (x: 0.0, y: 0.0)
  private var sumX = 0.0
  private var sumY = 0.0
  private var sumXX = 0.0
  private var sumXY = 0.0

  @inline(__always)
  mutating func add(_ x: Double, _ y: Double) {
    if count == 0 { origin = (x, y) }
    let (dx, dy) = (x - origin.x, y - origin.y)
    count += 1
    sumX += dx
    sumY += dy
    sumXX += dx * dx
    sumXY += dx * dy
  }

  /// The slope; NaN where the points stand one above the other.
  var slope: Double {
    let spread = sumXX - sumX * sumX / count
    guard count > 1, spread > 1e-12 * sumXX else { return .nan }
    return (sumXY - sumX * sumY / count) / spread
  }

  /// The line's value at an abscissa.
  func value(at x: Double) -> Double {
    let slope = slope
    return origin.y + sumY / count + slope * (x - origin.x - sumX / count)
  }
}

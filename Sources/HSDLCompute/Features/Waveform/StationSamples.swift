/// The stretch of a record in which its features are measured: samples, what is missing, and the samples filtered.
///
/// Indices are those of the record.
struct StationSamples {
  /// One component.
  struct Component {
    var samples: UnsafeBufferPointer<Double>
    var missing: [Range<Int>]
    var clipped: [Range<Int>]
  }

  /// Samples per second.
  var rate: Double
  /// The samples of the record.
  var count: Int
  /// The samples of the stretch, within the record.
  var stretch: Range<Int>
  /// Up, north and east; nil where there is none.
  var vertical: Component?
  var north: Component?
  var east: Component?
  /// The band 2–20 Hz of up, north and east, beginning with the stretch; nil where there is no such band.
  var filtered: UnsafeMutablePointer<SIMD4<Double>>?

  var hasHorizontal: Bool { north != nil || east != nil }
  var hasThreeComponents: Bool { vertical != nil && north != nil && east != nil }

  /// The index of the first sample at or after a time; nil where there can be none.
  @inline(__always)
  func index(_ time: Double) -> Int? {
    // Rates and times are rounded, so a sample that is due at a time may seem to lie just before it.
    wholeNumber((time * rate - 1e-6).rounded(.up))
  }

  /// The samples of the stretch from a time on and before another.
  func window(_ from: Double, _ to: Double) -> Range<Int>? {
    guard let first = index(from), let end = index(to), first < end else { return nil }
    let range = first..<end
    guard range.overlaps(stretch) else { return nil }
    return range.clamped(to: stretch)
  }

  /// The samples between two times if no more than half of them are missing in a component.
  func window(_ from: Double, _ to: Double, of component: Component?) -> Range<Int>? {
    guard let component, let range = window(from, to) else { return nil }
    let present = range.count - Self.overlap(component.missing, range)
    return present > 0 && Double(present) >= 0.5 * (to - from) * rate - 0.5 ? range : nil
  }

  /// How many samples of a range lie in others.
  static func overlap(_ ranges: [Range<Int>], _ range: Range<Int>) -> Int {
    var count = 0
    for other in ranges {
      if other.lowerBound >= range.upperBound { break }
      if other.overlaps(range) { count += other.clamped(to: range).count }
    }
    return min(count, range.count)
  }

  /// A filtered sample of all components.
  @inline(__always)
  func sample(_ filtered: UnsafeMutablePointer<SIMD4<Double>>, _ index: Int) -> SIMD4<Double> {
    filtered[index - stretch.lowerBound]
  }

  /// The mean square of the filtered vertical between two times.
  func verticalPower(_ from: Double, _ to: Double) -> Double {
    guard let filtered, let vertical, let range = window(from, to, of: vertical) else { return .nan }
    var sum = 0.0
    for index in range { sum += sample(filtered, index)[0] * sample(filtered, index)[0] }
    return sum / Double(range.count - Self.overlap(vertical.missing, range))
  }

  /// The mean over the horizontals of the mean square of each between two times.
  func horizontalPower(_ from: Double, _ to: Double) -> Double {
    guard let filtered else { return .nan }
    var sum = 0.0
    var components = 0.0
    for (lane, component) in [(1, north), (2, east)] {
      guard let component, let range = window(from, to, of: component) else { continue }
      var squares = 0.0
      for index in range { squares += sample(filtered, index)[lane] * sample(filtered, index)[lane] }
      sum += squares / Double(range.count - Self.overlap(component.missing, range))
      components += 1
    }
    return components > 0 ? sum / components : .nan
  }

  /// The largest amplitude of the filtered vertical between two times.
  func verticalPeak(_ from: Double, _ to: Double) -> Double {
    guard let filtered, let range = window(from, to, of: vertical) else { return .nan }
    var peak = 0.0
    for index in range { peak = max(peak, abs(sample(filtered, index)[0])) }
    return peak
  }

  /// The largest amplitude of the filtered horizontals, taken together, between two times.
  func horizontalPeak(_ from: Double, _ to: Double) -> Double {
    guard let filtered, let range = window(from, to, of: north) ?? window(from, to, of: east) else { return .nan }
    var peak = 0.0
    for index in range {
      let value = sample(filtered, index)
      peak = max(peak, value[1] * value[1] + value[2] * value[2])
    }
    return peak.squareRoot()
  }

  /// The polarization between two times; nil where a component is not there.
  func polarization(_ from: Double, _ to: Double) -> Polarization? {
    guard let filtered, hasThreeComponents, let range = window(from, to, of: vertical),
      window(from, to, of: north) != nil, window(from, to, of: east) != nil
    else { return nil }
    var covariance = Polarization.Covariance()
    for index in range { covariance.add(sample(filtered, index)) }
    covariance.beginSecondPass()
    for index in range { covariance.addDeviation(sample(filtered, index)) }
    return Polarization(covariance)
  }

  /// The share of all components' samples between two times that are missing, and of those that are not, clipped.
  func quality(_ from: Double, _ to: Double) -> (missing: Double, clipped: Double) {
    guard let first = index(from), let end = index(to), first < end else { return (.nan, .nan) }
    let whole = first..<end
    let inside = whole.clamped(to: 0..<count)
    var total = 0.0
    var present = 0.0
    var clipped = 0.0
    for component in [vertical, north, east] {
      guard let component else { continue }
      total += Double(whole.count)
      present += Double(inside.count - Self.overlap(component.missing, inside))
      clipped += Double(Self.overlap(component.clipped, inside))
    }
    guard total > 0 else { return (.nan, .nan) }
    return (1 - present / total, present > 0 ? min(clipped / present, 1) : .nan)
  }
}

/// The envelope of a station, 20 values a second, aligned on the predicted P.
///
/// The value at a time is the root of twice the mean, over the 0.5 s around it, of the sum of the components' squares
/// in 2–20 Hz: a sine's amplitude. NaN where more than half of the samples are missing or outside the record.
struct StationEnvelope: ~Copyable {
  /// Values per second.
  static let rate = 20.0
  /// Seconds before and after the predicted P.
  static let before = 65.0
  static let after = 70.0
  /// The number of values; the first is ``before`` seconds before the predicted P.
  static let count = Int((before + after) * rate)
  /// The values on either side of a time over which squares are averaged.
  private static let reach = 5

  /// The values.
  var values: UnsafeMutablePointer<Double> { memory.base }

  private var memory = SampleMemory<Double>()
  /// Sums of squares and counts of samples, of the steps between values.
  private var sums = SampleMemory<SIMD2<Double>>()

  init() { memory.reserve(Self.count) }

  /// The place of the first value at or after a time in seconds after the predicted P.
  static func place(_ time: Double) -> Int? { wholeNumber(((time + before) * rate - 1e-6).rounded(.up)) }

  /// The places of the values between two times after the predicted P.
  static func places(_ from: Double, _ to: Double) -> Range<Int>? {
    guard let first = place(from), let end = place(to), first < end, (first..<end).overlaps(0..<count) else {
      return nil
    }
    return (first..<end).clamped(to: 0..<count)
  }

  /// Makes the envelope of a station; NaN everywhere where the band does not exist.
  mutating func make(_ samples: StationSamples, predictedP: Double) {
    let values = memory.base
    guard let filtered = samples.filtered, predictedP.isFinite else {
      values.update(repeating: .nan, count: Self.count)
      return
    }
    let steps = Self.count + 2 * Self.reach
    let sums = sums.reserve(steps)
    let components = [samples.vertical, samples.north, samples.east].compactMap { $0 }
    let weight = Double(components.count)
    // The first step ends at the first value less the reach.
    func time(_ step: Int) -> Double {
      predictedP - Self.before + Double(step - Self.reach) / Self.rate
    }
    let (first, end) = (samples.stretch.lowerBound, samples.stretch.upperBound)
    var from = min(max(samples.index(time(0)) ?? first, first), end)
    for step in 0..<steps {
      let to = min(max(samples.index(time(step + 1)) ?? from, from), end)
      var squares = SIMD4<Double>()
      for index in from..<to {
        let value = samples.sample(filtered, index)
        squares += value * value
      }
      var present = weight * Double(to - from)
      for component in components where !component.missing.isEmpty {
        present -= Double(StationSamples.overlap(component.missing, from..<to))
      }
      sums[step] = SIMD2(squares.sum(), present)
      from = to
    }
    let width = 2 * Self.reach
    let least = max(0.5 * weight * samples.rate * Double(width) / Self.rate, 1)
    for place in 0..<Self.count {
      var sum = SIMD2<Double>()
      for step in place..<place + width { sum += sums[step] }
      values[place] = sum[1] >= least ? (2 * weight * sum[0] / sum[1]).squareRoot() : .nan
    }
  }
}

/// Numbers that describe the envelope of a station.
struct EnvelopeShape {
  var riseTime = Double.nan
  var duration = Double.nan
  var codaSlope = Double.nan

  /// Measures an envelope; times are in seconds after the predicted P.
  ///
  /// - Parameter scratch: room for ``StationEnvelope/count`` values.
  init(_ envelope: UnsafePointer<Double>, p: Double, s: Double, scratch: UnsafeMutablePointer<Double>) {
    var noise = Double.nan
    if let places = StationEnvelope.places(p - 20, p - 0.5) {
      var count = 0
      for place in places where !envelope[place].isNaN {
        scratch[count] = envelope[place]
        count += 1
      }
      if Double(count) >= 2 * StationEnvelope.rate {
        noise = median(UnsafeMutableBufferPointer(start: scratch, count: count))
      }
    }
    func time(_ place: Int) -> Double { Double(place) / StationEnvelope.rate - StationEnvelope.before }
    if let places = StationEnvelope.places(p, s + 10), let peak = Self.peak(envelope, places) {
      riseTime = time(peak) - p
    }
    if !noise.isNaN, let places = StationEnvelope.places(p, p + 60) {
      var count = 0
      var known = 0
      for place in places where !envelope[place].isNaN {
        known += 1
        count += envelope[place] > 2 * noise ? 1 : 0
      }
      if 2 * known >= places.count { duration = Double(count) / StationEnvelope.rate }
    }
    if let places = StationEnvelope.places(s, s + 5), let peak = Self.peak(envelope, places) {
      var line = LineFit()
      let end = min(peak + Int(30 * StationEnvelope.rate), StationEnvelope.count)
      for place in peak..<end {
        let value = envelope[place]
        if value.isNaN { continue }
        if value <= 2 * noise || value <= 0 { break }
        line.add(time(place), logarithm(value))
      }
      if line.count >= 2 * StationEnvelope.rate { codaSlope = line.slope }
    }
  }

  /// The place of the largest value; nil where half of the values or more are missing.
  private static func peak(_ envelope: UnsafePointer<Double>, _ places: Range<Int>) -> Int? {
    var best: Int?
    var largest = -Double.infinity
    var known = 0
    for place in places where !envelope[place].isNaN {
      known += 1
      if envelope[place] > largest {
        largest = envelope[place]
        best = place
      }
    }
    return 2 * known > places.count ? best : nil
  }
}

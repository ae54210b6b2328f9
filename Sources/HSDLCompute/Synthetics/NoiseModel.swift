import SeismicFormats

/// The noise of the ground at a station: microseisms, what people do, and the instrument's own.
///
/// Together they have the shape of Peterson's (1993) curves of ground velocity: a hump between 0.1 and 0.5 Hz, a low near
/// 1 Hz, and above it what traffic and machines make, which changes with the hour.
public struct NoiseModel: Hashable, Sendable {
  /// Root mean square of the microseisms' ground velocity, in m/s.
  public var microseism: Double
  /// Where the microseisms are strongest, in Hz.
  public var microseismFrequency: Double
  /// Root mean square of the cultural noise at night, in m/s.
  public var cultural: Double
  /// Where the cultural noise begins and where it ends, in Hz.
  public var culturalBand: ClosedRange<Double>
  /// How many times the cultural noise is larger by day.
  public var dayFactor: Double
  /// The density of the instrument's noise, in m/s/√Hz.
  public var floor: Double
  /// How many times the noise of horizontal components is larger.
  public var horizontal: Double
  /// The hour of the day, in UTC, at which it is noon.
  public var noon: Double

  /// Noise as quiet or as loud as a station has it.
  ///
  /// - Parameter loudness: 0 for a quiet, 1 for a loud place.
  init(loudness: Double, longitude: Double, _ random: inout SplitMix64) {
    microseism = 6e-7 * random.factor(0.3)
    microseismFrequency = random.uniform(0.16...0.26)
    cultural = 8e-9 * powerOfTen(1.15 * loudness) * random.factor(0.25)
    culturalBand = random.uniform(1.2...3)...random.uniform(8...22)
    dayFactor = random.uniform() < 0.35 ? random.uniform(1...1.3) : random.uniform(1.5...5)
    floor = 1.2e-9 * random.factor(0.4)
    horizontal = random.uniform(1...1.8)
    let hour = 12 - longitude / 15
    noon = hour - 24 * (hour / 24).rounded(.down)
  }

  /// How many times the cultural noise is larger than at night.
  ///
  /// - Parameter time: seconds after a midnight.
  public func culturalFactor(at time: Double) -> Double {
    let phase = (time / 3600 - noon) / 24
    let height = 0.5 + 0.5 * cosineOfTurn(phase)
    // Mornings and evenings are short: most of the day people are up, or not.
    let activity = height * height * (3 - 2 * height)
    return 1 + (dayFactor - 1) * activity
  }

  /// The power density of the vertical ground velocity, in m²/s²/Hz.
  ///
  /// - Parameters:
  ///   - factor: how many times the cultural noise is larger than at night.
  ///   - samplingRate: in Hz; filters of sampled data depend on it.
  public func density(_ frequency: Double, factor: Double = 1, samplingRate: Double) -> Double {
    let filters = NoiseFilters(self, samplingRate: samplingRate)
    return filters.density(frequency, factor: factor)
  }

  /// Root mean square of the vertical ground velocity in a band, in m/s, for cultural noise of the night, and what a
  /// cultural factor adds: rms² = first² + factor² second².
  func bandLevels(_ band: ClosedRange<Double>, samplingRate: Double) -> (rest: Double, cultural: Double) {
    let filters = NoiseFilters(self, samplingRate: samplingRate)
    let steps = 64
    let width = (band.upperBound - band.lowerBound) / Double(steps)
    var (rest, all) = (0.0, 0.0)
    for step in 0..<steps {
      let frequency = band.lowerBound + (Double(step) + 0.5) * width
      rest += filters.density(frequency, factor: 0) * width
      all += filters.density(frequency, factor: 1) * width
    }
    return (rest.squareRoot(), max(all - rest, 0).squareRoot())
  }
}

/// A one-pole low-pass filter y += a (x - y).
struct OnePole: Sendable {
  var a: Float

  init(_ frequency: Double, samplingRate: Double) {
    // |H|² = 1 / (1 + q (2 - 2 cos w)), with q so that it is 1 / (1 + (f / f0)²) for small w.
    let ratio = samplingRate / (2 * .pi * frequency)
    a = Float(2 / (1 + (1 + 4 * ratio * ratio).squareRoot()))
  }

  /// The squared amplitude at a frequency, as low pass.
  func lowPass(_ frequency: Double, samplingRate: Double) -> Double {
    let a = Double(a)
    let b = 1 - a
    let cosine = cosineOfTurn(frequency / samplingRate)
    return a * a / (1 - 2 * b * cosine + b * b)
  }

  /// The squared amplitude at a frequency of what the low pass takes away.
  func highPass(_ frequency: Double, samplingRate: Double) -> Double {
    let b = 1 - Double(a)
    let cosine = cosineOfTurn(frequency / samplingRate)
    return b * b * (2 - 2 * cosine) / (1 - 2 * b * cosine + b * b)
  }
}

/// The filters that give white noise the colours of a ``NoiseModel``.
package struct NoiseFilters: Sendable {
  let samplingRate: Double
  /// A high pass and three low passes.
  let microseism: OnePole
  /// The high pass and the low pass of the cultural noise.
  let culturalLow: OnePole
  let culturalHigh: OnePole
  /// What white noise of unit variance is multiplied with.
  let microseismGain: Double
  let culturalGain: Double
  let floorGain: Double

  package init(_ model: NoiseModel, samplingRate: Double) {
    self.samplingRate = samplingRate
    microseism = OnePole(model.microseismFrequency * 1.6, samplingRate: samplingRate)
    culturalLow = OnePole(model.culturalBand.lowerBound, samplingRate: samplingRate)
    culturalHigh = OnePole(min(model.culturalBand.upperBound, 0.4 * samplingRate), samplingRate: samplingRate)
    floorGain = model.floor * (samplingRate / 2).squareRoot()
    var sums = (0.0, 0.0)
    // The mean of the squared amplitudes over all frequencies is the variance of the filtered noise.
    let steps = 4096
    for step in 0..<steps {
      let share = (Double(step) + 0.5) / Double(steps)
      // Finer steps at low frequencies, where the microseisms are.
      let frequency = 0.5 * samplingRate * share * share * share
      let width = 3 * share * share / Double(steps)
      sums.0 += Self.microseism(microseism, frequency, samplingRate) * width
      sums.1 += Self.cultural(culturalLow, culturalHigh, frequency, samplingRate) * width
    }
    microseismGain = model.microseism / sums.0.squareRoot()
    culturalGain = model.cultural / sums.1.squareRoot()
  }

  private static func microseism(_ pole: OnePole, _ frequency: Double, _ rate: Double) -> Double {
    let low = pole.lowPass(frequency, samplingRate: rate)
    return pole.highPass(frequency, samplingRate: rate) * low * low * low
  }

  private static func cultural(_ low: OnePole, _ high: OnePole, _ frequency: Double, _ rate: Double) -> Double {
    low.highPass(frequency, samplingRate: rate) * high.lowPass(frequency, samplingRate: rate)
  }

  /// The power density of the noise, in m²/s²/Hz.
  func density(_ frequency: Double, factor: Double) -> Double {
    let a = microseismGain * microseismGain * Self.microseism(microseism, frequency, samplingRate)
    let b =
      culturalGain * culturalGain * factor * factor * Self.cultural(culturalLow, culturalHigh, frequency, samplingRate)
    return (a + b + floorGain * floorGain) * 2 / samplingRate
  }
}

/// Something at a station that is no local earthquake.
public struct Disturbance: Hashable, Sendable {
  /// What it is.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Ground motion from something close by, of seconds, that may look like a phase.
    case burst
    /// A vehicle that comes and goes.
    case traffic
    /// One or a few samples far off.
    case spike
    /// A jump of the signal's level that the instrument's response lets decay.
    case step
    /// A calibration: a pulse in all components, and its reverse a while later.
    case calibration
    /// Waves of a distant earthquake: P, then S and surface waves.
    case teleseism
  }

  /// What it is.
  public var kind: Kind
  /// The station's number.
  public var station: Int
  /// When it begins, in seconds after the settings' epoch.
  public var time: Double
  /// Its size, in m/s (for disturbances of the instrument, what counts over sensitivity are).
  public var amplitude: Double
  /// How long it lasts, in s: of bursts and teleseisms the time in which the envelope falls by e.
  public var duration: Double
  /// About its frequency, in Hz.
  public var frequency: Double
  /// What its random numbers come from.
  public var key: UInt64
}

/// The ground velocity of a ``Disturbance``, made sample by sample.
struct DisturbanceSignal: Sendable {
  /// The first sample, counted from the settings' epoch.
  let first: Int
  /// The sample after the last.
  let end: Int

  private var next: Int
  private let kind: Disturbance.Kind
  private let samplingRate: Double
  private var random: RandomLanes
  private let lanes: SIMD4<Float>
  private let amplitude: Float
  private let duration: Double
  private let rise: Double
  private let later: Double
  private var low: BandFilter
  private var high: BandFilter

  init(_ disturbance: Disturbance, samplingRate: Double) {
    var draw = SplitMix64(seed: disturbance.key)
    random = RandomLanes(&draw)
    kind = disturbance.kind
    self.samplingRate = samplingRate
    duration = disturbance.duration
    amplitude = Float(disturbance.amplitude)
    first = Int((disturbance.time * samplingRate).rounded(.up))
    next = first
    let nyquist = 0.45 * samplingRate
    high = BandFilter(min(disturbance.frequency, nyquist), samplingRate: samplingRate)
    low = BandFilter(0.05, samplingRate: samplingRate)
    func sign() -> Double { draw.uniform() < 0.5 ? -1 : 1 }
    var later = 0.0
    switch kind {
    case .burst:
      lanes = SIMD4(Float(draw.uniform(0.4...1.2)), Float(draw.uniform(0.3...1.1)), Float(draw.uniform(0.3...1.1)), 0)
      rise = draw.uniform() < 0.55 ? 0.02 : draw.uniform(0.1...1)
    case .traffic:
      lanes = SIMD4(0.6, Float(draw.uniform(0.5...1)), Float(draw.uniform(0.5...1)), 0)
      rise = disturbance.duration
    case .teleseism:
      lanes = SIMD4(1, 0.4, 0.4, 0)
      rise = draw.uniform(1...5)
      later = draw.uniform(240...700)
    case .spike, .step:
      // A fault of one digitizer channel, or of all.
      let all = draw.uniform() < 0.5
      let only = draw.index(3)
      func size(_ lane: Int) -> Float {
        Float(all || lane == only ? sign() * draw.uniform(0.5...1) : 0)
      }
      lanes = SIMD4(size(0), size(1), size(2), 0)
      rise = 0
    case .calibration:
      lanes = SIMD4(1, Float(draw.uniform(0.9...1.1)), Float(draw.uniform(0.9...1.1)), 0)
      rise = 0
    }
    self.later = later
    let seconds: Double =
      switch kind {
      case .burst: rise + 7 * duration
      case .traffic: 5 * duration
      case .spike: duration
      case .step: 8 * duration
      case .calibration: duration + 40
      case .teleseism: later + 12 * duration
      }
    end = first + max(1, Int((seconds * samplingRate).rounded()))
  }

  /// Adds samples to a buffer, in m/s: up, north, east.
  ///
  /// - Parameter start: the buffer's first sample, counted from the epoch; not before samples that were added already.
  mutating func add(to buffer: UnsafeMutableBufferPointer<SIMD4<Float>>, from start: Int) {
    // What follows depends on all that came before.
    while next < min(start, end) { _ = value() }
    let stop = min(end, start + buffer.count)
    guard next < stop, next >= start else { return }
    for sample in next..<stop { buffer[sample - start] += value() }
  }

  private mutating func value() -> SIMD4<Float> {
    let t = Double(next - first) / samplingRate
    next += 1
    switch kind {
    case .burst:
      let envelope = t < rise ? t / rise : exponentialFunction(-(t - rise) / duration)
      return high.next(random.white()) * lanes * (amplitude * Float(envelope))
    case .traffic:
      let u = (t - 2.5 * duration) / duration
      return high.next(random.white()) * lanes * (amplitude * Float(exponentialFunction(-u * u)))
    case .spike: return lanes * amplitude
    case .step: return lanes * (amplitude * Float(exponentialFunction(-t / duration)))
    case .calibration:
      // The answer of a damped pendulum to a step, twice.
      func answer(_ t: Double) -> Double {
        t < 0 ? 0 : exponentialFunction(-t / 3) * cosineOfTurn(t * frequencyOfPulse)
      }
      return lanes * (amplitude * Float(answer(t) - answer(t - duration)))
    case .teleseism:
      let envelope = (t < rise ? t / rise : exponentialFunction(-(t - rise) / duration))
      var sum = high.next(random.white()) * lanes * Float(envelope)
      if t > later {
        let u = t - later
        let rising = min(1, u / 60) * exponentialFunction(-u / (3 * duration))
        sum += low.next(random.white()) * SIMD4(0.7, 1, 1, 0) * Float(4 * rising)
      }
      return sum * amplitude
    }
  }

  private var frequencyOfPulse: Double { 0.06 }
}

/// White noise of variance 1 in a band about a frequency, again of variance 1.
struct BandFilter: Sendable {
  private let a: Float
  private let gain: Float
  private var low = SIMD4<Float>.zero
  private var first = SIMD4<Float>.zero
  private var second = SIMD4<Float>.zero

  init(_ frequency: Double, samplingRate: Double) {
    let pole = OnePole(frequency, samplingRate: samplingRate)
    a = pole.a
    var variance = 0.0
    let steps = 2048
    for step in 0..<steps {
      let share = (Double(step) + 0.5) / Double(steps)
      let f = 0.5 * samplingRate * share * share * share
      let squared = pole.lowPass(f, samplingRate: samplingRate)
      variance += pole.highPass(f, samplingRate: samplingRate) * squared * squared * 3 * share * share / Double(steps)
    }
    gain = Float(1 / max(variance, 1e-30).squareRoot())
  }

  @inline(__always)
  mutating func next(_ white: SIMD4<Float>) -> SIMD4<Float> {
    low += a * (white - low)
    first += a * (white - low - first)
    second += a * (first - second)
    return second * gain
  }
}

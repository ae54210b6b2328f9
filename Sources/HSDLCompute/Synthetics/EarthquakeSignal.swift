/// The ground velocity of an earthquake at a station, made sample by sample.
///
/// White noise under envelopes that begin sharply at P and at S and decay (Boore, 1983), with an impulse at each onset, goes
/// through causal filters whose amplitudes are those of a ``WaveSpectrum``: nothing comes before the onset. P moves along
/// the ray, S across it, and the coda in all directions.
package struct EarthquakeSignal: Sendable {
  /// The first sample, counted from the settings' epoch.
  package let first: Int
  /// The sample after the last.
  package let end: Int

  private var next: Int
  private let samplingRate: Double
  private var random: RandomLanes
  private var waveP: WaveFilter
  private var waveS: WaveFilter
  private let beginP: Double
  private let beginS: Double
  private let directionP: SIMD4<Float>
  private let directionS: SIMD4<Float>
  private var scatteredP: Float
  private let decayP: Float
  private var scatteredS: Float
  private let decayS: Float
  private var coda: Float
  private let decayCoda: Float
  private let mixP: SIMD4<Float>
  private let mixS: SIMD4<Float>
  private let impulse: (p: Float, s: Float)

  /// Prepares the waves.
  ///
  /// - Parameter noise: root mean square of the station's noise in the picker's band, in m/s; the coda ends well below it.
  package init(
    _ event: SyntheticEarthquake, _ arrival: SyntheticArrival, noise: Double, seed: UInt64, samplingRate: Double
  ) {
    self.samplingRate = samplingRate
    var draw = SplitMix64(seed: seed, stream: SyntheticStream.waves, event.key, UInt64(arrival.station))
    random = RandomLanes(&draw)
    beginP = arrival.p * samplingRate
    beginS = arrival.s * samplingRate
    first = Int(beginP.rounded(.up))
    next = first
    waveP = WaveFilter(arrival.spectrumP, samplingRate: samplingRate)
    waveS = WaveFilter(arrival.spectrumS, samplingRate: samplingRate)

    let toStation = arrival.azimuth
    let (north, east) = (cosine(radians: toStation), sine(radians: toStation))
    let (up, along) = (cosine(radians: arrival.incidence), sine(radians: arrival.incidence))
    let sign = draw.uniform() < 0.5 ? -1.0 : 1
    let ray = SIMD4<Double>(up, along * north, along * east, 0)
    let sv = SIMD4<Double>(-along, up * north, up * east, 0)
    let sh = SIMD4<Double>(0, -east, north, 0)
    let turn = draw.uniform()
    let shear = sv * cosineOfTurn(turn) + sh * cosineOfTurn(turn - 0.25)
    directionP = SIMD4<Float>(ray * sign)
    directionS = SIMD4<Float>(shear)
    // Scattered waves come from everywhere, those of P still mostly up and down.
    func magnitudes(_ vector: SIMD4<Double>, _ rest: SIMD4<Double>) -> SIMD4<Float> {
      SIMD4<Float>((vector * vector * 0.75 + rest * rest * 0.25).squareRoot())
    }
    mixP = magnitudes(ray, SIMD4(0.62, 0.555, 0.555, 0))
    mixS = magnitudes(shear, SIMD4(0.42, 0.64, 0.64, 0))

    // The energy of each wave is shared between the impulse and what follows it; the directions have length 1.
    let hypocentral = (arrival.p - event.time) * 6
    let durationP = 0.15 + 0.008 * hypocentral + 0.5 / arrival.spectrumP.corner
    let durationS = 0.3 + 0.012 * hypocentral + 0.7 / arrival.spectrumS.corner
    let tau = draw.uniform(3.5...7) + 0.03 * hypocentral
    func envelope(_ energy: Double, _ duration: Double) -> Float {
      Float((energy * samplingRate / duration).squareRoot())
    }
    impulse = (Float(0.45.squareRoot() * samplingRate), Float(0.35.squareRoot() * samplingRate))
    scatteredP = envelope(0.55, durationP * 2)
    decayP = Float(exponentialFunction(-0.5 / (durationP * 2 * samplingRate)))
    scatteredS = envelope(0.4, durationS * 2)
    decayS = Float(exponentialFunction(-0.5 / (durationS * 2 * samplingRate)))
    coda = envelope(0.25, tau)
    decayCoda = Float(exponentialFunction(-0.5 / (tau * samplingRate)))
    // Root mean square of the coda where it begins; its square falls by e in each tau.
    let energy = arrival.spectrumS.energy(1...max(2, 0.4 * samplingRate))
    let strength = (0.25 * energy / tau).squareRoot()
    let lasting = 2 * tau * max(0, logarithm(strength / max(0.05 * noise, 1e-12)))
    let seconds = arrival.s - arrival.p + min(max(lasting, 3), 400)
    end = first + Int((seconds * samplingRate).rounded())
  }

  /// Leaves out samples before a place.
  mutating func skip(to place: Int) {
    guard next < place else { return }
    // What follows depends on all that came before.
    let count = min(place, end) - next
    guard count > 0 else { return }
    withUnsafeTemporaryAllocation(of: SIMD4<Float>.self, capacity: min(count, 4096)) { buffer in
      buffer.initialize(repeating: .zero)
      var left = count
      while left > 0 {
        let piece = min(left, buffer.count)
        add(to: UnsafeMutableBufferPointer(rebasing: buffer[..<piece]), from: next)
        left -= piece
      }
    }
  }

  /// Adds samples to a buffer, in m/s: up, north, east.
  ///
  /// - Parameter start: the buffer's first sample, counted from the epoch; not before samples that were added already.
  package mutating func add(to buffer: UnsafeMutableBufferPointer<SIMD4<Float>>, from start: Int) {
    skip(to: start)
    let stop = min(end, start + buffer.count)
    guard next < stop, next >= start else { return }
    let sampleS = Int(beginS.rounded(.up))
    for sample in next..<stop {
      var p = random.white() * mixP * scatteredP
      scatteredP *= decayP
      if sample - first < 2 { p += directionP * (impulse.p * Self.share(sample - first, beginP)) }
      var velocity = waveP.next(p)
      if sample >= sampleS {
        var s = random.white() * mixS * scatteredS + random.white() * SIMD4(0.5, 0.61, 0.61, 0) * coda
        scatteredS *= decayS
        coda *= decayCoda
        if sample - sampleS < 2 { s += directionS * (impulse.s * Self.share(sample - sampleS, beginS)) }
        velocity += waveS.next(s)
      }
      buffer[sample - start] += velocity
    }
    next = stop
  }

  /// An impulse between two samples is shared by those after it.
  private static func share(_ place: Int, _ begin: Double) -> Float {
    let late = Float(begin.rounded(.up) - begin)
    return place == 0 ? late : 1 - late
  }
}

/// Causal filters whose amplitude is that of a ``WaveSpectrum``.
struct WaveFilter: Sendable {
  private var source0 = SIMD4<Float>.zero
  private var source1 = SIMD4<Float>.zero
  private let corner: Float
  private let gain: Float
  private let coefficients: [Float]
  private var states: [SIMD4<Float>]

  init(_ spectrum: WaveSpectrum, samplingRate: Double) {
    corner = OnePole(spectrum.corner, samplingRate: samplingRate).a
    gain = Float(spectrum.level * samplingRate)
    // Poles far above all frequencies change nothing.
    var coefficients: [Float] = []
    let spacing = 0.5 / max(spectrum.attenuation, 1e-4)
    var frequency = 0.5 * spacing
    while frequency < 0.7 * samplingRate, coefficients.count < 14 {
      coefficients.append(OnePole(frequency, samplingRate: samplingRate).a)
      frequency += spacing
    }
    self.coefficients = coefficients
    states = [SIMD4<Float>](repeating: .zero, count: coefficients.count)
  }

  /// The ground velocity for the next sample of white excitation.
  @inline(__always)
  mutating func next(_ excitation: SIMD4<Float>) -> SIMD4<Float> {
    let before = source1
    source0 += corner * (excitation - source0)
    source1 += corner * (source0 - source1)
    var value = (source1 - before) * gain
    for place in coefficients.indices {
      states[place] += coefficients[place] * (value - states[place])
      value = states[place]
    }
    return value
  }
}

/// The bands of frequency, 16 in a decade, in which the S spectrum is averaged.
struct SourceSpectrumBands {
  /// The transform's frequencies of each band, in order, not empty.
  let bins: [Range<Int>]
  /// The logarithm of each band's frequency: the mean of those of its bins.
  let logFrequency: [Double]
  /// Each band's frequency in Hz.
  let frequency: [Double]
  /// Tapers the ends of the window.
  let taper: [Double]

  private static let lowest = 0.5
  private static let highest = 45.0
  private static let perDecade = 16.0
  private static let taperShare = 0.1

  /// Prepares for a window of `count` samples.
  init(rate: Double, count: Int) {
    let step = rate / Double(max(count, 1))
    let limit = min(Self.highest, WaveformWindows.nyquistShare * rate / 2)
    var bins: [Range<Int>] = []
    var logFrequency: [Double] = []
    var band = 0
    var bin = max(1, wholeNumber((Self.lowest / step - 1e-9).rounded(.up)) ?? 1)
    while true {
      let edge = Self.lowest * powerOf10(Double(band + 1) / Self.perDecade)
      guard edge <= limit * 1.0001 else { break }
      let first = bin
      var logs = 0.0
      while Double(bin) * step < edge {
        logs += logarithm(Double(bin) * step)
        bin += 1
      }
      if bin > first {
        bins.append(first..<bin)
        logFrequency.append(logs / Double(bin - first))
      }
      band += 1
    }
    self.bins = bins
    self.logFrequency = logFrequency
    frequency = logFrequency.map(exponentialFunction)
    let ramp = max(1, Int(Self.taperShare / 2 * Double(count)))
    taper = (0..<count).map { index in
      let fromEnd = Double(min(index, count - 1 - index)) + 0.5
      return fromEnd < Double(ramp) ? 0.5 - 0.5 * cosine(.pi * fromEnd / Double(ramp)) : 1
    }
  }
}

/// Brune's (1970) source spectrum with attenuation on the way, `exp(-π f t*) / (1 + (f / corner)²)`, fitted to
/// displacement.
///
/// Without attenuation (Anderson and Hough, 1984), the corner would have to make up for it: at stations some ten
/// kilometres away spectra fall faster than any corner can explain.
enum BruneFit {
  /// The corner frequency for which the squared differences of logarithms are least.
  ///
  /// Level and t*, not negative, are the best ones for each corner. The corner is looked for on a logarithmic grid,
  /// then by golden sections.
  ///
  /// - Parameters:
  ///   - frequency: frequencies in Hz, rising.
  ///   - logFrequency: their natural logarithms.
  ///   - logAmplitude: natural logarithms of amplitudes of displacement.
  /// - Returns: NaN when the best corner is at an edge of the frequencies.
  static func cornerFrequency(
    frequency: UnsafeBufferPointer<Double>, logFrequency: UnsafeBufferPointer<Double>,
    logAmplitude: UnsafeBufferPointer<Double>
  ) -> Double {
    guard let low = logFrequency.first, let high = logFrequency.last, low < high else { return .nan }
    let count = Double(frequency.count)
    let mean = frequency.reduce(0, +) / count
    let spread = frequency.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let first = logAmplitude[0]
    func misfit(_ logCorner: Double) -> Double {
      let corner = exponentialFunction(-logCorner)
      var sum = 0.0
      var squares = 0.0
      var products = 0.0
      for index in frequency.indices {
        let ratio = frequency[index] * corner
        // What the source leaves to level and attenuation.
        let rest = logAmplitude[index] - first + logarithm(1 + ratio * ratio)
        sum += rest
        squares += rest * rest
        products += rest * (frequency[index] - mean)
      }
      return squares - sum * sum / count - (products < 0 ? products * products / spread : 0)
    }
    let steps = 16
    let step = (high - low) / Double(steps)
    var best = 0
    var least = Double.infinity
    for place in 0...steps {
      let value = misfit(low + Double(place) * step)
      if value < least {
        least = value
        best = place
      }
    }
    guard best > 0, best < steps, least.isFinite else { return .nan }
    var (left, right) = (low + Double(best - 1) * step, low + Double(best + 1) * step)
    let golden = (5.0.squareRoot() - 1) / 2
    var (a, b) = (right - golden * (right - left), left + golden * (right - left))
    var (valueA, valueB) = (misfit(a), misfit(b))
    // As near as squares can tell.
    while right - left > 1e-6 {
      if valueA < valueB {
        (right, b, valueB) = (b, a, valueA)
        a = right - golden * (right - left)
        valueA = misfit(a)
      } else {
        (left, a, valueA) = (a, b, valueB)
        b = left + golden * (right - left)
        valueB = misfit(b)
      }
    }
    return exponentialFunction((left + right) / 2)
  }
}

/// The corner frequency of the S wave of a station, with scratch memory.
struct SourceSpectrum: ~Copyable {
  private var signal = SampleMemory<Double>()
  private var noise = SampleMemory<Double>()
  private var amplitudes = SampleMemory<Double>()

  private static let leastBands = 8
  private static let leastPowerRatio = 9.0
  private static let beforeS = 0.5

  init() {}

  /// The corner frequency in Hz of the S displacement; NaN where it cannot be found.
  mutating func cornerFrequency(_ samples: StationSamples, _ design: RateDesign, p: Double, s: Double) -> Double {
    let length = WaveformWindows.noise
    let count = design.sourceCount
    let start = s - Self.beforeS
    guard count >= 16, count <= samples.stretch.count, let first = samples.index(start),
      let firstNoise = samples.index(p - length), first >= samples.stretch.lowerBound,
      firstNoise >= samples.stretch.lowerBound, first <= samples.stretch.upperBound - count,
      firstNoise <= samples.stretch.upperBound - count, let transform = design.source
    else { return .nan }
    let bands = design.sourceBands
    let bandCount = bands.bins.count
    guard bandCount >= Self.leastBands else { return .nan }
    for memory in [signal.reserve(bandCount), noise.reserve(bandCount), amplitudes.reserve(bandCount)] {
      memory.update(repeating: 0, count: bandCount)
    }
    let (signal, noise, amplitudes) = (signal.base, noise.base, amplitudes.base)
    var components = 0
    for component in [samples.north, samples.east] {
      guard let component, let base = component.samples.baseAddress,
        samples.window(start, start + length, of: component) != nil,
        samples.window(p - length, p, of: component) != nil
      else { continue }
      components += 1
      Self.add(base + first, transform, bands, into: signal)
      Self.add(base + firstNoise, transform, bands, into: noise)
    }
    guard components > 0 else { return .nan }
    for band in 0..<bandCount {
      // Velocity to displacement; the level does not matter.
      amplitudes[band] = 0.5 * logarithm(signal[band]) - bands.logFrequency[band]
    }
    var longest = 0..<0
    var runStart = 0
    for band in 0...bandCount {
      let isGood =
        band < bandCount && signal[band] > Self.leastPowerRatio * noise[band] && amplitudes[band].isFinite
      if isGood { continue }
      if band - runStart > longest.count { longest = runStart..<band }
      runStart = band + 1
    }
    guard longest.count >= Self.leastBands else { return .nan }
    return bands.frequency.withUnsafeBufferPointer { frequency in
      bands.logFrequency.withUnsafeBufferPointer { logFrequency in
        BruneFit.cornerFrequency(
          frequency: UnsafeBufferPointer(rebasing: frequency[longest]),
          logFrequency: UnsafeBufferPointer(rebasing: logFrequency[longest]),
          logAmplitude: UnsafeBufferPointer(start: amplitudes + longest.lowerBound, count: longest.count))
      }
    }
  }

  /// Adds a window's mean power in each band.
  private static func add(
    _ samples: UnsafePointer<Double>, _ transform: FourierTransform, _ bands: SourceSpectrumBands,
    into power: UnsafeMutablePointer<Double>
  ) {
    let count = transform.count
    var mean = 0.0
    for index in 0..<count { mean += samples[index] }
    mean /= Double(count)
    bands.taper.withUnsafeBufferPointer { taper in
      for index in 0..<count { transform.time[index] = (samples[index] - mean) * taper[index] }
    }
    transform.forward()
    for (band, bins) in bands.bins.enumerated() {
      var sum = 0.0
      for bin in bins {
        let (real, imaginary) = transform.spectrum[bin]
        sum += real * real + imaginary * imaginary
      }
      power[band] += sum / Double(bins.count)
    }
  }
}

/// How records of one sampling rate become windows: a decimation and a band.
struct WindowDesign {
  /// Samples per second of the records.
  let rate: Double
  /// Samples of a record that a window is made from, with those in which filters settle.
  let inputCount: Int
  /// Samples at the windows' rate in which filters settle.
  static let settling = 300
  /// Samples at the windows' rate of settling and window together.
  static let count = settling + EventWindows.length

  private let resampler: RationalResampler?
  private let bandpass: BandpassLanes

  /// Records of a lower rate have too little of the band.
  static let leastRate = 10.0

  /// Prepares for a rate; nil for one that windows cannot be made from.
  init?(rate: Double) {
    guard rate >= Self.leastRate, rate <= 1e5,
      let sections = SecondOrderSections.butterworth(
        .bandpass(EventWindows.band.low, EventWindows.band.high), order: 4, samplingRate: EventWindows.samplingRate),
      let (up, down) = RationalResampler.ratio(from: rate, to: EventWindows.samplingRate)
    else { return nil }
    self.rate = rate
    bandpass = BandpassLanes([sections, sections, sections])
    if up == down {
      resampler = nil
      inputCount = Self.count
      return
    }
    let taps = Self.taps(rate: rate, up: up)
    guard let resampler = RationalResampler(up: up, down: down, taps: taps) else { return nil }
    self.resampler = resampler
    inputCount = (Self.count * down + taps.count / 2) / up + 2
  }

  /// A windowed sinc (window of Blackman and Tukey, 1958) that passes up to 10 Hz and damps from 15 Hz on, where folding at the new
  /// Nyquist frequency would reach into the band, by 74 dB; at rates below 25 Hz the two go down with the rate.
  private static func taps(rate: Double, up: Int) -> [Double] {
    let share = min(1, rate / EventWindows.samplingRate)
    let fast = rate * Double(up)
    // The window's transition is 5.5 over its length wide.
    let half = max(1, wholeNumber((5.5 * fast / (5 * share) / 2).rounded(.up)) ?? 1)
    let corner = 2 * 12.5 * share / fast
    var taps = (-half...half).map { place -> Double in
      let x = Double(place)
      let sinc = place == 0 ? corner : sine(.pi * corner * x) / (.pi * x)
      let angle = .pi * x / Double(half)
      return sinc * (0.42 + 0.5 * cosine(angle) + 0.08 * cosine(2 * angle))
    }
    let sum = taps.reduce(0, +)
    for index in taps.indices { taps[index] /= sum }
    return taps
  }

  /// Brings samples to the windows' rate.
  ///
  /// - Parameters:
  ///   - samples: ``inputCount`` samples.
  ///   - output: room for ``count`` numbers.
  func decimate(_ samples: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    if let resampler {
      resampler.resample(samples, into: output)
    } else {
      _ = output.update(fromContentsOf: samples.prefix(output.count))
    }
  }

  /// Filters three components at the windows' rate in place.
  func filter(_ lanes: UnsafeMutablePointer<SIMD4<Double>>) { bandpass.filter(lanes, count: Self.count) }
}

/// The features of one station, in the order of their columns.
enum StationFeature: Int, CaseIterable {
  case snrP, snrS, snrLow, snrMid, snrHigh
  case staLtaMax, kurtosisMax
  case centroidFrequency, bandwidth, dominantFrequency, spectralFlatness, spectralSlope, cornerFrequency
  case spAmplitudeLog10
  case rectilinearityP, planarityS, incidenceP, backazimuthError
  case riseTime, duration, codaSlope
  case zeroCrossingRate, spikiness
  case clipped, gapFraction

  /// How many there are.
  static let count = allCases.count
}

/// Lengths in seconds, frequencies in Hz, and levels that the definitions of the waveform features name.
enum WaveformWindows {
  /// The band of everything that names no other.
  static let band = (low: 2.0, high: 20.0)
  /// The bands of `snr_low`, `snr_mid` and `snr_high`.
  static let bands = [(low: 1.0, high: 4.0), (low: 4.0, high: 12.0), (low: 12.0, high: 24.0)]
  /// No band reaches above this share of the Nyquist frequency.
  static let nyquistShare = 0.9
  /// A band that is cut to less than this ratio of its corners is none.
  static let leastBandRatio = 1.2
  /// The order of the Butterworth bandpasses.
  static let filterOrder = 4
  /// After an arrival, for signal-to-noise ratios.
  static let signal = 2.0
  /// Before an arrival.
  static let noise = 5.0
  /// The least length of a P window that the S arrival cuts.
  static let leastSignal = 0.5
  /// After an arrival, for spectra, peaks, zero crossings and spikes.
  static let body = 4.0
  /// On either side of P, for detectors.
  static let detector = 3.0
  /// Before P, where the recursion of STA/LTA begins.
  static let detectorStart = 30.0
  static let shortTerm = 0.5
  static let longTerm = 10.0
  static let kurtosis = 2.0
  /// The segments of spectra.
  static let segment = 2.0
  /// Spectra are looked at between these frequencies, and below 0.9 of the Nyquist frequency.
  static let spectrum = (low: 1.0, high: 45.0)
  /// After P and after S, for polarization.
  static let polarizationP = 0.5
  static let polarizationS = 1.0
  /// Before the band-wise filters' windows, for them to settle.
  static let settling = 10.0
  /// Before P and after S, for shares of clipped and missing samples.
  static let before = 5.0
  static let after = 30.0
}

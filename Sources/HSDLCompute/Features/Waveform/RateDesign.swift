/// Filters, spectra and lengths of windows for one sampling rate.
final class RateDesign {
  /// Samples per second.
  let rate: Double
  /// The band 2–20 Hz in the lanes of up, north and east; nil where the rate is too low for it.
  let components: BandpassLanes?
  /// The bands of `snr_low`, `snr_mid` and `snr_high`.
  let bands: BandpassLanes
  /// Which of the bands there are at this rate.
  let hasBand: [Bool]
  /// The samples of a segment of a spectrum.
  let segmentCount: Int
  /// The samples of the window of the S spectrum.
  let sourceCount: Int

  // Only made for records that are long enough to need them.
  lazy var welch = WelchSpectrum(segmentCount: segmentCount, samplingRate: rate)
  lazy var source = FourierTransform(count: sourceCount)
  lazy var sourceBands = SourceSpectrumBands(rate: rate, count: sourceCount)

  /// Prepares for a rate; nil for what is no sampling rate.
  init?(rate: Double) {
    guard rate > 0, rate <= 1e6,
      let segment = wholeNumber((WaveformWindows.segment * rate).rounded()),
      let source = wholeNumber((WaveformWindows.noise * rate).rounded())
    else { return nil }
    self.rate = rate
    segmentCount = segment
    sourceCount = source
    let all = Self.bandpass(WaveformWindows.band, rate)
    components = all == nil ? nil : BandpassLanes([all, all, all])
    let filters = WaveformWindows.bands.map { Self.bandpass($0, rate) }
    bands = BandpassLanes(filters)
    hasBand = filters.map { $0 != nil }
  }

  /// A band, narrowed to what the rate allows; nil when too little of it is left.
  private static func bandpass(_ band: (low: Double, high: Double), _ rate: Double) -> SecondOrderSections? {
    let high = min(band.high, WaveformWindows.nyquistShare * rate / 2)
    guard high >= WaveformWindows.leastBandRatio * band.low else { return nil }
    return .butterworth(.bandpass(band.low, high), order: WaveformWindows.filterOrder, samplingRate: rate)
  }
}

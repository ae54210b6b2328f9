/// Features of the waveforms of one event: at each station, and across stations.
///
/// Records are taken one by one; of each only its features and its envelope are kept. The order in which they are
/// taken does not matter. What cannot be measured is NaN; nothing is infinite. Records in counts and in m/s both do:
/// what depends on the level is only compared among stations of the same kind.
///
/// An object has its own scratch memory, belongs to one thread at a time, and is meant to be used for many events.
public final class WaveformFeatures {
  private var stations = StationKeep()
  private var eventKey: UInt64 = 0
  private var designs: [RateDesign] = []
  private var last = [Double](repeating: .nan, count: StationFeature.count)

  private var filtered = SampleMemory<SIMD4<Double>>()
  private var banded = SampleMemory<SIMD4<Double>>()
  private var signalPower = SampleMemory<Double>()
  private var noisePower = SampleMemory<Double>()
  private var moments = SampleMemory<SIMD4<Double>>()
  private var scratch = SampleMemory<Double>()
  private var envelope = StationEnvelope()
  private var source = SourceSpectrum()

  /// Creates an extractor.
  public init() {}

  /// Forgets the last event.
  ///
  /// - Parameter eventKey: what the random origin times of `semblance_contrast` are drawn from; the event's own, so
  ///   that they do not depend on other events.
  public func begin(eventKey: UInt64) {
    self.eventKey = eventKey
    stations.removeAll()
  }

  /// The features of the station that was added last, in the order of ``stationDefinitions``.
  public var stationValues: [Double] { last }

  /// Measures a station's record, and keeps what the event's features need of it.
  ///
  /// Components that hold other than `count` samples, samples that are not finite, or the same sample throughout are as good
  /// as none. A record without any sample from 5 s before P to 30 s behind S is no station with data.
  ///
  /// - Returns: whether the station counts.
  @discardableResult
  public func add(_ record: StationRecord, _ arrivals: StationArrivals) -> Bool {
    let before = stations.count
    measureComponents(record, arrivals)
    return stations.count > before
  }

  private func measureComponents(_ record: StationRecord, _ arrivals: StationArrivals) {
    last.withUnsafeMutableBufferPointer { $0.update(repeating: .nan) }
    guard let design = design(rate: record.samplingRate), let stretch = Self.stretch(record, arrivals) else { return }
    Self.withComponent(record.vertical, record.count, stretch) { vertical in
      Self.withComponent(record.north, record.count, stretch) { north in
        Self.withComponent(record.east, record.count, stretch) { east in
          guard vertical != nil || north != nil || east != nil else { return }
          let samples = StationSamples(
            rate: record.samplingRate, count: record.count, stretch: stretch, vertical: vertical, north: north,
            east: east, filtered: nil)
          measure(samples, record, arrivals, design)
        }
      }
    }
  }

  /// Writes the event's features, in the order of ``definitions``.
  ///
  /// - Parameters:
  ///   - modelSlowness: the model's P slowness in s/km at an epicentral distance in km.
  ///   - values: room for ``count`` numbers; with less, nothing is written.
  public func finish(
    modelSlowness: (_ distance: Double) -> Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    guard values.count >= Self.count else { return }
    stations.sort()
    stations.writeStatistics(into: values)
    let network = stations.networkFeatures(eventKey: eventKey, modelSlowness: modelSlowness)
    var place = 3 * StationFeature.count
    for value in [
      Double(stations.count), network.envelopeCoherence, network.semblance, network.semblanceContrast,
      network.moveoutSlownessError, network.attenuationSlope, network.attenuationRMS, network.stationAgreement,
    ] {
      values[place] = value.isFinite ? value : .nan
      place += 1
    }
  }

  // MARK: One station

  private func measure(
    _ unfiltered: StationSamples, _ record: StationRecord, _ arrivals: StationArrivals, _ design: RateDesign
  ) {
    var samples = unfiltered
    let (p, s) = (arrivals.p, arrivals.s)
    filter(&samples, design)
    let quality = samples.quality(p - WaveformWindows.before, (s.isNaN ? p : s) + WaveformWindows.after)
    guard quality.missing < 1 else { return }
    set(.gapFraction, quality.missing)
    set(.clipped, quality.clipped)
    let signalEnd = p + max(min(WaveformWindows.signal, s - p), WaveformWindows.leastSignal)
    let pSignalEnd = s.isNaN ? p + WaveformWindows.signal : signalEnd
    let bodyEnd =
      s.isNaN
      ? p + WaveformWindows.body
      : p + max(min(WaveformWindows.body, s - p), WaveformWindows.leastSignal)
    set(
      .snrP, decibels(samples.verticalPower(p, pSignalEnd), samples.verticalPower(p - WaveformWindows.noise, p)))
    set(
      .snrS,
      decibels(
        samples.horizontalPower(s, s + WaveformWindows.signal), samples.horizontalPower(s - WaveformWindows.noise, s)))
    measureBands(samples, design, p, pSignalEnd)
    measureDetectors(samples, p)
    measureSpectrum(samples, design, p)
    set(.cornerFrequency, source.cornerFrequency(samples, design, p: p, s: s))
    set(
      .spAmplitudeLog10,
      logarithmToBase10(
        samples.horizontalPeak(s, s + WaveformWindows.body) / samples.verticalPeak(p, bodyEnd)))
    if let polarization = samples.polarization(p, p + WaveformWindows.polarizationP) {
      set(.rectilinearityP, polarization.rectilinearity)
      set(.incidenceP, polarization.incidence)
      if record.isOriented {
        set(.backazimuthError, folded(polarization.azimuth - arrivals.backazimuth))
      }
    }
    if let polarization = samples.polarization(s, s + WaveformWindows.polarizationS) {
      set(.planarityS, polarization.planarity)
    }
    measureBody(samples, p)
    envelope.make(samples, predictedP: arrivals.predictedP)
    let shape = EnvelopeShape(
      envelope.values, p: p - arrivals.predictedP, s: s - arrivals.predictedP,
      scratch: scratch.reserve(StationEnvelope.count))
    set(.riseTime, shape.riseTime)
    set(.duration, shape.duration)
    set(.codaSlope, shape.codaSlope)
    let hasHorizontal = samples.hasHorizontal
    func peak(_ from: Double, _ to: Double) -> Double {
      hasHorizontal ? samples.horizontalPeak(from, to) : samples.verticalPeak(from, to)
    }
    stations.append(
      record, arrivals, values: last, envelope: envelope.values,
      amplitude: peak(s, s + WaveformWindows.body), noise: peak(p - WaveformWindows.noise, p),
      hasHorizontal: hasHorizontal)
  }

  private func set(_ feature: StationFeature, _ value: Double) {
    last[feature.rawValue] = value.isFinite ? value : .nan
  }

  /// 2–20 Hz of all components side by side.
  private func filter(_ samples: inout StationSamples, _ design: RateDesign) {
    guard let bandpass = design.components else { return }
    let stretch = samples.stretch
    let memory = filtered.reserve(stretch.count)
    let lanes = [samples.vertical, samples.north, samples.east]
    // A component that is not there reads another one's samples, and its lane becomes zero.
    guard let any = lanes.compactMap({ $0?.samples.baseAddress }).first else { return }
    let (up, north, east) = (
      lanes[0]?.samples.baseAddress ?? any, lanes[1]?.samples.baseAddress ?? any,
      lanes[2]?.samples.baseAddress ?? any
    )
    var mask = SIMD4<Double>()
    for lane in 0..<3 { mask[lane] = lanes[lane] == nil ? 0 : 1 }
    let first = stretch.lowerBound
    let offset = SIMD4(up[first], north[first], east[first], 0)
    for index in 0..<stretch.count {
      memory[index] = (SIMD4(up[first + index], north[first + index], east[first + index], 0) - offset) * mask
    }
    bandpass.filter(memory, count: stretch.count)
    for lane in 0..<3 {
      for gap in lanes[lane]?.missing ?? [] where gap.overlaps(stretch) {
        for index in gap.clamped(to: stretch) { memory[index - first][lane] = 0 }
      }
    }
    samples.filtered = memory
  }

  private func measureBands(_ samples: StationSamples, _ design: RateDesign, _ p: Double, _ end: Double) {
    guard let vertical = samples.vertical, let base = vertical.samples.baseAddress,
      let window = samples.window(p - WaveformWindows.noise - WaveformWindows.settling, end),
      let noise = samples.window(p - WaveformWindows.noise, p, of: vertical),
      let signal = samples.window(p, end, of: vertical)
    else { return }
    let memory = banded.reserve(window.count)
    let offset = base[window.lowerBound]
    for index in 0..<window.count { memory[index] = SIMD4(repeating: base[window.lowerBound + index] - offset) }
    design.bands.filter(memory, count: window.count)
    for gap in vertical.missing where gap.overlaps(window) {
      for index in gap.clamped(to: window) { memory[index - window.lowerBound] = .zero }
    }
    func power(_ range: Range<Int>) -> SIMD4<Double> {
      var sum = SIMD4<Double>()
      for index in range {
        let value = memory[index - window.lowerBound]
        sum += value * value
      }
      return sum / Double(range.count - StationSamples.overlap(vertical.missing, range))
    }
    let (after, before) = (power(signal), power(noise))
    for (lane, feature) in [StationFeature.snrLow, .snrMid, .snrHigh].enumerated() where design.hasBand[lane] {
      set(feature, decibels(after[lane], before[lane]))
    }
  }

  private func measureDetectors(_ samples: StationSamples, _ p: Double) {
    let reach = WaveformWindows.detector
    let rate = samples.rate
    guard let filtered = samples.filtered, let range = samples.window(p - reach, p + reach, of: samples.vertical),
      let whole = samples.window(p - WaveformWindows.detectorStart, p + reach),
      let longCount = wholeNumber((WaveformWindows.longTerm * rate).rounded())
    else { return }
    var averages = RecursiveAverages(
      shortCount: max(WaveformWindows.shortTerm * rate, 1), longCount: max(WaveformWindows.longTerm * rate, 1))
    let start = max(range.lowerBound, whole.lowerBound + longCount)
    // The recursion begins with the second sample, as ObsPy's does.
    for index in whole.lowerBound + 1..<max(min(start, whole.upperBound), whole.lowerBound + 1) {
      averages.add(samples.sample(filtered, index)[0])
    }
    var largest = -Double.infinity
    if start < range.upperBound {
      for index in max(start, whole.lowerBound + 1)..<max(range.upperBound, start, whole.lowerBound + 1) {
        averages.add(samples.sample(filtered, index)[0])
        largest = max(largest, averages.ratio)
      }
    }
    set(.staLtaMax, largest)

    guard let count = wholeNumber((WaveformWindows.kurtosis * rate).rounded()), count > 1,
      let long = samples.window(p - reach - WaveformWindows.kurtosis, p + reach), count <= long.count
    else { return }
    let memory = moments.reserve(count)
    var peak = -Double.infinity
    slidingSums(count: long.count, window: count, scratch: memory) {
      powers(samples.sample(filtered, long.lowerBound + $0)[0])
    } body: { index, sums in
      if long.lowerBound + index >= range.lowerBound {
        let value = kurtosis(sums, count: Double(count))
        if value > peak { peak = value }
      }
    }
    set(.kurtosisMax, peak)
  }

  private func measureSpectrum(_ samples: StationSamples, _ design: RateDesign, _ p: Double) {
    let length = design.segmentCount
    guard length > 1, samples.stretch.count >= 2 * length, let vertical = samples.vertical,
      let signal = samples.window(p, p + WaveformWindows.body, of: vertical),
      let noise = samples.window(p - WaveformWindows.noise, p, of: vertical), signal.count >= length - 1,
      noise.count >= length, let welch = design.welch
    else { return }
    let count = welch.count
    let signalPower = UnsafeMutableBufferPointer(start: self.signalPower.reserve(count), count: count)
    let noisePower = UnsafeMutableBufferPointer(start: self.noisePower.reserve(count), count: count)
    signalPower.update(repeating: 0)
    noisePower.update(repeating: 0)
    let signals = welch.add(UnsafeBufferPointer(rebasing: vertical.samples[signal]), to: signalPower)
    let noises = welch.add(UnsafeBufferPointer(rebasing: vertical.samples[noise]), to: noisePower)
    guard signals > 0, noises > 0, let a = signalPower.baseAddress, let b = noisePower.baseAddress else { return }
    for bin in 0..<count {
      a[bin] /= Double(signals)
      b[bin] /= Double(noises)
    }
    let band = WaveformWindows.spectrum
    let spectrum = SignalSpectrum(
      signal: a, noise: b, count: count, step: samples.rate / Double(length),
      band: (band.low, min(band.high, WaveformWindows.nyquistShare * samples.rate / 2)))
    set(.centroidFrequency, spectrum.centroid)
    set(.bandwidth, spectrum.bandwidth)
    set(.dominantFrequency, spectrum.dominant)
    set(.spectralFlatness, spectrum.flatness)
    set(.spectralSlope, spectrum.slope)
  }

  private func measureBody(_ samples: StationSamples, _ p: Double) {
    guard let filtered = samples.filtered, let vertical = samples.vertical,
      let range = samples.window(p, p + WaveformWindows.body, of: vertical)
    else { return }
    var crossings = 0
    var squares = 0.0
    var peak = 0.0
    var sign = 0.0
    for index in range {
      let value = samples.sample(filtered, index)[0]
      squares += value * value
      peak = max(peak, abs(value))
      if value != 0 {
        // A change of sign, zeros between not counted.
        if value * sign < 0 { crossings += 1 }
        sign = value > 0 ? 1 : -1
      }
    }
    let present = Double(range.count - StationSamples.overlap(vertical.missing, range))
    guard peak > 0 else { return }
    set(.zeroCrossingRate, Double(crossings) * samples.rate / present)
    set(.spikiness, peak / (squares / present).squareRoot())
  }

  private func decibels(_ signal: Double, _ noise: Double) -> Double { 10 * logarithmToBase10(signal / noise) }

  /// A difference of directions of lines, 0 to 90 degrees.
  private func folded(_ degrees: Double) -> Double {
    guard degrees.isFinite else { return .nan }
    let turned = abs(degrees.truncatingRemainder(dividingBy: 180))
    return min(turned, 180 - turned)
  }

  // MARK: Input

  private func design(rate: Double) -> RateDesign? {
    if let place = designs.firstIndex(where: { $0.rate == rate }) { return designs[place] }
    guard let design = RateDesign(rate: rate) else { return nil }
    // Archives have a handful of rates.
    if designs.count >= 8 { designs.removeFirst() }
    designs.append(design)
    return design
  }

  /// The samples that features can need.
  private static func stretch(_ record: StationRecord, _ arrivals: StationArrivals) -> Range<Int>? {
    let times = [arrivals.p, arrivals.s, arrivals.predictedP].filter { $0.isFinite }
    guard record.count > 0, let earliest = times.min(), let latest = times.max() else { return nil }
    // Filters start at rest with the stretch's first sample.
    let margin = WaveformWindows.settling
    guard
      let first = wholeNumber(((earliest - StationEnvelope.before - margin) * record.samplingRate).rounded(.down)),
      let end = wholeNumber(((latest + StationEnvelope.after + margin) * record.samplingRate).rounded(.up)),
      first < end, (first..<end).overlaps(0..<record.count)
    else { return nil }
    return (first..<end).clamped(to: 0..<record.count)
  }

  /// Calls with a component that is fit for measuring, or else with nil.
  private static func withComponent<Result>(
    _ component: StationRecord.Component?, _ count: Int, _ stretch: Range<Int>,
    _ body: (StationSamples.Component?) -> Result
  ) -> Result {
    guard let component, component.samples.count == count,
      StationSamples.overlap(component.missing, stretch) < stretch.count
    else { return body(nil) }
    return component.samples.withUnsafeBufferPointer { samples in
      // An instrument that says nothing; most say something with the second sample.
      let first = samples[stretch.lowerBound]
      guard !stretch.allSatisfy({ samples[$0] == first }) else { return body(nil) }
      // A product with zero is zero only for what is finite.
      var sum = SIMD4<Double>()
      var index = stretch.lowerBound
      while index + 4 <= stretch.upperBound {
        sum += SIMD4(samples[index], samples[index + 1], samples[index + 2], samples[index + 3]) * 0
        index += 4
      }
      while index < stretch.upperBound {
        sum[0] += samples[index] * 0
        index += 1
      }
      guard sum.sum() == 0 else { return body(nil) }
      return body(
        StationSamples.Component(samples: samples, missing: component.missing, clipped: component.clipped))
    }
  }
}

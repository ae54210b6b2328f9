import SeismicFormats

/// A component of a station's record while the record is made.
struct ComponentPart {
  var component: ChannelChoice.Component
  let stream: StreamID
  /// The nominal rate that most of its samples have.
  let rate: Double
  /// What the inventory says of it; nil where it says nothing.
  let channel: Channel?
  var samples: [Double] = []
  var missing: [Range<Int>] = []
  var clipped: [Range<Int>] = []
  var isUsed = false

  init(component: ChannelChoice.Component, stream: StreamID, rate: Double, channel: Channel?) {
    self.component = component
    self.stream = stream
    self.rate = rate
    self.channel = channel
  }

  /// Where it points, where the inventory says so.
  var orientation: Orientation? {
    guard let azimuth = channel?.azimuth, let dip = channel?.dip, azimuth.isFinite, dip.isFinite else { return nil }
    return Orientation(azimuth: azimuth, dip: dip)
  }

  /// Puts fragments on the record's grid.
  ///
  /// - Returns: false where there is no sample, or the rate cannot be changed to the grid's.
  mutating func fill(
    _ traces: [Trace], _ grid: SampleGrid, _ span: Range<UTCTime>, _ options: AssemblyOptions,
    _ report: inout AssemblyReport
  ) -> Bool {
    // A rate that is off by so little that it never makes a sample is no other rate.
    let isOwnRate = abs(rate / grid.samplingRate - 1) <= NominalRate.tolerance
    let ownRate = isOwnRate ? grid.samplingRate : rate
    let length =
      isOwnRate ? Double(grid.count) : span.upperBound.timeInterval(since: grid.start).nextUp * ownRate
    guard length < Double(SampleGrid.countLimit) else {
      report.leftOut.append(stream.channel)
      return false
    }
    let count = isOwnRate ? grid.count : max(Int((length - 1e-3).rounded(.up)), 1)
    let shift =
      options.startsWithSpan
      ? Self.commonShift(traces, grid.start, ownRate, span) : Self.shift(traces, grid.start, ownRate, span)
    // Samples that stand between those of the grid are put on their own, which begins before it, and moved.
    let start = grid.start.advanced(by: -shift / ownRate)
    guard let own = SampleGrid(start: start, samplingRate: ownRate, count: count + (shift > 0 ? 1 : 0)) else {
      report.leftOut.append(stream.channel)
      return false
    }
    (samples, missing) = TraceMerge.place(traces, on: own, options: options.merge, counts: &report.counts)
    if missing == [0..<own.count] || own.count == 0 { return false }
    clipped = samples.withUnsafeBufferPointer { Clipping.ranges($0) }
    GapFilling.fill(&samples, missing)
    if shift > 0 {
      samples = FractionalShift.values(samples, at: shift, count: count)
      missing = Self.between(missing, count)
      clipped = Self.between(clipped, count)
      report.shifted.append(stream.channel)
    }
    if isOwnRate { return true }
    guard let resampler = RationalResampler(from: rate, to: grid.samplingRate) else {
      report.leftOut.append(stream.channel)
      return false
    }
    report.resampled[stream.channel] = rate
    samples = resampler.resample(samples)
    // The last sample of the grid may lie behind the last one of the data.
    if samples.count > grid.count { samples.removeLast(samples.count - grid.count) }
    if let last = samples.last, samples.count < grid.count {
      samples += [Double](repeating: last, count: grid.count - samples.count)
    }
    let ratio = grid.samplingRate / rate
    missing = Self.moved(missing, ratio, grid.count)
    clipped = Self.moved(clipped, ratio, grid.count)
    return samples.count == grid.count
  }

  /// How far, in intervals, the samples of the longest fragment in the span stand before those of a grid of the same rate: 0
  /// for less than a tenth either way, else between 0 and 1.
  static func shift(_ traces: [Trace], _ start: UTCTime, _ rate: Double, _ span: Range<UTCTime>) -> Double {
    var best: (count: Int, time: UTCTime)?
    for trace in traces {
      let range = trace.indices(in: span)
      guard !range.isEmpty else { continue }
      let time = trace.time(of: range.lowerBound)
      if let best, (best.count, time) >= (range.count, best.time) { continue }
      best = (range.count, time)
    }
    guard let best else { return 0 }
    let distance = start.timeInterval(since: best.time) * rate
    let shift = distance - distance.rounded(.down)
    return shift >= 0.1 && shift <= 0.9 ? shift : 0
  }

  /// How far, in intervals, most samples in the span stand before those of a grid of the same rate, in whole 128ths: 0 for
  /// less than a tenth either way, else between 0 and 1.
  ///
  /// No multiple of a microsecond lies between two 128ths of an interval of 10 ms, so rounded times make no difference.
  static func commonShift(_ traces: [Trace], _ start: UTCTime, _ rate: Double, _ span: Range<UTCTime>) -> Double {
    let steps = 128
    var counts = [Int](repeating: 0, count: steps)
    for trace in traces {
      let range = trace.indices(in: span)
      guard !range.isEmpty else { continue }
      let distance = start.timeInterval(since: trace.time(of: range.lowerBound)) * rate
      let phase = ((distance - distance.rounded(.down)) * Double(steps)).rounded()
      guard phase >= 0, phase <= Double(steps) else { continue }
      counts[Int(phase) % steps] += range.count
    }
    guard let most = counts.max(), let place = counts.firstIndex(of: most) else { return 0 }
    let shift = Double(place) / Double(steps)
    return shift >= 0.1 && shift <= 0.9 ? shift : 0
  }

  /// Ranges of samples, as ranges of values between each sample and the next.
  static func between(_ ranges: [Range<Int>], _ count: Int) -> [Range<Int>] {
    GapFilling.union(
      [],
      ranges.compactMap { range in
        let moved = max(range.lowerBound - 1, 0)..<min(range.upperBound, count)
        return moved.isEmpty ? nil : moved
      })
  }

  /// Ranges of samples at another rate: every sample that lies between the neighbours of a range.
  static func moved(_ ranges: [Range<Int>], _ ratio: Double, _ count: Int) -> [Range<Int>] {
    var moved: [Range<Int>] = []
    for range in ranges {
      let lower = max(Int(((Double(range.lowerBound) - 1) * ratio).rounded(.down)) + 1, 0)
      let upper = min(Int((Double(range.upperBound) * ratio).rounded(.up)), count)
      guard lower < upper else { continue }
      if let last = moved.last, last.upperBound >= lower {
        moved[moved.count - 1] = last.lowerBound..<max(last.upperBound, upper)
      } else {
        moved.append(lower..<upper)
      }
    }
    return moved
  }
}

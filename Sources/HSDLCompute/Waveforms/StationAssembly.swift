public import SeismicFormats

/// How a station's record is made.
public struct AssemblyOptions: Hashable, Sendable {
  /// The rate that the record is to have, in Hz; nil keeps the rate of the data, which is that of the vertical component, or
  /// of the first one, where components differ.
  public var samplingRate: Double?
  /// How fragments are put together.
  public var merge = MergeOptions()
  /// Whether samples are divided by the inventory's sensitivity, where it is known for all components.
  public var removesSensitivity = true
  /// Whether components are turned to up, north and east, where the inventory says how they stand.
  public var rotates = true
  /// Whether the record's samples stand at the begin of the span and whole intervals behind it, instead of at the times of the
  /// data.
  ///
  /// Samples that stand between are moved by whole 128ths of an interval, as most of them need it, so that the result
  /// does not depend on how the data are cut into fragments.
  public var startsWithSpan = false

  /// Creates the usual options.
  public init(samplingRate: Double? = nil) { self.samplingRate = samplingRate }
}

/// What was done to make a station's record.
public struct AssemblyReport: Hashable, Sendable {
  /// The sensor that was chosen.
  public var sensor: Sensor
  /// What happened when fragments were put together, over all components.
  public var counts = MergeCounts()
  /// The channels whose nominal rate is not the record's, with the rate that they have.
  public var resampled: [String: Double] = [:]
  /// The channels whose samples stood between those of the record and were moved there.
  public var shifted: [String] = []
  /// The channels that could not be brought to the record's rate and were left out.
  public var leftOut: [String] = []
  /// Whether components were turned.
  public var isRotated = false
}

extension StationRecord {
  /// Makes a station's record from what an archive has of it.
  ///
  /// The sensor is chosen by ``ChannelChoice``, by what lies in the span. Fragments are put together by ``TraceMerge``, at the
  /// nominal rate; the first sample is that of the longest fragment that lies in the span first, so that the samples of most
  /// data stand at their own times. A component of which the longest fragment stands a tenth of an interval or more beside the
  /// record's grid is moved there by a windowed sinc; other fragments go to the nearest sample. Missing samples become straight lines, and are marked, as clipped ones are. Then come
  /// sensitivity, rate and orientation. The result does not depend on the order of the traces.
  ///
  /// - Parameters:
  ///   - traces: fragments of one station, of any of its channels; what lies outside the span is not used.
  ///   - station: the station; traces of others are left out.
  ///   - span: from the lower bound on, up to and without the upper bound.
  ///   - channels: what the inventory says of the station's channels; those whose epoch holds the begin of the span count.
  ///   - options: how.
  /// - Returns: the record, and what was done; nil where there is no sample in the span, or the span is too long.
  public static func assemble(
    _ traces: [Trace], station: StationID, span: Range<UTCTime>, channels: [Channel] = [],
    options: AssemblyOptions = AssemblyOptions()
  ) -> (record: StationRecord, report: AssemblyReport)? {
    guard !span.isEmpty else { return nil }
    var counts: [StreamID: [Double: Int]] = [:]
    var usable: [Trace] = []
    for trace in traces where trace.id.stationID == station && trace.samplingRate > 0 && trace.samplingRate.isFinite {
      if case .text = trace.samples { continue }
      let inside = trace.indices(in: span).count
      guard inside > 0 else { continue }
      counts[trace.id, default: [:]][trace.samplingRate, default: 0] += inside
      usable.append(trace)
    }
    let candidates = counts.flatMap { stream, rates in
      rates.map { ChannelChoice.Candidate(stream: stream, samplingRate: $0.key, count: $0.value) }
    }
    guard let sensor = ChannelChoice.choose(candidates) else { return nil }
    var report = AssemblyReport(sensor: sensor)
    usable = usable.filter { sensor.streams.contains($0.id) }

    var parts = components(sensor, counts, channels, span)
    guard let first = parts.first else { return nil }
    let rate = options.samplingRate.flatMap { $0 > 0 && $0.isFinite ? $0 : nil } ?? first.rate
    usable = usable.filter { trace in parts.contains { $0.stream == trace.id } }
    guard let anchor = options.startsWithSpan ? span.lowerBound : anchor(usable, span, parts),
      let grid = SampleGrid(span: span, samplingRate: rate, anchor: anchor), grid.count > 0
    else { return nil }

    for index in parts.indices {
      let own = usable.filter { $0.id == parts[index].stream }
      parts[index].isUsed = parts[index].fill(own, grid, span, options, &report)
    }
    parts.removeAll { !$0.isUsed }
    guard !parts.isEmpty else { return nil }

    var record = StationRecord(station: station, start: grid.start, samplingRate: rate, count: grid.count)
    if options.removesSensitivity { divide(&parts, &record) }
    arrange(&parts, &record, &report, rotates: options.rotates)
    return (record, report)
  }

  /// The components of a sensor: at most one stream each, vertical first.
  private static func components(
    _ sensor: Sensor, _ counts: [StreamID: [Double: Int]], _ channels: [Channel], _ span: Range<UTCTime>
  ) -> [ComponentPart] {
    let codes = sensor.streams.map(\.channel)
    var parts: [ComponentPart] = []
    for component in ChannelChoice.Component.allCases {
      // Names that differ in case alone: the one with more samples, then by name.
      let streams = sensor.streams.filter { ChannelChoice.component($0.channel, among: codes) == component }
      let best = streams.max { left, right in
        let (a, b) = (counts[left]?.values.reduce(0, +) ?? 0, counts[right]?.values.reduce(0, +) ?? 0)
        return a != b ? a < b : left > right
      }
      guard let best, let rates = counts[best] else { continue }
      var sums: [Double: Int] = [:]
      for (rate, count) in rates { sums[NominalRate.nominal(rate), default: 0] += count }
      let rate = sums.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key ?? 0
      let channel = channels.first {
        $0.code.uppercased() == best.channel.uppercased() && $0.location == best.location
          && $0.epoch.contains(span.lowerBound)
      }
      parts.append(ComponentPart(component: component, stream: best, rate: rate, channel: channel))
    }
    return parts
  }

  /// A time at which there is a sample.
  ///
  /// Of the longest fragment in the span, then of the earliest, then of the first component; a fragment counts when it has
  /// the rate of its component.
  private static func anchor(_ traces: [Trace], _ span: Range<UTCTime>, _ parts: [ComponentPart]) -> UTCTime? {
    var best: (count: Int, start: UTCTime, part: Int)?
    for trace in traces {
      guard let part = parts.firstIndex(where: { $0.stream == trace.id }),
        NominalRate.nominal(trace.samplingRate) == parts[part].rate
      else { continue }
      let range = trace.indices(in: span)
      guard !range.isEmpty else { continue }
      let candidate = (count: range.count, start: trace.time(of: range.lowerBound), part: part)
      if let best, (-best.count, best.start, best.part) <= (-candidate.count, candidate.start, candidate.part) {
        continue
      }
      best = candidate
    }
    return best?.start
  }

  /// Divides by the sensitivities, if all are known and of the same unit.
  private static func divide(_ parts: inout [ComponentPart], _ record: inout StationRecord) {
    let known = parts.compactMap { $0.channel?.sensitivity }
    guard known.count == parts.count, let first = known.first,
      known.allSatisfy({ $0.value.isFinite && $0.value != 0 && $0.inputUnits == first.inputUnits })
    else { return }
    for (index, sensitivity) in known.enumerated() {
      let factor = 1 / sensitivity.value
      parts[index].samples.withUnsafeMutableBufferPointer { samples in
        for sample in samples.indices { samples[sample] *= factor }
      }
    }
    record.sensitivity = first.value
    record.inputUnits = first.inputUnits
  }

  /// Turns components, and puts them into the record.
  private static func arrange(
    _ parts: inout [ComponentPart], _ record: inout StationRecord, _ report: inout AssemblyReport, rotates: Bool
  ) {
    let letters = parts.map { ChannelChoice.letter($0.stream.channel) }
    record.isOriented = letters.contains("N") && letters.contains("E")
    let orientations = parts.map(\.orientation)
    let known = orientations.compactMap { $0 }
    if rotates, known.count == parts.count {
      let isStandard = zip(parts, known).allSatisfy { part, orientation in
        orientation.isNear(Orientation.axes[part.component.rawValue])
      }
      if isStandard {
        record.isOriented = parts.contains { $0.component == .north } && parts.contains { $0.component == .east }
      } else if parts.count == 3, let inverse = ComponentRotation.inverse(known) {
        turn(&parts, inverse, [0, 1, 2], &record, &report)
      } else if parts.count == 1, abs(known[0].dip) > 45 {
        // One component that stands upright, whichever way and whatever it is called.
        parts[0].component = .vertical
        if known[0].dip > 0 { parts[0].samples = parts[0].samples.map { -$0 } }
        report.isRotated = known[0].dip > 0
      }
    }
    if rotates, !report.isRotated, !record.isOriented || known.count < parts.count {
      turnHorizontals(&parts, &record, &report)
    }
    for part in parts {
      let component = Component(
        channel: part.stream.channel, samples: part.samples, missing: part.missing, clipped: part.clipped)
      switch part.component {
      case .vertical: record.vertical = component
      case .north: record.north = component
      case .east: record.east = component
      }
    }
  }

  /// Turns two horizontals by themselves, where only they are known to lie flat.
  private static func turnHorizontals(
    _ parts: inout [ComponentPart], _ record: inout StationRecord, _ report: inout AssemblyReport
  ) {
    let places = parts.indices.filter { parts[$0].component != .vertical }
    let known = places.compactMap { parts[$0].orientation }
    guard places.count == 2, known.count == 2, known.allSatisfy({ abs($0.dip) <= 5 }) else { return }
    if known[0].isNear(Orientation.axes[1]), known[1].isNear(Orientation.axes[2]) {
      record.isOriented = true
      return
    }
    let flat = [Orientation.axes[0]] + known.map { Orientation(azimuth: $0.azimuth, dip: 0) }
    guard let inverse = ComponentRotation.inverse(flat) else { return }
    turn(&parts, [Array(inverse[1][1...]), Array(inverse[2][1...])], places, &record, &report)
  }

  private static func turn(
    _ parts: inout [ComponentPart], _ matrix: [[Double]], _ places: [Int], _ record: inout StationRecord,
    _ report: inout AssemblyReport
  ) {
    let turned = ComponentRotation.apply(matrix, places.map { parts[$0].samples })
    let missing = places.reduce([]) { GapFilling.union($0, parts[$1].missing) }
    let clipped = places.reduce([]) { GapFilling.union($0, parts[$1].clipped) }
    for (place, samples) in zip(places, turned) {
      parts[place].samples = samples
      parts[place].missing = missing
      parts[place].clipped = clipped
    }
    report.isRotated = true
    record.isOriented = true
  }
}

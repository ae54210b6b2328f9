import HSDLCompute
import SeismicFormats

/// Windows of an archive around the picks of catalogs, and windows of what lies between them.
///
/// A sample is an event at a station with a P or S pick; picks of other events in its span are labelled too. Between two picks of
/// a station that lie far enough apart there is one sample of noise, at a place that depends on the station and the time alone.
final class ArchiveRecords: TrainingRecords {
  /// A pick at a station.
  private struct StationPhase {
    var time: UTCTime
    var wave: Wave
    var event: Int
  }

  private struct Sample {
    var station: Int
    var span: Range<UTCTime>
    /// −1 for noise.
    var event: Int
    /// The station's phases that may lie in the span.
    var phases: Range<Int>
  }

  /// Seconds behind the last pick of an event and before the first of the next that are no noise.
  private static let quiet = (behind: 90.0, before: 30.0)

  private let path: String
  private let archive: any WaveformArchive
  private let inventory: Inventory
  private let rate: Double
  private var stations: [StationID] = []
  private var streams: [[StreamID]] = []
  private var phases: [[StationPhase]] = []
  private var eventNames: [String] = []
  private var samples: [Sample] = []

  /// Reads the picks of catalogs and finds the windows.
  ///
  /// - Parameters:
  ///   - catalogs: files of any format.
  ///   - archive: the waveforms.
  ///   - name: the archive's name, for messages.
  ///   - inventory: the stations; nil where none are known.
  ///   - window: seconds of a picker's window.
  ///   - rate: the picker's samples per second.
  ///   - onProblem: told of picks whose station the archive does not have.
  /// - Throws: ``FormatError``; what `onProblem` throws.
  init(
    catalogs: [String], archive: any WaveformArchive, name: String, inventory: Inventory?, window: Double, rate: Double,
    onProblem: @escaping ProblemHandler
  ) throws {
    path = name
    self.archive = archive
    self.inventory = inventory ?? Inventory()
    self.rate = rate
    let network = StationNetwork(inventory: inventory, archive: archive)
    var own: [StationID: [StreamID]] = [:]
    for stream in archive.streams { own[stream.stationID, default: []].append(stream) }
    var collected: [StationID: [StationPhase]] = [:]
    var unknown: [StationID: Int] = [:]
    for catalog in catalogs {
      let reader = try CatalogFormat.open(catalog, onProblem: onProblem).reader
      while let event = try reader.next() {
        let number = eventNames.count
        eventNames.append(event.tableID)
        for phase in event.phases {
          guard let station = network.resolved(phase.station), own[station] != nil else {
            unknown[phase.station, default: 0] += 1
            continue
          }
          collected[station, default: []].append(StationPhase(time: phase.time, wave: phase.wave, event: number))
        }
      }
    }
    for (station, count) in unknown.sorted(by: { $0.key < $1.key }) {
      try onProblem(
        Problem(
          file: name, found: "no waveforms of station \(station)", expected: "those of the \(count) picks there",
          action: "picks not used"))
    }
    for (station, found) in collected.sorted(by: { $0.key < $1.key }) {
      stations.append(station)
      streams.append(own[station] ?? [])
      let sorted = Self.firstOfEach(found)
      phases.append(sorted)
      findSamples(stations.count - 1, sorted, window)
    }
  }

  /// The phases in order of time; of several of one event and kind the first.
  private static func firstOfEach(_ found: [StationPhase]) -> [StationPhase] {
    struct Key: Hashable {
      var event: Int
      var wave: Wave
    }
    let sorted = found.sorted {
      ($0.time, $0.event, $0.wave == .p ? 0 : 1) < ($1.time, $1.event, $1.wave == .p ? 0 : 1)
    }
    var seen: Set<Key> = []
    return sorted.filter { seen.insert(Key(event: $0.event, wave: $0.wave)).inserted }
  }

  private func findSamples(_ station: Int, _ phases: [StationPhase], _ window: Double) {
    // Whatever place a window is given, it lies in the span.
    let reach = window * 1.02
    var low = 0
    var spans: [Int: Range<UTCTime>] = [:]
    var order: [Int] = []
    for phase in phases {
      let span = phase.time.advanced(by: -reach)..<phase.time.advanced(by: reach)
      if let known = spans[phase.event] {
        // An S that is minutes behind is not one of this event, or too far for a window.
        if phase.time < known.upperBound { spans[phase.event] = known.lowerBound..<span.upperBound }
      } else {
        spans[phase.event] = span
        order.append(phase.event)
      }
    }
    for event in order {
      guard let span = spans[event] else { continue }
      while low < phases.count, phases[low].time < span.lowerBound { low += 1 }
      var high = low
      while high < phases.count, phases[high].time < span.upperBound { high += 1 }
      add(Sample(station: station, span: span, event: event, phases: low..<high))
    }
    for (before, behind) in zip(phases, phases.dropFirst()) {
      let from = before.time.advanced(by: Self.quiet.behind)
      let room = behind.time.timeInterval(since: from) - Self.quiet.before
      guard room >= reach else { continue }
      let length = min(2 * reach, room)
      var random = SplitMix64(seed: stableHash("\(stations[station]) \(before.time)"))
      let start = from.advanced(by: (room - length) * random.uniform())
      add(Sample(station: station, span: start..<start.advanced(by: length), event: -1, phases: 0..<0))
    }
  }

  private func add(_ sample: Sample) {
    // What the index knows is no reason to open files, or to complain.
    if streams[sample.station].contains(where: { archive.mayHave($0, in: sample.span) }) { samples.append(sample) }
  }

  var count: Int { samples.count }

  private func name(_ sample: Sample) -> String {
    "\(stations[sample.station]) \(sample.span.lowerBound)" + (sample.event < 0 ? "" : " \(eventNames[sample.event])")
  }

  func entry(_ index: Int, onProblem: ProblemHandler) -> TrainingEntry {
    let sample = samples[index]
    let group = sample.event < 0 ? "noise \(name(sample))" : "event \(eventNames[sample.event])"
    return TrainingEntry(isNoise: sample.event < 0, group: stableHash(group), time: sample.span.lowerBound)
  }

  func raw(_ index: Int, onProblem: ProblemHandler) throws -> RawRecord {
    let sample = samples[index]
    let station = stations[sample.station]
    var raw = RawRecord(
      file: path, name: name(sample), samplingRate: rate, components: [nil, nil, nil], requiresArrivalsInside: false)
    // A little more on both sides, so that filters and resampling have run in.
    let wide = sample.span.lowerBound.advanced(by: -1)..<sample.span.upperBound.advanced(by: 1)
    var traces: [Trace] = []
    var channels: [Channel] = []
    for stream in streams[sample.station] where archive.mayHave(stream, in: wide) {
      traces += try archive.read(stream, in: wide, onProblem: onProblem)
      guard var channel = inventory.channel(stream, at: sample.span.lowerBound)?.channel else { continue }
      channel.location = stream.location
      channel.epoch = Epoch()
      channels.append(channel)
    }
    var options = AssemblyOptions(samplingRate: rate)
    options.removesSensitivity = false
    guard
      let (record, _) = StationRecord.assemble(
        traces, station: station, span: wide, channels: channels, options: options)
    else { throw raw.failure("has no samples", "samples from \(wide.lowerBound) to \(wide.upperBound)") }
    let components = [record.vertical, record.north, record.east]
    raw.components = components.map { $0?.samples }
    raw.missing = components.map { $0?.missing ?? [] }
    var found: [(event: Int, p: Double?, s: Double?)] = []
    for phase in phases[sample.station][sample.phases] {
      let place = phase.time.timeInterval(since: record.start) * rate
      guard place >= 0, place <= Double(record.count - 1) else { continue }
      // An arrival of which there is no sample teaches nothing.
      let here = Int(place)
      guard components.contains(where: { $0.map { !$0.missing.contains { $0.contains(here) } } ?? false }) else {
        continue
      }
      let slot = found.firstIndex { $0.event == phase.event } ?? found.count
      if slot == found.count { found.append((phase.event, nil, nil)) }
      if phase.wave == .p { found[slot].p = place } else { found[slot].s = place }
    }
    if sample.event >= 0, !found.contains(where: { $0.event == sample.event }) {
      throw raw.failure("has no samples at its arrivals", "samples there")
    }
    raw.arrivals = found.map { PhaseArrivals(p: $0.p, s: $0.s) }
    return raw
  }
}

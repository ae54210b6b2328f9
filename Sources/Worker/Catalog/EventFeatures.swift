public import HSDLCompute
public import SeismicFormats

/// Computes all features of events: of their picks, of their origins, and of the waveforms at every station in range that
/// has data; and takes over what the catalog says of their quality.
///
/// Arrivals are the event's picks, or the predicted ones where there is no pick. An object belongs to one rank and one
/// thread.
public final class EventFeatures {
  /// What came of an event beside its features.
  public struct Outcome {
    /// Whether there was neither a pick nor a waveform to work on.
    public var isEmpty: Bool
    /// Picks that have no place in the features.
    public var unusablePickCount: Int
    /// What the user should know of the event.
    public var remarks: [String]
    /// Seconds spent on reading waveforms.
    public var readingSeconds: Double
    /// Rows of `station_features.csv`, if they are wanted.
    public var stationRows: [UInt8] = []
    /// What the discriminator sees of the event, if it is wanted and there is something to see.
    public var windows: EventWindows?
  }

  /// Stations of which waveforms were used in the unit, added over the events.
  public private(set) var stationWindowCount = 0

  /// Told of what each station has recorded of an event, and when waves arrive there; nil for nobody.
  public var onRecord: ((StationRecord, StationArrivals) -> Void)?

  /// Seconds before the first and behind the last arrival that features of waveforms look at.
  static let margins = (before: 66.0, behind: 72.0)

  private let network: StationNetwork
  private let travelTimes: TravelTimes
  private let maximumDistance: Double
  private let maximumStations: Int
  private let wantsWaveforms: Bool
  private let wantsOrigin: Bool
  private let wantsQuality: Bool
  private let wantsStationRows: Bool
  private let stationRows = TextSink()
  private let picks = PickFeatures(.picks)
  private let waveforms = WaveformFeatures()
  private let group = PickGroup()
  private let originFeatures: OriginFeatures
  private let windows: EventWindowExtractor?

  /// Prepares to compute.
  ///
  /// - Parameters:
  ///   - inventory: the stations; nil where none are known.
  ///   - archive: the waveforms; nil where there are none.
  ///   - maximumDistance: stations farther than this from the epicentre are not looked at, in km.
  ///   - maximumStations: at most so many stations are looked at, the nearest ones.
  ///   - features: those that are wanted; others may come out as NaN.
  ///   - wantsStationRows: whether the features of single stations are wanted too.
  ///   - windows: makes the windows that the discriminator sees from the same records; nil where they are not wanted.
  public init(
    inventory: Inventory?, archive: (any WaveformArchive)?, travelTimes: TravelTimes, maximumDistance: Double,
    maximumStations: Int, features: FeatureSet, wantsStationRows: Bool = false, windows: EventWindowExtractor? = nil
  ) {
    self.windows = windows
    self.wantsStationRows = wantsStationRows
    network = StationNetwork(inventory: inventory, archive: archive)
    self.travelTimes = travelTimes
    originFeatures = OriginFeatures(travelTimes)
    self.maximumDistance = maximumDistance
    self.maximumStations = maximumStations
    func wants(_ set: FeatureSet) -> Bool { features.intersection(set).count > 0 }
    wantsWaveforms = archive != nil && (wants(.waveforms) || windows != nil)
    wantsOrigin = wants(.origin)
    wantsQuality = wants(.quality)
  }

  /// Begins a unit.
  public func beginUnit() { stationWindowCount = 0 }

  /// Computes the features of an event.
  ///
  /// - Parameters:
  ///   - id: the event's identifier in tables.
  ///   - neighbours: the events before this one.
  ///   - values: room for all known features; what cannot be computed becomes NaN.
  ///   - onProblem: told of what could not be used.
  /// - Throws: what `onProblem` throws.
  public func compute(
    _ event: Event, id: String, neighbours: NeighbourEvents, into values: UnsafeMutableBufferPointer<Double>,
    onProblem: ProblemHandler
  ) throws -> Outcome {
    values.update(repeating: .nan)
    let phases = event.phases
    var name = id
    name.withUTF8 { group.assign(id: $0, phases: phases) }
    picks.compute(group.rows, into: UnsafeMutableBufferPointer(rebasing: values[..<PickFeatures.count]))
    var outcome = Outcome(
      isEmpty: group.rows.isEmpty, unusablePickCount: group.unusableRowCount + event.picks.count - phases.count,
      remarks: [], readingSeconds: 0)
    guard let origin = event.preferredOrigin else {
      outcome.remarks.append("no origin, so picks alone were looked at")
      return outcome
    }
    guard let place = EpicentralPlace(origin) else {
      outcome.remarks.append("the origin's coordinates are not on the Earth")
      try onProblem(
        Problem(
          file: "", eventID: id, found: "latitude \(origin.latitude.value), longitude \(origin.longitude.value)",
          expected: "degrees on the Earth", action: "only picks were looked at"))
      return outcome
    }
    if let depth = origin.depth?.value, !EpicentralPlace.depths.contains(depth / 1000) {
      outcome.remarks.append("the depth is not one of earthquakes")
      try onProblem(
        Problem(
          file: "", eventID: id, found: "a depth of \(depth / 1000) km",
          expected: "\(Int(EpicentralPlace.depths.lowerBound)) to \(Int(EpicentralPlace.depths.upperBound)) km",
          action: "taken as not known"))
    }
    let sites = network.sites(around: place, at: origin.time.value, within: maximumDistance)
    if wantsOrigin {
      let own = originFeatures.compute(
        eventOrigin(event, origin, place, phases, sites), neighbours: neighbours)
      for (index, value) in own.enumerated() { values[PickFeatures.count + index] = value }
    }
    if wantsQuality {
      let own = QualityFeatures.compute(origin, magnitude: event.preferredMagnitude)
      for (index, value) in own.enumerated() { values[FeatureSet.all.count + index] = value }
    }
    if wantsWaveforms {
      let used = try computeWaveforms(
        id, origin, place, phases, sites, &outcome,
        into: UnsafeMutableBufferPointer(
          rebasing: values[(PickFeatures.count + OriginFeatures.count)..<FeatureSet.all.count]), onProblem: onProblem)
      stationWindowCount += used
      if used > 0 { outcome.isEmpty = false }
      if used == 0 { outcome.remarks.append("no waveforms") }
    }
    return outcome
  }
}

extension EventFeatures {
  /// The event as features of origins see it.
  private func eventOrigin(
    _ event: Event, _ origin: Origin, _ place: EpicentralPlace, _ phases: [EventPhase], _ sites: [StationNetwork.Site]
  ) -> EventOrigin {
    let uncertainties = OriginUncertainties(origin)
    var value = EventOrigin(time: origin.time.value, latitude: place.latitude, longitude: place.longitude)
    value.depth = place.statedDepth
    value.magnitude = event.preferredMagnitude?.mag.value ?? .nan
    value.stationMagnitudes = event.stationMagnitudes.map(\.mag.value)
    value.horizontalError = uncertainties.horizontal
    value.depthError = uncertainties.depth
    value.phases = phases.map { phase in
      let (number, station) = network.station(of: phase.station, at: origin.time.value)
      return EventOrigin.Phase(
        station: number, wave: phase.wave, time: phase.time, latitude: station?.latitude ?? .nan,
        longitude: station?.longitude ?? .nan,
        elevation: station?.elevation ?? 0)
    }
    let moment = origin.time.value..<origin.time.value.advanced(by: 60)
    value.running = sites.filter { site in
      guard let archive = network.archive else { return true }
      return site.streams.contains { archive.mayHave($0, in: moment) }
    }.map {
      EventOrigin.RunningStation(
        station: stableHash($0.id.description), latitude: $0.latitude, longitude: $0.longitude)
    }
    return value
  }

  /// Measures the waveforms of the stations in range.
  ///
  /// - Returns: how many stations had data.
  private func computeWaveforms(
    _ id: String, _ origin: Origin, _ place: EpicentralPlace, _ phases: [EventPhase], _ sites: [StationNetwork.Site],
    _ outcome: inout Outcome, into values: UnsafeMutableBufferPointer<Double>, onProblem: ProblemHandler
  ) throws -> Int {
    guard let archive = network.archive else { return 0 }
    let picked = firstPicks(phases)
    waveforms.begin(eventKey: stableHash(id))
    windows?.begin(pickedCount: picked.count)
    stationRows.removeAll()
    var used = 0
    var looked = 0
    for site in sites where !site.streams.isEmpty {
      guard looked < maximumStations else { break }
      let predictedP = travelTimes.time(.p, distance: site.distance, depth: place.depth, elevation: site.elevation)
      let predictedS = travelTimes.time(.s, distance: site.distance, depth: place.depth, elevation: site.elevation)
      guard predictedP.isFinite, predictedS.isFinite else { continue }
      let origin = origin.time.value
      let own = picked[site.id]
      // A pick far from where it can be is not one of this wave.
      func onset(_ pick: EventPhase?, _ predicted: Double) -> (time: Double, isPick: Bool) {
        guard let pick else { return (predicted, false) }
        let time = pick.time.timeInterval(since: origin)
        return abs(time - predicted) < Self.pickTolerance ? (time, true) : (predicted, false)
      }
      let p = onset(own?.p, predictedP)
      let s = onset(own?.s, predictedS)
      let span =
        origin.advanced(
          by: min(p.time, predictedP) - Self.margins.before)..<origin.advanced(
          by: max(s.time, predictedS) + Self.margins.behind)
      let begin = monotonicSeconds()
      let record = try record(of: site, in: span, from: archive, onProblem: onProblem)
      outcome.readingSeconds += monotonicSeconds() - begin
      guard let record else { continue }
      looked += 1
      let offset = record.start.timeInterval(since: origin)
      let arrivals = StationArrivals(
        p: p.time - offset, s: s.time - offset, predictedP: predictedP - offset, predictedS: predictedS - offset,
        isPPicked: p.isPick, isSPicked: s.isPick, distance: site.distance,
        hypocentralDistance: (site.distance * site.distance + place.depth * place.depth).squareRoot(),
        azimuth: site.azimuth, backazimuth: site.backazimuth)
      onRecord?(record, arrivals)
      try windows?.add(
        record, arrivals,
        EventWindowExtractor.Site(
          elevation: site.elevation, depth: place.statedDepth, probabilityP: own?.p?.probability ?? .nan,
          probabilityS: own?.s?.probability ?? .nan))
      guard waveforms.add(record, arrivals) else { continue }
      used += 1
      if wantsStationRows { appendRow(id, record, arrivals) }
    }
    outcome.stationRows = Array(stationRows.bytes)
    if let made = windows?.finish(), made.stationCount > 0 { outcome.windows = made }
    guard used > 0 else { return 0 }
    let travelTimes = travelTimes
    waveforms.finish(
      modelSlowness: { travelTimes.slowness(.p, distance: $0, depth: place.depth) }, into: values)
    return used
  }

  /// The picks of each station: of several of a phase the first in time.
  private func firstPicks(_ phases: [EventPhase]) -> [StationID: (p: EventPhase?, s: EventPhase?)] {
    var picked: [StationID: (p: EventPhase?, s: EventPhase?)] = [:]
    for phase in phases {
      guard let station = network.resolved(phase.station) else { continue }
      var own = picked[station] ?? (nil, nil)
      switch phase.wave {
      case .p: if own.p.map({ phase.time < $0.time }) ?? true { own.p = phase }
      case .s: if own.s.map({ phase.time < $0.time }) ?? true { own.s = phase }
      }
      picked[station] = own
    }
    return picked
  }

  /// What the archive has of a station in a span, made fit; nil where it has nothing.
  private func record(
    of site: StationNetwork.Site, in span: Range<UTCTime>, from archive: any WaveformArchive,
    onProblem: ProblemHandler
  ) throws -> StationRecord? {
    var traces: [Trace] = []
    for stream in site.streams where archive.mayHave(stream, in: span) {
      traces += try archive.read(stream, in: span, onProblem: onProblem)
    }
    guard !traces.isEmpty else { return nil }
    return StationRecord.assemble(
      traces, station: site.id, span: span, channels: network.channels(of: site, at: span.lowerBound))?.record
  }

  /// A pick farther than this from the predicted arrival is looked at as none, in seconds.
  private static let pickTolerance = 20.0
}

extension EventFeatures {
  /// The header line of `station_features.csv`.
  public static let stationHeader =
    "event_id,station,channels,sampling_rate_hz,distance_km,backazimuth,p_time,p_picked,s_time,s_picked,"
    + "\(WaveformFeatures.stationDefinitions.map(\.name).joined(separator: ","))\n"

  /// Adds the row of the station that was measured last.
  private func appendRow(_ id: String, _ record: StationRecord, _ arrivals: StationArrivals) {
    let sink = stationRows
    sink.append(cell: id)
    sink.append(byte: 44)
    sink.append(cell: record.station.description)
    sink.append(byte: 44)
    sink.append(cell: [record.vertical, record.north, record.east].compactMap { $0?.channel }.joined(separator: " "))
    for value in [record.samplingRate, arrivals.distance, arrivals.backazimuth] {
      sink.append(byte: 44)
      sink.append(toTenDecimals: value)
    }
    for (time, isPick) in [(arrivals.p, arrivals.isPPicked), (arrivals.s, arrivals.isSPicked)] {
      sink.append(byte: 44)
      sink.append(record.start.advanced(by: time), fractionDigits: 6)
      sink.append(isPick ? ",1" : ",0")
    }
    for value in waveforms.stationValues {
      sink.append(byte: 44)
      sink.append(toTenDecimals: value)
    }
    sink.append(byte: 10)
  }
}

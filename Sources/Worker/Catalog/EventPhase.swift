public import HSDLCompute
public import SeismicFormats

/// A phase of an event at a station: a pick, and what it is taken for.
public struct EventPhase: Sendable, Equatable {
  /// The station.
  public var station: StationID
  /// P or S.
  public var wave: Wave
  /// The time.
  public var time: UTCTime
  /// How sure the picker is, 0 to 1; NaN where it does not say.
  public var probability: Double

  /// Creates a phase.
  public init(station: StationID, wave: Wave, time: UTCTime, probability: Double = .nan) {
    self.station = station
    self.wave = wave
    self.time = time
    self.probability = probability
  }
}

extension Event {
  /// The P and S phases in the order of the picks.
  ///
  /// Of an event whose preferred origin has arrivals they are the picks that these name, else all picks, by their hints.
  /// The first letter of a phase that is P or S decides (`Pg`, `Sn`, `IPU0`); later ones such as `pP` or `PcP` and
  /// amplitude picks (`AML`, `IAML`) are none.
  public var phases: [EventPhase] {
    var names: [String: String] = [:]
    for arrival in preferredOrigin?.arrivals ?? [] { names[arrival.pickID] = arrival.phase }
    let isNamed = picks.contains { names[$0.publicID] != nil }
    return picks.compactMap { pick in
      let name = isNamed ? names[pick.publicID] : pick.phaseHint
      guard let name, let wave = Wave(phase: name) else { return nil }
      return EventPhase(
        station: StationID(network: pick.waveformID.networkCode, code: pick.waveformID.stationCode), wave: wave,
        time: pick.time.value, probability: pick.probability ?? .nan)
    }
  }
}

extension Wave {
  /// The wave whose first arrival a phase name means; nil for phases that arrive later.
  init?(phase: String) {
    // In Nordic and HypoInverse files the onset's quality stands before the letter.
    let bytes = Array(phase.utf8)
    var rest = bytes[...]
    if bytes.count > 1, [69, 73, 101, 105].contains(bytes[0]), [80, 83].contains(bytes[1]) { rest = rest.dropFirst() }
    guard let first = rest.first, first == 80 || first == 83 else { return nil }
    let second = rest.dropFirst().first
    // PcP, PP, PS, SS, ScS and their like come later; P1, Pg, Pb, Pn, P*, Pdiff do not.
    if let second, [80, 83, 99, 75, 107].contains(second) { return nil }
    self = first == 80 ? .p : .s
  }
}

extension PickGroup {
  /// Takes the phases of an event: a row for each P phase, with the first S phase of its station that no row has yet.
  ///
  /// S phases of stations without a P phase have no row; the group notes them as unusable.
  public func assign(id: Bytes, phases: [EventPhase]) {
    begin(id)
    // The S phases of each station that no row has yet, the first one last.
    var open: [StationID: [Int]] = [:]
    var openCount = 0
    for place in phases.indices.reversed() where phases[place].wave == .s {
      open[phases[place].station, default: []].append(place)
      openCount += 1
    }
    for phase in phases where phase.wave == .p {
      let partner = open[phase.station]?.popLast()
      if partner != nil { openCount -= 1 }
      var code = phase.station.network.isEmpty ? phase.station.code : phase.station.description
      code.withUTF8 {
        append(
          station: $0, pTime: phase.time, pProbability: phase.probability,
          sTime: partner.map { phases[$0].time }, sProbability: partner.map { phases[$0].probability } ?? .nan)
      }
    }
    addUnusableRows(openCount)
  }
}

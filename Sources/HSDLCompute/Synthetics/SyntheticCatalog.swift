public import SeismicFormats

/// A synthetic world's earthquakes and automatic events as they stand in catalogs.
public struct SyntheticCatalog: Sendable {
  private let world: SyntheticWorld

  /// Creates the catalogs' maker.
  public init(_ world: SyntheticWorld) { self.world = world }

  /// A row of the table that says what the automatic events are.
  public struct Label: Hashable, Sendable {
    /// The automatic event's identifier.
    public var id: String
    /// What it is.
    public var kind: EventKind
    /// The identifier of the earthquake that it is; nil for false events.
    public var truth: String?
    /// The identifier of the event that was declared first, of duplicates.
    public var duplicateOf: String?
  }

  /// The earthquakes of a day, with origins, magnitudes and the arrivals where they can be seen.
  public func truth(day: Int) -> [Event] { world.earthquakes(day: day).map(truth) }

  /// The automatic events whose origin times are on a day, in order, and what they are.
  public func automatic(day: Int) -> [(event: Event, label: Label)] {
    let span = Double(day) * 86_400..<Double(day + 1) * 86_400
    // An origin time may be on the other side of midnight.
    return (day - 1...day + 1).flatMap { world.declaredEvents(day: $0) }
      .filter { span.contains($0.time) }
      .sorted { ($0.time, $0.key) < ($1.time, $1.key) }
      .map { (event($0), label($0)) }
  }

  private func time(_ seconds: Double) -> UTCTime {
    world.settings.epoch.advanced(by: (seconds * 1e4).rounded() / 1e4)
  }

  /// An identifier that tells the time and nothing else.
  private func identifier(_ prefix: String, _ seconds: Double, _ key: UInt64) -> String {
    let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
    var hash = mixed(key ^ 0x1d)
    let word = (0..<5).map { _ in
      defer { hash >>= 5 }
      return letters[Int(hash & 31)]
    }
    let digits = time(seconds).formatted(fractionDigits: 0).filter(\.isNumber)
    return "\(prefix)-\(digits)-\(String(word))"
  }

  private func truthID(_ event: SyntheticEarthquake) -> String { identifier("true", event.time, event.key) }

  private func label(_ event: DeclaredEvent) -> Label {
    let isFalse = event.kind.label == "fake"
    return Label(
      id: identifier("auto", event.time, event.key), kind: event.kind,
      truth: isFalse ? nil : event.truth.map(truthID),
      duplicateOf: event.duplicateOf.map { identifier("auto", $0.time, $0.key) })
  }

  private func rounded(_ value: Double, _ unit: Double) -> Double { (value * unit).rounded() / unit }

  private func waveform(_ station: Int, _ wave: Wave) -> WaveformStreamID {
    let site = world.network.stations[station]
    let component = wave == .p ? site.components[0] : site.components.last ?? "Z"
    return WaveformStreamID(
      networkCode: site.id.network, stationCode: site.id.code,
      channelCode: world.network.channelCode(component))
  }

  private func origin(
    _ id: String, x: Double, y: Double, depth: Double, time seconds: Double, mode: EvaluationMode,
    errors: (Double, Double, Double)?
  ) -> Origin {
    let place = world.region.geographic(x: x, y: y)
    let degrees = errors.map { $0.0 / 111.19 }
    var origin = Origin(
      publicID: "\(id)-o", time: TimeQuantity(time(seconds), uncertainty: errors.map { rounded($0.2, 1e3) }),
      latitude: RealQuantity(rounded(place.latitude, 1e5), uncertainty: degrees.map { rounded($0, 1e5) }),
      longitude: RealQuantity(
        rounded(place.longitude, 1e5),
        uncertainty: degrees.map { rounded($0 / max(0.05, cosineOfTurn(place.latitude / 360)), 1e5) }))
    origin.depth = RealQuantity((depth * 1000).rounded(), uncertainty: errors.map { ($0.1 * 1000).rounded() })
    origin.evaluationMode = mode
    origin.earthModelID = "synthetic"
    return origin
  }

  private func truth(_ event: SyntheticEarthquake) -> Event {
    let id = truthID(event)
    var result = Event(publicID: id)
    result.type = "earthquake"
    var origin = origin(
      id, x: event.x, y: event.y, depth: event.depth, time: event.time, mode: .manual, errors: nil)
    let span = world.settings.span
    for arrival in world.paths.arrivals(event, above: 2) {
      for (wave, onset, ratio) in [(Wave.p, arrival.p, arrival.ratioP), (Wave.s, arrival.s, arrival.ratioS)] {
        guard ratio > 2, span.contains(onset), world.isRunning(station: arrival.station, at: onset) else { continue }
        var pick = Pick(
          publicID: "\(id)-\(result.picks.count + 1)", time: TimeQuantity(time(onset)),
          waveformID: waveform(arrival.station, wave))
        pick.phaseHint = wave == .p ? "P" : "S"
        pick.evaluationMode = .manual
        var phase = Arrival(
          publicID: "\(id)-a\(result.picks.count + 1)", pickID: pick.publicID, phase: wave == .p ? "P" : "S")
        phase.distance = rounded(arrival.distance / 111.19, 1e5)
        phase.azimuth = rounded(arrival.azimuth * 180 / .pi, 100)
        origin.arrivals.append(phase)
        result.picks.append(pick)
      }
    }
    origin.evaluationStatus = .final
    var magnitude = Magnitude(publicID: "\(id)-m", mag: RealQuantity(rounded(event.magnitude, 1000)))
    magnitude.type = "Mw"
    magnitude.originID = origin.publicID
    result.preferredOriginID = origin.publicID
    result.preferredMagnitudeID = magnitude.publicID
    result.origins = [origin]
    result.magnitudes = [magnitude]
    return result
  }

  private func event(_ declared: DeclaredEvent) -> Event {
    let id = identifier("auto", declared.time, declared.key)
    var result = Event(publicID: id)
    result.type = "earthquake"
    let network = world.network
    let fits = declared.picks.map { pick in
      (
        pick: pick,
        residual: pick.time - declared.time
          - world.paths.time(pick.wave, x: declared.x, y: declared.y, depth: declared.depth, to: pick.station),
        direction: world.paths.direction(x: declared.x, y: declared.y, to: pick.station)
      )
    }
    let squares = fits.reduce(0) { $0 + $1.residual * $1.residual }
    let rms = (squares / Double(max(fits.count, 1))).squareRoot()
    let stations = Set(fits.map(\.pick.station))
    let distances = stations.map { world.paths.direction(x: declared.x, y: declared.y, to: $0).distance }.sorted()
    // What a locator would say: larger with large residuals, few phases and far stations.
    let horizontal = rounded(
      0.4 + 6 * max(rms, 0.08) / Double(max(fits.count - 3, 1)).squareRoot() * (1 + (distances.first ?? 0) / 60), 100)
    var origin = origin(
      id, x: declared.x, y: declared.y, depth: declared.depth, time: declared.time, mode: .automatic,
      errors: (horizontal, 1.6 * horizontal, max(rms, 0.03)))
    var quality = OriginQuality()
    quality.associatedPhaseCount = fits.count
    quality.usedPhaseCount = fits.count
    quality.associatedStationCount = stations.count
    quality.usedStationCount = stations.count
    quality.standardError = rounded(rms, 1e4)
    quality.azimuthalGap = rounded(Self.gap(fits.map(\.direction.azimuth)), 10)
    quality.minimumDistance = distances.first.map { rounded($0 / 111.19, 1e5) }
    quality.maximumDistance = distances.last.map { rounded($0 / 111.19, 1e5) }
    quality.medianDistance = distances.isEmpty ? nil : rounded(distances[distances.count / 2] / 111.19, 1e5)
    origin.quality = quality
    for (number, fit) in fits.sorted(by: { $0.pick.time < $1.pick.time }).enumerated() {
      let name = fit.pick.wave == .p ? "P" : "S"
      var pick = Pick(
        publicID: "\(id)-\(number + 1)",
        time: TimeQuantity(time(fit.pick.time), uncertainty: fit.pick.wave == .p ? 0.1 : 0.2),
        waveformID: waveform(fit.pick.station, fit.pick.wave))
      pick.phaseHint = name
      pick.probability = max(0.001, rounded(fit.pick.probability, 1e3))
      pick.evaluationMode = .automatic
      result.picks.append(pick)
      var arrival = Arrival(publicID: "\(id)-a\(number + 1)", pickID: pick.publicID, phase: name)
      arrival.timeResidual = rounded(fit.residual, 1e4)
      arrival.distance = rounded(fit.direction.distance / 111.19, 1e5)
      arrival.azimuth = rounded(fit.direction.azimuth * 180 / .pi, 100)
      arrival.timeWeight = 1
      origin.arrivals.append(arrival)
    }
    var magnitude = Magnitude(
      publicID: "\(id)-m", mag: RealQuantity(rounded(declared.magnitude, 100), uncertainty: 0.2))
    magnitude.type = "ML"
    magnitude.stationCount = network.stations.isEmpty ? 0 : stations.count
    magnitude.originID = origin.publicID
    magnitude.evaluationMode = .automatic
    result.preferredOriginID = origin.publicID
    result.preferredMagnitudeID = magnitude.publicID
    result.origins = [origin]
    result.magnitudes = [magnitude]
    return result
  }

  /// The largest angle without a station, in degrees, of azimuths in radians.
  static func gap(_ azimuths: [Double]) -> Double {
    let degrees = azimuths.map { $0 * 180 / .pi }.sorted()
    guard let first = degrees.first, let last = degrees.last else { return 360 }
    return zip(degrees, degrees.dropFirst()).reduce(first + 360 - last) { max($0, $1.1 - $1.0) }
  }
}

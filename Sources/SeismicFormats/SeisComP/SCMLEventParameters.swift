/// What stands in the event parameters of a SeisComP document, until its events can be put together.
final class SCMLEventParameters {
  private struct OpenEvent {
    var event: Event
    var origins: [String]
    var mechanisms: [String]
    var line: Int
  }

  private struct OpenOrigin {
    var origin: Origin
    var magnitudes: [Magnitude]
    var stationMagnitudes: [StationMagnitude]
  }

  /// Whether the whole document has been read.
  private(set) var isWhole = false
  private let file: String
  private let report: ProblemHandler
  private var picks: [Pick] = []
  private var amplitudes: [Amplitude] = []
  private var origins: [OpenOrigin] = []
  private var mechanisms: [FocalMechanism] = []
  private var events: [OpenEvent] = []
  private var placeOfPick: [String: Int] = [:]
  private var placeOfAmplitude: [String: Int] = [:]
  private var placeOfOrigin: [String: Int] = [:]
  private var placeOfMechanism: [String: Int] = [:]

  var eventCount: Int { events.count }

  init(_ file: String, _ report: @escaping ProblemHandler) {
    self.file = file
    self.report = report
  }

  /// Takes one of the objects beside each other.
  func take(_ tree: XMLTree, _ node: Int32) throws {
    var decoder = QuakeMLDecoder(tree: tree, file: file, report: report)
    let translation = SCMLTranslation(tree)
    switch decoder.tag(node) {
    case .pick:
      translation.prepare(node)
      guard var pick = try decoder.pick(node) else { return }
      translation.complete(&pick.comments)
      translation.complete(&pick.waveformID)
      if placeOfPick.updateValue(picks.count, forKey: pick.publicID) != nil {
        try reportTwice(pick.publicID, tree, node)
      }
      picks.append(pick)
    case .amplitude:
      let unit = translation.prepareAmplitude(node)
      guard var amplitude = try decoder.amplitude(node) else { return }
      amplitude.unit = amplitude.unit ?? unit
      translation.complete(&amplitude.comments)
      if var stream = amplitude.waveformID {
        translation.complete(&stream)
        amplitude.waveformID = stream
      }
      if placeOfAmplitude.updateValue(amplitudes.count, forKey: amplitude.publicID) != nil {
        try reportTwice(amplitude.publicID, tree, node)
      }
      amplitudes.append(amplitude)
    case .origin: try takeOrigin(tree, node, decoder, translation)
    case .focalMechanism:
      translation.prepare(node)
      let mechanism = try decoder.focalMechanism(node)
      if placeOfMechanism.updateValue(mechanisms.count, forKey: mechanism.publicID) != nil {
        try reportTwice(mechanism.publicID, tree, node)
      }
      mechanisms.append(mechanism)
    case .event:
      let references = translation.references(node)
      let type = translation.prepareEvent(node)
      var event = try decoder.event(node, fallbackID: "event-\(events.count + 1)")
      event.type = event.type ?? type
      translation.complete(&event.comments)
      translation.complete(&event)
      events.append(
        OpenEvent(
          event: event, origins: references.origins, mechanisms: references.mechanisms,
          line: Int(tree.nodes[Int(node)].line)))
    default: break
    }
  }

  private func reportTwice(_ id: String, _ tree: XMLTree, _ node: Int32) throws {
    try report(
      Problem(
        file: file, line: Int(tree.nodes[Int(node)].line), found: "\(quoted(id)) stands in the document twice",
        expected: "publicIDs that differ", action: "the last one is used"))
  }

  private func takeOrigin(
    _ tree: XMLTree, _ node: Int32, _ decoder: QuakeMLDecoder, _ translation: SCMLTranslation
  ) throws {
    var magnitudes: [Magnitude] = []
    var stationMagnitudes: [StationMagnitude] = []
    for child in tree.children(node) {
      switch decoder.tag(child) {
      case .magnitude:
        translation.prepareMagnitude(child)
        if let magnitude = try decoder.magnitude(child) { magnitudes.append(magnitude) }
        translation.leaveOut(child)
      case .stationMagnitude:
        translation.prepareMagnitude(child)
        if let magnitude = try decoder.stationMagnitude(child) { stationMagnitudes.append(magnitude) }
        translation.leaveOut(child)
      default: break
      }
    }
    translation.prepareOrigin(node)
    guard var origin = try decoder.origin(node) else { return }
    translation.complete(&origin)
    for place in magnitudes.indices {
      magnitudes[place].originID = magnitudes[place].originID ?? origin.publicID
      translation.complete(&magnitudes[place].comments)
    }
    for place in stationMagnitudes.indices {
      stationMagnitudes[place].originID = stationMagnitudes[place].originID ?? origin.publicID
      translation.complete(&stationMagnitudes[place].comments)
      if var stream = stationMagnitudes[place].waveformID {
        translation.complete(&stream)
        stationMagnitudes[place].waveformID = stream
      }
    }
    if placeOfOrigin.updateValue(origins.count, forKey: origin.publicID) != nil {
      try reportTwice(origin.publicID, tree, node)
    }
    origins.append(OpenOrigin(origin: origin, magnitudes: magnitudes, stationMagnitudes: stationMagnitudes))
  }

  /// Ends the reading, and says what belongs to no event.
  func finish() throws {
    isWhole = true
    if events.isEmpty { return try makeEvents() }
    var used = [Bool](repeating: false, count: origins.count)
    for event in events {
      for id in event.origins + [event.event.preferredOriginID ?? ""] {
        if let place = placeOfOrigin[id] { used[place] = true }
      }
    }
    let left = used.lazy.filter { !$0 }.count
    if left > 0 {
      try report(
        Problem(
          file: file, found: "\(left) of \(origins.count) origins belong to no event", expected: "an event for each",
          action: "left out"))
    }
  }

  /// Makes an event of each origin, as detectors and associators write them without events.
  private func makeEvents() throws {
    for (place, origin) in origins.enumerated() {
      var event = Event(publicID: origin.origin.publicID.isEmpty ? "origin-\(place + 1)" : origin.origin.publicID)
      event.preferredOriginID = origin.origin.publicID
      events.append(OpenEvent(event: event, origins: [origin.origin.publicID], mechanisms: [], line: 1))
    }
    guard !picks.isEmpty || !origins.isEmpty else { return }
    try report(
      Problem(
        file: file, found: "there is no event, but \(origins.count) origins and \(picks.count) picks",
        expected: "events", action: origins.isEmpty ? "left out" : "each origin is taken as an event"))
  }

  /// An event with all that it refers to, picks and amplitudes in the order of the document.
  func event(_ index: Int) throws -> Event {
    let open = events[index]
    var event = open.event
    var wanted = open.origins
    if let preferred = event.preferredOriginID, !wanted.contains(preferred), placeOfOrigin[preferred] != nil {
      wanted.append(preferred)
    }
    func missing(_ kind: String, _ id: String) throws {
      try report(
        Problem(
          file: file, line: open.line, eventID: event.publicID, found: "\(kind) \(quoted(id)) is not in the document",
          expected: "all that the event refers to", action: "left out"))
    }
    var pickPlaces: Set<Int> = []
    var amplitudePlaces: Set<Int> = []
    for id in wanted {
      guard let place = placeOfOrigin[id] else {
        try missing("origin", id)
        continue
      }
      let origin = origins[place]
      event.origins.append(origin.origin)
      event.magnitudes += origin.magnitudes
      event.stationMagnitudes += origin.stationMagnitudes
      for arrival in origin.origin.arrivals {
        if let pick = placeOfPick[arrival.pickID] {
          pickPlaces.insert(pick)
        } else {
          try missing("pick", arrival.pickID)
        }
      }
      for magnitude in origin.stationMagnitudes {
        guard let id = magnitude.amplitudeID, let amplitude = placeOfAmplitude[id] else { continue }
        amplitudePlaces.insert(amplitude)
        if let pick = amplitudes[amplitude].pickID.flatMap({ placeOfPick[$0] }) { pickPlaces.insert(pick) }
      }
    }
    event.picks = pickPlaces.sorted().map { picks[$0] }
    event.amplitudes = amplitudePlaces.sorted().map { amplitudes[$0] }
    for id in open.mechanisms {
      if let place = placeOfMechanism[id] {
        event.focalMechanisms.append(mechanisms[place])
      } else {
        try missing("focal mechanism", id)
      }
    }
    return event
  }
}

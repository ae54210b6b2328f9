/// An event of a Nordic file, put together line by line.
struct NordicEvent {
  private let file: String
  private let report: ProblemHandler
  private var firstLine = 0
  private var count = 0
  private var id = ""
  private var midnight: UTCTime?
  private var origins: [Origin] = []
  private var magnitudes: [Magnitude] = []
  private var typeLetter: UInt8 = 32
  private var comments: [Comment] = []
  private var picks: [Pick] = []
  private var arrivals: [Arrival] = []
  private var amplitudes: [Amplitude] = []
  /// Phase lines that came before any date.
  private var undated = 0

  init(_ file: String, _ report: @escaping ProblemHandler) {
    self.file = file
    self.report = report
  }

  var isEmpty: Bool { count == 0 }

  private func tell(_ line: Int, _ found: String, _ expected: String, _ action: String) throws {
    try report(
      Problem(file: file, line: line, eventID: id, found: found, expected: expected, action: action))
  }

  /// Takes a line of the event.
  mutating func add(_ line: NordicLine, _ number: Int) throws {
    count += 1
    if count == 1 { firstLine = number }
    switch line.kind {
    case 49 where line.midnight != nil: try addHypocentre(line, number)
    case 72: addPrecise(line)
    case 69: addErrors(line)
    case 73:
      let text = line.text(61, 74)
      if !text.isEmpty { id = text }
      if midnight == nil { midnight = Self.date(ofID: line.columns(61, 74)) }
    case 51:
      let text = line.text(2, 79)
      if !text.isEmpty { comments.append(Comment(text)) }
    case 54:
      for name in line.text(2, 79).split(separator: " ") { comments.append(Comment("waveform file: \(name)")) }
    case 55:
      if line.columns(2, 9).equals("STAT COM") {
        throw FormatError(
          .unsupported, file: file, at: .line(number), found: "it is of the second Nordic form (Nordic2)",
          expected: "the first form, with the heading STAT SP IPHASW",
          remedy: "convert it with SEISAN (nor2qml, or to old)")
      }
    case 32, 52: try addPhase(line, number)
    case 49: try tell(number, "the date is \(quoted(line.text(2, 10)))", "year, month and day", "line left out")
    default: break
    }
  }

  private static func date(ofID id: Bytes) -> UTCTime? {
    guard id.count >= 8, let year = parseInteger(Bytes(rebasing: id[0..<4])),
      let month = parseInteger(Bytes(rebasing: id[4..<6])), let day = parseInteger(Bytes(rebasing: id[6..<8]))
    else { return nil }
    return UTCTime(year: year, month: month, day: day)
  }

  private mutating func addHypocentre(_ line: NordicLine, _ number: Int) throws {
    guard let date = line.midnight else { return }
    let isFirst = midnight == nil || (origins.isEmpty && magnitudes.isEmpty && picks.isEmpty)
    if isFirst {
      midnight = date
      typeLetter = line.column(23)
    }
    let time = line.time(hour: 12...13, minute: 14...15, second: 17...20, on: date)
    if let latitude = line.number(24, 30), let longitude = line.number(31, 38) {
      if let time, (-90...90).contains(latitude), (-360...360).contains(longitude) {
        var origin = Origin(
          publicID: "", time: TimeQuantity(time), latitude: RealQuantity(latitude), longitude: RealQuantity(longitude))
        origin.depth = line.number(39, 43).map { RealQuantity(metresOfKilometres($0)) }
        if line.column(44) == 70 { origin.depthType = "operator assigned" }
        if line.column(11) == 70 { origin.timeFixed = true }
        if line.column(45) == 70 { origin.epicenterFixed = true }
        let agency = line.text(46, 48)
        if !agency.isEmpty { origin.creationInfo = CreationInfo(agencyID: agency) }
        var quality = OriginQuality()
        quality.usedStationCount = line.integer(49, 51)
        quality.standardError = line.number(52, 55)
        if quality != OriginQuality() { origin.quality = quality }
        origins.append(origin)
      } else {
        try tell(number, "the hypocentre is \(quoted(line.text(12, 43)))", "time, latitude, longitude", "left out")
      }
    }
    for first in [56, 64, 72] {
      guard let value = line.number(first, first + 3) else { continue }
      var magnitude = Magnitude(publicID: "", mag: RealQuantity(value))
      magnitude.type = Self.scale(line.column(first + 4))
      let agency = line.text(first + 5, first + 7)
      if !agency.isEmpty { magnitude.creationInfo = CreationInfo(agencyID: agency) }
      magnitudes.append(magnitude)
    }
  }

  private static func scale(_ letter: UInt8) -> String? {
    switch letter {
    case 76, 108: "ML"
    case 66: "mB"
    case 98: "mb"
    case 83: "MS"
    case 115: "Ms"
    case 87: "Mw"
    case 71: "MbLg"
    case 67: "Mc"
    default: nil
    }
  }

  /// The same hypocentre with more decimals.
  private mutating func addPrecise(_ line: NordicLine) {
    guard !origins.isEmpty, let date = line.midnight,
      let time = line.time(hour: 12...13, minute: 14...15, second: 17...22, on: date),
      let latitude = line.number(24, 32), let longitude = line.number(34, 43), (-90...90).contains(latitude),
      (-360...360).contains(longitude), abs(time.timeInterval(since: origins[0].time.value)) < 0.11
    else { return }
    origins[0].time.value = time
    origins[0].latitude.value = latitude
    origins[0].longitude.value = longitude
    if let depth = line.number(45, 52) { origins[0].depth = RealQuantity(metresOfKilometres(depth)) }
    if let rms = line.number(54, 59) {
      origins[0].quality = origins[0].quality ?? OriginQuality()
      origins[0].quality?.standardError = rms
    }
  }

  private mutating func addErrors(_ line: NordicLine) {
    guard !origins.isEmpty, line.columns(2, 5).equals("GAP="), origins[0].time.errors == nil else { return }
    if let gap = line.number(6, 8) {
      origins[0].quality = origins[0].quality ?? OriginQuality()
      origins[0].quality?.azimuthalGap = gap
    }
    // QuakeML wants the uncertainty of latitude and longitude in degrees.
    let kilometresPerDegree = 111.195
    if let error = line.number(15, 20) { origins[0].time.errors = QuantityErrors(uncertainty: error) }
    if let error = line.number(25, 30) {
      origins[0].latitude.errors = QuantityErrors(uncertainty: error / kilometresPerDegree)
    }
    if let error = line.number(33, 38) {
      let length = kilometresPerDegree * max(0.01, cosine(origins[0].latitude.value))
      origins[0].longitude.errors = QuantityErrors(uncertainty: error / length)
    }
    if let error = line.number(39, 43) {
      origins[0].depth?.errors = QuantityErrors(uncertainty: metresOfKilometres(error))
    }
  }

  private mutating func addPhase(_ line: NordicLine, _ number: Int) throws {
    let station = line.text(2, 6)
    // A name of more than four letters reaches over the weight and the polarity; the weight is then in column 9.
    let isLong = (65...122).contains(line.column(15) & 0xDF)
    let phase = isLong ? line.text(11, 18) : line.text(11, 14)
    guard !station.isEmpty, let midnight else {
      if station.isEmpty {
        try tell(number, "there is no station code", "one in columns 2 to 6", "line left out")
      } else {
        undated += 1
      }
      return
    }
    guard let time = line.time(hour: 19...20, minute: 21...22, second: 23...29, on: midnight) else {
      try tell(
        number, "the time is \(quoted(line.text(19, 29)))", "hours, minutes and seconds", "line left out")
      return
    }
    let channel = line.text(7, 8)
    let stream = WaveformStreamID(
      networkCode: "", stationCode: station, channelCode: channel.isEmpty ? nil : channel)
    let isAmplitude = Self.isAmplitude(phase)
    if let value = line.number(34, 40), isAmplitude || phase.isEmpty {
      // In nanometres.
      var amplitude = Amplitude(publicID: "", genericAmplitude: RealQuantity(value * 1e-9))
      amplitude.type = phase.isEmpty ? nil : phase
      amplitude.unit = "m"
      amplitude.period = line.number(42, 45).map { RealQuantity($0) }
      amplitude.scalingTime = TimeQuantity(time)
      amplitude.waveformID = stream
      amplitudes.append(amplitude)
      return
    }
    if isAmplitude || phase == "END" { return }
    guard !phase.isEmpty else {
      return try tell(number, "there is no phase", "one in columns 11 to 14", "line left out")
    }
    var pick = Pick(publicID: "", time: TimeQuantity(time), waveformID: stream)
    pick.phaseHint = phase
    switch line.column(10) {
    case 73: pick.onset = "impulsive"
    case 69: pick.onset = "emergent"
    default: break
    }
    switch isLong ? 32 : line.column(17) {
    case 67, 43: pick.polarity = "positive"
    case 68, 45: pick.polarity = "negative"
    default: break
    }
    pick.evaluationMode = !isLong && line.column(16) == 65 ? .automatic : .manual
    let weight = line.column(isLong ? 9 : 15)
    if (49...57).contains(weight) { pick.comments.append(Comment("weight: \(weight - 48)")) }
    pick.backazimuth = line.number(47, 51).map { RealQuantity($0) }
    var arrival = Arrival(publicID: "", pickID: "", phase: phase)
    arrival.takeoffAngle = line.number(57, 60).map { RealQuantity($0) }
    arrival.backazimuthResidual = line.number(61, 63)
    arrival.timeResidual = line.number(64, 68)
    arrival.timeWeight = line.number(69, 70).map { $0 / 10 }
    arrival.distance = line.number(71, 75).map { $0 / 111.195 }
    arrival.azimuth = line.number(77, 79)
    picks.append(pick)
    arrivals.append(arrival)
  }

  /// Phases that stand for a measured amplitude (IASPEI's names and SEISAN's).
  private static func isAmplitude(_ phase: String) -> Bool {
    ["IA", "IV", "AM", "VM"].contains { phase.hasPrefix($0) } || phase == "A" || phase == "E"
  }

  /// The event; nil where there is nothing to make one of.
  func event() throws -> Event? {
    if undated > 0 {
      try tell(firstLine, "\(undated) picks stand before any date", "a hypocentre line", "picks left out")
    }
    guard midnight != nil || !picks.isEmpty else {
      try tell(firstLine, "there is neither a date nor an ID", "a hypocentre line (kind 1)", "left out")
      return nil
    }
    let name = id.isEmpty ? "line-\(firstLine)" : id
    var event = Event(publicID: name)
    event.comments = comments
    event.origins = origins
    event.magnitudes = magnitudes
    event.picks = picks
    event.amplitudes = amplitudes
    switch typeLetter {
    case 69, 80: event.type = "explosion"
    case 73: event.type = "induced or triggered event"
    case 81: event.type = "earthquake"
    case 82: event.type = "rock burst"
    default: break
    }
    if typeLetter == 80 { event.typeCertainty = "suspected" }
    for place in event.origins.indices { event.origins[place].publicID = "\(name)/origin/\(place + 1)" }
    for place in event.magnitudes.indices { event.magnitudes[place].publicID = "\(name)/magnitude/\(place + 1)" }
    for place in event.picks.indices { event.picks[place].publicID = "\(name)/pick/\(place + 1)" }
    for place in event.amplitudes.indices { event.amplitudes[place].publicID = "\(name)/amplitude/\(place + 1)" }
    event.preferredOriginID = event.origins.first?.publicID
    event.preferredMagnitudeID = event.magnitudes.first?.publicID
    if let origin = event.origins.first {
      for place in event.magnitudes.indices { event.magnitudes[place].originID = origin.publicID }
      event.origins[0].arrivals = arrivals.enumerated().map { place, arrival in
        var arrival = arrival
        arrival.publicID = "\(name)/arrival/\(place + 1)"
        arrival.pickID = event.picks[place].publicID
        return arrival
      }
    }
    return event
  }
}

/// Reads a table of events: comma-, tab-, semicolon- or bar-separated with a header line, FDSN event text, or the
/// lists of six columns without a header that EQCCT's authors publish.
///
/// Columns that no value type has a place for are kept with each event.
public final class EventTableReader: CatalogReader {
  public let header = CatalogHeader()
  public var position: Int { reader.position }

  /// How a table is laid out.
  struct Layout {
    var delimiter: UInt8
    var names: [String]
    var columns: [EventTableColumn]
    /// Whether the first line is a row.
    var isHeaderless = false
  }

  private let input: FileInput
  private let reader: LineReader
  private let layout: Layout
  private let handleProblem: ProblemHandler
  private var pendingLine: (fields: [String], number: Int)?

  /// Opens a table.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError`` when it cannot be opened, or is no such table.
  public init(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws {
    input = try FileInput(path)
    try input.requireContent(expected: "a table of events")
    reader = LineReader(input)
    handleProblem = onProblem
    let first = try reader.next()
    if let first, first.bytes.contains(13) {
      throw FormatError(
        .badData, file: path, at: .line(1), found: "lines end with a carriage return alone",
        expected: "lines that end with a line feed", remedy: "convert it (tr '\\r' '\\n')")
    }
    guard let first, let layout = Self.layout(firstLine: first.bytes) else {
      throw FormatError(
        .badData, file: path, at: .line(1), found: "there is no header line of an event table",
        expected: "columns for time, latitude and longitude")
    }
    self.layout = layout
    if layout.isHeaderless { pendingLine = (Self.split(first.bytes, layout.delimiter), first.number) }
  }

  /// The layout that the first line of a file tells of; nil when it is no event table.
  static func layout(firstLine: Bytes) -> Layout? {
    let line = firstLine.trimmed
    guard !line.isEmpty else { return nil }
    for delimiter in [44, 124, 9, 59] as [UInt8] {
      var names = split(line, delimiter)
      guard names.count >= 3 else { continue }
      if names[0].hasPrefix("#") { names[0].removeFirst() }
      names = names.map { $0.filter { $0 != "@" } }
      let columns = EventTableColumn.columns(of: names)
      let hasTime = columns.contains(.time) || columns.contains(.date) && columns.contains(.clock)
      if hasTime && columns.contains(.latitude) && columns.contains(.longitude) {
        return Layout(delimiter: delimiter, names: names, columns: columns)
      }
    }
    let words = split(line, 32)
    if words.count == 6, UTCTime(words[1]) != nil, words[2...].allSatisfy({ Double($0) != nil }) {
      return Layout(
        delimiter: 32, names: ["id", "time", "longitude", "latitude", "depth_km", "magnitude"],
        columns: [.eventID, .time, .longitude, .latitude, .depthKilometres, .magnitude], isHeaderless: true)
    }
    return nil
  }

  private static func split(_ line: Bytes, _ delimiter: UInt8) -> [String] {
    delimiter == 32
      ? line.split { $0 == 32 || $0 == 9 }.map { String(decoding: $0, as: UTF8.self) }
      : delimiter == 44 ? csvFields(line) : SeismicFormats.fields(of: line, delimiter: delimiter)
  }

  public func next() throws -> Event? {
    while true {
      let fields: [String]
      let number: Int
      if let pending = pendingLine {
        (fields, number) = pending
        pendingLine = nil
      } else {
        guard let line = try reader.next() else { return nil }
        let text = line.bytes.trimmed
        if text.isEmpty || text.first == 35 { continue }
        fields = Self.split(line.bytes, layout.delimiter)
        number = line.number
        if fields.count < layout.columns.count, !line.isEnded {
          try report(
            number, fields, "\(fields.count) columns, and the file ends in the middle of the line",
            "\(layout.columns.count) columns", "row left out")
          continue
        }
      }
      return try event(fields, number)
    }
  }

  private func report(
    _ line: Int, _ fields: [String], _ found: String, _ expected: String, _ action: String
  ) throws {
    let place = layout.columns.firstIndex(of: .eventID)
    let id = place.flatMap { $0 < fields.count ? fields[$0] : nil } ?? ""
    try handleProblem(
      Problem(file: input.path, line: line, eventID: id, found: found, expected: expected, action: action))
  }

  private func event(_ fields: [String], _ line: Int) throws -> Event {
    if fields.count != layout.columns.count {
      try report(
        line, fields, "\(fields.count) columns", "\(layout.columns.count), as in the header",
        fields.count < layout.columns.count ? "columns that are not there are missing" : "further columns left out")
    }
    var values: [EventTableColumn: String] = [:]
    var event = Event(publicID: "")
    for (index, column) in layout.columns.enumerated() where index < fields.count {
      let text = fields[index]
      guard !isMissing(text) else { continue }
      if case .other(let name) = column {
        event.columns.append(Event.Column(name: name, value: text))
      } else {
        values[column] = text
      }
    }
    let columnNames = Dictionary(zip(layout.columns, layout.names)) { first, _ in first }

    /// Keeps a value that could not be understood under its column's name.
    func reject(_ column: EventTableColumn, _ expected: String) throws {
      guard let text = values[column] else { return }
      let name = columnNames[column] ?? "\(column)"
      try report(line, fields, "\(name) is \(quoted(text))", expected, "kept as it stood, not used")
      event.columns.append(Event.Column(name: name, value: text))
    }
    func number(_ column: EventTableColumn, within range: ClosedRange<Double>? = nil) throws -> Double? {
      guard var text = values[column] else { return nil }
      if let value = text.withUTF8(parseDecimal), range?.contains(value) ?? true { return value }
      try reject(column, range.map { "a number from \($0.lowerBound) to \($0.upperBound)" } ?? "a number")
      return nil
    }
    func count(_ column: EventTableColumn) throws -> Int? {
      guard let value = try number(column) else { return nil }
      guard value == value.rounded(), abs(value) < 1e9 else {
        try reject(column, "a whole number")
        return nil
      }
      return Int(value)
    }

    // A table without identifiers calls its events by their row.
    event.publicID = values[.eventID] ?? values[.rowNumber] ?? "line-\(line)"
    if values[.eventID] == nil && layout.columns.contains(.eventID) {
      try report(line, fields, "there is no event identifier", "one in each row", "called \(event.publicID)")
    }

    var time: UTCTime?
    if let date = values[.date] {
      let text = values[.clock].map { "\(date)T\($0)" } ?? date
      time = UTCTime(text)
      if time == nil {
        try reject(.date, "a date as 2024-08-02")
        try reject(.clock, "a time of day as 16:56:23")
      }
    } else if let text = values[.time] {
      time = UTCTime(text)
      if time == nil { try reject(.time, "a time as 2024-08-02T16:56:23.715Z") }
    } else {
      try report(line, fields, "there is no time", "one in each row", "kept without an origin")
    }
    let latitude = try number(.latitude, within: -90...90)
    let longitude = try number(.longitude, within: -360...360)
    let depth = try number(.depthKilometres).map { $0 * 1000 } ?? number(.depthMetres)
    let quality = try quality(number, count)
    if let time, let latitude, let longitude {
      var origin = Origin(
        publicID: values[.originID] ?? "\(event.publicID)/origin", time: TimeQuantity(time),
        latitude: RealQuantity(latitude), longitude: RealQuantity(longitude))
      origin.depth = depth.map { RealQuantity($0) }
      origin.time.errors = try number(.timeError).map { QuantityErrors(uncertainty: $0) }
      // QuakeML wants the uncertainty of latitude and longitude in degrees.
      let kilometresPerDegree = 111.195
      origin.latitude.errors = try number(.latitudeErrorKilometres).map {
        QuantityErrors(uncertainty: $0 / kilometresPerDegree)
      }
      origin.longitude.errors = try number(.longitudeErrorKilometres).map {
        QuantityErrors(uncertainty: $0 / (kilometresPerDegree * max(0.01, cosine(latitude))))
      }
      if values[.depthErrorKilometres] == "fixed" {
        origin.depthType = "operator assigned"
      } else {
        origin.depth?.errors = try number(.depthErrorKilometres).map { QuantityErrors(uncertainty: $0 * 1000) }
      }
      origin.quality = quality
      origin.evaluationStatus = values[.evaluationStatus].map(EvaluationStatus.init(rawValue:))
      origin.evaluationMode = values[.evaluationMode].map(EvaluationMode.init(rawValue:))
      if let author = values[.author] { origin.creationInfo = CreationInfo(author: author) }
      event.preferredOriginID = origin.publicID
      event.origins = [origin]
    } else {
      if time != nil || latitude != nil || longitude != nil {
        if time != nil {
          try report(
            line, fields, "there is no usable \(latitude == nil ? "latitude" : "longitude")", "one in each row",
            "kept without an origin")
        }
      }
      // Without an origin the numbers that describe it are still kept.
      for column in layout.columns {
        let name = columnNames[column] ?? ""
        guard let text = values[column], !event.columns.contains(where: { $0.name == name }),
          ![.eventID, .rowNumber, .magnitude, .magnitudeType, .momentMagnitude, .eventType, .region].contains(column)
        else { continue }
        event.columns.append(Event.Column(name: name, value: text))
      }
    }
    if let value = try number(.magnitude) {
      var magnitude = Magnitude(publicID: "\(event.publicID)/magnitude", mag: RealQuantity(value))
      magnitude.type = values[.magnitudeType]
      magnitude.mag.errors = try number(.magnitudeError).map { QuantityErrors(uncertainty: $0) }
      event.preferredMagnitudeID = magnitude.publicID
      event.magnitudes.append(magnitude)
    } else if let type = values[.magnitudeType] {
      event.columns.append(Event.Column(name: columnNames[.magnitudeType] ?? "magnitude_type", value: type))
    }
    if let value = try number(.momentMagnitude) {
      var magnitude = Magnitude(publicID: "\(event.publicID)/magnitude/Mw", mag: RealQuantity(value))
      magnitude.type = "Mw"
      event.magnitudes.append(magnitude)
    }
    event.type = values[.eventType]
    if let region = values[.region] { event.descriptions = [EventDescription(region, type: "region name")] }
    if let mechanism = try mechanism(event.publicID, number) { event.focalMechanisms = [mechanism] }
    return event
  }

  private func quality(
    _ number: (EventTableColumn, ClosedRange<Double>?) throws -> Double?, _ count: (EventTableColumn) throws -> Int?
  ) throws -> OriginQuality? {
    var quality = OriginQuality()
    quality.standardError = try number(.rms, nil)
    quality.usedPhaseCount = try count(.usedPhaseCount)
    quality.usedStationCount = try count(.usedStationCount)
    quality.azimuthalGap = try number(.azimuthalGap, 0...360)
    quality.minimumDistance = try number(.minimumDistance, 0...180)
    quality.maximumDistance = try number(.maximumDistanceKilometres, nil).map { $0 / 111.195 }
    return quality == OriginQuality() ? nil : quality
  }

  private func mechanism(
    _ id: String, _ number: (EventTableColumn, ClosedRange<Double>?) throws -> Double?
  ) throws -> FocalMechanism? {
    func plane(_ names: [EventTableColumn]) throws -> NodalPlane? {
      let values = try names.compactMap { try number($0, nil) }
      guard values.count == 3 else { return nil }
      return NodalPlane(
        strike: RealQuantity(values[0]), dip: RealQuantity(values[1]), rake: RealQuantity(values[2]))
    }
    var planes = NodalPlanes()
    planes.nodalPlane1 = try plane([.strike1, .dip1, .rake1])
    planes.nodalPlane2 = try plane([.strike2, .dip2, .rake2])
    guard planes.nodalPlane1 != nil || planes.nodalPlane2 != nil else { return nil }
    var mechanism = FocalMechanism(publicID: "\(id)/focalMechanism")
    mechanism.nodalPlanes = planes
    return mechanism
  }
}

private func isMissing(_ text: String) -> Bool {
  switch text.lowercased() {
  case "", "nan", "null", "none", "na", "n/a", "-": true
  default: false
  }
}

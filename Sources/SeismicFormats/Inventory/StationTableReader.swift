/// Reads tables of stations: with a header line (comma, tab, semicolon, bar or blanks between the columns), FDSN's
/// station text at the levels `station` and `channel`, and two common lists without a header.
///
/// Columns are known by their names. The lists without header are REAL's `longitude latitude network station channel
/// elevation` (elevation in km), and `station latitude longitude [elevation [gain]]` (elevation in m). A station may be
/// written `NET.STA` or `NET.STA.LOC.BAND`, with the components in a column of their own.
///
/// The unit of the elevation is told by the column's name: `elevation_m`, `elv(m)`, `elevation_km` and the like. A name
/// without unit means metres, with one exception: in a table whose station column is called `Name` and that has no
/// network column, as QuakeMigrate reads it, it means kilometres, unless an elevation is larger than 9.
public enum StationTableReader {
  /// Reads a file.
  ///
  /// Rows of one station become one station with several channels; where a table has channels, the station's epoch
  /// reaches from the first to the last of theirs.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of rows that could not be used.
  /// - Throws: ``FormatError`` when it cannot be opened, or is no such table.
  public static func read(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws -> Inventory {
    let input = try FileInput(path)
    try input.requireContent(expected: "a table of stations")
    let lines = LineReader(input)
    var first = try lines.next()
    while let line = first, line.bytes.trimmed.isEmpty { first = try lines.next() }
    guard let first, let layout = StationTableLayout(firstLine: first.bytes) else {
      throw FormatError(
        .badData, file: path, at: .line(1), found: "there is no header line of a station table",
        expected: "columns for station, latitude and longitude")
    }
    var table = StationTable(layout, InventoryChecks(file: path, handleProblem: onProblem))
    if layout.isHeaderless { try table.add(first) }
    while let line = try lines.next() {
      let text = line.bytes.trimmed
      if text.isEmpty || text.first == 35 { continue }
      try table.add(line)
    }
    return try table.inventory()
  }
}

/// What has been read of a station table.
private struct StationTable {
  private let layout: StationTableLayout
  private let checks: InventoryChecks
  private var stations: [Station] = []
  private var lines: [Int] = []
  private var places: [Key: Int] = [:]
  private let hasChannels: Bool
  /// Elevations whose unit the header does not say.
  private var largestElevation = 0.0

  private struct Key: Hashable {
    var id: StationID
    var epoch: Epoch
  }

  init(_ layout: StationTableLayout, _ checks: InventoryChecks) {
    self.layout = layout
    self.checks = checks
    hasChannels = layout.columns.contains(.channel) || layout.columns.contains(.components)
  }

  mutating func add(_ line: Line) throws {
    let fields = StationTableLayout.split(line.bytes, layout.delimiter)
    var values: [StationTableColumn: String] = [:]
    for (column, text) in zip(layout.columns, fields) where column != .other && values[column] == nil {
      if !text.isEmpty { values[column] = text }
    }
    var parts =
      values[.station].map { $0.split(separator: ".", omittingEmptySubsequences: false).map(String.init) } ?? []
    guard let name = values[.station], fields.count >= layout.columns.count || line.isEnded else {
      return try checks.report(
        line.number, "",
        values[.station] == nil ? "there is no station code" : "the file ends in the middle of the row",
        "a whole row", "row left out")
    }
    if parts.count < 2 { parts = [values[.network] ?? "", name] }
    let id = StationID(network: parts[0].isEmpty ? values[.network] ?? "" : parts[0], code: parts[1])
    let subject = "station \(id)"
    func number(_ column: StationTableColumn, within range: ClosedRange<Double>? = nil) throws -> Double? {
      guard var text = values[column] else { return nil }
      if let value = text.withUTF8(parseDecimal), range?.contains(value) ?? true { return value }
      try checks.report(
        line.number, subject, "\(column) is \(quoted(text))",
        range.map { "\(Int($0.lowerBound)) to \(Int($0.upperBound))" } ?? "a number", "left out")
      return nil
    }
    func time(_ column: StationTableColumn) throws -> UTCTime? {
      guard let text = values[column] else { return nil }
      if let time = UTCTime(text) { return time }
      try checks.report(
        line.number, subject, "\(column) is \(quoted(text))", "a time as 2024-08-02T16:56:23", "left out")
      return nil
    }
    guard !id.code.isEmpty, let latitude = try number(.latitude, within: -90...90),
      let longitude = try number(.longitude, within: -180...360).flatMap(InventoryChecks.longitude)
    else {
      return try checks.report(
        line.number, subject, "code and coordinates are not complete", "a whole row", "row left out")
    }
    var elevation = 0.0
    if let metres = try number(.elevationMetres) {
      elevation = metres
    } else if let kilometres = try number(.elevationKilometres) {
      elevation = metresOfKilometres(kilometres)
    } else if let value = try number(.elevation) {
      elevation = value
      largestElevation = max(largestElevation, abs(value))
    }
    let epoch = Epoch(start: try time(.start), end: try time(.end))
    var station = Station(id: id, latitude: latitude, longitude: longitude, elevation: elevation)
    station.siteName = values[.site] ?? values[.place] ?? ""
    let channels = try channels(values, parts, epoch, station, number)
    if channels.isEmpty && !hasChannels { station.epoch = epoch }
    let key = Key(id: id, epoch: station.epoch)
    if let place = places[key] {
      if !hasChannels {
        try checks.report(line.number, subject, "it stands in the table twice", "one row", "the first row is taken")
      }
      for channel in channels {
        try checks.examine(channel, of: stations[place], line: line.number)
        stations[place].channels.append(channel)
      }
    } else {
      try checks.examine(station, line: line.number, network: nil)
      for channel in channels { try checks.examine(channel, of: station, line: line.number) }
      station.channels = channels
      places[key] = stations.count
      stations.append(station)
      lines.append(line.number)
    }
  }

  /// The channels that a row tells of: one, or one for each component.
  private func channels(
    _ values: [StationTableColumn: String], _ parts: [String], _ epoch: Epoch, _ station: Station,
    _ number: (StationTableColumn, ClosedRange<Double>?) throws -> Double?
  ) throws -> [Channel] {
    let band = values[.channel] ?? (parts.count >= 4 ? parts[3] : "")
    var location = values[.location] ?? (parts.count >= 3 ? parts[2] : "")
    if location == "--" { location = "" }
    let components = values[.components].map { Self.list($0) } ?? []
    var codes: [String] = []
    if !components.isEmpty && band.utf8.count == 2 {
      codes = components.map { band + $0 }
    } else if !band.isEmpty && (band.utf8.count == 3 || values[.channel] != nil) {
      codes = Self.list(band)
    }
    guard !codes.isEmpty else { return [] }
    var gains: [Double?] = []
    if let text = values[.gain] {
      gains = Self.list(text).map { Double($0).flatMap { $0.isFinite && $0 != 0 ? $0 : nil } }
    }
    let azimuth = try number(.azimuth, 0...360)
    let dip = try number(.dip, -90...90)
    let depth = try number(.depth, nil) ?? 0
    let rate = try number(.samplingRate, 0...1e9)
    let frequency = try number(.gainFrequency, nil)
    return codes.enumerated().map { index, code in
      var channel = Channel(
        location: location, code: code, latitude: station.latitude, longitude: station.longitude,
        elevation: station.elevation, depth: depth, azimuth: azimuth, dip: dip, samplingRate: rate, epoch: epoch)
      if let gain = gains.count == 1 ? gains[0] : index < gains.count ? gains[index] : nil {
        let units = (values[.gainUnits] ?? "M/S").uppercased()
        // A column `type` may hold the kind of instrument, too.
        channel.sensitivity = Sensitivity(
          value: gain, frequency: frequency, inputUnits: units.contains("/") || units.utf8.count <= 3 ? units : "M/S")
      }
      return channel
    }
  }

  private static func list(_ text: String) -> [String] {
    text.split { $0 == "," || $0 == " " }.map(String.init)
  }

  /// The inventory, with the elevations in metres and the stations' epochs.
  mutating func inventory() throws -> Inventory {
    let isKilometres = layout.elevationUnit != 1 && largestElevation <= 9
    if layout.elevationUnit != 1 && !isKilometres {
      try checks.report(
        1, "", "elevations reach \(largestElevation)", "kilometres in a table of this form", "taken as metres")
    }
    for place in stations.indices {
      if isKilometres {
        stations[place].elevation = metresOfKilometres(stations[place].elevation)
        for channel in stations[place].channels.indices {
          stations[place].channels[channel].elevation = stations[place].elevation
        }
      }
      let channels = stations[place].channels
      guard !channels.isEmpty else { continue }
      try checks.examineOverlaps(channels.map { ($0, lines[place]) }, of: stations[place].id)
      let starts = channels.compactMap(\.epoch.start)
      let ends = channels.compactMap(\.epoch.end)
      stations[place].epoch = Epoch(
        start: starts.count == channels.count ? starts.min() : nil, end: ends.count == channels.count ? ends.max() : nil
      )
    }
    return Inventory(stations: stations)
  }
}

/// Writes a table of events: comma-separated with a header line, or FDSN event text.
///
/// What a table has no place for, picks above all, is left out and counted.
public final class EventTableWriter: CatalogWriter {
  /// The kind of table.
  public enum Style: Sendable {
    /// Comma-separated; further columns of the first event follow the usual ones.
    case csv
    /// FDSN's event text, separated by bars.
    case fdsnText
  }

  /// How many things of each kind were left out.
  public private(set) var leftOut: [String: Int] = [:]

  private let output: FileOutput
  private let style: Style
  private let sink = TextSink(capacity: 1 << 21)
  private var extraColumns: [String]?

  static let csvColumns = [
    "event_id", "time", "latitude", "longitude", "depth_km", "magnitude", "magnitude_type", "event_type",
    "evaluation_status", "evaluation_mode", "author", "region", "time_error_s", "latitude_error_km",
    "longitude_error_km", "depth_error_km", "rms_s", "used_phase_count", "used_station_count", "azimuthal_gap",
    "minimum_distance_deg",
  ]

  /// Columns of FDSN's event text that no value type has a place for.
  private static let fdsnColumns: Set<String> = ["Catalog", "Contributor", "ContributorID", "MagAuthor"]

  /// Starts a table.
  ///
  /// - Throws: ``FormatError`` with `cannotCreate`.
  public init(_ path: String, style: Style) throws {
    output = try FileOutput(path)
    self.style = style
    if style == .fdsnText {
      sink.append("#EventID|Time|Latitude|Longitude|Depth/km|Author|Catalog|Contributor|ContributorID|MagType|")
      sink.append("Magnitude|MagAuthor|EventLocationName|EventType\n")
    }
  }

  public func write(_ event: Event) throws {
    switch style {
    case .csv: csvRow(event)
    case .fdsnText: fdsnRow(event)
    }
    count(event)
    if sink.count > 1 << 20 { try output.write(sink) }
  }

  public func finish(header: CatalogHeader) throws {
    if style == .csv && extraColumns == nil { csvHeader([]) }
    try output.write(sink)
    try output.commit()
  }

  private func count(_ event: Event) {
    func add(_ name: String, _ count: Int) { if count > 0 { leftOut[name, default: 0] += count } }
    add("further origins", event.origins.count - 1)
    add("further magnitudes", event.magnitudes.count - 1)
    add("picks", event.picks.count)
    add("arrivals", event.origins.reduce(0) { $0 + $1.arrivals.count })
    add("amplitudes", event.amplitudes.count)
    add("station magnitudes", event.stationMagnitudes.count)
    add("focal mechanisms", event.focalMechanisms.count)
    add("comments", event.comments.count)
    let known = style == .fdsnText ? Self.fdsnColumns : Set(extraColumns ?? [])
    add("columns", event.columns.filter { !known.contains($0.name) }.count)
  }

  private func csvHeader(_ columns: [String]) {
    extraColumns = columns
    for (index, name) in (Self.csvColumns + columns).enumerated() {
      if index > 0 { sink.append(byte: 44) }
      sink.append(cell: name)
    }
    sink.append(byte: 10)
  }

  private func csvRow(_ event: Event) {
    if extraColumns == nil {
      // A name that the header has already, such as one kept from a row that could not be understood, is left out.
      var seen = Set(Self.csvColumns)
      csvHeader(event.columns.map(\.name).filter { seen.insert($0).inserted })
    }
    let origin = event.preferredOrigin
    let magnitude = event.preferredMagnitude
    func text(_ value: String?) {
      sink.append(byte: 44)
      if let value { sink.append(cell: inOneLine(value)) }
    }
    func number(_ value: Double?) {
      sink.append(byte: 44)
      if let value { sink.append(value) }
    }
    let kilometresPerDegree = 111.195
    sink.append(cell: inOneLine(event.tableID))
    sink.append(byte: 44)
    if let time = event.time { sink.append(time, fractionDigits: 6) }
    number(origin?.latitude.value)
    number(origin?.longitude.value)
    number((origin?.depth?.value).map(kilometres))
    number(magnitude?.mag.value)
    text(magnitude?.type)
    text(event.type)
    text(origin?.evaluationStatus?.rawValue)
    text(origin?.evaluationMode?.rawValue)
    text(origin?.creationInfo?.author)
    text(event.descriptions.first?.text)
    number(origin?.time.errors?.uncertainty)
    number((origin?.latitude.errors?.uncertainty).map { $0 * kilometresPerDegree })
    number(
      (origin?.longitude.errors?.uncertainty).map {
        $0 * kilometresPerDegree * max(0.01, cosine(origin?.latitude.value ?? 0))
      })
    number((origin?.depth?.errors?.uncertainty).map(kilometres))
    number(origin?.quality?.standardError)
    number((origin?.quality?.usedPhaseCount).map(Double.init))
    number((origin?.quality?.usedStationCount).map(Double.init))
    number(origin?.quality?.azimuthalGap)
    number(origin?.quality?.minimumDistance)
    for name in extraColumns ?? [] { text(event.columns.first { $0.name == name }?.value) }
    sink.append(byte: 10)
  }

  private func fdsnRow(_ event: Event) {
    let origin = event.preferredOrigin
    let magnitude = event.preferredMagnitude
    // Nothing can be quoted in this format.
    func plain(_ value: String) -> String { String(inOneLine(value).map { $0 == "|" ? " " : $0 }) }
    func text(_ value: String?) {
      sink.append(byte: 124)
      if let value { sink.append(text: plain(value)) }
    }
    func column(_ name: String) -> String? { event.columns.first { $0.name == name }?.value }
    func number(_ value: Double?) {
      sink.append(byte: 124)
      if let value { sink.append(value) }
    }
    let id = plain(event.tableID)
    // Otherwise the line would be taken for a remark.
    if id.hasPrefix("#") { sink.append(byte: 95) }
    sink.append(text: id)
    sink.append(byte: 124)
    // The format's times have no zone; they are UTC.
    if let time = event.time { sink.append(text: String(time.formatted(fractionDigits: 6).dropLast())) }
    number(origin?.latitude.value)
    number(origin?.longitude.value)
    number((origin?.depth?.value).map(kilometres))
    text(origin?.creationInfo?.author ?? origin?.creationInfo?.agencyID)
    text(column("Catalog"))
    text(column("Contributor") ?? origin?.creationInfo?.agencyID)
    text(column("ContributorID") ?? event.tableID)
    text(magnitude?.type)
    number(magnitude?.mag.value)
    text(column("MagAuthor") ?? magnitude?.creationInfo?.agencyID)
    text(event.descriptions.first?.text)
    text(event.type)
    sink.append(byte: 10)
  }
}

/// Text with blanks for line ends: every event is one line, for whoever reads the table.
private func inOneLine(_ text: String) -> String {
  // Most texts are plain, and need no look at their characters.
  text.utf8.allSatisfy { (32..<127).contains($0) } ? text : String(text.map { $0.isNewline ? " " : $0 })
}

/// Metres as kilometres, without the last digits that a multiplication by 1000 has left behind.
func kilometres(_ metres: Double) -> Double {
  let value = metres / 1000
  let rounded = (value * 1e9).rounded() / 1e9
  return rounded * 1000 == metres || abs(rounded - value) < 1e-9 ? rounded : value
}

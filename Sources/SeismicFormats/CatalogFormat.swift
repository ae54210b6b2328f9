/// The formats of catalogs, and what else is taken for one.
public enum CatalogFormat: String, Sendable, CaseIterable {
  /// QuakeML 1.2.
  case quakeML = "quakeml"
  /// A table of events with a header line.
  case eventTable = "csv"
  /// FDSN's event text.
  case fdsnText = "fdsn"
  /// A list of events without a header line: identifier, time, longitude, latitude, depth, magnitude.
  case eventList = "list"
  /// A table of an automatic picker's picks.
  case pickTable = "picks"
  /// SeisComP XML (SCML).
  case seisComP = "scml"
  /// Nordic, as SEISAN's S-files; a folder of them too.
  case nordic = "nordic"
  /// Phase files of HYPO71.
  case hypo71 = "hypo71"

  /// What the format is called in messages.
  public var name: String {
    switch self {
    case .quakeML: "QuakeML"
    case .eventTable: "event table (CSV)"
    case .fdsnText: "FDSN event text"
    case .eventList: "event list without header"
    case .pickTable: "pick table"
    case .seisComP: "SeisComP XML"
    case .nordic: "Nordic"
    case .hypo71: "HYPO71 phase file"
    }
  }

  /// Recognises a file by its content; a folder is recognised where all its files are S-files.
  ///
  /// - Throws: ``FormatError``: `missing` or `unreadable` when it cannot be opened, `badData` when it is empty,
  ///   `unsupported` when it is something else, which is named if it is known.
  public static func recognise(_ path: String) throws -> CatalogFormat {
    if let files = try NordicFolder.files(path) {
      for file in files where try recognise(file) != .nordic {
        throw FormatError(
          .unreadable, file: path,
          found:
            "it is a directory, and \(quoted(file.split(separator: "/").last.map(String.init) ?? file)) in it is no S-file",
          expected: "a file, or a directory of S-files", remedy: "give the path of a file")
      }
      return .nordic
    }
    let input = try FileInput(path)
    try input.requireContent(expected: "a catalog")
    var bytes = try input.prefix(1 << 16)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    return try bytes.withUnsafeBufferPointer { try recognise($0, path) }
  }

  private static let expectedFormats =
    "QuakeML, SeisComP XML, Nordic, HYPO71 phases, an event table, FDSN event text or a pick table"

  private static func recognise(_ bytes: Bytes, _ path: String) throws -> CatalogFormat {
    func unsupported(_ found: String, _ remedy: String) -> FormatError {
      FormatError(
        .unsupported, file: path, found: "it is \(found)",
        expected: expectedFormats, remedy: remedy)
    }
    if let container = FileSignature.container(of: bytes) { throw unsupported(container.name, container.remedy) }
    if FileSignature.isWideText(bytes) { return .quakeML }
    let text = bytes.trimmed
    if text.first == 60 {
      let root = FileSignature.rootElement(text)
      switch root {
      case "quakeml": return .quakeML
      case "seiscomp": return .seisComP
      case "FDSNStationXML": throw unsupported("StationXML, which describes stations", "give a catalog of events")
      case nil: return .quakeML
      case let name?: throw unsupported("an XML document <\(printable(String(name.prefix(40))))>", "give a catalog")
      }
    }
    if bytes.prefix(4096).contains(0) { throw unsupported("a binary file", "give a catalog") }
    if text.isEmpty {
      throw FormatError(
        .badData, file: path, found: "it holds nothing but white space", expected: "a catalog",
        remedy: "check how it was made")
    }
    if NordicFolder.isNordic(bytes) { return .nordic }
    if let other = PhaseFileSignature.name(of: bytes) {
      throw unsupported(other, "convert it to QuakeML (for example with ObsPy)")
    }
    let firstLine = UnsafeBufferPointer(rebasing: text[..<(text.firstIndex { $0 == 10 || $0 == 13 } ?? text.count)])
    if HypoPhaseReader.isPhase(firstLine) { return .hypo71 }
    let names = Set(fields(of: firstLine, delimiter: 44).map { $0.lowercased() })
    if names.intersection(PickTable.columns).count >= 3, names.contains("p_t") || names.contains("p_prob") {
      return .pickTable
    }
    if let layout = EventTableReader.layout(firstLine: firstLine) {
      if layout.isHeaderless { return .eventList }
      return layout.delimiter == 124 ? .fdsnText : .eventTable
    }
    if text.first == 123 || text.first == 91 { throw unsupported("JSON", "give a catalog") }
    throw unsupported("a file that begins with \(quoted(firstLine.string))", "check the path and the header line")
  }

  /// Opens a catalog of any format that is read here.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError``.
  public static func open(
    _ path: String, onProblem: @escaping ProblemHandler = { _ in }
  ) throws -> (format: CatalogFormat, reader: any CatalogReader) {
    let format = try recognise(path)
    let reader: any CatalogReader =
      switch format {
      case .quakeML: try QuakeMLReader(path, onProblem: onProblem)
      case .eventTable, .fdsnText, .eventList: try EventTableReader(path, onProblem: onProblem)
      case .pickTable: try PickTableReader(path, onProblem: onProblem)
      case .seisComP: try SCMLCatalogReader(path, onProblem: onProblem)
      case .nordic: try NordicReader(path, onProblem: onProblem)
      case .hypo71: try HypoPhaseReader(path, onProblem: onProblem)
      }
    return (format, reader)
  }
}

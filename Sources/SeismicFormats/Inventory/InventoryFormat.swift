/// The formats of station metadata.
public enum InventoryFormat: String, Sendable, CaseIterable {
  /// FDSN StationXML.
  case stationXML = "stationxml"
  /// The inventory of a SeisComP XML document.
  case seisComP = "scml"
  /// A table with a header line, FDSN's station text, or a list without header.
  case table = "table"
  /// SEISAN's `STATION0.HYP`.
  case seisan = "seisan"

  /// What the format is called in messages.
  public var name: String {
    switch self {
    case .stationXML: "StationXML"
    case .seisComP: "SeisComP inventory"
    case .table: "station table"
    case .seisan: "SEISAN station file"
    }
  }

  /// Recognises a file by its content.
  ///
  /// - Throws: ``FormatError``: `missing` or `unreadable` when it cannot be opened, `badData` when it is empty,
  ///   `unsupported` when it is something else, which is named if it is known.
  public static func recognise(_ path: String) throws -> InventoryFormat {
    let input = try FileInput(path)
    try input.requireContent(expected: "stations")
    var bytes = try input.prefix(1 << 16)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    return try bytes.withUnsafeBufferPointer { bytes in
      func unsupported(_ found: String, _ remedy: String) -> FormatError {
        FormatError(
          .unsupported, file: path, found: "it is \(found)",
          expected: "StationXML, a SeisComP inventory, a table of stations, FDSN station text or a SEISAN station file",
          remedy: remedy)
      }
      if let container = FileSignature.container(of: bytes) { throw unsupported(container.name, container.remedy) }
      if FileSignature.isWideText(bytes) { return .stationXML }
      let text = bytes.trimmed
      if text.first == 60 {
        switch FileSignature.rootElement(text) {
        case "FDSNStationXML", nil: return .stationXML
        case "seiscomp": return .seisComP
        case "quakeml": throw unsupported("QuakeML, which describes events", "give the stations")
        case let name?:
          throw unsupported("an XML document <\(printable(String(name.prefix(40))))>", "give the stations")
        }
      }
      if bytes.prefix(4096).contains(0) { throw unsupported("a binary file", "give the stations") }
      if text.isEmpty {
        throw FormatError(
          .badData, file: path, found: "it holds nothing but white space", expected: "stations",
          remedy: "check how it was made")
      }
      if text.first == 123 || text.first == 91 { throw unsupported("JSON", "give a table or StationXML") }
      // Leading blanks count in SEISAN's columns.
      let lines = bytes.split(separator: 10, maxSplits: 64, omittingEmptySubsequences: true)
      for line in lines {
        let line = Bytes(rebasing: line)
        if SeisanStationReader.isReset(line) { return .seisan }
        if line.trimmed.isEmpty { continue }
        if SeisanStationReader.station(line) != nil { return .seisan }
        break
      }
      let firstLine = Bytes(rebasing: text[..<(text.firstIndex { $0 == 10 || $0 == 13 } ?? text.count)])
      if StationTableLayout(firstLine: firstLine) != nil { return .table }
      throw unsupported(
        "a file that begins with \(quoted(firstLine.string))",
        "check the path and the header line: it must name columns for station, latitude and longitude")
    }
  }
}

extension Inventory {
  /// Opens station metadata of any format that is read here.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError``.
  public static func open(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws -> Inventory {
    switch try InventoryFormat.recognise(path) {
    case .stationXML: try StationXMLReader(path, onProblem: onProblem).readAll()
    case .seisComP: try SeisComPInventoryReader.read(path, onProblem: onProblem)
    case .table: try StationTableReader.read(path, onProblem: onProblem)
    case .seisan: try SeisanStationReader.read(path, onProblem: onProblem)
    }
  }

  /// Opens several files as one inventory; see ``merging(_:)-(_)`` for what becomes of stations in more than one.
  ///
  /// - Throws: ``FormatError``.
  public static func open(_ paths: [String], onProblem: @escaping ProblemHandler = { _ in }) throws -> Inventory {
    try merging(paths.map { try open($0, onProblem: onProblem) })
  }
}

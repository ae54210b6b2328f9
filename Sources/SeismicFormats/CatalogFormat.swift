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

  /// What the format is called in messages.
  public var name: String {
    switch self {
    case .quakeML: "QuakeML"
    case .eventTable: "event table (CSV)"
    case .fdsnText: "FDSN event text"
    case .eventList: "event list without header"
    case .pickTable: "pick table"
    }
  }

  /// Recognises a file by its content.
  ///
  /// - Throws: ``FormatError``: `missing` or `unreadable` when it cannot be opened, `badData` when it is empty,
  ///   `unsupported` when it is something else, which is named if it is known.
  public static func recognise(_ path: String) throws -> CatalogFormat {
    let input = try FileInput(path)
    try input.requireContent(expected: "a catalog")
    var bytes = try input.prefix(1 << 16)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    return try bytes.withUnsafeBufferPointer { try recognise($0, path) }
  }

  private static func recognise(_ bytes: Bytes, _ path: String) throws -> CatalogFormat {
    func unsupported(_ found: String, _ remedy: String) -> FormatError {
      FormatError(
        .unsupported, file: path, found: "it is \(found)",
        expected: "QuakeML, an event table, FDSN event text or a pick table", remedy: remedy)
    }
    if bytes.count >= 2, bytes[0] == 0x1F, bytes[1] == 0x8B {
      throw unsupported("compressed with gzip", "unpack it first (gunzip)")
    }
    if bytes.begins(with: "PK\u{3}\u{4}") { throw unsupported("a zip archive", "unpack it first") }
    if bytes.begins(with: "BZh") { throw unsupported("compressed with bzip2", "unpack it first (bunzip2)") }
    if bytes.count >= 4, bytes[0] == 0x89, bytes[1] == 72, bytes[2] == 68, bytes[3] == 70 {
      throw unsupported("an HDF5 file", "give a catalog")
    }
    let isWide = bytes.count >= 2 && (bytes[0] == 0xFE && bytes[1] == 0xFF || bytes[0] == 0xFF && bytes[1] == 0xFE)
    if isWide {
      // UTF-16 is common in XML only.
      return .quakeML
    }
    let text = bytes.trimmed
    if text.first == 60 {
      let root = rootElement(text)
      switch root {
      case "quakeml": return .quakeML
      case "seiscomp":
        throw unsupported("SeisComP XML (SCML)", "convert it to QuakeML (for example with SeisComP's sccnv)")
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
    let firstLine = UnsafeBufferPointer(rebasing: text[..<(text.firstIndex { $0 == 10 || $0 == 13 } ?? text.count)])
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

  /// The name of a document's first element, without prefix; nil when none is in sight.
  private static func rootElement(_ text: Bytes) -> String? {
    var index = 0
    while index < text.count {
      guard text[index] == 60, index + 1 < text.count else {
        index += 1
        continue
      }
      let next = text[index + 1]
      if next == 63 || next == 33 {
        // A declaration, a comment or a document type ends with the next ">" that is not inside it.
        let isComment = UnsafeBufferPointer(rebasing: text[index...]).begins(with: "<!--")
        var end = index + 2
        while end < text.count {
          if text[end] == 62, !isComment || (text[end - 1] == 45 && text[end - 2] == 45) { break }
          end += 1
        }
        index = end + 1
        continue
      }
      var end = index + 1
      while end < text.count, text[end] > 32, text[end] != 62, text[end] != 47 { end += 1 }
      let name = UnsafeBufferPointer(rebasing: text[(index + 1)..<end]).string
      return name.split(separator: ":").last.map(String.init)
    }
    return nil
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
      }
    return (format, reader)
  }
}

import HSDLCompute
import SeismicFormats

/// A table of decisions, as a text editor or a spreadsheet leaves it.
enum DecisionTable {
  /// The columns that must be there.
  static let columns = ["event_id", "label", "who", "why"]
  /// Larger files are none that a person has filled in.
  private static let sizeLimit = 256 << 20

  /// Whether the first line of a file names the columns.
  static func isOne(_ path: String) throws -> Bool {
    let bytes = try FileInput(path).prefix(1 << 16)
    guard let head = SpreadsheetRows(bytes).header else { return false }
    return Set(columns).isSubset(of: head)
  }

  /// Reads the decisions; rows without a label are passed over.
  ///
  /// - Throws: ``FormatError`` when the header line lacks a column, a row has more or fewer fields, a label is unknown, it is not told who decided, or
  ///   a time is none.
  static func read(_ path: String) throws -> (decisions: [Decision], problems: [Problem]) {
    let input = try FileInput(path)
    try input.requireContent(expected: "a table of decisions")
    guard input.size <= sizeLimit else {
      throw FormatError(
        .unsupported, file: path, found: "it has \(input.size >> 20) MiB",
        expected: "a table of decisions of at most \(sizeLimit >> 20) MiB")
    }
    let bytes = try input.prefix(input.size)
    func wrong(_ line: Int?, _ found: String, _ expected: String?, _ remedy: String? = nil) -> FormatError {
      FormatError(
        .badData, file: path, at: line.map { .line($0) }, found: found, expected: expected, remedy: remedy)
    }
    guard !bytes.contains(0) else {
      throw wrong(nil, "it holds zero bytes, as UTF-16 and spreadsheets do", "text", "save it as CSV in UTF-8")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw wrong(nil, "it is not UTF-8", "text in UTF-8", "save it as CSV in UTF-8")
    }
    var rows = SpreadsheetRows(bytes)
    guard let names = rows.header else {
      throw wrong(1, "there is no column event_id", "a header line with the columns \(columns.joined(separator: ", "))")
    }
    if let missing = columns.first(where: { !names.contains($0) }) {
      throw wrong(
        rows.headerLine, "there is no column \(missing)", "the columns \(columns.joined(separator: ", "))",
        "a decision needs to tell who made it and why")
    }
    for name in columns + ["time", "agency"] where names.count(where: { $0 == name }) > 1 {
      throw wrong(rows.headerLine, "there are two columns \(name)", "one")
    }
    func place(_ name: String) -> Int? { names.firstIndex(of: name) }
    let places = columns.map { place($0) ?? 0 }
    let timePlace = place("time") ?? place("decided_time")
    let agencyPlace = place("agency")

    var decisions: [Decision] = []
    var problems: [Problem] = []
    while let (fields, line) = rows.next() {
      if fields.allSatisfy(\.isEmpty) { continue }
      guard fields.count >= names.count || fields.count > places.max() ?? 0 else {
        throw wrong(
          line, "\(fields.count) fields", "\(names.count), as in the header line", "do not leave out delimiters")
      }
      if fields.count > names.count, fields[names.count...].contains(where: { !$0.isEmpty }) {
        throw wrong(
          line, "\(fields.count) fields", "\(names.count), as in the header line",
          "put text that holds a delimiter in double quotes")
      }
      let (id, word, who, why) = (fields[places[0]], fields[places[1]], fields[places[2]], fields[places[3]])
      guard !word.isEmpty else {
        if !why.isEmpty {
          problems.append(
            Problem(
              file: path, line: line, eventID: id, found: "there is a reason, but no label",
              expected: "real, fake or uncertain", action: "decides nothing"))
        }
        continue
      }
      guard !id.isEmpty else { throw wrong(line, "event_id is empty", "the event that is decided on") }
      guard let meaning = EventTypeMeaning(word), let label = meaning.label else {
        throw wrong(
          line, "the label is \(quoted(word))",
          "real, fake or uncertain, or a type of events as in QuakeML (earthquake, quarry blast, not existing)")
      }
      guard !who.isEmpty else { throw wrong(line, "who is empty", "the name of whoever decided") }
      var time: UTCTime?
      if let timePlace, timePlace < fields.count, !fields[timePlace].isEmpty {
        time = UTCTime(fields[timePlace])
        if time == nil {
          throw wrong(
            line, "\(names[timePlace]) is \(quoted(fields[timePlace]))",
            "when it was decided, as 2024-08-02 or 2024-08-02T16:56:23Z")
        }
      }
      var decision = Decision(
        eventID: Event(publicID: id).tableID, label: label, who: who, why: why, time: time, file: path, line: line)
      decision.type = meaning.type
      if let agencyPlace, agencyPlace < fields.count { decision.agency = fields[agencyPlace] }
      decisions.append(decision)
    }
    return (decisions, problems)
  }
}

/// Rows of a table as spreadsheets write it: delimited by commas, semicolons or tabs, in quotes where needed, also over several lines.
struct SpreadsheetRows {
  /// The names of the columns, in lower case; nil where there is none `event_id`.
  let header: [String]?
  /// The line of the header.
  private(set) var headerLine = 1
  private let bytes: [UInt8]
  private let delimiter: UInt8
  private var position = 0
  private var line = 1

  /// Reads the header line.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    var found: (names: [String], delimiter: UInt8, position: Int, line: Int)?
    for delimiter in [44, 59, 9] as [UInt8] where found == nil {
      var (position, line) = (position, line)
      guard let row = Self.row(bytes, delimiter, &position, &line) else { continue }
      let names = row.fields.map { $0.lowercased() }
      if names.contains("event_id") {
        found = (names, delimiter, position, line)
        headerLine = row.line
      }
    }
    header = found?.names
    delimiter = found?.delimiter ?? 44
    if let found { (position, line) = (found.position, found.line) }
  }

  /// The next row and the line that it begins in; nil at the end.
  ///
  /// Lines that begin with `#` are remarks.
  mutating func next() -> (fields: [String], line: Int)? { Self.row(bytes, delimiter, &position, &line) }

  private static func row(
    _ bytes: [UInt8], _ delimiter: UInt8, _ position: inout Int, _ line: inout Int
  ) -> (fields: [String], line: Int)? {
    while position < bytes.count, bytes[position] == 35 {
      while position < bytes.count, bytes[position] != 10 { position += 1 }
      position += 1
      line += 1
    }
    guard position < bytes.count else { return nil }
    let first = line
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    func end() {
      // Where a cell would be taken for a formula, an apostrophe stands before it.
      let text = withoutApostrophe(String(decoding: field, as: UTF8.self))
      fields.append(
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
          .split(whereSeparator: \.isNewline).joined(separator: " "))
      field.removeAll(keepingCapacity: true)
    }
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if isQuoted {
        if byte == 10 { line += 1 }
        guard byte == 34 else {
          field.append(byte)
          continue
        }
        if position < bytes.count, bytes[position] == 34 {
          field.append(34)
          position += 1
        } else {
          isQuoted = false
        }
      } else if byte == 34 && field.isEmpty {
        isQuoted = true
      } else if byte == delimiter {
        end()
      } else if byte == 10 {
        line += 1
        end()
        return (fields, first)
      } else {
        field.append(byte)
      }
    }
    end()
    return (fields, first)
  }
}

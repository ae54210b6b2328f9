/// A table of papers on machine learning in seismology, in the columns of Mousavi and Beroza (2022), read and checked row by row.
public struct LiteratureTable: Sendable {
  /// The file.
  public let file: String
  /// The rows that could be read, in order.
  public private(set) var entries: [LiteratureEntry] = []
  /// What is not as it should be, in order of lines and columns.
  public private(set) var problems: [LiteratureProblem] = []
  /// How many rows of data there are, those that could not be read among them.
  public private(set) var rowCount = 0

  /// A larger file is no table of papers.
  static let sizeLimit = 256 << 20

  /// The columns that this program adds when it writes a table.
  enum OwnColumn: String, CaseIterable {
    case model
    case line
    case sameTitleAs = "same_title_as"
  }

  /// Whether the first line of a file is the header line of such a table.
  public static func isLiterature(prefix: [UInt8]) -> Bool {
    var reader = CSVRecordReader(prefix)
    guard let header = reader.next() else { return false }
    let names = Set(header.fields.map { String(decoding: $0, as: UTF8.self) })
    let marks: [LiteratureColumn] = [.author, .category, .task, .title, .networkType]
    return marks.allSatisfy { names.contains($0.rawValue) }
  }

  /// Reads a file.
  ///
  /// - Throws: ``FormatError`` when it cannot be read, or its first line does not name the columns. Rows that are not as they should be do not throw.
  public init(_ path: String) throws {
    file = path
    let input = try FileInput(path)
    try input.requireContent(expected: "a table of papers")
    guard input.size <= Self.sizeLimit else {
      throw FormatError(.badData, file: path, found: "it has \(input.size) bytes", expected: "a table of papers")
    }
    var reader = CSVRecordReader(try input.prefix(input.size))
    guard let header = reader.next() else {
      throw FormatError(.badData, file: path, found: "it holds no line", expected: "a table of papers")
    }
    let layout = try Layout(header, file: path)
    reader.width = layout.width
    for name in layout.unknown {
      problems.append(
        LiteratureProblem(
          .unknown, line: header.line, column: name, found: "there is no such column",
          expected: LiteratureColumn.allCases.map(\.rawValue).joined(separator: " "), action: "column left out"))
    }
    while let record = reader.next() {
      rowCount += 1
      add(record, layout)
    }
    markSameTitles()
  }

  /// Which cell belongs to which column.
  private struct Layout {
    var places: [(column: LiteratureColumn, place: Int)] = []
    var own: [OwnColumn: Int] = [:]
    var unknown: [String] = []
    var width: Int
    /// The columns by their cells; nil for a cell of no known column.
    var columns: [LiteratureColumn?]

    init(_ header: CSVRecord, file: String) throws {
      let names = header.fields.map { Bytes.text($0) }
      width = names.count
      columns = names.map { LiteratureColumn(rawValue: $0) }
      var seen: Set<String> = []
      for name in names where !seen.insert(name).inserted && !name.isEmpty {
        throw FormatError(
          .badData, file: file, at: .line(header.line), found: "the column \(quoted(name)) is there twice",
          expected: "each column once", remedy: "take one of them out")
      }
      for column in LiteratureColumn.allCases {
        guard let place = names.firstIndex(of: column.rawValue) else {
          let others = names.filter { LiteratureColumn(rawValue: $0) == nil }
          let near = Spelling.nearest(to: column.rawValue, among: others).map { ", but \(quoted($0)) is" } ?? ""
          throw FormatError(
            .badData, file: file, at: .line(header.line), found: "the column \(column.rawValue) is not there\(near)",
            expected: "the columns " + LiteratureColumn.allCases.map(\.rawValue).joined(separator: ","),
            remedy: "give a table of papers")
        }
        places.append((column, place))
      }
      for (place, name) in names.enumerated() {
        if let column = OwnColumn(rawValue: name) {
          own[column] = place
        } else if columns[place] == nil {
          unknown.append(name)
        }
      }
    }
  }

  // MARK: Rows

  private mutating func add(_ record: CSVRecord, _ layout: Layout) {
    var fields = record.fields
    if record.isOpen || fields.count != layout.width {
      let repaired = Self.repair(fields, layout.columns)
      let found =
        record.isOpen ? "a quote is not closed" : "\(fields.count) cells"
      let action =
        repaired == nil
        ? "row left out" : fields.count == layout.width ? "kept as it stands" : "cells that belong together joined"
      problems.append(
        LiteratureProblem(
          .cells, line: record.line, column: nil, found: found, expected: "\(layout.width) cells", action: action))
      guard let repaired else { return }
      fields = repaired
    }
    var entry = LiteratureEntry()
    entry.line = record.line
    for (column, place) in layout.places { set(column, fields[place], &entry) }
    if let place = layout.own[.model] {
      let model = Bytes.text(fields[place])
      if !model.isEmpty { entry.model = model }
    }
    checkTogether(entry)
    entries.append(entry)
  }

  /// Puts cells together that were cut apart at commas of a list or of the remarks because their quotes were lost.
  private static func repair(_ fields: [[UInt8]], _ columns: [LiteratureColumn?]) -> [[UInt8]]? {
    if fields.count == columns.count { return fields }
    guard fields.count > columns.count else { return nil }
    var joined: [[UInt8]] = []
    var index = 0
    while index < fields.count {
      var cell = fields[index]
      if joined.count < columns.count, columns[joined.count]?.isList ?? false, cell.first == 91 {
        while cell.last != 93, index + 1 < fields.count {
          index += 1
          cell += [44] + fields[index]
        }
      }
      joined.append(cell)
      index += 1
    }
    // What is left over belongs to the remarks at the end, if all lists stand where they should.
    if joined.count > columns.count, columns.last == .some(.notes) {
      let rest = joined[(columns.count - 1)...]
      joined = Array(joined[..<(columns.count - 1)]) + [Array(rest.joined(separator: [44]))]
    }
    guard joined.count == columns.count else { return nil }
    let isSound = zip(columns, joined).allSatisfy { column, cell in
      column.map { !$0.isList || cell.first == 91 && cell.last == 93 } ?? true
    }
    return isSound ? joined : nil
  }

  private mutating func set(_ column: LiteratureColumn, _ bytes: [UInt8], _ entry: inout LiteratureEntry) {
    let line = entry.line
    func problem(
      _ kind: LiteratureProblem.Kind, _ found: String, _ expected: String, _ action: String = "kept as it stands"
    ) {
      problems.append(
        LiteratureProblem(
          kind, line: line, column: column.rawValue, found: found, expected: expected, action: action))
    }
    var text = Bytes.text(bytes)
    if String(validating: bytes, as: UTF8.self) == nil {
      problem(.encoding, "bytes that are not UTF-8 in \(quoted(text))", "UTF-8", "replaced")
    }
    let controls = text.unicodeScalars.filter {
      $0.value < 32 && $0 != "\t" && $0 != "\n" && $0 != "\r" || $0.value == 127
    }
    if let first = controls.first {
      problem(
        .encoding,
        "\(controls.count == 1 ? "a control character" : "\(controls.count) control characters") (U+00\(hexadecimal(first.value))) in \(quoted(text))",
        "text", "left out")
      text.unicodeScalars.removeAll { $0.value < 32 && $0 != "\t" && $0 != "\n" && $0 != "\r" || $0.value == 127 }
    }
    // What the writer has put before signs that a spreadsheet would compute with.
    if text.first == "'", let second = text.dropFirst().first, "=+-@".contains(second) { text.removeFirst() }
    let trimmed = text.trimmingBlanks
    if trimmed.isEmpty {
      if !text.isEmpty { problem(.blank, "nothing but blanks", "text, or nothing", "taken as nothing") }
      if column.isRequired { problem(.missing, "nothing", Self.expectation(column)) }
      return
    }
    // Remarks are prose: blanks around them mean nothing.
    if trimmed != text, column != .notes { problem(.spaces, "blanks around \(quoted(trimmed))", "none", "taken off") }
    guard column.isList else {
      entry[column] = trimmed
      if column == .year, entry.year == nil {
        problem(
          .number, "the year \(quoted(trimmed))",
          "a year from \(LiteratureEntry.years.lowerBound) to \(LiteratureEntry.years.upperBound)",
          "kept as it stands; counted under no year")
      }
      Self.check([trimmed], column, problem)
      return
    }
    let (list, faults) = ListCell.read(trimmed)
    if !faults.isEmpty {
      problem(
        .list, "\(faults.joined(separator: "; ")): \(quoted(trimmed))", "a list such as ['CNN', 'FC']",
        "read as \(quoted(list.text))")
    }
    var items = list.items
    for index in items.indices {
      let word = items[index].text.trimmingBlanks
      if word != items[index].text {
        problem(.spaces, "blanks around \(quoted(word)) in a list", "none", "taken off")
        items[index].text = word
      }
    }
    if items.contains(where: { $0.text.isEmpty }) {
      problem(.list, "an item is empty: \(quoted(trimmed))", Self.expectation(column), "item left out")
      items.removeAll { $0.text.isEmpty }
    }
    if column.isNumeric {
      for item in items where !item.isNumber && item.text != "?" {
        problem(.number, quoted(item.text), column == .score ? "numbers" : "numbers, or '?' where they are not known")
      }
      for item in items where item.isNumber && item.text.hasPrefix("-") {
        problem(.number, "\(item.text) is less than zero", "sizes and scores of zero or more")
      }
    } else {
      for item in items where item.isNumber { problem(.list, "the number \(item.text)", "words in quotes") }
    }
    entry.set(column, ListCell(items))
    if items.isEmpty, column.isRequired { problem(.missing, "an empty list", Self.expectation(column)) }
    Self.check(items.map(\.text), column, problem)
  }

  private static func expectation(_ column: LiteratureColumn) -> String {
    if let vocabulary = column.vocabulary, vocabulary.count <= 9 {
      return (column.isList ? "a list of " : "") + vocabulary.joined(separator: " | ")
    }
    return column.isList ? "a list with at least one word" : "text"
  }

  private static func check(
    _ words: [String], _ column: LiteratureColumn,
    _ problem: (LiteratureProblem.Kind, String, String, String) -> Void
  ) {
    guard let vocabulary = column.vocabulary else { return }
    for word in words where !vocabulary.contains(word) {
      let near = Spelling.nearest(to: word, among: vocabulary)
      problem(
        .unknown, quoted(word),
        near.map { "a known word; did you mean '\($0)'?" }
          ?? (vocabulary.count <= 9 ? Self.expectation(column) : "one of the \(vocabulary.count) known words"),
        "kept as it stands")
    }
  }

  /// Checks what only several cells together can tell.
  private mutating func checkTogether(_ entry: LiteratureEntry) {
    let models = entry.list(.modelType).words.map(Spelling.folded)
    if entry.networkTypes.isEmpty, models.contains("ann") || models.contains("neuralnetwork") {
      problems.append(
        LiteratureProblem(
          .missing, line: entry.line, column: LiteratureColumn.networkType.rawValue,
          found: "an empty list beside a neural network", expected: Self.expectation(.networkType)))
    }
    let (metrics, scores) = (entry.list(.metric).items.count, entry.list(.score).items.count)
    if metrics != scores, scores > 0 {
      problems.append(
        LiteratureProblem(
          .mismatch, line: entry.line, column: LiteratureColumn.score.rawValue,
          found: "\(scores) value\(scores == 1 ? "" : "s") of \(metrics) measure\(metrics == 1 ? "" : "s")",
          expected: "a value for each measure"))
    }
  }

  private mutating func markSameTitles() {
    var firsts: [String: Int] = [:]
    for index in entries.indices where entries[index].model == nil {
      let key = entries[index].titleKey
      guard !key.isEmpty else { continue }
      guard let first = firsts[key] else {
        firsts[key] = index
        continue
      }
      let (entry, other) = (entries[index], entries[first])
      entries[index].sameTitleAs = other.line
      let isSame = Spelling.folded(entry[.author]) == Spelling.folded(other[.author])
      problems.append(
        LiteratureProblem(
          .doubled, line: entry.line, column: LiteratureColumn.title.rawValue,
          found:
            "the title of line \(other.line), \(isSame ? "of the same author" : "of \(quoted(other[.author])) there and \(quoted(entry[.author])) here"): \(quoted(entry[.title]))",
          expected: "each paper once"))
    }
    problems.sort {
      if $0.line != $1.line { return $0.line < $1.line }
      return Self.order($0.column) < Self.order($1.column)
    }
  }

  private static func order(_ column: String?) -> Int {
    guard let column else { return -1 }
    return LiteratureColumn.allCases.firstIndex { $0.rawValue == column } ?? LiteratureColumn.allCases.count
  }
}

extension Bytes {
  fileprivate static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension String {
  /// The text without white space at both ends.
  var trimmingBlanks: String {
    var rest = unicodeScalars[...]
    while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}

private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return digits.count < 2 ? "0\(digits)" : digits
}

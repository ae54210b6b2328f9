/// A CSV table that is read row by row at will; only the places of the rows are kept.
final class MetadataTable {
  let path: String
  /// The names of the columns, as they stand in the first line.
  let names: [String]
  private let input: FileInput
  private var offsets: [Int] = []

  /// Reads a table once, to find its rows; empty lines are left out.
  ///
  /// - Parameters:
  ///   - begin: called with the names of the columns.
  ///   - visit: called with the index and the fields of every row.
  /// - Throws: ``FormatError``; what `visit` throws.
  init(_ path: String, begin: ([String]) -> Void, visit: (Int, [String]) throws -> Void) throws {
    self.path = path
    let input = try FileInput(path)
    self.input = input
    try input.requireContent(expected: "a table of waveforms")
    let reader = LineReader(input)
    // Lines lie in the reader's memory.
    defer { withExtendedLifetime(reader) {} }
    guard let first = try reader.next() else {
      throw FormatError(.badData, file: path, found: "there is no header line")
    }
    names = fields(of: first.bytes, delimiter: 44)
    guard names.contains("trace_name") else {
      throw FormatError(
        .badData, file: path, at: .line(1), found: "there is no column trace_name",
        expected: "the names of the columns")
    }
    begin(names)
    while let line = try reader.next() {
      if line.bytes.trimmed.isEmpty { continue }
      let row = fields(of: line.bytes, delimiter: 44)
      guard row.count == names.count else {
        throw FormatError(
          .badData, file: path, at: .line(line.number), found: "\(row.count) columns",
          expected: "\(names.count), as in the first line", remedy: "check that the table was copied whole")
      }
      offsets.append(line.offset)
      try visit(offsets.count - 1, row)
    }
  }

  /// Opens a table of which all that matters is known already.
  ///
  /// - Throws: ``FormatError``.
  init(_ path: String, names: [String], offsets: [Int]) throws {
    self.path = path
    input = try FileInput(path)
    self.names = names
    self.offsets = offsets
  }

  /// Where the rows begin.
  var places: [Int] { offsets }

  /// The number of rows.
  var count: Int { offsets.count }

  /// The fields of a row.
  ///
  /// - Throws: ``FormatError``.
  func row(_ index: Int) throws -> [String] {
    guard offsets.indices.contains(index) else {
      throw FormatError(.badData, file: path, found: "row \(index) was asked for", expected: "0 to \(count - 1)")
    }
    let reader = LineReader(input, from: offsets[index], bufferSize: 8192)
    defer { withExtendedLifetime(reader) {} }
    guard let line = try reader.next() else {
      throw FormatError(.inputOutput, file: path, at: .byte(offsets[index]), found: "it has become shorter")
    }
    let row = fields(of: line.bytes, delimiter: 44)
    guard row.count == names.count else {
      throw FormatError(.inputOutput, file: path, at: .byte(offsets[index]), found: "it has changed")
    }
    return row
  }

  /// A row as names and values.
  ///
  /// - Throws: ``FormatError``.
  func columns(_ index: Int) throws -> [(name: String, value: HDF5Value)] {
    zip(names, try row(index)).map { (name: $0, value: .texts([$1])) }
  }
}

/// A table of an automatic picker's picks: comma-separated, with a header line, one row for each P pick.
///
/// Columns, in any order: `event_id`, `station`, `p_t`, `p_prob`, `s_t`, `s_prob`; others are passed over. Times are
/// UTC. A row without an S pick has `no pick` in `s_t` and `s_prob`. Rows of an event usually stand together; where they
/// do not, the event comes in several groups.
///
/// Any stretch of the file can be read on its own: the groups that begin in it, and no others.
public final class PickTable {
  /// The columns that every table must have.
  public static let columns = ["event_id", "station", "p_t", "p_prob", "s_t", "s_prob"]
  /// An event with more rows than this is cut off there, and a problem is reported.
  public static let rowLimit = 1_000_000

  /// The path.
  public var path: String { input.path }
  /// The bytes that hold rows: everything behind the header line.
  public let body: Range<Int>
  /// Whether the last line has no line end: the file may have been cut, and its last number with it.
  public let endsInsideLine: Bool
  /// Columns of the table that are not used.
  public let otherColumns: [String]

  private let input: FileInput
  private let layout: Layout
  private let memory = SegmentMemory()

  /// Where the columns are.
  struct Layout {
    /// The number of columns.
    var columnCount: Int
    /// The place of each of ``columns``.
    var places: [Int]
    /// Whether the table has just these columns in just this order.
    var isUsual: Bool { places == [0, 1, 2, 3, 4, 5] && columnCount == 6 }
  }

  /// Opens a table and reads its header.
  ///
  /// - Throws: ``FormatError`` when it cannot be opened, is empty, or a column is missing.
  public init(_ path: String) throws {
    input = try FileInput(path)
    let expected = "a header line with \(Self.columns.joined(separator: ","))"
    try input.requireContent(expected: expected)
    let reader = LineReader(input, bufferSize: 1 << 16)
    guard let header = try reader.next() else {
      throw FormatError(.badData, file: path, found: "it is empty", expected: expected)
    }
    let names = fields(of: header.bytes, delimiter: 44).map { $0.lowercased() }
    var places: [Int] = []
    var missing: [String] = []
    for column in Self.columns {
      if let place = names.firstIndex(of: column) { places.append(place) } else { missing.append(column) }
    }
    guard missing.isEmpty else {
      let nothing = missing.count == Self.columns.count
      throw FormatError(
        .badData, file: path, at: .line(1),
        found: nothing
          ? "there is no header line; it begins with \(quoted(header.bytes.string))"
          : "the header has no column \(missing.joined(separator: ", "))",
        expected: expected, remedy: nothing ? "add the header line" : "add it or rename the one that holds it")
    }
    layout = Layout(columnCount: names.count, places: places)
    otherColumns = names.filter { !Self.columns.contains($0) }
    body = reader.position..<max(input.size, reader.position)
    var last: UInt8 = 10
    let file = input
    if file.size > 0 { _ = try withUnsafeMutableBytes(of: &last) { try file.read(at: file.size - 1, into: $0) } }
    endsInsideLine = last != 10
  }

  /// Cuts the body into stretches of about `size` bytes.
  ///
  /// The same table and size always give the same stretches.
  public func segments(ofSize size: Int) -> [Range<Int>] {
    let step = min(max(size, 1), max(body.count, 1))
    return stride(from: body.lowerBound, to: body.upperBound, by: step).map {
      $0..<min($0 + step, body.upperBound)
    }
  }

  /// What reading a stretch came to.
  public struct Summary: Sendable {
    /// Rows that begin in the stretch, readable or not.
    ///
    /// Sums of this over the stretches before give line numbers.
    public var lineCount = 0
    /// Groups that begin in the stretch.
    public var groupCount = 0
    /// Rows in those groups.
    public var rowCount = 0
    /// Rows that could not be used.
    public var problemCount = 0
  }

  /// Reads the groups that begin in a stretch of the body.
  ///
  /// A group that begins in it is read to its end, wherever that is; one that began before is passed over. So the
  /// stretches of ``segments(ofSize:)`` together give every group exactly once, whoever reads them.
  ///
  /// - Parameters:
  ///   - segment: the stretch; any part of ``body``.
  ///   - onProblem: told of rows that cannot be used. Their line numbers count from the first row that begins in the
  ///     stretch, which is 0.
  ///   - onGroup: given each group; the object is used again for the next.
  /// - Throws: ``FormatError`` when reading fails; what the handlers throw.
  @discardableResult
  public func read(
    _ segment: Range<Int>, onProblem: ProblemHandler, onGroup: (PickGroup) throws -> Void
  ) throws -> Summary {
    let start = max(segment.lowerBound, body.lowerBound)
    guard start < min(segment.upperBound, body.upperBound) else { return Summary() }
    let (firstRow, previousID) = try boundary(start)
    return try withoutActuallyEscaping(onProblem) { onProblem in
      try withoutActuallyEscaping(onGroup) { onGroup in
        try PickSegmentReader(
          input, layout: layout, segment: segment, firstRow: firstRow, previousID: previousID, memory: memory,
          onProblem: onProblem, onGroup: onGroup
        ).run()
      }
    }
  }

  /// What parts the fields of a line whose quotes are removed: no field holds a line feed.
  static let unquotedDelimiter: UInt8 = 10

  /// The line with its quotes removed and ``unquotedDelimiter`` between its fields, which may hold commas.
  static func unquoted(_ line: Bytes) -> [UInt8] {
    var result: [UInt8] = []
    var inside = false
    var index = 0
    while index < line.count {
      let byte = line[index]
      index += 1
      if byte != 34 {
        result.append(byte == 44 && !inside ? unquotedDelimiter : byte)
      } else if inside, index < line.count, line[index] == 34 {
        result.append(34)
        index += 1
      } else {
        inside.toggle()
      }
    }
    return result
  }

  /// Where the first row that begins at or after a place begins, and the event of the last row before that has one.
  private func boundary(_ start: Int) throws -> (row: Int, previousID: [UInt8]?) {
    guard start > body.lowerBound else { return (body.lowerBound, nil) }
    var window = 1 << 12
    while true {
      let from = max(body.lowerBound, start - window)
      let reader = LineReader(input, from: from, bufferSize: 1 << 16)
      // A window that does not begin with the body begins inside a row, which is passed over.
      if from > body.lowerBound { _ = try reader.next() }
      var previousID: [UInt8]?
      while reader.position < start, let line = try reader.next() {
        if let id = identifier(line.bytes) { previousID = id }
      }
      if previousID != nil || from == body.lowerBound { return (reader.position, previousID) }
      window *= 16
    }
  }

  /// The event of a row; nil when it has none.
  private func identifier(_ line: Bytes) -> [UInt8]? {
    let parts =
      line.contains(34)
      ? Self.unquoted(line.trimmed).split(separator: Self.unquotedDelimiter, omittingEmptySubsequences: false)
      : Array(line).split(separator: 44, omittingEmptySubsequences: false)
    guard parts.count > layout.places[0] else { return nil }
    let id = parts[layout.places[0]].withUnsafeBufferPointer { Array($0.trimmed) }
    return id.isEmpty ? nil : id
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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
  /// Columns of the table that are not used.
  public let otherColumns: [String]

  private let input: FileInput
  private let columnCount: Int
  private let places: [Int]

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
    self.places = places
    columnCount = names.count
    otherColumns = names.filter { !Self.columns.contains($0) }
    body = reader.position..<max(input.size, reader.position)
  }

  /// Cuts the body into stretches of about `size` bytes.
  ///
  /// The same table and size always give the same stretches.
  public func segments(ofSize size: Int) -> [Range<Int>] {
    stride(from: body.lowerBound, to: body.upperBound, by: max(size, 1)).map {
      $0..<min($0 + max(size, 1), body.upperBound)
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
    var summary = Summary()
    let start = max(segment.lowerBound, body.lowerBound)
    guard start < min(segment.upperBound, body.upperBound) else { return summary }
    let (firstRow, previousID) = try boundary(start)
    let reader = LineReader(input, from: firstRow, bufferSize: 1 << 20)
    let group = PickGroup()
    var isOpen = false
    var skippedID = previousID
    let places = (places[0], places[1], places[2], places[3], places[4], places[5])
    var dates = DateCache()
    // The start and end of each field of the present line.
    let bounds = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 2 * columnCount)
    defer { bounds.deallocate() }
    var unquoted: [UInt8] = []

    while let line = try reader.next() {
      let isInside = line.offset < segment.upperBound
      if !isInside && !isOpen { break }
      let relativeLine = line.number - 1
      if isInside { summary.lineCount += 1 }
      var bytes = line.bytes
      if bytes.trimmed.isEmpty { continue }
      unquoted.removeAll(keepingCapacity: true)
      if let base = bytes.baseAddress, memchr(base, 34, bytes.count) != nil { unquoted = withoutQuotes(bytes) }
      try unquoted.withUnsafeBufferPointer { plain in
        if !plain.isEmpty { bytes = plain }
        let count = split(bytes, bounds)
        func field(_ place: Int) -> Bytes {
          UnsafeBufferPointer(rebasing: bytes[Int(bounds[2 * place])..<Int(bounds[2 * place + 1])])
        }
        func problem(_ found: String, _ expected: String, id: Bytes?) throws {
          summary.problemCount += 1
          if id != nil { group.unusableRowCount += 1 }
          var found = found
          if !line.isEnded { found += ", and the file ends in the middle of the line" }
          try onProblem(
            Problem(
              file: path, line: relativeLine, byte: line.offset, eventID: id?.string ?? "", found: found,
              expected: expected, action: "row left out"))
        }
        guard count > places.0, !field(places.0).isEmpty else {
          // Nobody's row: told of by the stretch in which it begins.
          if isInside {
            try problem(
              "a row of \(count) columns without event_id", "\(columnCount) columns, event_id among them", id: nil)
          }
          return
        }
        let id = field(places.0)
        if let skipped = skippedID {
          if skipped.withUnsafeBufferPointer({ $0.isSame(as: id) }) { return }
          skippedID = nil
        }
        if !isOpen || !group.isSame(as: id) {
          if isOpen {
            try onGroup(group)
            isOpen = false
          }
          guard isInside else { return }
          group.begin(id)
          summary.groupCount += 1
          isOpen = true
        }
        guard count == columnCount else {
          return try problem("\(count) columns", "\(columnCount), as in the header", id: id)
        }
        guard let pTime = dates.time(field(places.2)) else {
          return try problem(
            "p_t is \(quoted(field(places.2).string))", "a time as 2024-08-02 16:56:23.715", id: id)
        }
        guard let pProbability = parseDecimal(field(places.3)), pProbability >= 0, pProbability <= 1 else {
          return try problem("p_prob is \(quoted(field(places.3).string))", "a number from 0 to 1", id: id)
        }
        let sTimeText = field(places.4)
        let sProbabilityText = field(places.5)
        var sTime: UTCTime?
        var sProbability = Double.nan
        if isNoPick(sTimeText) != isNoPick(sProbabilityText) {
          return try problem(
            "s_t is \(quoted(sTimeText.string)) and s_prob is \(quoted(sProbabilityText.string))",
            "a time and a probability, or 'no pick' in both", id: id)
        }
        if !isNoPick(sTimeText) {
          sTime = dates.time(sTimeText)
          guard sTime != nil else {
            return try problem("s_t is \(quoted(sTimeText.string))", "a time, or 'no pick'", id: id)
          }
          guard let value = parseDecimal(sProbabilityText), value >= 0, value <= 1 else {
            return try problem(
              "s_prob is \(quoted(sProbabilityText.string))", "a number from 0 to 1, or 'no pick'", id: id)
          }
          sProbability = value
        }
        guard group.rows.count < Self.rowLimit else {
          return try problem("more than \(Self.rowLimit) rows in one event", "an event of fewer rows", id: id)
        }
        group.append(
          station: field(places.1), pTime: pTime, pProbability: pProbability, sTime: sTime,
          sProbability: sProbability)
        summary.rowCount += 1
      }
      if !isInside && !isOpen { break }
    }
    if isOpen { try onGroup(group) }
    return summary
  }

  /// Cuts a line without quotes into fields, at most as many as the header has; returns how many there are.
  @inline(__always)
  private func split(_ bytes: Bytes, _ bounds: UnsafeMutableBufferPointer<Int32>) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var count = 0
    var start = 0
    while true {
      let comma = memchr(base + start, 44, bytes.count - start)
      let end = comma.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
      if count < columnCount {
        var from = start
        var to = end
        while from < to, base[from] <= 32 { from += 1 }
        while to > from, base[to - 1] <= 32 { to -= 1 }
        bounds[2 * count] = Int32(truncatingIfNeeded: from)
        bounds[2 * count + 1] = Int32(truncatingIfNeeded: to)
      }
      count += 1
      if comma == nil { return count }
      start = end + 1
    }
  }

  /// The line with its quotes removed; commas inside quotes become blanks, which no column here needs.
  private func withoutQuotes(_ bytes: Bytes) -> [UInt8] {
    var result: [UInt8] = []
    var inside = false
    for byte in bytes {
      if byte == 34 { inside.toggle() } else { result.append(inside && byte == 44 ? 32 : byte) }
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
    let plain = line.contains(34) ? withoutQuotes(line) : Array(line)
    let parts = plain.split(separator: 44, omittingEmptySubsequences: false)
    guard parts.count > places[0] else { return nil }
    let id = parts[places[0]].withUnsafeBufferPointer { Array($0.trimmed) }
    return id.isEmpty ? nil : id
  }
}

@inline(__always)
private func isNoPick(_ text: Bytes) -> Bool { text.isEmpty || text.equals("no pick") }

/// Reads times of the usual form fast: the date is the same in most rows.
private struct DateCache {
  private var date: (UInt64, UInt16) = (0, 0)
  private var midnight: Int64 = 0

  @inline(__always)
  mutating func time(_ text: Bytes) -> UTCTime? {
    guard text.count >= 19, text.count <= 29, let base = UnsafeRawPointer(text.baseAddress) else {
      return UTCTime(bytes: text)
    }
    let separator = text[10]
    guard separator == 32 || separator == 84, text[13] == 58, text[16] == 58 else { return UTCTime(bytes: text) }
    let high = base.loadUnaligned(as: UInt64.self)
    let low = base.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    if high != date.0 || low != date.1 {
      guard let day = UTCTime(bytes: UnsafeBufferPointer(rebasing: text[..<10])) else { return nil }
      date = (high, low)
      midnight = day.seconds
    }
    @inline(__always)
    func two(_ place: Int) -> Int64 {
      let tens = Int64(text[place]) - 48
      let ones = Int64(text[place + 1]) - 48
      return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 99
    }
    let hour = two(11)
    let minute = two(14)
    let second = two(17)
    // Anything unusual, a leap second included, goes the long way.
    guard hour < 24, minute < 60, second < 60 else { return UTCTime(bytes: text) }
    var fraction: Int64 = 0
    if text.count > 19 {
      guard text[19] == 46, text.count > 20 else { return UTCTime(bytes: text) }
      for index in 20..<text.count {
        let digit = text[index] &- 48
        guard digit <= 9 else { return UTCTime(bytes: text) }
        fraction = fraction * 10 + Int64(digit)
      }
      for _ in text.count..<29 { fraction *= 10 }
    }
    return UTCTime(seconds: midnight + hour * 3600 + minute * 60 + second, nanoseconds: fraction)
  }
}

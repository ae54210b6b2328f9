#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory in which the stretches of a table are read, one after the other.
///
/// A megabyte that comes and goes with every stretch leaves holes between what stays, and a program that reads many of them grows.
final class SegmentMemory {
  private static let size = (1 << 20) + PickRowParser.slack
  private var kept: UnsafeMutableBufferPointer<UInt8>?

  deinit { kept?.deallocate() }

  /// Gives memory, filled with something: what was given back, or new.
  func take() -> UnsafeMutableBufferPointer<UInt8> {
    if let buffer = kept {
      kept = nil
      return buffer
    }
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.size)
    buffer.initialize(repeating: 0)
    return buffer
  }

  /// Takes memory back; what has become larger is not kept.
  func giveBack(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
    if kept == nil, buffer.count == Self.size { kept = buffer } else { buffer.deallocate() }
  }
}

/// Reads the groups that begin in a stretch of a pick table.
///
/// Rows of the usual form go through ``PickRowParser``; all others are cut into fields and looked at one by one.
final class PickSegmentReader {
  private let input: FileInput
  private let layout: PickTable.Layout
  private let segment: Range<Int>
  private let onProblem: ProblemHandler
  private let onGroup: (PickGroup) throws -> Void

  private let group = PickGroup()
  private var isOpen = false
  /// Whether the open group's identifier looks the same in a row as in memory.
  private var isPlain = false
  /// The event of the row before the stretch: its rows at the beginning belong to the stretch before.
  private var skippedID: [UInt8]?
  private var summary = PickTable.Summary()

  /// Where the memory comes from, and goes back to.
  private let memory: SegmentMemory
  private var buffer: UnsafeMutableBufferPointer<UInt8>
  /// The unread bytes lie from `start` to `end`; the first of them stands at `offset` in the file.
  private var start = 0
  private var end = 0
  private var offset: Int
  private var isAtEnd = false
  private var lineNumber = -1
  private var parser = PickRowParser()
  private let bounds: UnsafeMutableBufferPointer<Int32>

  init(
    _ input: FileInput, layout: PickTable.Layout, segment: Range<Int>, firstRow: Int, previousID: [UInt8]?,
    memory: SegmentMemory, onProblem: @escaping ProblemHandler, onGroup: @escaping (PickGroup) throws -> Void
  ) {
    self.input = input
    self.layout = layout
    self.segment = segment
    self.onProblem = onProblem
    self.onGroup = onGroup
    offset = firstRow
    skippedID = previousID
    self.memory = memory
    buffer = memory.take()
    bounds = .allocate(capacity: 2 * layout.columnCount)
    bounds.initialize(repeating: 0)
  }

  deinit {
    memory.giveBack(buffer)
    bounds.deallocate()
  }

  func run() throws -> PickTable.Summary {
    while true {
      if layout.isUsual && skippedID == nil && isOpen && isPlain { try readUsualRows() }
      guard let length = try lineLength() else { break }
      // Behind the stretch only the rest of its last group is read.
      if offset >= segment.upperBound && !isOpen { break }
      let isEnded = start + length < end
      try readRow(UnsafeBufferPointer(rebasing: buffer[start..<start + length]), isEnded: isEnded)
      skip(length + (isEnded ? 1 : 0))
    }
    try close()
    return summary
  }

  private func close() throws {
    guard isOpen else { return }
    isOpen = false
    try onGroup(group)
  }

  @inline(__always)
  private func skip(_ count: Int) {
    start += count
    offset += count
  }

  // MARK: Rows of the usual form

  /// Reads rows until one is not of the usual form, begins behind the stretch with another event, or may reach beyond
  /// the buffer.
  private func readUsualRows() throws {
    guard let base = UnsafePointer(buffer.baseAddress) else { return }
    var cursor = base + start
    // No row of the usual form is longer than this.
    let limit = base + end - 512
    defer {
      offset += cursor - (base + start)
      start = cursor - base
    }
    while cursor < limit {
      let rowOffset = offset + (cursor - (base + start))
      let isInside = rowOffset < segment.upperBound
      let id = group.idBytes
      var rest = cursor + id.count
      if id.count > 256 || rest[0] != 44 || memcmp(cursor, id.baseAddress ?? cursor, id.count) != 0 {
        // Another event begins, if its identifier is a plain one.
        rest = cursor
        while rest[0] > 44, rest - cursor < 128 { rest += 1 }
        guard isInside, rest[0] == 44, rest > cursor else { return }
        try close()
        group.begin(UnsafeBufferPointer(start: cursor, count: rest - cursor))
        isOpen = true
        summary.groupCount += 1
      }
      guard let fields = parser.fields(rest + 1), fields.next <= limit, group.rows.count < PickTable.rowLimit else {
        return
      }
      group.append(
        station: fields.station, hash: fields.stationHash, pTime: fields.pTime, pProbability: fields.pProbability,
        sTime: fields.sTime, sProbability: fields.sProbability, hasS: !fields.sProbability.isNaN)
      summary.rowCount += 1
      if isInside { summary.lineCount += 1 }
      lineNumber += 1
      cursor = fields.next
    }
  }

  // MARK: All other rows

  /// The length of the next line without its line end; nil at the end of the file.
  private func lineLength() throws -> Int? {
    var searched = start
    while true {
      if end > searched, let base = buffer.baseAddress, let found = memchr(base + searched, 10, end - searched) {
        return UnsafeRawPointer(found) - UnsafeRawPointer(base + start)
      }
      searched = end - start
      if isAtEnd { return start < end ? end - start : nil }
      try fill()
      searched += start
    }
  }

  /// Moves what is left to the front and reads on behind it.
  private func fill() throws {
    guard let base = buffer.baseAddress else { return }
    if start > 0 { memmove(base, base + start, end - start) }
    end -= start
    start = 0
    let capacity = buffer.count - PickRowParser.slack
    if end == capacity {
      guard capacity < LineReader.lengthLimit else {
        throw FormatError(
          .badData, file: input.path, at: .byte(offset),
          found: "a line of more than \(LineReader.lengthLimit >> 20) MiB",
          expected: "a table of short lines", remedy: "check that the file is a pick table")
      }
      let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * capacity + PickRowParser.slack)
      larger.initialize(repeating: 0)
      _ = larger.update(fromContentsOf: buffer[..<end])
      buffer.deallocate()
      buffer = larger
    }
    let room = UnsafeMutableRawBufferPointer(
      rebasing: UnsafeMutableRawBufferPointer(buffer)[end..<(buffer.count - PickRowParser.slack)])
    let count = try input.read(at: offset + end, into: room)
    end += count
    if count < room.count { isAtEnd = true }
  }

  private func readRow(_ raw: Bytes, isEnded: Bool) throws {
    let isInside = offset < segment.upperBound
    lineNumber += 1
    if isInside { summary.lineCount += 1 }
    let line = raw.trimmed
    if line.isEmpty { return }
    if line.contains(34) {
      try PickTable.unquoted(line).withUnsafeBufferPointer {
        try readFields($0, PickTable.unquotedDelimiter, isInside, isEnded)
      }
    } else {
      try readFields(line, 44, isInside, isEnded)
    }
  }

  /// Says what is wrong with the present row.
  private func report(_ found: String, _ expected: String, id: Bytes?, isEnded: Bool) throws {
    summary.problemCount += 1
    if id != nil { group.addUnusableRows(1) }
    try onProblem(
      Problem(
        file: input.path, line: lineNumber, byte: offset, eventID: id?.string ?? "",
        found: isEnded ? found : found + ", and the file ends in the middle of the line", expected: expected,
        action: "row left out"))
  }

  private func readFields(_ line: Bytes, _ delimiter: UInt8, _ isInside: Bool, _ isEnded: Bool) throws {
    let count = split(line, delimiter)
    func field(_ column: Int) -> Bytes {
      let place = layout.places[column]
      return UnsafeBufferPointer(rebasing: line[Int(bounds[2 * place])..<Int(bounds[2 * place + 1])])
    }
    guard count > layout.places[0], !field(0).isEmpty else {
      // Nobody's row: told of by the stretch in which it begins.
      if isInside {
        try report(
          "a row of \(count) columns without event_id", "\(layout.columnCount) columns, event_id among them", id: nil,
          isEnded: isEnded)
      }
      return
    }
    let id = field(0)
    if let skipped = skippedID {
      if skipped.withUnsafeBufferPointer({ $0.isSame(as: id) }) { return }
      skippedID = nil
    }
    if !isOpen || !group.idBytes.isSame(as: id) {
      try close()
      guard isInside else { return }
      group.begin(id)
      isPlain = !id.contains(34) && !id.contains(44)
      summary.groupCount += 1
      isOpen = true
    }
    guard let row = try row(id, count, field, isEnded) else { return }
    guard group.rows.count < PickTable.rowLimit else {
      return try report(
        "more than \(PickTable.rowLimit) rows in one event", "an event of fewer rows", id: id, isEnded: isEnded)
    }
    group.append(
      station: field(1), pTime: row.pTime, pProbability: row.pProbability, sTime: row.sTime,
      sProbability: row.sProbability)
    summary.rowCount += 1
  }

  private typealias Row = (pTime: UTCTime, pProbability: Double, sTime: UTCTime?, sProbability: Double)

  /// The values of a row; nil, and a problem reported, when one of them cannot be used.
  private func row(_ id: Bytes, _ count: Int, _ field: (Int) -> Bytes, _ isEnded: Bool) throws -> Row? {
    func bad(_ found: String, _ expected: String) throws -> Row? {
      try report(found, expected, id: id, isEnded: isEnded)
      return nil
    }
    guard count == layout.columnCount else {
      return try bad("\(count) columns", "\(layout.columnCount), as in the header")
    }
    guard !field(1).isEmpty else { return try bad("station is empty", "a station code") }
    guard let pTime = UTCTime(bytes: field(2)) else {
      return try bad("p_t is \(quoted(field(2).string))", "a time as 2024-08-02 16:56:23.715")
    }
    guard let pProbability = parseDecimal(field(3)), pProbability >= 0, pProbability <= 1 else {
      return try bad("p_prob is \(quoted(field(3).string))", "a number from 0 to 1")
    }
    let isMissing = (time: isNoPick(field(4)), probability: isNoPick(field(5)))
    guard isMissing.time == isMissing.probability else {
      return try bad(
        "s_t is \(quoted(field(4).string)) and s_prob is \(quoted(field(5).string))",
        "a time and a probability, or 'no pick' in both")
    }
    if isMissing.time { return (pTime, pProbability, nil, .nan) }
    guard let sTime = UTCTime(bytes: field(4)) else {
      return try bad("s_t is \(quoted(field(4).string))", "a time, or 'no pick'")
    }
    guard let sProbability = parseDecimal(field(5)), sProbability >= 0, sProbability <= 1 else {
      return try bad("s_prob is \(quoted(field(5).string))", "a number from 0 to 1, or 'no pick'")
    }
    return (pTime, pProbability, sTime, sProbability)
  }

  private func isNoPick(_ text: Bytes) -> Bool { text.isEmpty || text.equals("no pick") }

  /// Cuts a line without quotes into fields, at most as many as the header has; returns how many there are.
  private func split(_ line: Bytes, _ delimiter: UInt8) -> Int {
    var count = 0
    var fieldStart = 0
    while true {
      var fieldEnd = fieldStart
      while fieldEnd < line.count, line[fieldEnd] != delimiter { fieldEnd += 1 }
      if count < layout.columnCount {
        var from = fieldStart
        var to = fieldEnd
        while from < to, line[from] <= 32 { from += 1 }
        while to > from, line[to - 1] <= 32 { to -= 1 }
        bounds[2 * count] = Int32(truncatingIfNeeded: from)
        bounds[2 * count + 1] = Int32(truncatingIfNeeded: to)
      }
      count += 1
      if fieldEnd == line.count { return count }
      fieldStart = fieldEnd + 1
    }
  }
}

public import HSDLCompute
public import SeismicFormats

/// What is written of one event: its place in the order of the catalog, and its piece of each output file.
///
/// Events are ordered by time and then by identifier; events without a time come last.
public struct EventKey: Comparable, Hashable, Sendable {
  /// The event's time; the latest there is where it has none.
  public var time: UTCTime
  /// The event's identifier.
  public var id: [UInt8]

  /// Creates a key.
  public init(time: UTCTime?, id: [UInt8]) {
    self.time = time ?? UTCTime(seconds: .max)
    self.id = id
  }

  public static func < (left: EventKey, right: EventKey) -> Bool {
    left.time != right.time ? left.time < right.time : left.id.lexicographicallyPrecedes(right.id)
  }
}

/// A file of records in the order of their keys: what one rank has made of a stretch of the input.
///
/// Layout of a record, all numbers little-endian: seconds (8 bytes), nanoseconds (4), length of the identifier (4), hash of
/// the identifier (8), label (4), lengths of the pieces (4 each), identifier, pieces.
public enum RecordFile {
  /// The pieces of a record: a row of `events.csv`, a row of `features.csv`, an event of a QuakeML file.
  public static let pieceCount = 3
  static let headerSize = 8 + 4 + 4 + 8 + 4 + 4 * pieceCount
}

/// Collects records and writes them out in order, in files of bounded size.
public final class RecordWriter {
  private let prefix: String
  private let limit: Int
  private let content = TextSink(capacity: 1 << 20)
  private var index: [(key: EventKey, start: Int, end: Int)] = []
  /// The files written so far.
  public private(set) var files: [String] = []

  /// Prepares to write.
  ///
  /// - Parameters:
  ///   - prefix: path and beginning of the name of each file.
  ///   - limit: about how many bytes a file holds, and memory with it.
  public init(prefix: String, limit: Int = 32 << 20) {
    self.prefix = prefix
    self.limit = limit
  }

  /// Adds a record.
  ///
  /// `pieces` adds the pieces to the sink, one after the other, and calls `end` after each.
  ///
  /// - Throws: ``FormatError``.
  public func add(
    _ key: EventKey, hash: UInt64, label: Label, pieces: (TextSink, _ end: () -> Void) throws -> Void
  ) throws {
    let start = content.count
    for _ in 0..<RecordFile.headerSize { content.append(byte: 0) }
    key.id.withUnsafeBufferPointer { content.append($0) }
    var lengths: [UInt32] = []
    var last = content.count
    try pieces(content) {
      lengths.append(UInt32(content.count - last))
      last = content.count
    }
    var place = start
    func put<T: FixedWidthInteger>(_ value: T) {
      content.overwrite(value.littleEndian, at: place)
      place += MemoryLayout<T>.size
    }
    put(key.time.seconds)
    put(key.time.nanoseconds)
    put(UInt32(key.id.count))
    put(hash)
    put(UInt32(Label.allCases.firstIndex(of: label) ?? 0))
    for number in 0..<RecordFile.pieceCount { put(number < lengths.count ? lengths[number] : 0) }
    index.append((key, start, content.count))
    if content.count > limit { try flush() }
  }

  /// Writes out what is collected.
  ///
  /// - Throws: ``FormatError``.
  public func flush() throws {
    guard !index.isEmpty else { return }
    index.sort { $0.key < $1.key }
    let path = "\(prefix)-\(files.count)"
    let output = try FileOutput(path)
    let ordered = TextSink(capacity: 1 << 20)
    for entry in index {
      ordered.append(UnsafeBufferPointer(rebasing: content.bytes[entry.start..<entry.end]))
      if ordered.count > 1 << 20 { try output.write(ordered) }
    }
    try output.write(ordered)
    try output.commit()
    files.append(path)
    index.removeAll(keepingCapacity: true)
    content.removeAll()
  }
}

/// Reads the records of a file one after the other, through a small buffer.
///
/// The file is open only while the buffer is filled, so that many can be read at once.
public final class RecordCursor {
  /// The key of the present record.
  public private(set) var key = EventKey(time: nil, id: [])
  /// The hash of its identifier.
  public private(set) var hash: UInt64 = 0
  /// Its label.
  public private(set) var label = Label.uncertain

  /// The file.
  public let path: String
  private var buffer: [UInt8]
  private var start = 0
  private var end = 0
  private var fileOffset = 0
  private var pieceBounds = [Int](repeating: 0, count: RecordFile.pieceCount + 1)
  private var recordEnd = 0

  /// Opens a file and goes to its first record.
  ///
  /// - Returns: nil for a file without records.
  /// - Throws: ``FormatError``.
  public init?(_ path: String, bufferSize: Int) throws {
    self.path = path
    buffer = [UInt8](repeating: 0, count: max(bufferSize, 1024))
    guard try advance() else { return nil }
  }

  /// A piece of the present record.
  ///
  /// Valid inside `body`.
  public func withPiece<Result>(_ number: Int, _ body: (Bytes) throws -> Result) rethrows -> Result {
    try buffer.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[pieceBounds[number]..<pieceBounds[number + 1]]))
    }
  }

  /// Goes to the next record.
  ///
  /// - Returns: false when there is none.
  /// - Throws: ``FormatError``.
  public func advance() throws -> Bool {
    start = recordEnd
    guard try require(RecordFile.headerSize) else {
      guard start == end else { throw damaged() }
      return false
    }
    func number<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> T {
      buffer.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: start + offset, as: T.self)) }
    }
    let time = UTCTime(seconds: number(0, Int64.self), nanoseconds: Int64(number(8, Int32.self)))
    let idLength = Int(number(12, UInt32.self))
    hash = number(16, UInt64.self)
    let labelNumber = Int(number(24, UInt32.self))
    guard labelNumber < Label.allCases.count else { throw damaged() }
    label = Label.allCases[labelNumber]
    let lengths = (0..<RecordFile.pieceCount).map { Int(number(28 + 4 * $0, UInt32.self)) }
    let size = RecordFile.headerSize + idLength + lengths.reduce(0, +)
    guard try require(size) else { throw damaged() }
    let idStart = start + RecordFile.headerSize
    key.time = time
    key.id = Array(buffer[idStart..<idStart + idLength])
    pieceBounds[0] = idStart + idLength
    for (index, length) in lengths.enumerated() { pieceBounds[index + 1] = pieceBounds[index] + length }
    recordEnd = start + size
    return true
  }

  private func damaged() -> FormatError {
    FormatError(.inputOutput, file: path, at: .byte(fileOffset), found: "the intermediate file is damaged")
  }

  /// Makes sure that so many bytes of the present record are in the buffer.
  private func require(_ count: Int) throws -> Bool {
    if end - start >= count { return true }
    buffer.withUnsafeMutableBytes { memory in
      guard let base = memory.baseAddress, start > 0 else { return }
      base.copyMemory(from: base + start, byteCount: end - start)
    }
    end -= start
    recordEnd -= start
    start = 0
    if count > buffer.count { buffer += [UInt8](repeating: 0, count: count - buffer.count) }
    let input = try FileInput(path)
    let room = end
    let read = try buffer.withUnsafeMutableBytes { memory in
      try input.read(at: fileOffset, into: UnsafeMutableRawBufferPointer(rebasing: memory[room...]))
    }
    fileOffset += read
    end += read
    return end >= count
  }
}

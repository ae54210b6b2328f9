public import HSDLCompute
public import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A place in the order of the catalog: by time, then by identifier; events without a time come last.
public struct EventKey {
  /// The event's time; nil where it has none.
  public var time: UTCTime?
  /// The event's identifier.
  public var id: Bytes

  /// Creates a key.
  public init(time: UTCTime?, id: Bytes) {
    self.time = time
    self.id = id
  }

  static let latest = UTCTime(seconds: .max)

  /// Whether an event comes before another.
  @inline(__always)
  static func comesFirst(
    _ time: UTCTime, _ id: @autoclosure () -> Bytes, before otherTime: UTCTime,
    _ otherID: @autoclosure () -> Bytes
  ) -> Bool {
    time != otherTime ? time < otherTime : id().lexicographicallyPrecedes(otherID())
  }
}

/// A file of records in the order of their keys: what one rank has made of a stretch of the input.
///
/// Layout of a record, all numbers little-endian: seconds (8 bytes), nanoseconds (4), length of the identifier (4), hash of
/// the identifier (8), label (4), lengths of the pieces (4 each), identifier, pieces.
public enum RecordFile {
  /// The pieces of a record: a row of `events.csv`, a row of `features.csv`, an event of a QuakeML file, rows of
  /// `station_features.csv`.
  public static let pieceCount = 4
  static let headerSize = 8 + 4 + 4 + 8 + 4 + 4 * pieceCount
}

/// Memory in which records are collected.
///
/// It is used again for every unit of a rank: what is large and comes and goes with each of them leaves holes between what stays, and the
/// program grows with the number of units.
public final class RecordBuffer {
  fileprivate let content = TextSink(capacity: 1 << 20)
  fileprivate var index: [Entry] = []
  /// Records on their way to the file in the order of their keys.
  fileprivate let ordered = TextSink()

  fileprivate struct Entry {
    var time: UTCTime
    var start: Int
    var idEnd: Int
    var end: Int
  }

  /// Creates an empty one.
  public init() {}

  fileprivate func removeAll() {
    content.removeAll()
    index.removeAll(keepingCapacity: true)
    ordered.removeAll()
  }
}

/// Collects records and writes them out in order, in files of bounded size.
public final class RecordWriter {
  private typealias Entry = RecordBuffer.Entry
  private let prefix: String
  private let limit: Int
  private let buffer: RecordBuffer
  private var content: TextSink { buffer.content }
  private var isOrdered = true
  /// The files written so far.
  public private(set) var files: [String] = []

  /// Prepares to write.
  ///
  /// - Parameters:
  ///   - prefix: path and beginning of the name of each file.
  ///   - buffer: memory for the records; what it holds is forgotten.
  ///   - limit: about how many bytes a file holds, and memory with it.
  public init(prefix: String, in buffer: RecordBuffer, limit: Int = 32 << 20) {
    self.prefix = prefix
    self.buffer = buffer
    self.limit = limit
    buffer.removeAll()
  }

  /// Adds a record.
  ///
  /// `pieces` adds the pieces to the sink, one after the other, and calls `end` after each.
  ///
  /// - Throws: ``FormatError``.
  public func add(
    _ key: EventKey, hash: UInt64, label: Label, pieces: (TextSink, _ end: () -> Void) throws -> Void
  ) throws {
    let time = key.time ?? EventKey.latest
    let content = content
    let start = content.count
    content.append(binary: time.seconds.littleEndian)
    content.append(binary: time.nanoseconds.littleEndian)
    content.append(binary: UInt32(key.id.count).littleEndian)
    content.append(binary: hash.littleEndian)
    content.append(binary: UInt32(Label.allCases.firstIndex(of: label) ?? 0).littleEndian)
    let lengths = content.count
    for _ in 0..<RecordFile.pieceCount { content.append(binary: UInt32(0)) }
    content.append(key.id)
    var entry = Entry(time: time, start: start, idEnd: content.count, end: 0)
    var number = 0
    var last = content.count
    try pieces(content) {
      content.overwrite(UInt32(content.count - last).littleEndian, at: lengths + 4 * number)
      number += 1
      last = content.count
    }
    if let previous = buffer.index.last, comesFirst(entry, before: previous) { isOrdered = false }
    entry.end = content.count
    buffer.index.append(entry)
    if content.count > limit { try flush() }
  }

  private func comesFirst(_ left: Entry, before right: Entry) -> Bool {
    EventKey.comesFirst(left.time, id(left), before: right.time, id(right))
  }

  private func id(_ entry: Entry) -> Bytes {
    Bytes(rebasing: content.bytes[entry.start + RecordFile.headerSize..<entry.idEnd])
  }

  /// Writes out what is collected.
  ///
  /// - Throws: ``FormatError``.
  public func flush() throws {
    guard !buffer.index.isEmpty else { return }
    let path = "\(prefix)-\(files.count)"
    let output = try FileOutput(path, isDurable: false)
    if isOrdered {
      try output.write(content.bytes)
    } else {
      buffer.index.sort { comesFirst($0, before: $1) }
      let ordered = buffer.ordered
      for entry in buffer.index {
        ordered.append(Bytes(rebasing: content.bytes[entry.start..<entry.end]))
        if ordered.count > 1 << 18 { try output.write(ordered) }
      }
      try output.write(ordered)
    }
    try output.commit()
    files.append(path)
    buffer.removeAll()
    isOrdered = true
  }
}

/// Reads the records of a file one after the other, through a small buffer.
///
/// The file is open only while the buffer is filled, so that many can be read at once.
public final class RecordCursor {
  /// The time of the present record's event; the latest there is where it has none.
  private var time = EventKey.latest
  /// The hash of its identifier.
  public private(set) var hash: UInt64 = 0
  /// Its label.
  public private(set) var label = Label.uncertain

  /// The file.
  public let path: String
  private var buffer: UnsafeMutableBufferPointer<UInt8>
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
    buffer = .allocate(capacity: max(bufferSize, 1024))
    buffer.initialize(repeating: 0)
    guard try advance() else { return nil }
  }

  deinit { buffer.deallocate() }

  /// The bytes of memory that the cursor holds.
  public var byteCount: Int { buffer.count }
  /// Whether the cursor has given its memory back.
  public private(set) var isResting = false

  /// Gives back the memory of what was read ahead, keeping what the order needs; until ``resume(bufferSize:)`` there are no
  /// pieces.
  public func rest() {
    guard !isResting else { return }
    isResting = true
    let head = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: pieceBounds[0] - start)
    _ = head.initialize(from: buffer[start..<pieceBounds[0]])
    fileOffset -= end - start
    pieceBounds[0] -= start
    (start, end, recordEnd) = (0, head.count, head.count)
    buffer.deallocate()
    buffer = head
  }

  /// Reads the present record again.
  ///
  /// - Throws: ``FormatError``.
  public func resume(bufferSize: Int) throws {
    guard isResting else { return }
    isResting = false
    buffer.deallocate()
    buffer = .allocate(capacity: max(bufferSize, 1024))
    buffer.initialize(repeating: 0)
    (start, end, recordEnd) = (0, 0, 0)
    guard try advance() else { throw damaged() }
  }

  /// Whether the present record's event comes before another's.
  public func comesFirst(before other: RecordCursor) -> Bool {
    EventKey.comesFirst(time, id, before: other.time, other.id)
  }

  private var id: Bytes { Bytes(rebasing: buffer[(start + RecordFile.headerSize)..<pieceBounds[0]]) }

  /// A piece of the present record.
  ///
  /// Valid until the next record.
  public func piece(_ number: Int) -> Bytes {
    Bytes(rebasing: buffer[pieceBounds[number]..<pieceBounds[number + 1]])
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
    time = UTCTime(seconds: number(0, Int64.self), nanoseconds: Int64(number(8, Int32.self)))
    let idLength = Int(number(12, UInt32.self))
    hash = number(16, UInt64.self)
    let labelNumber = Int(number(24, UInt32.self))
    guard labelNumber < Label.allCases.count else { throw damaged() }
    label = Label.allCases[labelNumber]
    var size = RecordFile.headerSize + idLength
    for piece in 0..<RecordFile.pieceCount { size += Int(number(28 + 4 * piece, UInt32.self)) }
    guard try require(size) else { throw damaged() }
    pieceBounds[0] = start + RecordFile.headerSize + idLength
    for piece in 0..<RecordFile.pieceCount {
      pieceBounds[piece + 1] = pieceBounds[piece] + Int(number(28 + 4 * piece, UInt32.self))
    }
    recordEnd = start + size
    return true
  }

  private func number<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> T {
    T(littleEndian: UnsafeRawBufferPointer(buffer).loadUnaligned(fromByteOffset: start + offset, as: T.self))
  }

  private func damaged() -> FormatError {
    FormatError(.inputOutput, file: path, at: .byte(fileOffset), found: "the intermediate file is damaged")
  }

  /// Makes sure that so many bytes of the present record are in the buffer.
  private func require(_ count: Int) throws -> Bool {
    if end - start >= count { return true }
    if start > 0, let base = buffer.baseAddress { memmove(base, base + start, end - start) }
    end -= start
    recordEnd -= start
    start = 0
    if count > buffer.count {
      let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
      larger.initialize(repeating: 0)
      _ = larger.update(fromContentsOf: buffer[..<end])
      buffer.deallocate()
      buffer = larger
    }
    let input = try FileInput(path)
    let read = try input.read(
      at: fileOffset, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[end...]))
    fileOffset += read
    end += read
    return end >= count
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A line of a file.
public struct Line {
  /// The bytes, without the line end.
  ///
  /// Valid until the next line is read.
  public var bytes: Bytes
  /// The number of the line, counted from 1.
  public var number: Int
  /// Where the line begins in the file.
  public var offset: Int
  /// Whether a line end stood behind it; only the last line of a file may lack it.
  public var isEnded: Bool
}

/// Reads a text file line by line, through a buffer of fixed size.
///
/// LF and CRLF end a line. A byte-order mark of UTF-8 at the start of the file is passed over.
public final class LineReader {
  /// Lines longer than this are refused: what has them is not a table.
  static let lengthLimit = 4 << 20

  let input: FileInput
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private var bufferOffset: Int
  private var lineNumber = 0
  private var isAtEnd = false

  /// Starts to read.
  ///
  /// - Parameters:
  ///   - offset: where; must be the beginning of a line.
  ///   - lineNumber: how many lines stand before.
  public init(_ input: FileInput, from offset: Int = 0, lineNumber: Int = 0, bufferSize: Int = 1 << 20) {
    self.input = input
    self.lineNumber = lineNumber
    bufferOffset = offset
    buffer = .allocate(byteCount: bufferSize, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// How many bytes of the file have been used up.
  public var position: Int { bufferOffset + start }

  /// The next line; nil at the end.
  ///
  /// - Throws: ``FormatError`` when reading fails, or a line is too long.
  public func next() throws -> Line? {
    var searched = start
    while true {
      if let base = buffer.baseAddress, end > searched,
        let found = memchr(base + searched, 10, end - searched)
      {
        let lineEnd = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        return line(upTo: lineEnd, next: lineEnd + 1, isEnded: true)
      }
      searched = end
      if isAtEnd {
        guard start < end else { return nil }
        return line(upTo: end, next: end, isEnded: false)
      }
      searched -= start
      try fill()
    }
  }

  private func line(upTo lineEnd: Int, next: Int, isEnded: Bool) -> Line {
    var from = start
    var to = lineEnd
    let offset = bufferOffset + start
    if offset == 0, to - from >= 3, buffer[from] == 0xEF, buffer[from + 1] == 0xBB, buffer[from + 2] == 0xBF {
      from += 3
    }
    if to > from, buffer[to - 1] == 13 { to -= 1 }
    start = next
    lineNumber += 1
    return Line(
      bytes: UnsafeBufferPointer(rebasing: buffer.bindMemory(to: UInt8.self)[from..<to]), number: lineNumber,
      offset: offset, isEnded: isEnded)
  }

  /// Moves what is left to the front and reads on behind it.
  private func fill() throws {
    if let base = buffer.baseAddress, start > 0 { memmove(base, base + start, end - start) }
    bufferOffset += start
    end -= start
    start = 0
    if end == buffer.count {
      guard buffer.count < Self.lengthLimit else {
        throw FormatError(
          .badData, file: input.path, at: .byte(bufferOffset),
          found: "a line of more than \(Self.lengthLimit >> 20) MiB", expected: "a table of short lines",
          remedy: "check that the file is a table")
      }
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
      larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
      buffer.deallocate()
      buffer = larger
    }
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
    let count = try input.read(at: bufferOffset + end, into: room)
    end += count
    if count < room.count { isAtEnd = true }
  }
}

/// The lines of a text file.
public enum TextLines {
  /// Calls `body` with each line, without its line end.
  ///
  /// - Throws: ``FormatError``; what `body` throws.
  public static func forEach(in path: String, _ body: (Bytes) throws -> Void) throws {
    let reader = LineReader(try FileInput(path))
    while let line = try reader.next() { try body(line.bytes) }
  }
}

/// Cuts a comma-separated line into fields; quotes are removed.
public func csvFields(_ line: Bytes) -> [String] { fields(of: line, delimiter: 44).map(withoutApostrophe) }

/// Cuts a line of a table into fields.
///
/// A field in double quotes may hold the delimiter, and two double quotes for one. Between bars, as in FDSN's event
/// text, quotes mean nothing.
func fields(of line: Bytes, delimiter: UInt8) -> [String] {
  var fields: [String] = []
  var index = 0
  while true {
    if delimiter != 124, index < line.count, line[index] == 34 {
      var text: [UInt8] = []
      index += 1
      while index < line.count {
        if line[index] == 34 {
          if index + 1 < line.count, line[index + 1] == 34 {
            text.append(34)
            index += 2
            continue
          }
          index += 1
          break
        }
        text.append(line[index])
        index += 1
      }
      let rest = index
      while index < line.count, line[index] != delimiter { index += 1 }
      text.append(contentsOf: line[rest..<index])
      fields.append(String(decoding: text, as: UTF8.self))
    } else {
      let begin = index
      while index < line.count, line[index] != delimiter { index += 1 }
      fields.append(UnsafeBufferPointer(rebasing: line[begin..<index]).trimmed.string)
    }
    if index == line.count { return fields }
    index += 1
  }
}

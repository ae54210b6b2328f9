package import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the ledger says of a unit that is done.
package struct LedgerEntry: Equatable {
  /// A file of the unit's result.
  package struct File: Equatable {
    /// Its path below the output folder.
    package var path: String
    /// Its size, in bytes.
    package var size: Int
    /// Its checksum.
    package var checksum: UInt64

    /// Describes a file.
    package init(path: String, size: Int, checksum: UInt64) {
      self.path = path
      self.size = size
      self.checksum = checksum
    }
  }

  /// The unit's name: a hash of all that its result depends on.
  package var name: UInt64
  /// Seconds that it took.
  package var seconds: Double
  /// What rank 0 must know of it, as text.
  package var payload: String
  /// Its files.
  package var files: [File]

  static let keyword = "unit"

  /// The entry as a line of the ledger.
  package func append(to sink: TextSink) {
    let start = sink.count
    sink.append(text: Self.keyword)
    sink.append(byte: 9)
    sink.append(text: Checksum.text(name))
    sink.append(byte: 9)
    sink.append((seconds * 1000).rounded() / 1000)
    sink.append(byte: 9)
    LedgerLine.append(payload, to: sink)
    for file in files {
      sink.append(byte: 9)
      LedgerLine.append(file.path, to: sink)
      sink.append(byte: 9)
      sink.append(file.size)
      sink.append(byte: 9)
      sink.append(text: Checksum.text(file.checksum))
    }
    LedgerLine.close(sink, from: start)
  }

  /// Takes the fields of a line, the keyword among them; nil where they are not those of a unit.
  init?(_ fields: [Bytes]) {
    guard fields.count >= 4, (fields.count - 4) % 3 == 0, let name = LedgerLine.hexadecimal(fields[1]),
      let seconds = parseDecimal(fields[2]), seconds >= 0
    else { return nil }
    self.name = name
    self.seconds = seconds
    payload = LedgerLine.unescaped(fields[3])
    files = []
    files.reserveCapacity(fields.count / 3 - 1)
    for place in stride(from: 4, to: fields.count, by: 3) {
      guard let size = parseInteger(fields[place + 1]), size >= 0,
        let checksum = LedgerLine.hexadecimal(fields[place + 2])
      else { return nil }
      files.append(File(path: LedgerLine.unescaped(fields[place]), size: size, checksum: checksum))
    }
  }

  /// Describes a unit.
  package init(name: UInt64, seconds: Double, payload: String, files: [File]) {
    self.name = name
    self.seconds = seconds
    self.payload = payload
    self.files = files
  }
}

/// A line of the ledger: fields with tabs between them, the last one the checksum of all that stands before it.
enum LedgerLine {
  /// Ends a line that began at a place.
  static func close(_ sink: TextSink, from start: Int) {
    let body = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(sink.bytes)[start...])
    let checksum = Checksum(of: body).value
    sink.append(byte: 9)
    sink.append(text: Checksum.text(checksum))
    sink.append(byte: 10)
  }

  /// A whole line.
  static func append(_ fields: [String], lineTo sink: TextSink) {
    let start = sink.count
    for (place, field) in fields.enumerated() {
      if place > 0 { sink.append(byte: 9) }
      append(field, to: sink)
    }
    close(sink, from: start)
  }

  /// The fields of a line without its end and its checksum, where they lie in it; nil for a line that is torn or damaged.
  static func fields(_ line: Bytes) -> [Bytes]? {
    guard line.count > 17, line[line.count - 17] == 9 else { return nil }
    let body = Bytes(rebasing: line[..<(line.count - 17)])
    guard let checksum = hexadecimal(Bytes(rebasing: line[(line.count - 16)...])),
      Checksum(of: UnsafeRawBufferPointer(body)).value == checksum
    else { return nil }
    var fields: [Bytes] = []
    fields.reserveCapacity(8)
    var start = 0
    for place in body.indices where body[place] == 9 {
      fields.append(Bytes(rebasing: body[start..<place]))
      start = place + 1
    }
    fields.append(Bytes(rebasing: body[start...]))
    return fields
  }

  /// Calls something with each line of some text, and whether it has an end.
  static func forEach(in text: Bytes, _ body: (_ line: Bytes, _ isWhole: Bool) throws -> Void) rethrows {
    var start = 0
    while start < text.count, let base = text.baseAddress {
      let end = memchr(base + start, 10, text.count - start).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
      try body(Bytes(rebasing: text[start..<(end ?? text.count)]), end != nil)
      start = (end ?? text.count) + 1
    }
  }

  /// Sixteen lower-case digits; others would be another way to write the same line.
  static func hexadecimal(_ digits: Bytes) -> UInt64? {
    guard digits.count == 16 else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case 48...57: value = value << 4 | UInt64(digit - 48)
      case 97...102: value = value << 4 | UInt64(digit - 87)
      default: return nil
      }
    }
    return value
  }

  /// Text without tabs and line ends.
  static func append(_ text: String, to sink: TextSink) {
    for byte in text.utf8 {
      switch byte {
      case 9: sink.append("\\t")
      case 10: sink.append("\\n")
      case 92: sink.append("\\\\")
      default: sink.append(byte: byte)
      }
    }
  }

  /// The text again.
  static func unescaped(_ field: Bytes) -> String {
    guard field.contains(92) else { return field.string }
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in field {
      if isEscaped {
        bytes.append(byte == 116 ? 9 : byte == 110 ? 10 : byte)
        isEscaped = false
      } else if byte == 92 {
        isEscaped = true
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

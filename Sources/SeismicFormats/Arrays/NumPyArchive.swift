import CZlib

/// Several arrays in one file, as `numpy.savez` and `numpy.savez_compressed` write them (`.npz`).
///
/// The table of contents is read when it is opened, an array when it is asked for.
public final class NumPyArchive {
  /// The path, as it was given.
  public let path: String
  /// The names of the arrays, in the order of the archive.
  public let names: [String]
  private let file: FileInput
  private let entries: [ZIPDirectory.Entry]

  /// Opens an archive.
  ///
  /// - Throws: ``FormatError`` when it cannot be opened or its table of contents is damaged.
  public init(_ path: String) throws {
    self.path = path
    file = try FileInput(path)
    try file.requireContent(expected: "an archive of NumPy (.npz)")
    let directory = try ZIPDirectory(file)
    entries = directory.entries.filter { $0.name.hasSuffix(".npy") }
    names = entries.map { String($0.name.dropLast(4)) }
  }

  /// Whether there is an array of a name.
  public func has(_ name: String) -> Bool { names.contains(name) }

  /// Reads an array of numbers.
  ///
  /// - Throws: ``FormatError`` when there is none of this name, its checksum is wrong, or it holds something else.
  public func array(_ name: String) throws -> NumericArray { try source(name).numbers() }

  /// Reads an array of text, in the order of its indices.
  ///
  /// - Throws: ``FormatError``.
  public func strings(_ name: String) throws -> [String] { try source(name).strings() }

  private func source(_ name: String) throws -> NumPyFile.Source {
    guard let place = names.firstIndex(of: name) else {
      let some = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? ", …" : "")
      throw FormatError(
        .badData, file: path, found: "there is no array \(quoted(name))", expected: "one; there are \(some)")
    }
    return try NumPyFile.Source(name: "\(path), \(name)", bytes: try content(entries[place]))
  }

  /// Deflate cannot make more than this of a byte.
  private static let largestRatio = 1032

  /// Unpacks a file of the archive.
  private func content(_ entry: ZIPDirectory.Entry) throws -> [UInt8] {
    func failure(_ found: String, _ expected: String) -> FormatError {
      FormatError(
        .badData, file: path, at: .byte(entry.offset), found: "\(quoted(entry.name)) \(found)", expected: expected,
        remedy: "copy the file anew")
    }
    guard !entry.isEncrypted, entry.method == 0 || entry.method == 8 else {
      throw FormatError(
        .unsupported, file: path, at: .byte(entry.offset),
        found: "\(quoted(entry.name)) is \(entry.isEncrypted ? "encrypted" : "packed with method \(entry.method)")",
        expected: "stored or deflated", remedy: "save it with numpy.savez")
    }
    let header = try file.bytes(at: entry.offset, count: 30)
    guard header.number(at: 0, 4) == 0x0403_4B50 else {
      throw failure("is not where the table of contents says", "it there")
    }
    let start = entry.offset + 30 + header.number(at: 26, 2) + header.number(at: 28, 2)
    guard start <= file.size, entry.packedSize <= file.size - start else { throw failure("is cut", "a whole file") }
    let isPlausible =
      entry.method == 0
      ? entry.size == entry.packedSize : entry.size / Self.largestRatio <= entry.packedSize
    guard isPlausible else {
      throw failure(
        "says that it has \(entry.size) bytes, and \(entry.packedSize) in the archive", "sizes that belong together")
    }
    let content =
      entry.method == 0
      ? try file.bytes(at: start, count: entry.size) : try inflated(entry, at: start, failure)
    guard Self.checksum(content) == entry.checksum else {
      throw failure("has another checksum than is noted", "the same")
    }
    return content
  }

  private func inflated(
    _ entry: ZIPDirectory.Entry, at start: Int, _ failure: (String, String) -> FormatError
  ) throws -> [UInt8] {
    var stream = z_stream()
    guard hsdl_inflate_begin(&stream) == Z_OK else { throw failure("cannot be unpacked", "memory for zlib") }
    defer { inflateEnd(&stream) }
    var packed = [UInt8](repeating: 0, count: min(max(entry.packedSize, 1), 1 << 20))
    return try [UInt8](unsafeUninitializedCapacity: entry.size) { memory, initialized in
      var taken = 0
      var given = 0
      var status = Z_OK
      // Room for one byte more than is said, to see whether more comes.
      var beyond: UInt8 = 0
      while status != Z_STREAM_END, taken < entry.packedSize {
        let part = min(packed.count, entry.packedSize - taken)
        try packed.withUnsafeMutableBytes { bytes in
          let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[..<part])
          guard try file.read(at: start + taken, into: piece) == part else { throw failure("is cut", "a whole file") }
          stream.next_in = piece.bindMemory(to: UInt8.self).baseAddress
          stream.avail_in = UInt32(part)
          while status == Z_OK {
            let isFull = given >= entry.size
            let room = isFull ? 1 : min(entry.size - given, 1 << 30)
            stream.avail_out = UInt32(room)
            status = withUnsafeMutablePointer(to: &beyond) { byte in
              stream.next_out = isFull ? byte : memory.baseAddress.map { $0 + given }
              return inflate(&stream, Z_NO_FLUSH)
            }
            let made = room - Int(stream.avail_out)
            if isFull, made > 0 { throw failure("is longer than is noted", "\(entry.size) bytes") }
            if !isFull { given += made }
            if stream.avail_in == 0, stream.avail_out > 0 { break }
          }
          if status == Z_BUF_ERROR { status = Z_OK }
        }
        taken += part
        guard status == Z_OK || status == Z_STREAM_END else { throw failure("cannot be unpacked", "deflated data") }
      }
      guard status == Z_STREAM_END, given == entry.size, stream.avail_in == 0, taken == entry.packedSize else {
        throw failure("unpacks to \(given) bytes", "\(entry.size)")
      }
      initialized = given
    }
  }

  /// The checksum of ZIP archives (CRC-32).
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt = 0
    bytes.withUnsafeBufferPointer { bytes in
      for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
        let part = bytes[start..<min(start + 1 << 30, bytes.count)]
        value = UInt(crc32(uLong(value), UnsafeBufferPointer(rebasing: part).baseAddress, UInt32(part.count)))
      }
    }
    return UInt32(truncatingIfNeeded: value)
  }
}

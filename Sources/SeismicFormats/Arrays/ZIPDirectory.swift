/// The table of contents of a ZIP archive (PKWARE's APPNOTE 6.3), with the extension for large files.
struct ZIPDirectory {
  /// A file in the archive.
  struct Entry: Hashable {
    /// Its name.
    var name: String
    /// How it is packed: 0 as it is, 8 with deflate.
    var method: Int
    /// The checksum of its content.
    var checksum: UInt32
    /// Bytes in the archive.
    var packedSize: Int
    /// Bytes of its content.
    var size: Int
    /// Where its own header begins.
    var offset: Int
    /// Whether it is encrypted.
    var isEncrypted: Bool
  }

  /// What is in the archive, in the order of the table.
  var entries: [Entry] = []

  /// The most files that are read of an archive.
  static let entryLimit = 1 << 20

  /// Reads the table at the end of an archive.
  ///
  /// - Throws: ``FormatError``.
  init(_ file: FileInput) throws {
    func failure(_ place: Int, _ found: String, _ expected: String) -> FormatError {
      FormatError(
        .badData, file: file.path, at: .byte(place), found: found, expected: expected, remedy: "copy the file anew")
    }
    // A comment of up to 65,535 bytes may stand behind the end record.
    let tailLength = min(file.size, 22 + 65_535)
    let tailStart = file.size - tailLength
    let tail = try file.bytes(at: tailStart, count: tailLength)
    guard
      let end = stride(from: tailLength - 22, through: 0, by: -1).first(where: {
        tail.number(at: $0, 4) == 0x0605_4B50 && tail.number(at: $0 + 20, 2) == tailLength - $0 - 22
      })
    else {
      throw failure(0, "it has no table of contents as a ZIP archive has", "an archive of NumPy (.npz)")
    }
    var count = tail.number(at: end + 10, 2)
    var length = tail.number(at: end + 12, 4)
    var start = tail.number(at: end + 16, 4)
    var limit = tailStart + end
    guard tail.number(at: end + 4, 2) == tail.number(at: end + 6, 2) else {
      throw failure(limit, "an archive in several parts", "one in one file")
    }
    if count == 0xFFFF || length == 0xFFFF_FFFF || start == 0xFFFF_FFFF {
      if end >= 20, tail.number(at: end - 20, 4) == 0x0706_4B50 {
        let place = tail.number(at: end - 12, 8)
        guard place >= 0, place <= limit - 20 - 56 else {
          throw failure(limit - 20, "a table of contents at byte \(place)", "one before byte \(limit)")
        }
        let record = try file.bytes(at: place, count: 56)
        guard record.number(at: 0, 4) == 0x0606_4B50 else {
          throw failure(place, "something else than the end record of a large archive", "one")
        }
        count = record.number(at: 32, 8)
        length = record.number(at: 40, 8)
        start = record.number(at: 48, 8)
        limit = place
      }
    }
    guard start >= 0, length >= 0, start <= limit, length <= limit - start, count >= 0, count <= length / 46,
      count <= Self.entryLimit
    else {
      throw failure(
        limit, "a table of contents of \(count) files in \(length) bytes at byte \(start)", "one before byte \(limit)")
    }
    let table = try file.bytes(at: start, count: length)
    var place = 0
    var names: Set<String> = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      guard length - place >= 46, table.number(at: place, 4) == 0x0201_4B50 else {
        throw failure(start + place, "something else than an entry of the table of contents", "one")
      }
      let nameLength = table.number(at: place + 28, 2)
      let extraLength = table.number(at: place + 30, 2)
      let next = place + 46 + nameLength + extraLength + table.number(at: place + 32, 2)
      guard next <= length else { throw failure(start + place, "an entry that is cut", "a whole one") }
      var entry = Entry(
        name: String(decoding: table[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self),
        method: table.number(at: place + 10, 2), checksum: UInt32(truncatingIfNeeded: table.number(at: place + 16, 4)),
        packedSize: table.number(at: place + 20, 4), size: table.number(at: place + 24, 4),
        offset: table.number(at: place + 42, 4), isEncrypted: table.number(at: place + 8, 2) & 1 == 1)
      let extraStart = place + 46 + nameLength
      Self.enlarge(&entry, table[extraStart..<(extraStart + extraLength)])
      guard entry.size >= 0, entry.packedSize >= 0, entry.offset >= 0, entry.offset <= start - 30,
        entry.packedSize <= start - 30 - entry.offset
      else {
        throw failure(
          start + place, "\(quoted(entry.name)) has \(entry.packedSize) bytes at byte \(entry.offset)",
          "all before byte \(start)")
      }
      guard names.insert(entry.name).inserted else {
        throw failure(start + place, "\(quoted(entry.name)) stands twice", "each name once")
      }
      entries.append(entry)
      place = next
    }
  }

  /// Takes the sizes of large files from the extension, in which only those stand that do not fit into the entry.
  private static func enlarge(_ entry: inout Entry, _ extra: ArraySlice<UInt8>) {
    let extra = Array(extra)
    var place = 0
    while place + 4 <= extra.count {
      let next = place + 4 + extra.number(at: place + 2, 2)
      guard next <= extra.count else { return }
      if extra.number(at: place, 2) == 1 {
        var field = place + 4
        for path in [\Entry.size, \Entry.packedSize, \Entry.offset]
        where entry[keyPath: path] == 0xFFFF_FFFF && field + 8 <= next {
          entry[keyPath: path] = extra.number(at: field, 8)
          field += 8
        }
        return
      }
      place = next
    }
  }
}

extension [UInt8] {
  /// A number of up to eight bytes, lowest byte first; below zero where it is larger than fits, or not in the bytes.
  func number(at place: Int, _ size: Int) -> Int {
    guard place >= 0, place <= count - size else { return -1 }
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(self[place + index]) << UInt64(8 * index) }
    return Int(truncatingIfNeeded: value)
  }
}

extension FileInput {
  /// Bytes from a place; the caller has checked against ``FileInput/size`` that they are there.
  ///
  /// - Throws: ``FormatError`` when the file has become shorter.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { memory, length in
      length = try read(at: offset, into: UnsafeMutableRawBufferPointer(memory))
    }
    guard bytes.count == count else {
      throw FormatError(
        .inputOutput, file: path, at: .byte(offset + bytes.count), found: "it ends early",
        expected: "\(size) bytes, as when it was opened")
    }
    return bytes
  }
}

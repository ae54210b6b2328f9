/// The checksum of miniSEED 3: CRC-32 with Castagnoli's polynomial, sixteen bytes at a time (Kounavis and Berry, 2008).
enum CRC32C {
  /// Sixteen tables of 256 entries: what a byte contributes that stands so many places before the end.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
      tables[index] = value
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = (before >> 8) ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// Goes on with a checksum over more bytes.
  ///
  /// - Parameters:
  ///   - bytes: what is added.
  ///   - checksum: the checksum of what came before; 0 at the start.
  static func update(_ checksum: UInt32, _ bytes: Bytes) -> UInt32 {
    guard let base = bytes.baseAddress else { return checksum }
    return tables.withUnsafeBufferPointer { tables in
      guard let table = tables.baseAddress else { return checksum }
      let raw = UnsafeRawPointer(base)
      var crc = ~checksum
      var position = 0
      @inline(__always)
      func contribution(_ word: UInt32, _ first: Int) -> UInt32 {
        table[first * 256 + Int(word & 0xFF)] ^ table[(first - 1) * 256 + Int((word >> 8) & 0xFF)]
          ^ table[(first - 2) * 256 + Int((word >> 16) & 0xFF)] ^ table[(first - 3) * 256 + Int(word >> 24)]
      }
      @inline(__always)
      func word(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: position + offset, as: UInt32.self))
      }
      while position + 16 <= bytes.count {
        crc =
          contribution(word(0) ^ crc, 15) ^ contribution(word(4), 11) ^ contribution(word(8), 7)
          ^ contribution(word(12), 3)
        position += 16
      }
      while position < bytes.count {
        crc = (crc >> 8) ^ table[Int((crc ^ UInt32(base[position])) & 0xFF)]
        position += 1
      }
      return ~crc
    }
  }
}

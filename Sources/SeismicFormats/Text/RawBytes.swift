/// Reads numbers of a stated byte order out of bytes, with every access checked.
struct RawBytes {
  let bytes: [UInt8]
  let isBigEndian: Bool

  /// The 32 bits at a place; zero outside.
  func bits32(_ offset: Int) -> UInt32 {
    guard offset >= 0, offset &+ 4 <= bytes.count, offset &+ 4 > 0 else { return 0 }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    return isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
  }

  /// The 64 bits at a place; zero outside.
  func bits64(_ offset: Int) -> UInt64 {
    guard offset >= 0, offset &+ 8 <= bytes.count, offset &+ 8 > 0 else { return 0 }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    return isBigEndian ? UInt64(bigEndian: value) : UInt64(littleEndian: value)
  }

  func int32(_ offset: Int) -> Int32 { Int32(bitPattern: bits32(offset)) }
  func float(_ offset: Int) -> Float { Float(bitPattern: bits32(offset)) }
  func double(_ offset: Int) -> Double { Double(bitPattern: bits64(offset)) }
}

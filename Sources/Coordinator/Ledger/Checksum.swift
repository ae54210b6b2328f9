import SeismicFormats

/// A checksum of bytes that come piece by piece: XXH64 (Collet, 2014), which costs less than reading them.
///
/// It finds what was cut off, lost or changed by accident; it does not withstand someone who looks for collisions.
package struct Checksum {
  private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
    0x27D4_EB2F_1656_67C5
  )
  private var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64)
  private var length: UInt64 = 0
  /// Bytes that do not fill a stripe of 32 yet.
  private var rest: [UInt8] = []

  /// Starts with no bytes.
  package init() {
    (a, b, c, d) = (
      Self.primes.0 &+ Self.primes.1, Self.primes.1, 0, 0 &- Self.primes.0
    )
  }

  /// The checksum of bytes.
  package init(of bytes: UnsafeRawBufferPointer) {
    self.init()
    add(bytes)
  }

  /// The checksum of text.
  package init(of text: String) {
    self.init()
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  @inline(__always)
  private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 &- count)
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotated(lane &+ input &* primes.1, 31) &* primes.0
  }

  /// Adds bytes.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var place = 0
    if !rest.isEmpty {
      place = min(32 - rest.count, bytes.count)
      rest.append(contentsOf: bytes[..<place])
      guard rest.count == 32 else { return }
      let full = rest
      full.withUnsafeBytes { addStripes($0) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = (bytes.count - place) / 32 * 32
    addStripes(UnsafeRawBufferPointer(rebasing: bytes[place..<place + whole]))
    rest.append(contentsOf: bytes[(place + whole)...])
  }

  private mutating func addStripes(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    var (a, b, c, d) = (self.a, self.b, self.c, self.d)
    var place = 0
    while place < bytes.count {
      a = Self.round(a, UInt64(littleEndian: (base + place).loadUnaligned(as: UInt64.self)))
      b = Self.round(b, UInt64(littleEndian: (base + place + 8).loadUnaligned(as: UInt64.self)))
      c = Self.round(c, UInt64(littleEndian: (base + place + 16).loadUnaligned(as: UInt64.self)))
      d = Self.round(d, UInt64(littleEndian: (base + place + 24).loadUnaligned(as: UInt64.self)))
      place += 32
    }
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  /// The checksum of all bytes so far.
  package var value: UInt64 {
    let (p1, p2, p3, p4, p5) = Self.primes
    var hash: UInt64
    if length >= 32 {
      hash = Self.rotated(a, 1) &+ Self.rotated(b, 7) &+ Self.rotated(c, 12) &+ Self.rotated(d, 18)
      for lane in [a, b, c, d] { hash = (hash ^ Self.round(0, lane)) &* p1 &+ p4 }
    } else {
      hash = p5
    }
    hash &+= length
    rest.withUnsafeBytes { rest in
      var place = 0
      while place + 8 <= rest.count {
        let word = UInt64(littleEndian: rest.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        hash = Self.rotated(hash ^ Self.round(0, word), 27) &* p1 &+ p4
        place += 8
      }
      if place + 4 <= rest.count {
        let word = UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        hash = Self.rotated(hash ^ UInt64(word) &* p1, 23) &* p2 &+ p3
        place += 4
      }
      while place < rest.count {
        hash = Self.rotated(hash ^ UInt64(rest[place]) &* p5, 11) &* p1
        place += 1
      }
    }
    hash = (hash ^ hash &>> 33) &* p2
    hash = (hash ^ hash &>> 29) &* p3
    return hash ^ hash &>> 32
  }

  /// The checksum of a stretch of a file; what lies beyond its end is left out.
  ///
  /// - Returns: how many bytes there were, and their checksum.
  /// - Throws: ``FormatError``.
  static func of(_ input: FileInput, _ range: Range<Int>) throws -> (size: Int, value: UInt64) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: min(1 << 20, max(range.count, 1)), alignment: 64)
    defer { room.deallocate() }
    return try of(input, range, in: room)
  }

  /// The same, read in pieces as large as `room`, which is not empty.
  static func of(
    _ input: FileInput, _ range: Range<Int>, in room: UnsafeMutableRawBufferPointer
  ) throws -> (size: Int, value: UInt64) {
    var checksum = Checksum()
    var place = range.lowerBound
    while place < range.upperBound {
      let piece = UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, range.upperBound - place)])
      let count = try input.read(at: place, into: piece)
      checksum.add(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(piece)[..<count]))
      place += count
      if count < piece.count { break }
    }
    return (place - range.lowerBound, checksum.value)
  }

  /// A checksum as it is written.
  static func text(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

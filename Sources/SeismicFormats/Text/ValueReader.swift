/// Takes values from the bytes of a ``ValueWriter`` one after the other; behind the end there are only zeros.
struct ValueReader {
  private let bytes: [UInt8]
  private var place = 0
  private var isShort = false

  /// Begins with the first byte.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether all bytes were taken, and there were enough of them.
  var isWhole: Bool { !isShort && place == bytes.count }

  private mutating func binary<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number {
    guard bytes.count - place >= MemoryLayout<Number>.size else {
      isShort = true
      return 0
    }
    defer { place += MemoryLayout<Number>.size }
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Number.self) }
  }

  /// The next number.
  mutating func integer() -> Int { Int(binary(Int64.self)) }

  /// The next number.
  mutating func number() -> Double { Double(bitPattern: binary(UInt64.self)) }

  /// The next text.
  mutating func text() -> String {
    let count = integer()
    guard count >= 0, count <= bytes.count - place else {
      isShort = true
      return ""
    }
    defer { place += count }
    return String(decoding: bytes[place..<place + count], as: UTF8.self)
  }

  /// The next time.
  mutating func time() -> UTCTime {
    let seconds = binary(Int64.self)
    return UTCTime(seconds: seconds, nanoseconds: binary(Int64.self))
  }

  /// What may be missing.
  mutating func optional<Value>(_ body: (inout ValueReader) -> Value) -> Value? {
    binary(UInt8.self) == 1 ? body(&self) : nil
  }

  /// The next list.
  mutating func list<Element>(_ body: (inout ValueReader) -> Element) -> [Element] {
    let count = integer()
    var list: [Element] = []
    // Each takes at least a byte, so a count that lies ends soon.
    while list.count < count, !isShort { list.append(body(&self)) }
    return list
  }
}

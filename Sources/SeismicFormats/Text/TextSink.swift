#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Text that grows at its end, and can go to a file in large pieces.
///
/// Numbers are written with the fewest digits that give the same double when read again.
public final class TextSink {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// The number of bytes held.
  public private(set) var count = 0

  /// Creates an empty sink.
  public init(capacity: Int = 1 << 16) {
    self.capacity = max(capacity, 256)
    memory = .allocate(capacity: self.capacity)
  }

  deinit { memory.deallocate() }

  /// The bytes held.
  ///
  /// Valid until the next change.
  public var bytes: Bytes { Bytes(start: memory, count: count) }

  /// The bytes held, as text.
  public var string: String { bytes.string }

  /// Forgets the bytes and keeps the memory.
  public func removeAll() { count = 0 }

  /// Replaces bytes that are held already; nothing happens where they are not.
  public func overwrite(_ value: some FixedWidthInteger, at place: Int) {
    withUnsafeBytes(of: value) { bytes in
      guard let base = bytes.baseAddress, place >= 0, place + bytes.count <= count else { return }
      UnsafeMutableRawPointer(memory + place).copyMemory(from: base, byteCount: bytes.count)
    }
  }

  /// Forgets the bytes from a place on.
  func truncate(to length: Int) { count = min(count, max(length, 0)) }

  @inline(__always)
  private func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  @inline(never)
  private func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    fresh.update(from: memory, count: count)
    memory.deallocate()
    memory = fresh
    capacity = larger
  }

  /// Adds a byte.
  @inline(__always)
  public func append(byte: UInt8) {
    reserve(1)
    memory[count] = byte
    count += 1
  }

  /// Adds bytes.
  @inline(__always)
  public func append(_ bytes: Bytes) {
    guard let base = bytes.baseAddress else { return }
    reserve(bytes.count)
    (memory + count).update(from: base, count: bytes.count)
    count += bytes.count
  }

  /// Adds a literal.
  @inline(__always)
  public func append(_ literal: StaticString) {
    append(Bytes(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  /// Adds text.
  public func append(text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Adds a whole number.
  public func append(_ value: Int) {
    reserve(24)
    if value < 0 {
      memory[count] = 45
      count += 1
    }
    appendDigits(value.magnitude, minimum: 1)
  }

  private func appendDigits(_ value: UInt, minimum: Int) {
    var width = 1
    var limit: UInt = 10
    while width < 20 && (limit <= value || width < minimum) {
      width += 1
      let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
      limit = overflow ? .max : next
      if overflow { break }
    }
    var rest = value
    for index in stride(from: count + width - 1, through: count, by: -1) {
      memory[index] = UInt8(48 + rest % 10)
      rest /= 10
    }
    count += width
  }

  /// Adds a number; whole numbers without decimals, missing values as `NaN`.
  public func append(_ value: Double) {
    reserve(40)
    if value.isNaN {
      append("NaN")
      return
    }
    let size = abs(value)
    // Most numbers in catalogs have few decimals. The first power of ten that makes them whole gives the shortest
    // text: n / 10^k is the same double, because both are exact and a division rounds once.
    if size < 1e9 {
      var power = 1.0
      var decimals = 0
      while decimals <= 6 {
        let scaled = (size * power).rounded()
        if scaled / power == size {
          if value < 0 {
            memory[count] = 45
            count += 1
          }
          let whole = UInt(scaled)
          let unit = UInt(power)
          appendDigits(whole / unit, minimum: 1)
          if decimals > 0 {
            memory[count] = 46
            count += 1
            appendDigits(whole % unit, minimum: decimals)
          }
          return
        }
        power *= 10
        decimals += 1
      }
    }
    append(text: value.description)
  }

  /// Adds a time, ISO 8601 with `Z`.
  public func append(_ time: UTCTime, fractionDigits: Int) {
    reserve(64)
    count += time.write(
      to: UnsafeMutableBufferPointer(start: memory + count, count: capacity - count),
      fractionDigits: fractionDigits)
  }

  /// Adds text for XML, with `&`, `<`, `>` and quotes replaced; characters that XML does not allow become U+FFFD.
  public func append(xml text: String) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      for (index, byte) in bytes.enumerated() {
        let replacement: StaticString
        switch byte {
        case 38: replacement = "&amp;"
        case 60: replacement = "&lt;"
        case 62: replacement = "&gt;"
        case 34: replacement = "&quot;"
        case 0..<9, 11, 12, 14..<32: replacement = "\u{FFFD}"
        default: continue
        }
        append(Bytes(rebasing: bytes[start..<index]))
        append(replacement)
        start = index + 1
      }
      append(Bytes(rebasing: bytes[start...]))
    }
  }

  /// Adds a field of a comma-separated line, in quotes where it needs them.
  public func append(csv text: String, delimiter: UInt8 = 44) {
    var text = text
    text.withUTF8 { bytes in
      let needsQuotes = bytes.contains { $0 == delimiter || $0 == 34 || $0 == 10 || $0 == 13 }
      guard needsQuotes else { return append(bytes) }
      append(byte: 34)
      for byte in bytes {
        if byte == 34 { append(byte: 34) }
        append(byte: byte)
      }
      append(byte: 34)
    }
  }
}

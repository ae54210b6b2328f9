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

  /// Adds the bytes of a number as they lie in memory.
  @inline(__always)
  public func append<T: FixedWidthInteger & BitwiseCopyable>(binary value: T) {
    reserve(MemoryLayout<T>.size)
    UnsafeMutableRawPointer(memory + count).storeBytes(of: value, as: T.self)
    count += MemoryLayout<T>.size
  }

  /// Replaces bytes that are held already; nothing happens where they are not.
  public func overwrite<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at place: Int) {
    guard place >= 0, place + MemoryLayout<T>.size <= count else { return }
    UnsafeMutableRawPointer(memory + place).storeBytes(of: value, as: T.self)
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
    // Most numbers in catalogs have few decimals. Where n / 10^6 is the same double, n gives the shortest text, because
    // both are exact and a division rounds once.
    if size < 1e9 {
      let scaled = UInt(size * 1e6 + 0.5)
      if Double(scaled) / 1e6 == size {
        appendDecimal(scaled, decimals: 6, isNegative: value < 0)
        return
      }
    }
    append(text: value.description)
  }

  /// Adds a number rounded to ten decimals, those at the end that are zero left out; missing values as `NaN`.
  public func append(toTenDecimals value: Double) {
    let size = abs(value)
    // Below this a product with 10^10 is good to a hundredth of a unit.
    guard size < 1e4 else { return append(value) }
    reserve(40)
    let scaled = UInt(size * 1e10 + 0.5)
    appendDecimal(scaled, decimals: 10, isNegative: value < 0 && scaled > 0)
  }

  /// Adds `scaled / 10^decimals` without zeros at its end; there must be room.
  @inline(__always)
  private func appendDecimal(_ scaled: UInt, decimals: Int, isNegative: Bool) {
    if isNegative {
      memory[count] = 45
      count += 1
    }
    var unit: UInt = 1
    for _ in 0..<decimals { unit *= 10 }
    let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: unit)
    if whole < 10 {
      memory[count] = UInt8(truncatingIfNeeded: 48 + whole)
      count += 1
    } else {
      appendDigits(whole, minimum: 1)
    }
    guard fraction > 0 else { return }
    memory[count] = 46
    var rest = fraction
    var last = decimals
    // Most numbers end early.
    if last > 6, rest % 100_000 == 0 {
      rest /= 100_000
      last -= 5
    }
    while rest % 10 == 0 {
      rest /= 10
      last -= 1
    }
    for place in stride(from: count + last, to: count, by: -1) {
      memory[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    }
    count += 1 + last
  }

  /// Adds a time, ISO 8601 with `Z`.
  public func append(_ time: UTCTime, fractionDigits: Int) {
    reserve(64)
    count += time.write(
      to: UnsafeMutableBufferPointer(start: memory + count, count: capacity - count),
      fractionDigits: fractionDigits)
  }

  /// Adds text for XML, with `&`, `<`, `>` and quotes replaced; characters that XML does not allow become U+FFFD.
  ///
  /// What a parser would turn into other white space is written by its number: carriage returns everywhere, tabs and
  /// line feeds in attributes.
  public func append(xml text: String, isAttribute: Bool = false) {
    var text = text
    text.withUTF8 { bytes in
      // Most texts need nothing.
      var isPlain = true
      for byte in bytes where byte < 32 || byte == 34 || byte == 38 || byte == 60 || byte == 62 || byte == 0xEF {
        isPlain = false
      }
      guard !isPlain else { return append(bytes) }
      var start = 0
      for (index, byte) in bytes.enumerated() {
        let replacement: StaticString
        var length = 1
        switch byte {
        case 38: replacement = "&amp;"
        case 60: replacement = "&lt;"
        case 62: replacement = "&gt;"
        case 34: replacement = "&quot;"
        case 13: replacement = "&#13;"
        case 9 where isAttribute: replacement = "&#9;"
        case 10 where isAttribute: replacement = "&#10;"
        case 0..<9, 11, 12, 14..<32: replacement = "\u{FFFD}"
        case 0xEF where bytes[index + 1] == 0xBF && bytes[index + 2] >= 0xBE:
          // U+FFFE and U+FFFF.
          replacement = "\u{FFFD}"
          length = 3
        default: continue
        }
        append(Bytes(rebasing: bytes[start..<index]))
        append(replacement)
        start = index + length
      }
      append(Bytes(rebasing: bytes[start...]))
    }
  }

  /// Adds a field of a comma-separated line, in quotes where it needs them.
  public func append(csv text: String, delimiter: UInt8 = 44) {
    var text = text
    text.withUTF8 { append(csv: $0, delimiter: delimiter) }
  }

  /// Adds a field of a comma-separated line, in quotes where it needs them.
  public func append(csv bytes: Bytes, delimiter: UInt8 = 44) {
    // A line that begins with # is taken for a remark.
    var needsQuotes = bytes.first == 35
    for byte in bytes where byte == delimiter || byte == 34 || byte == 10 || byte == 13 { needsQuotes = true }
    guard needsQuotes else { return append(bytes) }
    append(byte: 34)
    for byte in bytes {
      if byte == 34 { append(byte: 34) }
      append(byte: byte)
    }
    append(byte: 34)
  }

  /// Adds a field of a table that people open with a spreadsheet: as ``append(csv:delimiter:)``, but what a spreadsheet would take for a formula
  /// gets an apostrophe before it, and numbers stay numbers.
  ///
  /// ``csvFields(_:)`` takes the apostrophe away.
  public func append(cell text: String) {
    var text = text
    text.withUTF8 { append(cell: $0) }
  }

  /// Adds a field of a table that people open with a spreadsheet.
  public func append(cell bytes: Bytes) {
    guard isFormula(bytes), parseDecimal(bytes) == nil else { return append(csv: bytes) }
    ([39] + bytes).withUnsafeBufferPointer { append(csv: $0) }
  }
}

/// Whether a spreadsheet would compute a field, or a field has an apostrophe against that.
private func isFormula(_ bytes: Bytes) -> Bool {
  guard let first = bytes.first(where: { $0 != 39 }) else { return false }
  return [61, 43, 45, 64, 9, 13].contains(first)
}

/// A field without the apostrophe that ``TextSink/append(cell:)`` has put before it.
public func withoutApostrophe(_ field: String) -> String {
  guard field.utf8.first == 39 else { return field }
  var copy = field
  return copy.withUTF8(isFormula) ? String(field.dropFirst()) : field
}

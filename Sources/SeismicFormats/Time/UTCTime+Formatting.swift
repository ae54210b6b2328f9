extension UTCTime: CustomStringConvertible {
  /// ISO 8601 with six decimals, or nine where the instant needs them: `2024-08-02T16:56:23.715000Z`.
  public var description: String {
    formatted(fractionDigits: nanoseconds % 1000 == 0 ? 6 : 9)
  }

  /// ISO 8601 with a fixed number of decimals, rounded to the nearest.
  ///
  /// - Parameter fractionDigits: 0 to 9.
  public func formatted(fractionDigits: Int) -> String {
    String(unsafeUninitializedCapacity: 40) { write(to: $0, fractionDigits: fractionDigits) }
  }

  /// Writes ISO 8601 text to memory of at least 40 bytes and returns its length.
  @discardableResult
  func write(to bytes: UnsafeMutableBufferPointer<UInt8>, fractionDigits: Int) -> Int {
    let digits = min(max(fractionDigits, 0), 9)
    var unit = 1
    for _ in digits..<9 { unit *= 10 }
    // Rounding may carry into the next second, and so into the next year.
    let rounded = UTCTime(seconds: seconds, nanoseconds: Int64(nanoseconds) + Int64(unit / 2))
    let (year, month, day) = rounded.date
    let second = rounded.secondOfDay
    var position = 0
    func put(_ byte: UInt8) {
      bytes[position] = byte
      position += 1
    }
    func put(_ value: Int, width: Int) {
      var rest = value
      for index in stride(from: position + width - 1, through: position, by: -1) {
        bytes[index] = UInt8(48 + rest % 10)
        rest /= 10
      }
      position += width
    }
    if year < 0 || year > 9999 {
      // Only arithmetic leads here; such a time cannot be read again and still should be seen.
      for byte in String(year).utf8 { put(byte) }
    } else {
      put(year, width: 4)
    }
    put(45)
    put(month, width: 2)
    put(45)
    put(day, width: 2)
    put(84)
    put(second / 3600, width: 2)
    put(58)
    put(second / 60 % 60, width: 2)
    put(58)
    put(second % 60, width: 2)
    if digits > 0 {
      put(46)
      put(Int(rounded.nanoseconds) / unit, width: digits)
    }
    put(90)
    return position
  }
}

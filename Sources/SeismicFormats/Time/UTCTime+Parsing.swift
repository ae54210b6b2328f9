extension UTCTime {
  /// Reads a time as it stands in catalogs: ISO 8601 and what comes near it.
  ///
  /// Accepted: `2024-08-02`, `2024-215`, `20240802`; then optionally, after `T` or blanks, `16:56`, `16:56:23` or
  /// `16:56:23.715`, with any number of decimals; then optionally `Z`, ` UTC`, `+00:00`, `+0000` or `+00`. A time
  /// without a zone is UTC.
  ///
  /// - Returns: nil when the text is anything else, or no such date or time exists.
  public init?(_ text: some StringProtocol) {
    var text = String(text)
    let parsed = text.withUTF8 { UTCTime(bytes: $0) }
    guard let parsed else { return nil }
    self = parsed
  }

  /// As ``init(_:)``, from bytes.
  public init?(bytes: UnsafeBufferPointer<UInt8>) {
    var scanner = DigitScanner(bytes: bytes.trimmed)
    guard let year = scanner.digits(exactly: 4) else { return nil }
    var month: Int?
    var day: Int
    if scanner.skip("-") {
      let start = scanner.position
      if let two = scanner.digits(exactly: 2), scanner.skip("-") {
        guard let dayOfMonth = scanner.digits(exactly: 2) else { return nil }
        month = two
        day = dayOfMonth
      } else {
        scanner.position = start
        guard let dayOfYear = scanner.digits(exactly: 3) else { return nil }
        day = dayOfYear
      }
    } else {
      guard let monthOfYear = scanner.digits(exactly: 2), let dayOfMonth = scanner.digits(exactly: 2) else {
        return nil
      }
      month = monthOfYear
      day = dayOfMonth
    }
    var hour = 0
    var minute = 0
    var second = 0
    var nanosecond = 0
    if !scanner.isAtEnd {
      if !scanner.skip("T") && !scanner.skip("t") {
        guard scanner.skip(" ") else { return nil }
        while scanner.skip(" ") {}
      }
      guard let hours = scanner.digits(exactly: 2), scanner.skip(":"), let minutes = scanner.digits(exactly: 2)
      else { return nil }
      hour = hours
      minute = minutes
      if scanner.skip(":") {
        guard let seconds = scanner.digits(exactly: 2) else { return nil }
        second = seconds
        if scanner.skip(".") || scanner.skip(",") {
          guard let fraction = scanner.fraction() else { return nil }
          nanosecond = fraction
        }
      }
    }
    guard let offset = scanner.zone(), scanner.isAtEnd else { return nil }
    // Rounding ten decimals or more may reach the next second; behind 24:00:00 there is none.
    let carry = nanosecond == 1_000_000_000 ? 1 : 0
    guard carry == 0 || hour < 24 else { return nil }
    guard
      let local = UTCTime(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second,
        nanosecond: carry == 1 ? 0 : nanosecond)
    else { return nil }
    self.init(seconds: local.seconds + Int64(carry - offset), nanoseconds: Int64(local.nanoseconds))
    // A zone or a leap second may lead out of the years that can be written.
    guard (1...9999).contains(date.year) else { return nil }
  }
}

/// Reads fixed numbers of digits.
private struct DigitScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  @inline(__always)
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(truncatingIfNeeded: character.value) else { return false }
    position += 1
    return true
  }

  @inline(__always)
  mutating func digits(exactly count: Int) -> Int? {
    guard position + count <= bytes.count else { return nil }
    var value = 0
    for index in position..<position + count {
      let digit = bytes[index] &- 48
      guard digit <= 9 else { return nil }
      value = value * 10 + Int(digit)
    }
    position += count
    return value
  }

  /// Decimals of a second, in nanoseconds, rounded to the nearest.
  mutating func fraction() -> Int? {
    var value = 0
    var count = 0
    var roundUp = false
    while position < bytes.count, bytes[position] &- 48 <= 9 {
      let digit = Int(bytes[position] &- 48)
      if count < 9 { value = value * 10 + digit } else if count == 9 { roundUp = digit >= 5 }
      count += 1
      position += 1
    }
    guard count > 0 else { return nil }
    while count < 9 {
      value *= 10
      count += 1
    }
    return value + (roundUp ? 1 : 0)
  }

  /// The offset from UTC in seconds; 0 where none is stated.
  mutating func zone() -> Int? {
    if isAtEnd || skip("Z") || skip("z") { return 0 }
    let start = position
    while skip(" ") {}
    if skip("U"), skip("T"), skip("C") { return 0 }
    position = start
    let sign: Int
    if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
    guard let hours = digits(exactly: 2) else { return nil }
    let hasMinutes = skip(":") || !isAtEnd
    let minutes = hasMinutes ? digits(exactly: 2) : 0
    guard let minutes, hours <= 14, minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}

/// An instant in UTC, to the nanosecond.
///
/// Days have 86,400 seconds, as in POSIX: a leap second has the same value as the second after it. Years 0001 to 9999
/// of the proleptic Gregorian calendar can be read and written.
public struct UTCTime: Hashable, Sendable {
  /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
  public let seconds: Int64
  /// Nanoseconds after `seconds`, 0 ..< 1,000,000,000.
  public let nanoseconds: Int32

  /// Creates an instant from seconds and nanoseconds since 1970; nanoseconds outside a second are carried.
  public init(seconds: Int64, nanoseconds: Int64 = 0) {
    let carry = floorDivide(nanoseconds, 1_000_000_000)
    self.seconds = seconds &+ carry
    self.nanoseconds = Int32(truncatingIfNeeded: nanoseconds &- carry &* 1_000_000_000)
  }

  /// Creates an instant whose nanoseconds are known to lie inside a second.
  @inline(__always)
  init(seconds: Int64, checkedNanoseconds: Int32) {
    self.seconds = seconds
    nanoseconds = checkedNanoseconds
  }

  /// Creates an instant from a date of the Gregorian calendar and a time of day.
  ///
  /// - Parameters:
  ///   - day: day of the month, or of the year when `month` is nil.
  ///   - second: 0 ... 60; 60 stands for a leap second.
  /// - Returns: nil when there is no such date or time.
  public init?(
    year: Int, month: Int?, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, nanosecond: Int = 0
  ) {
    guard (1...9999).contains(year),
      (0...23).contains(hour) || (hour == 24 && minute == 0 && second == 0 && nanosecond == 0),
      (0...59).contains(minute), (0...60).contains(second), (0..<1_000_000_000).contains(nanosecond)
    else { return nil }
    let days: Int
    if let month {
      guard (1...12).contains(month), day >= 1, day <= Calendar.daysInMonth(year: year, month: month) else {
        return nil
      }
      days = Calendar.daysSinceEpoch(year: year, month: month, day: day)
    } else {
      guard day >= 1, day <= (Calendar.isLeap(year) ? 366 : 365) else { return nil }
      days = Calendar.daysSinceEpoch(year: year, month: 1, day: 1) + day - 1
    }
    self.init(
      seconds: Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second), nanoseconds: Int64(nanosecond))
  }

  /// 1970-01-01T00:00:00Z.
  public static let epoch = UTCTime(seconds: 0)

  /// Seconds from `other` to this instant; exact to a nanosecond within 100 days, to 0.1 µs within 30 years.
  public func timeInterval(since other: UTCTime) -> Double {
    let (difference, overflow) = seconds.subtractingReportingOverflow(other.seconds)
    // Times that no date stands for can come from arithmetic; they must not trap.
    if overflow { return Double(seconds) - Double(other.seconds) }
    return Double(difference) + Double(nanoseconds - other.nanoseconds) * 1e-9
  }

  /// The instant `interval` seconds later, to the nearest nanosecond.
  public func advanced(by interval: Double) -> UTCTime {
    let whole = interval.rounded(.down)
    guard abs(whole) < 1e15 else { return self }
    return UTCTime(
      seconds: seconds &+ Int64(whole),
      nanoseconds: Int64(nanoseconds) + Int64(((interval - whole) * 1e9).rounded()))
  }

  /// The year, month and day of the month.
  public var date: (year: Int, month: Int, day: Int) {
    Calendar.date(daysSinceEpoch: Int(floorDivide(seconds, 86_400)))
  }

  /// The day of the year, 1 to 366.
  public var dayOfYear: Int {
    let days = Int(floorDivide(seconds, 86_400))
    return days - Calendar.daysSinceEpoch(year: Calendar.date(daysSinceEpoch: days).year, month: 1, day: 1) + 1
  }

  /// Whole seconds since midnight.
  public var secondOfDay: Int { Int(seconds &- floorDivide(seconds, 86_400) &* 86_400) }
}

extension UTCTime: Comparable {
  public static func < (left: UTCTime, right: UTCTime) -> Bool {
    left.seconds != right.seconds ? left.seconds < right.seconds : left.nanoseconds < right.nanoseconds
  }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

/// The proleptic Gregorian calendar.
enum Calendar {
  static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func daysInMonth(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01.
  ///
  /// The year is taken to begin in March, so that the leap day comes last (Hinnant, 2013).
  static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  static func date(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
    let days = daysSinceEpoch + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

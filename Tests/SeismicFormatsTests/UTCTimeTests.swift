import Foundation
import SeismicFormats
import Testing

@Suite("Times")
struct UTCTimeTests {
  /// Days of a month, by the rule as people know it.
  private static func days(_ year: Int, _ month: Int) -> Int {
    [31, year % 400 == 0 || year % 4 == 0 && year % 100 != 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][
      month - 1]
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    String(repeating: "0", count: width - "\(value)".count) + "\(value)"
  }

  @Test("every day of 1 to 9999 follows the one before, reads and prints")
  func everyDay() {
    // 0001-01-01 lies 719,162 days before 1970-01-01.
    var expected: Int64 = -719_162 * 86_400
    for year in 1...9999 {
      var dayOfYear = 0
      for month in 1...12 {
        let last = Self.days(year, month)
        // Every day of some years, the first and last of the months of all.
        let days = year % 100 < 2 ? Array(1...last) : [1, last]
        for day in days {
          let seconds = expected + Int64(day - 1) * 86_400
          let time = UTCTime(year: year, month: month, day: day)
          guard time?.seconds == seconds, let date = time?.date, date == (year, month, day),
            time?.dayOfYear == dayOfYear + day,
            UTCTime(year: year, month: nil, day: dayOfYear + day) == time
          else {
            Issue.record("\(year)-\(month)-\(day)")
            return
          }
        }
        #expect(UTCTime(year: year, month: month, day: last + 1) == nil)
        expected += Int64(last) * 86_400
        dayOfYear += last
      }
      #expect(UTCTime(year: year, month: nil, day: dayOfYear + 1) == nil)
    }
    #expect(expected == 253_402_300_800)
  }

  @Test("every number of decimals is read, and rounded to the nanosecond")
  func fractions() {
    let digits = "123456789876543210"
    for count in 1...18 {
      let text = "2024-08-02T16:56:23." + digits.prefix(count) + "Z"
      let nine = (digits.prefix(count) + "000000000").prefix(9)
      let up = count > 9 ? 1 : 0
      #expect(UTCTime(text)?.nanoseconds == (Int32(nine) ?? 0) + Int32(up), "\(text)")
    }
    #expect(UTCTime("2024-08-02T16:56:23.1234567894999")?.nanoseconds == 123_456_789)
    #expect(UTCTime("2024-08-02T16:56:23.1234567895")?.nanoseconds == 123_456_790)
    #expect(UTCTime("2024-12-31T23:59:59.9999999995") == UTCTime(year: 2025, month: 1, day: 1))
    #expect(UTCTime("2024-12-31T23:59:59.9999999994")?.description == "2024-12-31T23:59:59.999999999Z")
    #expect(UTCTime("2024-08-02T16:56:23.") == nil)
    #expect(UTCTime("2024-08-02T16:56:23,5") == UTCTime("2024-08-02T16:56:23.5"))
  }

  @Test("what is printed with nine decimals is read as the same instant")
  func roundTrip() {
    var random = SeededGenerator(21)
    for _ in 0..<20_000 {
      let time = UTCTime(
        seconds: Int64.random(in: -62_135_596_800..<253_402_300_800, using: &random),
        nanoseconds: Int64(random.below(1_000_000_000)))
      let text = time.formatted(fractionDigits: 9)
      #expect(UTCTime(text) == time)
      #expect(text.count == 30)
      #expect(UTCTime(time.description) == time)
    }
  }

  @Test("printing with fewer decimals rounds to the nearest", arguments: 0...9)
  func rounding(digits: Int) {
    var unit: Int64 = 1
    for _ in digits..<9 { unit *= 10 }
    var random = SeededGenerator(UInt64(digits))
    for _ in 0..<1000 {
      let whole = Int64.random(in: -5_000_000_000..<5_000_000_000, using: &random)
      let time = UTCTime(seconds: whole, nanoseconds: Int64(random.below(1_000_000_000)))
      let text = time.formatted(fractionDigits: digits)
      #expect(text.count == (digits == 0 ? 20 : 21 + digits))
      guard let read = UTCTime(text) else {
        Issue.record("\(text)")
        return
      }
      let difference =
        (read.seconds - time.seconds) * 1_000_000_000 + Int64(read.nanoseconds) - Int64(time.nanoseconds)
      #expect(abs(difference) * 2 <= unit)
    }
    // 59.5 and more of the last second of the year belong to the next year.
    let last = UTCTime(seconds: 1_735_689_599, nanoseconds: 999_999_999)
    let end = digits == 9 ? "2024-12-31T23:59:59.999999999Z" : "2025-01-01T00:00:00"
    #expect(last.formatted(fractionDigits: digits).hasPrefix(end))
  }

  @Test("decimals outside 0 to 9 are taken for the nearest that can be")
  func decimalsOutside() {
    let time = UTCTime(seconds: 0, nanoseconds: 123_456_789)
    #expect(time.formatted(fractionDigits: -3) == "1970-01-01T00:00:00Z")
    #expect(time.formatted(fractionDigits: 12) == "1970-01-01T00:00:00.123456789Z")
  }

  @Test(
    "forms that are read",
    arguments: [
      ("2024-08-02", "2024-08-02T00:00:00.000000Z"), ("20240802", "2024-08-02T00:00:00.000000Z"),
      ("2024-215", "2024-08-02T00:00:00.000000Z"), ("2024-366", "2024-12-31T00:00:00.000000Z"),
      ("2024-08-02T16:56", "2024-08-02T16:56:00.000000Z"), ("2024-08-02 16:56:23", "2024-08-02T16:56:23.000000Z"),
      ("2024-08-02  16:56:23", "2024-08-02T16:56:23.000000Z"),
      ("2024-08-02t16:56:23z", "2024-08-02T16:56:23.000000Z"),
      (" 2024-08-02T16:56:23Z\r", "2024-08-02T16:56:23.000000Z"),
      ("2024-08-02 16:56:23 UTC", "2024-08-02T16:56:23.000000Z"),
      ("2024-08-02T16:56:23UTC", "2024-08-02T16:56:23.000000Z"),
      ("2024-08-02T16:56:23+00:00", "2024-08-02T16:56:23.000000Z"),
      ("2024-08-02T16:56:23.5+0200", "2024-08-02T14:56:23.500000Z"),
      ("2024-08-02T16:56:23-05", "2024-08-02T21:56:23.000000Z"),
      ("2024-08-02T16:56:23+05:45", "2024-08-02T11:11:23.000000Z"),
      ("2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00.000000Z"),
      ("2024-08-02T24:00:00", "2024-08-03T00:00:00.000000Z"), ("2024-12-31T24:00", "2025-01-01T00:00:00.000000Z"),
      ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500000Z"),
      ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"),
      ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"), ("1755-11-01T09:40:00Z", "1755-11-01T09:40:00.000000Z"),
      ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ])
  func forms(text: String, printed: String) {
    #expect(UTCTime(text)?.description == printed)
  }

  @Test(
    "dates and times that do not exist, and texts that are none, are nil",
    arguments: [
      "", " ", "2024", "2024-08", "2024-8-2", "2024-13-01", "2024-00-10", "2024-02-30", "2023-02-29", "1900-02-29",
      "2024-04-31", "2024-08-00", "2024-08-32", "2024-000", "2024-367", "2023-366", "20241301", "0000-01-01",
      "-2024-01-01", "10000-01-01", "2024-08-02T24:00:01", "2024-08-02T24:01", "2024-08-02T24:00:00.001",
      "2024-08-02T24:00:00.9999999999", "2024-08-02T25:00", "2024-08-02T16:60", "2024-08-02T16:56:61", "2024-08-02T16",
      "2024-08-02T", "2024-08-02T1656", "2024-08-02T16:56:23.5.5", "2024-08-02T16:56:23.x", "2024-08-02T16:56:23ZZ",
      "2024-08-02T16:56:23 CEST", "2024-08-02T16:56:23+15:00", "2024-08-02T16:56:23+05:60", "2024-08-02T16:56:23+5",
      "2024-08-02T16:56:23+05:", "2024-08-02T16:56:23+05:4", "2024-08-02T16:56:23+", "2024-08-02T-1:00:00",
      "2024/08/02", "02.08.2024", "2024-08-02_16:56:23", "no pick", "NaN", "2024-08-02T16:56:23Z 1", "２０２４-08-02",
      "2024-08-02T16:56:23 UT", "2024-0802", "202408-02",
    ])
  func refused(text: String) {
    #expect(UTCTime(text) == nil)
  }

  @Test("parts outside their range are refused by the initializer")
  func parts() {
    #expect(UTCTime(year: 2024, month: 1, day: 1, second: 60) != nil)
    #expect(UTCTime(year: 2024, month: 1, day: 1, second: 61) == nil)
    #expect(UTCTime(year: 2024, month: 1, day: 1, minute: 60) == nil)
    #expect(UTCTime(year: 2024, month: 1, day: 1, hour: -1) == nil)
    #expect(UTCTime(year: 2024, month: 1, day: 1, nanosecond: 1_000_000_000) == nil)
    #expect(UTCTime(year: 2024, month: 1, day: 1, nanosecond: -1) == nil)
    #expect(UTCTime(year: .max, month: .max, day: .max) == nil)
    #expect(UTCTime(year: 2024, month: nil, day: .min) == nil)
  }

  @Test("nanoseconds outside a second are carried, backward too")
  func carry() {
    var random = SeededGenerator(22)
    for _ in 0..<2000 {
      let nanoseconds = Int64(bitPattern: random.next()) / 4
      let time = UTCTime(seconds: 10, nanoseconds: nanoseconds)
      #expect((0..<1_000_000_000).contains(time.nanoseconds))
      #expect((time.seconds - 10) * 1_000_000_000 + Int64(time.nanoseconds) == nanoseconds)
    }
    #expect(UTCTime(seconds: 0, nanoseconds: -1) == UTCTime(seconds: -1, nanoseconds: 999_999_999))
    #expect(UTCTime(seconds: 0, nanoseconds: -1_000_000_000) == UTCTime(seconds: -1))
    #expect(UTCTime(seconds: 0, nanoseconds: .min).nanoseconds == 145_224_192)
    #expect(UTCTime(seconds: 0, nanoseconds: .max).nanoseconds == 854_775_807)
  }

  @Test("an interval taken and added again leads to the same nanosecond")
  func arithmetic() {
    var random = SeededGenerator(23)
    for round in 0..<20_000 {
      let start = UTCTime(
        seconds: Int64.random(in: -3_000_000_000..<3_000_000_000, using: &random),
        nanoseconds: Int64(random.below(1_000_000_000)))
      // Below 2^22 s a double resolves the nanosecond; within 100 days it misses by one at most.
      let isShort = round % 2 == 0
      let limit: Int64 = isShort ? 4_194_303_000_000_000 : 8_640_000_000_000_000
      let nanoseconds = Int64.random(in: -limit...limit, using: &random)
      let end = UTCTime(seconds: start.seconds, nanoseconds: Int64(start.nanoseconds) + nanoseconds)
      let interval = end.timeInterval(since: start)
      let reached = start.advanced(by: interval)
      let miss = (reached.seconds - end.seconds) * 1_000_000_000 + Int64(reached.nanoseconds - end.nanoseconds)
      #expect(abs(miss) <= (isShort ? 0 : 1))
      #expect(start.timeInterval(since: end) == -interval)
      #expect((start < end) == (nanoseconds > 0))
      #expect((start == end) == (nanoseconds == 0))
    }
  }

  @Test("intervals that are no numbers or leave all calendars change nothing")
  func absurdIntervals() {
    let time = UTCTime(seconds: 5, nanoseconds: 6)
    for interval in [Double.nan, .infinity, -.infinity, 1e300, -1e16] { #expect(time.advanced(by: interval) == time) }
    #expect(time.advanced(by: -0.000000007) == UTCTime(seconds: 4, nanoseconds: 999_999_999))
    // Nothing that arithmetic can reach stops the program when it is printed.
    for seconds in [Int64.min, .max, -62_135_596_801, 253_402_300_800] {
      #expect(UTCTime(seconds: seconds).formatted(fractionDigits: 9).hasSuffix("000000000Z"))
      #expect((0..<86_400).contains(UTCTime(seconds: seconds).secondOfDay))
    }
    #expect(UTCTime(seconds: 253_402_300_800).description == "10000-01-01T00:00:00.000000Z")
  }

  @Test("order is that of seconds first, then of nanoseconds")
  func order() {
    let times = [(-2, 5), (-1, 0), (-1, 999_999_999), (0, 0), (0, 1), (1, 0), (1, 5)].map {
      UTCTime(seconds: Int64($0.0), nanoseconds: Int64($0.1))
    }
    for (first, left) in times.enumerated() {
      for (second, right) in times.enumerated() {
        #expect((left < right) == (first < second))
        #expect((left == right) == (first == second))
      }
    }
  }

  @Test("the second of the day begins anew at midnight, before 1970 too")
  func secondOfDay() {
    for day in [-40_000, -2, -1, 0, 1, 20_000] as [Int64] {
      for second in [0, 1, 43_200, 86_399] {
        #expect(UTCTime(seconds: day * 86_400 + Int64(second)).secondOfDay == second)
      }
    }
  }

  @Test("no text stops the program, and what is read prints and reads again")
  func damaged() {
    let whole = Array("2024-08-02T16:56:23.715000+05:45".utf8)
    var random = SeededGenerator(24)
    for _ in 0..<20_000 {
      var bytes = Array(whole.prefix(random.below(whole.count + 1)))
      for _ in 0..<random.below(3) where !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.below(128)) }
      guard let time = bytes.withUnsafeBufferPointer({ UTCTime(bytes: $0) }) else { continue }
      #expect(UTCTime(time.description) == time || time.date.year < 1 || time.date.year > 9999)
    }
  }
}

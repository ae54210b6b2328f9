import Foundation
import SeismicFormats
import Testing

private func decimal(_ text: String) -> Double? {
  var text = text
  return text.withUTF8 { parseDecimal($0) }
}

private func integer(_ text: String) -> Int? {
  var text = text
  return text.withUTF8 { parseInteger($0) }
}

@Suite("Reading numbers")
struct NumberParsingTests {
  /// Whether `strtod` and the parser agree to the last bit.
  private func agrees(_ text: String) -> Bool {
    guard let value = decimal(text) else { return false }
    return value.bitPattern == strtod(text, nil).bitPattern
  }

  @Test("every count of digits before and after the point gives what strtod gives", arguments: 0...25)
  func everyLayout(whole: Int) {
    var random = SeededGenerator(UInt64(whole))
    for decimals in 0...30 where whole + decimals > 0 {
      for round in 0..<40 {
        let sign = ["", "-", "+"][round % 3]
        let point = decimals > 0 ? "." : round % 2 == 0 ? "" : "."
        let text = sign + random.digits(whole) + point + random.digits(decimals)
        #expect(agrees(text), "\(text)")
      }
    }
  }

  @Test("exponents give what strtod gives")
  func exponents() {
    var random = SeededGenerator(2)
    for _ in 0..<20_000 {
      let decimals = random.below(20)
      let text =
        random.digits(1 + random.below(20)) + (decimals > 0 ? "." + random.digits(decimals) : "")
        + (random.below(2) == 0 ? "e" : "E") + ["", "+", "-"][random.below(3)] + "\(random.below(280))"
      #expect(strtod(text, nil).isFinite ? agrees(text) : decimal(text) == nil, "\(text)")
    }
  }

  @Test("decimals half way between two doubles, and next to half way, go to the even one and the near one")
  func halfWay() {
    var random = SeededGenerator(3)
    for _ in 0..<5000 {
      // With 54 significant bits the last of which is set, the number lies half way between two doubles.
      let middle = (UInt64(1) << 52 | random.next() >> 12) << 1 | 1
      let (below, above) = (Double(middle >> 1) * 2, Double((middle >> 1) + 1) * 2)
      let even = (middle >> 1) & 1 == 0 ? below : above
      #expect(decimal("\(middle)") == even)
      #expect(decimal("\(middle).000") == even)
      #expect(decimal("\(middle - 1).9") == below)
      #expect(decimal("\(middle).1") == above)
      #expect(decimal("\(middle).00000000000000000000000000001") == above)
    }
  }

  @Test("halves of small odd numbers with many decimals are ties too")
  func halfWayFractions() {
    var random = SeededGenerator(4)
    for _ in 0..<3000 {
      // n / 2^k with 54 bits in n: exact in decimal, and a tie in binary.
      let numerator = Decimal(UInt64(1) << 53 | random.next() >> 11 | 1)
      var value = numerator
      for _ in 0..<(1 + random.below(6)) { value /= 2 }
      let text = value.description
      #expect(agrees(text), "\(text)")
      #expect(agrees(text + "1"), "\(text)1")
    }
  }

  @Test("the shortest text of any double reads as the same double")
  func roundTrip() {
    var random = SeededGenerator(5)
    for _ in 0..<20_000 {
      let value = random.finiteDouble()
      #expect(decimal(value.description)?.bitPattern == value.bitPattern)
    }
  }

  @Test(
    "zeros, ends of the range and blanks around",
    arguments: [
      ("0", 0.0), ("-0", -0.0), ("0.000", 0), ("00012", 12), (".5", 0.5), ("5.", 5), ("+1", 1), (" 2.5\t", 2.5),
      ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("5e-324", 5e-324), ("2e-324", 0),
      ("2.2250738585072011e-308", 2.2250738585072011e-308), ("9007199254740993", 9_007_199_254_740_992),
      ("18446744073709551615", 18_446_744_073_709_551_615), ("9999999999999999999", 9_999_999_999_999_999_999),
      ("0000000000000000000000000000.1", 0.1), ("1e-400", 0), ("0.000000000000000000000000001", 1e-27),
      ("0.0000000000000000000000000001", 1e-28),
    ])
  func corners(text: String, value: Double) {
    #expect(decimal(text)?.bitPattern == value.bitPattern)
  }

  @Test(
    "what is no decimal number is nil",
    arguments: [
      "", " ", "nan", "NaN", "inf", "-inf", "infinity", "0x10", "0x1p3", "1e", "1e+", "e5", ".", "-", "+", "-.", "+-1",
      "--1", "1.2.3", "1,5", "1 2", "1f", "1.0e1.5", "one", "1e400", "-1e400", "1\u{0}2", "\u{0}1x", "1e5 x", "١",
      "1_000", "1e5e5", "0b1", "1d5",
    ])
  func garbage(text: String) {
    #expect(decimal(text) == nil)
  }

  @Test("a million digits are a number, and too large a one is nil")
  func veryLong() {
    #expect(decimal("0." + String(repeating: "3", count: 1_000_000)) == 1.0 / 3)
    #expect(decimal(String(repeating: "0", count: 1_000_000) + "7") == 7)
    #expect(decimal(String(repeating: "9", count: 400)) == nil)
  }

  @Test("whole numbers to both ends of the range, and nil beyond")
  func integers() {
    #expect(integer("0") == 0)
    #expect(integer("-0") == 0)
    #expect(integer(" +42 ") == 42)
    #expect(integer("9223372036854775807") == Int.max)
    #expect(integer("-9223372036854775807") == -Int.max)
    #expect(integer("-9223372036854775808") == Int.min)
    #expect(integer("00000000000000000000000000012") == 12)
    for text in [
      "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999", "", " ", "-", "+",
      "1.0", "1e3", "0x1", "1 2", "--1", "12a", "\u{0}",
    ] {
      #expect(integer(text) == nil, "\(text)")
    }
    var random = SeededGenerator(6)
    for _ in 0..<2000 {
      let text = ["", "-"][random.below(2)] + random.digits(1 + random.below(21))
      #expect(integer(text) == Int(text), "\(text)")
    }
  }
}

import Foundation
import SeismicFormats
import Testing

@Suite("Writing numbers")
struct NumberWritingTests {
  private func text(_ value: Double) -> String {
    let sink = TextSink()
    sink.append(value)
    return sink.string
  }

  private func tenDecimals(_ value: Double) -> String {
    let sink = TextSink()
    sink.append(toTenDecimals: value)
    return sink.string
  }

  @Test("any double is read as it was written")
  func anyDouble() {
    var random = SeededGenerator(11)
    for _ in 0..<20_000 {
      let value = random.finiteDouble()
      #expect(Double(text(value)) == value)
    }
  }

  @Test("numbers of catalogs are read as they were written, and no shorter text would do")
  func catalogNumbers() {
    var random = SeededGenerator(12)
    for _ in 0..<20_000 {
      let decimals = random.below(10)
      let value =
        (Double(random.below(2_000_000_000)) - 1e9) / pow(10, Double(decimals)) * (random.below(9) == 0 ? 1e6 : 1)
      let written = text(value)
      #expect(Double(written) == value)
      // The description of a double has the fewest digits too, but always a decimal and sometimes an exponent.
      func digits(_ text: String) -> Int {
        let mantissa = text.lowercased().split(separator: "e").first ?? ""
        return mantissa.filter(\.isNumber).drop { $0 == "0" }.reversed().drop { $0 == "0" }.count
      }
      #expect(digits(written) == digits(value.description), "\(written)")
    }
  }

  @Test(
    "plain forms",
    arguments: [
      (0.0, "0"), (1, "1"), (-1, "-1"), (0.5, "0.5"), (-0.25, "-0.25"), (12.340, "12.34"), (100, "100"),
      (0.000001, "0.000001"), (1234567.125, "1234567.125"), (0.1 + 0.2, "0.30000000000000004"), (1e9, "1000000000.0"),
      (999_999_999.5, "999999999.5"), (.nan, "NaN"),
    ])
  func plain(value: Double, written: String) {
    #expect(text(value) == written)
  }

  @Test("ten decimals are rounded to the nearest, without zeros at the end")
  func tenDecimals() {
    var random = SeededGenerator(13)
    for _ in 0..<20_000 {
      let size = pow(10, Double(random.below(5)))
      let value = Double.random(in: -size...size, using: &random)
      let written = tenDecimals(value)
      let fraction = written.split(separator: ".").dropFirst().first ?? ""
      #expect(fraction.count <= 10)
      #expect(fraction.last != "0")
      // Half a unit, and a hundredth of one as documented; the difference is taken in decimal, where it is exact.
      let difference = abs((Decimal(string: written) ?? .nan) - (Decimal(string: value.description) ?? .nan))
      #expect(difference <= Decimal(string: "0.000000000051") ?? 0, "\(value) as \(written)")
    }
    for (value, written) in [
      (0.0, "0"), (1.0 / 3, "0.3333333333"), (2.0 / 3, "0.6666666667"), (-1.0 / 3, "-0.3333333333"), (1e-11, "0"),
      (-1e-11, "0"), (1e-10, "0.0000000001"), (0.99999999999, "1"), (9999.5, "9999.5"), (.nan, "NaN"),
      (12.5, "12.5"), (0.00001, "0.00001"), (0.0000012, "0.0000012"), (-0.5, "-0.5"), (123456.789, "123456.789"),
    ] {
      #expect(tenDecimals(value) == written)
    }
  }

  @Test("whole numbers of every width")
  func integers() {
    let sink = TextSink()
    func check(_ value: Int) {
      sink.removeAll()
      sink.append(value)
      #expect(sink.string == "\(value)")
    }
    var power = 1
    for _ in 0..<19 {
      for value in [power, power - 1, power + 1, -power, 1 - power] { check(value) }
      power = power.multipliedReportingOverflow(by: 10).partialValue
    }
    for value in [0, .max, .min, .min + 1] as [Int] { check(value) }
  }

  @Test("text grows past any capacity and keeps what was there", arguments: [0, 1, 255, 256, 257, 1000])
  func growth(capacity: Int) {
    let sink = TextSink(capacity: capacity)
    var expected = ""
    for number in 0..<2000 {
      sink.append(number)
      sink.append(Double(number) / 8)
      sink.append(text: "é")
      sink.append(byte: 44)
      expected += "\(number)" + (number % 8 == 0 ? "\(number / 8)" : "\(Double(number) / 8)") + "é,"
    }
    #expect(sink.string == expected)
    #expect(sink.count == expected.utf8.count)
    sink.removeAll()
    #expect(sink.string.isEmpty)
  }

  @Test("numbers in binary can be put into a place that is there, and nowhere else")
  func overwriting() {
    let sink = TextSink()
    sink.append(binary: UInt32(7))
    sink.append(binary: UInt64(9))
    sink.overwrite(UInt32(0x0102_0304), at: 0)
    for place in [-1, 9, 12, 1 << 40] { sink.overwrite(UInt32.max, at: place) }
    #expect(Array(sink.bytes) == [4, 3, 2, 1, 9, 0, 0, 0, 0, 0, 0, 0])
  }
}

@Suite("Writing text")
struct TextWritingTests {
  @Test("a field of a comma-separated line is read as it was written")
  func csv() {
    let alphabet = Array("ab,\"; é|.").map(String.init)
    var random = SeededGenerator(14)
    for _ in 0..<5000 {
      // White space at the ends of a field has no meaning in a table.
      let fields = (0..<(1 + random.below(4))).map { _ in
        "x" + (0..<random.below(6)).map { _ in alphabet[random.below(alphabet.count)] }.joined() + "x"
      }
      let quoted = (0..<(1 + random.below(2))).map { _ in "\"" + alphabet[random.below(alphabet.count)] }
      let sink = TextSink()
      for (index, field) in (fields + quoted).enumerated() {
        if index > 0 { sink.append(byte: 44) }
        sink.append(csv: field)
      }
      #expect(csvFields(sink.bytes) == fields + quoted, "\(sink.string)")
    }
  }

  @Test("XML's own characters are replaced, and those it forbids too")
  func xml() {
    func escaped(_ text: String) -> String {
      let sink = TextSink()
      sink.append(xml: text)
      return sink.string
    }
    #expect(escaped("a<b>&\"c\"") == "a&lt;b&gt;&amp;&quot;c&quot;")
    #expect(escaped("tab\tline\né😀") == "tab\tline\né😀")
    #expect(escaped("\u{0}\u{1}\u{8}\u{B}\u{C}\u{E}\u{1F}") == String(repeating: "\u{FFFD}", count: 7))
    #expect(escaped("\u{FFFE}|\u{FFFF}|\u{FFFD}") == "\u{FFFD}|\u{FFFD}|\u{FFFD}")
    // A bare carriage return would be read as a line feed.
    #expect(escaped("a\r\nb") == "a&#13;\nb")
    #expect(escaped("") == "")
  }
}

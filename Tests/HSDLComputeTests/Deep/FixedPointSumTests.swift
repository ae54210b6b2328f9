import HSDLCompute
import Testing

@Suite("Sums as whole numbers")
struct FixedPointSumTests {
  static func sum(_ values: some Sequence<Double>) -> Double {
    var register = [Int64](repeating: 0, count: FixedPointSum.width)
    return register.withUnsafeMutableBufferPointer { register in
      guard let base = register.baseAddress else { return .nan }
      for value in values { FixedPointSum.add(value, to: base) }
      return FixedPointSum.value(of: base)
    }
  }

  @Test("single numbers come back")
  func single() {
    for value in [
      0, 1, -1, 0.1, -0.1, 0x1.8p-60, -0x1.8p-60, 0x1p54, -0x1p54, 0x1p-104, .pi * 1e12, 123456789.123456789,
    ] {
      #expect(Self.sum([value]) == value)
    }
    #expect(Self.sum([]) == 0)
    // What lies below the finest place is cut off.
    #expect(abs(Self.sum([3e-20]) - 3e-20) < 0x1p-104)
    #expect(Self.sum([0x1p-105, 0x1p-105]) == 0)
  }

  @Test("sums are those of exact arithmetic, in every order")
  func orders() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<200 {
      let values = (0..<50).map { _ in
        Double(sign: random.next() % 2 == 0 ? .plus : .minus, exponent: Int(random.next() % 60) - 30, significand: 1)
          * (1 + random.uniform())
      }
      let exact = ExactSum(values).value
      let found = Self.sum(values)
      #expect(abs(found - exact) <= abs(exact) * 0x1p-52)
      #expect(Self.sum(values.reversed()).bitPattern == found.bitPattern)
      #expect(Self.sum(random.shuffled(values)).bitPattern == found.bitPattern)
      #expect(Self.sum(values.map { -$0 }) == -found)
      #expect(Self.sum(values + values.map { -$0 }) == 0)
    }
  }

  @Test(
    "what is no number, or too large, makes no number", arguments: [Double.nan, .infinity, -.infinity, 0x1p55, -0x1p55])
  func wrong(value: Double) {
    #expect(Self.sum([1, value, -1]).isNaN)
    #expect(Self.sum([value, value, -0x1p54]).isNaN)
  }

  @Test("registers of several ranks add up to that of one", arguments: 1...5)
  func parts(count: Int) {
    var random = SplitMix64(seed: 5)
    var rows = (0..<7 * 3).map { _ in random.normal() * 1e-6 }
    let all = rows.withUnsafeMutableBufferPointer { FixedPointSum.registers($0, rowCount: 7) }
    var sums = [Int64](repeating: 0, count: all.count)
    for part in 0..<count {
      var own = (0..<7).filter { $0 % count == part }.flatMap { Array(rows[$0 * 3..<$0 * 3 + 3]) }
      let rowCount = own.count / 3
      let registers = own.withUnsafeMutableBufferPointer { FixedPointSum.registers($0, rowCount: rowCount) }
      for (place, digit) in registers.enumerated() { sums[place] &+= digit }
    }
    #expect(sums == all)
    var values = [0.0, 0, 0]
    values.withUnsafeMutableBufferPointer { FixedPointSum.values(sums, into: $0) }
    for column in 0..<3 {
      let exact = ExactSum((0..<7).map { rows[$0 * 3 + column] }).value
      #expect(abs(values[column] - exact) < 1e-20)
    }
    let exchange = NoExchange()
    rows.withUnsafeMutableBufferPointer { exchange.sum($0, rowCount: 7) }
    #expect(Array(rows[..<3]) == values)
  }
}

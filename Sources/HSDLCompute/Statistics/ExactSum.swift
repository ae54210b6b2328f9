/// A sum of doubles without any rounding.
///
/// The terms are added as whole numbers in a fixed-point register that spans the whole range of doubles (Kulisch, 1971),
/// so the order of the terms, and the rank that added them, do not matter. The result is the exact sum rounded once.
public struct ExactSum: Sendable, Equatable {
  /// Digits of 32 bits, lowest first; each may exceed 32 bits until it is normalised.
  private var digits: [Int64]
  private var additions = 0
  /// Terms that are not finite, by kind: NaN or infinities.
  private var notFinite = 0.0

  /// 2098 bits of doubles and room for 2^64 terms.
  static let digitCount = 68

  /// Creates an empty sum.
  public init() { digits = [Int64](repeating: 0, count: Self.digitCount) }

  /// Creates the sum of some numbers.
  public init(_ values: some Sequence<Double>) {
    self.init()
    for value in values { add(value) }
  }

  /// Adds a term.
  @inline(__always)
  public mutating func add(_ value: Double) {
    let bits = value.bitPattern
    let exponent = Int(bits >> 52 & 0x7FF)
    guard exponent != 0x7FF else {
      notFinite += value
      return
    }
    let fraction = bits & 0xF_FFFF_FFFF_FFFF
    let significand = exponent == 0 ? fraction : fraction | 1 << 52
    // The lowest bit of the significand stands for 2^(position - 1074).
    let position = max(exponent, 1) - 1
    let digit = position >> 5
    let shift = UInt64(position & 31)
    let low = significand << shift
    let high = shift == 0 ? 0 : significand >> (64 - shift)
    let (first, second, third) = (Int64(low & 0xFFFF_FFFF), Int64(low >> 32), Int64(high))
    digits.withUnsafeMutableBufferPointer { digits in
      if bits >> 63 == 0 {
        digits[digit] &+= first
        digits[digit + 1] &+= second
        digits[digit + 2] &+= third
      } else {
        digits[digit] &-= first
        digits[digit + 1] &-= second
        digits[digit + 2] &-= third
      }
    }
    additions += 1
    if additions >= 1 << 30 { normalise() }
  }

  /// Adds another sum.
  public mutating func add(_ other: ExactSum) {
    var other = other
    other.normalise()
    normalise()
    for index in digits.indices { digits[index] &+= other.digits[index] }
    notFinite += other.notFinite
    additions = 2
  }

  /// Brings all digits but the highest into 0 ..< 2^32.
  private mutating func normalise() {
    var carry: Int64 = 0
    for index in 0..<Self.digitCount - 1 {
      let total = digits[index] &+ carry
      digits[index] = total & 0xFFFF_FFFF
      carry = total >> 32
    }
    digits[Self.digitCount - 1] &+= carry
    additions = 1
  }

  /// The sum, rounded to the nearest double, ties to even.
  public var value: Double {
    if notFinite != 0 || notFinite.isNaN { return notFinite }
    var copy = self
    copy.normalise()
    let isNegative = copy.digits[Self.digitCount - 1] < 0
    if isNegative {
      for index in copy.digits.indices { copy.digits[index] = -copy.digits[index] }
      copy.normalise()
    }
    guard let top = copy.digits.lastIndex(where: { $0 != 0 }) else { return 0 }
    // The 64 bits from the highest set bit down, and whether anything is below them.
    var bits: UInt64 = 0
    let width = 64 - copy.digits[top].leadingZeroBitCount
    var filled = 0
    var index = top
    var sticky = false
    var lowest = 0
    while index >= 0 {
      let digit = UInt64(copy.digits[index])
      let size = index == top ? width : 32
      if filled < 64 {
        let take = min(size, 64 - filled)
        bits = filled == 0 && take == 64 ? digit : bits << UInt64(take) | digit >> UInt64(size - take)
        filled += take
        lowest = index * 32 + (size - take)
        if take < size, digit & ((1 << UInt64(size - take)) - 1) != 0 { sticky = true }
      } else if digit != 0 {
        sticky = true
      }
      index -= 1
    }
    // bits · 2^(lowest - 1074), with `filled` significant bits.
    let exponent = lowest - 1074
    var result: Double
    let highest = exponent + filled - 1
    // Below the normal range fewer bits are kept.
    let kept = min(53, highest + 1075)
    if filled <= kept {
      result = Double(sign: .plus, exponent: exponent, significand: Double(bits))
    } else {
      let dropped = filled - kept
      if dropped > 64 { return 0 }
      var significand = dropped == 64 ? 0 : bits >> UInt64(dropped)
      let rest = dropped == 64 ? bits : bits & ((1 << UInt64(dropped)) - 1)
      let half: UInt64 = 1 << UInt64(dropped - 1)
      if rest > half || rest == half && (sticky || significand & 1 == 1) { significand += 1 }
      result = Double(sign: .plus, exponent: exponent + dropped, significand: Double(significand))
    }
    return isNegative ? -result : result
  }

  /// The register as whole numbers that may be added to those of other sums, and made into a sum again.
  var register: [Int64] {
    var copy = self
    copy.normalise()
    return copy.digits
  }

  fileprivate init(register: ArraySlice<Int64>) {
    digits = Array(register)
    additions = 2
  }
}

extension Collectives {
  /// The sums over all ranks: the same bits for any number of ranks and any distribution of the terms.
  ///
  /// Terms must be finite.
  public func total(_ sums: [ExactSum]) throws -> [Double] {
    guard size > 1 else { return sums.map(\.value) }
    let registers = try sum(sums.flatMap(\.register))
    return stride(from: 0, to: registers.count, by: ExactSum.digitCount).map {
      ExactSum(register: registers[$0..<$0 + ExactSum.digitCount]).value
    }
  }
}

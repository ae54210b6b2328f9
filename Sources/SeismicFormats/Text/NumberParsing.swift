#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Powers of five that fit into 64 bits.
private let powersOfFive: [UInt64] = {
  var powers: [UInt64] = [1]
  while powers.count < 28 { powers.append(powers[powers.count - 1] * 5) }
  return powers
}()

/// Reads a decimal number: sign, digits, decimals, exponent.
///
/// Blanks at both ends are allowed.
///
/// The result is the double nearest to the decimal number, as `strtod` gives it, without the cost: up to 19 digits and
/// 27 decimals are divided exactly in 128 bits; other texts go to `strtod`.
///
/// - Returns: nil for anything else, `nan`, `inf` and hexadecimal numbers included.
public func parseDecimal(_ text: Bytes) -> Double? {
  let bytes = text.trimmed
  let count = bytes.count
  guard count > 0, let base = bytes.baseAddress else { return nil }
  var index = 0
  var isNegative = false
  if base[0] == 45 || base[0] == 43 {
    isNegative = base[0] == 45
    index = 1
  }
  var mantissa: UInt64 = 0
  var significantDigits = 0
  var digitCount = 0
  var decimals = 0
  while index < count, base[index] &- 48 <= 9 {
    let digit = base[index] &- 48
    if significantDigits > 0 || digit != 0 { significantDigits += 1 }
    mantissa = mantissa &* 10 &+ UInt64(digit)
    digitCount += 1
    index += 1
  }
  if index < count, base[index] == 46 {
    index += 1
    while index < count, base[index] &- 48 <= 9 {
      let digit = base[index] &- 48
      if significantDigits > 0 || digit != 0 { significantDigits += 1 }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      digitCount += 1
      decimals += 1
      index += 1
    }
  }
  guard digitCount > 0 else { return nil }
  if index == count && significantDigits <= 19 && decimals <= 27 {
    let value = decimalQuotient(mantissa, decimals: decimals)
    return isNegative ? -value : value
  }
  if index < count {
    guard base[index] == 101 || base[index] == 69 else { return nil }
    index += 1
    if index < count, base[index] == 45 || base[index] == 43 { index += 1 }
    let start = index
    while index < count, base[index] &- 48 <= 9 { index += 1 }
    guard index == count, index > start else { return nil }
  }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { copy in
    for position in 0..<count { copy[position] = CChar(bitPattern: base[position]) }
    copy[count] = 0
    guard let start = copy.baseAddress else { return nil }
    let value = strtod(start, nil)
    return value.isFinite ? value : nil
  }
}

/// `mantissa / 10^decimals`, rounded to the nearest double, ties to even.
@inline(__always)
func decimalQuotient(_ mantissa: UInt64, decimals: Int) -> Double {
  if mantissa == 0 { return 0 }
  // Both are exact doubles here, so one division rounds once (Clinger, 1990).
  if mantissa < 1 << 53 && decimals <= 22 {
    return Double(mantissa) / exactPowersOfTen[decimals]
  }
  // 10^d = 5^d 2^d: divide by 5^d with both numbers shifted to the top, and put the twos into the exponent.
  let divisor = powersOfFive[decimals]
  let divisorShift = divisor.leadingZeroBitCount
  let shift = mantissa.leadingZeroBitCount
  let numerator = mantissa << UInt64(shift)
  let (quotient, remainder) = (divisor << UInt64(divisorShift)).dividingFullWidth(
    (numerator >> 1, numerator << 63))
  // 63 or 64 bits of quotient; what was left over matters only for ties.
  let sticky: UInt64 = remainder == 0 ? 0 : 1
  let width = 64 - quotient.leadingZeroBitCount
  let dropped = UInt64(width - 53)
  var significand = quotient >> dropped
  let rest = (quotient & ((1 << dropped) - 1)) << 1 | sticky
  let half: UInt64 = 1 << dropped
  if rest > half || (rest == half && significand & 1 == 1) { significand += 1 }
  // numerator/2 · 2^64 was divided, that is mantissa · 2^(shift + 63), by divisor · 2^divisorShift.
  let exponent = Int(dropped) - (shift + 63) + divisorShift - decimals
  return Double(sign: .plus, exponent: exponent, significand: Double(significand))
}

private let exactPowersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]

/// Reads a whole number with optional sign.
///
/// Blanks at both ends are allowed.
///
/// - Returns: nil for anything else, and for numbers that do not fit.
public func parseInteger(_ text: Bytes) -> Int? {
  let bytes = text.trimmed
  guard bytes.count > 0 else { return nil }
  var index = 0
  let isNegative = bytes[0] == 45
  if isNegative || bytes[0] == 43 { index = 1 }
  guard index < bytes.count else { return nil }
  // Below zero there is one number more.
  var value = 0
  while index < bytes.count {
    let digit = bytes[index] &- 48
    guard digit <= 9 else { return nil }
    let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
    let (difference, borrow) = scaled.subtractingReportingOverflow(Int(digit))
    if overflow || borrow { return nil }
    value = difference
    index += 1
  }
  if isNegative { return value }
  return value == .min ? nil : -value
}

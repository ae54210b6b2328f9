/// Sums of doubles as whole numbers of 2^-104, in five digits of 32 bits: additions in any order, on any rank, give the same bits.
///
/// ``ExactSum`` spans all doubles and takes 544 bytes a number; this one takes 40, so that the statistics of a layer travel in
/// one short message. Terms are below 2^55 in magnitude; what lies below 2^-104 is cut off each term. A term that is too
/// large or not a number makes the sum NaN. Up to 2^18 terms and 2^10 ranks.
public enum FixedPointSum {
  /// The digits of a number.
  public static let width = 5
  /// Marks a sum that is no number, far above what the highest digit can reach.
  private static let mark: Int64 = 1 << 52

  /// Adds a term to the ``width`` digits at `register`, lowest first.
  @inline(__always)
  public static func add(_ value: Double, to register: UnsafeMutablePointer<Int64>) {
    // False for NaN too.
    guard abs(value) < 0x1p55 else {
      if register[4] < mark / 2 { register[4] += mark }
      return
    }
    // Every step is exact: the digits are taken off the top, and a double has no more than 53 bits.
    var rest = value * 0x1p104
    let digit4 = Int64(rest * 0x1p-128)
    rest -= Double(digit4) * 0x1p128
    let digit3 = Int64(rest * 0x1p-96)
    rest -= Double(digit3) * 0x1p96
    let digit2 = Int64(rest * 0x1p-64)
    rest -= Double(digit2) * 0x1p64
    let digit1 = Int64(rest * 0x1p-32)
    rest -= Double(digit1) * 0x1p32
    register[4] &+= digit4
    register[3] &+= digit3
    register[2] &+= digit2
    register[1] &+= digit1
    register[0] &+= Int64(rest)
  }

  /// The sum that ``width`` digits stand for; NaN where a term was no number.
  public static func value(of register: UnsafePointer<Int64>) -> Double {
    guard register[4] < mark / 2 else { return .nan }
    var digits = (register[0], register[1], register[2], register[3], register[4])
    func normalise() {
      digits.1 &+= digits.0 >> 32
      digits.2 &+= digits.1 >> 32
      digits.3 &+= digits.2 >> 32
      digits.4 &+= digits.3 >> 32
      digits.0 &= 0xFFFF_FFFF
      digits.1 &= 0xFFFF_FFFF
      digits.2 &= 0xFFFF_FFFF
      digits.3 &= 0xFFFF_FFFF
    }
    normalise()
    let isNegative = digits.4 < 0
    if isNegative {
      digits = (-digits.0, -digits.1, -digits.2, -digits.3, -digits.4)
      normalise()
    }
    // From the small end, so that what is lost in rounding is lost once.
    var sum = Double(digits.0) * 0x1p-104
    sum += Double(digits.1) * 0x1p-72
    sum += Double(digits.2) * 0x1p-40
    sum += Double(digits.3) * 0x1p-8
    sum += Double(digits.4) * 0x1p24
    return isNegative ? -sum : sum
  }

  /// The digits of the sums of the columns of some rows.
  public static func registers(_ rows: UnsafeMutableBufferPointer<Double>, rowCount: Int) -> [Int64] {
    let columns = rowCount > 0 ? rows.count / rowCount : 0
    var registers = [Int64](repeating: 0, count: columns * width)
    registers.withUnsafeMutableBufferPointer { registers in
      guard let base = registers.baseAddress else { return }
      for row in 0..<rowCount {
        for column in 0..<columns { add(rows[row * columns + column], to: base + column * width) }
      }
    }
    return registers
  }

  /// The numbers that digits stand for.
  public static func values(_ registers: [Int64], into values: UnsafeMutableBufferPointer<Double>) {
    registers.withUnsafeBufferPointer { registers in
      guard let base = registers.baseAddress else { return }
      for column in 0..<min(values.count, registers.count / width) { values[column] = value(of: base + column * width) }
    }
  }
}

/// Reads rows of the usual form, eight bytes at a time.
///
/// It gives up at anything unusual: a quote, a blank, another form of time, a number with an exponent. Whoever calls it
/// then reads the row the long way, which accepts more and says what is wrong.
struct PickRowParser {
  /// So many bytes behind the row's end must be readable, whatever they hold.
  static let slack = 64

  /// The date of the row before, as its ten bytes; most rows have the same.
  private var dateHigh: UInt64 = 0
  private var dateLow: UInt16 = 0
  private var midnight: Int64 = 0

  /// A row's fields behind its identifier.
  struct Fields {
    var station: UnsafeBufferPointer<UInt8>
    var stationHash: UInt64
    var pTime: UTCTime
    var pProbability: Double
    var sTime: UTCTime
    /// NaN without an S pick.
    var sProbability: Double
    /// The byte behind the line end.
    var next: UnsafePointer<UInt8>
  }

  /// Reads `station,p_t,p_prob,s_t,s_prob` and the line end.
  @inline(__always)
  mutating func fields(_ start: UnsafePointer<UInt8>) -> Fields? {
    var cursor = start
    var hash: UInt64 = stableHashStart
    // Letters, digits and most signs lie above the quote and the comma; blanks and line ends below them.
    while cursor[0] > 44, cursor - start < 32 {
      hash = (hash ^ UInt64(cursor[0])) &* stableHashFactor
      cursor += 1
    }
    guard cursor[0] == 44, cursor > start else { return nil }
    let station = UnsafeBufferPointer(start: start, count: cursor - start)
    cursor += 1
    guard let pTime = time(&cursor), let pProbability = probability(&cursor), cursor[-1] == 44 else { return nil }
    var sTime = UTCTime.epoch
    var sProbability = Double.nan
    if cursor[0] == 110 {
      // "no pick," twice: the first eight bytes, then seven and the line end.
      let word = UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self)
      let second = UnsafeRawPointer(cursor).loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      guard word == 0x2C6B_6369_7020_6F6E, second & 0x00FF_FFFF_FFFF_FFFF == 0x006B_6369_7020_6F6E else { return nil }
      cursor += 16
    } else {
      guard let time = time(&cursor), let probability = probability(&cursor) else { return nil }
      sTime = time
      sProbability = probability
    }
    if cursor[-1] == 13, cursor[0] == 10 { cursor += 1 } else if cursor[-1] != 10 { return nil }
    return Fields(
      station: station, stationHash: mixed(hash), pTime: pTime, pProbability: pProbability, sTime: sTime,
      sProbability: sProbability, next: cursor)
  }

  /// Reads `2024-08-02 16:56:23.715000,`: nineteen bytes, up to nine decimals, and the comma.
  @inline(__always)
  private mutating func time(_ cursor: inout UnsafePointer<UInt8>) -> UTCTime? {
    let bytes = UnsafeRawPointer(cursor)
    let high = bytes.loadUnaligned(as: UInt64.self)
    let low = bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    if high != dateHigh || low != dateLow {
      guard readDate(cursor) else { return nil }
      dateHigh = high
      dateLow = low
    }
    guard cursor[10] == 32 || cursor[10] == 84 else { return nil }
    // Eight bytes HH:MM:SS: the colons are taken for zeros, and then all must be digits.
    let clock = bytes.loadUnaligned(fromByteOffset: 11, as: UInt64.self)
    let colons: UInt64 = 0x0000_FF00_00FF_0000
    guard clock & colons == 0x0000_3A00_003A_0000, isDigits(clock & ~colons | 0x0000_3000_0030_0000) else { return nil }
    @inline(__always)
    func two(_ shift: UInt64) -> Int64 {
      Int64(clock >> shift & 15) * 10 + Int64(clock >> (shift + 8) & 15)
    }
    let (hour, minute, second) = (two(0), two(24), two(48))
    guard hour < 24, minute < 60, second < 60 else { return nil }
    var nanoseconds: Int64 = 0
    cursor += 19
    if cursor[0] == 46 {
      cursor += 1
      var digits: Int64 = 0
      let start = cursor
      let fraction = UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self)
      let padded = fraction & 0x0000_FFFF_FFFF_FFFF | 0x3030_0000_0000_0000
      if cursor[6] == 44, isDigits(padded) {
        nanoseconds = Int64(eightDigits(padded)) * 10
        cursor += 6
      } else {
        while cursor[0] &- 48 <= 9, cursor - start < 9 {
          digits = digits * 10 + Int64(cursor[0] &- 48)
          cursor += 1
        }
        guard cursor > start else { return nil }
        for _ in (cursor - start)..<9 { digits *= 10 }
        nanoseconds = digits
      }
    }
    guard cursor[0] == 44 else { return nil }
    cursor += 1
    return UTCTime(seconds: midnight + hour * 3600 + minute * 60 + second, checkedNanoseconds: Int32(nanoseconds))
  }

  @inline(never)
  private mutating func readDate(_ cursor: UnsafePointer<UInt8>) -> Bool {
    // The white space that is allowed around a time might be a line end.
    guard cursor[0] > 32, cursor[9] > 32, let day = UTCTime(bytes: UnsafeBufferPointer(start: cursor, count: 10)) else {
      return false
    }
    midnight = day.seconds
    return true
  }

  /// Reads a number from 0 to 1 and the byte behind it, a comma or a line end.
  @inline(__always)
  private func probability(_ cursor: inout UnsafePointer<UInt8>) -> Double? {
    guard cursor[0] == 48 || cursor[0] == 49 else { return nil }
    let whole = UInt64(cursor[0] &- 48)
    var value = Double(whole)
    cursor += 1
    if cursor[0] == 46 {
      cursor += 1
      let word = UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self)
      let digits = leadingDigits(word)
      guard digits > 0 else { return nil }
      if digits < 8 {
        // Zeros fill up to eight decimals: numerator and denominator are exact, so the division rounds once.
        let zeros: UInt64 = 0x3030_3030_3030_3030
        let kept = word & ((1 << UInt64(8 * digits)) - 1) | zeros << UInt64(8 * digits)
        value = Double(whole * 100_000_000 + eightDigits(kept)) / 1e8
        cursor += digits
      } else {
        guard let long = longProbability(whole, &cursor) else { return nil }
        value = long
      }
    }
    let end = cursor[0]
    guard end == 44 || end == 10 || end == 13 else { return nil }
    cursor += 1
    return value <= 1 ? value : nil
  }

  /// Reads eight to eighteen decimals; the first eight bytes are known to be digits.
  @inline(__always)
  private func longProbability(_ whole: UInt64, _ cursor: inout UnsafePointer<UInt8>) -> Double? {
    let start = cursor
    var mantissa = whole * 100_000_000 + eightDigits(UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
    cursor += 8
    let second = UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self)
    if leadingDigits(second) == 8 {
      mantissa = mantissa * 100_000_000 + eightDigits(second)
      cursor += 8
    }
    // Beyond eighteen decimals the whole part might not fit beside them.
    while cursor[0] &- 48 <= 9, cursor - start < 18 {
      mantissa = mantissa * 10 + UInt64(cursor[0] &- 48)
      cursor += 1
    }
    return decimalQuotient(mantissa, decimals: cursor - start)
  }
}

/// How many of eight bytes, from the first on, are digits.
@inline(__always)
private func leadingDigits(_ word: UInt64) -> Int {
  let high: UInt64 = 0x8080_8080_8080_8080
  // A byte's top bit tells of 58 and more, or of less than 48; bytes beyond the first such one do not matter.
  let low = word & ~high
  let above = low &+ 0x4646_4646_4646_4646
  let below = (low | high) &- 0x3030_3030_3030_3030
  let others = (word | above | ~below) & high
  return others.trailingZeroBitCount >> 3
}

/// Whether eight bytes are all digits.
@inline(__always)
private func isDigits(_ word: UInt64) -> Bool {
  (word & 0xF0F0_F0F0_F0F0_F0F0) == 0x3030_3030_3030_3030
    && ((word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) == 0x3030_3030_3030_3030
}

/// The number that eight digits write: pairs, then fours, then all, each step in one multiplication (Lemire, 2018).
@inline(__always)
private func eightDigits(_ word: UInt64) -> UInt64 {
  var value = word & 0x0F0F_0F0F_0F0F_0F0F
  value = (value &* 2561) >> 8
  value = ((value & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
  return ((value & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
}

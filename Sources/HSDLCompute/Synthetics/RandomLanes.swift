/// Four generators side by side, each xoshiro128+ (Blackman and Vigna, 2021), and white noise from them.
struct RandomLanes: Sendable {
  private var a: SIMD4<UInt32>
  private var b: SIMD4<UInt32>
  private var c: SIMD4<UInt32>
  private var d: SIMD4<UInt32>

  /// Seeds the lanes from a generator.
  init(_ random: inout SplitMix64) {
    func lanes() -> SIMD4<UInt32> {
      let (x, y) = (random.next(), random.next())
      return SIMD4(
        UInt32(truncatingIfNeeded: x), UInt32(truncatingIfNeeded: x >> 32), UInt32(truncatingIfNeeded: y),
        UInt32(truncatingIfNeeded: y >> 32))
    }
    // A state of zeros would stay so.
    (a, b, c, d) = (lanes() | 1, lanes(), lanes(), lanes())
  }

  @inline(__always)
  mutating func next() -> SIMD4<UInt32> {
    let result = a &+ d
    let shifted = b &<< 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d &<< 11) | (d &>> 21)
    return result
  }

  /// Noise of variance 1 in each lane, nearly Gaussian: the sum of four uniform numbers.
  @inline(__always)
  mutating func white() -> SIMD4<Float> {
    let (x, y) = (next(), next())
    return Self.scaled((x & 0xffff) &+ (x &>> 16) &+ (y & 0xffff) &+ (y &>> 16))
  }

  /// Two series of such noise that do not correlate: sums of the same uniform numbers with other signs.
  @inline(__always)
  mutating func twoWhite() -> (SIMD4<Float>, SIMD4<Float>) {
    let (x, y) = (next(), next())
    let first = (x & 0xffff) &+ (x &>> 16)
    let second = (y & 0xffff) &+ (y &>> 16)
    return (Self.scaled(first &+ second), Self.scaled(first &+ 0x1fffe &- second))
  }

  /// Integers from 0 to 4 · 65535 as numbers of mean 0 and variance 1.
  @inline(__always)
  private static func scaled(_ sum: SIMD4<UInt32>) -> SIMD4<Float> {
    // The bits of 2^23 + n: no conversion is needed.
    let number = SIMD4<Float>(bitPattern: sum | 0x4b00_0000)
    return (number - (8_388_608 + 131_070)) * 2.642_8e-5
  }
}

extension SIMD4<Float> {
  @inline(__always)
  init(bitPattern bits: SIMD4<UInt32>) { self = unsafeBitCast(bits, to: SIMD4<Float>.self) }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The C library's functions that the synthetics need, under names that say what they are.

func sine(radians: Double) -> Double { sin(radians) }
func cosine(radians: Double) -> Double { cos(radians) }
func arcsine(_ value: Double) -> Double { asin(min(1, max(-1, value))) }
func hyperbolicCosine(_ value: Double) -> Double { cosh(min(value, 600)) }
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
func powerOfTen(_ exponent: Double) -> Double { pow(10, exponent) }
func decimalLogarithm(_ value: Double) -> Double { log10(value) }

extension SplitMix64 {
  /// A number from a range.
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A whole number from 0 to below `count`; 0 where there is none.
  mutating func index(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }

  /// A factor whose logarithm has the standard deviation `sigma`.
  mutating func factor(_ sigma: Double) -> Double { exp(sigma * normal()) }
}

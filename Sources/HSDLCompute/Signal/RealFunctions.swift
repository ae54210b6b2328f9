#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The C library's functions that signal processing needs, under names that say what they are.

@inline(__always)
func sine(_ radians: Double) -> Double { sin(radians) }
@inline(__always)
func cosine(_ radians: Double) -> Double { cos(radians) }
@inline(__always)
func tangent(_ radians: Double) -> Double { tan(radians) }
@inline(__always)
func arctangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
@inline(__always)
func logarithmToBase10(_ value: Double) -> Double { log10(value) }
@inline(__always)
func powerOf10(_ exponent: Double) -> Double { pow(10, exponent) }

/// A whole number from a floating-point one; nil for NaN, infinities and what no array could have as a length.
@inline(__always)
func wholeNumber(_ value: Double) -> Int? { abs(value) < 0x1p52 ? Int(value) : nil }

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The C library's functions under names that say what they are, in one place.

@inline(__always)
func logarithm(_ value: Double) -> Double { log(value) }
@inline(__always)
func exponentialFunction(_ value: Double) -> Double { exp(value) }
func cosineOfTurn(_ turns: Double) -> Double { cos(2 * .pi * turns) }
func logarithmOfGamma(_ value: Double) -> Double { lgamma(value) }
func logarithmOfOnePlus(_ value: Double) -> Double { log1p(value) }

/// The probability that belongs to log-odds, without overflow.
public func logistic(_ logOdds: Double) -> Double {
  logOdds >= 0 ? 1 / (1 + exp(-logOdds)) : exp(logOdds) / (1 + exp(logOdds))
}

/// log(1 + exp(x)), without overflow.
func softplus(_ value: Double) -> Double { max(value, 0) + log1p(exp(-abs(value))) }

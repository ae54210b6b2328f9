#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Moves a trace by a part of its sampling interval: a sinc in a Kaiser window of 64 taps.
///
/// Up to 0.9 of the Nyquist frequency the error is less than 0.001 of the amplitude; the ends are thought to go on with
/// their own value.
enum FractionalShift {
  /// Taps on either side.
  static let half = 32
  /// The window's shape: 80 dB.
  private static let beta = 7.86

  /// The values between samples.
  ///
  /// - Parameters:
  ///   - samples: at 0, 1, 2 …
  ///   - shift: from 0 to 1.
  ///   - count: how many values are wanted.
  /// - Returns: the values at `shift`, 1 + `shift`, 2 + `shift` …
  static func values(_ samples: [Double], at shift: Double, count: Int) -> [Double] {
    guard let first = samples.first, let last = samples.last, count > 0 else { return [] }
    // The tap for the sample `offset` behind the one before the wanted place.
    var taps = (0..<(2 * half)).map { index -> Double in
      let distance = Double(index - half + 1) - shift
      let sinc = abs(distance) < 1e-12 ? 1 : sin(.pi * distance) / (.pi * distance)
      let ratio = distance / Double(half)
      return abs(ratio) >= 1 ? 0 : sinc * bessel(beta * (1 - ratio * ratio).squareRoot())
    }
    // A constant stays what it is.
    let sum = taps.reduce(0, +)
    for index in taps.indices { taps[index] /= sum }
    return [Double](unsafeUninitializedCapacity: count) { output, initialized in
      samples.withUnsafeBufferPointer { samples in
        taps.withUnsafeBufferPointer { taps in
          // Eight values side by side where all their taps meet samples; each is the same sum in the same order.
          let inner = max(half - 1, 0)..<max(half - 1, min(count, samples.count - half) / 8 * 8)
          var place = 0
          while place < count {
            let start = place - half + 1
            if place >= inner.lowerBound, place + 8 <= inner.upperBound, let base = samples.baseAddress {
              var sum = SIMD8<Double>(repeating: 0)
              let from = UnsafeRawPointer(base + start)
              for index in 0..<(2 * half) {
                sum += taps[index] * from.loadUnaligned(fromByteOffset: index * 8, as: SIMD8<Double>.self)
              }
              for lane in 0..<8 { output[place + lane] = sum[lane] }
              place += 8
              continue
            }
            var value = 0.0
            if start >= 0, start + 2 * half <= samples.count {
              for index in 0..<(2 * half) { value += taps[index] * samples[start + index] }
            } else {
              for index in 0..<(2 * half) {
                let sample = start + index
                value += taps[index] * (sample < 0 ? first : sample < samples.count ? samples[sample] : last)
              }
            }
            output[place] = value
            place += 1
          }
        }
      }
      initialized = count
    }
  }

  /// The modified Bessel function of the first kind and order 0, by its series.
  private static func bessel(_ x: Double) -> Double {
    var (sum, term, k) = (1.0, 1.0, 1.0)
    while term > 1e-17 * sum, k < 500 {
      term *= (x / (2 * k)) * (x / (2 * k))
      sum += term
      k += 1
    }
    return sum
  }
}

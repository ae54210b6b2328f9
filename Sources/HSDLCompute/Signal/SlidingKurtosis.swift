/// The kurtosis of a window that slides along a trace (Saragiotis et al., 2002): fourth central moment over the square
/// of the second, 3 for noise from a normal distribution.
///
/// - Parameters:
///   - samples: the trace.
///   - count: the window in samples; at least 2.
/// - Returns: as many numbers as there are samples, each of the window that ends there; NaN before the first whole
///   window and where the window does not vary.
public func slidingKurtosis(_ samples: [Double], count: Int) -> [Double] {
  var result = [Double](repeating: .nan, count: samples.count)
  guard count > 1, count <= samples.count else { return result }
  // Moments about the trace's mean: a large offset would drown them.
  let mean = samples.reduce(0, +) / Double(samples.count)
  var scratch = [SIMD4<Double>](repeating: .zero, count: count)
  scratch.withUnsafeMutableBufferPointer { scratch in
    guard let scratch = scratch.baseAddress else { return }
    slidingSums(count: samples.count, window: count, scratch: scratch) {
      powers(samples[$0] - mean)
    } body: {
      let moments = $1 / Double(count)
      if moments[1] - moments[0] * moments[0] > 1e-4 * moments[1] {
        result[$0] = kurtosis($1, count: Double(count))
      } else {
        // The window's own mean is large against its variation: its powers cancel, its deviations do not.
        result[$0] = kurtosis(samples[$0 - count + 1...$0])
      }
    }
  }
  return result
}

/// The kurtosis of some samples in two passes; NaN where they do not vary.
private func kurtosis(_ samples: ArraySlice<Double>) -> Double {
  let count = Double(samples.count)
  let mean = samples.reduce(0, +) / count
  var second = 0.0
  var fourth = 0.0
  for sample in samples {
    let square = (sample - mean) * (sample - mean)
    second += square
    fourth += square * square
  }
  let result = fourth * count / (second * second)
  return second > 0 && result.isFinite ? result : .nan
}

/// The first four powers of a number.
@inline(__always)
func powers(_ x: Double) -> SIMD4<Double> {
  let square = x * x
  return SIMD4(x, square, square * x, square * square)
}

/// The kurtosis from the sums of the first four powers; NaN where nothing varies.
@inline(__always)
func kurtosis(_ sums: SIMD4<Double>, count: Double) -> Double {
  let moments = sums / count
  let mean = moments[0]
  let variance = moments[1] - mean * mean
  guard variance > 1e-13 * moments[1] else { return .nan }
  let fourth = moments[3] - 4 * mean * moments[2] + 6 * mean * mean * moments[1] - 3 * mean * mean * mean * mean
  let result = fourth / (variance * variance)
  return result.isFinite ? result : .nan
}

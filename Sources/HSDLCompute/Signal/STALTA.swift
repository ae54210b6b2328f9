/// The recursive ratio of short-term to long-term average energy (Withers et al., 1998), as ObsPy's
/// `recursive_sta_lta`.
///
/// Both averages begin at zero with the second sample; the ratio is zero for the first `longCount` samples.
///
/// - Parameters:
///   - samples: the trace.
///   - shortCount: the short window in samples, at least 1.
///   - longCount: the long window in samples, at least 1.
/// - Returns: as many numbers as there are samples; zeros when a window is not at least one sample.
public func recursiveSTALTA(_ samples: [Double], shortCount: Int, longCount: Int) -> [Double] {
  var ratios = [Double](repeating: 0, count: samples.count)
  guard shortCount > 0, longCount > 0 else { return ratios }
  var averages = RecursiveAverages(shortCount: Double(shortCount), longCount: Double(longCount))
  for index in samples.indices.dropFirst() {
    averages.add(samples[index])
    if index >= longCount { ratios[index] = averages.ratio }
  }
  return ratios
}

/// Short-term and long-term averages of squares, with exponentially fading memory.
struct RecursiveAverages {
  private let shortWeight: Double
  private let longWeight: Double
  private var short = 0.0
  // The smallest normal number, so that the ratio of zeros is zero.
  private var long = Double.leastNormalMagnitude

  /// - Parameters:
  ///   - shortCount: the short memory in samples.
  ///   - longCount: the long memory in samples.
  init(shortCount: Double, longCount: Double) {
    shortWeight = 1 / shortCount
    longWeight = 1 / longCount
  }

  @inline(__always)
  mutating func add(_ sample: Double) {
    let energy = sample * sample
    short = shortWeight * energy + (1 - shortWeight) * short
    long = longWeight * energy + (1 - longWeight) * long
  }

  var ratio: Double { short / long }
}

/// The ratio of average energies in a short and a long window that both end at a sample (Allen, 1978), as ObsPy's
/// `classic_sta_lta`.
///
/// - Parameters:
///   - samples: the trace.
///   - shortCount: the short window in samples, at least 1 and at most `longCount`.
///   - longCount: the long window in samples.
/// - Returns: as many numbers as there are samples, zero before the first whole long window and where the long window
///   holds nothing but zeros; all zero when the windows are not as they must be.
public func classicSTALTA(_ samples: [Double], shortCount: Int, longCount: Int) -> [Double] {
  var ratios = [Double](repeating: 0, count: samples.count)
  guard shortCount > 0, shortCount <= longCount, longCount <= samples.count else { return ratios }
  var scratch = [SIMD2<Double>](repeating: .zero, count: longCount)
  samples.withUnsafeBufferPointer { samples in
    ratios.withUnsafeMutableBufferPointer { ratios in
      scratch.withUnsafeMutableBufferPointer { scratch in
        guard let scratch = scratch.baseAddress else { return }
        slidingSums(count: samples.count, window: shortCount, scratch: scratch) {
          SIMD2(samples[$0] * samples[$0], 0)
        } body: {
          ratios[$0] = $1[0] / Double(shortCount)
        }
        for index in 0..<longCount - 1 { ratios[index] = 0 }
        slidingSums(count: samples.count, window: longCount, scratch: scratch) {
          SIMD2(samples[$0] * samples[$0], 0)
        } body: { index, sum in
          ratios[index] = sum[0] > 0 ? ratios[index] / (sum[0] / Double(longCount)) : 0
        }
      }
    }
  }
  return ratios
}

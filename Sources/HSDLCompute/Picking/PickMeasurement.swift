/// What is measured of the waveform at a pick.
public struct PickMeasurement: Sendable, Hashable {
  /// Signal to noise in dB: 20 log10 of the ratio of the 95th percentiles of the magnitudes within 1 s behind and before the pick,
  /// over all components.
  ///
  /// EQTransformer (Mousavi et al., 2020) takes the percentiles of the samples with their signs, which fails
  /// where a second of data has one sign. Nil where there is not a second of data on both sides, or no noise at all.
  public var signalToNoise: Double?
  /// The longest vector of the components from 0.5 s before to 2 s behind the pick, in the unit of the input, counted
  /// from their means over the 2 s before that; nil where there are no data.
  public var amplitude: Double?

  /// Measures three components that begin together.
  ///
  /// - Parameters:
  ///   - components: the samples, one component after another.
  ///   - weights: how much each sample counts; of those with 0 there are no data.
  ///   - sample: the pick, as a place in the components.
  ///   - rate: samples per second.
  public init(
    _ components: [UnsafeBufferPointer<Double>], weights: [UnsafeBufferPointer<Float>], at sample: Int, rate: Int
  ) {
    let count = components.map(\.count).min() ?? 0
    let used = components.indices.filter { component in
      weights.indices.contains(component) && weights[component].indices.contains(sample)
        && weights[component][sample] > 0
    }
    guard !used.isEmpty, sample >= 0, sample < count else { return }

    if sample >= rate, sample + rate <= count {
      var before: [Double] = []
      var behind: [Double] = []
      for component in used {
        let (samples, weights) = (components[component], weights[component])
        let range = sample - rate..<sample + rate
        guard range.allSatisfy({ weights[$0] > 0 }) else { continue }
        let mean = range.reduce(0) { $0 + samples[$1] } / Double(range.count)
        for index in sample - rate..<sample { before.append(abs(samples[index] - mean)) }
        for index in sample..<sample + rate { behind.append(abs(samples[index] - mean)) }
      }
      if let noise = Self.percentile95(&before), let signal = Self.percentile95(&behind), noise > 0, signal > 0 {
        signalToNoise = 20 * logarithmToBase10(signal / noise)
      }
    }

    let around = max(0, sample - rate / 2)..<min(count, sample + 2 * rate + 1)
    let level = max(0, sample - rate / 2 - 2 * rate)..<max(0, sample - rate / 2)
    var means = [Double](repeating: 0, count: components.count)
    for component in used {
      let present = level.filter { weights[component][$0] > 0 }
      let range = present.isEmpty ? Array(around.filter { weights[component][$0] > 0 }) : present
      means[component] = range.reduce(0) { $0 + components[component][$1] } / Double(max(range.count, 1))
    }
    var largest = 0.0
    for index in around {
      var square = 0.0
      for component in used where weights[component][index] > 0 {
        let value = components[component][index] - means[component]
        square += value * value
      }
      largest = max(largest, square)
    }
    amplitude = largest.squareRoot()
  }

  /// The 95th percentile, linear between the ranks next to it, as NumPy has it.
  private static func percentile95(_ values: inout [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    values.sort()
    let place = 0.95 * Double(values.count - 1)
    let low = Int(place)
    let high = min(low + 1, values.count - 1)
    return values[low] + (place - Double(low)) * (values[high] - values[low])
  }
}

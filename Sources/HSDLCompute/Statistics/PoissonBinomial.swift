/// How many of independent things happen, each with a probability of its own (Poisson, 1837).
public struct PoissonBinomial: Sendable {
  /// The expected number.
  public let mean: Double
  /// The variance of the number.
  public let variance: Double
  private let probabilities: [Double]

  /// Prepares the distribution.
  ///
  /// - Parameter probabilities: 0 to 1 each; those that are not numbers are left out.
  public init(_ probabilities: [Double]) {
    self.probabilities = probabilities.filter { !$0.isNaN }.map { min(1, max(0, $0)) }.sorted()
    var mean = 0.0
    var variance = 0.0
    for p in self.probabilities {
      mean += p
      variance += p * (1 - p)
    }
    self.mean = mean
    self.variance = variance
  }

  /// So many things are added up exactly; of more the normal approximation with its correction for skewness (Volkova, 1996) is as good.
  static let exactCount = 4000

  /// The interval that the number lies in with at least 95 % probability: its quantiles at 2.5 and 97.5 %.
  public var interval: ClosedRange<Int> {
    guard probabilities.count <= Self.exactCount else { return approximateInterval }
    // The probability of each number, the things taken in one by one.
    var chances = [1.0]
    for p in probabilities {
      chances.append(0)
      for number in stride(from: chances.count - 1, to: 0, by: -1) {
        chances[number] = chances[number] * (1 - p) + chances[number - 1] * p
      }
      chances[0] *= 1 - p
    }
    var sum = 0.0
    var low: Int?
    for (number, chance) in chances.enumerated() {
      sum += chance
      if low == nil, sum >= 0.025 { low = number }
      if sum >= 0.975 { return (low ?? number)...number }
    }
    return (low ?? 0)...(chances.count - 1)
  }

  private var approximateInterval: ClosedRange<Int> {
    let deviation = variance.squareRoot()
    var third = 0.0
    for p in probabilities { third += p * (1 - p) * (1 - 2 * p) }
    let skewness = deviation > 0 ? third / (variance * deviation) : 0
    // The quantile of a standard normal variable, corrected (Cornish and Fisher, 1937).
    func quantile(_ z: Double) -> Int {
      let place = mean + deviation * (z + skewness * (z * z - 1) / 6)
      return min(probabilities.count, max(0, Int(place.rounded())))
    }
    let z = 1.959963984540054
    let low = quantile(-z)
    return low...max(low, quantile(z))
  }
}

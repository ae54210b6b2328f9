/// Intervals of measures by drawing whole blocks of time with replacement (Künsch, 1989).
///
/// Events close in time resemble each other, so drawing single events would make the intervals too narrow. All models are
/// measured on the same draws, so intervals of differences between models are those of pairs.
public struct BlockBootstrap: Sendable {
  /// The block of each event, in the order in which the events were given.
  public let block: [Int]
  /// The number of blocks.
  public let count: Int

  /// Blocks, usually: enough for a distribution, few enough for each to be longer than most sequences.
  public static let usualCount = 50

  /// Cuts the events into blocks of about equal numbers in the order of time; those without a time stand at the end.
  ///
  /// - Parameters:
  ///   - times: seconds since any moment; NaN where they are not known.
  ///   - keys: a number for each event that orders events of equal times.
  ///   - count: the number of blocks that is wanted; fewer where there are fewer events.
  public init(times: [Double], keys: [UInt64], count: Int = BlockBootstrap.usualCount) {
    let order = TimeBlocks.order(times: times, keys: keys)
    let blocks = max(1, min(count, order.count))
    var block = [Int](repeating: 0, count: order.count)
    for (place, event) in order.enumerated() { block[event] = place * blocks / order.count }
    self.block = block
    self.count = blocks
  }

  /// A measure with the interval in which it lies with 95 % confidence.
  public struct Interval: Sendable, Equatable, Codable {
    /// The measure of all events.
    public var value: Double
    /// The lower bound.
    public var lower: Double
    /// The upper bound.
    public var upper: Double
  }

  /// The measures that intervals are worked out for, in a fixed order.
  ///
  /// Calibration errors are the mean distance between probability and share of real events over ten bins of equal width, over ten of equal numbers of
  /// events, and the root of the mean squared distance over the latter, less what chance makes of it (Kumar, Liang and Ma, 2019): the first two
  /// are above 0 for perfect probabilities too, and the more so the less certain these are.
  public static let measures = [
    "roc_auc", "brier", "expected_calibration_error", "adaptive_calibration_error", "debiased_calibration_error",
  ]

  /// Intervals of some models, and of the differences between them.
  public struct Intervals: Sendable, Equatable {
    /// By model, in the order given: an interval for each of ``BlockBootstrap/measures``; NaN where a measure has no value.
    public var models: [[Interval]]
    /// By pair, in the order given: intervals of the first model's measure less the second's.
    public var differences: [[Interval]]
  }

  /// Works out intervals.
  ///
  /// The bounds are the 2.5 % and 97.5 % quantiles of the draws, less the mean distance of the draws from the measure of all
  /// events: a calibration error is a sum of absolute values, to which drawing adds noise, so draws are too large on average.
  ///
  /// - Parameters:
  ///   - models: each model's probabilities of all events.
  ///   - labels: 1 real, 0 fake; as many as events.
  ///   - pairs: places of the models between which differences are taken.
  ///   - draws: how often blocks are drawn.
  ///   - seed: of the draws.
  public func intervals(
    models: [[Double]], labels: [UInt8], pairs: [(Int, Int)] = [], draws: Int = 1000, seed: UInt64
  ) -> Intervals {
    guard block.count == labels.count, models.allSatisfy({ $0.count == labels.count }) else {
      let none = [Interval](repeating: Interval(value: .nan, lower: .nan, upper: .nan), count: Self.measures.count)
      return Intervals(models: models.map { _ in none }, differences: pairs.map { _ in none })
    }
    let ranked = models.map { RankedProbabilities($0, labels) }
    let ones = [Double](repeating: 1, count: labels.count)
    let whole = ranked.map { $0.measures(weights: ones) }
    var drawn = [[[Double]]](
      repeating: [[Double]](repeating: [], count: Self.measures.count), count: models.count)
    var random = SplitMix64(seed: seed, stream: 7, UInt64(count))
    var weights = ones
    for _ in 0..<max(draws, 1) {
      var times = [Double](repeating: 0, count: count)
      for _ in 0..<count { times[Int(random.next() % UInt64(count))] += 1 }
      for event in weights.indices { weights[event] = times[block[event]] }
      for (model, ranking) in ranked.enumerated() {
        for (measure, value) in ranking.measures(weights: weights).enumerated() {
          drawn[model][measure].append(value)
        }
      }
    }
    func interval(_ value: Double, _ draws: [Double]) -> Interval {
      // A draw without one of the classes has no area under the curve.
      let sorted = draws.filter { !$0.isNaN }.sorted()
      guard !sorted.isEmpty, !value.isNaN else { return Interval(value: value, lower: .nan, upper: .nan) }
      let excess = ExactSum(sorted).value / Double(sorted.count) - value
      return Interval(
        value: value, lower: Self.quantile(sorted, 0.025) - excess, upper: Self.quantile(sorted, 0.975) - excess)
    }
    return Intervals(
      models: models.indices.map { model in
        Self.measures.indices.map { measure in
          var result = interval(whole[model][measure], drawn[model][measure])
          result.lower = result.lower.isNaN ? .nan : max(0, result.lower)
          result.upper = result.upper.isNaN ? .nan : min(1, result.upper)
          return result
        }
      },
      differences: pairs.map { first, second in
        Self.measures.indices.map { measure in
          interval(
            whole[first][measure] - whole[second][measure],
            zip(drawn[first][measure], drawn[second][measure]).map { $0 - $1 })
        }
      })
  }

  /// The quantile of sorted numbers, between two of them where it falls there.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}

/// A model's probabilities in order, to be measured again and again with other weights.
private struct RankedProbabilities {
  private let order: [Int]
  private let sorted: [Double]
  private let labels: [Double]
  private static let binCount = 10

  init(_ probabilities: [Double], _ labels: [UInt8]) {
    let order = probabilities.indices.filter { !probabilities[$0].isNaN }.sorted {
      probabilities[$0] != probabilities[$1] ? probabilities[$0] < probabilities[$1] : $0 < $1
    }
    self.order = order
    sorted = order.map { probabilities[$0] }
    self.labels = order.map { Double(labels[$0]) }
  }

  /// The measures of ``BlockBootstrap/measures``, each event counted as often as its weight says.
  func measures(weights: [Double]) -> [Double] {
    var (total, real, squares, area) = (0.0, 0.0, 0.0, 0.0)
    for (place, event) in order.enumerated() {
      let weight = weights[event]
      let distance = sorted[place] - labels[place]
      total += weight
      real += weight * labels[place]
      squares += weight * distance * distance
    }
    guard total > 0 else { return [Double](repeating: .nan, count: BlockBootstrap.measures.count) }
    // Pairs of a real and a fake event in the right order; pairs of equal probability count half.
    var below = 0.0
    var place = 0
    while place < order.count {
      var (realHere, fakeHere) = (0.0, 0.0)
      let value = sorted[place]
      while place < order.count, sorted[place] == value {
        let weight = weights[order[place]]
        realHere += weight * labels[place]
        fakeHere += weight * (1 - labels[place])
        place += 1
      }
      area += realHere * (below + fakeHere / 2)
      below += fakeHere
    }
    let fake = total - real
    return [
      real > 0 && fake > 0 ? area / (real * fake) : .nan, squares / total, calibrationError(weights, total),
      adaptiveCalibrationError(weights, total), debiasedCalibrationError(weights, total),
    ]
  }

  private func calibrationError(_ weights: [Double], _ total: Double) -> Double {
    var error = 0.0
    var excess = 0.0
    var bin = 0
    for (place, event) in order.enumerated() {
      let own = min(Self.binCount - 1, max(0, Int(sorted[place] * Double(Self.binCount))))
      if own != bin {
        error += abs(excess)
        excess = 0
        bin = own
      }
      excess += weights[event] * (sorted[place] - labels[place])
    }
    return (error + abs(excess)) / total
  }

  private func adaptiveCalibrationError(_ weights: [Double], _ total: Double) -> Double {
    var error = 0.0
    forEachBin(weights, total) { error += abs($0.excess) }
    return error / total
  }

  private func debiasedCalibrationError(_ weights: [Double], _ total: Double) -> Double {
    var square = 0.0
    forEachBin(weights, total) { bin in
      guard bin.weight > 1 else { return }
      let share = bin.real / bin.weight
      let distance = bin.excess / bin.weight
      square += bin.weight / total * (distance * distance - share * (1 - share) / (bin.weight - 1))
    }
    return max(square, 0).squareRoot()
  }

  /// Goes through bins of about equal numbers of events; equal probabilities stay together.
  private func forEachBin(
    _ weights: [Double], _ total: Double, _ body: ((weight: Double, real: Double, excess: Double)) -> Void
  ) {
    var bin = (weight: 0.0, real: 0.0, excess: 0.0)
    var passed = 0.0
    var number = 1.0
    for (place, event) in order.enumerated() {
      if passed >= number * total / Double(Self.binCount), place > 0, sorted[place] != sorted[place - 1] {
        body(bin)
        bin = (0, 0, 0)
        number = (passed * Double(Self.binCount) / total).rounded(.down) + 1
      }
      let weight = weights[event]
      passed += weight
      bin.weight += weight
      bin.real += weight * labels[place]
      bin.excess += weight * (sorted[place] - labels[place])
    }
    body(bin)
  }
}

import SeismicFormats

/// Training data for trees: this rank's rows, and bins that are the same on all ranks.
struct TreeTrainingData {
  /// Rows with missing values as trees take them.
  let rows: TrainingRows
  /// The rows of all ranks.
  let totalCount: Int
  /// Whom LightGBM's learner shares the work with; one rank when each trains on all rows by itself.
  let collectives: any Collectives
  private let sample: [Double]

  private init(
    _ rows: TrainingRows, totalCount: Int, settings: ShallowSettings, over collectives: any Collectives
  ) throws {
    self.rows = rows
    self.totalCount = totalCount
    self.collectives = collectives
    sample = try rows.sample(limit: 200_000, seed: settings.seed, over: collectives).values
  }

  /// Grows trees on the rows of all ranks.
  ///
  /// Few rows come together on every rank, and each grows the trees by itself. Many stay where they are, and LightGBM's
  /// learner for several ranks shares the work. That learner estimates how many rows a leaf has where the one for a
  /// single rank counts them, and would grow other trees; so a rank alone lets two threads be its ranks.
  ///
  /// - Throws: ``ComputeError``; what `grow` and `collectives` throw.
  static func run(
    _ rows: TrainingRows, settings: ShallowSettings, over collectives: any Collectives,
    grow: @escaping @Sendable (TreeTrainingData) throws -> TreeEnsemble
  ) throws -> TreeEnsemble {
    let clean = rows.with(
      values: rows.values.withUnsafeBufferPointer { Imputation.forTrees($0, rows.features) },
      features: rows.features)
    let total = try collectives.sum(rows.count)
    let smallest = try collectives.minimum([Double(rows.count)])[0]
    if total < settings.distributionThreshold {
      let all = try clean.gathered(over: collectives) { _ in true }
      return try grow(TreeTrainingData(all, totalCount: total, settings: settings, over: SingleRank()))
    }
    if collectives.size > 1 && smallest >= 1 {
      let data = try TreeTrainingData(clean, totalCount: total, settings: settings, over: collectives)
      return try LightGBMNetwork.run(collectives) { try grow(data) }
    }
    let all = try clean.gathered(over: collectives) { _ in true }
    return try ThreadPair.run { pair in
      let half = all.filter { $0 % 2 == pair.rank }
      let data = try TreeTrainingData(half, totalCount: total, settings: settings, over: pair)
      return try LightGBMNetwork.run(pair) { try grow(data) }
    }
  }

  /// The data inside LightGBM, the features in a given order.
  func dataset(order: [Int]) throws -> LightGBMDataset {
    let width = rows.width
    func permuted(_ values: [Double]) -> [Double] {
      if order == Array(0..<width) { return values }
      var result = [Double]()
      result.reserveCapacity(values.count)
      for start in stride(from: 0, to: values.count, by: width) {
        for place in order { result.append(values[start + place]) }
      }
      return result
    }
    return try LightGBMDataset(
      rows: permuted(rows.values), width: width, sample: permuted(sample), totalRowCount: totalCount,
      parameters: datasetParameters)
  }

  private var datasetParameters: String {
    "verbosity=-1 num_threads=1 min_data_in_bin=1 feature_pre_filter=false enable_bundle=false force_row_wise=true "
      + "deterministic=true bin_construct_sample_cnt=200000 "
      // Over many features the histograms are most of the work, and a quarter of the bins loses next to nothing.
      + "max_bin=\(rows.width > 40 ? 63 : 255)"
      + LightGBMNetwork.parameters(ranks: collectives.size)
  }

  /// LightGBM's parameters for growing trees.
  func parameters(_ own: String) -> String {
    "objective=custom boost_from_average=false \(datasetParameters) \(own)"
  }

  /// Puts the thresholds of trees into the middle of the gap between the training rows on their two sides.
  ///
  /// - Parameter isUsed: whether a row, by number and key, was used for a tree.
  func center(_ trees: inout [DecisionTree], isUsed: (_ tree: Int, _ key: UInt64) -> Bool) throws {
    let starts = trees.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.innerCount) }
    let nodes = starts.last ?? 0
    var lows = [Double](repeating: -.infinity, count: nodes + 1)
    var highs = [Double](repeating: .infinity, count: nodes + 1)
    let width = rows.width
    rows.values.withUnsafeBufferPointer { values in
      lows.withUnsafeMutableBufferPointer { lows in
        highs.withUnsafeMutableBufferPointer { highs in
          guard let base = values.baseAddress, let low = lows.baseAddress, let high = highs.baseAddress else { return }
          for (number, tree) in trees.enumerated() {
            for row in 0..<rows.count where isUsed(number, rows.keys[row]) {
              tree.trace(base + row * width, lows: low + starts[number], highs: high + starts[number])
            }
          }
        }
      }
    }
    lows = try collectives.maximum(lows)
    highs = try collectives.minimum(highs)
    lows.withUnsafeBufferPointer { lows in
      highs.withUnsafeBufferPointer { highs in
        guard let low = lows.baseAddress, let high = highs.baseAddress else { return }
        for number in trees.indices {
          trees[number].center(lows: low + starts[number], highs: high + starts[number])
        }
      }
    }
  }
}

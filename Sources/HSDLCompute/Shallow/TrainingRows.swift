import SeismicFormats

/// Labelled rows for training: this rank's share of them.
public struct TrainingRows: Sendable {
  /// What the columns are.
  public var features: FeatureSet
  /// A hash of each event's identifier.
  ///
  /// Whatever is drawn at random for a row is drawn from it, so it does not depend on which rank holds the row.
  public private(set) var keys: [UInt64] = []
  /// 1 real, 0 fake.
  public private(set) var labels: [UInt8] = []
  /// The values, row by row; missing ones are NaN.
  public private(set) var values: [Double] = []

  /// Takes the rows of a labelled table.
  ///
  /// - Throws: ``ComputeError`` with `cannotTrain` when the table has no labels.
  public init(_ table: FeatureTable) throws {
    guard table.labels.count == table.count else {
      throw ComputeError.cannotTrain(reason: "the events have no labels")
    }
    features = table.features
    keys = table.ids.map { stableHash($0) }
    labels = table.labels
    values = table.values
  }

  init(features: FeatureSet, keys: [UInt64], labels: [UInt8], values: [Double]) {
    self.features = features
    self.keys = keys
    self.labels = labels
    self.values = values
  }

  /// The number of rows.
  public var count: Int { keys.count }
  /// The number of features.
  public var width: Int { features.count }

  func row(_ index: Int) -> ArraySlice<Double> { values[index * width..<(index + 1) * width] }

  /// The rows for which `isIncluded` holds.
  func filter(_ isIncluded: (Int) -> Bool) -> TrainingRows {
    var result = TrainingRows(features: features, keys: [], labels: [], values: [])
    for index in 0..<count where isIncluded(index) {
      result.keys.append(keys[index])
      result.labels.append(labels[index])
      result.values.append(contentsOf: row(index))
    }
    return result
  }

  /// The rows with other values.
  func with(values: [Double], features: FeatureSet) -> TrainingRows {
    TrainingRows(features: features, keys: keys, labels: labels, values: values)
  }

  /// The rows of all ranks for which `isIncluded` holds of the key, on every rank, in an order that does not depend on
  /// who held them.
  func gathered(over collectives: any Collectives, where isIncluded: (UInt64) -> Bool) throws -> TrainingRows {
    let chosen = filter { isIncluded(self.keys[$0]) }
    let keys = try collectives.allgather(chosen.keys).flatMap { $0 }
    let numbers = try collectives.allgather(chosen.values).flatMap { $0 }
    let labels = try collectives.allgather(chosen.labels).flatMap { $0 }
    let width = self.width
    let order = keys.indices.sorted { a, b in
      if keys[a] != keys[b] { return keys[a] < keys[b] }
      // Equal keys are rows of equal names; their values decide, so that the order is still fixed.
      for column in 0..<width {
        let (x, y) = (numbers[a * width + column].bitPattern, numbers[b * width + column].bitPattern)
        if x != y { return x < y }
      }
      return labels[a] < labels[b]
    }
    var values: [Double] = []
    values.reserveCapacity(numbers.count)
    for index in order { values.append(contentsOf: numbers[index * width..<(index + 1) * width]) }
    return TrainingRows(
      features: features, keys: order.map { keys[$0] }, labels: order.map { labels[$0] }, values: values)
  }

  /// A sample of about `limit` rows of all ranks, or all where there are not more; the same on every rank.
  func sample(limit: Int, seed: UInt64, over collectives: any Collectives) throws -> TrainingRows {
    let total = try collectives.sum(count)
    guard total > limit else { return try gathered(over: collectives) { _ in true } }
    let bound = UInt64(Double(limit) / Double(total) * 0x1p64)
    return try gathered(over: collectives) { mixed($0 ^ mixed(seed)) < bound }
  }
}

extension TrainingRows {
  /// The values of about `limit` rows of all ranks, or all where there are not more; the same on every rank, in the
  /// same order for any number of ranks.
  ///
  /// Collective.
  ///
  /// - Throws: what `collectives` throws.
  public func sampleValues(limit: Int, seed: UInt64, over collectives: any Collectives) throws -> [Double] {
    try sample(limit: limit, seed: seed, over: collectives).values
  }
}

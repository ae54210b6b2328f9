/// Fills missing values and brings features to zero mean and unit variance.
struct Standardisation: Sendable, Equatable, Codable {
  /// What takes the place of a missing value.
  var fill: [Double]
  /// Means of the filled features.
  var mean: [Double]
  /// Standard deviations of the filled features (with n); 1 where a feature does not vary.
  var scale: [Double]

  /// Learns from the rows of all ranks: the same bits for any number of ranks.
  ///
  /// - Throws: ``ComputeError`` with `cannotTrain` for numbers whose squares are beyond doubles; what `collectives` throws.
  init(_ rows: TrainingRows, over collectives: any Collectives) throws {
    fill = try Imputation.fill(rows, over: collectives)
    let width = rows.width
    let total = Double(try collectives.sum(rows.count))
    var sums = [ExactSum](repeating: ExactSum(), count: width)
    for index in 0..<rows.count {
      for (column, value) in rows.row(index).enumerated() { sums[column].add(value.isNaN ? fill[column] : value) }
    }
    mean = try collectives.total(sums).map { $0 / total }
    var squares = [ExactSum](repeating: ExactSum(), count: width)
    for index in 0..<rows.count {
      for (column, value) in rows.row(index).enumerated() {
        let distance = (value.isNaN ? fill[column] : value) - mean[column]
        squares[column].add(distance * distance)
      }
    }
    // A constant feature's distance from its mean is at most a rounding.
    scale = zip(try collectives.total(squares), mean).map { squares, mean in
      let deviation = (squares / total).squareRoot()
      return deviation > 1e-12 * abs(mean) ? deviation : 1
    }
    if let column = scale.indices.first(where: { !scale[$0].isFinite || !mean[$0].isFinite }) {
      throw ComputeError.cannotTrain(
        reason: "the values of \(rows.features.names[column]) are too large to be brought to unit variance")
    }
  }

  var width: Int { fill.count }

  /// Whether every number is one that can be worked with, and there are as many as there are features.
  func fits(_ count: Int) -> Bool {
    fill.count == count && mean.count == count && scale.count == count
      && (fill + mean + scale).allSatisfy(\.isFinite) && scale.allSatisfy { $0 > 0 }
  }

  /// The rows, filled and standardised.
  func apply(_ rows: UnsafeBufferPointer<Double>) -> [Double] {
    let width = width
    return [Double](unsafeUninitializedCapacity: rows.count) { result, count in
      count = rows.count
      for index in 0..<rows.count {
        let column = index % width
        let value = rows[index].isNaN ? fill[column] : rows[index]
        result[index] = (value - mean[column]) / scale[column]
      }
    }
  }

  func apply(_ values: [Double]) -> [Double] { values.withUnsafeBufferPointer { apply($0) } }
}

/// What takes the place of missing values.
enum Imputation {
  /// Zero, or the median of the values that are there, by feature.
  static func fill(_ rows: TrainingRows, over collectives: any Collectives) throws -> [Double] {
    let columns = rows.features.definitions.indices.filter {
      rows.features.definitions[$0].imputation == .median
    }
    var fill = [Double](repeating: 0, count: rows.width)
    let medians = try lowerMedians(
      columns.map { column in (0..<rows.count).map { rows.values[$0 * rows.width + column] }.filter { !$0.isNaN } },
      over: collectives)
    for (column, median) in zip(columns, medians) { fill[column] = median.isNaN ? 0 : median }
    return fill
  }

  /// The lower median of each column over all ranks, exactly, without bringing the values together: the bits of the
  /// answer are found one by one, by counting.
  static func lowerMedians(_ columns: [[Double]], over collectives: any Collectives) throws -> [Double] {
    guard !columns.isEmpty else { return [] }
    // Whole numbers in the order of the doubles.
    let keys = columns.map { $0.map(orderedKey).sorted() }
    let counts = try collectives.sum(keys.map { Int64($0.count) })
    let places = counts.map { ($0 - 1) / 2 }
    var prefixes = [UInt64](repeating: 0, count: columns.count)
    for bit in stride(from: 63, through: 0, by: -1) {
      // How many values lie below the candidate with this bit set?
      let candidates = prefixes.map { $0 | 1 << UInt64(bit) }
      let below = try collectives.sum(
        zip(keys, candidates).map { keys, candidate in Int64(lowerBound(keys, candidate)) })
      for column in columns.indices where below[column] <= places[column] {
        prefixes[column] = candidates[column]
      }
    }
    return columns.indices.map { counts[$0] > 0 ? fromOrderedKey(prefixes[$0]) : .nan }
  }

  private static func lowerBound(_ keys: [UInt64], _ value: UInt64) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func orderedKey(_ value: Double) -> UInt64 {
    let bits = value.bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  private static func fromOrderedKey(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }

  /// Puts zero where a feature whose missing value means zero is missing; leaves other missing values to the trees,
  /// which send them where they belong.
  static func forTrees(_ rows: UnsafeBufferPointer<Double>, _ features: FeatureSet) -> [Double] {
    let isZero = features.definitions.map { $0.imputation == .zero }
    let width = features.count
    return [Double](unsafeUninitializedCapacity: rows.count) { result, count in
      count = rows.count
      for index in 0..<rows.count {
        let value = rows[index]
        result[index] = value.isNaN && isZero[index % width] ? 0 : value
      }
    }
  }
}

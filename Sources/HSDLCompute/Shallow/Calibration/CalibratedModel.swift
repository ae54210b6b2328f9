import SeismicFormats

/// A model whose scores were made into probabilities by events that it was not trained on.
public struct CalibratedModel: Sendable {
  /// The model.
  public let model: any ShallowModel
  /// What makes its scores probabilities.
  public let calibration: Calibration
  /// The features that it takes, in their order.
  public let features: FeatureSet

  /// Puts a model and its calibration together.
  public init(model: any ShallowModel, calibration: Calibration, features: FeatureSet) {
    self.model = model
    self.calibration = calibration
    self.features = features
  }

  /// The kind of the model.
  public var kind: ShallowModelKind { type(of: model).kind }

  /// Trains a model on the rows of all ranks, and calibrates it.
  ///
  /// For the calibration the model is trained again without each of several folds in turn, and scores what was left out.
  /// Folds hold equal shares of both classes and are drawn from the rows' keys.
  ///
  /// - Throws: ``ComputeError``; what `collectives` throws.
  public init(
    training rows: TrainingRows, kind: ShallowModelKind, settings: ShallowSettings,
    over collectives: any Collectives
  ) throws {
    let model = try kind.type.init(training: rows, settings: settings, over: collectives)
    var calibration = Calibration.none
    let counts = try rows.requireBothClasses(over: collectives)
    let folds = min(settings.calibrationFolds, counts.real, counts.fake)
    if model.needsCalibration && folds >= 2 {
      let fold = try Self.folds(rows, count: folds, seed: settings.seed, over: collectives)
      var logOdds = [Double](repeating: 0, count: rows.count)
      for left in 0..<folds {
        let trained = try kind.type.init(
          training: rows.filter { fold[$0] != left }, settings: settings, over: collectives)
        let held = (0..<rows.count).filter { fold[$0] == left }
        let scores = try trained.scores(rows.filter { fold[$0] == left }.values, width: rows.width)
        for (row, score) in zip(held, scores) { logOdds[row] = trained.logOdds(score) }
      }
      // Sorted, so that it does not matter who held which.
      let all = try collectives.allgather(logOdds).flatMap { $0 }
      let labels = try collectives.allgather(rows.labels).flatMap { $0 }
      let order = all.indices.sorted { (all[$0], labels[$0]) < (all[$1], labels[$1]) }
      calibration = Calibration(logOdds: order.map { all[$0] }, labels: order.map { labels[$0] })
    }
    self.init(model: model, calibration: calibration, features: rows.features)
  }

  /// The fold of each of this rank's rows.
  private static func folds(
    _ rows: TrainingRows, count: Int, seed: UInt64, over collectives: any Collectives
  ) throws -> [Int] {
    let salt = mixed(seed ^ 0xCA11)
    let own = rows.keys.map { mixed($0 ^ salt) }
    let all = try collectives.allgather(own).flatMap { $0 }
    let labels = try collectives.allgather(rows.labels).flatMap { $0 }
    let classes = [UInt8(0), 1].map { label in
      all.indices.filter { labels[$0] == label }.map { all[$0] }.sorted()
    }
    return (0..<rows.count).map { row in
      let sorted = classes[Int(rows.labels[row])]
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] < own[row] { low = middle + 1 } else { high = middle }
      }
      return low % count
    }
  }

  /// The probability that each row's event is real.
  ///
  /// - Parameter rows: row by row, in the order of ``features``; missing values are NaN.
  /// - Throws: ``ComputeError``.
  public func probabilities(_ rows: UnsafeBufferPointer<Double>) throws -> [Double] {
    try model.scores(rows, width: features.count).map(probability)
  }

  /// As ``probabilities(_:)-(UnsafeBufferPointer<Double>)``, of an array.
  public func probabilities(_ values: [Double]) throws -> [Double] {
    try values.withUnsafeBufferPointer { try probabilities($0) }
  }

  private func probability(_ score: Double) -> Double {
    model.needsCalibration ? calibration.probability(model.logOdds(score)) : score
  }

  /// How much each feature has moved each row's probability: the model's contributions, scaled to add up to the distance
  /// between the probability and the one that the model starts from.
  ///
  /// - Returns: `features.count + 1` numbers for each row, the last the probability that the model starts from.
  /// - Throws: ``ComputeError``.
  public func contributions(_ rows: UnsafeBufferPointer<Double>) throws -> [Double] {
    let width = features.count
    var values = try model.contributions(rows, width: width)
    let scores = try model.scores(rows, width: width)
    for (row, score) in scores.enumerated() {
      let start = row * (width + 1)
      let base = probability(values[start + width])
      var sum = 0.0
      for column in 0..<width { sum += values[start + column] }
      let scale = abs(sum) > 1e-12 ? max(0, (probability(score) - base) / sum) : 0
      for column in 0..<width { values[start + column] *= scale }
      values[start + width] = base
    }
    return values
  }
}

extension CalibratedModel {
  /// Takes a model from its files.
  ///
  /// - Throws: ``ComputeError`` with `badModel` when they are not what they should be.
  public init(kind: ShallowModelKind, files: [String: String], calibration: Calibration, features: FeatureSet) throws {
    guard calibration.isValid else { throw ComputeError.badModel(reason: "its calibration cannot be used") }
    self.init(
      model: try kind.type.init(files: files, features: features), calibration: calibration, features: features)
  }
}

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
    let counts = try rows.requireBothClasses(over: collectives)
    let folds = min(settings.calibrationFolds, counts.real, counts.fake)
    var fold: [Int]?
    if folds >= 2 {
      fold = try Self.folds(rows, count: folds, seed: settings.seed, over: collectives)
    }
    self =
      try Self.trained(
        on: rows, kind: kind, settings: settings, fold: fold, keepsLogOdds: false, over: collectives
      ).model
  }

  /// A model together with what it said of its own training events while they were left out.
  public struct OutOfFold: Sendable {
    /// The model, trained on all events.
    public var model: CalibratedModel
    /// The log-odds, not yet calibrated, of each of this rank's rows, by models that were trained without the row's fold;
    /// empty when there are no folds.
    public var logOdds: [Double]
  }

  /// Trains a model on the rows of all ranks and without each fold in turn, and calibrates it by what was left out.
  ///
  /// - Parameters:
  ///   - fold: the fold of each of this rank's rows, from 0 on; nil for a model that is not calibrated.
  ///   - keepsLogOdds: whether folds are trained even where calibration needs none.
  /// - Throws: ``ComputeError``; what `collectives` throws.
  public static func trained(
    on rows: TrainingRows, kind: ShallowModelKind, settings: ShallowSettings, fold: [Int]?,
    keepsLogOdds: Bool = true, over collectives: any Collectives
  ) throws -> OutOfFold {
    let model = try kind.type.init(training: rows, settings: settings, over: collectives)
    guard let fold, model.needsCalibration || keepsLogOdds else {
      return OutOfFold(
        model: CalibratedModel(model: model, calibration: .none, features: rows.features), logOdds: [])
    }
    var logOdds = [Double](repeating: 0, count: rows.count)
    let last = try collectives.maximum([Double(fold.max() ?? 0)])[0]
    for left in 0...max(0, Int(last)) {
      let trained = try kind.type.init(
        training: rows.filter { fold[$0] != left }, settings: settings, over: collectives)
      let held = (0..<rows.count).filter { fold[$0] == left }
      let scores = try trained.scores(rows.filter { fold[$0] == left }.values, width: rows.width)
      for (row, score) in zip(held, scores) {
        logOdds[row] = model.needsCalibration ? trained.logOdds(score) : logit(score)
      }
    }
    var calibration = Calibration.none
    if model.needsCalibration {
      // Sorted, so that it does not matter who held which.
      let all = try collectives.allgather(logOdds).flatMap { $0 }
      let labels = try collectives.allgather(rows.labels).flatMap { $0 }
      let order = all.indices.sorted { (all[$0], labels[$0]) < (all[$1], labels[$1]) }
      calibration = Calibration(logOdds: order.map { all[$0] }, labels: order.map { labels[$0] })
    }
    return OutOfFold(
      model: CalibratedModel(model: model, calibration: calibration, features: rows.features), logOdds: logOdds)
  }

  /// The fold of each of this rank's rows: equal shares of both classes, drawn from the rows' keys.
  ///
  /// - Throws: what `collectives` throws.
  public static func folds(
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
    try model.scores(rows, width: features.count).map { probability($0) }
  }

  /// As ``probabilities(_:)-(UnsafeBufferPointer<Double>)``, of an array.
  public func probabilities(_ values: [Double]) throws -> [Double] {
    try values.withUnsafeBufferPointer { try probabilities($0) }
  }

  /// The probability that belongs to log-odds of ``OutOfFold``.
  public func probability(ofLogOdds logOdds: Double) -> Double {
    model.needsCalibration ? calibration.probability(logOdds) : logistic(logOdds)
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

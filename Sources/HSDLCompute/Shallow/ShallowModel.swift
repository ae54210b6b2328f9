/// The kinds of models on features.
public enum ShallowModelKind: String, Sendable, CaseIterable, Codable {
  /// Random forest.
  case forest
  /// Gradient boosting of trees.
  case boosting
  /// Support vector machine.
  case svm
  /// Logistic regression.
  case logistic
  /// Random forest on the first two principal components.
  case pcaForest = "pca-forest"
  /// A cut on one feature.
  case threshold

  /// What it is called in reports.
  public var title: String {
    switch self {
    case .forest: "random forest"
    case .boosting: "gradient boosting"
    case .svm: "support vector machine"
    case .logistic: "logistic regression"
    case .pcaForest: "PCA + random forest"
    case .threshold: "cut on one feature"
    }
  }

  var type: any ShallowModel.Type {
    switch self {
    case .forest: RandomForest.self
    case .boosting: GradientBoosting.self
    case .svm: SupportVectorMachine.self
    case .logistic: LogisticRegression.self
    case .pcaForest: PCAForest.self
    case .threshold: ThresholdModel.self
    }
  }
}

/// How models are trained.
public struct ShallowSettings: Sendable, Equatable, Codable {
  /// What all random choices are made from.
  public var seed: UInt64 = 42
  /// With fewer rows than this, every rank trains on all rows by itself: sharing the work would cost more than it
  /// saves.
  ///
  /// The model is the same either way.
  public var distributionThreshold = 20_000
  /// Trees of a forest.
  public var forestTrees = 100
  /// Rounds of boosting.
  public var boostingRounds = 150
  /// What an error costs a support vector machine.
  public var svmCost = 1.0
  /// A support vector machine is trained on at most about this many rows: its cost grows with the square.
  public var svmRowLimit = 20_000
  /// The inverse of the strength of regularisation of a logistic regression.
  public var logisticC = 1.0
  /// Folds for calibration.
  public var calibrationFolds = 5

  /// Creates the usual settings.
  public init() {}
}

/// A model that tells real events from fake ones by their features.
///
/// What it does to features before it uses them, standardisation and imputation, is part of it.
public protocol ShallowModel: Sendable {
  /// Its kind.
  static var kind: ShallowModelKind { get }

  /// Trains on the rows of all ranks. The model is the same on every rank.
  ///
  /// - Throws: ``ComputeError``; what `collectives` throws.
  init(training rows: TrainingRows, settings: ShallowSettings, over collectives: any Collectives) throws

  /// Takes the model from the files that ``files`` gave.
  ///
  /// - Throws: ``ComputeError`` with `badModel` when they are not what they should be.
  init(files: [String: String], features: FeatureSet) throws

  /// The model as text files, by name.
  var files: [String: String] { get }

  /// A number for each row: the larger, the more likely real. Not calibrated.
  ///
  /// - Parameters:
  ///   - rows: row by row; missing values are NaN.
  ///   - width: the number of features.
  func scores(_ rows: UnsafeBufferPointer<Double>, width: Int) throws -> [Double]

  /// How much each feature has moved each row's score, and last the score from which it was moved.
  ///
  /// - Returns: `width + 1` numbers for each row, row by row, in units of the score.
  func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) throws -> [Double]

  /// How important each feature is, by the model's own measure; NaN where it has none.
  var importances: [Double] { get }

  /// Whether the score needs calibration to be a probability.
  var needsCalibration: Bool { get }

  /// The score's log-odds, for calibration by a logistic curve.
  func logOdds(_ score: Double) -> Double

  /// What is worth knowing of the model beside its files.
  var remarks: [String: String] { get }
}

extension ShallowModel {
  public var needsCalibration: Bool { true }
  public func logOdds(_ score: Double) -> Double { score }
  public var remarks: [String: String] { [:] }

  func scores(_ values: [Double], width: Int) throws -> [Double] {
    try values.withUnsafeBufferPointer { try scores($0, width: width) }
  }
}

extension TrainingRows {
  /// Says why nothing can be learnt from the rows of all ranks, if so.
  func requireBothClasses(over collectives: any Collectives) throws -> (fake: Int, real: Int) {
    let real = labels.reduce(0) { $0 + Int($1) }
    let counts = try collectives.sum([Int64(count - real), Int64(real)])
    guard counts[0] > 0, counts[1] > 0 else {
      throw ComputeError.cannotTrain(
        reason: "there are \(counts[1]) real and \(counts[0]) fake events; both are needed")
    }
    return (Int(counts[0]), Int(counts[1]))
  }
}

import SeismicFormats

/// Gradient boosting of trees for the logistic loss (Friedman, 2001), grown by LightGBM over all ranks where there are
/// many rows.
///
/// Gradients and Hessians are rounded to multiples of 2⁻²³. Their sums are then exact in double precision, whoever adds
/// them in whatever order, so the model is the same bit for bit on any number of ranks.
public struct GradientBoosting: ShallowModel {
  public static var kind: ShallowModelKind { .boosting }

  private let features: FeatureSet
  /// The trees; their sum is the log-odds.
  public let ensemble: TreeEnsemble
  private let evaluator: TreeEvaluator

  public init(training rows: TrainingRows, settings: ShallowSettings, over collectives: any Collectives) throws {
    let counts = try rows.requireBothClasses(over: collectives)
    features = rows.features
    let prior = logarithm(Double(counts.real) / Double(counts.fake))
    ensemble = try TreeTrainingData.run(rows, settings: settings, over: collectives) {
      try Self.grow($0, settings: settings, priorLogOdds: prior)
    }
    evaluator = TreeEvaluator(ensemble)
  }

  private static func grow(
    _ data: TreeTrainingData, settings: ShallowSettings, priorLogOdds: Double
  ) throws -> TreeEnsemble {
    let large = data.totalCount > 20_000
    let dataset = try data.dataset(order: Array(0..<data.rows.width))
    let seed = Int(mixed(settings.seed) & 0x3FFF_FFFF)
    let booster = try LightGBMBooster(
      training: dataset,
      parameters: data.parameters(
        "learning_rate=0.05 num_leaves=\(large ? 31 : 7) min_data_in_leaf=\(large ? 20 : 10) "
          + "min_sum_hessian_in_leaf=0.001 lambda_l2=1 feature_fraction=0.5 feature_fraction_seed=\(seed) seed=\(seed)")
    )
    var scores = [Double](repeating: 0, count: data.rows.count)
    var gradients = [Float](repeating: 0, count: data.rows.count)
    var hessians = gradients
    for round in 0..<settings.boostingRounds {
      let salt = roundSalt(settings.seed, round)
      for row in 0..<data.rows.count {
        // Each tree sees seven rows of ten (Friedman, 2002).
        guard isDrawn(data.rows.keys[row], salt) else {
          gradients[row] = 0
          hessians[row] = 0
          continue
        }
        let probability = logistic(scores[row] + priorLogOdds)
        gradients[row] = exact(probability - Double(data.rows.labels[row]))
        hessians[row] = exact(probability * (1 - probability))
      }
      if try booster.grow(gradients: gradients, hessians: hessians) { break }
      scores = try booster.trainingOutputs()
    }
    var ensemble = try TreeEnsemble(text: booster.text())
    ensemble.featureNames = data.rows.features.names
    ensemble.objective = "binary sigmoid:1"
    if ensemble.trees.isEmpty { ensemble.trees = [DecisionTree()] }
    try data.center(&ensemble.trees) { tree, key in isDrawn(key, roundSalt(settings.seed, tree)) }
    // The prior goes into the first tree, so that LightGBM alone gives the log-odds too.
    for leaf in ensemble.trees[0].leafValues.indices { ensemble.trees[0].leafValues[leaf] += priorLogOdds }
    for node in ensemble.trees[0].innerValues.indices { ensemble.trees[0].innerValues[node] += priorLogOdds }
    return ensemble
  }

  private static func roundSalt(_ seed: UInt64, _ round: Int) -> UInt64 {
    mixed(~seed &+ UInt64(round + 1) &* 0x9e37_79b9_7f4a_7c15)
  }

  private static func isDrawn(_ key: UInt64, _ salt: UInt64) -> Bool {
    mixed(key ^ salt) < 0xB333_3333_3333_3333
  }

  private static func exact(_ value: Double) -> Float { Float((value * 0x1p23).rounded() * 0x1p-23) }

  public init(files: [String: String], features: FeatureSet) throws {
    ensemble = try TreeEnsemble(text: try requireFile("model.txt", files))
    guard ensemble.featureNames == features.names else {
      throw ComputeError.badModel(reason: "its features are not those of the card, in their order")
    }
    self.features = features
    evaluator = TreeEvaluator(ensemble)
  }

  public var files: [String: String] { ["model.txt": ensemble.text] }

  public func scores(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    let clean = Imputation.forTrees(rows, features)
    return clean.withUnsafeBufferPointer { evaluator.predict($0, width: width) }
  }

  public func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    let clean = Imputation.forTrees(rows, features)
    return clean.withUnsafeBufferPointer { evaluator.contributions($0, width: width) }
  }

  public var importances: [Double] { ensemble.gains }

  public var remarks: [String: String] {
    ["trees": "\(ensemble.treeCount)", "leaves": "\(ensemble.leafCount)"]
  }
}

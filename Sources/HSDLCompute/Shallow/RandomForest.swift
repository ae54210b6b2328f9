import SeismicFormats

/// A random forest (Breiman, 2001): the mean of fully grown trees, each on its own bootstrap sample, with a random choice
/// of features at each split.
///
/// LightGBM grows the trees, over all ranks where there are many rows. Three things differ from its own forest mode, and
/// make the forest as good as an exact one on few rows:
/// - the bootstrap draws with replacement, by counts that come from each row's key;
/// - the order of the features changes from group to group, since LightGBM gives a tie to the first of them;
/// - thresholds are put into the middle of their gaps afterwards.
///
/// All sums that decide on a split are sums of small whole numbers, which are exact, so the forest is the same bit for bit
/// on any number of ranks.
public struct RandomForest: ShallowModel {
  public static var kind: ShallowModelKind { .forest }

  private let features: FeatureSet
  /// The trees; their mean is the score, 0 to 1.
  public let ensemble: TreeEnsemble
  private let evaluator: TreeEvaluator

  /// Groups of trees that share an order of the features.
  static let groups = 10

  public init(training rows: TrainingRows, settings: ShallowSettings, over collectives: any Collectives) throws {
    _ = try rows.requireBothClasses(over: collectives)
    features = rows.features
    ensemble = try TreeTrainingData.run(rows, settings: settings, over: collectives) {
      try Self.grow($0, settings: settings)
    }
    evaluator = TreeEvaluator(ensemble)
  }

  private static func grow(_ data: TreeTrainingData, settings: ShallowSettings) throws -> TreeEnsemble {
    let width = data.rows.width
    let chosen = max(1, Int(Double(width).squareRoot()))
    let large = data.totalCount > 20_000
    var trees: [DecisionTree] = []
    let groupCount = min(groups, settings.forestTrees)
    for group in 0..<groupCount {
      var random = SplitMix64(seed: settings.seed, stream: 1, UInt64(group))
      let order = random.shuffled(Array(0..<width))
      let dataset = try data.dataset(order: order)
      let first = group * settings.forestTrees / groupCount
      let last = (group + 1) * settings.forestTrees / groupCount
      let seed = Int(mixed(settings.seed ^ UInt64(group) << 32) & 0x3FFF_FFFF)
      let parameters = data.parameters(
        "learning_rate=1 num_leaves=\(large ? 1024 : 256) min_data_in_leaf=\(large ? 5 : 1) "
          + "min_sum_hessian_in_leaf=0.5 lambda_l2=0 feature_fraction_bynode=\(Double(chosen) / Double(width)) "
          + "feature_fraction_seed=\(seed) seed=\(seed)")
      var grown: [DecisionTree] = []
      var booster = try LightGBMBooster(training: dataset, parameters: parameters)
      // Trees of the present booster.
      var pending = 0
      func collect() throws {
        if pending > 0 { grown += try TreeEnsemble(text: booster.text()).trees.prefix(pending) }
        pending = 0
      }
      for tree in first..<last {
        let salt = treeSalt(settings.seed, tree)
        let counts = data.rows.keys.map { Float(bootstrapCount($0 ^ salt)) }
        let gradients = zip(counts, data.rows.labels).map { -$0 * Float($1) }
        guard try booster.grow(gradients: gradients, hessians: counts) else {
          pending += 1
          continue
        }
        // Nothing to split: the tree is the mean of its sample, and the booster will not go on.
        try collect()
        let sums = try data.collectives.sum([Int64(counts.reduce(0, +)), -Int64(gradients.reduce(0, +))])
        grown.append(DecisionTree(leafValues: [sums[0] > 0 ? Double(sums[1]) / Double(sums[0]) : 0.5]))
        booster = try LightGBMBooster(training: dataset, parameters: parameters)
      }
      try collect()
      for index in grown.indices {
        grown[index].snapLeaves()
        for node in 0..<grown[index].innerCount {
          grown[index].features[node] = Int32(order[Int(grown[index].features[node])])
        }
      }
      trees += grown
    }
    try data.center(&trees) { tree, key in bootstrapCount(key ^ treeSalt(settings.seed, tree)) > 0 }
    var ensemble = TreeEnsemble(
      featureNames: data.rows.features.names, isAveraged: true, objective: "regression")
    ensemble.trees = trees
    return ensemble
  }

  private static func treeSalt(_ seed: UInt64, _ tree: Int) -> UInt64 {
    mixed(seed &+ UInt64(tree + 1) &* 0x9e37_79b9_7f4a_7c15)
  }

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

  /// A mean of trees of 0 or 1 is no likelier to be wrong than one tree in all of them and one more.
  public func logOdds(_ score: Double) -> Double {
    let half = 0.5 / Double(max(ensemble.treeCount, 1))
    return logarithm((score + half) / (1 - score + half))
  }

  public var remarks: [String: String] {
    ["trees": "\(ensemble.treeCount)", "leaves": "\(ensemble.leafCount)"]
  }
}

/// A file of a model.
func requireFile(_ name: String, _ files: [String: String]) throws -> String {
  guard let text = files[name] else { throw ComputeError.badModel(reason: "\(name) is missing") }
  return text
}

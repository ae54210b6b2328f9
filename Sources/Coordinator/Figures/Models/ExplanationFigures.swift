import HSDLCompute
import Worker

/// Why models say what they say: importances, and contributions to the probabilities of single events.
///
/// The models are trained on two thirds of the events and explain the other third.
struct ExplanationFigures {
  private let table: FeatureTable
  private let kinds: [ShallowModelKind]
  private let settings: ShallowSettings
  /// Explaining a machine costs with the number of features; not more events than this are explained.
  static let mostEvents = 500

  init(_ table: FeatureTable, kinds: [ShallowModelKind], settings: ShallowSettings) {
    self.table = DecisionRegionFigure(table, kinds: kinds, settings: settings).table
    self.kinds = kinds.filter(\.joinsEnsemble)
    self.settings = settings
  }

  /// The figures.
  ///
  /// - Throws: ``ComputeError``.
  func figures() throws -> [Figure] {
    guard !kinds.isEmpty,
      let cut = try? StratifiedFolds(labels: table.labels, count: 3, seed: settings.seed, repeat: 0)
    else { return [] }
    let training = try TrainingRows(table.rows(cut.fold.indices.filter { cut.fold[$0] != 0 }))
    let models = try kinds.map {
      try CalibratedModel(training: training, kind: $0, settings: settings, over: SingleRank())
    }
    return try Self.figures(
      models, values: table.rows(cut.fold.indices.filter { cut.fold[$0] == 0 }).values)
  }

  /// The figures of models that are there.
  ///
  /// - Parameter values: rows of features, of which the first are explained.
  static func figures(_ models: [CalibratedModel], values: [Double]) throws -> [Figure] {
    guard let features = models.first?.features, features.count > 0 else { return [] }
    let width = features.count
    let count = min(values.count / width, max(20, min(mostEvents, 20_000 / width)))
    let sample = Array(values.prefix(count * width))
    guard count > 0 else { return [] }
    var members: [(name: String, own: [String: Double], contribution: [String: Double])] = []
    var explained: [(name: String, contributions: [Double])] = []
    for model in models {
      let moves = try sample.withUnsafeBufferPointer { try model.contributions($0) }
      var means: [String: Double] = [:]
      for (column, name) in features.names.enumerated() {
        var sum = 0.0
        for row in 0..<count { sum += abs(moves[row * (width + 1) + column]) }
        means[name] = sum / Double(count)
      }
      let own = zip(features.names, model.model.importances).filter { $0.1.isFinite }
      members.append((model.kind.title, Dictionary(uniqueKeysWithValues: own), means))
      explained.append((model.kind.title, moves))
    }
    return [
      ModelFigures.importances(members),
      ModelFigures.contributions(Array(explained.prefix(4)), values: sample, features: features),
    ].compactMap { $0 }
  }
}

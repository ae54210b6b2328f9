public import HSDLCompute
public import MPI
import SeismicFormats

/// Trains calibrated models of several kinds on events that lie spread over the ranks, and puts them together.
public struct ShallowTraining: Sendable {
  /// The kinds of models.
  public var kinds: [ShallowModelKind]
  /// How they are trained.
  public var settings: ShallowSettings
  /// What errors cost.
  public var costs: DecisionCosts

  /// Plans a training.
  public init(kinds: [ShallowModelKind], settings: ShallowSettings, costs: DecisionCosts) {
    self.kinds = kinds
    self.settings = settings
    self.costs = costs
  }

  /// Trains.
  ///
  /// The model is the same on every rank, and for any number of ranks. Collective.
  ///
  /// - Parameters:
  ///   - events: this rank's share.
  ///   - realFiles: where the real ones came from, for the card.
  ///   - fakeFiles: likewise.
  ///   - scores: how good the models are, for the card.
  ///   - scoring: how that was found.
  ///   - onStep: told what is being done.
  /// - Throws: ``ComputeError`` on all ranks; ``CommunicatorError``.
  public func run(
    _ events: LabelledEvents, realFiles: [String], fakeFiles: [String], scores: [String: [String: Double]],
    scoring: String, over communicator: any Communicator, onStep: (String) -> Void
  ) throws -> ModelFolder {
    let collectives = CommunicatorCollectives(communicator)
    let rows = try communicator.agree { try TrainingRows(events.table) }
    let counts = try communicator.allreduce([rows.count, rows.labels.reduce(0) { $0 + Int($1) }], .sum)
    let folds = min(settings.calibrationFolds, counts[1], counts[0] - counts[1])
    var fold: [Int]?
    if folds >= 2 {
      fold = try CalibratedModel.folds(rows, count: folds, seed: settings.seed, over: collectives)
    }
    let trained = try members(rows, fold: fold, over: communicator, onStep: onStep)
    var combination: Stacking?
    var validation: ModelCard.Validation?
    var scores = scores
    if let fold, kinds.count > 1 {
      onStep("putting the models together")
      let all = try TrainingScores(events, fold: fold, logOdds: trained.logOdds, over: communicator)
      let found = try communicator.agree {
        try StackingTraining(
          names: kinds.map(\.rawValue), logOdds: all.logOdds, labels: all.labels, block: all.fold)
      }
      combination = found.shallow
      (validation, scores) = validated(
        found, all, scores, method: "\(folds) folds that hold equal shares of both kinds", blocks: folds)
    }
    let ensemble = try communicator.agree { try ShallowEnsemble(trained.members, stacking: combination) }
    return try folder(
      events, rows, ensemble, realFiles: realFiles, fakeFiles: fakeFiles, scores: scores, scoring: scoring,
      validation: validation, over: communicator)
  }

  /// Trains the models, and keeps what they said of events while these were left out.
  ///
  /// - Returns: the models, and by model the calibrated log-odds of this rank's rows.
  func members(
    _ rows: TrainingRows, fold: [Int]?, over communicator: any Communicator, onStep: (String) -> Void
  ) throws -> (members: [CalibratedModel], logOdds: [[Double]]) {
    let collectives = CommunicatorCollectives(communicator)
    var members: [CalibratedModel] = []
    var logOdds: [[Double]] = []
    for kind in kinds {
      onStep("training \(kind.title)")
      let trained = Result {
        try CalibratedModel.trained(on: rows, kind: kind, settings: settings, fold: fold, over: collectives)
      }
      if case .failure(let error) = trained, error is CommunicatorError { throw error }
      // All ranks fail alike; one of them speaks.
      let own = try communicator.agree { try trained.get() }
      members.append(own.model)
      logOdds.append(own.logOdds.map { logit(own.model.probability(ofLogOdds: $0)) })
    }
    return (members, logOdds)
  }

  /// How good combinations are, with the scores of the card added to.
  func validated(
    _ found: StackingTraining, _ all: TrainingScores, _ scores: [String: [String: Double]], method: String, blocks: Int
  ) -> (ModelCard.Validation, [String: [String: Double]]) {
    var models = [(name: "shallow", probabilities: found.shallowProbabilities)]
    if found.hybrid != nil {
      models.append((name: "deep", probabilities: found.deepProbabilities))
      models.append((name: "hybrid", probabilities: found.hybridProbabilities))
    }
    var scores = scores
    for model in models {
      let scored = model.probabilities.indices.filter { !model.probabilities[$0].isNaN }
      let metrics = BinaryMetrics(
        probabilities: scored.map { model.probabilities[$0] }, labels: scored.map { all.labels[$0] })
      scores[model.name] = Dictionary(
        uniqueKeysWithValues: zip(BinaryMetrics.names, metrics.values).filter { $0.1.isFinite })
    }
    let validation = ModelCard.Validation(
      models: models, labels: all.labels, times: all.times, keys: all.keys, costs: costs, method: method,
      blocks: blocks, seed: settings.seed)
    return (validation, scores)
  }

  /// Makes the card and puts the folder together.
  ///
  /// Collective.
  func folder(
    _ events: LabelledEvents, _ rows: TrainingRows, _ ensemble: ShallowEnsemble, realFiles: [String],
    fakeFiles: [String], scores: [String: [String: Double]], scoring: String, validation: ModelCard.Validation?,
    hybrid: ModelCard.Hybrid? = nil, deepFiles: [String: [UInt8]] = [:], pickerFiles: [String: [UInt8]] = [:],
    over communicator: any Communicator
  ) throws -> ModelFolder {
    // Explaining a machine costs with the number of features; the mean size of a contribution needs no more rows.
    let sample = try rows.sampleValues(
      limit: min(2000, 40_000 / max(rows.width, 1)), seed: settings.seed,
      over: CommunicatorCollectives(communicator))
    let entries = try ensemble.members.map { member in try Self.entry(member, sample: sample) }
    let counts = try communicator.allreduce([rows.count, rows.labels.reduce(0) { $0 + Int($1) }], .sum)
    let own = zip(rows.keys, rows.labels).reduce(UInt64(0)) { $0 &+ mixed($1.0 ^ UInt64($1.1)) }
    let fingerprint = try communicator.allreduce(own, .sum)
    let card = ModelCard(
      features: rows.features.definitions, members: entries, hybrid: hybrid, costs: costs,
      thresholds: ModelCard.Thresholds(real: costs.realThreshold, fake: costs.fakeThreshold),
      training: ModelCard.Training(
        realFiles: realFiles, fakeFiles: fakeFiles, events: counts[0], realEvents: counts[1], rows: events.rowCount,
        fingerprint: String(fingerprint, radix: 16)), settings: settings, scores: scores, scoring: scoring,
      validation: validation)
    return try ModelFolder(card: card, ensemble: ensemble, deepFiles: deepFiles, pickerFiles: pickerFiles)
  }

  private static func entry(_ member: CalibratedModel, sample: [Double]) throws -> ModelCard.Member {
    let names = member.features.names
    let width = names.count
    let moves = try sample.withUnsafeBufferPointer { try member.contributions($0) }
    let count = sample.count / width
    var means: [String: Double] = [:]
    for (column, name) in names.enumerated() {
      var sum = 0.0
      for row in 0..<count { sum += abs(moves[row * (width + 1) + column]) }
      means[name] = count > 0 ? sum / Double(count) : 0
    }
    let importance = zip(names, member.model.importances).filter { $0.1.isFinite }
    return ModelCard.Member(
      kind: member.kind, folder: member.kind.rawValue, files: [:], calibration: member.calibration,
      remarks: member.model.remarks, importance: Dictionary(uniqueKeysWithValues: importance),
      meanContribution: means)
  }
}

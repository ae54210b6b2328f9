public import HSDLCompute
public import MPI
import SeismicFormats

/// Trains a calibrated model of several kinds on events that lie spread over the ranks.
public struct ShallowTraining: Sendable {
  /// The kinds of models whose mean is taken.
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
    var members: [CalibratedModel] = []
    for kind in kinds {
      onStep("training \(kind.title)")
      let trained = Result { try CalibratedModel(training: rows, kind: kind, settings: settings, over: collectives) }
      if case .failure(let error) = trained, error is CommunicatorError { throw error }
      // All ranks fail alike; one of them speaks.
      members.append(try communicator.agree { try trained.get() })
    }
    let ensemble = try ShallowEnsemble(members)
    // Explaining a machine costs with the number of features; the mean size of a contribution needs no more rows.
    let sample = try rows.sampleValues(
      limit: min(2000, 40_000 / max(rows.width, 1)), seed: settings.seed, over: collectives)
    let entries = try members.map { member in try Self.entry(member, sample: sample) }
    let counts = try communicator.allreduce([rows.count, rows.labels.reduce(0) { $0 + Int($1) }], .sum)
    let own = zip(rows.keys, rows.labels).reduce(UInt64(0)) { $0 &+ mixed($1.0 ^ UInt64($1.1)) }
    let fingerprint = try communicator.allreduce(own, .sum)
    let card = ModelCard(
      features: rows.features.definitions, members: entries, costs: costs,
      thresholds: ModelCard.Thresholds(real: costs.realThreshold, fake: costs.fakeThreshold),
      training: ModelCard.Training(
        realFiles: realFiles, fakeFiles: fakeFiles, events: counts[0], realEvents: counts[1], rows: events.rowCount,
        fingerprint: String(fingerprint, radix: 16)), settings: settings, scores: scores, scoring: scoring)
    return try ModelFolder(card: card, ensemble: ensemble)
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

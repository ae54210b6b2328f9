public import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Trains a model on labelled events and writes its folder.
public struct TrainJob: Sendable {
  /// The events.
  public var source: LabelledSource
  /// The kinds of models whose mean is taken.
  public var kinds: [ShallowModelKind] = [.forest, .boosting, .svm, .logistic]
  /// The features; nil for HSDL's eight of pick tables, and for all that a table of features has.
  public var features: FeatureSet?
  /// How models are trained.
  public var settings = ShallowSettings()
  /// What errors cost.
  public var costs = DecisionCosts.usual
  /// Where the model goes.
  public var output: String
  /// Whether a model there may be replaced.
  public var overwrites = false

  /// Whether figures are drawn.
  public var drawsFigures = true

  /// The files that the job writes, beside the folders of the models.
  public static let files = ModelFolder.files

  /// With more events than this, the scores on the card come from one cut instead of a cross-validation.
  static let crossValidationLimit = 20_000

  /// Creates a job.
  public init(_ source: LabelledSource, output: String) {
    self.source = source
    self.output = output
  }

  /// Runs the job on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``; ``ComputeError`` on all ranks alike.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> ModelFolder {
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, record: RunRecord(command: "train shallow"),
      inputs: source.files.real + source.files.fake, over: communicator
    ) {
      try train(over: communicator, report: report)
    }
  }

  private func train(over communicator: any Communicator, report: Reporter) throws -> ModelFolder {
    report.note("reading labelled events")
    let events = try source.events(features, over: communicator)
    for remark in events.remarks { report.warn(remark) }
    let (scores, scoring) = try score(events, over: communicator, report)
    let training = ShallowTraining(kinds: kinds, settings: settings, costs: costs)
    let folder = try training.run(
      events, realFiles: source.files.real, fakeFiles: source.files.fake, scores: scores, scoring: scoring,
      over: communicator,
      onStep: { report.note($0) })
    let sample = try explained(events, over: communicator)
    try communicator.agreeOnRoot {
      try folder.write(to: output)
      try CardReport(folder.card).page.write(to: output, drawsFigures: drawsFigures, report) {
        try ExplanationFigures.figures(folder.ensemble.members, values: sample)
          + ValidationFigures(folder.card).figures
      }
    }
    if communicator.isRoot { summarize(folder, report) }
    return folder
  }

  /// How good the models are on events that they were not trained on.
  private func score(
    _ events: LabelledEvents, over communicator: any Communicator, _ report: Reporter
  ) throws -> ([String: [String: Double]], String) {
    let total = try communicator.allreduce(events.table.count, .sum)
    let real = try communicator.allreduce(events.table.labels.reduce(0) { $0 + Int($1) }, .sum)
    let folds = min(5, real, total - real)
    guard folds >= 2, total <= Self.crossValidationLimit else {
      return ([:], folds < 2 ? "not scored: too few events" : "not scored: use `evaluate`")
    }
    let table = try events.gathered(over: communicator)
    let plan = try communicator.agree {
      try CrossValidation(table, kinds: kinds, folds: folds, repeats: 1, settings: settings)
    }
    report.note("scoring by \(folds)-fold cross-validation")
    var scores: [String: [String: Double]] = [:]
    for outcome in plan.outcomes(try EvaluateJob.run(plan, over: communicator, report: report)) {
      let pooled = BinaryMetrics(probabilities: outcome.probabilities, labels: table.labels)
      scores[outcome.name] = Dictionary(
        uniqueKeysWithValues: zip(BinaryMetrics.names, pooled.values).filter { $0.1.isFinite })
    }
    return (scores, "\(folds)-fold stratified cross-validation, each event scored once")
  }

  /// Rows to be explained: the same for any number of ranks.
  ///
  /// Collective.
  private func explained(_ events: LabelledEvents, over communicator: any Communicator) throws -> [Double] {
    let rows = try communicator.agree { try TrainingRows(events.table) }
    return try rows.sampleValues(
      limit: ExplanationFigures.mostEvents, seed: settings.seed, over: CommunicatorCollectives(communicator))
  }

  private func summarize(_ folder: ModelFolder, _ report: Reporter) {
    let card = folder.card
    report.say(
      "trained on \(card.training.events) events (\(card.training.realEvents) real) with \(card.features.count) features; model \(card.shortHash)"
    )
    var rows = [["model", "calibration", "accuracy", "roc_auc", "brier", "largest mean contributions"]]
    for member in card.members {
      let scores = card.scores[member.kind.rawValue] ?? [:]
      func score(_ name: String) -> String { scores[name].map { fixed($0, decimals: 4) } ?? "-" }
      let top = member.meanContribution.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map(\.key)
      rows.append([
        member.kind.rawValue, member.calibration.name, score("accuracy"), score("roc_auc"), score("brier"),
        top.joined(separator: ", "),
      ])
    }
    for line in textTable(rows) { report.say(line) }
    report.say(
      "real from P = \(fixed(card.thresholds.real, decimals: 3)), fake below P = \(fixed(card.thresholds.fake, decimals: 3)); folder \(output)"
    )
  }
}

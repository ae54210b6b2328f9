public import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Tells how good models are with shares of the training data, and so whether a part of the data is enough.
public struct LearningCurveJob {
  /// What is trained, on what.
  public enum Subject {
    /// Models on features.
    case shallow(LabelledSource)
    /// An event discriminator on windows of labelled events.
    case discriminator(windows: [String], fit: DiscriminatorFit)
    /// A picker on labelled waveforms: what is trained, without output.
    case picker(TrainPickerJob)
  }

  /// What is trained, on what.
  public var subject: Subject
  /// The shares of the training data.
  public var shares = [0.1, 0.25, 0.5, 0.75, 1]
  /// How often the shares are drawn anew.
  public var repeats = 5
  /// Folds, for models on features.
  public var folds = 5
  /// The share of events that networks are tested on.
  public var testShare = 0.2
  /// The kinds of models on features.
  public var kinds: [ShallowModelKind] = [.forest, .boosting, .svm, .logistic]
  /// The features; nil for HSDL's eight of pick tables, and for all that a table of features has.
  public var features: FeatureSet?
  /// How models on features are trained.
  public var settings = ShallowSettings()
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false
  /// Whether figures are drawn.
  public var drawsFigures = true
  /// How long the job may run.
  public var limits = RunLimits()

  /// Creates a job.
  public init(_ subject: Subject, output: String) {
    self.subject = subject
    self.output = output
  }

  private var inputs: [String] {
    switch subject {
    case .shallow(let source): source.files.real + source.files.fake
    case .discriminator(let windows, _): windows
    case .picker(let job): job.sources.flatMap(\.paths)
    }
  }

  /// Runs the job on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    try OutputFolder.prepare(
      output, files: LearningCurveReport.files, overwrites: overwrites, record: RunRecord(command: "learning-curve"),
      inputs: inputs, over: communicator
    ) {
      let told: LearningCurveReport
      switch subject {
      case .shallow(let source): told = try shallow(source, over: communicator, report)
      case .discriminator(let windows, let fit):
        told = try NetworkLearningCurve(self, over: communicator, report).discriminator(windows, fit)
      case .picker(let job): told = try NetworkLearningCurve(self, over: communicator, report).picker(job)
      }
      try communicator.agreeOnRoot {
        let folder = try OutputFolder(output, files: [], overwrites: true)
        try told.write(to: folder)
        for line in told.lines { report.say(line) }
        try told.page(inputs: inputs, seed: settings.seed).write(to: output, drawsFigures: drawsFigures, report) {
          [LearningCurveFigure(curves: told.curves, samples: told.samples).figure].compactMap { $0 }
        }
        report.say("results in \(output): \(LearningCurveReport.files.joined(separator: ", "))")
      }
    }
  }

  /// The measures of probabilities.
  static let measures = [
    LearningCurve.Measure("roc_auc", isGain: true), LearningCurve.Measure("average_precision", isGain: true),
    LearningCurve.Measure("brier", isGain: false), LearningCurve.Measure("accuracy", isGain: true),
  ]

  /// The values of ``measures``.
  static func scores(_ probabilities: [Double], _ labels: [UInt8]) -> [Double] {
    let known = probabilities.indices.filter { !probabilities[$0].isNaN }
    let metrics = BinaryMetrics(probabilities: known.map { probabilities[$0] }, labels: known.map { labels[$0] })
    return [metrics.rocAUC, metrics.averagePrecision, metrics.brier, metrics.accuracy]
  }

  /// The intervals of the measures that decide: ROC-AUC and Brier score, by drawing blocks of events.
  static func intervals(
    _ probabilities: [Double], _ labels: [UInt8], times: [Double], keys: [UInt64], seed: UInt64
  ) -> [ClosedRange<Double>?] {
    let bootstrap = BlockBootstrap(times: times, keys: keys)
    let draws = max(200, min(1000, 50_000_000 / max(labels.count, 1)))
    let found = bootstrap.intervals(models: [probabilities], labels: labels, draws: draws, seed: seed).models[0]
    func range(_ name: String) -> ClosedRange<Double>? {
      guard let place = BlockBootstrap.measures.firstIndex(of: name), found[place].lower <= found[place].upper else {
        return nil
      }
      return found[place].lower...found[place].upper
    }
    return [range("roc_auc"), nil, range("brier"), nil]
  }

  private func shallow(
    _ source: LabelledSource, over communicator: any Communicator, _ report: Reporter
  ) throws -> LearningCurveReport {
    let events = try source.events(features, over: communicator)
    for remark in events.remarks { report.warn(remark) }
    let table = try events.gathered(over: communicator)
    let plan = try communicator.agree {
      try LearningCurvePlan(
        table, kinds: kinds, shares: shares, folds: folds, repeats: repeats, settings: settings)
    }
    let numbers = try EvaluateJob.run(
      count: plan.taskCount, cost: plan.cost, over: communicator, report: report
    ) { try plan.run($0).numbers }
    // Worked out on every rank alike; rank 0 writes.
    return LearningCurveReport(curves: curves(plan, numbers), samples: "events")
  }

  private func curves(_ plan: LearningCurvePlan, _ numbers: [[Double]]) -> [(name: String, curve: LearningCurve)] {
    let labels = plan.table.labels
    let members = kinds.indices.filter { kinds[$0].joinsEnsemble }
    var models = kinds.indices.map { (name: kinds[$0].rawValue, places: [$0]) }
    if members.count > 1 { models.append((name: ShallowModelKind.ensembleName, places: members)) }
    let results = numbers.map { LearningCurvePlan.Result(numbers: $0) }
    return models.map { model in
      var points: [LearningCurve.Point] = []
      var averaged = [Double](repeating: 0, count: labels.count)
      for (place, share) in plan.shares.enumerated() {
        for turn in 0..<plan.repeats {
          var probabilities = [Double](repeating: 0, count: labels.count)
          var (trained, bytes) = (0.0, 0.0)
          for fold in 0..<plan.folds {
            let tested = plan.tested(turn: turn, fold: fold)
            for kind in model.places {
              let result = results[((place * plan.repeats + turn) * plan.folds + fold) * kinds.count + kind]
              trained += Double(result.trained) / Double(model.places.count)
              bytes += Double(result.bytes)
              for (event, probability) in zip(tested, result.probabilities) {
                probabilities[event] += probability / Double(model.places.count)
              }
            }
          }
          points.append(
            LearningCurve.Point(
              share: share, turn: turn, trained: trained / Double(plan.folds),
              scores: Self.scores(probabilities, labels), bytes: (bytes / Double(plan.folds)).rounded()))
          if place == plan.shares.count - 1 {
            for event in averaged.indices { averaged[event] += probabilities[event] / Double(plan.repeats) }
          }
        }
      }
      let keys = plan.table.ids.map { stableHash($0) }
      return (
        model.name,
        LearningCurve(
          measures: Self.measures, points: points,
          intervals: Self.intervals(
            averaged, labels, times: [Double](repeating: .nan, count: labels.count), keys: keys, seed: settings.seed))
      )
    }
  }
}

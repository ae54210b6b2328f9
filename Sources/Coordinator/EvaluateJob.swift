public import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Tells how good the models are, by cross-validation or on a second set of events.
public struct EvaluateJob: Sendable {
  /// The events.
  public var source: LabelledSource
  /// Test events; cross-validation when there are none.
  public var testSource: LabelledSource?
  /// Whether test events that are training events too are scored all the same.
  public var keepsOverlap = false
  /// The models.
  public var kinds: [ShallowModelKind] = ShallowModelKind.allCases
  /// The features; nil for HSDL's eight of pick tables, and for all that a table of features has.
  public var features: FeatureSet?
  /// Folds of a cross-validation.
  public var folds = 5
  /// How often folds are drawn anew, or models trained with another seed.
  public var repeats = 20
  /// How models are trained.
  public var settings = ShallowSettings()
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false

  /// Whether figures are drawn.
  public var drawsFigures = true

  /// The files that the job writes.
  public static let files = ["metrics.json", "predictions.csv", "report.html"]

  /// Creates a job.
  public init(_ source: LabelledSource, output: String) {
    self.source = source
    self.output = output
  }

  /// Runs the job on all ranks.
  ///
  /// - Parameter report: told on rank 0 what to say to the user.
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, record: RunRecord(command: "evaluate"),
      inputs: source.files.real + source.files.fake + (testSource.map { $0.files.real + $0.files.fake } ?? []),
      over: communicator
    ) {
      try evaluate(over: communicator, report: report)
    }
  }

  private func evaluate(over communicator: any Communicator, report: Reporter) throws {
    let events = try source.events(source.allFeatures, over: communicator)
    for remark in events.remarks { report.warn(remark) }
    let all = try events.gathered(over: communicator)
    let features = features ?? source.usualFeatures ?? all.features
    let table = try communicator.agree { try all.selecting(features) }
    let plan: any EvaluationPlan
    let scored: FeatureTable
    var overlap = 0
    if let testSource {
      let testEvents = try testSource.events(testSource.allFeatures, over: communicator)
      for remark in testEvents.remarks { report.warn(remark) }
      let allTest = try testEvents.gathered(over: communicator)
      let trainTest = try communicator.agree {
        try TrainTest(
          training: table, test: allTest.selecting(features), keepsOverlap: keepsOverlap, kinds: kinds,
          repeats: repeats, settings: settings)
      }
      overlap = trainTest.overlap
      let kept = Set(trainTest.test.ids)
      scored = allTest.rows(allTest.ids.indices.filter { kept.contains(allTest.ids[$0]) })
      plan = trainTest
    } else {
      plan = try communicator.agree {
        try CrossValidation(table, kinds: kinds, folds: folds, repeats: repeats, settings: settings)
      }
      scored = all
    }
    let outcomes = plan.outcomes(try Self.run(plan, over: communicator, report: report))
    try communicator.agreeOnRoot {
      let folder = try OutputFolder(output, files: Self.files, overwrites: overwrites)
      try folder.write("metrics.json", json(outcomes, features, scored, trained: table.count, overlap: overlap).text)
      try folder.write("predictions.csv", predictions(outcomes, scored))
      try page(outcomes, features, scored, trained: table.count, overlap: overlap).write(
        to: output, drawsFigures: drawsFigures, report
      ) { try figures(outcomes, features, scored, training: table) }
    }
    if communicator.isRoot { summarize(outcomes, features, scored, trained: table.count, overlap: overlap, report) }
  }

  /// Does the tasks of a plan, shared out over the ranks.
  ///
  /// - Returns: the probabilities of each task, on every rank.
  static func run(
    _ plan: any EvaluationPlan, over communicator: any Communicator, report: Reporter
  ) throws -> [[Double]] {
    try run(count: plan.taskCount, cost: plan.cost, over: communicator, report: report, work: plan.run)
  }

  /// Does tasks that are shared out over the ranks.
  ///
  /// - Parameters:
  ///   - count: how many there are.
  ///   - cost: roughly what each costs.
  ///   - work: does one; gives numbers.
  /// - Returns: the numbers of each task, on every rank.
  static func run(
    count: Int, cost: (Int) -> Double, over communicator: any Communicator, report: Reporter,
    work: @escaping (Int) throws -> [Double]
  ) throws -> [[Double]] {
    var results = [[Double]](repeating: [], count: count)
    let progress = report.progress("fits")
    var done = 0
    try UnitSharing(costs: (0..<count).map(cost), over: communicator).run(
      work: { task, _ in try work(task).withUnsafeBytes { Array($0) } },
      onResult: { task, bytes in
        results[task] = bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
        done += 1
        progress.update(done, count)
      })
    progress.finish()
    let counts = try communicator.broadcast(results.map(\.count))
    let all = try communicator.broadcast(results.flatMap { $0 })
    var start = 0
    return counts.map { count in
      defer { start += count }
      return Array(all[start..<start + count])
    }
  }

  private var isTrainTest: Bool { testSource != nil }

  /// Mean and sample standard deviation; NaN values are left out.
  static func meanAndDeviation(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let moments = Moments(values)
    return (moments.mean, moments.count > 1 ? moments.standardDeviation : 0)
  }

  private func json(
    _ outcomes: [EvaluationOutcome], _ features: FeatureSet, _ scored: FeatureTable, trained: Int, overlap: Int
  ) -> JSONValue {
    let models = outcomes.map { outcome -> (String, JSONValue) in
      var pairs: [(String, JSONValue)] = []
      for (place, name) in BinaryMetrics.names.enumerated() {
        let (mean, deviation) = Self.meanAndDeviation(outcome.tests.map { $0.values[place] })
        pairs.append((name, .object([("mean", .number(mean)), ("sd", .number(deviation))])))
      }
      let passes = Double(isTrainTest ? outcome.tests.count : repeats)
      func perPass(_ part: KeyPath<BinaryMetrics, Int>) -> Double {
        Double(outcome.tests.reduce(0) { $0 + $1[keyPath: part] }) / passes
      }
      let (tn, fp, fn, tp) = (
        perPass(\.trueNegatives), perPass(\.falsePositives), perPass(\.falseNegatives), perPass(\.truePositives)
      )
      pairs.append(
        (
          "confusion",
          .object([
            ("true_negatives", .number(tn)), ("false_positives", .number(fp)), ("false_negatives", .number(fn)),
            ("true_positives", .number(tp)),
          ])
        ))
      func interval(_ successes: Double, _ trials: Double) -> JSONValue {
        let bounds = wilsonInterval(successes: successes, trials: trials)
        return .array([.number(bounds.lower), .number(bounds.upper)])
      }
      pairs.append(
        (
          "wilson_95",
          .object([
            ("accuracy", interval(tn + tp, tn + fp + fn + tp)), ("precision", interval(tp, tp + fp)),
            ("recall", interval(tp, tp + fn)),
          ])
        ))
      let pooled = BinaryMetrics(probabilities: outcome.probabilities, labels: scored.labels)
      pairs.append(("averaged_probability", Self.object(pooled)))
      pairs.append(("small_events", Self.smallEvents(outcome, scored)))
      return (outcome.name, .object(pairs))
    }
    return .object([
      ("models", .object(models)), ("n_events", .integer(scored.count)),
      ("n_real", .integer(scored.labels.reduce(0) { $0 + Int($1) })),
      ("folds", .integer(isTrainTest ? 1 : folds)), ("repeats", .integer(repeats)),
      ("mode", .string(isTrainTest ? "train-test" : "cross-validation")), ("n_training_events", .integer(trained)),
      ("n_overlap", .integer(overlap)), ("overlap_removed", .boolean(overlap > 0 && !keepsOverlap)),
      ("features", .array(features.names.map { .string($0) })),
      ("seed", Int(exactly: settings.seed).map { .integer($0) } ?? .string("\(settings.seed)")),
      ("calibration_folds", .integer(settings.calibrationFolds)),
      (
        "inputs",
        .object([
          ("real", .array(source.files.real.map { .string($0) })),
          ("fake", .array(source.files.fake.map { .string($0) })),
          ("test_real", .array((testSource?.files.real ?? []).map { .string($0) })),
          ("test_fake", .array((testSource?.files.fake ?? []).map { .string($0) })),
        ])
      ),
    ])
  }

  private static func object(_ metrics: BinaryMetrics) -> JSONValue {
    .object(zip(BinaryMetrics.names, metrics.values).map { ($0, .number($1)) })
  }

  /// The measures for events of at most six rows, where most errors are.
  private static func smallEvents(_ outcome: EvaluationOutcome, _ scored: FeatureTable) -> JSONValue {
    guard let place = scored.features.names.firstIndex(of: "p_n") else { return .null }
    let counts = scored.column(place)
    let small = scored.ids.indices.filter { counts[$0] <= 6 }
    let metrics = BinaryMetrics(
      probabilities: small.map { outcome.probabilities[$0] }, labels: small.map { scored.labels[$0] })
    return .object([
      ("n_events", .integer(small.count)), ("accuracy", .number(metrics.accuracy)),
      ("precision", .number(metrics.precision)), ("recall", .number(metrics.recall)),
    ])
  }

  private func predictions(_ outcomes: [EvaluationOutcome], _ scored: FeatureTable) -> String {
    let sink = TextSink()
    sink.append("event_id,type")
    for outcome in outcomes { sink.append(text: ",probability_\(outcome.name)") }
    sink.append(byte: 10)
    for event in 0..<scored.count {
      sink.append(cell: scored.ids[event])
      sink.append(byte: 44)
      sink.append(Int(scored.labels[event]))
      for outcome in outcomes {
        sink.append(byte: 44)
        sink.append(outcome.probabilities[event])
      }
      sink.append(byte: 10)
    }
    return sink.string
  }

  private func summarize(
    _ outcomes: [EvaluationOutcome], _ features: FeatureSet, _ scored: FeatureTable, trained: Int, overlap: Int,
    _ report: Reporter
  ) {
    let real = scored.labels.reduce(0) { $0 + Int($1) }
    var lines: [String] = []
    if isTrainTest {
      if overlap > 0 {
        if keepsOverlap {
          report.warn(
            "\(overlap) of the \(scored.count) test events are training events too; these scores say nothing about new "
              + "events")
        } else {
          lines.append(
            "\(overlap) of the \(scored.count + overlap) test events are training events too and were removed from the "
              + "test")
        }
      }
      lines.append(
        "trained on \(trained) events, tested on \(scored.count)\(keepsOverlap ? "" : " others") (\(real) real, \(scored.count - real) fake); \(repeats) seeds"
      )
    } else {
      lines.append(
        "\(scored.count) events (\(real) real, \(scored.count - real) fake); \(folds) folds × \(repeats) repeats; \(features.count > 20 ? "\(features.count) features" : "features " + features.names.joined(separator: ", "))"
      )
    }
    let columns = ["accuracy", "precision", "recall", "f1", "roc_auc", "average_precision", "brier", "ece"]
    let places = [0, 1, 2, 3, 4, 5, 6, 7]
    var rows: [[String]] = [["model"] + columns]
    for outcome in outcomes {
      rows.append(
        [outcome.name]
          + places.map { place in
            let (mean, deviation) = Self.meanAndDeviation(outcome.tests.map { $0.values[place] })
            return place == 0
              ? "\(fixed(mean, decimals: 4)) ± \(fixed(deviation, decimals: 4))" : fixed(mean, decimals: 4)
          })
    }
    lines.append(contentsOf: textTable(rows))
    lines.append("results in \(output)/metrics.json, predictions.csv and report.html")
    for line in lines { report.say(line) }
  }
}

/// Rows of words as lines with aligned columns.
func textTable(_ rows: [[String]]) -> [String] {
  let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    var line = ""
    for (column, word) in row.enumerated() {
      let padding = String(repeating: " ", count: widths[column] - word.count)
      line += column == 0 ? word + padding : "  " + padding + word
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}

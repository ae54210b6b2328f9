import HSDLCompute
import SeismicFormats
import Worker

/// Events of which it is known what they are, with the probabilities that models give them.
struct ScoredEvents {
  /// Identifiers.
  var ids: [String]
  /// 1 for real events, 0 for fake ones.
  var labels: [UInt8]
  /// Seconds since 1970; NaN where they are not known.
  var times: [Double]
  /// The models, each compared with those before it; NaN for an event that one could not score.
  var models: [(name: String, probabilities: [Double])]
  /// What errors cost.
  var costs = DecisionCosts.usual
  /// Of the draws for intervals.
  var seed: UInt64 = 42

  /// Whether figures are drawn.
  var drawsFigures = true

  /// The files that are written.
  static let files = ["metrics.json", "predictions.csv", "report.html"]

  init(ids: [String], labels: [UInt8], times: [Double], models: [(name: String, probabilities: [Double])]) {
    self.ids = ids
    self.labels = labels
    self.times = times
    self.models = models
  }

  /// Writes measures and predictions, and says the main ones.
  ///
  /// - Parameters:
  ///   - mode: how the probabilities came about, in a word.
  ///   - inputs: the files that were read, by what they are.
  /// - Throws: ``FormatError``.
  func write(to folder: OutputFolder, mode: String, inputs: [(String, [String])], _ report: Reporter) throws {
    let validation = ModelCard.Validation(
      models: models, labels: labels, times: times, keys: ids.map { stableHash($0) }, costs: costs,
      method: "events of \((inputs.first?.1 ?? []).joined(separator: ", "))", blocks: 0, seed: seed)
    let told = ValidationReport(validation)
    try folder.write("metrics.json", json(told, mode: mode, inputs: inputs).text)
    try folder.write("predictions.csv", predictions)
    report.say(
      "\(ids.count) events (\(labels.reduce(0) { $0 + Int($1) }) real); 95 % intervals by drawing blocks of time")
    for line in told.lines { report.say(line) }
    try page(told, mode: mode, inputs: inputs).write(to: folder.path, drawsFigures: drawsFigures, report) {
      ScoreFigures(
        models: models.map { ScoreFigures.Model(name: $0.name, probabilities: $0.probabilities) }, labels: labels,
        events: "\(ids.count) events"
      ).all
    }
    report.say("results in \(folder.path)/metrics.json, predictions.csv and report.html")
  }

  private func page(_ told: ValidationReport, mode: String, inputs: [(String, [String])]) -> ModelReport {
    ModelReport(
      title: mode == "refined" ? "Evaluation of a refined catalog" : "Evaluation of a discriminator",
      subtitle: "\(ids.count) events, \(labels.reduce(0) { $0 + Int($1) }) of them real",
      results: told.blocks + [
        .paragraph(
          "Kept from P = \(fixed(costs.realThreshold, decimals: 3)), rejected below P = \(fixed(costs.fakeThreshold, decimals: 3)), as errors cost: \(costs.lostReal) a lost event, \(costs.keptFake) a false one that is kept, \(costs.review) a look."
        )
      ], facts: inputs.map { ($0.0, ModelReport.list($0.1)) } + [("seed", "\(seed)")],
      files: ["metrics.json", "predictions.csv"])
  }

  private func json(_ told: ValidationReport, mode: String, inputs: [(String, [String])]) -> JSONValue {
    let entries = models.map { model -> (String, JSONValue) in
      let scored = model.probabilities.indices.filter { !model.probabilities[$0].isNaN }
      let metrics = BinaryMetrics(
        probabilities: scored.map { model.probabilities[$0] }, labels: scored.map { labels[$0] })
      let pairs = zip(BinaryMetrics.names, metrics.values).map { name, value in
        (name, JSONValue.object([("mean", .number(value)), ("sd", .number(0))]))
      }
      return (model.name, .object(pairs + told.json(of: model.name)))
    }
    return .object([
      ("models", .object(entries)), ("differences", told.differences), ("n_events", .integer(ids.count)),
      ("n_real", .integer(labels.reduce(0) { $0 + Int($1) })), ("folds", .integer(1)), ("repeats", .integer(1)),
      ("mode", .string(mode)),
      (
        "thresholds",
        .object([
          ("real", .number(costs.realThreshold)), ("fake", .number(costs.fakeThreshold)),
          ("cost_lost_real", .number(costs.lostReal)), ("cost_kept_fake", .number(costs.keptFake)),
          ("cost_review", .number(costs.review)),
        ])
      ), ("seed", Int(exactly: seed).map { .integer($0) } ?? .string("\(seed)")),
      ("inputs", .object(inputs.map { ($0, .array($1.map { .string($0) })) })),
    ])
  }

  private var predictions: String {
    let sink = TextSink()
    sink.append("event_id,type")
    for model in models { sink.append(text: ",probability_\(model.name)") }
    sink.append(byte: 10)
    for event in ids.indices {
      sink.append(cell: ids[event])
      sink.append(byte: 44)
      sink.append(Int(labels[event]))
      for model in models {
        sink.append(byte: 44)
        if !model.probabilities[event].isNaN { sink.append(model.probabilities[event]) }
      }
      sink.append(byte: 10)
    }
    return sink.string
  }
}

import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Tells how good a picker is on labelled waveforms.
public struct EvaluatePickerJob: Sendable {
  /// The folder of the picker.
  public var model: String
  /// Where the labelled waveforms are.
  public var sources: [TrainingSource]
  /// What differs from the usual way to make picks.
  public var changes = PickSettingChanges()
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false

  /// Whether figures are drawn.
  public var drawsFigures = true

  /// The files that the job writes.
  public static let files = ["metrics.json", "predictions.csv", "report.html"]

  /// Creates a job.
  public init(model: String, sources: [TrainingSource], output: String) {
    self.model = model
    self.sources = sources
    self.output = output
  }

  /// Runs the job on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, record: RunRecord(command: "evaluate"),
      inputs: sources.flatMap(\.paths) + ["\(model)/card.json"], over: communicator
    ) {
      let folder = try PickerFolder.load(model, over: communicator)
      let description = folder.card.description
      let picker = PickerModel(
        network: try communicator.agree { try folder.picker() }, hash: folder.card.hash,
        description: folder.card.description)
      var problems = 0
      let set = try PickerTrainingSet(sources, picker: description, over: communicator) { _ in problems += 1 }
      let usable = set.entries.indices.filter { set.entries[$0].isUsable }
      report.note("\(counted(usable.count, "waveforms")) to be picked")
      let evaluation = PickerEvaluation(changes.applied(to: description))
      let result = try evaluation.run(picker, count: usable.count, over: communicator) { number in
        let record: TrainingRecord
        do { record = try set.record(usable[number], onProblem: { _ in problems += 1 }) } catch is FormatError {
          problems += 1
          return nil
        }
        var trace = Self.trace(record, order: description.componentOrder, rate: description.samplingRate)
        // The set has filtered already where the picker wants it.
        trace.isFiltered = true
        return trace
      }
      problems = try communicator.allreduce(problems, .sum)
      try communicator.agreeOnRoot {
        let output = try OutputFolder(output, files: [], overwrites: true)
        try output.write("predictions.csv", result.predictions)
        try output.write("metrics.json", result.metrics)
        if problems > 0 { report.warn("\(counted(problems, "waveforms")) could not be used") }
        report.say(
          "\(counted(result.count, "waveforms")), a pick within \(evaluation.tolerance) s of the label is right:")
        var rows = [
          [
            "phase", "labels", "picks", "right", "precision", "recall", "F1", "mean", "deviation", "mean size",
            "noise with picks",
          ]
        ]
        for (name, score) in [("P", result.p), ("S", result.s)] {
          func text(_ estimate: PickScore.Estimate) -> String { fixed(estimate.value, decimals: 3) }
          rows.append([
            name, "\(score.labels)", "\(score.picks)", "\(score.hits)", text(score.precision), text(score.recall),
            "\(text(score.f1)) (\(fixed(score.f1.lower, decimals: 3)) to \(fixed(score.f1.upper, decimals: 3)))",
            "\(text(score.meanResidual)) s", "\(text(score.residualDeviation)) s",
            "\(text(score.meanAbsoluteResidual)) s", "\(score.noiseWaveformsWithPicks) of \(score.noiseWaveforms)",
          ])
        }
        for line in textTable(rows) { report.say(line) }
        try ModelReport(
          title: "Evaluation of a picker", subtitle: "\(counted(result.count, "waveforms"))",
          results: [
            .table(
              ReportPage.Table(
                "A pick within \(evaluation.tolerance) s of the label is right", columns: rows[0],
                rows: Array(rows.dropFirst())))
          ],
          facts: [
            ("picker", model), ("hash", folder.card.hash), ("data", ModelReport.list(sources.map(\.description))),
          ], files: Self.files.filter { $0 != "report.html" }
        ).write(to: self.output, drawsFigures: drawsFigures, report) {
          PickFigures(rows: PickFigures.rows(result.predictions), tolerance: evaluation.tolerance).all
        }
      }
    }
  }

  /// A record with its labels, components as up, north, east.
  static func trace(_ record: TrainingRecord, order: String, rate: Double) -> LabelledTrace {
    let letters = Array(order)
    let components = ["Z", "N", "E"].map { letter -> [Double] in
      guard let place = letters.firstIndex(where: { String($0) == letter }), record.present[place] else { return [] }
      return record.samples[place * record.count..<(place + 1) * record.count].map(Double.init)
    }
    func inside(_ sample: Double?) -> Double? {
      guard let sample, sample >= 0, sample < Double(record.count) else { return nil }
      return sample / rate
    }
    return LabelledTrace(
      name: record.name, components: components, samplingRate: rate, p: record.arrivals.compactMap { inside($0.p) },
      s: record.arrivals.compactMap { inside($0.s) })
  }
}

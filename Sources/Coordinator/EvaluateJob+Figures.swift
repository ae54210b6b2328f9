import HSDLCompute
import Worker

extension EvaluateJob {
  /// The figures of an evaluation: what the features look like, what the models say of events that they were not trained on, and why.
  ///
  /// - Parameters:
  ///   - scored: the events that were tested, with all their features.
  ///   - training: the events that models were trained on, with the features that they take.
  /// - Throws: ``ComputeError``.
  func figures(
    _ outcomes: [EvaluationOutcome], _ features: FeatureSet, _ scored: FeatureTable, training: FeatureTable
  ) throws -> [Figure] {
    let chosen = try scored.selecting(features)
    let components =
      Set(scored.labels).count == 2 && features.count >= 2
      ? try PrincipalComponents(TrainingRows(chosen), over: SingleRank()) : nil
    var figures = try FeatureFigures(scored).all(components: components, of: features)
    let way = testSource == nil ? "\(folds)-fold cross-validation, mean of \(repeats) repeats" : "events not trained on"
    let events = "\(scored.count) events, \(way)"
    figures +=
      ScoreFigures(
        models: outcomes.map { ScoreFigures.Model(name: $0.name, probabilities: $0.probabilities) },
        labels: scored.labels, events: events
      ).all
    let passes = Double(testSource == nil ? repeats : max(1, outcomes.first?.tests.count ?? 1))
    let matrices = outcomes.map { outcome in
      func mean(_ part: KeyPath<BinaryMetrics, Int>) -> Double {
        Double(outcome.tests.reduce(0) { $0 + $1[keyPath: part] }) / passes
      }
      return (
        name: outcome.name, trueNegatives: mean(\.trueNegatives), falsePositives: mean(\.falsePositives),
        falseNegatives: mean(\.falseNegatives), truePositives: mean(\.truePositives)
      )
    }
    if let figure = ModelFigures.confusion(matrices, events: events) { figures.append(figure) }
    figures += try DecisionRegionFigure(training, kinds: kinds, settings: settings).figures()
    figures += try ExplanationFigures(training, kinds: kinds, settings: settings).figures()
    return figures
  }

  /// What the page says beside the figures.
  func page(
    _ outcomes: [EvaluationOutcome], _ features: FeatureSet, _ scored: FeatureTable, trained: Int, overlap: Int
  ) -> ModelReport {
    let real = scored.labels.reduce(0) { $0 + Int($1) }
    func text(_ outcome: EvaluationOutcome, _ place: Int) -> (mean: String, deviation: String) {
      let (mean, deviation) = Self.meanAndDeviation(outcome.tests.map { $0.values[place] })
      return (fixed(mean, decimals: 4), fixed(deviation, decimals: 4))
    }
    let titles = [
      "accuracy", "precision", "recall", "F1", "ROC-AUC", "average precision", "Brier score", "calibration error",
    ]
    var blocks: [ModelReport.Result] = []
    if let main = outcomes.last {
      blocks.append(
        .keyFigures(
          [(4, "ROC-AUC"), (0, "accuracy"), (6, "Brier score")].map { place, name in
            let (mean, deviation) = text(main, place)
            return ReportPage.KeyFigure("\(name), \(main.name)", mean, interval: "± \(deviation) between tests")
          } + [ReportPage.KeyFigure("events", "\(scored.count)", interval: "\(real) real, \(scored.count - real) fake")]
        ))
    }
    blocks.append(
      .table(
        ReportPage.Table(
          "Means and standard deviations over the tests", columns: ["model"] + titles,
          rows: outcomes.map { outcome in
            [outcome.name]
              + titles.indices.map {
                let (mean, deviation) = text(outcome, $0)
                return "\(mean) ± \(deviation)"
              }
          })))
    if overlap > 0 {
      blocks.append(
        .note(
          keepsOverlap
            ? "\(overlap) of the test events are training events too; these scores say nothing about new events."
            : "\(overlap) test events are training events too and were removed from the test."))
    }
    let isTest = testSource != nil
    return ModelReport(
      title: "Evaluation of models",
      subtitle: isTest
        ? "Trained on \(trained) events, tested on \(scored.count) others"
        : "\(folds)-fold cross-validation of \(scored.count) events, \(repeats) repeats",
      results: blocks,
      facts: ModelReport.events(real: source.files.real, fake: source.files.fake)
        + (testSource.map { ModelReport.events("test events", real: $0.files.real, fake: $0.files.fake) } ?? []) + [
          ("features", features.names.joined(separator: ", ")), ("models", kinds.map(\.title).joined(separator: ", ")),
          ("seed", "\(settings.seed)"), ("folds for calibration", "\(settings.calibrationFolds)"),
        ], files: ["metrics.json", "predictions.csv"])
  }
}

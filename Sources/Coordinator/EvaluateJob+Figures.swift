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
}

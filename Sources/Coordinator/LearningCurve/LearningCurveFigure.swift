import HSDLCompute

/// Scores and size of models against the share of the training data.
struct LearningCurveFigure {
  /// The curves, by model.
  let curves: [(name: String, curve: LearningCurve)]
  /// What the samples are called: events, windows.
  let samples: String

  /// The figure; nil where there is nothing to be drawn.
  var figure: Figure? {
    guard let measures = curves.first?.curve.measures, curves.contains(where: { !$0.curve.points.isEmpty }) else {
      return nil
    }
    var panels = measures.indices.map { place -> FigurePanel in
      panel(
        Self.title(measures[place].name),
        y: FigureAxis(Self.title(measures[place].name) + (measures[place].isGain ? "" : " (small is good)")),
        interval: { $0.intervals.indices.contains(place) ? $0.intervals[place] : nil }
      ) { $0.scores.indices.contains(place) ? $0.scores[place] : (.nan, .nan, .nan) }
    }
    panels.append(
      panel("size of the model", y: FigureAxis("size", unit: "kB", scale: .logarithmic), interval: { _ in nil }) {
        ($0.bytes / 1000, $0.bytes / 1000, $0.bytes / 1000)
      })
    panels.append(
      panel("training \(samples)", y: FigureAxis(samples), interval: { _ in nil }) {
        ($0.trained, $0.trained, $0.trained)
      })
    return Figure(
      "learning_curve", title: "How good models are with a share of the training data",
      altText:
        "Scores of models against the share of the training data: means over the repeats with the least and the greatest; bands are 95 % intervals of the scores with all data.",
      columns: panels.count > 4 ? 3 : 2, panels: panels)
  }

  private static func title(_ measure: String) -> String {
    switch measure {
    case "roc_auc": "ROC-AUC"
    case "average_precision": "average precision"
    case "brier": "Brier score"
    case "p_f1": "F1 of P picks"
    case "s_f1": "F1 of S picks"
    default: measure
    }
  }

  private func panel(
    _ title: String, y: FigureAxis, interval: (LearningCurve) -> ClosedRange<Double>?,
    _ value: (LearningCurve.Summary) -> (mean: Double, least: Double, greatest: Double)
  ) -> FigurePanel {
    var (bands, lines): ([FigureLayer], [FigureLayer]) = ([], [])
    for (number, model) in curves.enumerated() {
      let summaries = model.curve.summaries
      // Put a little beside one another, so that the bars of all models are seen.
      let offset = (Double(number) - Double(curves.count - 1) / 2) * 0.6
      let x = summaries.map { 100 * $0.share + offset }
      let values = summaries.map(value)
      var style = FigureStyle.series(number)
      style.size = 0.14
      if let range = interval(model.curve), range.lowerBound.isFinite, range.upperBound.isFinite, curves.count <= 2 {
        bands.append(
          FigureLayer(
            "95 % interval with all data" + (curves.count > 1 ? ", \(model.name)" : ""), style,
            .band(
              x: [0, 103], lower: [range.lowerBound, range.lowerBound], upper: [range.upperBound, range.upperBound])))
      }
      lines.append(FigureLayer(model.name, style, .line(x: x, y: values.map(\.mean))))
      lines.append(
        FigureLayer(
          model.name, style,
          .points(FigurePoints(x: x, y: values.map(\.mean), yInterval: (values.map(\.least), values.map(\.greatest))))))
    }
    return .plot(
      PlotPanel(
        title: title, x: FigureAxis("share of the training data", unit: "%", range: 0...104), y: y,
        layers: bands + lines, aspect: 0.8))
  }
}

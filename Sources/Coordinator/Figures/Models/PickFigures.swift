import HSDLCompute

/// Figures of picks that were compared with labels.
struct PickFigures {
  /// A pick, or a label that was missed.
  struct Row {
    /// Whether it is an S.
    var isS: Bool
    /// The pick's score; NaN for a label that was missed.
    var score: Double
    /// How much later the pick is than its label, in s; NaN where it has none.
    var residual: Double
  }

  /// Picks and missed labels.
  let rows: [Row]
  /// How far a pick may be from its label, in s.
  let tolerance: Double

  /// The rows of a table as ``PickerEvaluation`` writes it.
  static func rows(_ predictions: String) -> [Row] {
    predictions.split(separator: "\n").dropFirst().compactMap { line in
      // Names may hold anything, so the fields are counted from behind: phase, time, score, label, residual.
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).suffix(5).map(String.init)
      guard fields.count == 5 else { return nil }
      return Row(isS: fields[0] == "S", score: Double(fields[2]) ?? .nan, residual: Double(fields[4]) ?? .nan)
    }
  }

  /// All figures.
  var all: [Figure] { rows.contains { !$0.score.isNaN } ? [residuals, thresholds, reliability].compactMap { $0 } : [] }

  private func phase(_ isS: Bool) -> (name: String, rows: [Row]) { (isS ? "S" : "P", rows.filter { $0.isS == isS }) }

  /// Histograms of how much later picks are than labels.
  var residuals: Figure? {
    let panels = [false, true].compactMap { isS -> FigurePanel? in
      let (name, own) = phase(isS)
      let values = own.map(\.residual).filter(\.isFinite)
      guard !values.isEmpty else { return nil }
      let bins = Histogram(range: -tolerance...tolerance, count: 50)
      let moments = Moments(values)
      return .plot(
        PlotPanel(
          title:
            "\(name): mean \(fixed(moments.mean, decimals: 3)) s, deviation \(fixed(moments.count > 1 ? moments.standardDeviation : 0, decimals: 3)) s",
          x: FigureAxis("pick less label", unit: "s"), y: FigureAxis("picks"),
          layers: [
            FigureLayer(name, .series(isS ? 1 : 0), .histogram(edges: bins.edges, counts: bins.counts(values))),
            FigureLayer("no difference", .guide, .guide(.vertical(0))),
          ]))
    }
    guard !panels.isEmpty else { return nil }
    return Figure(
      "pick_residuals", title: "Times of picks against labels",
      altText: "Histograms of the time of right picks less that of their labels, P and S.", columns: panels.count,
      panels: panels)
  }

  /// Precision and recall of picks from a score on.
  var thresholds: Figure? {
    var (against, by): ([FigureLayer], [FigureLayer]) = ([], [])
    var table = FigureTable(columns: ["phase", "score", "precision", "recall", "f1"])
    for isS in [false, true] {
      let (name, own) = phase(isS)
      let labels = own.count { $0.score.isNaN || $0.residual.isFinite }
      let picks = own.filter { !$0.score.isNaN }.sorted { $0.score > $1.score }
      guard labels > 0, !picks.isEmpty else { continue }
      var (x, precision, recall, f1): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
      var right = 0
      for (place, pick) in picks.enumerated() {
        if pick.residual.isFinite { right += 1 }
        guard place + 1 == picks.count || picks[place + 1].score != pick.score else { continue }
        x.append(pick.score)
        precision.append(Double(right) / Double(place + 1))
        recall.append(Double(right) / Double(labels))
        f1.append(2 * Double(right) / Double(place + 1 + labels))
        table.rows.append([
          .text(name), .number(pick.score), .number(precision[precision.count - 1]), .number(recall[recall.count - 1]),
          .number(f1[f1.count - 1]),
        ])
      }
      let style = FigureStyle.series(isS ? 1 : 0)
      against.append(FigureLayer(name, style, .line(x: recall, y: precision)))
      by.append(FigureLayer(name, style, .line(x: x, y: f1)))
    }
    guard !against.isEmpty else { return nil }
    return Figure(
      "pick_thresholds", title: "What thresholds on the score of picks do",
      altText:
        "Left: precision against recall of P and S picks from each score on; right: F1 by the least score. Scores below the thresholds of the run are not seen.",
      columns: 2,
      panels: [
        .plot(
          PlotPanel(
            title: "precision and recall", x: FigureAxis("recall", range: 0...1),
            y: FigureAxis("precision", range: 0...1),
            layers: against, aspect: 0.8)),
        .plot(
          PlotPanel(
            title: "F1", x: FigureAxis("least score", range: 0...1), y: FigureAxis("F1", range: 0...1), layers: by,
            aspect: 0.8)),
      ], table: table)
  }

  /// How often picks of a score were right.
  var reliability: Figure? {
    ScoreFigures.reliability(
      [false, true].map { isS in
        let (name, own) = phase(isS)
        let picks = own.filter { !$0.score.isNaN }
        return (
          "\(name) picks",
          ReliabilityTable(
            probabilities: picks.map { min(1, max(0, $0.score)) }, labels: picks.map { $0.residual.isFinite ? 1 : 0 })
        )
      }, events: "picks within \(fixed(tolerance, decimals: 1)) s of a label",
      words: ScoreFigures.ReliabilityWords(score: "mean score", share: "share of right picks"))
  }
}

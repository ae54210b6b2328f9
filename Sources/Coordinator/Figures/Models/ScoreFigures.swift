import Foundation
import HSDLCompute

/// Figures of probabilities that models give to events of which it is known what they are.
struct ScoreFigures {
  /// A model's probabilities.
  struct Model {
    /// What it is called.
    var name: String
    /// The probability that each event is real; NaN where it gave none.
    var probabilities: [Double]
  }

  /// The models.
  let models: [Model]
  /// 1 for real events, 0 for fake ones.
  let labels: [UInt8]
  /// Which events these are, for titles.
  let events: String

  /// All figures.
  var all: [Figure] {
    guard !models.isEmpty, !labels.isEmpty else { return [] }
    return [curves, reliability, distributions].compactMap { $0 }
  }

  /// Receiver operating characteristic, and precision against recall.
  var curves: Figure? {
    let found = models.enumerated().compactMap { number, model -> (Int, String, DetectionCurve, BinaryMetrics)? in
      let curve = DetectionCurve(probabilities: model.probabilities, labels: labels)
      let known = model.probabilities.indices.filter { !model.probabilities[$0].isNaN }
      let metrics = BinaryMetrics(
        probabilities: known.map { model.probabilities[$0] }, labels: known.map { labels[$0] })
      return curve.points.isEmpty ? nil : (number, model.name, curve, metrics)
    }
    guard !found.isEmpty else { return nil }
    func least(_ values: [Double]) -> Double {
      max(0, min(0.9, (((values.min() ?? 0) - 0.02) * 10).rounded(.down) / 10))
    }
    let roc = found.map { number, name, curve, _ in
      let points = Self.corners(curve.points.map { ($0.falsePositiveRate, $0.truePositiveRate) })
      return FigureLayer(name, .series(number), .line(x: points.map(\.0), y: points.map(\.1)))
    }
    let precision = found.map { number, name, curve, _ in
      let points = Self.corners(curve.points.map { ($0.truePositiveRate, $0.precision) })
      return FigureLayer(name, .series(number), .line(x: points.map(\.0), y: points.map(\.1)))
    }
    // Where curves run along the edge, the corner tells more.
    let floor = least(
      found.map { $0.2.points.filter { (0.5...0.98).contains($0.truePositiveRate) }.map(\.precision).min() ?? 1 })
    let rows = found.flatMap { _, name, curve, _ in
      curve.points.map { point -> [FigureTable.Cell] in
        [
          .text(name), point.threshold.isFinite ? .number(point.threshold) : .empty, .number(point.falsePositiveRate),
          .number(point.truePositiveRate), .number(point.precision),
        ]
      }
    }
    let guide = FigureLayer("guessing", .guide, .guide(.diagonal))
    let said = found.map {
      "\($0.1): ROC-AUC \(fixed($0.3.rocAUC, decimals: 4)), average precision \(fixed($0.3.averagePrecision, decimals: 4))"
    }
    return Figure(
      "roc_precision_recall", title: "What thresholds do: \(events)",
      altText:
        "Left: share of real events kept against share of fake ones kept; middle: its upper left corner; right: precision against recall. \(said.joined(separator: "; ")).",
      columns: 3,
      panels: [
        .plot(
          PlotPanel(
            title: "ROC", x: FigureAxis("false positive rate", range: 0...1),
            y: FigureAxis("true positive rate", range: 0...1), layers: [guide] + roc, aspect: 1)),
        .plot(
          PlotPanel(
            title: "ROC, corner", x: FigureAxis("false positive rate", range: 0...0.1),
            y: FigureAxis("true positive rate", range: 0.9...1), layers: roc, aspect: 1)),
        .plot(
          PlotPanel(
            title: "precision and recall", x: FigureAxis("recall", range: 0...1),
            y: FigureAxis("precision", range: floor...1), layers: precision, aspect: 1)),
      ],
      table: FigureTable(
        columns: ["model", "threshold", "false_positive_rate", "true_positive_rate", "precision"], rows: rows))
  }

  /// The points of a curve without those between neighbours on the same level or the same place, and closer than can be seen.
  static func corners(_ points: [(Double, Double)]) -> [(Double, Double)] {
    var kept: [(Double, Double)] = []
    for (place, point) in points.enumerated() {
      if place > 0, place + 1 < points.count, let last = kept.last {
        let next = points[place + 1]
        if (last.0 == point.0 && point.0 == next.0) || (last.1 == point.1 && point.1 == next.1) { continue }
        if abs(point.0 - last.0) < 0.0005, abs(point.1 - last.1) < 0.0005 { continue }
      }
      kept.append(point)
    }
    return kept
  }

  /// How often events of a probability were real, with intervals.
  var reliability: Figure? {
    var panels: [FigurePanel] = []
    var rows: [[FigureTable.Cell]] = []
    for (number, model) in models.enumerated() {
      let table = ReliabilityTable(probabilities: model.probabilities, labels: labels)
      guard table.bins.contains(where: { $0.count > 0 }) else { continue }
      panels.append(Self.panel(table, model.name, number, isAlone: models.count == 1))
      rows += Self.rows(table, model.name)
    }
    return panels.isEmpty ? nil : Self.reliabilityFigure(panels, rows, events: events)
  }

  /// What the axes of a reliability figure say.
  struct ReliabilityWords {
    /// What stands on the axis below.
    var score = "mean probability"
    /// What stands on the axis at the left.
    var share = "share of real events"
  }

  /// A figure of tables that were worked out already.
  static func reliability(
    _ tables: [(name: String, table: ReliabilityTable)], events: String, words: ReliabilityWords = ReliabilityWords()
  ) -> Figure? {
    let known = tables.filter { $0.table.bins.contains { $0.count > 0 } }
    guard !known.isEmpty else { return nil }
    return reliabilityFigure(
      known.enumerated().map { panel($1.table, $1.name, $0, isAlone: known.count == 1, words) },
      known.flatMap { rows($0.table, $0.name) }, events: events)
  }

  private static func reliabilityFigure(_ panels: [FigurePanel], _ rows: [[FigureTable.Cell]], events: String) -> Figure
  {
    Figure(
      "reliability", title: "Reliability of probabilities: \(events)",
      altText:
        "For ten bins of probability the share of events that were real, with 95 % intervals (Wilson); on the diagonal probabilities are right. Larger points stand for more events; the calibration error is in the titles.",
      columns: min(3, panels.count), panels: panels,
      table: FigureTable(
        columns: [
          "model", "lower", "upper", "events", "real", "mean_probability", "observed", "wilson_lower", "wilson_upper",
        ], rows: rows))
  }

  private static func panel(
    _ table: ReliabilityTable, _ name: String, _ number: Int, isAlone: Bool, _ words: ReliabilityWords = .init()
  ) -> FigurePanel {
    let bins = table.bins.filter { $0.count > 0 }
    let style = FigureStyle.series(number)
    let x = bins.compactMap(\.meanProbability)
    let y = bins.compactMap(\.observed)
    return .plot(
      PlotPanel(
        title: "\(name), calibration error \(fixed(table.calibrationError, decimals: 4))",
        x: FigureAxis(words.score, range: -0.02...1.02), y: FigureAxis(words.share, range: -0.02...1.02),
        layers: [
          FigureLayer("right probabilities", .guide, .guide(.diagonal)),
          FigureLayer(name, style, .line(x: x, y: y)),
          FigureLayer(
            name, style,
            .points(
              FigurePoints(
                x: x, y: y, sizes: bins.map { 0.1 + 0.06 * log10(Double($0.count)) },
                yInterval: (bins.map(\.wilsonLower), bins.map(\.wilsonUpper))))),
        ], aspect: isAlone ? 0.6 : 1))
  }

  private static func rows(_ table: ReliabilityTable, _ name: String) -> [[FigureTable.Cell]] {
    table.bins.map { bin in
      [
        .text(name), .number(bin.lower), .number(bin.upper), .integer(bin.count), .integer(bin.real),
        bin.meanProbability.map { .number($0) } ?? .empty, bin.observed.map { .number($0) } ?? .empty,
        .number(bin.wilsonLower), .number(bin.wilsonUpper),
      ]
    }
  }

  /// Histograms of the probabilities, real and fake.
  var distributions: Figure? {
    let bins = Histogram(range: 0...1, count: 20)
    let panels = models.enumerated().map { number, model -> FigurePanel in
      func layer(_ name: String, _ style: FigureStyle, _ label: UInt8) -> FigureLayer {
        FigureLayer(
          name, style,
          .histogram(
            edges: bins.edges,
            counts: bins.counts(labels.indices.filter { labels[$0] == label }.map { model.probabilities[$0] })))
      }
      return .plot(
        PlotPanel(
          title: model.name, x: FigureAxis("probability that the event is real", range: 0...1),
          y: FigureAxis("events", scale: .logarithmic),
          layers: [
            layer("fake", .fake, 0), layer("real", .real, 1),
            FigureLayer("threshold 0.5", .guide, .guide(.vertical(0.5))),
          ]))
    }
    return Figure(
      "score_distribution", title: "Probabilities of real and fake events: \(events)",
      altText: "Histograms of the probability by model, real and fake events apart, numbers on a logarithmic axis.",
      columns: min(3, panels.count), panels: panels)
  }
}

import HSDLCompute
import Worker

/// Figures of what models on features have learnt.
enum ModelFigures {
  /// Confusion matrices: how many events of each kind were taken for what.
  ///
  /// - Parameter matrices: by model, true negatives, false positives, false negatives and true positives; means over repeats.
  static func confusion(
    _ matrices: [(
      name: String, trueNegatives: Double, falsePositives: Double, falseNegatives: Double, truePositives: Double
    )],
    events: String
  ) -> Figure? {
    guard !matrices.isEmpty else { return nil }
    func text(_ value: Double) -> String { fixed(value, decimals: value == value.rounded() ? 0 : 1) }
    let panels = matrices.map { matrix -> FigurePanel in
      let counts = [matrix.trueNegatives, matrix.falsePositives, matrix.falseNegatives, matrix.truePositives]
      let rows = [counts[0] + counts[1], counts[0] + counts[1], counts[2] + counts[3], counts[2] + counts[3]]
      let shares = zip(counts, rows).map { $1 > 0 ? $0 / $1 : .nan }
      return .plot(
        PlotPanel(
          title: matrix.name, x: FigureAxis("prediction", scale: .categories(["fake", "real"])),
          y: FigureAxis("truth", scale: .categories(["fake", "real"]), isReversed: true),
          layers: [
            FigureLayer(
              "events", .black,
              .cells(
                FigureCells(
                  columns: 2, rows: 2, values: shares,
                  words: zip(counts, shares).map {
                    "\(text($0)) (\(fixed(100 * $1, decimals: 1)) %)"
                  })))
          ], aspect: 0.8, colourScale: ColourScale(.sequential, 0...1, label: "share of the row", hasBar: false)))
    }
    return Figure(
      "confusion", title: "Confusion matrices at threshold 0.5: \(events)",
      altText:
        "For each model how many fake and real events were taken for fake and for real; colours by share of the row.",
      columns: min(4, panels.count), panels: panels,
      table: FigureTable(
        columns: ["model", "true_negatives", "false_positives", "false_negatives", "true_positives"],
        rows: matrices.map {
          [
            .text($0.name), .number($0.trueNegatives), .number($0.falsePositives), .number($0.falseNegatives),
            .number($0.truePositives),
          ]
        }))
  }

  /// Importances: the models' own, and the mean size of contributions to the probability (Shapley).
  ///
  /// - Parameter members: by model the model's own measure, which may have none, and the mean contributions, by feature.
  static func importances(_ members: [(name: String, own: [String: Double], contribution: [String: Double])]) -> Figure?
  {
    let known = members.filter { !$0.contribution.isEmpty }
    guard !known.isEmpty else { return nil }
    var panels: [FigurePanel] = []
    var rows: [[FigureTable.Cell]] = []
    for (number, member) in known.enumerated() {
      let total = member.own.values.reduce(0) { $0 + abs($1) }
      let all = member.contribution.reduce(0) { $0 + abs($1.value) }
      let order = member.contribution.keys.sorted {
        let (a, b) = (member.contribution[$0] ?? 0, member.contribution[$1] ?? 0)
        return a != b ? a > b : $0 < $1
      }
      for name in order {
        rows.append([
          .text(member.name), .text(name), member.own[name].map { .number(total > 0 ? abs($0) / total : 0) } ?? .empty,
          .number(member.contribution[name] ?? 0),
        ])
      }
      let shown = order.prefix(15)
      var layers = [
        FigureLayer(
          "mean size of the Shapley value", .series(0),
          .bars(
            FigureBars(
              places: shown.indices.map { Double($0) - (total > 0 ? 0.2 : 0) },
              lengths: shown.map { all > 0 ? (member.contribution[$0] ?? 0) / all : 0 }, width: total > 0 ? 0.36 : 0.7,
              areHorizontal: true)))
      ]
      if total > 0 {
        layers.append(
          FigureLayer(
            "the model's own measure (gain; size of the coefficient)", .series(1),
            .bars(
              FigureBars(
                places: shown.indices.map { Double($0) + 0.2 },
                lengths: shown.map { abs(member.own[$0] ?? 0) / total }, width: 0.36, areHorizontal: true))))
      }
      panels.append(
        .plot(
          PlotPanel(
            title: member.name, x: FigureAxis("share of the total"),
            y: FigureAxis("", scale: .categories(Array(shown)), isReversed: true), layers: layers)))
      _ = number
    }
    return Figure(
      "importances", title: "Which features count",
      altText:
        "For each model the features by the mean size of their contribution to the probability, as a share of the total, and by the model's own measure.",
      columns: min(2, panels.count), panels: panels,
      table: FigureTable(columns: ["model", "feature", "own_measure_share", "mean_contribution"], rows: rows))
  }

  /// Contributions of single events: one point an event, feature by feature, coloured by the feature's value.
  ///
  /// - Parameters:
  ///   - contributions: by model `features.count + 1` numbers for each event.
  ///   - values: of the features, row by row.
  static func contributions(
    _ models: [(name: String, contributions: [Double])], values: [Double], features: FeatureSet
  ) -> Figure? {
    let width = features.count
    let count = width > 0 ? values.count / width : 0
    guard count > 1, !models.isEmpty else { return nil }
    let ranks = (0..<width).map { column in rankShares((0..<count).map { values[$0 * width + column] }) }
    var rows: [[FigureTable.Cell]] = []
    let panels = models.map { model -> FigurePanel in
      func moves(_ column: Int) -> [Double] { (0..<count).map { model.contributions[$0 * (width + 1) + column] } }
      let sizes = (0..<width).map { moves($0).reduce(0) { $0 + abs($1) } / Double(count) }
      let order = (0..<width).sorted { (sizes[$1], $0) < (sizes[$0], $1) }.prefix(12)
      var points = FigurePoints(x: [], y: [], values: [])
      for (place, column) in order.enumerated() {
        let own = moves(column)
        let jitter = Self.jitter(own)
        for event in 0..<count {
          points.x.append(own[event])
          points.y.append(Double(place) + jitter[event])
          points.values?.append(ranks[column][event])
          rows.append([
            .text(model.name), .text(features.names[column]), .number(own[event]),
            .number(values[event * width + column]),
          ])
        }
      }
      return .plot(
        PlotPanel(
          title: model.name, x: FigureAxis("contribution to the probability (Shapley value)"),
          y: FigureAxis("", scale: .categories(order.map { features.names[$0] }), isReversed: true),
          layers: [
            FigureLayer("no contribution", .guide, .guide(.vertical(0)), isInLegend: false),
            FigureLayer("event (grey: without a value)", FigureStyle(.grey, .circle, size: 0.09), .points(points)),
          ], aspect: order.count < 6 ? 0.6 : 0.85,
          colourScale: ColourScale(.diverging, 0...1, label: "rank of the feature's value, least to greatest")))
    }
    return Figure(
      "shap_summary", title: "How features moved the probabilities of \(count) events",
      altText:
        "One point an event: how far the feature moved its probability towards real (right) or fake (left); colours tell whether the feature's value was small (blue) or large (orange) among the events; grey is missing.",
      columns: min(2, panels.count), panels: panels,
      table: FigureTable(columns: ["model", "feature", "contribution", "value"], rows: rows))
  }

  /// The share of values below each one; equal values share theirs, missing ones stay missing.
  static func rankShares(_ values: [Double]) -> [Double] {
    let order = values.indices.filter { !values[$0].isNaN }.sorted { (values[$0], $0) < (values[$1], $1) }
    var result = [Double](repeating: .nan, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      let share = order.count > 1 ? (Double(start + end - 1) / 2) / Double(order.count - 1) : 0.5
      for place in start..<end { result[order[place]] = share }
      start = end
    }
    return result
  }

  /// How far points are put aside so that many of about one value make a broad swarm.
  static func jitter(_ values: [Double]) -> [Double] {
    let bins = Histogram(over: values, count: 60)
    var filled = [Int](repeating: 0, count: 60)
    let most = max(1, bins.counts(values).max() ?? 1)
    return values.map { value in
      guard let bin = bins.edges.dropLast().lastIndex(where: { $0 <= value }) else { return 0 }
      filled[bin] += 1
      let number = filled[bin]
      let step = Double((number + 1) / 2) * (number % 2 == 0 ? 1 : -1)
      return 0.38 * step / max(6, most / 2)
    }
  }
}

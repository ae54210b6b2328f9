import HSDLCompute

/// Figures of features of labelled events: how real and fake ones differ, how features go together, the plane of two principal components.
struct FeatureFigures {
  /// The events.
  let table: FeatureTable
  private let real: [Int]
  private let fake: [Int]

  /// More features than this are not drawn; those that tell real from fake best are.
  static let mostPanels = 24
  /// Likewise in the matrix of correlations.
  static let mostColumns = 30

  init(_ table: FeatureTable) {
    self.table = table
    real = table.labels.indices.filter { table.labels[$0] == 1 }
    fake = table.labels.indices.filter { table.labels[$0] == 0 }
  }

  /// The features that are drawn, in their order: those by which a cut tells best.
  func chosen(_ most: Int) -> [Int] {
    let all = Array(0..<table.width)
    guard all.count > most else { return all }
    let worth = all.map { place -> Double in
      let column = table.column(place)
      let known = column.indices.filter { !column[$0].isNaN }
      let area = BinaryMetrics(
        probabilities: known.map { column[$0] }, labels: known.map { table.labels[$0] }
      ).rocAUC
      return area.isNaN ? 0 : abs(area - 0.5)
    }
    return Array(all.sorted { (worth[$1], $0) < (worth[$0], $1) }.prefix(most)).sorted()
  }

  private func some(_ count: Int) -> String {
    count == table.width ? "\(count) features" : "\(count) of \(table.width) features, those that tell best"
  }

  /// All figures.
  func all(components: PrincipalComponents?, of features: FeatureSet) throws -> [Figure] {
    guard !real.isEmpty || !fake.isEmpty, table.width > 0 else { return [] }
    var figures = [histograms, correlations]
    if let components, let plane = try plane(components, features) { figures.append(plane) }
    return figures
  }

  /// Histograms of each feature, real and fake.
  var histograms: Figure {
    let places = chosen(Self.mostPanels)
    let columns = min(4, max(1, places.count))
    let panels = places.enumerated().map { number, place -> FigurePanel in
      let column = table.column(place)
      let bins = Histogram(over: column, count: 30)
      func layer(_ name: String, _ style: FigureStyle, _ rows: [Int]) -> FigureLayer {
        FigureLayer(name, style, .histogram(edges: bins.edges, counts: bins.counts(rows.map { column[$0] })))
      }
      let definition = table.features.definitions[place]
      return .plot(
        PlotPanel(
          x: definition.axis, y: FigureAxis(number % columns == 0 ? "events" : ""),
          layers: [layer("fake", .fake, fake), layer("real", .real, real)]))
    }
    return Figure(
      "feature_histograms", title: "Features of \(real.count) real and \(fake.count) fake events",
      altText:
        "Histograms of \(some(places.count)), real and fake events apart; events without a value are not counted.",
      columns: columns, panels: panels)
  }

  /// Pearson's correlation of each pair of features.
  var correlations: Figure {
    let places = chosen(Self.mostColumns)
    let names = places.map { table.features.names[$0] }
    let matrix = correlationMatrix(places.map { table.column($0) })
    let values = matrix.flatMap { $0 }
    let words = places.count <= 20 ? values.map { $0.isNaN ? "" : fixed($0, decimals: 2) } : nil
    let axis = FigureAxis("", scale: .categories(names))
    return Figure(
      "correlation", title: "Correlation of features over all \(table.count) events",
      altText:
        "Matrix of Pearson's correlation of \(some(places.count)), pair by pair over events that have both values.",
      panels: [
        .plot(
          PlotPanel(
            x: axis, y: FigureAxis("", scale: .categories(names), isReversed: true),
            layers: [
              FigureLayer(
                "correlation", .black,
                .cells(FigureCells(columns: names.count, rows: names.count, values: values, words: words)))
            ], aspect: 0.85, colourScale: ColourScale(.diverging, -1...1, label: "Pearson's correlation")))
      ],
      table: FigureTable(
        columns: ["feature"] + names, rows: zip(names, matrix).map { [.text($0)] + $1.map { .number($0) } }))
  }

  /// The events in the plane of the first two principal components, and what these are made of.
  func plane(_ components: PrincipalComponents, _ features: FeatureSet) throws -> Figure? {
    guard components.loadings.count >= 2 else { return nil }
    let selected = try table.selecting(features)
    let projected = selected.values.withUnsafeBufferPointer { components.project($0, count: 2) }
    func axis(_ number: Int) -> FigureAxis {
      FigureAxis(
        "component \(number + 1): \(fixed(100 * components.explainedVariance[number], decimals: 1)) % of the variance")
    }
    func layer(_ name: String, _ style: FigureStyle, _ rows: [Int]) -> FigureLayer {
      FigureLayer(
        name, style, .points(FigurePoints(x: rows.map { projected[2 * $0] }, y: rows.map { projected[2 * $0 + 1] })))
    }
    let middles = [middle(fake, projected), middle(real, projected)]
    let odd = outliers(projected, middles)
    let words = FigureLayer(
      "names", .black,
      .words(
        odd.map {
          // On the side of their own kind, which they are far from.
          FigureWords(
            x: projected[2 * $0], y: projected[2 * $0 + 1], table.ids[$0],
            side: middles[Int(table.labels[$0])].0 < projected[2 * $0] ? .left : .right)
        }))
    let order = features.names.indices.sorted {
      (abs(components.loadings[0][$1]), $0) < (abs(components.loadings[0][$0]), $1)
    }.prefix(15)
    let loadings = (0..<2).map { number in
      FigureLayer(
        "component \(number + 1)", .series(number == 0 ? 2 : 4),
        .bars(
          FigureBars(
            places: order.indices.map { Double($0) + (number == 0 ? -0.2 : 0.2) },
            lengths: order.map { components.loadings[number][$0] }, width: 0.36, areHorizontal: true)))
    }
    return Figure(
      "pca", title: "Principal components of \(features.count) features",
      altText:
        "Left: real and fake events in the plane of the first two principal components; events that lie among the other kind are named. Right: the weights of the features in both components.",
      columns: 2,
      panels: [
        .plot(
          PlotPanel(
            title: "events", x: axis(0), y: axis(1),
            layers: [layer("fake", .fake, fake), layer("real", .real, real), words], aspect: 0.9)),
        .plot(
          PlotPanel(
            title: "weights", x: FigureAxis("weight in the component"),
            y: FigureAxis("", scale: .categories(order.map { features.names[$0] }), isReversed: true),
            layers: loadings + [FigureLayer("zero", .guide, .guide(.vertical(0)), isInLegend: false)],
            aspect: order.count < 12 ? 0.9 : 1.2)),
      ],
      table: FigureTable(
        columns: ["event_id", "type", "component_1", "component_2"],
        rows: table.ids.indices.map {
          [
            .text(table.ids[$0]), .text(table.labels[$0] == 1 ? "real" : "fake"), .number(projected[2 * $0]),
            .number(projected[2 * $0 + 1]),
          ]
        }))
  }

  /// The middle of some events in the plane.
  private func middle(_ rows: [Int], _ projected: [Double]) -> (Double, Double) {
    guard !rows.isEmpty else { return (0, 0) }
    return (
      rows.reduce(0) { $0 + projected[2 * $1] } / Double(rows.count),
      rows.reduce(0) { $0 + projected[2 * $1 + 1] } / Double(rows.count)
    )
  }

  /// Up to twelve events that lie nearer to the middle of the other kind than to that of their own.
  private func outliers(_ projected: [Double], _ middles: [(Double, Double)]) -> [Int] {
    guard !real.isEmpty, !fake.isEmpty else { return [] }
    func distance(_ event: Int, _ label: Int) -> Double {
      let (dx, dy) = (projected[2 * event] - middles[label].0, projected[2 * event + 1] - middles[label].1)
      return dx * dx + dy * dy
    }
    let excess = table.ids.indices.map { distance($0, Int(table.labels[$0])) - distance($0, 1 - Int(table.labels[$0])) }
    let odd = excess.indices.filter { excess[$0] > 0 }.sorted { (excess[$1], $0) < (excess[$0], $1) }.prefix(40)
    // Names that would lie on one another are left out.
    let (xs, ys) = (table.ids.indices.map { projected[2 * $0] }, table.ids.indices.map { projected[2 * $0 + 1] })
    let (spanX, spanY) = ((xs.max() ?? 1) - (xs.min() ?? 0), (ys.max() ?? 1) - (ys.min() ?? 0))
    var named: [Int] = []
    for event in odd
    where named.count < 12
      && named.allSatisfy({ abs(xs[$0] - xs[event]) > 0.28 * spanX || abs(ys[$0] - ys[event]) > 0.035 * spanY })
    {
      named.append(event)
    }
    return named
  }
}

extension FeatureDefinition {
  /// The axis of the feature's values.
  var axis: FigureAxis { FigureAxis(name, unit: unit == "1" ? "" : unit) }
}

import HSDLCompute
import Worker

/// What two features, and the plane of two principal components, tell models: the probability at every place, and events that the models have not
/// seen.
///
/// The models are trained on two thirds of the events; the other third is drawn, with their errors named.
struct DecisionRegionFigure {
  /// The events, at most ``limit`` of them.
  let table: FeatureTable
  /// How models are trained.
  let settings: ShallowSettings
  /// The models.
  let kinds: [ShallowModelKind]

  /// With more events than this, that many are drawn from them by their names.
  static let limit = 4000
  private static let steps = 90

  init(_ table: FeatureTable, kinds: [ShallowModelKind], settings: ShallowSettings) {
    self.settings = settings
    let wanted: [ShallowModelKind] = [.forest, .boosting]
    let both = wanted.filter(kinds.contains)
    self.kinds = both.isEmpty ? Array(kinds.prefix(2)) : both
    guard table.count > Self.limit else {
      self.table = table
      return
    }
    let order = table.ids.indices.sorted { (stableKey(table.ids[$0]), $0) < (stableKey(table.ids[$1]), $1) }
    self.table = table.rows(order.prefix(Self.limit).sorted())
  }

  /// The two features: HSDL's where they are there, else those by which a cut tells best.
  private var pair: FeatureSet {
    let names = table.features.names
    if FeatureSet.hsdl2.names.allSatisfy(names.contains) { return .hsdl2 }
    let places = FeatureFigures(table).chosen(2)
    return FeatureSet(places.map { table.features.definitions[$0] })
  }

  /// The figures.
  ///
  /// - Throws: ``ComputeError``.
  func figures() throws -> [Figure] {
    guard table.width >= 2,
      let cut = try? StratifiedFolds(labels: table.labels, count: 3, seed: settings.seed, repeat: 0)
    else { return [] }
    let training = cut.fold.indices.filter { cut.fold[$0] != 0 }
    let test = cut.fold.indices.filter { cut.fold[$0] == 0 }
    let pair = pair
    var figures = [
      try figure(
        "decision_regions", "Decision regions of two features", try table.selecting(pair),
        axes: pair.definitions.map(\.axis), training, test)
    ]
    if table.width > 2 {
      let rows = try TrainingRows(table.rows(training))
      let components = try PrincipalComponents(rows, over: SingleRank())
      let projected = table.values.withUnsafeBufferPointer { components.project($0, count: 2) }
      let plane = FeatureTable(
        features: FeatureSet(Array(pair.definitions.prefix(2))), ids: table.ids, labels: table.labels, values: projected
      )
      figures.append(
        try figure(
          "decision_regions_pca",
          "Decision regions in the plane of two principal components of \(table.width) features",
          plane, axes: [FigureAxis("component 1"), FigureAxis("component 2")], training, test))
    }
    return figures
  }

  private func figure(
    _ name: String, _ title: String, _ table: FeatureTable, axes: [FigureAxis], _ training: [Int], _ test: [Int]
  ) throws -> Figure {
    func imputed(_ column: Int) -> [Double] { table.column(column).map { $0.isNaN ? 0 : $0 } }
    let (xs, ys) = (imputed(0), imputed(1))
    let (xEdges, yEdges) = (Self.edges(xs), Self.edges(ys))
    func middles(_ edges: [Double]) -> [Double] { zip(edges, edges.dropFirst()).map { ($0 + $1) / 2 } }
    let grid = middles(yEdges).flatMap { y in middles(xEdges).flatMap { [$0, y] } }
    var rows: [[FigureTable.Cell]] = []
    let panels = try kinds.map { kind -> FigurePanel in
      let model = try CalibratedModel(
        training: TrainingRows(table.rows(training)), kind: kind, settings: settings, over: SingleRank())
      let values = try model.probabilities(grid)
      let probabilities = try model.probabilities(table.rows(test).values)
      let labels = test.map { table.labels[$0] }
      let metrics = BinaryMetrics(probabilities: probabilities, labels: labels)
      let wrong = test.indices.filter { (probabilities[$0] >= 0.5) != (labels[$0] == 1) }
      for (place, event) in test.enumerated() {
        rows.append([
          .text(kind.title), .text(table.ids[event]), .text(labels[place] == 1 ? "real" : "fake"), .number(xs[event]),
          .number(ys[event]), .number(probabilities[place]),
        ])
      }
      func layer(_ name: String, _ style: FigureStyle, _ label: UInt8) -> FigureLayer {
        let own = test.filter { table.labels[$0] == label }
        return FigureLayer(name, style, .points(FigurePoints(x: own.map { xs[$0] }, y: own.map { ys[$0] })))
      }
      let ring = FigureStyle(.black, .circle, isFilled: false, size: 0.3)
      let right = (xEdges.first ?? 0) + 0.6 * ((xEdges.last ?? 1) - (xEdges.first ?? 0))
      return .plot(
        PlotPanel(
          title:
            "\(kind.title): precision \(fixed(metrics.precision, decimals: 3)), recall \(fixed(metrics.recall, decimals: 3)), F1 \(fixed(metrics.f1, decimals: 3))",
          x: axes[0].ranging(xEdges), y: axes[1].ranging(yEdges),
          layers: [
            FigureLayer("probability", .black, .cells(FigureCells(xEdges: xEdges, yEdges: yEdges, values: values))),
            layer("fake", .fake, 0), layer("real", .real, 1),
            FigureLayer(
              "taken for the other", ring,
              .points(FigurePoints(x: wrong.map { xs[test[$0]] }, y: wrong.map { ys[test[$0]] }))),
            FigureLayer(
              "names", .black,
              .words(
                wrong.prefix(6).map {
                  FigureWords(
                    x: xs[test[$0]], y: ys[test[$0]], "\(table.ids[test[$0]]) \(fixed(probabilities[$0], decimals: 2))",
                    side: xs[test[$0]] > right ? .left : .right)
                })),
          ], aspect: 1, colourScale: ColourScale(.probability, 0...1, label: "probability that the event is real")))
    }
    return Figure(
      name, title: title,
      altText:
        "The probability that a model gives at every place of the plane, and \(test.count) events that it was not trained on; those taken for the other kind are ringed, some named with their probability. Missing values lie at 0.",
      columns: panels.count, panels: panels,
      table: FigureTable(columns: ["model", "event_id", "type", "x", "y", "probability"], rows: rows))
  }

  private static func edges(_ values: [Double]) -> [Double] {
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let room = 0.08 * max(high - low, 1e-9)
    return Histogram(range: (low - room)...(high + room), count: steps).edges
  }
}

/// A number that orders events by their names as if at random.
private func stableKey(_ id: String) -> UInt64 {
  id.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

extension FigureAxis {
  /// The axis from the first to the last of some edges.
  fileprivate func ranging(_ edges: [Double]) -> FigureAxis {
    var axis = self
    if let first = edges.first, let last = edges.last, first < last { axis.range = first...last }
    return axis
  }
}

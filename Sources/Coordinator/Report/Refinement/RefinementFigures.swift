import Foundation
import HSDLCompute
import SeismicFormats

/// The figures of a refined catalog: where, when, how large, and how sure.
struct RefinementFigures {
  /// All of them.
  private(set) var all: [Figure] = []
  /// The names of those that show where.
  private(set) var placeNames: [String] = []
  /// The names of the others.
  private(set) var courseNames: [String] = []
  /// Magnitudes before and after; nil where there are none.
  private(set) var relations: [(name: String, relation: GutenbergRichter?)] = []

  /// The names of all that there may be.
  static let names = [
    "map", "depth_sections", "magnitude_time", "gutenberg_richter", "events_per_day", "probabilities",
  ]

  /// At most so many events are drawn one by one; of more every second, third … of each kind.
  static let pointLimit = 40_000

  private let events: RefinedEvents
  private var groups: [(name: String, style: FigureStyle, events: [Int])] = []

  init(_ events: RefinedEvents, _ facts: RunFacts, stations: MapStations) {
    self.events = events
    let own = events.labels.indices.filter { !events.areDuplicates[$0] }
    func group(_ label: Label) -> [Int] { own.filter { events.labels[$0] == label } }
    // The kept ones are drawn last, above the others.
    groups = [
      ("rejected", .fake, group(.fake)), ("uncertain", .uncertain, group(.uncertain)), ("kept", .real, group(.real)),
    ]
    let kept = groups[2].events
    if own.contains(where: { !events.latitudes[$0].isNaN }) { addPlaces(stations) }
    if own.contains(where: { !events.magnitudes[$0].isNaN }) {
      func relation(_ chosen: some Sequence<Int>) -> GutenbergRichter? {
        GutenbergRichter(chosen.map { Double(events.magnitudes[$0]) })
      }
      relations = [
        ("all entries, before", relation(events.labels.indices)), ("kept", relation(kept)),
        ("kept and uncertain", relation(kept + groups[1].events)),
      ]
      addMagnitudes()
      addRelation()
    }
    addDays()
    addProbabilities(facts)
  }

  private mutating func add(_ figure: Figure, isPlace: Bool = false) {
    all.append(figure)
    if isPlace { placeNames.append(figure.name) } else { courseNames.append(figure.name) }
  }

  /// The events of a group that are drawn, and at which step.
  private func thinned(_ chosen: [Int]) -> [Int] {
    let step = max(1, (events.count + Self.pointLimit - 1) / Self.pointLimit)
    guard step > 1 else { return chosen }
    return stride(from: 0, to: chosen.count, by: step).map { chosen[$0] }
  }

  private var thinning: String {
    events.count > Self.pointLimit
      ? " Of more than \(grouped(Self.pointLimit)) events only a part is drawn; events.csv has all." : ""
  }

  private func layers(
    _ x: (Int) -> Double, _ y: (Int) -> Double, size: Double = 0.1
  ) -> [FigureLayer] {
    groups.compactMap { name, style, chosen in
      guard !chosen.isEmpty else { return nil }
      var style = style
      style.size = size
      let drawn = thinned(chosen)
      return FigureLayer(
        "\(name) (\(grouped(chosen.count)))", style, .points(FigurePoints(x: drawn.map(x), y: drawn.map(y))))
    }
  }

  private mutating func addPlaces(_ stations: MapStations) {
    let longitude: (Int) -> Double = { [events] in Double(events.longitudes[$0]) }
    let latitude: (Int) -> Double = { [events] in Double(events.latitudes[$0]) }
    let depth: (Int) -> Double = { [events] in Double(events.depths[$0]) }
    let size = events.count > 5000 ? 0.05 : events.count > 800 ? 0.08 : 0.13
    var mapped = layers(longitude, latitude, size: size)
    let all = groups.flatMap(\.events)
    let near = MapRegion(longitudes: all.map(longitude), latitudes: all.map(latitude)).map(stations.near) ?? []
    if !near.isEmpty {
      var style = FigureStyle.station
      style.isFilled = false
      mapped.append(
        FigureLayer(
          "stations (\(grouped(near.count)))", style,
          .points(FigurePoints(x: near.map(\.longitude), y: near.map(\.latitude)))))
    }
    add(
      Figure(
        "map", title: near.isEmpty ? "Epicentres" : "Epicentres and stations",
        altText:
          "A map of the epicentres: \(summary)\(near.isEmpty ? "" : "; with \(counted(near.count, "stations"))").\(thinning)",
        panels: [.map(MapPanel(layers: mapped))]), isPlace: true)
    guard groups.contains(where: { $0.events.contains { !events.depths[$0].isNaN } }) else { return }
    func section(_ label: String, _ x: @escaping (Int) -> Double) -> FigurePanel {
      .plot(
        PlotPanel(
          x: FigureAxis(label, unit: "°"), y: FigureAxis("Depth", unit: "km", isReversed: true),
          layers: layers(x, depth, size: size), aspect: 0.6))
    }
    add(
      Figure(
        "depth_sections", title: "Depths",
        altText: "Depth against longitude and against latitude: \(summary).\(thinning)",
        panels: [section("Longitude", longitude), section("Latitude", latitude)]), isPlace: true)
  }

  private var summary: String {
    groups.reversed().map { "\(grouped($0.events.count)) \($0.name)" }.joined(separator: ", ")
  }

  private mutating func addMagnitudes() {
    guard events.times.contains(where: \.isFinite) else { return }
    let times = events.times
    let magnitudes = events.magnitudes
    add(
      Figure(
        "magnitude_time", title: "Magnitudes over time",
        altText: "Magnitude against time: \(summary).\(thinning)",
        panels: [
          .plot(
            PlotPanel(
              x: FigureAxis("", unit: "UTC", scale: .time), y: FigureAxis("Magnitude"),
              layers: layers({ times[$0] }, { Double(magnitudes[$0]) }, size: events.count > 5000 ? 0.06 : 0.1),
              aspect: 0.5))
        ]))
  }

  private mutating func addRelation() {
    var layers: [FigureLayer] = []
    var words: [String] = []
    let styles: [FigureStyle] = [
      FigureStyle(.grey, .square, size: 0.12, dash: .dashed), FigureStyle(.blue, .circle, size: 0.12),
    ]
    for ((name, relation), style) in zip(relations, styles) {
      guard let relation else { continue }
      var sum = relation.counts.reduce(0, +)
      var x: [Double] = []
      var y: [Double] = []
      for (place, count) in relation.counts.enumerated() {
        x.append(relation.lowest + Double(place) * GutenbergRichter.binWidth)
        y.append(Double(sum))
        sum -= count
      }
      layers.append(FigureLayer("\(name): M and larger", style, .points(FigurePoints(x: x, y: y))))
      guard let fit = relation.fit, let highest = x.last else { continue }
      let line = [fit.completeness, max(highest, fit.completeness + 0.1)]
      let said =
        "b = \(fixed(fit.b, decimals: 2)) ± \(fixed(fit.deviation, decimals: 2)) from M \(fixed(fit.completeness, decimals: 1))"
      layers.append(
        FigureLayer("\(name): \(said)", style, .line(x: line, y: line.map { max(fit.count(from: $0), 0.5) })))
      words.append("\(name) \(said)")
    }
    guard !layers.isEmpty else { return }
    add(
      Figure(
        "gutenberg_richter", title: "Gutenberg–Richter relation before and after",
        altText:
          "Number of events of at least a magnitude, before and after. \(words.isEmpty ? "There are too few for a fit" : words.joined(separator: "; ")).",
        panels: [
          .plot(
            PlotPanel(
              x: FigureAxis("Magnitude"), y: FigureAxis("Events of at least this magnitude", scale: .logarithmic),
              layers: layers, aspect: 0.75))
        ]))
  }

  private mutating func addDays() {
    let known = events.times.filter(\.isFinite)
    guard let first = known.min(), let last = known.max() else { return }
    // Days, or what gives a picture that can be read: hours of a short catalog, longer steps of a long one.
    let day = 86_400.0
    let steps: [(seconds: Double, name: String)] = [
      (3600, "hour"), (day, "day"), (7 * day, "7 days"), (30 * day, "30 days"), (365 * day, "365 days"),
    ]
    let span = last - first
    let step = span <= 3 * day ? steps[0] : steps.dropFirst().first { span / $0.seconds <= 800 } ?? steps[4]
    let begin = (first / step.seconds).rounded(.down) * step.seconds
    let count = min(20_000, Int((last - begin) / step.seconds) + 1)
    let edges = (0...count).map { begin + Double($0) * step.seconds }
    func counts(_ chosen: some Sequence<Int>) -> [Double] {
      var result = [Double](repeating: 0, count: count)
      for event in chosen where events.times[event].isFinite {
        result[min(count - 1, max(0, Int((events.times[event] - begin) / step.seconds)))] += 1
      }
      return result
    }
    func layer(_ name: String, _ style: FigureStyle, _ chosen: some Sequence<Int>) -> FigureLayer {
      let values = counts(chosen)
      return FigureLayer(name, style, .steps(x: edges, y: values + [values.last ?? 0]))
    }
    add(
      Figure(
        "events_per_day", title: "Events per \(step.name) before and after",
        altText: "Entries of the catalog per \(step.name), and those that were kept and are uncertain: \(summary).",
        panels: [
          .plot(
            PlotPanel(
              x: FigureAxis("", unit: "UTC", scale: .time), y: FigureAxis("Events per \(step.name)"),
              layers: [
                layer("all entries, before", FigureStyle(.grey, width: 1), events.labels.indices),
                layer("uncertain", FigureStyle(.orange, dash: .dotted, width: 1.1), groups[1].events),
                layer("kept", FigureStyle(.blue, width: 1.4), groups[2].events),
              ], aspect: 0.5))
        ]))
  }

  private mutating func addProbabilities(_ facts: RunFacts) {
    let known = events.labels.indices.filter { !events.areDuplicates[$0] && !events.probabilities[$0].isNaN }
    guard !known.isEmpty else { return }
    let count = 25
    let edges = (0...count).map { Double($0) / Double(count) }
    var layers: [FigureLayer] = []
    for (name, style, chosen) in groups {
      var counts = [Double](repeating: 0, count: count)
      for event in chosen where !events.probabilities[event].isNaN {
        counts[min(count - 1, max(0, Int(Double(events.probabilities[event]) * Double(count))))] += 1
      }
      guard counts.contains(where: { $0 > 0 }) else { continue }
      layers.append(FigureLayer(name, style, .histogram(edges: edges, counts: counts)))
    }
    if let thresholds = facts.thresholds {
      layers.append(FigureLayer("thresholds", .guide, .guide(.vertical(thresholds.fake)), isInLegend: false))
      layers.append(FigureLayer("thresholds", .guide, .guide(.vertical(thresholds.real)), isInLegend: false))
    }
    add(
      Figure(
        "probabilities", title: "How sure the model is",
        altText: "How many events have which probability of being real: \(summary).",
        panels: [
          .plot(
            PlotPanel(
              x: FigureAxis("Probability that the event is real", range: 0...1),
              y: FigureAxis("Events", scale: .logarithmic), layers: layers, aspect: 0.5))
        ]))
  }
}

import Foundation
import HSDLCompute
import SeismicFormats
import Worker

/// The page of a refined catalog: what was asked, what came out, how sure we are, and what to look at first.
///
/// It is made from the files of the output folder alone, so that it can be made again: `events.csv`, `problems.csv`, what
/// ``RecordSection`` and ``MapStations`` have left in `figures`, and the facts of the run.
struct RefinementReport {
  /// The name of the page.
  static let name = "report.html"

  /// The output folder.
  var output: String
  /// The facts of the run that do not change with ranks, hosts and hours.
  var facts: RunFacts
  /// At most so many events are listed in the page.
  var listLimit = 100_000

  /// Makes figures and page.
  ///
  /// Rank 0 only.
  ///
  /// - Throws: ``FormatError``.
  func write(_ report: Reporter) throws {
    let events = try RefinedEvents("\(output)/events.csv", limit: listLimit, costs: facts.costs ?? .usual)
    let figures = RefinementFigures(events, facts, stations: try MapStations(readFrom: output))
    let drawing = try FigureDrawer(output: output).draw(figures.all)
    for warning in drawing.warnings { report.warn(warning) }
    let sections = try RecordSection.read(from: output)
    var page = ReportPage(
      title: "Refined catalog", subtitle: subtitle(events))
    page.sections.append(result(events))
    let places = figures.placeNames
    if !places.isEmpty {
      page.sections.append(
        ReportPage.Section("Where", ReportPage.Block.figures(drawing, places, in: output)))
    }
    page.sections.append(
      ReportPage.Section(
        "When and how large", ReportPage.Block.figures(drawing, figures.courseNames, in: output) + statistics(figures)))
    if let block = doubtful(sections, events) { page.sections.append(block) }
    page.sections.append(table(events))
    if let section = try ProblemSummary("\(output)/problems.csv").section { page.sections.append(section) }
    page.sections.append(provenance)
    try page.write(to: "\(output)/\(Self.name)")
  }

  /// Removes what an earlier report has left, so that it does not stand beside results of another job.
  static func remove(from output: String) {
    unlink("\(output)/\(name)")
    RecordSection.remove(from: output)
    MapStations.remove(from: output)
    for figure in RefinementFigures.names {
      for ending in ["png", "pdf", "csv"] { unlink("\(output)/\(FigureDrawer.folderName)/\(figure).\(ending)") }
    }
    // Fails, as it should, where something else is in it.
    rmdir("\(output)/\(FigureDrawer.folderName)")
  }

  private func subtitle(_ events: RefinedEvents) -> String {
    let known = events.times.filter(\.isFinite)
    guard let first = known.min(), let last = known.max() else { return "\(counted(events.count, "events"))" }
    func day(_ seconds: Double) -> String { String(UTCTime(seconds: Int64(seconds)).description.prefix(10)) }
    return "\(counted(events.count, "events")) from \(day(first)) to \(day(last)) (UTC), judged by \(facts.modelWords)"
  }

  // MARK: What came out

  private func result(_ events: RefinedEvents) -> ReportPage.Section {
    var kept: [Double] = []
    var rejected: [Double] = []
    var open: [Double] = []
    var unscored = 0
    var duplicates = 0
    for event in events.labels.indices {
      if events.areDuplicates[event] {
        duplicates += 1
        continue
      }
      let probability = Double(events.probabilities[event])
      if probability.isNaN { unscored += 1 }
      switch events.labels[event] {
      case .real: kept.append(1 - probability)
      case .fake: rejected.append(probability)
      case .uncertain: open.append(probability)
      }
    }
    let falseKept = PoissonBinomial(kept)
    let lost = PoissonBinomial(rejected)
    let realOpen = PoissonBinomial(open)
    func share(_ count: Int) -> String {
      let all = max(events.count - duplicates, 1)
      return "\(fixed(100 * Double(count) / Double(all), decimals: 1)) % of \(grouped(all))"
    }
    func expected(_ distribution: PoissonBinomial) -> String {
      "95 %: \(grouped(distribution.interval.lowerBound)) to \(grouped(distribution.interval.upperBound))"
    }
    var blocks: [ReportPage.Block] = [
      .keyFigures(
        [
          ReportPage.KeyFigure("Kept as real", grouped(kept.count), interval: share(kept.count), colour: .blue),
          ReportPage.KeyFigure(
            "Uncertain: to be looked at", grouped(open.count), interval: share(open.count), colour: .orange),
          ReportPage.KeyFigure(
            "Rejected as false", grouped(rejected.count), interval: share(rejected.count), colour: .vermilion),
        ]
          + (duplicates > 0
            ? [ReportPage.KeyFigure("Merged into other entries", grouped(duplicates), interval: "entries of one shock")]
            : [])
          + [
            ReportPage.KeyFigure(
              "False among the kept", "≈ \(amount(falseKept.mean))", interval: expected(falseKept), colour: .blue),
            ReportPage.KeyFigure(
              "Real among the rejected", "≈ \(amount(lost.mean))", interval: expected(lost), colour: .vermilion),
            ReportPage.KeyFigure(
              "Real among the uncertain", "≈ \(amount(realOpen.mean))", interval: expected(realOpen), colour: .orange),
          ])
    ]
    blocks.append(
      .paragraph(
        "The last three numbers are what the probabilities add up to, with the interval in which chance alone would leave them. They are as good as the calibration of the model on events like these: where the network, the region or the picker differs from those that it was trained on, look at a sample of each kind before trusting them."
      ))
    if let thresholds = facts.thresholds {
      blocks.append(
        .paragraph(
          "An event is kept from a probability of \(fixed(thresholds.real, decimals: 3)) on and rejected below \(fixed(thresholds.fake, decimals: 3)): the decisions that cost least\(facts.costWords)."
        ))
    }
    if unscored > 0 {
      blocks.append(
        .note("\(counted(unscored, "events")) could not be scored and stand as uncertain; the table says why."))
    }
    if facts.isShippedModel {
      blocks.append(
        .note(
          "The model is the one that comes with the program. It was trained on synthetic events: its probabilities on real ones are a first guess. Train one on events of your own network."
        ))
    }
    return ReportPage.Section("What came out", blocks)
  }

  private func statistics(_ figures: RefinementFigures) -> [ReportPage.Block] {
    let rows = figures.relations.compactMap { name, relation -> [String]? in
      guard let relation else { return nil }
      let all = relation.counts.reduce(0, +)
      guard let fit = relation.fit else { return [name, grouped(all), "–", "–", "–", "too few events for a fit"] }
      return [
        name, grouped(all), "\(fixed(fit.completeness, decimals: 1))", grouped(fit.count),
        "\(fixed(fit.b, decimals: 2)) ± \(fixed(fit.deviation, decimals: 2))",
        fit.isStable ? "b stable from there on" : "b not stable above it",
      ]
    }
    guard !rows.isEmpty else { return [] }
    return [
      .table(
        ReportPage.Table(
          "Gutenberg–Richter relation. Completeness by maximum curvature + 0.2, then by stability of b; b by maximum likelihood (Aki, 1965; Utsu, 1966), its standard deviation after Shi and Bolt (1982).",
          columns: ["Events", "with magnitude", "completeness", "from there on", "b", "remark"], rows: rows,
          numericColumns: [1, 2, 3, 4]))
    ]
  }

  private func doubtful(_ sections: [RecordSection], _ events: RefinedEvents) -> ReportPage.Section? {
    guard !sections.isEmpty else { return nil }
    var blocks: [ReportPage.Block] = [
      .paragraph(
        "The events of which a label given without a look is likely to cost most, the most doubtful first. Each line is the vertical component of a station, 1 to 15 Hz, scaled by itself, ordered by distance. Bars are picks; broken lines run through the arrivals that origin and velocity model predict. Data: figures/record_NN.csv and record_sections.csv."
      )
    ]
    for (number, section) in sections.enumerated() {
      blocks.append(
        .group([
          .heading("\(number + 1). \(section.eventID)"),
          .facts(told(section.row, events)),
          .drawing(section.drawing),
          .links([("SVG", RecordSection.file(number, "svg")), ("data (CSV)", RecordSection.file(number, "csv"))]),
        ]))
    }
    return ReportPage.Section("The most doubtful events", blocks)
  }

  /// What is known of an event, by its row.
  private func told(_ row: Int, _ events: RefinedEvents) -> [(name: String, value: String)] {
    guard row < events.count else { return [] }
    var parts: [String] = []
    func part(_ name: String, _ value: Float) {
      if !value.isNaN { parts.append("\(name) \(fixed(Double(value), decimals: 3))") }
    }
    part("P(real)", events.probabilities[row])
    if !events.deep[row].isNaN {
      part("by features", events.shallow[row])
      part("by waveforms", events.deep[row])
    }
    var place: [String] = []
    if events.times[row].isFinite {
      let whole = events.times[row].rounded(.down)
      let tenths = Int64(((events.times[row] - whole) * 10).rounded(.down)) * 100_000_000
      place.append(UTCTime(seconds: Int64(whole), nanoseconds: tenths).description)
    }
    func add(_ value: Float, _ decimals: Int, _ unit: String, before: String = "") {
      if !value.isNaN { place.append("\(before)\(fixed(Double(value), decimals: decimals))\(unit)") }
    }
    add(events.magnitudes[row], 2, "", before: "M ")
    let (latitude, longitude) = (events.latitudes[row], events.longitudes[row])
    add(abs(latitude), 3, latitude < 0 ? "° S" : "° N")
    add(abs(longitude), 3, longitude < 0 ? "° W" : "° E")
    add(events.depths[row], 1, " km deep")
    var facts = [
      (name: "Taken for", value: "\(events.labels[row].rawValue): \(parts.joined(separator: ", "))"),
      (name: "Origin", value: place.joined(separator: ", ")),
    ]
    if let reason = events.listed.first(where: { $0.number == row })?.reason {
      facts.append((name: "Why", value: reason))
    }
    return facts
  }

  // MARK: All events

  private func table(_ events: RefinedEvents) -> ReportPage.Section {
    let listed = events.listed
    func numbers(_ values: [Float], _ decimals: Int) -> DataTable.Column.Values {
      // As many decimals as are shown, so that the page does not grow by digits that nobody sees.
      let scale = pow(10, Double(decimals))
      return .numbers(listed.map { (Double(values[$0.number]) * scale).rounded() / scale }, decimals: decimals)
    }
    func has(_ values: [Float]) -> Bool { values.contains { !$0.isNaN } }
    let words = Label.allCases.map(\.rawValue)
    var columns = [DataTable.Column("Event", .text(listed.map(\.id)), isFilter: true, width: 205)]
    func add(
      _ heading: String, _ values: [Float], _ decimals: Int, _ meaning: String, isFilter: Bool = false, width: Int
    ) {
      guard has(values) else { return }
      columns.append(
        DataTable.Column(heading, numbers(values, decimals), meaning: meaning, isFilter: isFilter, width: width))
    }
    columns.append(
      DataTable.Column(
        "Label", .words(listed.map { UInt8(Label.allCases.firstIndex(of: events.labels[$0.number]) ?? 0) }, of: words),
        meaning: "What the event is taken for", isFilter: true, width: 105))
    add("P(real)", events.probabilities, 4, "The probability that the event is real", isFilter: true, width: 115)
    if has(events.deep) {
      add("P features", events.shallow, 4, "The probability by features alone", width: 135)
      add("P waveforms", events.deep, 4, "The probability by the network on waveforms alone", width: 155)
    }
    columns.append(
      DataTable.Column(
        "Time (UTC)",
        .times(listed.map { events.times[$0.number].isFinite ? Int64(events.times[$0.number] * 1e6) : nil }), width: 195
      ))
    add("Magnitude", events.magnitudes, 2, "The preferred magnitude", isFilter: true, width: 135)
    add("Latitude (°)", events.latitudes, 4, "Degrees north", width: 145)
    add("Longitude (°)", events.longitudes, 4, "Degrees east", width: 160)
    add("Depth (km)", events.depths, 1, "Below sea level", width: 140)
    columns.append(
      DataTable.Column(
        "Reason", .text(listed.map(\.reason)),
        meaning: "What moved the probability most, and how far: the three largest contributions (Shapley values)",
        width: 560))
    for (place, name) in RefinedEvents.extraNames.enumerated() {
      let values = listed.map { $0.extras[place] }
      guard values.contains(where: { !$0.isNaN }) else { continue }
      columns.append(DataTable.Column(name, .numbers(values, decimals: 0), width: 0))
    }
    if events.areDuplicates.contains(true) {
      columns.append(DataTable.Column("Another entry of", .text(listed.map(\.duplicateOf)), width: 0))
    }
    var table = DataTable("Events with label, probability and reason", rowName: "events", columns: columns)
    table.colours = ["real": .blue, "fake": .vermilion, "uncertain": .orange]
    var blocks: [ReportPage.Block] = []
    if listed.count < events.count {
      blocks.append(
        .note(
          "The page lists the \(grouped(listed.count)) most doubtful of \(grouped(events.count)) events; all of them are in events.csv."
        ))
    }
    blocks.append(.dataTable(table))
    blocks.append(
      .links([
        ("All events (CSV)", "events.csv"), ("The uncertain ones, to be filled in (CSV)", "review.csv"),
        ("Their features (CSV)", "features.csv"), ("Kept (QuakeML)", "refined.xml"),
        ("Rejected (QuakeML)", "rejected.xml"),
      ]))
    return ReportPage.Section("All events", blocks)
  }

  private var provenance: ReportPage.Section {
    ReportPage.Section(
      "Where this comes from",
      [
        .facts(facts.lines),
        .paragraph("When, where, on how many ranks and how long it ran stands in run.json."),
        .links([("Record of the run (JSON)", "run.json")]),
      ])
  }
}

/// A whole number with a thin gap between thousands.
func grouped(_ count: Int) -> String {
  let digits = Array(String(abs(count)))
  var text = count < 0 ? "−" : ""
  for (place, digit) in digits.enumerated() {
    if place > 0, (digits.count - place) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

/// An expected number: to a tenth where it is small.
private func amount(_ value: Double) -> String {
  value < 10 ? fixed(value, decimals: 1) : grouped(Int(value.rounded()))
}

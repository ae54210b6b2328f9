import HSDLCompute
import SeismicFormats
import Worker

/// The pages that tell how good models are and what they have learnt: figures in groups, with what one should look for.
struct ModelReport: Equatable {
  /// The name of the page.
  static let name = "report.html"

  /// A piece of what came out.
  enum Result: Hashable, Codable {
    case paragraph(String)
    case heading(String)
    case note(String)
    case list([String])
    case keyFigures([ReportPage.KeyFigure])
    case table(ReportPage.Table)

    fileprivate var block: ReportPage.Block {
      switch self {
      case .paragraph(let text): .paragraph(text)
      case .heading(let text): .heading(text)
      case .note(let text): .note(text)
      case .list(let points): .list(points)
      case .keyFigures(let figures): .keyFigures(figures)
      case .table(let table): .table(table)
      }
    }
  }

  /// The title.
  var title: String
  /// One line below it.
  var subtitle: String
  /// What came out, as the first section.
  var results: [Result]
  /// How it came about.
  var facts: [(name: String, value: String)]
  /// Files that belong to it.
  var files: [String]

  /// A group of figures under one heading.
  private struct Group {
    var heading: String
    var words: String
    var names: [String]
  }

  private static let groups = [
    Group(
      heading: "How good the probabilities are",
      words:
        "A model ranks well where its curve keeps to the upper left corner. Its probabilities can be taken at their word where the points lie on the diagonal.",
      names: ["roc_precision_recall", "reliability", "score_distribution", "confusion"]),
    Group(
      heading: "How much data is enough",
      words:
        "Points are means over the repeats, bars go from the least to the greatest. A share is enough where it is no worse than the interval of all data.",
      names: ["learning_curve"]),
    Group(
      heading: "Picks",
      words: "Residuals are times of picks less those of their labels.",
      names: ["pick_residuals", "pick_thresholds"]),
    Group(
      heading: "Course of the training",
      words:
        "Where the loss of the validation samples rises while that of the training falls, the network learns by heart.",
      names: ["training"]),
    Group(
      heading: "What the models look at",
      words:
        "A Shapley value is how far a feature moved the probability of one event. Decision regions show models on two numbers alone, which are not the models above.",
      names: ["importances", "shap_summary", "decision_regions", "decision_regions_pca"]),
    Group(
      heading: "The features",
      words:
        "Features that tell real from fake events by themselves have histograms apart; pairs with a correlation near 1 or -1 say the same thing twice.",
      names: ["feature_histograms", "correlation", "pca"]),
  ]

  /// Draws figures and writes the page, and what both were made of, so that they can be made again.
  ///
  /// Rank 0 only.
  ///
  /// - Parameters:
  ///   - drawsFigures: whether there are to be figures at all.
  ///   - figures: makes the figures.
  /// - Throws: ``FormatError`` when a file cannot be written.
  func write(
    to output: String, drawsFigures: Bool, _ report: Reporter, figures: () throws -> [Figure]
  ) throws {
    let made = try JobFigures.made(drawsFigures, report, figures)
    try StoredReport(self, figures: made).write(to: output)
    try write(made, to: output, report)
  }

  /// Draws these figures and writes the page.
  ///
  /// - Throws: ``FormatError`` when a file cannot be written.
  func write(_ figures: [Figure], to output: String, _ report: Reporter) throws {
    let drawing = try JobFigures.draw(figures, output: output, report)
    try page(drawing, in: output).write(to: "\(output)/\(Self.name)")
  }

  static func == (left: ModelReport, right: ModelReport) -> Bool {
    left.title == right.title && left.subtitle == right.subtitle && left.results == right.results
      && left.facts.elementsEqual(right.facts) { $0 == $1 } && left.files == right.files
  }

  /// The page.
  ///
  /// - Parameters:
  ///   - drawing: the figures that were drawn.
  ///   - output: the folder for results.
  func page(_ drawing: Drawing, in output: String) -> ReportPage {
    var page = ReportPage(title: title, subtitle: subtitle)
    var results = results.map(\.block)
    if let missing = drawing.missing { results.append(.note("\(missing).")) }
    page.sections.append(ReportPage.Section("What came out", results))
    for group in Self.groups {
      let names = group.names.filter { name in drawing.figures.contains { $0.figure.name == name } }
      guard !names.isEmpty else { continue }
      page.sections.append(
        ReportPage.Section(
          group.heading, [.paragraph(group.words)] + ReportPage.Block.figures(drawing, names, in: output)))
    }
    page.sections.append(
      ReportPage.Section(
        "How it came about",
        [.facts(facts + [("program", "hsdl-mpi \(programVersion)")]), .links(files.map { ($0, $0) })]))
    return page
  }

  /// Where labelled events came from: tables of each kind, or tables of both and what says which is which.
  static func events(
    _ words: String = "events", real: [String], fake: [String]
  ) -> [(name: String, value: String)] {
    fake.isEmpty
      ? [("\(words) and labels", list(real))] : [("real \(words)", list(real)), ("fake \(words)", list(fake))]
  }

  /// Files in a line, as facts have them.
  static func list(_ files: [String]) -> String { files.isEmpty ? "none" : files.joined(separator: ", ") }
}

import HSDLCompute
import Worker

/// The pages that tell how good models are and what they have learnt: figures in groups, with what one should look for.
struct ModelReport {
  /// The title.
  var title: String
  /// One line below it.
  var subtitle: String
  /// What came out, as the first section.
  var results: [ReportPage.Block]
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

  /// The page.
  ///
  /// - Parameters:
  ///   - drawing: the figures that were drawn.
  ///   - output: the folder for results.
  func page(_ drawing: Drawing, in output: String) -> ReportPage {
    var page = ReportPage(title: title, subtitle: subtitle)
    var results = results
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

  /// Files in a line, as facts have them.
  static func list(_ files: [String]) -> String { files.isEmpty ? "none" : files.joined(separator: ", ") }
}

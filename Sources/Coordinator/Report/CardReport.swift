import HSDLCompute
import Worker

/// The page of a model that was trained: what its card says, for people.
struct CardReport {
  private let card: ModelCard

  init(_ card: ModelCard) { self.card = card }

  /// What the page says beside the figures.
  var page: ModelReport {
    func score(_ member: String, _ name: String) -> String {
      card.scores[member]?[name].map { fixed($0, decimals: 4) } ?? "-"
    }
    let measures = ["accuracy", "precision", "recall", "roc_auc", "brier"]
    let names =
      card.members.map(\.kind.rawValue)
      + card.scores.keys.sorted().filter { name in
        !card.members.contains { $0.kind.rawValue == name }
      }
    var blocks: [ModelReport.Result] = [
      .keyFigures([
        ReportPage.KeyFigure(
          "training events", "\(card.training.events)", interval: "\(card.training.realEvents) real"),
        ReportPage.KeyFigure("features", "\(card.features.count)"),
        ReportPage.KeyFigure("kept from P =", fixed(card.thresholds.real, decimals: 3)),
        ReportPage.KeyFigure("rejected below P =", fixed(card.thresholds.fake, decimals: 3)),
      ]),
      .table(
        ReportPage.Table(
          "Scores: \(card.scoring)", columns: ["model"] + measures,
          rows: names.map { name in [name] + measures.map { score(name, $0) } })),
    ]
    if let validation = card.validation {
      blocks.append(.heading("On \(validation.method)"))
      blocks += ValidationReport(validation).blocks
    }
    return ModelReport(
      title: "Model \(card.shortHash)",
      subtitle: "\(card.kind) model of \(card.members.map(\.kind.title).joined(separator: ", "))", results: blocks,
      facts: ModelReport.events(real: card.training.realFiles, fake: card.training.fakeFiles) + [
        ("features", card.features.map(\.name).joined(separator: ", ")), ("seed", "\(card.settings.seed)"),
        ("hash", card.hash),
      ], files: ["card.json"])
  }
}

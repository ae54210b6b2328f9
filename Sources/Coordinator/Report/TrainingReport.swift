import HSDLCompute
import Worker

/// The page of a network that was trained.
struct TrainingReport {
  /// What it is: a picker, a discriminator.
  var title: String
  /// How the training went.
  var outcome: TrainingOutcome
  /// What the score is.
  var score: String
  /// What it was trained on.
  var counts: [(name: String, value: Int)]
  /// How it came about.
  var facts: [(name: String, value: String)]

  /// Draws the figures and writes the page.
  ///
  /// - Throws: ``FormatError`` when a file cannot be written.
  func write(to output: String, drawsFigures: Bool, _ report: Reporter) throws {
    let best =
      outcome.bestEpoch.flatMap { number in outcome.epochs.first { $0.epoch == number } } ?? outcome.epochs.last
    var figures = counts.map { ReportPage.KeyFigure($0.name, "\($0.value)") }
    if let best {
      figures.append(
        ReportPage.KeyFigure("epoch that was chosen", "\(best.epoch)", interval: "of \(outcome.epochs.count)"))
      if let loss = best.validationLoss {
        figures.append(ReportPage.KeyFigure("validation loss", fixed(loss, decimals: 5)))
      }
      if let value = best.score { figures.append(ReportPage.KeyFigure(score, fixed(value, decimals: 4))) }
    }
    try ModelReport(
      title: title, subtitle: "trained for \(counted(outcome.epochs.count, "epochs"))", results: [.keyFigures(figures)],
      facts: facts, files: ["card.json"]
    ).write(to: output, drawsFigures: drawsFigures, report) {
      [TrainingFigures.course(outcome.epochs, best: outcome.bestEpoch, score: score)].compactMap { $0 }
    }
  }
}

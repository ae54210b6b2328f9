import HSDLCompute
import Worker

/// Says how good a combination of models is on what it was not trained on.
struct HybridSummary {
  private let folder: ModelFolder

  init(_ folder: ModelFolder) { self.folder = folder }

  func say(_ report: Reporter, output: String) {
    let card = folder.card
    report.say(
      "trained on \(card.training.events) events (\(card.training.realEvents) real) with \(card.features.count) features\(card.hybrid.map { " and a network that has seen the waveforms of \($0.events)" } ?? "")"
    )
    if let validation = card.validation {
      report.say("on \(validation.method):")
      for line in Self.table(validation) { report.say(line) }
    }
    report.say(
      "real from P = \(fixed(card.thresholds.real, decimals: 3)), fake below P = \(fixed(card.thresholds.fake, decimals: 3)); folder \(output), model \(card.shortHash)"
    )
  }

  /// Measures with their intervals, a line for each model.
  static func table(_ validation: ModelCard.Validation) -> [String] {
    var rows = [
      ["model", "events", "ROC-AUC", "Brier score", "calibration error", "lost", "false kept", "to be looked at"]
    ]
    for name in ["shallow", "deep", "hybrid"] {
      guard let measures = validation.models[name] else { continue }
      func text(_ measure: String) -> String {
        measures.intervals[measure].map {
          "\(fixed($0.value, decimals: 4)) (\(fixed($0.lower, decimals: 4)) to \(fixed($0.upper, decimals: 4)))"
        } ?? "-"
      }
      let decisions = measures.decisions
      rows.append([
        name, "\(measures.events)", text("roc_auc"), text("brier"), text("expected_calibration_error"),
        "\(decisions.lostReal)", "\(decisions.keptFake)", "\(decisions.reviewed)",
      ])
    }
    return textTable(rows)
  }
}

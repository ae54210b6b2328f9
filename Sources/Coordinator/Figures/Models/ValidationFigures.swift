import HSDLCompute
import Worker

/// Figures of what a model's card says of events that the model was not trained on.
struct ValidationFigures {
  private let card: ModelCard

  init(_ card: ModelCard) { self.card = card }

  /// The figures; none where the card says nothing.
  var figures: [Figure] {
    guard let validation = card.validation else { return [] }
    let names = ["hybrid", "shallow", "deep"]
    let tables = validation.models.sorted { left, right in
      let (a, b) = (names.firstIndex(of: left.key) ?? names.count, names.firstIndex(of: right.key) ?? names.count)
      return a != b ? a < b : left.key < right.key
    }.map { (name: $0.key, table: $0.value.reliability) }
    return [ScoreFigures.reliability(tables, events: "\(validation.events) events, \(validation.method)")]
      .compactMap { $0 }
  }
}

import HSDLCompute
import Worker

/// The course of a training, epoch by epoch.
enum TrainingFigures {
  /// Loss, score and learning rate.
  static func course(_ epochs: [TrainingEpoch], best: Int?, score: String) -> Figure? {
    guard !epochs.isEmpty else { return nil }
    let x = epochs.map { Double($0.epoch) }
    func line(_ name: String, _ number: Int, _ values: [Double?]) -> [FigureLayer] {
      let known = values.map { $0 ?? .nan }
      guard known.contains(where: \.isFinite) else { return [] }
      var style = FigureStyle.series(number)
      style.size = 0.11
      return [
        FigureLayer(name, style, .line(x: x, y: known)),
        FigureLayer(name, style, .points(FigurePoints(x: x, y: known))),
      ]
    }
    let mark = best.map { [FigureLayer("epoch that was chosen", .guide, .guide(.vertical(Double($0))))] } ?? []
    let axis = FigureAxis("epoch", range: (0.5)...(Double(epochs.count) + 0.5))
    let losses = line("training", 0, epochs.map(\.trainingLoss)) + line("validation", 1, epochs.map(\.validationLoss))
    let positive = losses.allSatisfy {
      guard case .line(_, let y) = $0.content else { return true }
      return y.allSatisfy { !$0.isFinite || $0 > 0 }
    }
    var panels: [FigurePanel] = [
      .plot(
        PlotPanel(
          title: "loss", x: axis, y: FigureAxis("loss", scale: positive ? .logarithmic : .linear),
          layers: losses + mark, aspect: 0.8))
    ]
    let scores = line("score on validation samples", 2, epochs.map(\.score))
    if !scores.isEmpty {
      panels.append(
        .plot(PlotPanel(title: "score", x: axis, y: FigureAxis(score), layers: scores + mark, aspect: 0.8)))
    }
    panels.append(
      .plot(
        PlotPanel(
          title: "learning rate", x: axis, y: FigureAxis("learning rate", scale: .logarithmic),
          layers: line("learning rate", 3, epochs.map(\.learningRate)), aspect: 0.8)))
    return Figure(
      "training", title: "Course of the training",
      altText: "Loss of training and validation samples, score of validation samples and learning rate, by epoch.",
      columns: panels.count, panels: panels,
      table: FigureTable(
        columns: ["epoch", "training_loss", "validation_loss", "score", "learning_rate"],
        rows: epochs.map { epoch in
          [
            .integer(epoch.epoch), epoch.trainingLoss.map { .number($0) } ?? .empty,
            epoch.validationLoss.map { .number($0) } ?? .empty, epoch.score.map { .number($0) } ?? .empty,
            .number(epoch.learningRate),
          ]
        }))
  }
}

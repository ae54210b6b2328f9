import Foundation
import HSDLCompute
import MPI
import SeismicFormats

extension Trainer {
  private var identity: TrainingCheckpoint.Identity {
    TrainingCheckpoint.Identity(
      layout: model.parameters.layout, settings: settings.identity, data: samples.identity,
      metricNames: model.metricNames)
  }

  /// Writes the state, and after an epoch the table, on rank 0.
  ///
  /// Collective.
  func save(isBest: Bool) throws {
    guard let folder else { return }
    try communicator.agreeOnRoot {
      state.grid = reduction.grid
      (state.beta1Power, state.beta2Power) = (optimizer.beta1Power, optimizer.beta2Power)
      let checkpoint = TrainingCheckpoint(
        identity: identity, state: state,
        arrays: [
          ("weights", Array(model.parameters.weights)), ("statistics", Array(model.parameters.statistics)),
          ("optimizer.first", optimizer.first), ("optimizer.second", optimizer.second), ("average", average),
          ("best.weights", best.weights), ("best.statistics", best.statistics),
        ])
      // The best first: after a crash in between, the last one leads to the same best one again.
      if isBest { try checkpoint.write("\(folder)/best.checkpoint") }
      try checkpoint.write("\(folder)/last.checkpoint")
      if state.stepInEpoch == 0 {
        let output = try FileOutput("\(folder)/history.csv")
        try output.write(TrainingHistory.csv(state.epochs, metricNames: model.metricNames))
        try output.commit()
      }
    }
  }

  /// Takes up the state of the last checkpoint, if there is one.
  ///
  /// Collective.
  func restore() throws {
    guard let folder else { return }
    let path = "\(folder)/last.checkpoint"
    var bytes: [UInt8] = []
    try communicator.agreeOnRoot {
      guard FileManager.default.fileExists(atPath: path) else { return }
      bytes = try TrainingCheckpoint.bytes(of: path)
      _ = try accepted(bytes, path: path)
    }
    bytes = try communicator.broadcast(bytes)
    guard !bytes.isEmpty else { return }
    let checkpoint = try communicator.agree { try accepted(bytes, path: path) }
    func numbers(_ name: String) -> [Float] { checkpoint.values(name) ?? [] }
    _ = model.parameters.weights.update(fromContentsOf: numbers("weights"))
    _ = model.parameters.statistics.update(fromContentsOf: numbers("statistics"))
    optimizer.first = numbers("optimizer.first")
    optimizer.second = numbers("optimizer.second")
    average = numbers("average")
    best = (numbers("best.weights"), numbers("best.statistics"))
    state = checkpoint.state
    reduction.grid = state.grid
    (optimizer.beta1Power, optimizer.beta2Power) = (state.beta1Power, state.beta2Power)
    // The other ranks' times are not known any more; all go on with those of rank 0.
    if communicator.isRoot {
      callbacks.onNote("going on from \(path): epoch \(state.epoch + 1), step \(state.stepInEpoch + 1)")
    }
  }

  /// Makes a checkpoint of bytes and holds it against this training.
  private func accepted(_ bytes: [UInt8], path: String) throws -> TrainingCheckpoint {
    let checkpoint = try TrainingCheckpoint(bytes, path: path)
    try checkpoint.require(identity, path: path)
    let (weights, statistics) = (model.parameters.weights.count, model.parameters.statistics.count)
    let hasBest = checkpoint.state.bestEpoch != nil
    let wanted = [
      ("weights", weights), ("statistics", statistics), ("optimizer.first", optimizer.first.count),
      ("optimizer.second", optimizer.second.count), ("average", average.count),
      ("best.weights", hasBest ? weights : 0), ("best.statistics", hasBest ? statistics : 0),
    ]
    for (name, count) in wanted {
      let found = checkpoint.values(name)?.count ?? 0
      guard found == count else {
        throw FormatError(
          .badData, file: path, found: "\(found) numbers of \(name)", expected: "\(count)",
          remedy: "begin anew with --overwrite")
      }
    }
    let state = checkpoint.state
    guard state.grid.exponents.count == model.parameters.weightTensors.count, state.epoch >= 0, state.step >= 0,
      state.stepInEpoch >= 0
    else {
      throw FormatError(
        .badData, file: path, found: "a state that no training has", remedy: "begin anew with --overwrite")
    }
    return checkpoint
  }
}

public import HSDLCompute
public import MPI
import SeismicFormats

/// Trains a network on samples that lie spread over the ranks.
///
/// Each rank computes the gradients of its micro-batches; their sums over all ranks are made while the backward pass goes on; then every rank
/// changes its own copy of the weights in the same way. Weights, history and checkpoints are the same bit for bit on any number of
/// ranks, and after any interruption, provided the network computes a micro-batch in the same way wherever it runs and
/// sums its statistics with ``SumExchange/sum(_:rowCount:)``.
///
/// An object belongs to one thread of one rank; it may use two further communicators, which it makes itself.
public final class Trainer<Model: TrainableModel, Samples: TrainerData> where Samples.MicroBatch == Model.MicroBatch {
  /// The names of the files in the folder: where a training goes on, the state after its best epoch, and the table of its epochs.
  public static var fileNames: [String] { ["last.checkpoint", "best.checkpoint", "history.csv"] }

  let model: Model
  let samples: Samples
  let settings: TrainerSettings
  let folder: String?
  let callbacks: TrainingCallbacks
  let communicator: any Communicator
  let exchange: StatisticsExchange
  let reduction: GradientReduction
  let optimizer: Optimizer
  var state: TrainingState
  var gradients: [Float]
  /// The running mean of the weights; empty where none is kept.
  var average: [Float] = []
  /// The weights and statistics of the best epoch; empty before there is one.
  var best: (weights: [Float], statistics: [Float]) = ([], [])

  /// Prepares a training.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - model: has its first weights, the same on all ranks.
  ///   - samples: this rank's part.
  ///   - folder: an existing folder for checkpoints, the history and what a failure leaves; nil writes nothing.
  /// - Throws: ``JobError`` for settings that cannot work; ``CommunicatorError``.
  public init(
    _ model: Model, _ samples: Samples, settings: TrainerSettings, folder: String?,
    over communicator: any Communicator, callbacks: TrainingCallbacks = TrainingCallbacks()
  ) throws {
    try settings.validate()
    self.model = model
    self.samples = samples
    self.settings = settings
    self.folder = folder
    self.callbacks = callbacks
    self.communicator = communicator
    let parameters = model.parameters
    // Three streams of collectives that never wait for each other: this one's, the statistics', the gradients'.
    exchange = StatisticsExchange(try communicator.duplicate())
    reduction = GradientReduction(
      parameters, firstBucketBytes: settings.firstBucketBytes, bucketBytes: settings.bucketBytes,
      over: try communicator.duplicate())
    optimizer = Optimizer(settings.optimizer, for: parameters)
    state = TrainingState(grid: reduction.grid)
    gradients = [Float](repeating: 0, count: parameters.weights.count)
  }

  /// Trains to the end, or until it is asked to stop; then the model has the weights of the best epoch, or where it was stopped, the last ones.
  ///
  /// Goes on from the checkpoint in the folder where there is one. Collective.
  ///
  /// - Parameter startsAnew: whether a checkpoint that is there is ignored and replaced.
  /// - Throws: ``AgreedFailure`` on all ranks for what samples, checkpoints and numbers can go wrong with; on one rank alone what the network throws in
  ///   the middle of its passes, after which the job must be aborted; ``CommunicatorError``.
  public func run(startsAnew: Bool = false) throws -> TrainingOutcome {
    if settings.averaging != nil { average = Array(model.parameters.weights) }
    if !startsAnew { try restore() }
    try checkParameters("before the first step")
    var ending = state.hasEndedEarly ? TrainingOutcome.Ending.noImprovement : .allEpochs
    while state.epoch < settings.epochs, !state.hasEndedEarly {
      let start = now()
      guard try trainEpoch() else {
        state.partial.times.total += now() - start
        try save(isBest: false)
        ending = .stopped
        break
      }
      try endEpoch(startedAt: start)
      if state.hasEndedEarly { ending = .noImprovement }
    }
    if ending != .stopped, !best.weights.isEmpty {
      _ = model.parameters.weights.update(fromContentsOf: best.weights)
      _ = model.parameters.statistics.update(fromContentsOf: best.statistics)
    } else if ending != .stopped, !average.isEmpty {
      _ = model.parameters.weights.update(fromContentsOf: average)
    }
    return TrainingOutcome(
      ending: ending, epochs: state.epochs, bestEpoch: state.bestEpoch, bestScore: state.bestScore)
  }

  /// Makes the steps that are left of an epoch; false where it was asked to stop before the last.
  private func trainEpoch() throws -> Bool {
    try communicator.agree { try samples.begin(epoch: state.epoch, fromStep: state.stepInEpoch) }
    let count = samples.stepCount(epoch: state.epoch)
    while state.stepInEpoch < count {
      guard let isWanted = try step() else { return false }
      if communicator.isRoot { callbacks.onStep(state.stepInEpoch, count) }
      let isDue = settings.checkpointSteps.map { state.step % $0 == 0 } ?? false
      if isDue || isWanted, state.stepInEpoch < count {
        try save(isBest: false)
      }
    }
    return true
  }

  /// Validates, compares, decides how to go on, and writes.
  private func endEpoch(startedAt start: Double) throws {
    let sums = try validate()
    try checkParameters("after epoch \(state.epoch + 1)")
    let partial = state.partial
    var row = TrainingEpoch(
      epoch: state.epoch + 1, steps: state.step, samples: partial.samples, learningRate: partial.learningRate,
      trainingLoss: partial.weight > 0 ? partial.loss / partial.weight : nil, validationLoss: nil, score: nil,
      metrics: sums.map { Array($0.dropFirst(2)) } ?? [],
      gradientNorm: partial.steps > 0 ? partial.norm / Double(partial.steps) : 0, skipped: partial.skipped,
      times: partial.times)
    var isBest = false
    if let sums {
      row.validationLoss = sums[0] / sums[1]
      let score = model.score(sums)
      if score.isFinite { row.score = score }
      isBest = state.bestScore.map { score > $0 + settings.leastImprovement } ?? score.isFinite
      weigh(score, isBest: isBest)
    }
    row.times.total += now() - start
    row.times = try meanTimes(row.times)
    state.epochs.append(row)
    state.epoch += 1
    state.stepInEpoch = 0
    state.partial = PartialEpoch()
    try save(isBest: isBest)
    if communicator.isRoot { callbacks.onEpoch(row) }
  }

  /// Keeps the best weights, lowers the learning rate on a plateau, ends a training that no longer gets better.
  private func weigh(_ score: Double, isBest: Bool) {
    if isBest {
      best = (average.isEmpty ? Array(model.parameters.weights) : average, Array(model.parameters.statistics))
      state.bestScore = score
      state.bestEpoch = state.epoch + 1
      state.epochsSinceBest = 0
      state.epochsOnPlateau = 0
      return
    }
    state.epochsSinceBest += 1
    state.epochsOnPlateau += 1
    if let plateau = settings.schedule.plateau, state.epochsOnPlateau > plateau.patience {
      state.rateFraction = max(state.rateFraction * plateau.factor, plateau.leastFraction)
      state.epochsOnPlateau = 0
      if communicator.isRoot {
        callbacks.onNote(
          "the score no longer grows: the learning rate falls to \(state.rateFraction) of its full height")
      }
    }
    if let patience = settings.patience, state.epochsSinceBest >= patience { state.hasEndedEarly = true }
  }

  private func meanTimes(_ times: TrainingTimes) throws -> TrainingTimes {
    let own = [times.compute, times.wait, times.allreduce, times.statistics, times.data, times.total]
    let sums = try communicator.allreduce(own, .sum).map { $0 / Double(communicator.size) }
    var mean = TrainingTimes()
    (mean.compute, mean.wait, mean.allreduce) = (sums[0], sums[1], sums[2])
    (mean.statistics, mean.data, mean.total) = (sums[3], sums[4], sums[5])
    return mean
  }

  /// Makes sure that all ranks have the same numbers.
  private func checkParameters(_ moment: String) throws {
    let hash = optimizer.first.withUnsafeBufferPointer { first in
      optimizer.second.withUnsafeBufferPointer { second in
        average.withUnsafeBufferPointer { average in
          parameterHash([
            UnsafeBufferPointer(model.parameters.weights), UnsafeBufferPointer(model.parameters.statistics), first,
            second, average,
          ])
        }
      }
    }
    try requireSameParameters(hash, at: moment, over: communicator)
  }
}

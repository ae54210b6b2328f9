import HSDLCompute
public import MPI
public import Worker

/// A small training with all that a trainer does: uneven micro-batches, weights, normalisation, dropout, warm-up, clipping, a running mean.
public struct ToyTraining: Sendable {
  /// The settings of the trainer.
  public var settings: TrainerSettings
  /// How micro-batches lie on the ranks.
  public var sharing = Sharing.even
  /// Inputs, hidden units, outputs.
  public var sizes = [6, 16, 12, 2]
  /// Samples in training.
  public var count = 230
  /// Samples of a step, and of a micro-batch.
  public var globalBatch = 24
  /// Samples of a micro-batch.
  public var microBatch = 4

  /// The usual one: 5 epochs of 10 steps.
  public init() {
    settings = TrainerSettings()
    settings.epochs = 5
    settings.optimizer = OptimizerSettings(.adamW, weightDecay: 0.01)
    settings.schedule = LearningRateSchedule(
      baseRate: 0.01, referenceBatch: 12, scaling: .squareRoot, warmUpSteps: 5,
      shape: .cosine(steps: 60, finalFraction: 0.1))
    settings.largestNorm = 0.5
    settings.averaging = 0.9
    settings.bucketBytes = 1000
    settings.firstBucketBytes = 100
  }

  /// The network before the training.
  public func network() -> DenseNetwork { DenseNetwork(sizes, dropout: 0.2) }

  /// A rank's samples.
  public func samples(_ communicator: any Communicator) -> DenseSamples {
    DenseSamples(
      count: count, inputs: sizes[0], outputs: sizes[sizes.count - 1], globalBatch: globalBatch,
      microBatch: microBatch, rank: communicator.rank, ranks: communicator.size, sharing: sharing)
  }

  /// What a training ends with.
  public struct Result: Sendable, Equatable {
    /// All weights and statistics.
    public var numbers: [Float]
    /// Its epochs.
    public var outcome: TrainingOutcome

    /// Whether all bits but the times are the same.
    public func isSame(as other: Result) -> Bool {
      numbers.map(\.bitPattern) == other.numbers.map(\.bitPattern)
        && outcome.epochs.count == other.outcome.epochs.count
        && zip(outcome.epochs, other.outcome.epochs).allSatisfy { $0.isSame(as: $1) }
        && outcome.ending == other.outcome.ending && outcome.bestEpoch == other.outcome.bestEpoch
        && outcome.bestScore == other.outcome.bestScore
    }

    /// The numbers and epochs as one number.
    public var hash: UInt64 {
      var hash: UInt64 = 1
      func add(_ bits: UInt64) { hash = (hash ^ bits) &* 0x0000_0100_0000_01b3 }
      numbers.forEach { add(UInt64($0.bitPattern)) }
      for epoch in outcome.epochs {
        add((epoch.trainingLoss ?? 0).bitPattern)
        add((epoch.validationLoss ?? 0).bitPattern)
        add(epoch.gradientNorm.bitPattern)
        epoch.metrics.forEach { add($0.bitPattern) }
      }
      return hash
    }
  }

  /// Trains.
  public func run(
    over communicator: any Communicator, folder: String? = nil, callbacks: TrainingCallbacks = TrainingCallbacks(),
    change: (DenseNetwork, DenseSamples) -> Void = { _, _ in }
  ) throws -> Result {
    let network = network()
    let samples = samples(communicator)
    change(network, samples)
    let trainer = try Trainer(
      network, samples, settings: settings, folder: folder, over: communicator, callbacks: callbacks)
    let outcome = try trainer.run()
    // The memory of the numbers goes with the network.
    return withExtendedLifetime(network) {
      Result(numbers: Array(network.parameters.weights) + Array(network.parameters.statistics), outcome: outcome)
    }
  }
}

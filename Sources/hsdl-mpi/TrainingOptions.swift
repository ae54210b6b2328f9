public import ArgumentParser
public import Worker

extension LearningRateSchedule.Scaling: ExpressibleByArgument {}
extension OptimizerSettings.Method: ExpressibleByArgument {}
extension HybridTraining.LeftOut: ExpressibleByArgument {}

/// How a network is trained over the ranks.
struct TrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Go through the samples at most so often.", valueName: "n"))
  var epochs = 30

  @Option(
    help: ArgumentHelp(
      "Samples of a step, of all ranks together. The result depends on this, not on the ranks.", valueName: "n"))
  var batchSize: Int?

  @Option(
    help: ArgumentHelp(
      "Samples that go through the network together: the unit of what is shared out over the ranks.", valueName: "n"))
  var microBatchSize: Int?

  @Option(help: ArgumentHelp("The learning rate for steps of --reference-batch samples.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("The number of samples of a step that --learning-rate is meant for.", valueName: "n"))
  var referenceBatch: Int?

  @Option(
    help: ArgumentHelp("How the rate grows with the samples of a step: none, linear, square-root.", valueName: "way"))
  var rateScaling = LearningRateSchedule.Scaling.squareRoot

  @Option(help: ArgumentHelp("Steps in which the rate rises to its full height.", valueName: "n"))
  var warmUp = 100

  @Flag(inversion: .prefixedNo, help: "Let the rate fall along a cosine until the last epoch.")
  var cosine = true

  @Option(help: ArgumentHelp("sgd, adam or adamw.", valueName: "method"))
  var optimizer = OptimizerSettings.Method.adam

  @Option(help: ArgumentHelp("How strongly weights are drawn to zero.", valueName: "x"))
  var weightDecay = 0.0

  @Option(help: ArgumentHelp("The largest norm of a step's mean gradient; a longer one is shortened.", valueName: "x"))
  var clip = 5.0

  @Option(help: ArgumentHelp("End after so many epochs without a better score; 0 never does.", valueName: "n"))
  var patience = 8

  @Option(help: ArgumentHelp("Write a checkpoint every so many steps, not only after each epoch.", valueName: "n"))
  var checkpointEvery: Int?

  @Option(help: "The seed of all random choices.")
  var seed: UInt64 = 42

  func validate() throws {
    guard (1...100_000).contains(epochs) else { throw ValidationError("--epochs must be from 1 to 100000") }
    if let batchSize {
      guard (1...1_000_000).contains(batchSize) else { throw ValidationError("--batch-size must be from 1 to 1000000") }
    }
    if let microBatchSize {
      guard (1...4096).contains(microBatchSize) else {
        throw ValidationError("--micro-batch-size must be from 1 to 4096")
      }
    }
    guard patience >= 0, warmUp >= 0 else { throw ValidationError("--patience and --warm-up must not be negative") }
    guard clip > 0, weightDecay >= 0 else { throw ValidationError("--clip must be above 0, --weight-decay not below") }
  }

  /// The trainer's settings.
  ///
  /// - Parameters:
  ///   - rate: the learning rate where none is given.
  ///   - reference: the batch that it is meant for where none is given.
  func settings(rate: Double, reference: Int) -> TrainerSettings {
    var settings = TrainerSettings()
    settings.epochs = epochs
    settings.seed = seed
    settings.optimizer = OptimizerSettings(optimizer, weightDecay: weightDecay)
    settings.schedule = LearningRateSchedule(
      baseRate: learningRate ?? rate, referenceBatch: referenceBatch ?? reference, scaling: rateScaling,
      warmUpSteps: warmUp)
    settings.largestNorm = clip
    settings.patience = patience > 0 ? patience : nil
    settings.checkpointSteps = checkpointEvery
    return settings
  }
}

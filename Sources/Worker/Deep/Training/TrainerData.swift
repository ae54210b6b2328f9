/// What one rank takes part in a step with.
public struct TrainingStep<MicroBatch: Sendable>: Sendable {
  /// This rank's micro-batches; none where there are more ranks than micro-batches.
  public var microBatches: [MicroBatch]
  /// The place of each of them in the global batch, from 0; does not depend on ranks.
  public var keys: [Int]
  /// How many samples they hold together.
  public var sampleCount: Int

  /// Creates a rank's part of a step.
  public init(microBatches: [MicroBatch], keys: [Int], sampleCount: Int) {
    self.microBatches = microBatches
    self.keys = keys
    self.sampleCount = sampleCount
  }
}

/// A rank's part of the samples that a network is trained with.
///
/// What a micro-batch holds is a function of seed, epoch, step and place, the same for any number of ranks; which rank it
/// goes to is free. No method is collective. One that fails fails on its rank; the trainer tells the others.
public protocol TrainerData: AnyObject {
  /// Samples that go through the network together.
  associatedtype MicroBatch: Sendable

  /// What a checkpoint must agree with to be continued: names and values of all that decides about the samples (files and their hashes,
  /// seed, sizes of batches), the same for any number of ranks.
  var identity: [String: String] { get }

  /// The number of samples of a full step, all ranks' together.
  var globalBatch: Int { get }

  /// The number of steps of an epoch, the same on all ranks.
  func stepCount(epoch: Int) -> Int

  /// Any micro-batch, for its shape: stands in where a rank has none.
  func template() throws -> MicroBatch

  /// Goes to a step of an epoch; both are counted from 0.
  func begin(epoch: Int, fromStep step: Int) throws

  /// This rank's part of the next step; nil after the last.
  func next() throws -> TrainingStep<MicroBatch>?

  /// Goes to the beginning of the validation samples.
  func beginValidation() throws

  /// The next of this rank's validation micro-batches; nil after the last.
  ///
  /// All ranks' together are the same for any number of ranks.
  func nextValidation() throws -> MicroBatch?
}

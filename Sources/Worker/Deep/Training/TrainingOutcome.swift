/// What a training tells while it goes on.
public struct TrainingCallbacks {
  /// Told on rank 0 after each step: how many steps of how many of this epoch are done.
  public var onStep: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  /// Told on rank 0 after each epoch.
  public var onEpoch: (TrainingEpoch) -> Void = { _ in }
  /// Told on rank 0 what is worth knowing: that a training goes on from a checkpoint, that the learning rate falls.
  public var onNote: (String) -> Void = { _ in }
  /// Told on the rank that has found it: the name of a sample that is left out because its data hold numbers that are not finite.
  public var onSkipped: (String) -> Void = { _ in }
  /// Asked on each rank before each step whether the training is to stop; all ranks stop when one says so.
  public var shouldStop: () -> Bool = { false }
  /// Asked on each rank before each step whether a checkpoint is wanted after it, at a place that is not one anyway.
  public var wantsCheckpoint: () -> Bool = { false }
  /// Called on each rank before each step; what it throws ends the training on all ranks.
  public var beforeStep: () throws -> Void = {}
  /// Called on each rank in the middle of its backward pass, when the first gradient is known; what it throws is an error of this rank alone.
  public var inPass: () throws -> Void = {}

  /// Callbacks that do nothing.
  public init() {}
}

/// How a training ended.
public struct TrainingOutcome: Sendable, Equatable {
  /// Why it ended.
  public enum Ending: Sendable, Equatable {
    /// All epochs are done.
    case allEpochs
    /// The score no longer grew.
    case noImprovement
    /// It was asked to stop; a checkpoint to go on from is written where there is a folder for it.
    case stopped
  }

  /// Why it ended.
  public var ending: Ending
  /// The epochs that are done, those before a checkpoint included.
  public var epochs: [TrainingEpoch]
  /// The number, from 1, of the epoch whose weights the model has now; nil where it has those of the last step.
  public var bestEpoch: Int?
  /// The score of that epoch.
  public var bestScore: Double?
}

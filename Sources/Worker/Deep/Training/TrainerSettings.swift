import Foundation

/// How a network is trained.
public struct TrainerSettings: Codable, Sendable, Equatable {
  /// How often all training samples are gone through, at most.
  public var epochs = 100
  /// Fixes everything that is random.
  public var seed: UInt64 = 1
  /// How weights follow from gradients.
  public var optimizer = OptimizerSettings()
  /// The learning rate.
  public var schedule = LearningRateSchedule()
  /// The largest norm of the gradient of a step; a longer one is shortened to it; nil: any.
  public var largestNorm: Double?
  /// How much of the running mean of the weights is kept in each step; that mean is validated and kept; nil: no mean.
  public var averaging: Double?
  /// After how many epochs without a better score the training ends; nil: never.
  public var patience: Int?
  /// By how much a score must be better to count.
  public var leastImprovement = 0.0
  /// After how many steps a checkpoint is written besides those at the end of each epoch; nil: none.
  public var checkpointSteps: Int?
  /// How many bytes of sums of gradients travel together.
  public var bucketBytes = 1 << 20
  /// The same of the first bucket: a small one is under way early.
  public var firstBucketBytes = 1 << 16

  /// Creates the usual settings.
  public init() {}

  /// What may be different when a training goes on: it changes how long, or how fast, but no number.
  private static let free: Set<String> = ["epochs", "checkpointSteps", "bucketBytes", "firstBucketBytes"]

  /// All settings that decide about the result, by name, as text.
  package var identity: [String: String] {
    guard let data = try? JSONEncoder().encode(self),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [:] }
    var flat: [String: String] = [:]
    for (name, value) in object where !Self.free.contains(name) { Self.flatten(name, value, into: &flat) }
    return flat
  }

  private static func flatten(_ name: String, _ value: Any, into flat: inout [String: String]) {
    if let object = value as? [String: Any] {
      if object.isEmpty { flat[name] = "yes" }
      for (key, value) in object { flatten("\(name).\(key)", value, into: &flat) }
    } else {
      flat[name] = "\(value)"
    }
  }

  /// Objects to settings that cannot work.
  ///
  /// - Throws: ``JobError`` with `configuration`.
  public func validate() throws {
    func require(_ condition: Bool, _ text: String) throws {
      if !condition { throw JobError(.configuration, text) }
    }
    func isPart(_ value: Double) -> Bool { value >= 0 && value < 1 }
    try require(epochs >= 1, "the number of epochs is \(epochs); give 1 or more")
    try require(
      schedule.baseRate > 0 && schedule.baseRate.isFinite,
      "the learning rate is \(schedule.baseRate); give a number above 0")
    try require(schedule.referenceBatch >= 1, "the reference batch is \(schedule.referenceBatch); give 1 or more")
    try require(schedule.warmUpSteps >= 0, "the warm-up takes \(schedule.warmUpSteps) steps; give 0 or more")
    switch schedule.shape {
    case .constant: break
    case .cosine(let steps, let final):
      try require(steps >= 1, "the cosine takes \(steps) steps; give 1 or more")
      try require(final >= 0 && final <= 1, "the cosine ends at a fraction of \(final); give one from 0 to 1")
    case .step(let every, let factor):
      try require(every >= 1, "the learning rate falls every \(every) steps; give 1 or more")
      try require(factor > 0 && factor <= 1, "the learning rate falls by a factor of \(factor); give one from 0 to 1")
    }
    if let plateau = schedule.plateau {
      try require(
        plateau.factor > 0 && plateau.factor < 1,
        "the factor on a plateau is \(plateau.factor); give one between 0 and 1")
      try require(plateau.patience >= 0, "the patience on a plateau is \(plateau.patience); give 0 or more")
      try require(isPart(plateau.leastFraction), "the least fraction is \(plateau.leastFraction); give one from 0 to 1")
    }
    try require(isPart(optimizer.momentum), "the momentum is \(optimizer.momentum); give one from 0 to below 1")
    try require(isPart(optimizer.beta1), "beta1 is \(optimizer.beta1); give a number from 0 to below 1")
    try require(isPart(optimizer.beta2), "beta2 is \(optimizer.beta2); give a number from 0 to below 1")
    try require(
      optimizer.epsilon > 0 && optimizer.epsilon.isFinite, "epsilon is \(optimizer.epsilon); give one above 0")
    try require(
      optimizer.weightDecay >= 0 && optimizer.weightDecay.isFinite,
      "the weight decay is \(optimizer.weightDecay); give 0 or more")
    if let largestNorm { try require(largestNorm > 0, "the largest norm is \(largestNorm); give a number above 0") }
    if let averaging {
      try require(isPart(averaging), "the averaging is \(averaging); give a number from 0 to below 1")
    }
    if let patience { try require(patience >= 1, "the patience is \(patience) epochs; give 1 or more") }
    try require(leastImprovement >= 0, "the least improvement is \(leastImprovement); give 0 or more")
    if let checkpointSteps {
      try require(checkpointSteps >= 1, "a checkpoint is written every \(checkpointSteps) steps; give 1 or more")
    }
    try require(bucketBytes >= 8 && firstBucketBytes >= 8, "a bucket holds less than one number; give 8 bytes or more")
  }
}

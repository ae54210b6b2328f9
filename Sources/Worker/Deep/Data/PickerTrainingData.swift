public import HSDLCompute
public import SeismicFormats

/// How a picker's samples are drawn, varied and labelled.
public struct PickerDataSettings: Sendable, Hashable, Codable {
  /// Samples of a step, of all ranks together.
  public var batchSize = 128
  /// Samples that go through the network together.
  public var microBatchSize = 16
  /// What all randomness comes from.
  public var seed: UInt64 = 1
  /// The share of noise in an epoch; nil for as much as there is.
  public var noiseShare: Double?
  /// How windows are varied in training.
  public var augmentation = AugmentationSettings()
  /// The curves of arrivals.
  public var labels = PickLabels()
  /// How many steps are made ahead.
  public var stepsAhead = 2

  /// The usual settings.
  public init() {}

  /// What is wrong with the settings; nil where nothing is.
  public var objection: String? {
    if batchSize < 1 || microBatchSize < 1 {
      return "\(batchSize) samples of a step in parts of \(microBatchSize); expected numbers above zero"
    }
    if let noiseShare, !(noiseShare >= 0 && noiseShare < 1) {
      return "the share of noise is \(noiseShare); expected 0 to below 1"
    }
    return augmentation.objection
  }
}

/// One rank's part of the samples that a picker is trained with, made ahead on another thread.
///
/// What a micro-batch holds depends on seed, epoch, step and place; which rank it goes to does not change it. An object belongs
/// to one thread; no method is collective.
public final class PickerTrainingData: TrainerData {
  /// This rank's part of a step.
  public typealias Step = TrainingStep<PickerMicroBatch>

  /// How samples are drawn.
  public let settings: PickerDataSettings
  /// The samples of the set that are for fitting.
  public let training: [Int]
  /// The samples of the set that are for validation.
  public let validation: [Int]
  /// Samples that could not be read, or not wholly, of those that this rank has met; each counts once.
  public var unreadableCount: Int { told.count }

  private let set: PickerTrainingSet
  private let rank: Int
  private let ranks: Int
  private let onProblem: ProblemHandler
  private let sampler: EpochSampler
  private let validationSampler: EpochSampler
  private var steps: BatchPrefetch<Made>?
  private var validationBatches: BatchPrefetch<Made>?
  private var told: Set<Int> = []

  private struct Made {
    var step: Step
    var failures: [PickerBatchAssembly.Failure]
  }

  /// Creates a rank's part.
  ///
  /// - Parameters:
  ///   - set: the samples; not used by others from now on.
  ///   - training: numbers of the samples for fitting.
  ///   - validation: numbers of the samples for validation.
  ///   - settings: how they are drawn.
  ///   - rank: this rank.
  ///   - ranks: how many there are.
  ///   - onProblem: told once of each sample that cannot be read.
  /// - Throws: ``ComputeError`` where a setting cannot be, or there is nothing to fit.
  public init(
    _ set: PickerTrainingSet, training: [Int], validation: [Int], settings: PickerDataSettings, rank: Int,
    of ranks: Int,
    onProblem: @escaping ProblemHandler
  ) throws {
    if let objection = settings.objection { throw ComputeError.cannotTrain(reason: objection) }
    guard !training.isEmpty else {
      throw ComputeError.cannotTrain(
        reason: "there is no sample for fitting in \(set.sources.map(\.description).joined(separator: ", "))")
    }
    guard (training + validation).allSatisfy(set.entries.indices.contains) else {
      throw ComputeError.cannotTrain(reason: "a sample is not one of the \(set.count) that there are")
    }
    self.set = set
    self.training = training
    self.validation = validation
    self.settings = settings
    self.rank = rank
    self.ranks = max(ranks, 1)
    self.onProblem = onProblem
    sampler = EpochSampler(
      count: training.count, batchSize: settings.batchSize, microBatchSize: settings.microBatchSize,
      seed: settings.seed,
      balance: settings.noiseShare.map { share in
        EpochSampler.Balance(isNoise: training.map { set.entries[$0].isNoise }, noiseShare: share)
      })
    validationSampler = EpochSampler(
      count: validation.count, batchSize: max(validation.count, 1), microBatchSize: settings.microBatchSize,
      seed: settings.seed, isShuffled: false)
  }

  /// Names and values of all that decides about the samples, the same for any number of ranks.
  public var identity: [String: String] {
    func list(_ samples: [Int]) -> String {
      String(samples.reduce(mixed(UInt64(samples.count))) { mixed($0 ^ UInt64($1)) }, radix: 16)
    }
    var values = [
      "sources": set.sources.map(\.description).joined(separator: "; "),
      "samples": String(set.fingerprint, radix: 16), "training": list(training), "validation": list(validation),
      "batch": "\(settings.batchSize) in \(settings.microBatchSize)", "data_seed": "\(settings.seed)",
      "labels": "\(settings.labels.curve.rawValue) \(settings.labels.halfWidth) \(settings.labels.deviation)",
    ]
    let augmentation = settings.augmentation
    values["augmentation"] =
      "share \(augmentation.share), shift \(augmentation.shift), second \(augmentation.secondEvent), noise \(augmentation.noise) "
      + "\(augmentation.noiseLevels), channels \(augmentation.channelDropping), gaps \(augmentation.noiseGap) "
      + "\(augmentation.eventGap), scaling \(augmentation.scaling), emphasis \(augmentation.preEmphasis) "
      + "\(augmentation.preEmphasisCoefficient), clear \(augmentation.leastSignalToNoise), margin \(augmentation.margin)"
    if let share = settings.noiseShare { values["noise_share"] = "\(share)" }
    return values
  }

  /// The number of samples of a full step, all ranks' together.
  public var globalBatch: Int { settings.batchSize }

  /// The number of steps of an epoch, the same on all ranks.
  public func stepCount(epoch: Int) -> Int { sampler.stepCount }

  /// A micro-batch of filling, for its shape.
  public func template() -> PickerMicroBatch {
    PickerBatchAssembly.empty(set.picker, count: settings.microBatchSize)
  }

  /// Goes to a step of an epoch; both are counted from 0.
  public func begin(epoch: Int, fromStep first: Int) {
    stop()
    let (sampler, settings, samples, rank, ranks) = (sampler, settings, training, rank, ranks)
    let assembly = PickerBatchAssembly(
      set, augmentation: Augmentation(settings.augmentation, length: set.picker.windowLength, seed: settings.seed),
      labels: settings.labels)
    var order: [Int]?
    var step = max(first, 0)
    steps = BatchPrefetch(depth: settings.stepsAhead) {
      guard step < sampler.stepCount else { return nil }
      let draws = order ?? sampler.order(epoch: epoch)
      order = draws
      let own = sampler.share(draws, step: step, rank: rank, of: ranks, fillsEmpty: false)
      step += 1
      return try Self.make(own, assembly, samples, epoch)
    }
  }

  /// This rank's part of the next step; nil after the last.
  ///
  /// - Throws: ``FormatError`` when reading breaks off; what the handler of problems throws.
  public func next() throws -> Step? { try take(from: steps) }

  /// Goes to the beginning of the validation samples.
  public func beginValidation() {
    stop()
    let (sampler, settings, samples) = (validationSampler, settings, validation)
    let assembly = PickerBatchAssembly(
      set, augmentation: Augmentation(.none, length: set.picker.windowLength, seed: settings.seed),
      labels: settings.labels)
    var own = sampler.share(sampler.order(epoch: 0), step: 0, rank: rank, of: ranks, fillsEmpty: false)[...]
    validationBatches = BatchPrefetch(depth: settings.stepsAhead) {
      try own.popFirst().map { try Self.make([$0], assembly, samples, 0) }
    }
  }

  /// The next of this rank's validation micro-batches; nil after the last.
  ///
  /// - Throws: as ``next()``.
  public func nextValidation() throws -> PickerMicroBatch? { try take(from: validationBatches)?.microBatches.first }

  /// Ends what is being made ahead.
  public func stop() {
    steps?.stop()
    steps = nil
    validationBatches?.stop()
    validationBatches = nil
  }

  private func take(from batches: BatchPrefetch<Made>?) throws -> Step? {
    guard let made = try batches?.next() else { return nil }
    var fresh: Set<Int> = []
    for failure in made.failures where !told.contains(failure.sample) {
      fresh.insert(failure.sample)
      try onProblem(failure.problem)
    }
    told.formUnion(fresh)
    return made.step
  }

  private static func make(
    _ own: [EpochSampler.MicroBatch], _ assembly: PickerBatchAssembly, _ samples: [Int], _ epoch: Int
  ) throws -> Made {
    var made = Made(step: Step(microBatches: [], keys: [], sampleCount: 0), failures: [])
    for micro in own {
      let (batch, failures) = try assembly.microBatch(micro.draws, samples, epoch: epoch)
      made.step.microBatches.append(batch)
      made.step.keys.append(micro.key)
      made.step.sampleCount += micro.draws.count { $0 >= 0 }
      made.failures += failures
    }
    return made
  }
}

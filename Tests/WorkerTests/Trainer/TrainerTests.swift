import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import TrainingChecks
import Worker

/// An empty folder that goes when the test ends.
final class TrainingFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("training-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Trains on threads as ranks; the ranks must end alike.
func train(
  _ training: ToyTraining = ToyTraining(), ranks: Int, folder: String? = nil,
  callbacks: @escaping @Sendable (any Communicator) -> TrainingCallbacks = { _ in TrainingCallbacks() },
  change: @escaping @Sendable (Int, DenseNetwork, DenseSamples) -> Void = { _, _, _ in }
) throws -> ToyTraining.Result {
  let all = try InProcessCommunicator.run(ranks: ranks) { communicator in
    try training.run(over: communicator, folder: folder, callbacks: callbacks(communicator)) {
      change(communicator.rank, $0, $1)
    }
  }
  let isAlike = all.allSatisfy { $0.numbers.map(\.bitPattern) == all[0].numbers.map(\.bitPattern) }
  #expect(isAlike, "the ranks end with the same parameters")
  return all[0]
}

@Suite("Training a network over ranks")
struct TrainerTests {
  @Test("50 steps come out the same bit for bit on any number of ranks", arguments: 2...4, Sharing.allCases)
  func anyRanks(ranks: Int, sharing: Sharing) throws {
    var training = ToyTraining()
    let single = try train(training, ranks: 1)
    #expect(single.outcome.epochs.last?.steps == 50)
    training.sharing = sharing
    let isSame = try train(training, ranks: ranks).isSame(as: single)
    #expect(isSame)
  }

  @Test("so they do with other optimizers and buckets", arguments: OptimizerSettings.Method.allCases, [8, 1 << 20])
  func anyOptimizer(method: OptimizerSettings.Method, bucketBytes: Int) throws {
    var training = ToyTraining()
    training.settings.optimizer = OptimizerSettings(method, weightDecay: 0.1, decaysVectors: true)
    training.settings.bucketBytes = bucketBytes
    training.settings.firstBucketBytes = bucketBytes
    training.settings.averaging = nil
    let single = try train(training, ranks: 1)
    let isSame = try train(training, ranks: 3).isSame(as: single)
    #expect(isSame)
  }

  @Test("more ranks than micro-batches")
  func manyRanks() throws {
    var training = ToyTraining()
    training.globalBatch = 8
    training.settings.epochs = 1
    let single = try train(training, ranks: 1)
    let isSame = try train(training, ranks: 7).isSame(as: single)
    #expect(isSame)
  }

  @Test("it learns")
  func learns() throws {
    var training = ToyTraining()
    training.settings.epochs = 30
    let epochs = try train(training, ranks: 2).outcome.epochs
    let losses = epochs.compactMap(\.validationLoss)
    #expect(losses.count == 30)
    #expect((losses.last ?? 1) < 0.6 * (losses.first ?? 0))
    #expect(epochs.allSatisfy { $0.samples == 230 && $0.skipped == 0 })
  }

  @Test("a step down the gradient of the global batch, in closed form", arguments: 1...4, Sharing.allCases)
  func closedForm(ranks: Int, sharing: Sharing) throws {
    var training = ToyTraining()
    training.sizes = [6, 2]
    training.sharing = sharing
    training.count = 24
    training.settings = TrainerSettings()
    training.settings.epochs = 1
    training.settings.optimizer = OptimizerSettings(.sgd, momentum: 0)
    training.settings.schedule = LearningRateSchedule(baseRate: 0.5, referenceBatch: 24)
    let before = DenseNetwork(training.sizes)
    let samples = DenseSamples(
      count: 24, inputs: 6, outputs: 2, globalBatch: 24, microBatch: 24, rank: 0, ranks: 1)
    let batch = samples.training
    // The loss of a linear network is |w x + b - y|²/2; its gradient is the mean of (w x + b - y) x, weighted.
    var gradient = [Double](repeating: 0, count: 14)
    let weights = withExtendedLifetime(before) { before.parameters.weights.map { Double($0) } }
    for sample in 0..<24 {
      for output in 0..<2 {
        var error = weights[12 + output] - Double(batch.targets[sample * 2 + output])
        for input in 0..<6 { error += weights[output * 6 + input] * Double(batch.inputs[sample * 6 + input]) }
        error *= batch.weights[sample] / batch.weights.reduce(0, +)
        for input in 0..<6 { gradient[output * 6 + input] += error * Double(batch.inputs[sample * 6 + input]) }
        gradient[12 + output] += error
      }
    }
    let after = try train(training, ranks: ranks).numbers
    for index in gradient.indices {
      #expect(abs(Double(after[index]) - (weights[index] - 0.5 * gradient[index])) < 1e-6)
    }
  }

  @Test("micro-batches change rounding only")
  func largeBatch() throws {
    var training = ToyTraining()
    training.settings.averaging = nil
    func result(_ microBatch: Int, ranks: Int) throws -> [Float] {
      training.microBatch = microBatch
      let copy = training
      return try InProcessCommunicator.run(ranks: ranks) { communicator in
        let network = DenseNetwork(copy.sizes)
        var settings = copy.settings
        settings.optimizer = OptimizerSettings(.sgd)
        let trainer = try Trainer(
          network, copy.samples(communicator), settings: settings, folder: nil, over: communicator)
        _ = try trainer.run()
        return withExtendedLifetime(network) { Array(network.parameters.weights) }
      }[0]
    }
    let large = try result(24, ranks: 1)
    let small = try result(4, ranks: 3)
    let largest = zip(large, small).map { abs($0 - $1) / max(abs($0), 0.01) }.max() ?? 1
    #expect(largest < 1e-3)
    #expect(largest > 0, "the arithmetic differs, or this shows nothing")
  }

  @Test("statistics take in each step once, though the first passes are made twice", arguments: 1...3)
  func statisticsOnce(ranks: Int) throws {
    var training = ToyTraining()
    training.count = 24
    training.settings.epochs = 1
    training.settings.averaging = nil
    let network = training.network()
    let samples = DenseSamples(
      count: 24, inputs: 6, outputs: 2, globalBatch: 24, microBatch: 24, rank: 0, ranks: 1)
    _ = try network.gradients(
      of: [samples.training], totalWeight: 1, seed: 0, keys: [0], exchange: NoExchange(), onGradient: { _, _ in })
    // Those of the first layer do not depend on dropout.
    let expected = [3, 4].flatMap { Array(network.parameters.values($0)) }
    let found = try train(training, ranks: ranks).numbers
    let start = network.parameters.weights.count
    for (index, value) in expected.enumerated() { #expect(abs(found[start + index] - value) < 1e-6) }
    #expect(expected.contains { abs($0) > 0.01 && abs($0 - 0.9) > 0.01 })
  }

  @Test("the gradients of the network of these tests are those of its loss")
  func differences() throws {
    let network = DenseNetwork([3, 5, 4, 2])
    let batches = (0..<2).map { number in
      let samples = DenseSamples(
        count: 9, inputs: 3, outputs: 2, globalBatch: 9, microBatch: 9, seed: UInt64(number), rank: 0, ranks: 1)
      return samples.training
    }
    let total = batches.reduce(0) { $0 + network.weight(of: $1) }
    var sums: [Int: [Double]] = [:]
    func loss(_ collect: Bool = false) throws -> Double {
      try network.gradients(
        of: batches, totalWeight: total, seed: 0, keys: [0, 1], exchange: NoExchange()
      ) { tensor, values in
        guard collect else { return }
        let old = sums[tensor] ?? [Double](repeating: 0, count: values.count)
        sums[tensor] = zip(old, values).map { $0 + Double($1) }
      } / total
    }
    _ = try loss(true)
    for (tensor, place) in network.parameters.weightTensors.enumerated() {
      let values = network.parameters.values(place)
      for index in values.indices {
        let kept = values[index]
        values[index] = kept + 1e-3
        let above = try loss()
        values[index] = kept - 1e-3
        let below = try loss()
        values[index] = kept
        let slope = (above - below) / 2e-3
        #expect(abs(slope - (sums[tensor]?[index] ?? 0)) < 2e-3, "tensor \(tensor), number \(index)")
      }
    }
  }

  @Test("a rank whose parameters differ stops all, and is named", arguments: 0..<3)
  func differentParameters(culprit: Int) throws {
    let failures = Failures()
    #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: 3) { communicator in
        do {
          _ = try ToyTraining().run(over: communicator) { network, _ in
            guard communicator.rank == culprit else { return }
            var calls = 0
            network.afterGradients = {
              calls += 1
              if calls == 15 { network.parameters.weights[7] += 1e-6 }
            }
          }
        } catch {
          failures.add(error)
          throw error
        }
      }
    }
    let texts = failures.texts
    #expect(texts.count == 3)
    #expect(Set(texts).count == 1)
    #expect(texts.first?.hasPrefix("after epoch 2 the parameters of rank \(culprit) (") == true, "\(texts)")
  }

  @Test("first weights that differ are found before the first step")
  func differentBeginning() throws {
    #expect(throws: AgreedFailure.self) {
      try train(ranks: 3, change: { rank, network, _ in if rank == 2 { network.parameters.weights[0] = 0 } })
    }
  }

  @Test("samples that fail on one rank end the training on all", arguments: 0..<2)
  func failingSamples(rank failing: Int) throws {
    let failures = Failures()
    #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: 2) { communicator in
        do {
          let samples = FailingSamples(
            ToyTraining().samples(communicator), failsAt: communicator.rank == failing ? 13 : -1)
          let trainer = try Trainer(
            ToyTraining().network(), samples, settings: ToyTraining().settings, folder: nil, over: communicator)
          _ = try trainer.run()
        } catch {
          failures.add(error)
          throw error
        }
      }
    }
    #expect(Set(failures.texts) == ["samples.npy, byte 12: it ends early"])
    #expect(failures.texts.count == 2)
  }

  @Test("settings that cannot work are refused")
  func settings() throws {
    let changes: [(inout TrainerSettings) -> Void] = [
      { $0.epochs = 0 }, { $0.schedule.baseRate = .nan }, { $0.schedule.baseRate = 0 },
      { $0.schedule.warmUpSteps = -1 },
      { $0.schedule.shape = .cosine(steps: 0, finalFraction: 0) }, { $0.schedule.shape = .step(every: 0, factor: 0.5) },
      { $0.schedule.shape = .step(every: 1, factor: 2) }, { $0.schedule.plateau = .init(factor: 1) },
      { $0.optimizer.beta1 = 1 }, { $0.optimizer.beta2 = -0.1 }, { $0.optimizer.epsilon = 0 },
      { $0.optimizer.momentum = 1 }, { $0.optimizer.weightDecay = -1 }, { $0.largestNorm = 0 }, { $0.averaging = 1 },
      { $0.patience = 0 }, { $0.leastImprovement = -.infinity }, { $0.checkpointSteps = 0 }, { $0.bucketBytes = 0 },
      { $0.schedule.referenceBatch = 0 },
    ]
    try TrainerSettings().validate()
    for (number, change) in changes.enumerated() {
      var settings = TrainerSettings()
      change(&settings)
      #expect(throws: JobError.self, "change \(number)") { try settings.validate() }
    }
  }
}

/// Errors of several threads.
final class Failures: @unchecked Sendable {
  private let lock = NSLock()
  private var errors: [any Error] = []

  func add(_ error: any Error) {
    lock.lock()
    errors.append(error)
    lock.unlock()
  }

  var texts: [String] {
    lock.lock()
    defer { lock.unlock() }
    return errors.map { "\($0)" }
  }

  var exitCodes: [Int32] {
    lock.lock()
    defer { lock.unlock() }
    return errors.map { ($0 as? any ExitCoded)?.exitCode ?? -1 }
  }
}

/// Samples that cannot be read from some step on.
final class FailingSamples: TrainerData {
  private let samples: DenseSamples
  private let failsAt: Int
  private var calls = 0

  init(_ samples: DenseSamples, failsAt: Int) {
    self.samples = samples
    self.failsAt = failsAt
  }

  var identity: [String: String] { samples.identity }
  var globalBatch: Int { samples.globalBatch }
  func stepCount(epoch: Int) -> Int { samples.stepCount(epoch: epoch) }
  func template() throws -> DenseBatch { try samples.template() }
  func begin(epoch: Int, fromStep step: Int) throws { try samples.begin(epoch: epoch, fromStep: step) }
  func beginValidation() throws { try samples.beginValidation() }
  func nextValidation() throws -> DenseBatch? { try samples.nextValidation() }

  func next() throws -> TrainingStep<DenseBatch>? {
    calls += 1
    if calls == failsAt { throw FormatError(.badData, file: "samples.npy", at: .byte(12), found: "it ends early") }
    return try samples.next()
  }
}

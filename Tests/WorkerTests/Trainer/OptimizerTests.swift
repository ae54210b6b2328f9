import HSDLCompute
import MPI
import Testing
import TrainingChecks
import Worker

@Suite("Optimizers and learning rates")
struct OptimizerTests {
  private static let first: [Float] = [0.5, -1.25, 2, 0.01]

  private static func gradients(_ step: Int) -> [Float] {
    let sign: Float = step % 2 == 0 ? 1 : -1
    return [0.1 * Float(step + 1), -0.03 * Float(step % 3) + 0.01, 1e-4 * sign, 2 - Float(step) * 0.5]
  }

  private static func run(_ settings: OptimizerSettings, shape: [Int]) -> [Float] {
    let parameters = NetworkParameters([TensorSpecification("w", shape)])
    _ = parameters.weights.update(fromContentsOf: first)
    let optimizer = Optimizer(settings, for: parameters)
    for step in 0..<6 {
      gradients(step).withUnsafeBufferPointer { optimizer.step(parameters.weights, gradients: $0, rate: 0.05) }
    }
    return Array(parameters.weights)
  }

  // PyTorch 2.15: torch.optim.SGD, Adam, AdamW with lr=0.05, weight_decay=0.02, six steps.
  @Test(
    "six steps as PyTorch makes them",
    arguments: [
      (OptimizerSettings.Method.sgd, [0.244001687, -1.2144171, 1.96444869, -0.975880742] as [Float]),
      (.adam, [0.207503587, -0.977730453, 1.70111191, -0.242188856]),
      (.adamW, [0.206374571, -1.15395188, 1.91921568, -0.241742983]),
    ])
  func reference(method: OptimizerSettings.Method, expected: [Float]) {
    let found = Self.run(OptimizerSettings(method, weightDecay: 0.02), shape: [2, 2])
    for (left, right) in zip(found, expected) { #expect(abs(left - right) <= 4e-7 * max(abs(right), 0.1)) }
  }

  @Test("tensors of one dimension are drawn to zero only on request", arguments: OptimizerSettings.Method.allCases)
  func decay(method: OptimizerSettings.Method) {
    let drawn = OptimizerSettings(method, weightDecay: 0.5, decaysVectors: true)
    #expect(
      Self.run(OptimizerSettings(method, weightDecay: 0.5), shape: [4])
        == Self.run(OptimizerSettings(method), shape: [4]))
    #expect(Self.run(drawn, shape: [4]) == Self.run(drawn, shape: [2, 2]))
    #expect(Self.run(drawn, shape: [4]) != Self.run(OptimizerSettings(method), shape: [4]))
  }

  @Test("the norm of every small length")
  func norm() {
    for count in 0...40 {
      let values = (0..<count).map { Float($0) - 3 }
      let expected = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(values.withUnsafeBufferPointer { gradientNorm($0) } - expected) <= 1e-12 * expected)
    }
    #expect([Float(3e30), 4e30].withUnsafeBufferPointer { gradientNorm($0) } / 5e30 - 1 < 1e-7)
    #expect([Float.nan, 1].withUnsafeBufferPointer { gradientNorm($0) }.isNaN)
  }

  @Test("a gradient longer than allowed is shortened to that length, after the mean over ranks", arguments: 1...3)
  func clipping(ranks: Int) throws {
    var training = ToyTraining()
    training.count = 24
    training.settings = TrainerSettings()
    training.settings.epochs = 1
    training.settings.optimizer = OptimizerSettings(.sgd, momentum: 0)
    training.settings.schedule = LearningRateSchedule(baseRate: 1, scaling: .none)
    let copy = training
    func change(_ largest: Double?) throws -> (norm: Double, moves: [Double]) {
      var training = copy
      training.settings.largestNorm = largest
      let network = training.network()
      let before = withExtendedLifetime(network) { network.parameters.weights.map { Double($0) } }
      let result = try train(training, ranks: ranks)
      return (result.outcome.epochs[0].gradientNorm, zip(before, result.numbers).map { $0 - Double($1) })
    }
    func length(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let free = try change(nil)
    #expect(free.norm > 0.2)
    #expect(abs(length(free.moves) - free.norm) < 1e-5 * free.norm)
    let short = try change(0.125)
    #expect(short.norm == free.norm)
    #expect(abs(length(short.moves) - 0.125) < 1e-5)
    for (left, right) in zip(short.moves, free.moves) { #expect(abs(left - right * 0.125 / free.norm) < 1e-6) }
    #expect(try change(free.norm * 1.01).moves == free.moves)
  }

  @Test("the rate rises, and grows with the global batch")
  func warmUp() {
    var schedule = LearningRateSchedule(baseRate: 0.1, referenceBatch: 64, scaling: .linear, warmUpSteps: 4)
    #expect((0..<6).map { schedule.rate(step: $0, globalBatch: 64) } == [0.025, 0.05, 0.1 * 3 / 4, 0.1, 0.1, 0.1])
    #expect(schedule.rate(step: 9, globalBatch: 256) == 0.4)
    schedule.scaling = .squareRoot
    #expect(schedule.rate(step: 9, globalBatch: 256) == 0.2)
    schedule.scaling = .none
    #expect(schedule.rate(step: 9, globalBatch: 256) == 0.1)
    #expect(schedule.rate(step: 9, globalBatch: 256, fraction: 0.5) == 0.05)
  }

  @Test("cosine and steps begin after the warm-up")
  func shapes() {
    var schedule = LearningRateSchedule(baseRate: 1, scaling: .none, warmUpSteps: 2)
    schedule.shape = .cosine(steps: 10, finalFraction: 0.2)
    #expect(schedule.rate(step: 2, globalBatch: 1) == 1)
    #expect(abs(schedule.rate(step: 7, globalBatch: 1) - 0.6) < 1e-15)
    for step in [12, 13, 1000] { #expect(abs(schedule.rate(step: step, globalBatch: 1) - 0.2) < 1e-15) }
    schedule.shape = .step(every: 3, factor: 0.5)
    #expect((0..<9).map { schedule.rate(step: $0, globalBatch: 1) } == [0.5, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25])
  }

  @Test("a training whose score no longer grows ends early, with the weights of its best epoch", arguments: 1...3)
  func earlyEnd(ranks: Int) throws {
    var training = ToyTraining()
    training.settings.epochs = 50
    training.settings.patience = 3
    training.settings.leastImprovement = 0.02
    training.settings.schedule.plateau = .init(factor: 0.5, patience: 1)
    let result = try train(training, ranks: ranks)
    let outcome = result.outcome
    let best = try #require(outcome.bestEpoch)
    #expect(outcome.ending == .noImprovement)
    #expect(outcome.epochs.count == best + 3)
    #expect(outcome.bestScore == outcome.epochs[best - 1].score)
    // The third epoch without a better score has half the rate of the second.
    let rates = outcome.epochs.suffix(3).map(\.learningRate)
    #expect(rates[2] < 0.6 * rates[1] && rates[1] > 0.9 * rates[0])
    // The same weights as those of a training that had its last epoch there.
    training.settings.epochs = best
    let shorter = try train(training, ranks: 1)
    let isSame = shorter.numbers == result.numbers
    #expect(isSame)
  }
}

import HSDLCompute
import SeismicFormats
public import Worker

/// How micro-batches lie on the ranks.
public enum Sharing: String, Sendable, CaseIterable {
  /// In turn.
  case even
  /// The first rank has most of them.
  case uneven
  /// The last of several ranks has none.
  case lastEmpty

  func owner(_ place: Int, _ ranks: Int) -> Int {
    switch self {
    case .even: place % ranks
    case .uneven: place % 4 == 3 ? place / 4 % ranks : 0
    case .lastEmpty: ranks == 1 ? 0 : place % (ranks - 1)
    }
  }
}

/// Made-up samples in memory.
public final class DenseSamples: TrainerData {
  public let globalBatch: Int
  /// The samples; may be changed for checks.
  public var training: DenseBatch
  private let validation: DenseBatch
  private let microBatch: Int
  private let inputs: Int
  private let outputs: Int
  private let seed: UInt64
  private let rank: Int
  private let ranks: Int
  private let sharing: Sharing
  private var order: [Int] = []
  private var nextStep = 0
  private var nextPlace = 0

  /// Makes samples: smooth functions of normal numbers; their weights are 0, 1/2, 1 or 2.
  public init(
    count: Int, inputs: Int, outputs: Int, globalBatch: Int, microBatch: Int, seed: UInt64 = 7, rank: Int, ranks: Int,
    sharing: Sharing = .even
  ) {
    self.globalBatch = globalBatch
    self.microBatch = microBatch
    self.inputs = inputs
    self.outputs = outputs
    self.seed = seed
    self.rank = rank
    self.ranks = ranks
    self.sharing = sharing
    training = Self.make(count, inputs, outputs, seed: seed)
    validation = Self.make(count / 4, inputs, outputs, seed: seed &+ 1)
  }

  private static func make(_ count: Int, _ inputs: Int, _ outputs: Int, seed: UInt64) -> DenseBatch {
    var random = SplitMix64(seed: seed)
    var batch = DenseBatch(inputs: [], targets: [], weights: [], names: [])
    for number in 0..<count {
      let values = (0..<inputs).map { _ in random.normal() }
      batch.inputs += values.map { Float($0) }
      for output in 0..<outputs {
        let (a, b) = (values[output % inputs], values[(output + 1) % inputs])
        batch.targets.append(Float(a * b + 0.5 * abs(a) - 0.3 * b))
      }
      batch.weights.append([1, 1, 0.5, 2, 1, 0, 1][number % 7])
      batch.names.append("sample-\(number)")
    }
    return batch
  }

  public var identity: [String: String] {
    [
      "samples": "\(training.names.count)", "seed": "\(seed)", "global batch": "\(globalBatch)",
      "micro-batch": "\(microBatch)",
    ]
  }

  public func stepCount(epoch: Int) -> Int { (training.names.count + globalBatch - 1) / globalBatch }

  private func pick(_ numbers: some Sequence<Int>, of batch: DenseBatch) -> DenseBatch {
    var part = DenseBatch(inputs: [], targets: [], weights: [], names: [])
    for number in numbers {
      part.inputs += batch.inputs[number * inputs..<(number + 1) * inputs]
      part.targets += batch.targets[number * outputs..<(number + 1) * outputs]
      part.weights.append(batch.weights[number])
      part.names.append(batch.names[number])
    }
    return part
  }

  public func template() throws -> DenseBatch { pick(0..<1, of: training) }

  public func begin(epoch: Int, fromStep step: Int) throws {
    var random = SplitMix64(seed: seed, stream: UInt64(epoch))
    order = random.shuffled(Array(0..<training.names.count))
    nextStep = step
  }

  public func next() throws -> TrainingStep<DenseBatch>? {
    let start = nextStep * globalBatch
    guard start < order.count else { return nil }
    nextStep += 1
    let numbers = order[start..<min(start + globalBatch, order.count)]
    var step = TrainingStep<DenseBatch>(microBatches: [], keys: [], sampleCount: 0)
    for (place, first) in stride(from: numbers.startIndex, to: numbers.endIndex, by: microBatch).enumerated()
    where sharing.owner(place, ranks) == rank {
      let part = numbers[first..<min(first + microBatch, numbers.endIndex)]
      step.microBatches.append(pick(part, of: training))
      step.keys.append(place)
      step.sampleCount += part.count
    }
    return step
  }

  public func beginValidation() throws { nextPlace = 0 }

  public func nextValidation() throws -> DenseBatch? {
    while nextPlace * microBatch < validation.names.count {
      defer { nextPlace += 1 }
      if sharing.owner(nextPlace, ranks) == rank {
        return pick(nextPlace * microBatch..<min((nextPlace + 1) * microBatch, validation.names.count), of: validation)
      }
    }
    return nil
  }
}

/// Which samples a network sees in which step of an epoch, and which rank works on them.
///
/// It deals in numbers of samples alone. The order is a permutation that depends on seed and epoch; it is cut into global
/// batches, these into micro-batches, and whole micro-batches are shared out over the ranks. So what a micro-batch holds does not depend on the
/// number of ranks. The last batch may be smaller; the last micro-batch of a batch is filled up with ``filling``.
public struct EpochSampler: Sendable, Hashable {
  /// Samples that go through a network together.
  public struct MicroBatch: Sendable, Hashable {
    /// Its place in the global batch, from 0.
    public var key: Int
    /// The draws, as many as a micro-batch has room for; ``EpochSampler/filling`` where there is none.
    ///
    /// ``EpochSampler/sample(_:)`` tells which sample a draw is.
    public var draws: [Int]
  }

  /// Draws that keep two groups of samples in balance.
  public struct Balance: Sendable, Hashable {
    /// For each sample whether it is noise.
    public var isNoise: [Bool]
    /// The share of noise in an epoch, from 0 to below 1.
    public var noiseShare: Double

    /// Describes a balance.
    public init(isNoise: [Bool], noiseShare: Double) {
      self.isNoise = isNoise
      self.noiseShare = noiseShare
    }
  }

  /// Stands where a micro-batch has no sample.
  public static let filling = -1

  /// The number of samples.
  public let count: Int
  /// Samples of a global batch.
  public let batchSize: Int
  /// Samples of a micro-batch.
  public let microBatchSize: Int
  /// What the order comes from.
  public let seed: UInt64
  /// Whether the order is random; else it is that of the numbers.
  public let isShuffled: Bool
  private let balance: Balance?
  /// Samples of an epoch.
  public let epochLength: Int
  private static let stream: UInt64 = 0x6570_6f63

  /// Creates a sampler.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - batchSize: samples of a global batch; at least 1.
  ///   - microBatchSize: samples of a micro-batch; at least 1.
  ///   - seed: what the order comes from.
  ///   - isShuffled: whether the order is random.
  ///   - balance: each event comes once in an epoch then, and noise as often as its share asks for, each as often as the others or once
  ///     more; not used where there are no events, no noise, or as many flags as there are samples.
  public init(
    count: Int, batchSize: Int, microBatchSize: Int, seed: UInt64, isShuffled: Bool = true, balance: Balance? = nil
  ) {
    self.count = max(count, 0)
    self.batchSize = max(batchSize, 1)
    self.microBatchSize = max(microBatchSize, 1)
    self.seed = seed
    self.isShuffled = isShuffled
    let noise = balance?.isNoise.count { $0 } ?? 0
    if let balance, balance.isNoise.count == count, noise > 0, noise < count, balance.noiseShare >= 0,
      balance.noiseShare < 1
    {
      let events = count - noise
      let wanted = Double(events) * balance.noiseShare / (1 - balance.noiseShare)
      self.balance = balance
      epochLength = events + Int(min(wanted, 1e12).rounded())
    } else {
      self.balance = nil
      epochLength = self.count
    }
  }

  /// The sample that a draw is.
  ///
  /// A sample's first draw in an epoch has the sample's number, later ones that plus a multiple of ``count``.
  public func sample(_ draw: Int) -> Int { draw < 0 || count == 0 ? Self.filling : draw % count }

  /// The number of steps of an epoch.
  public var stepCount: Int { (epochLength + batchSize - 1) / batchSize }

  /// The draws of an epoch, in order: the same for the same seed and epoch.
  public func order(epoch: Int) -> [Int] {
    var random = SplitMix64(seed: seed, stream: Self.stream, UInt64(truncatingIfNeeded: epoch))
    guard let balance else {
      let numbers = Array(0..<count)
      return isShuffled ? random.shuffled(numbers) : numbers
    }
    var draws = (0..<count).filter { !balance.isNoise[$0] }
    let noise = (0..<count).filter { balance.isNoise[$0] }
    var round = 0
    while draws.count < epochLength {
      let turn = isShuffled ? random.shuffled(noise) : noise
      draws += turn.prefix(epochLength - draws.count).map { $0 + round * count }
      round += 1
    }
    return isShuffled ? random.shuffled(draws) : draws
  }

  /// The number of micro-batches of a step, of all ranks together.
  public func microBatchCount(step: Int) -> Int {
    (drawRange(step).count + microBatchSize - 1) / microBatchSize
  }

  private func drawRange(_ step: Int) -> Range<Int> {
    guard step >= 0, step < stepCount else { return 0..<0 }
    return step * batchSize..<min((step + 1) * batchSize, epochLength)
  }

  /// The number of samples of a step, of all ranks together.
  public func sampleCount(step: Int) -> Int { drawRange(step).count }

  /// The micro-batches of a step, of all ranks together.
  ///
  /// - Parameters:
  ///   - order: what ``order(epoch:)`` gives.
  ///   - step: 0 ..< ``stepCount``.
  public func microBatches(_ order: [Int], step: Int) -> [MicroBatch] {
    share(order, step: step, microBatches: 0..<microBatchCount(step: step))
  }

  /// A rank's micro-batches of a step: a contiguous part, as even as it can be.
  ///
  /// - Parameters:
  ///   - order: what ``order(epoch:)`` gives.
  ///   - step: 0 ..< ``stepCount``.
  ///   - rank: 0 ..< `ranks`.
  ///   - ranks: how many ranks there are.
  ///   - fillsEmpty: whether a rank that has none gets one that holds only ``filling``; its key is one behind the last.
  public func share(_ order: [Int], step: Int, rank: Int, of ranks: Int, fillsEmpty: Bool = true) -> [MicroBatch] {
    let total = microBatchCount(step: step)
    let own = total * rank / max(ranks, 1)..<total * (rank + 1) / max(ranks, 1)
    guard own.isEmpty, fillsEmpty else { return share(order, step: step, microBatches: own) }
    return [MicroBatch(key: total, draws: [Int](repeating: Self.filling, count: microBatchSize))]
  }

  private func share(_ order: [Int], step: Int, microBatches: Range<Int>) -> [MicroBatch] {
    let range = drawRange(step).clamped(to: 0..<max(order.count, 0))
    return microBatches.map { key in
      let start = range.lowerBound + key * microBatchSize
      let part = min(start, range.upperBound)..<min(start + microBatchSize, range.upperBound)
      let draws = Array(order[part])
      return MicroBatch(
        key: key, draws: draws + [Int](repeating: Self.filling, count: microBatchSize - draws.count))
    }
  }
}

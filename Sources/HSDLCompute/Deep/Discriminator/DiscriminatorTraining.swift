/// The event discriminator as the trainer sees it.
///
/// The loss is the cross entropy of each event with what it is known to be. Nothing crosses events, so micro-batches go through the network one after the
/// other and memory does not grow with their number.
public final class DiscriminatorTraining: TrainableModel {
  public typealias MicroBatch = EventMicroBatch

  /// The sizes of the network's layers.
  public let architecture: DiscriminatorArchitecture
  public let parameters: NetworkParameters
  private let network: DiscriminatorNetwork

  /// Logits are counted in so many bins for the area under the curve.
  static let binCount = 40
  /// The width of a bin; those at the ends take all that lies beyond.
  static let binWidth = 0.4

  /// Prepares to train.
  ///
  /// - Throws: ``ComputeError`` when the parameters are not those of the architecture.
  public init(_ architecture: DiscriminatorArchitecture, _ parameters: NetworkParameters) throws {
    try architecture.validate()
    guard parameters.layout == architecture.layout else {
      throw ComputeError.badModel(reason: "the tensors are not those of a discriminator of these sizes")
    }
    self.architecture = architecture
    self.parameters = parameters
    network = DiscriminatorNetwork(architecture: architecture)
  }

  public var metricNames: [String] {
    ["real", "fake"].flatMap { kind in (0..<Self.binCount).map { "\(kind)_\($0)" } }
  }

  public func gradients(
    of microBatches: [EventMicroBatch], totalWeight: Double, seed: UInt64, keys: [Int], exchange: any SumExchange,
    onGradient: (_ tensor: Int, _ values: UnsafeBufferPointer<Float>) throws -> Void
  ) throws -> Double {
    var sum = 0.0
    for (microBatch, key) in zip(microBatches, keys) {
      let pass = try ForwardPass(
        training: parameters, sampleWeights: [microBatch.weights], seed: seed, keys: [key], exchange: exchange)
      let losses = try weighted(microBatch, logits(microBatch, pass))
      let values = try losses.tensors.first?.values() ?? []
      for value in values { sum += Double(value) }
      let share = try losses.sum([]).multiplied(by: totalWeight > 0 ? 1 / totalWeight : 0)
      try pass.gradients(of: share) { tensor, _, values in try onGradient(tensor, values) }
    }
    return sum
  }

  public func evaluate(_ microBatch: EventMicroBatch) throws -> [Double] {
    let values = try logits(microBatch)
    let losses = try Tensor.withoutRecording {
      try weighted(microBatch, Batch([Tensor(values, [microBatch.count])])).tensors.first?.values() ?? []
    }
    var sums = [Double](repeating: 0, count: 2 + 2 * Self.binCount)
    for event in 0..<microBatch.count {
      let weight = Double(microBatch.weights[event])
      guard weight > 0 else { continue }
      sums[0] += Double(losses[event])
      sums[1] += weight
      let place = (Double(values[event]) / Self.binWidth).rounded(.down) + Double(Self.binCount / 2)
      let bin = place.isNaN ? 0 : Int(min(max(place, 0), Double(Self.binCount - 1)))
      sums[2 + (microBatch.targets[event] > 0.5 ? 0 : Self.binCount) + bin] += weight
    }
    return sums
  }

  /// The logits of a micro-batch in evaluation mode.
  ///
  /// - Throws: ``ComputeError``.
  public func logits(_ microBatch: EventMicroBatch) throws -> [Float] {
    try Tensor.withoutRecording {
      try logits(microBatch, ForwardPass(evaluating: parameters)).tensors.first?.values() ?? []
    }
  }

  /// The area under the receiver operating characteristic, from binned logits; events of one bin count as ties.
  public func score(_ sums: [Double]) -> Double {
    guard sums.count == 2 + 2 * Self.binCount else { return .nan }
    let real = sums[2..<2 + Self.binCount]
    let fake = sums[(2 + Self.binCount)...]
    var below = 0.0
    var area = 0.0
    for (a, b) in zip(real, fake) {
      area += a * (below + b / 2)
      below += b
    }
    let total = real.reduce(0, +) * fake.reduce(0, +)
    return total > 0 ? area / total : .nan
  }

  public func weight(of microBatch: EventMicroBatch) -> Double { microBatch.weights.reduce(0) { $0 + Double($1) } }

  public func empty(like microBatch: EventMicroBatch) -> EventMicroBatch { EventMicroBatch([]) }

  public func firstNonFinite(in microBatch: EventMicroBatch) -> String? {
    for event in 0..<microBatch.count {
      let windows = microBatch.windows.count / microBatch.count
      let attributes = microBatch.attributes.count / microBatch.count
      if !microBatch.windows[event * windows..<(event + 1) * windows].allSatisfy(\.isFinite)
        || !microBatch.attributes[event * attributes..<(event + 1) * attributes].allSatisfy(\.isFinite)
      {
        return microBatch.names[event]
      }
    }
    return nil
  }

  public func dump(_ microBatch: EventMicroBatch) -> [(name: String, shape: [Int], values: [Float])] {
    let (events, places) = (microBatch.count, microBatch.places)
    return [
      (
        "windows", [events, places, DiscriminatorArchitecture.inputChannels, EventWindows.length], microBatch.windows
      ),
      ("attributes", [events, places, DiscriminatorArchitecture.inputAttributes], microBatch.attributes),
      ("absent", [events, places], microBatch.absent),
      ("targets", [events], microBatch.targets),
      ("weights", [events], microBatch.weights),
    ]
  }

  // MARK: Forward

  private func logits(_ microBatch: EventMicroBatch, _ pass: ForwardPass) throws -> Batch {
    let (events, places) = (microBatch.count, microBatch.places)
    let stations = try network.stations(
      Batch([
        Tensor(microBatch.windows, [events * places, DiscriminatorArchitecture.inputChannels, EventWindows.length])
      ]),
      Batch([Tensor(microBatch.attributes, [events * places, DiscriminatorArchitecture.inputAttributes])]), pass)
    return try network.logits(
      stations.reshape([events, places, architecture.width]),
      absent: Batch([Tensor(microBatch.absent, [events, places])]),
      unpicked: Batch([Tensor(microBatch.unpicked, [events, places])]),
      counts: Batch([Tensor(microBatch.counts, [events, 2])]), pass)
  }

  /// Weight × loss of each event.
  private func weighted(_ microBatch: EventMicroBatch, _ logits: Batch) throws -> Batch {
    let (targets, weights) = (
      try Tensor(microBatch.targets, [microBatch.count]), try Tensor(microBatch.weights, [microBatch.count])
    )
    return try logits.binaryCrossEntropy(Batch([targets])).multiplied(by: Batch([weights]))
  }
}

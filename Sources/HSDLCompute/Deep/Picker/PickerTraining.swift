/// A picker in training: losses, gradients and scores on labelled windows.
///
/// The loss of a window is the cross entropy between its curves and the targets, meant over the samples: of all classes together where they exclude each
/// other (PhaseNet), of each output for itself otherwise, added up with the architecture's shares (EQTransformer: detection 0.05, P 0.40, S 0.55).
public final class PickerTraining: TrainableModel {
  /// The form of the network.
  public let architecture: any PickerArchitecture
  public let parameters: NetworkParameters
  /// From which probability on a peak is a pick, in the scores.
  public var threshold: Float = 0.3
  /// How far a pick may be from the label, in seconds, in the scores.
  public var tolerance = 0.5
  /// Whether all is computed in double precision, for checks of gradients.
  package var usesDoublePrecision = false

  private let evaluation: ForwardPass
  private let description: PickerDescription
  /// Whether each output is the arrival of P or S, and its place.
  private let arrivals: [(output: Int, isP: Bool, name: String)]

  /// Takes a network and the numbers that are to be trained.
  ///
  /// - Throws: ``ComputeError`` when the numbers are not of that form.
  public init(_ architecture: any PickerArchitecture, _ parameters: NetworkParameters) throws {
    try architecture.check(parameters.layout)
    self.architecture = architecture
    self.parameters = parameters
    description = architecture.description
    evaluation = try ForwardPass(evaluating: parameters)
    arrivals = description.outputs.enumerated().compactMap { index, output in
      switch output {
      case .p: (index, true, "p")
      case .s: (index, false, "s")
      case .noise, .detection: nil
      }
    }
  }

  // MARK: Loss

  private func check(_ batch: PickerMicroBatch) throws {
    let windows = batch.count.multipliedReportingOverflow(by: 3 * description.windowLength)
    let targets = batch.count.multipliedReportingOverflow(by: description.outputs.count * description.windowLength)
    guard batch.count > 0, batch.length == description.windowLength, !windows.overflow, !targets.overflow,
      batch.windows.count == windows.partialValue, batch.targets.count == targets.partialValue,
      batch.weights.count == batch.count, batch.arrivals.count == batch.count
    else {
      throw ComputeError.cannotTrain(
        reason: "a micro-batch of \(batch.count) windows of \(batch.length) samples does not fit "
          + "\(description.architecture), or is not complete")
    }
  }

  /// The loss of each window and output, `windows × outputs`.
  private func losses(_ curves: Batch, _ targets: Batch) throws -> Batch {
    switch architecture.outputFunction {
    case .softmax: try curves.logSoftmax(1).multiplied(by: targets).mean([2]).multiplied(by: -1)
    case .sigmoid: try curves.binaryCrossEntropy(targets).mean([2])
    }
  }

  /// Σ weight × loss over windows, from the losses of windows and outputs.
  private func total(_ losses: [Double], _ batch: PickerMicroBatch) -> Double {
    let shares = architecture.lossWeights
    var sum = 0.0
    for window in 0..<batch.count where batch.weights[window] != 0 {
      var loss = 0.0
      for (output, share) in shares.enumerated() { loss += share * losses[window * shares.count + output] }
      sum += Double(batch.weights[window]) * loss
    }
    return sum
  }

  public func gradients(
    of microBatches: [PickerMicroBatch], totalWeight: Double, seed: UInt64, keys: [Int], exchange: any SumExchange,
    onGradient: (_ tensor: Int, _ values: UnsafeBufferPointer<Float>) throws -> Void
  ) throws -> Double {
    try microBatches.forEach(check)
    let pass = try ForwardPass(
      training: parameters, sampleWeights: microBatches.map(\.weights), seed: seed, keys: keys, exchange: exchange,
      doublePrecision: usesDoublePrecision)
    let outputs = description.outputs.count
    let length = description.windowLength
    let (values, scalars) = try Tensor.recording {
      func inputs(_ numbers: (PickerMicroBatch) -> [Float], _ channels: Int) throws -> Batch {
        let batch = Batch(try microBatches.map { try Tensor(numbers($0), [$0.count, channels, length]) })
        return usesDoublePrecision ? try batch.map { try $0.inDoublePrecision() } : batch
      }
      let curves = try architecture.curves(inputs(\.windows, 3), pass)
      let losses = try self.losses(curves, inputs(\.targets, outputs))
      let shares = Batch(
        try microBatches.map { batch in
          let factor = totalWeight > 0 ? 1 / totalWeight : 0
          return try Tensor(
            batch.weights.flatMap { weight in
              architecture.lossWeights.map { Float($0 * Double(weight) * factor) }
            }, [batch.count, outputs])
        })
      return (losses, try losses.multiplied(by: shares.matching(losses)).sum([]))
    }
    var sum = 0.0
    for (tensor, batch) in zip(values.tensors, microBatches) { sum += total(try tensor.doubles(), batch) }
    try pass.gradients(of: scalars) { tensor, _, values in try onGradient(tensor, values) }
    return sum
  }

  // MARK: Scores

  public var metricNames: [String] { arrivals.flatMap { ["\($0.name)_true", "\($0.name)_found", "\($0.name)_hit"] } }

  public func evaluate(_ microBatch: PickerMicroBatch) throws -> [Double] {
    try check(microBatch)
    let outputs = description.outputs.count
    let length = description.windowLength
    let (losses, probabilities) = try Tensor.withoutRecording {
      let curves = try architecture.curves(
        Batch([try Tensor(microBatch.windows, [microBatch.count, 3, length])]), evaluation)
      let targets = Batch([try Tensor(microBatch.targets, [microBatch.count, outputs, length])])
      return (
        try self.losses(curves, targets).tensors.flatMap { try $0.doubles() },
        try architecture.outputFunction.probabilities(curves).tensors.flatMap { try $0.values() }
      )
    }
    var sums = [total(losses, microBatch), weight(of: microBatch)]
    for (output, isP, _) in arrivals {
      var (isThere, found, hit) = (0.0, 0.0, 0.0)
      for window in 0..<microBatch.count where microBatch.weights[window] != 0 {
        let arrival = isP ? microBatch.arrivals[window].p : microBatch.arrivals[window].s
        let start = (window * outputs + output) * length
        var peak = start
        for sample in start..<start + length where probabilities[sample] > probabilities[peak] { peak = sample }
        let isFound = probabilities[peak] >= threshold
        if arrival >= 0 { isThere += 1 }
        if isFound { found += 1 }
        let distance = abs(Double(peak - start) - Double(arrival)) / description.samplingRate
        if arrival >= 0, isFound, distance <= tolerance { hit += 1 }
      }
      sums += [isThere, found, hit]
    }
    return sums
  }

  /// The mean F1 of P and S, or the loss with its sign turned as long as that is 0.
  public func score(_ sums: [Double]) -> Double {
    guard sums.count == 2 + 3 * arrivals.count, !arrivals.isEmpty else { return -.infinity }
    var f1 = 0.0
    for index in arrivals.indices {
      let (isThere, found, hit) = (sums[2 + 3 * index], sums[3 + 3 * index], sums[4 + 3 * index])
      f1 += isThere + found > 0 ? 2 * hit / (isThere + found) : 0
    }
    if f1 > 0 { return f1 / Double(arrivals.count) }
    return sums[1] > 0 ? -sums[0] / sums[1] : -.infinity
  }

  // MARK: Micro-batches

  public func weight(of microBatch: PickerMicroBatch) -> Double { microBatch.weights.reduce(0) { $0 + Double($1) } }

  public func empty(like microBatch: PickerMicroBatch) -> PickerMicroBatch {
    PickerMicroBatch(
      count: microBatch.count, length: microBatch.length,
      windows: [Float](repeating: 0, count: microBatch.windows.count),
      targets: [Float](repeating: 0, count: microBatch.targets.count),
      weights: [Float](repeating: 0, count: microBatch.count),
      arrivals: [(p: Float, s: Float)](repeating: (-1, -1), count: microBatch.count),
      names: [String](repeating: "", count: microBatch.count))
  }

  public func firstNonFinite(in microBatch: PickerMicroBatch) -> String? {
    for window in 0..<microBatch.count {
      func isBad(_ numbers: [Float]) -> Bool {
        let stride = numbers.count / max(1, microBatch.count)
        return numbers[window * stride..<(window + 1) * stride].contains { !$0.isFinite }
      }
      if isBad(microBatch.windows) || isBad(microBatch.targets) || isBad(microBatch.weights) {
        return window < microBatch.names.count ? microBatch.names[window] : "window \(window)"
      }
    }
    return nil
  }

  public func dump(_ microBatch: PickerMicroBatch) -> [(name: String, shape: [Int], values: [Float])] {
    [
      ("windows", [microBatch.count, 3, microBatch.length], microBatch.windows),
      ("targets", [microBatch.count, description.outputs.count, microBatch.length], microBatch.targets),
      ("weights", [microBatch.count], microBatch.weights),
      ("arrivals", [microBatch.count, 2], microBatch.arrivals.flatMap { [$0.p, $0.s] }),
    ]
  }
}

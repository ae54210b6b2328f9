import HSDLCompute
import MPI
import SeismicFormats

/// What all ranks must know before a step, summed over them as whole numbers: the weight of the samples in
/// the first digits, then these.
private enum Start {
  static let microBatches = FixedPointSum.width
  static let samples = microBatches + 1
  static let skipped = samples + 1
  static let stop = skipped + 1
  static let checkpoint = stop + 1
  static let failed = checkpoint + 1
  /// The bits of the learning rate, from rank 0: its cosine may differ in the last bit between processors.
  static let rate = failed + 1
  static let count = rate + 1
}

/// What all ranks must know after the passes: the loss, then whether gradients exceeded the grid or were no numbers.
private enum End {
  static let coarse = FixedPointSum.width
  static let nonFinite = coarse + 1
  static let count = nonFinite + 1
}

extension Trainer {
  /// Makes a step.
  ///
  /// - Returns: whether a checkpoint is wanted after it; nil where the training is to stop before it.
  func step() throws -> Bool? {
    let beginning = now()
    var failure: (any Error)?
    var own = TrainingStep<Model.MicroBatch>(microBatches: [], keys: [], sampleCount: 0)
    var skipped = 0
    var standIn: Model.MicroBatch?
    do {
      try callbacks.beforeStep()
      own = try takeSamples()
      for place in own.microBatches.indices { skipped += clean(&own.microBatches[place]) }
      if own.microBatches.isEmpty { standIn = model.empty(like: try samples.template()) }
    } catch {
      failure = error
    }
    let loaded = now()
    state.partial.times.data += loaded - beginning

    var start = [Int64](repeating: 0, count: Start.count)
    start.withUnsafeMutableBufferPointer { start in
      guard let base = start.baseAddress else { return }
      for microBatch in own.microBatches { FixedPointSum.add(model.weight(of: microBatch), to: base) }
    }
    start[Start.microBatches] = Int64(own.microBatches.count)
    start[Start.samples] = Int64(own.sampleCount)
    start[Start.skipped] = Int64(skipped)
    start[Start.stop] = callbacks.shouldStop() ? 1 : 0
    start[Start.checkpoint] = callbacks.wantsCheckpoint() ? 1 : 0
    start[Start.failed] = failure == nil ? 0 : 1
    if communicator.isRoot {
      let rate = settings.schedule.rate(
        step: state.step, globalBatch: samples.globalBatch, fraction: state.rateFraction)
      start[Start.rate] = Int64(bitPattern: rate.bitPattern)
    }
    start = try communicator.allreduce(start, .sum)
    state.partial.times.wait += now() - loaded
    if start[Start.failed] > 0 { try communicator.agree { if let failure { throw failure } } }
    if start[Start.stop] > 0 { return nil }

    let weight = start.withUnsafeBufferPointer { $0.baseAddress.map { FixedPointSum.value(of: $0) } ?? 0 }
    guard weight.isFinite else {
      throw AgreedFailure(
        rank: 0, exitCode: ExitStatus.badData.rawValue,
        description: "\(moment): the weights of the samples are not finite")
    }
    let rate = Double(bitPattern: UInt64(bitPattern: start[Start.rate]))
    let terms = Int(start[Start.microBatches])
    if let standIn {
      own.microBatches = [standIn]
      // A place that no micro-batch of the step has.
      own.keys = [terms + communicator.rank]
    }
    if weight > 0 { try learn(from: own, weight: weight, terms: terms, rate: rate) }
    state.partial.samples += Int(start[Start.samples])
    state.partial.skipped += Int(start[Start.skipped])
    state.partial.learningRate = rate
    state.step += 1
    state.stepInEpoch += 1
    return start[Start.checkpoint] > 0
  }

  /// Where the training is, for messages.
  var moment: String { "epoch \(state.epoch + 1), step \(state.stepInEpoch + 1)" }

  private func takeSamples() throws -> TrainingStep<Model.MicroBatch> {
    guard let step = try samples.next(), step.keys.count == step.microBatches.count else {
      throw JobError(.internalError, "\(moment): there are fewer samples than the epoch has steps")
    }
    return step
  }

  /// Takes samples with numbers that are not finite out of a micro-batch; returns how many.
  func clean(_ microBatch: inout Model.MicroBatch) -> Int {
    guard let first = model.firstNonFinite(in: microBatch) else { return 0 }
    var (cleaned, skipped) = model.cleaned(microBatch)
    if skipped.isEmpty { skipped = [first] }
    microBatch = model.firstNonFinite(in: cleaned) == nil ? cleaned : model.empty(like: microBatch)
    for name in skipped { callbacks.onSkipped(name) }
    return skipped.count
  }

  /// Computes the gradients of all ranks' samples and changes the weights.
  private func learn(from own: TrainingStep<Model.MicroBatch>, weight: Double, terms: Int, rate: Double) throws {
    let statistics = Array(model.parameters.statistics)
    var attempt = 0
    var passes = try makePasses(own, weight: weight, terms: terms)
    while passes.isCoarse {
      // Rare: the first step, and jumps of the gradients. The same passes again, on a grid that holds them.
      attempt += 1
      guard attempt <= 4 else {
        throw JobError(.internalError, "\(moment): the network gives other gradients each time it is asked")
      }
      try reduction.raiseGrid()
      _ = model.parameters.statistics.update(fromContentsOf: statistics)
      passes = try makePasses(own, weight: weight, terms: terms)
    }
    let changing = now()
    defer { state.partial.times.compute += now() - changing }
    let norm = gradients.withUnsafeMutableBufferPointer { gradients in
      reduction.take(gradients)
      return gradientNorm(UnsafeBufferPointer(gradients))
    }
    guard norm.isFinite else { throw try nonFinite(own, isMine: false, what: "the gradient") }
    if let largest = settings.largestNorm, norm > largest {
      let factor = Float(largest / norm)
      gradients.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] *= factor } }
    }
    gradients.withUnsafeBufferPointer { optimizer.step(model.parameters.weights, gradients: $0, rate: rate) }
    follow()
    // As a float, so that the order in which a rank added up its losses does not show.
    state.partial.loss += Double(Float(passes.loss / weight)) * weight
    state.partial.weight += weight
    state.partial.norm += norm
    state.partial.steps += 1
  }

  /// Runs forward and backward with the sums over the ranks.
  ///
  /// - Returns: the loss of all ranks' samples; `isCoarse` says that some gradient exceeded the grid.
  private func makePasses(
    _ own: TrainingStep<Model.MicroBatch>, weight: Double, terms: Int
  ) throws -> (loss: Double, isCoarse: Bool) {
    let beginning = now()
    reduction.begin(microBatches: own.microBatches.count, terms: max(terms, 1))
    exchange.begin()
    let seed = mixed(settings.seed ^ mixed(UInt64(state.epoch) << 32 ^ UInt64(state.stepInEpoch)))
    var isFirst = true
    let loss = try model.gradients(
      of: own.microBatches, totalWeight: weight, seed: seed, keys: own.keys, exchange: exchange
    ) { tensor, values in
      if isFirst {
        isFirst = false
        try callbacks.inPass()
      }
      try reduction.add(tensor, values)
    }
    let done = now()
    state.partial.times.statistics += exchange.seconds
    state.partial.times.compute += done - beginning - exchange.seconds - reduction.overheadSeconds

    let isMine = !loss.isFinite || reduction.hasNonFinite
    var end = [Int64](repeating: 0, count: End.count)
    end.withUnsafeMutableBufferPointer { end in
      if let base = end.baseAddress { FixedPointSum.add(loss, to: base) }
    }
    end[End.coarse] = reduction.keepsGrid ? 0 : 1
    end[End.nonFinite] = isMine ? 1 : 0
    end = try communicator.allreduce(end, .sum)
    let met = now()
    state.partial.times.wait += met - done
    try reduction.finish()
    state.partial.times.allreduce += now() - met + reduction.overheadSeconds

    let total = end.withUnsafeBufferPointer { $0.baseAddress.map { FixedPointSum.value(of: $0) } ?? 0 }
    if end[End.nonFinite] > 0 || !total.isFinite {
      throw try nonFinite(own, isMine: isMine, what: loss.isFinite && isMine ? "the gradient" : "the loss")
    }
    return (total, end[End.coarse] > 0)
  }

  /// Keeps the samples on which something came out as no number, and makes the error that says so.
  ///
  /// Collective.
  private func nonFinite(
    _ own: TrainingStep<Model.MicroBatch>, isMine: Bool, what: String
  ) throws -> any Error {
    // Where finite gradients of the ranks add up to infinity no rank is to blame; rank 0 keeps its samples.
    let anyone = try communicator.allreduce(isMine ? 1 : 0, .maximum) > 0
    do {
      try communicator.agree {
        guard isMine || !anyone && communicator.isRoot else { return }
        var kept = ""
        if let folder {
          let path =
            "\(folder)/nonfinite-epoch\(state.epoch + 1)-step\(state.stepInEpoch + 1)-rank\(communicator.rank).safetensors"
          try writeNumberDump(
            zip(own.keys, own.microBatches).flatMap { key, microBatch in
              model.dump(microBatch).map { ("\(key)/\($0.name)", $0.shape, $0.values) }
            }, path)
          kept = "; the samples of the step are in \(path)"
        }
        throw JobError(
          .badData,
          "\(moment), rank \(communicator.rank): \(what) is not finite\(kept); lower the learning rate, or look at the samples"
        )
      }
    } catch {
      return error
    }
    return CommunicatorError.mismatch("no rank knows where a number that is not finite came from")
  }

  /// Lets the running mean of the weights follow them; faster in the first steps, in which it would else be that of the beginning.
  private func follow() {
    guard let averaging = settings.averaging else { return }
    let steps = Double(state.step)
    let kept = Float(min(averaging, (1 + steps) / (10 + steps)))
    let weights = model.parameters.weights
    average.withUnsafeMutableBufferPointer { average in
      for index in average.indices { average[index] = kept * average[index] + (1 - kept) * weights[index] }
    }
  }
}

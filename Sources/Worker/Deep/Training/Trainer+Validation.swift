import HSDLCompute
import MPI

extension Trainer {
  /// The model's sums over all validation samples of all ranks, exact, so the same for any distribution; nil where no sample has a weight.
  ///
  /// Collective.
  func validate() throws -> [Double]? {
    let count = 2 + model.metricNames.count
    let weights = model.parameters.weights
    let current = average.isEmpty ? [] : Array(weights)
    if !average.isEmpty { _ = weights.update(fromContentsOf: average) }
    defer { if !current.isEmpty { _ = weights.update(fromContentsOf: current) } }
    let beginning = now()
    var skipped = 0
    let own = try communicator.agree {
      var sums = [ExactSum](repeating: ExactSum(), count: count)
      try samples.beginValidation()
      while var microBatch = try samples.nextValidation() {
        skipped += clean(&microBatch)
        let values = try model.evaluate(microBatch)
        guard values.count == count, values.allSatisfy(\.isFinite) else {
          throw JobError(
            .badData,
            "validation after epoch \(state.epoch + 1): the loss or a metric is not finite; lower the learning rate, or look at the samples"
          )
        }
        for (place, value) in values.enumerated() { sums[place].add(value) }
      }
      return sums
    }
    state.partial.times.compute += now() - beginning
    state.partial.skipped += try communicator.allreduce(skipped, .sum)
    let totals = try CommunicatorCollectives(communicator).total(own)
    return totals[1] > 0 ? totals : nil
  }
}

/// A network as the trainer sees it: numbers, and gradients of a loss with respect to them.
///
/// Data come in micro-batches, whose content does not depend on the number of ranks; a rank has one or more of them in each step.
/// All arithmetic within a micro-batch is the same wherever it runs, and sums over micro-batches are made in double
/// precision, so that training comes out the same on any number of ranks.
public protocol TrainableModel: AnyObject {
  /// Samples that are put through the network at a time. A sample of weight 0 takes part in nothing.
  associatedtype MicroBatch: Sendable

  /// The weights and statistics; the trainer changes the weights.
  var parameters: NetworkParameters { get }

  /// The names of the sums that ``evaluate(_:)`` returns beside loss and weight: `p_true`, `p_found`, …
  var metricNames: [String] { get }

  /// Computes gradients of the loss of this rank's micro-batches, in training mode.
  ///
  /// Statistics that cross samples (batch normalisation) are those of all ranks' samples. Collective: all ranks call it together, each with at
  /// least one micro-batch, even if all its samples have weight 0.
  ///
  /// - Parameters:
  ///   - microBatches: this rank's.
  ///   - totalWeight: the sum of the weights of all samples on all ranks; gradients are those of the sum of weighted losses divided by it.
  ///   - seed: of what is random within the network (dropout); the same on all ranks. What a micro-batch draws depends on this and on `keys` only.
  ///   - keys: a number for each micro-batch that does not depend on ranks: its place in the global batch.
  ///   - exchange: adds numbers over the ranks.
  ///   - onGradient: told of the gradient of a tensor of weights (numbered as in ``NetworkParameters/weightTensors``) and one micro-batch,
  ///     as soon as it is known, while the backward pass goes on: once for each pair of them, on the calling thread.
  /// - Returns: sums over this rank's samples of weight × loss.
  /// - Throws: ``ComputeError``; what `exchange` and `onGradient` throw.
  func gradients(
    of microBatches: [MicroBatch], totalWeight: Double, seed: UInt64, keys: [Int], exchange: any SumExchange,
    onGradient: (_ tensor: Int, _ values: UnsafeBufferPointer<Float>) throws -> Void
  ) throws -> Double

  /// Sums over samples, in evaluation mode (no dropout, stored statistics): weight × loss, weight, then those of ``metricNames``.
  func evaluate(_ microBatch: MicroBatch) throws -> [Double]

  /// The metric of which larger is better, from sums over all samples as ``evaluate(_:)`` gives them: stops the training early.
  func score(_ sums: [Double]) -> Double

  /// The sum of the weights of a micro-batch's samples.
  func weight(of microBatch: MicroBatch) -> Double

  /// A micro-batch of samples of weight 0 in the place of a rank that has none.
  func empty(like microBatch: MicroBatch) -> MicroBatch

  /// The name of the first sample whose data hold a number that is not finite; nil where all is well.
  func firstNonFinite(in microBatch: MicroBatch) -> String?

  /// A micro-batch without the samples whose data hold a number that is not finite: their data are zeros and their weights 0.
  ///
  /// Asked only of micro-batches in which ``firstNonFinite(in:)`` has found something. Without an implementation of the
  /// model's own the whole micro-batch is left out.
  ///
  /// - Returns: the micro-batch, and the names of the samples that were taken out.
  func cleaned(_ microBatch: MicroBatch) -> (microBatch: MicroBatch, skipped: [String])

  /// What is worth keeping of a micro-batch on which the loss came out as no number, as named arrays.
  func dump(_ microBatch: MicroBatch) -> [(name: String, shape: [Int], values: [Float])]
}

extension TrainableModel {
  public func cleaned(_ microBatch: MicroBatch) -> (microBatch: MicroBatch, skipped: [String]) {
    (empty(like: microBatch), firstNonFinite(in: microBatch).map { [$0] } ?? [])
  }
}

/// Adds numbers over the ranks, for statistics that cross samples.
public protocol SumExchange: AnyObject {
  /// Replaces numbers with their sums over all ranks, the same bits on every rank. Collective.
  ///
  /// How micro-batches were added up on each rank before shows in the last bit of a double; ``sum(_:rowCount:)`` is free of that.
  func sum(_ values: UnsafeMutableBufferPointer<Double>) throws

  /// Sums rows of numbers, one row for each of this rank's micro-batches, over all rows of all ranks; the sums replace the first row.
  ///
  /// The same bits however the micro-batches lie on the ranks. Collective; rows are equally long on all ranks.
  ///
  /// - Parameters:
  ///   - rows: the rows, one after the other; below 2^55 in magnitude.
  ///   - rowCount: how many, at least 1; the ranks may differ.
  func sum(_ rows: UnsafeMutableBufferPointer<Double>, rowCount: Int) throws
}

extension SumExchange {
  public func sum(_ rows: UnsafeMutableBufferPointer<Double>, rowCount: Int) throws {
    guard rowCount > 0 else { return }
    let width = rows.count / rowCount
    for row in stride(from: 1, to: max(rowCount, 1), by: 1) {
      for column in 0..<width { rows[column] += rows[row * width + column] }
    }
    try sum(UnsafeMutableBufferPointer(rebasing: rows[..<width]))
  }
}

/// The exchange of a rank on its own.
public final class NoExchange: SumExchange {
  /// Creates it.
  public init() {}
  public func sum(_ values: UnsafeMutableBufferPointer<Double>) {}

  public func sum(_ rows: UnsafeMutableBufferPointer<Double>, rowCount: Int) {
    guard rowCount > 0 else { return }
    let width = rows.count / rowCount
    let registers = FixedPointSum.registers(rows, rowCount: rowCount)
    FixedPointSum.values(registers, into: UnsafeMutableBufferPointer(rebasing: rows[..<width]))
  }
}

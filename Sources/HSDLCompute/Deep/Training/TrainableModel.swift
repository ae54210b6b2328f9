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

  /// What is worth keeping of a micro-batch on which the loss came out as no number, as named arrays.
  func dump(_ microBatch: MicroBatch) -> [(name: String, shape: [Int], values: [Float])]
}

/// Adds numbers over the ranks, for statistics that cross samples.
public protocol SumExchange: AnyObject {
  /// Replaces numbers with their sums over all ranks, the same bits on every rank. Collective.
  func sum(_ values: UnsafeMutableBufferPointer<Double>) throws
}

/// The exchange of a rank on its own.
public final class NoExchange: SumExchange {
  /// Creates it.
  public init() {}
  public func sum(_ values: UnsafeMutableBufferPointer<Double>) {}
}

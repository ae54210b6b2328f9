#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Seconds of a clock that only goes forward.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Where the time of an epoch went, in seconds of one rank.
public struct TrainingTimes: Codable, Sendable, Equatable {
  /// Forward and backward passes and the change of the weights.
  public var compute = 0.0
  /// Waiting for the slowest rank.
  public var wait = 0.0
  /// Reductions of gradients that did not go on beside the backward pass.
  public var allreduce = 0.0
  /// Sums of statistics over the ranks within the network, the waiting in them included.
  public var statistics = 0.0
  /// Waiting for samples.
  public var data = 0.0
  /// All of the epoch, validation and checkpoints included.
  public var total = 0.0

  /// No time.
  public init() {}
}

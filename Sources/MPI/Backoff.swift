#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a waiting rank gives way.
///
/// A rank that spins takes the processor from the rank that it waits for when there are more ranks than cores. So each
/// try is followed by a yield, and a wait that has become long by short sleeps.
enum Backoff {
  /// Gives way after the try number `attempt` of one wait.
  static func pause(attempt: Int) {
    if attempt < 20_000 {
      sched_yield()
    } else {
      usleep(100)
    }
  }
}

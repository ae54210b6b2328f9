import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the batch system or the user asks of this process by signals.
///
/// `SIGTERM` and `SIGINT` ask it to stop: at the next place from which the job can go on where there is work to be kept, at once where there
/// is none; both end with code 75. A second one ends it at once. `SIGUSR1` asks for a checkpoint. The handlers only set
/// numbers, or end the process.
public enum StopSignals {
  private static let firstStop = Atomic<Int>(0)
  private static let wishes = Atomic<Int>(0)
  private static let keepers = Atomic<Int>(0)
  private static let isInstalled = Atomic<Bool>(false)
  private static let isTalking = Atomic<Bool>(false)

  /// Signals that come within this time of the first, in ms, are the same wish: from the batch system, and handed on by the starter.
  static let sameWish = 1500

  /// Installs the handlers; once is enough.
  ///
  /// - Parameter isTalking: whether this rank says that it stops when it does so at once.
  public static func install(isTalking: Bool) {
    // Handlers must not be the first to touch these.
    _ = (firstStop.load(ordering: .relaxed), wishes.load(ordering: .relaxed), keepers.load(ordering: .relaxed))
    if isTalking { self.isTalking.store(true, ordering: .relaxed) }
    guard !isInstalled.exchange(true, ordering: .relaxed) else { return }
    signal(SIGTERM, onStop)
    signal(SIGINT, onStop)
    signal(SIGUSR1, onCheckpoint)
  }

  /// Whether this process was asked to stop.
  public static var isStopRequested: Bool { firstStop.load(ordering: .relaxed) != 0 }

  /// Takes note that another rank was asked to stop.
  package static func requestStop() {
    _ = firstStop.compareExchange(expected: 0, desired: max(milliseconds(), 1), ordering: .relaxed)
  }

  /// Forgets all wishes; for tests.
  package static func reset() {
    firstStop.store(0, ordering: .relaxed)
    wishes.store(0, ordering: .relaxed)
  }

  /// Whether a checkpoint was asked for since the last time this was asked.
  static func takeCheckpointRequest() -> Bool {
    wishes.load(ordering: .relaxed) > 0 && wishes.exchange(0, ordering: .relaxed) > 0
  }

  /// From now on a wish to stop waits for the next good place.
  static func beginKeeping() { keepers.add(1, ordering: .relaxed) }

  /// From now on there is nothing to be kept.
  ///
  /// A wish that has come meanwhile is fulfilled by the caller.
  static func endKeeping() { keepers.subtract(1, ordering: .relaxed) }

  private static func milliseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
  }

  fileprivate static func stop() {
    let now = max(milliseconds(), 1)
    let first = firstStop.load(ordering: .relaxed)
    if first == 0 {
      firstStop.store(now, ordering: .relaxed)
      if keepers.load(ordering: .relaxed) > 0 { return }
    } else if now - first < sameWish {
      return
    }
    if isTalking.load(ordering: .relaxed) {
      let text: StaticString = "hsdl-mpi: stopped by a signal; the same command goes on\n"
      _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
    }
    _exit(75)
  }

  fileprivate static func wish() { wishes.add(1, ordering: .relaxed) }
}

private func onStop(_ number: Int32) { StopSignals.stop() }
private func onCheckpoint(_ number: Int32) { StopSignals.wish() }

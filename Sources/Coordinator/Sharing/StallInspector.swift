import Foundation
import Worker

/// Notices ranks that make no progress, and says which, where and with what: as Horovod's stall inspector does.
///
/// The sharing tells it whom it has heard of; a thread of its own looks at that, so that rank 0 itself is noticed too.
/// Nobody is blamed for what rank 0 has not listened to: a rank counts as silent only up to the last time rank 0 looked.
public final class StallInspector: @unchecked Sendable {
  private struct Entry {
    var heard: Double
    var unit = -1
    var activity = ""
    var isBusy = false
    var lastReport: Double
  }

  private let lock = NSLock()
  private var entries: [Entry]
  private var looked: Double
  private var isEnded = false
  private let hosts: [String]
  private let seconds: Double
  private let describe: @Sendable (Int) -> String
  private let report: @Sendable (String) -> Void

  /// Prepares.
  ///
  /// - Parameters:
  ///   - hosts: where the ranks are.
  ///   - seconds: a rank that has something to do and is not heard of for so long is named, again after as long.
  ///   - now: the present, on any clock that only goes forward, in s.
  ///   - describe: what is said of a unit.
  ///   - report: takes the line.
  public init(
    hosts: [String], seconds: Double, now: Double, describe: @escaping @Sendable (Int) -> String,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.hosts = hosts
    self.seconds = seconds
    self.describe = describe
    self.report = report
    looked = now
    entries = hosts.map { _ in Entry(heard: now, lastReport: now) }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body()
  }

  /// Rank 0 has looked for messages.
  public func look(now: Double) { locked { looked = now } }

  /// A rank was heard of.
  ///
  /// - Parameters:
  ///   - unit: the unit that it works on; nil to leave what is known.
  ///   - isBusy: whether it has something to do.
  public func heard(_ rank: Int, unit: Int? = nil, activity: String? = nil, isBusy: Bool, now: Double) {
    locked {
      guard entries.indices.contains(rank) else { return }
      // A rank that waited is not late with what it has just got.
      entries[rank].heard = now
      entries[rank].isBusy = isBusy
      if let unit { entries[rank].unit = unit }
      if let activity { entries[rank].activity = activity }
    }
  }

  /// The lines that are due.
  public func due(now: Double) -> [String] {
    locked {
      var lines: [String] = []
      for rank in entries.indices {
        let entry = entries[rank]
        // What others have sent is known only as far as rank 0 has looked.
        let silence = (rank == 0 ? now : looked) - entry.heard
        guard entry.isBusy, silence >= seconds, now - max(entry.lastReport, entry.heard) >= seconds else { continue }
        entries[rank].lastReport = now
        let unit = entry.unit >= 0 ? " on \(describe(entry.unit))" : ""
        let activity = entry.activity.isEmpty ? "" : ", last at \(entry.activity)"
        lines.append(
          "rank \(rank) (\(hosts[rank])) has made no progress for \(Int(max(silence, 0).rounded())) s\(unit)\(activity)"
        )
      }
      return lines
    }
  }

  /// Begins to look, on a thread of its own, until ``end()``.
  public func start(clock: @escaping @Sendable () -> Double) {
    let thread = Thread { [self] in
      while !locked({ isEnded }) {
        Thread.sleep(forTimeInterval: min(1, seconds / 8))
        let lines = due(now: clock())
        guard !locked({ isEnded }) else { return }
        for line in lines { report(line) }
      }
    }
    thread.stackSize = 1 << 19
    thread.start()
  }

  /// Ends the looking; what is due is not said any more.
  public func end() { locked { isEnded = true } }
}

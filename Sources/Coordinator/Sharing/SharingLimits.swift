import MPI
import SeismicFormats

/// What a job may need, and what it does about units that fail and ranks that stall.
public struct SharingLimits: Sendable, Equatable {
  /// How many units may fail, each twice, without the job failing.
  public var failureLimit = 0
  /// A rank that makes no progress for so long is named, in s; nil to name none.
  public var stallSeconds: Double? = 300
  /// Memory of a rank, in bytes; nil for as much as the job's usual buffers take.
  public var memory: Int?

  /// The usual limits.
  public init() {}

  /// What a rank of a job on events needs, in bytes and by use.
  ///
  /// - Parameters:
  ///   - hasArchive: whether waveforms are read.
  ///   - hasNetwork: whether a network takes part.
  func plan(hasArchive: Bool, hasNetwork: Bool) -> MemoryPlan {
    var plan = Self.fixedPlan(hasNetwork: hasNetwork)
    if hasArchive { plan.add("waveforms and their index", archiveBudget(hasNetwork: hasNetwork).total) }
    return plan
  }

  /// What an archive may keep in memory: what the rest of the rank leaves of ``memory``.
  ///
  /// - Parameter hasNetwork: whether a network takes part.
  func archiveBudget(hasNetwork: Bool) -> ArchiveBudget {
    guard let memory else { return .usual }
    return ArchiveBudget(total: memory - Self.fixedPlan(hasNetwork: hasNetwork).total)
  }

  /// What does not depend on the budget.
  private static func fixedPlan(hasNetwork: Bool) -> MemoryPlan {
    var plan = MemoryPlan()
    // Twice the largest intermediate file: text grows by doubling.
    plan.add("events on their way to a file", 64 << 20)
    plan.add("merging", RecordMerge.bufferBudget)
    if hasNetwork { plan.add("the network", 256 << 20) }
    return plan
  }

  /// Says how much memory the ranks have taken, and warns where that is more than they may.
  ///
  /// Collective.
  func tellMemory(over communicator: any Communicator, _ report: Reporter) throws {
    let peaks = try communicator.gatherv([MemoryPlan.peak()]).compactMap(\.first)
    guard let most = peaks.max(), let rank = peaks.firstIndex(of: most) else { return }
    if let memory, most > memory {
      report.warn("rank \(rank) took \(MemoryPlan.text(most)) of memory, more than --memory \(MemoryPlan.text(memory))")
    } else {
      report.note("at most \(MemoryPlan.text(most)) of memory a rank")
    }
  }

  /// How units are shared out under these limits.
  func settings(_ report: Reporter) -> SharingSettings {
    var settings = SharingSettings()
    settings.failureLimit = failureLimit
    settings.stallSeconds = stallSeconds
    settings.warn = { report.warn($0) }
    return settings
  }
}

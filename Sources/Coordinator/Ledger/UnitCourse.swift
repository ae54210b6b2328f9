package import MPI
import SeismicFormats
import Worker

/// The units of a job on their way: those that earlier runs have done are taken from the ledger, the others are shared out over the ranks and
/// recorded, until all are done or the job is to stop.
package final class UnitCourse {
  private let names: [UInt64]
  private let costs: [Double]
  private let settings: SharingSettings
  private let work: WorkFolder
  private let communicator: any Communicator
  private let report: Reporter
  /// What the ledger knows of units, by their place; on rank 0 only.
  private var entries: [LedgerEntry?]
  /// Whether a unit was done by an earlier run, and its files are still what they were; the same on all ranks.
  package private(set) var isFinished: [Bool]

  /// What a rank sends of a unit.
  private enum Reply {
    /// The unit was left, as its rank was asked to stop.
    static let left: UInt8 = 1
    static let done: UInt8 = 2
    /// The unit is done, and its rank was asked to stop.
    static let doneLast: UInt8 = 3
  }

  /// Holds the units against the ledger.
  ///
  /// Collective. The ranks look at the files of finished units together, each at a part.
  ///
  /// - Parameters:
  ///   - names: of the units: hashes of all that their results depend on, beside what the job's identity says.
  ///   - costs: what they roughly cost.
  ///   - settings: what becomes of units that fail, and of ranks that stall.
  ///   - onRestored: told on one rank of each finished unit, with the paths of its files.
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  package init(
    _ names: [UInt64], costs: [Double], in work: WorkFolder, settings: SharingSettings = SharingSettings(),
    over communicator: any Communicator, report: Reporter,
    onRestored: (_ unit: Int, _ payload: String) throws -> Void = { _, _ in }
  ) throws {
    self.names = names
    self.costs = costs
    self.settings = settings
    self.work = work
    self.communicator = communicator
    self.report = report
    entries = [LedgerEntry?](repeating: nil, count: names.count)
    isFinished = [Bool](repeating: false, count: names.count)
    if let ledger = work.ledger, !ledger.entries.isEmpty {
      for (unit, name) in names.enumerated() { entries[unit] = ledger.entries[name] }
    }
    let knownCount = try communicator.broadcast(entries.count { $0 != nil })
    guard knownCount > 0 else { return }
    let known = try entriesToCheck()
    var own = [UInt8](repeating: 0, count: names.count)
    try communicator.agree {
      let areWhole = FileVerification.areWhole(known.map { $0.entry.files }, in: work.absolute("."))
      for ((unit, entry), isWhole) in zip(known, areWhole) where isWhole {
        own[unit] = 1
        try onRestored(unit, entry.payload)
      }
    }
    isFinished = try communicator.allreduce(own, .maximum).map { $0 > 0 }
    guard communicator.isRoot else { return }
    let lost = names.indices.filter { entries[$0] != nil && !isFinished[$0] }
    for unit in lost {
      entries[unit] = nil
      work.ledger?.forget(names[unit])
    }
    if !lost.isEmpty {
      report.warn(
        "the files of \(counted(lost.count, "units")) are missing, cut off or changed; \(lost.count == 1 ? "it is" : "they are") done again"
      )
    }
    let count = isFinished.count { $0 }
    if count > 0 { report.note("going on: \(count) of \(counted(names.count, "units")) done before") }
  }

  /// The units whose files this rank looks at, with what the ledger on rank 0 says of them; each rank has as many as the others.
  ///
  /// Collective.
  private func entriesToCheck() throws -> [(unit: Int, entry: LedgerEntry)] {
    var parts: [[UInt8]] = []
    let size = communicator.size
    for rank in communicator.isRoot ? 0..<size : 0..<0 {
      let sink = TextSink()
      // What is rank 0's own need not travel.
      for unit in stride(from: rank, to: rank == 0 ? 0 : names.count, by: size) {
        guard let entry = entries[unit] else { continue }
        LedgerLine.append(["\(unit)"], lineTo: sink)
        entry.append(to: sink)
      }
      parts.append(Array(sink.bytes))
    }
    let lines = try communicator.scatterv(parts)
    guard !communicator.isRoot else {
      return stride(from: 0, to: names.count, by: size).compactMap { unit in
        entries[unit].map { (unit: unit, entry: $0) }
      }
    }
    var known: [(unit: Int, entry: LedgerEntry)] = []
    lines.withUnsafeBufferPointer { lines in
      var unit: Int?
      LedgerLine.forEach(in: lines) { line, _ in
        let fields = LedgerLine.fields(line) ?? []
        if fields.count == 1 {
          unit = parseInteger(fields[0])
        } else if let place = unit, names.indices.contains(place), let entry = LedgerEntry(fields) {
          known.append((unit: place, entry: entry))
        }
      }
    }
    return known
  }

  /// Does all units that are left.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - work: does a unit; it calls `poll` now and then.
  ///   - onResult: told on rank 0 of each unit, those that were done before among them.
  ///   - onSetAside: told on rank 0 of each unit that failed twice, when they are few enough; they are not in the ledger.
  /// - Throws: ``AgreedFailure`` on all ranks: of the unit that failed, or with `stoppedEarly` when the job was to stop; ``CommunicatorError``.
  package func run(
    work body: (_ unit: Int, _ poll: () throws -> Void) throws -> UnitProduct,
    onResult: (_ unit: Int, _ payload: String) throws -> Void,
    onSetAside: (UnitSchedule.Failure) throws -> Void = { _ in }
  ) throws {
    StopSignals.beginKeeping()
    defer { StopSignals.endKeeping() }
    let ledger = work.ledger
    var done = 0
    try communicator.agreeOnRoot {
      for (unit, entry) in entries.enumerated() {
        guard let entry else { continue }
        try onResult(unit, entry.payload)
        done += 1
      }
    }
    let faults = FaultInjection.shared
    let rank = communicator.rank
    let limits = work.limits
    var budget = DiskBudget()
    var begun = 0
    var longest = 0.0
    var left = 0
    var reason = ""
    let isComplete = try withoutActuallyEscaping(onResult) { onResult in
      try UnitSharing(costs: costs, finished: isFinished, settings: settings, over: communicator).run(
        shouldStop: {
          if reason.isEmpty {
            if StopSignals.isStopRequested {
              reason = "as a signal asked for"
            } else if limits.isTooShort(for: longest) {
              reason = "as the time is nearly over"
            }
          }
          return !reason.isEmpty
        },
        work: { unit, poll in
          guard !StopSignals.isStopRequested else { return [Reply.left] }
          let start = monotonicSeconds()
          begun += 1
          try faults.beginUnit(unit, count: begun, rank: rank)
          let product = try withoutActuallyEscaping(poll) { poll in
            let pollAndKeep = {
              try poll()
              if let ledger {
                if StopSignals.takeCheckpointRequest() { try ledger.flush() } else { try ledger.tick() }
              }
            }
            return try body(unit, pollAndKeep)
          }
          let files = try product.files.map { try budget.seal($0, as: self.work.relative($0)) }
          faults.endUnit(unit, count: begun, rank: rank, files: product.files)
          let sink = TextSink(capacity: 1024)
          LedgerEntry(
            name: names[unit], seconds: monotonicSeconds() - start, payload: product.payload, files: files
          ).append(to: sink)
          return [StopSignals.isStopRequested ? Reply.doneLast : Reply.done] + sink.bytes
        },
        onResult: { unit, reply in
          if reply.first != Reply.done { StopSignals.requestStop() }
          guard reply.first != Reply.left else {
            left += 1
            return
          }
          try reply.dropFirst().withUnsafeBufferPointer { line in
            guard let fields = LedgerLine.fields(Bytes(rebasing: line[..<(line.count - 1)])),
              let entry = LedgerEntry(fields)
            else { throw JobError(.internalError, "what a rank told of unit \(unit) cannot be read") }
            longest = max(longest, entry.seconds)
            try ledger?.record(line)
            try onResult(unit, entry.payload)
            done += 1
          }
        }, onSetAside: onSetAside)
    }
    try communicator.agreeOnRoot {
      try ledger?.flush()
      // Where all are done, what is left to do may take long too.
      if !isComplete || left > 0 || StopSignals.isStopRequested {
        throw JobError(
          .stoppedEarly,
          "stopped, \(reason.isEmpty ? "as a signal asked for" : reason): \(done) of \(counted(names.count, "units")) are done; the same command goes on"
        )
      }
    }
    try communicator.agreeOnRoot { try faults.merge(rank: rank) }
  }
}

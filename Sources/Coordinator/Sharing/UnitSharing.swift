public import MPI
import Worker

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Shares out units of work over the ranks, costliest first.
///
/// Rank 0 hands out the units in batches (``UnitSchedule``), the next before a rank has ended the present one, and works
/// too as long as that pays (``RootRole``). Who does which unit is decided by who is free; results must not depend on it.
public struct UnitSharing {
  private let communicator: any Communicator
  private let settings: SharingSettings
  private let costs: [Double]
  private let finished: [Bool]

  private enum Tag {
    static let batch = 12
    static let report = 13
    static let heartbeat = 14
    static let stop = 15
  }

  /// A report is sent when it is as long as this, in bytes: short enough that MPI takes it without waiting for rank 0.
  private static let reportLimit = 4096
  /// A report is sent when it holds as much work as this, in s.
  private static let reportSeconds = 0.005

  /// Plans the sharing.
  ///
  /// - Parameters:
  ///   - costs: what each unit roughly costs; only proportions matter.
  ///   - finished: units that are not handed out, because they were done before; none when empty.
  ///   - settings: what becomes of failures and stalls.
  public init(
    costs: [Double], finished: [Bool] = [], settings: SharingSettings = SharingSettings(),
    over communicator: any Communicator
  ) {
    self.costs = costs
    self.finished = finished
    self.settings = settings
    self.communicator = communicator
  }

  /// Does all units.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - shouldStop: asked on rank 0 now and then; when true no more units are handed out, and those under way end.
  ///   - work: does a unit and returns what rank 0 must know of it. It calls `poll` now and then, so that rank 0 can answer
  ///     the others while it works itself, and so that it is known that the work goes on.
  ///   - onResult: told on rank 0 of each unit that is done, in no particular order.
  ///   - onSetAside: told on rank 0, at the end, of each unit that failed twice, by number; only when they are no more than
  ///     ``SharingSettings/failureLimit``.
  /// - Returns: false on all ranks when the work was stopped before the end.
  /// - Throws: ``AgreedFailure`` on all ranks: of the first unit that fails so that it ends the work, after the units before
  ///   it have ended; or of the first unit that was set aside, when there are too many, after all others have ended. Else
  ///   ``CommunicatorError``.
  @discardableResult
  public func run(
    shouldStop: () -> Bool = { false }, work: (_ unit: Int, _ poll: () throws -> Void) throws -> [UInt8],
    onResult: (_ unit: Int, _ result: [UInt8]) throws -> Void,
    onSetAside: (UnitSchedule.Failure) throws -> Void = { _ in }
  ) throws -> Bool {
    var policy = settings.policy
    policy.isolates = settings.failureLimit != nil
    var schedule = UnitSchedule(costs: costs, finished: finished, ranks: communicator.size, policy: policy)
    let hosts =
      try settings.stallSeconds == nil
      ? []
      : communicator.gatherv(Array(hostName().utf8))
        .map { String(decoding: $0, as: UTF8.self) }
    var failure: AgreedFailure?
    if communicator.isRoot {
      let inspector = settings.stallSeconds.map {
        StallInspector(
          hosts: hosts, seconds: $0, now: monotonicSeconds(), describe: settings.describe, report: settings.warn)
      }
      inspector?.start(clock: { monotonicSeconds() })
      defer { inspector?.end() }
      try withoutActuallyEscaping(shouldStop) { shouldStop in
        try withoutActuallyEscaping(work) { work in
          try withoutActuallyEscaping(onResult) { onResult in
            let coordination = Coordination(
              schedule, communicator, settings, inspector, shouldStop: shouldStop, work: work, onResult: onResult)
            try coordination.run()
            schedule = coordination.schedule
          }
        }
      }
      failure = verdict(schedule)
      if failure == nil && schedule.unfinishedCount == 0 {
        do { for unit in schedule.setAside { try onSetAside(unit) } } catch let error as CommunicatorError {
          throw error
        } catch { failure = AgreedFailure(error) }
      }
    } else {
      try assist(work)
    }
    let code = try communicator.broadcast(failure?.exitCode ?? 0)
    guard code != 0 else { return try communicator.broadcast(schedule.unfinishedCount) == 0 }
    let rank = try communicator.broadcast(failure?.rank ?? 0)
    throw AgreedFailure(rank: rank, exitCode: code, description: try communicator.broadcast(failure?.description ?? ""))
  }

  /// What the work failed of, if it did.
  private func verdict(_ schedule: UnitSchedule) -> AgreedFailure? {
    if let end = schedule.end {
      return AgreedFailure(rank: end.rank, exitCode: end.exitCode, description: end.description)
    }
    let failures = schedule.setAside
    // What was stopped is taken up again, and then everything is tried once more.
    guard let first = failures.first, failures.count > settings.failureLimit ?? 0, schedule.unfinishedCount == 0 else {
      return nil
    }
    let others = failures.count == 1 ? "" : "; \(failures.count - 1) more of \(costs.count) units failed"
    return AgreedFailure(
      rank: first.rank, exitCode: first.exitCode,
      description: "\(first.description) (\(settings.describe(first.unit)), tried twice\(others))")
  }

  private func assist(_ work: (Int, () throws -> Void) throws -> [UInt8]) throws {
    var report = UnitReport()
    var current = -1
    // Heartbeats are rare beside the reports; they tell of units that take long.
    let pulse = min(settings.stallSeconds.map { $0 / 4 } ?? .infinity, 10)
    var lastSent = monotonicSeconds()
    func send() throws {
      guard !report.isEmpty else { return }
      try communicator.send(report.bytes, to: 0, tag: Tag.report)
      report = UnitReport()
      lastSent = monotonicSeconds()
    }
    func poll() throws {
      let now = monotonicSeconds()
      guard now - lastSent >= pulse else { return }
      lastSent = now
      try communicator.send(
        [Int32(truncatingIfNeeded: current)].bytes + settings.activity().utf8, to: 0, tag: Tag.heartbeat)
    }
    var isStopped = false
    var lastLook = lastSent
    while true {
      let asked = monotonicSeconds()
      let batch = try communicator.receive(Int32.self, from: 0, tag: Tag.batch).values
      guard batch.first ?? -1 >= 0 else {
        // Nothing may be left behind for the next sharing.
        if !batch.isEmpty && !isStopped { _ = try communicator.receive(UInt8.self, from: 0, tag: Tag.stop) }
        return
      }
      report.waited(monotonicSeconds() - asked)
      for number in batch {
        current = Int(number)
        let begin = monotonicSeconds()
        if !isStopped && begin - lastLook > 0.001 {
          lastLook = begin
          if try communicator.probeNow(source: 0, tag: Tag.stop) != nil {
            _ = try communicator.receive(UInt8.self, from: 0, tag: Tag.stop)
            isStopped = true
          }
        }
        if isStopped {
          report.add(UnitReport.Entry(unit: current, exitCode: UnitReport.givenBack, payload: []), seconds: 0)
          continue
        }
        let entry = try Self.attempt(current) { try work(current, poll) }
        report.add(entry, seconds: monotonicSeconds() - begin)
        if entry.exitCode != 0 || report.byteCount >= Self.reportLimit || report.workedSeconds >= Self.reportSeconds {
          try send()
        }
      }
      try send()
    }
  }

  /// Does a unit; whatever it throws, except trouble between the ranks, becomes part of the answer.
  fileprivate static func attempt(
    _ unit: Int, _ work: () throws -> [UInt8]
  ) throws -> UnitReport.Entry {
    do {
      return UnitReport.Entry(unit: unit, exitCode: 0, payload: try work())
    } catch let error as CommunicatorError {
      throw error
    } catch {
      let failure = AgreedFailure(error)
      return UnitReport.Entry(unit: unit, exitCode: failure.exitCode, payload: Array(failure.description.utf8))
    }
  }

  /// What rank 0 does.
  private final class Coordination {
    private(set) var schedule: UnitSchedule
    private let communicator: any Communicator
    private let inspector: StallInspector?
    private let activity: () -> String
    private let shouldStop: () -> Bool
    private let work: (Int, () throws -> Void) throws -> [UInt8]
    private let onResult: (Int, [UInt8]) throws -> Void
    private var role: RootRole
    private let mayWork: Bool
    /// When rank 0 last looked for messages, and the longest that it has not, while it worked on a unit.
    private var lastLook: Double
    private var longestSilence = 0.0
    private var lastAsked = 0.0
    /// The unit that rank 0 works on.
    private var own = -1
    /// Whether all ranks are to be looked at; else only those that report.
    private var isSupplyDue = true
    /// What each rank was given, and how much of it is done; kept for ``StallInspector`` only.
    private var queues: [[Int]]
    private var heads: [Int]

    init(
      _ schedule: UnitSchedule, _ communicator: any Communicator, _ settings: SharingSettings,
      _ inspector: StallInspector?, shouldStop: @escaping () -> Bool,
      work: @escaping (Int, () throws -> Void) throws -> [UInt8], onResult: @escaping (Int, [UInt8]) throws -> Void
    ) {
      self.schedule = schedule
      self.communicator = communicator
      self.inspector = inspector
      activity = settings.activity
      self.shouldStop = shouldStop
      self.work = work
      self.onResult = onResult
      role = RootRole(ranks: communicator.size)
      mayWork = settings.rootWorks || communicator.size == 1
      if !mayWork { self.schedule.exclude(0) }
      lastLook = monotonicSeconds()
      queues = [[Int]](repeating: [], count: communicator.size)
      heads = [Int](repeating: 0, count: communicator.size)
    }

    func run() throws {
      var attempt = 0
      while true {
        try serve()
        let works = mayWork && role.works
        if mayWork { schedule.setWorking(0, works) }
        let inHand = max(schedule.unitSeconds, UnitSchedule.Policy().batchSeconds)
        if works || schedule.hasRetries,
          let unit = schedule.batch(for: 0, from: role.end(inHand: inHand), limit: 1).first
        {
          attempt = 0
          try workMyself(unit)
        } else if schedule.isOver {
          break
        } else {
          try communicator.pause(attempt: attempt)
          attempt += 1
        }
      }
      let end: [Int32] = schedule.isStopped ? [-1] : []
      for rank in 1..<communicator.size { try communicator.send(end, to: rank, tag: Tag.batch) }
    }

    private func workMyself(_ unit: Int) throws {
      let begin = monotonicSeconds()
      (lastLook, longestSilence, own) = (begin, 0, unit)
      inspector?.heard(0, unit: unit, activity: "", isBusy: true, now: begin)
      let entry = try UnitSharing.attempt(unit) {
        try work(unit) { [self] in
          inspector?.heard(0, activity: activity(), isBusy: true, now: monotonicSeconds())
          try serve()
        }
      }
      let end = monotonicSeconds()
      longestSilence = max(longestSilence, end - lastLook)
      own = -1
      inspector?.heard(0, isBusy: false, now: end)
      role.worked(end - begin, longestSilence: longestSilence)
      schedule.measured(end - begin, for: 1)
      try take(entry, from: 0)
    }

    /// Takes what has come, and gives out what is wanted.
    private func serve() throws {
      let now = monotonicSeconds()
      if own >= 0 { longestSilence = max(longestSilence, now - lastLook) }
      lastLook = now
      if now - lastAsked > 0.001 {
        lastAsked = now
        inspector?.look(now: now)
        if !schedule.isStopped, shouldStop() {
          schedule.stop()
          // What they have not begun the others give back.
          for rank in 1..<communicator.size { try communicator.send([UInt8](), to: rank, tag: Tag.stop) }
        }
      }
      guard communicator.size > 1 else { return }
      while let status = try communicator.probeNow(source: nil, tag: nil) {
        let bytes = try communicator.receive(UInt8.self, from: status.source, tag: status.tag).values
        if status.tag == Tag.heartbeat {
          let unit = bytes.count >= 4 ? Int(bytes.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }) : -1
          inspector?.heard(
            status.source, unit: unit, activity: String(decoding: bytes.dropFirst(4), as: UTF8.self), isBusy: true,
            now: now)
        } else {
          try takeReport(bytes, from: status.source, now: now)
        }
      }
      if isSupplyDue || schedule.hasRetries {
        isSupplyDue = false
        for rank in 1..<communicator.size { try supply(rank, now: now) }
      }
    }

    private func takeReport(_ bytes: [UInt8], from source: Int, now: Double) throws {
      let sums = try UnitReport.read(bytes) { try take($0, from: source) }
      guard let sums else { throw CommunicatorError.mismatch("rank \(source) sent a report that is none") }
      schedule.measured(sums.worked, for: sums.count)
      role.came(sums.count, waited: sums.waited)
      if let inspector {
        heads[source] += sums.count
        let unit = heads[source] < queues[source].count ? queues[source][heads[source]] : -1
        inspector.heard(source, unit: unit, activity: "", isBusy: unit >= 0, now: now)
      }
      try supply(source, now: now)
    }

    /// Gives a rank what it may have.
    private func supply(_ rank: Int, now: Double) throws {
      while true {
        let units = schedule.batch(for: rank, reach: min(2 * role.answerSeconds, 1))
        guard let first = units.first else { return }
        try communicator.send(units.map { Int32(truncatingIfNeeded: $0) }, to: rank, tag: Tag.batch)
        guard let inspector else { continue }
        if heads[rank] == queues[rank].count {
          queues[rank].removeAll(keepingCapacity: true)
          heads[rank] = 0
          // A rank that had nothing to do is not late with it.
          inspector.heard(rank, unit: first, activity: "", isBusy: true, now: now)
        }
        queues[rank] += units
      }
    }

    private func take(_ entry: UnitReport.Entry, from rank: Int) throws {
      if entry.exitCode == UnitReport.givenBack {
        guard schedule.giveBack(entry.unit, by: rank) else { throw Self.foreign(entry.unit, rank) }
        return
      }
      if entry.exitCode != 0 {
        let failure = UnitSchedule.Failure(
          unit: entry.unit, rank: rank, exitCode: entry.exitCode,
          description: String(decoding: entry.payload, as: UTF8.self))
        guard schedule.fail(failure) else { throw Self.foreign(entry.unit, rank) }
        return
      }
      guard schedule.finish(entry.unit, by: rank) else { throw Self.foreign(entry.unit, rank) }
      do { try onResult(entry.unit, entry.payload) } catch let error as CommunicatorError { throw error } catch {
        let failure = AgreedFailure(error)
        schedule.reject(
          UnitSchedule.Failure(
            unit: entry.unit, rank: 0, exitCode: failure.exitCode, description: failure.description))
      }
    }

    private static func foreign(_ unit: Int, _ rank: Int) -> CommunicatorError {
      .mismatch("rank \(rank) reports unit \(unit), which it was not given")
    }
  }
}

extension AgreedFailure {
  /// What an error on rank 0 says to all.
  fileprivate init(_ error: any Error) {
    self.init(
      rank: 0, exitCode: (error as? any ExitCoded)?.exitCode ?? ExitStatus.internalError.rawValue,
      description: "\(error)")
  }
}

extension [Int32] {
  fileprivate var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}

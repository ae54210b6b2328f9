/// Decides which rank does which unit: costliest first, in batches that shrink toward the end, a failed unit once more on
/// another rank.
///
/// It knows neither messages nor a clock: what is measured is told to it. So the ranks and a simulation drive the same code.
///
/// A batch holds as many units as take about ``Policy/batchSeconds``, and never more than a fixed share of what is left for
/// each rank: guided self-scheduling (Polychronopoulos and Kuck, 1987), so costs that are estimated wrongly do not leave
/// one rank with much to do at the end.
public struct UnitSchedule: Sendable {
  /// How units are given out.
  public struct Policy: Sendable, Equatable {
    /// Whether a unit that fails is tried once more and then set aside; else the first failure ends the work.
    public var isolates = false
    /// Batches aim at this much work, in s.
    public var batchSeconds = 0.01
    /// No batch has more units.
    public var batchLimit = 512
    /// A batch has at most one part in (this × ranks) of the units and of the costs that are left.
    public var shareDivisor = 4
    /// Whether a rank gets its next batch before it has ended the present one, as long as there are more units than ranks.
    public var asksAhead = true

    /// Creates the usual policy.
    public init() {}
  }

  /// A unit that could not be done.
  public struct Failure: Sendable, Equatable {
    /// The unit.
    public var unit: Int
    /// The rank that tried it last.
    public var rank: Int
    /// The exit code of the error.
    public var exitCode: Int32
    /// The error's words.
    public var description: String

    /// Describes a failure.
    public init(unit: Int, rank: Int, exitCode: Int32, description: String) {
      self.unit = unit
      self.rank = rank
      self.exitCode = exitCode
      self.description = description
    }
  }

  /// From which end of the order a rank is given units.
  public enum End: Sendable {
    /// The costliest.
    case costliest
    /// The cheapest: for a rank that others must not wait for.
    case cheapest
  }

  private enum State: UInt8 {
    case waiting, given, done, setAside
  }

  private let policy: Policy
  private let costs: [Double]
  /// The units that nobody has had yet: those of `order[front..<back]`, costliest first.
  private var order: [Int32]
  private var front = 0
  private var back: Int
  private var costLeft: Double
  private var states: [State]
  /// Who has the unit.
  private var holders: [Int32]
  private var attempts: [UInt8]
  /// Units that failed, and where.
  private var retries: [(unit: Int, rank: Int)] = []
  private var inHand: [Int]
  private var lastBatch: [Int]
  private var worksHere: [Bool]
  private var workers: Int
  /// Ranks that never take units.
  private var excluded: Set<Int> = []
  private var totalInHand = 0
  /// What a unit takes, by those done last, in s; 0 before the first.
  private var secondsPerUnit = 0.0
  /// The first failure, by unit, that ends the work.
  public private(set) var end: Failure?
  private var failures: [Failure] = []
  /// Whether no more units are given out because somebody asked for it.
  public private(set) var isStopped = false
  private var openCount: Int

  /// Plans.
  ///
  /// - Parameters:
  ///   - costs: what each unit roughly costs; only proportions matter. What is no number counts as nothing.
  ///   - finished: units that need not be done; none when empty.
  ///   - ranks: the number of ranks, all of which work at first.
  public init(costs: [Double], finished: [Bool] = [], ranks: Int, policy: Policy = Policy()) {
    self.policy = policy
    let known = costs.map { $0 > 0 ? min($0, 1e150) : 0 }
    self.costs = known
    let states: [State] = known.indices.map { $0 < finished.count && finished[$0] ? .done : .waiting }
    self.states = states
    order = states.indices.filter { states[$0] == .waiting }
      .sorted { known[$0] != known[$1] ? known[$0] > known[$1] : $0 < $1 }.map { Int32(truncatingIfNeeded: $0) }
    back = order.count
    openCount = order.count
    costLeft = order.reduce(0) { $0 + known[Int($1)] }
    holders = [Int32](repeating: -1, count: known.count)
    attempts = [UInt8](repeating: 0, count: known.count)
    let count = max(ranks, 1)
    inHand = [Int](repeating: 0, count: count)
    lastBatch = [Int](repeating: 0, count: count)
    worksHere = [Bool](repeating: true, count: count)
    workers = count
  }

  /// Units that nobody has had yet.
  private var rest: Int { back - front }

  /// Units that are neither done nor set aside.
  public var unfinishedCount: Int { openCount }

  /// Whether units that failed wait for another rank.
  public var hasRetries: Bool { !retries.isEmpty && !isStopped }

  /// Units that a rank has been given and has not reported.
  public func inHandCount(of rank: Int) -> Int { inHand[rank] }

  /// About what a unit takes, in s; 0 before the first.
  public var unitSeconds: Double { secondsPerUnit }

  /// Whether nothing is under way and nothing can be given out any more.
  public var isOver: Bool { totalInHand == 0 && (isStopped || rest == 0 && retries.isEmpty) }

  /// The units that were set aside, by number.
  public var setAside: [Failure] { failures.sorted { $0.unit < $1.unit } }

  /// Says that a rank takes no units, not even those that failed elsewhere.
  public mutating func exclude(_ rank: Int) {
    setWorking(rank, false)
    excluded.insert(rank)
  }

  /// Says whether a rank takes units at present.
  ///
  /// One that does not still tries what failed on the only one that does.
  public mutating func setWorking(_ rank: Int, _ works: Bool) {
    guard worksHere[rank] != works, !excluded.contains(rank) else { return }
    worksHere[rank] = works
    workers = max(1, workers + (works ? 1 : -1))
  }

  /// Gives out no more units; those that are under way end.
  public mutating func stop() { isStopped = true }

  /// The next units for a rank: empty when it has enough, or when there are none for it at present.
  ///
  /// - Parameters:
  ///   - end: from which end of the order they come.
  ///   - limit: no more than so many.
  ///   - reach: work that a batch should hold at least as far as the share of the rest allows, in s: how long the rank may
  ///     have to wait for its next one.
  public mutating func batch(
    for rank: Int, from end: End = .costliest, limit: Int = .max, reach: Double = 0
  ) -> [Int] {
    guard !isStopped, worksHere[rank] || workers == 1 && !excluded.contains(rank) else { return [] }
    let ahead = policy.asksAhead && rest > workers ? lastBatch[rank] : 0
    guard inHand[rank] <= ahead else { return [] }
    // A unit that failed goes to whoever has not tried it; to the same rank only where it is alone.
    let isAlone = worksHere.count - excluded.count == 1
    if let place = retries.firstIndex(where: { $0.rank != rank || isAlone }) {
      return give([retries.remove(at: place).unit], to: rank)
    }
    guard rest > 0, worksHere[rank] else { return [] }
    let share = max(policy.shareDivisor, 1) * workers
    let count = max(1, min(wanted(reach), 2 * lastBatch[rank], policy.batchLimit, rest / share, limit))
    let costLimit = costLeft / Double(share)
    var units: [Int] = []
    var sum = 0.0
    while units.count < count && rest > 0 {
      let unit = Int(end == .costliest ? order[front] : order[back - 1])
      sum += costs[unit]
      if !units.isEmpty && sum > costLimit { break }
      if end == .costliest { front += 1 } else { back -= 1 }
      costLeft = max(0, costLeft - costs[unit])
      units.append(unit)
    }
    lastBatch[rank] = units.count
    return give(units, to: rank)
  }

  /// How many units take as long as a batch should.
  private func wanted(_ reach: Double) -> Int {
    guard secondsPerUnit > 0 else { return 1 }
    let count = (max(policy.batchSeconds, reach) / secondsPerUnit).rounded(.up)
    return count < Double(policy.batchLimit) ? Int(count) : policy.batchLimit
  }

  private mutating func give(_ units: [Int], to rank: Int) -> [Int] {
    for unit in units {
      states[unit] = .given
      holders[unit] = Int32(truncatingIfNeeded: rank)
    }
    inHand[rank] += units.count
    totalInHand += units.count
    return units
  }

  /// Takes a unit back from a rank; false when the rank does not have it.
  private mutating func take(_ unit: Int, from rank: Int) -> Bool {
    guard states.indices.contains(unit), states[unit] == .given, holders[unit] == Int32(truncatingIfNeeded: rank) else {
      return false
    }
    inHand[rank] -= 1
    totalInHand -= 1
    return true
  }

  /// A rank has done a unit.
  ///
  /// - Returns: false when the rank did not have it.
  public mutating func finish(_ unit: Int, by rank: Int) -> Bool {
    guard take(unit, from: rank) else { return false }
    states[unit] = .done
    openCount -= 1
    return true
  }

  /// A rank has not begun a unit and will not, because the work was stopped.
  ///
  /// - Returns: false when the rank did not have it.
  public mutating func giveBack(_ unit: Int, by rank: Int) -> Bool {
    guard take(unit, from: rank) else { return false }
    states[unit] = .waiting
    return true
  }

  /// Some units took so long together, in s.
  public mutating func measured(_ seconds: Double, for count: Int) {
    guard count > 0, seconds > 0, seconds.isFinite else { return }
    let own = seconds / Double(count)
    // The last dozens count: costs fall as the work goes on.
    let weight = min(1, Double(count) / 32)
    secondsPerUnit = secondsPerUnit == 0 ? own : (1 - weight) * secondsPerUnit + weight * own
  }

  /// A rank could not do a unit.
  ///
  /// - Parameter endsAll: whether the failure ends the work even where failures are isolated.
  /// - Returns: false when the rank did not have it.
  public mutating func fail(_ failure: Failure, endsAll: Bool = false) -> Bool {
    guard take(failure.unit, from: failure.rank) else { return false }
    let unit = failure.unit
    if !policy.isolates || endsAll || Self.concernsAll(failure.exitCode) {
      states[unit] = .setAside
      openCount -= 1
      finishBefore(failure)
    } else if attempts[unit] == 0 {
      attempts[unit] = 1
      states[unit] = .waiting
      if end == nil || unit < end?.unit ?? .max { retries.append((unit, failure.rank)) }
    } else {
      states[unit] = .setAside
      openCount -= 1
      failures.append(failure)
    }
    return true
  }

  /// A unit that was done turned out not to count, because its result could not be taken; ends the work.
  public mutating func reject(_ failure: Failure) { finishBefore(failure) }

  /// Usage, bad data, missing input and configuration concern every unit; that a rank was stopped does too.
  static func concernsAll(_ exitCode: Int32) -> Bool { [64, 65, 66, 75, 78].contains(exitCode) }

  /// Only the units before the failure's are still done: of several units that fail the first one counts, whoever was
  /// faster, so the message is the same for any number of ranks.
  private mutating func finishBefore(_ failure: Failure) {
    guard failure.unit < end?.unit ?? .max else { return }
    end = failure
    order = order[front..<back].filter { $0 < failure.unit }
    (front, back) = (0, order.count)
    costLeft = order.reduce(0) { $0 + costs[Int($1)] }
    retries.removeAll { $0.unit > failure.unit }
  }
}

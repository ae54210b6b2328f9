import Coordinator

/// A cluster whose time is only counted: ranks take units from a ``UnitSchedule`` as ``UnitSharing`` does it, with messages that
/// take time, a rank 0 that handles one after the other and, where it works itself, answers only between its polls.
struct SimulatedCluster {
  /// How long things take, in s.
  struct Times {
    /// A message from one rank to another.
    var latency = 20e-6
    /// What rank 0 needs to take a report and answer it: by ``coordinator``, with a reserve.
    var handling = 50e-6
    /// Between two polls of a unit; rank 0 answers then.
    var poll = 0.05
  }

  /// How rank 0 behaves.
  enum Root {
    case measured, always, never
  }

  /// What came of it.
  struct Outcome {
    /// From the beginning to the end of the last unit, in s.
    var makespan: Double
    /// What the ranks worked, of what they could have.
    var efficiency: Double
    /// Of what no schedule can beat: all work shared out evenly, or the longest unit.
    var ofBest: Double
    /// The share of the time that the least busy rank but rank 0 did not work.
    var idlest: Double
    /// Units that rank 0 did.
    var rootUnits: Int
  }

  let ranks: Int
  let seconds: [Double]
  let estimates: [Double]
  var times = Times()
  var root = Root.measured
  var policy = UnitSchedule.Policy()

  private enum Happening {
    /// A batch has come to a rank.
    case batch(rank: Int, units: [Int])
    /// A rank has ended a unit.
    case end(rank: Int)
    /// A report has come to rank 0.
    case report(rank: Int, unit: Int, worked: Double, waited: Double)
    /// Rank 0 looks for reports.
    case look
  }

  private struct Worker {
    var queue: [Int] = []
    var head = 0
    var isBusy = false
    var idleSince = 0.0
    var waited = 0.0
    var worked = 0.0
  }

  /// Runs all units.
  func run() -> Outcome {
    var schedule = UnitSchedule(costs: estimates, ranks: ranks, policy: policy)
    var role = RootRole(ranks: ranks)
    var workers = [Worker](repeating: Worker(), count: ranks)
    var events = EventQueue<Happening>()
    var mail: [(rank: Int, unit: Int, worked: Double, waited: Double)] = []
    var makespan = 0.0
    var rootUnits = 0
    /// When rank 0 may look again: it works until then, or handles what it has taken.
    var rootFree = 0.0
    var isLookDue = false
    var rootUnit: (unit: Int, left: Double, total: Double, silence: Double)?
    if root == .never { schedule.exclude(0) }

    func begin(_ rank: Int, _ now: Double) {
      guard !workers[rank].isBusy, workers[rank].head < workers[rank].queue.count else { return }
      workers[rank].waited += now - workers[rank].idleSince
      workers[rank].isBusy = true
      events.add(.end(rank: rank), at: now + seconds[workers[rank].queue[workers[rank].head]])
    }
    func supply(_ rank: Int, _ now: inout Double) {
      while true {
        let units = schedule.batch(for: rank, reach: min(2 * role.answerSeconds, 1))
        guard !units.isEmpty else { return }
        now += times.handling / 4
        events.add(.batch(rank: rank, units: units), at: now + times.latency)
      }
    }
    /// Rank 0 takes what has come, then works if it may.
    func look(_ time: Double) {
      var now = max(time, rootFree)
      for own in mail {
        now += times.handling
        _ = schedule.finish(own.unit, by: own.rank)
        schedule.measured(own.worked, for: 1)
        role.came(1, waited: own.waited)
        supply(own.rank, &now)
      }
      mail.removeAll(keepingCapacity: true)
      if let own = rootUnit {
        // It goes on until the next poll.
        let step = min(times.poll, own.left)
        rootUnit = (own.unit, own.left - step, own.total, max(own.silence, step))
        rootFree = now + step
        events.add(.look, at: rootFree)
        isLookDue = true
        if own.left - step <= 0 {
          role.worked(own.total, longestSilence: max(own.silence, step))
          schedule.measured(own.total, for: 1)
          _ = schedule.finish(own.unit, by: 0)
          workers[0].worked += own.total
          makespan = max(makespan, rootFree)
          rootUnit = nil
        }
        return
      }
      let works = root == .always || root == .measured && role.works
      if root != .never { schedule.setWorking(0, works) }
      let inHand = max(schedule.unitSeconds, UnitSchedule.Policy().batchSeconds)
      if works, let unit = schedule.batch(for: 0, from: role.end(inHand: inHand), limit: 1).first {
        rootUnits += 1
        rootUnit = (unit, seconds[unit], seconds[unit], 0)
        rootFree = now
        events.add(.look, at: now)
        isLookDue = true
      } else {
        rootFree = now
      }
    }

    var start = 0.0
    for rank in stride(from: 1, to: ranks, by: 1) { supply(rank, &start) }
    rootFree = start
    events.add(.look, at: start)
    isLookDue = true
    while let (time, event) = events.next() {
      switch event {
      case .batch(let rank, let units):
        if workers[rank].head == workers[rank].queue.count {
          workers[rank].queue.removeAll(keepingCapacity: true)
          workers[rank].head = 0
        }
        workers[rank].queue += units
        begin(rank, time)
      case .end(let rank):
        let unit = workers[rank].queue[workers[rank].head]
        workers[rank].head += 1
        workers[rank].isBusy = false
        workers[rank].idleSince = time
        workers[rank].worked += seconds[unit]
        makespan = max(makespan, time)
        events.add(
          .report(rank: rank, unit: unit, worked: seconds[unit], waited: workers[rank].waited), at: time + times.latency
        )
        workers[rank].waited = 0
        begin(rank, time)
      case .report(let rank, let unit, let worked, let waited):
        mail.append((rank, unit, worked, waited))
        if !isLookDue {
          events.add(.look, at: max(time, rootFree))
          isLookDue = true
        }
      case .look:
        isLookDue = false
        look(time)
      }
    }
    let total = seconds.reduce(0, +)
    let longest = seconds.max() ?? 0
    let best = max(total / Double(ranks), longest)
    let least = workers.dropFirst().map(\.worked).min() ?? 0
    return Outcome(
      makespan: makespan, efficiency: total / (Double(ranks) * makespan), ofBest: best / makespan,
      idlest: 1 - least / makespan, rootUnits: rootUnits)
  }

  /// The same units, given out before the beginning: as many for each rank, in the order in which they stand.
  func runStatic() -> Outcome {
    var loads = [Double](repeating: 0, count: ranks)
    for (unit, own) in seconds.enumerated() { loads[unit * ranks / max(seconds.count, 1)] += own }
    let makespan = loads.max() ?? 0
    let total = seconds.reduce(0, +)
    return Outcome(
      makespan: makespan, efficiency: total / (Double(ranks) * makespan),
      ofBest: max(total / Double(ranks), seconds.max() ?? 0) / makespan, idlest: 1 - (loads.min() ?? 0) / makespan,
      rootUnits: seconds.count / ranks)
  }
}

/// What happens, by time; what is at the same time comes in the order in which it was added.
struct EventQueue<Event> {
  private var heap: [(time: Double, number: Int, event: Event)] = []
  private var number = 0

  private func comesFirst(_ left: Int, _ right: Int) -> Bool {
    heap[left].time != heap[right].time ? heap[left].time < heap[right].time : heap[left].number < heap[right].number
  }

  mutating func add(_ event: Event, at time: Double) {
    heap.append((time, number, event))
    number += 1
    var place = heap.count - 1
    while place > 0, comesFirst(place, (place - 1) / 2) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func next() -> (Double, Event)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      var place = 0
      while true {
        var least = place
        for child in [2 * place + 1, 2 * place + 2] where child < heap.count && comesFirst(child, least) {
          least = child
        }
        if least == place { break }
        heap.swapAt(place, least)
        place = least
      }
    }
    return (first.time, first.event)
  }
}

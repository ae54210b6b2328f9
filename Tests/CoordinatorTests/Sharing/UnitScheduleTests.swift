import Coordinator
import Testing

@Suite("Deciding who does which unit")
struct UnitScheduleTests {
  private func failure(_ unit: Int, _ rank: Int, _ code: Int32 = 70) -> UnitSchedule.Failure {
    UnitSchedule.Failure(unit: unit, rank: rank, exitCode: code, description: "unit \(unit) on rank \(rank)")
  }

  private func isolating() -> UnitSchedule.Policy {
    var policy = UnitSchedule.Policy()
    policy.isolates = true
    return policy
  }

  /// Lets ranks take turns until all is over.
  private func finish(_ schedule: Plan, ranks: Int) -> [Int] {
    var done: [Int] = []
    var turns = 0
    while !schedule.isOver && turns < 100_000 {
      turns += 1
      for rank in 0..<ranks {
        for unit in schedule.batch(for: rank) {
          #expect(schedule.finish(unit, by: rank))
          done.append(unit)
        }
      }
    }
    #expect(schedule.isOver)
    return done
  }

  @Test("every unit is given out once", arguments: 1...4, [0, 1, 2, 3, 4, 7, 50])
  func once(ranks: Int, units: Int) {
    let schedule = Plan(costs: (0..<units).map { Double($0 % 3) }, ranks: ranks)
    schedule.measured(1e-6, for: 1)
    #expect(finish(schedule, ranks: ranks).sorted() == Array(0..<units))
    #expect(schedule.unfinishedCount == 0)
  }

  @Test("finished units are not given out")
  func finished() {
    let schedule = Plan(costs: [1, 2, 3, 4], finished: [false, true, true, false], ranks: 2)
    #expect(schedule.unfinishedCount == 2)
    #expect(finish(schedule, ranks: 2).sorted() == [0, 3])
    let done = Plan(costs: [1, 2], finished: [true, true], ranks: 2)
    #expect(done.isOver && done.unfinishedCount == 0)
  }

  @Test(
    "costliest first, equal ones by number, and the cheap end from behind; costs that are no numbers are the cheapest")
  func order() {
    let schedule = Plan(costs: [1, 9, .nan, 9, .infinity, -3], ranks: 1)
    var seen: [Int] = []
    for end: UnitSchedule.End in [.costliest, .costliest, .cheapest, .costliest, .cheapest, .costliest] {
      let unit = schedule.batch(for: 0, from: end)
      seen += unit
      for unit in unit { _ = schedule.finish(unit, by: 0) }
    }
    #expect(seen == [4, 1, 5, 3, 2, 0])
  }

  @Test("a rank has the next batch in advance, but not where there are no more units than ranks")
  func ahead() {
    let schedule = Plan(costs: [1, 1, 1, 1], ranks: 2)
    #expect(schedule.batch(for: 0) == [0])
    #expect(schedule.batch(for: 0) == [1])
    #expect(schedule.batch(for: 0) == [])
    #expect(schedule.batch(for: 1) == [2])
    #expect(schedule.batch(for: 1) == [])
    #expect(schedule.finish(2, by: 1))
    #expect(schedule.batch(for: 1) == [3])
  }

  @Test("batches grow to the wanted time and shrink to a share of the rest, of units and of costs")
  func batches() {
    let schedule = Plan(costs: [Double](repeating: 1, count: 10_000), ranks: 5)
    var sizes: [Int] = []
    var rest = 10_000
    while !schedule.isOver {
      let batch = schedule.batch(for: 3)
      #expect(batch.count <= max(1, rest / 20))
      rest -= batch.count
      sizes.append(batch.count)
      for unit in batch { #expect(schedule.finish(unit, by: 3)) }
      schedule.measured(1e-4 * Double(batch.count), for: batch.count)
    }
    // 10 ms of units of 0.1 ms.
    #expect(sizes.max() == 100)
    #expect(Array(sizes.prefix(4)) == [1, 2, 4, 8])
    #expect(Array(sizes.suffix(20)).allSatisfy { $0 == 1 })
    // One unit is half of all costs: nothing comes with it.
    let uneven = Plan(costs: [100] + [Double](repeating: 1, count: 100), ranks: 1)
    uneven.measured(1e-6, for: 100)
    for count in 1...3 {
      let cheap = uneven.batch(for: 0, from: .cheapest)
      #expect(cheap.count == 1 << (count - 1))
      for unit in cheap { #expect(uneven.finish(unit, by: 0)) }
    }
    #expect(uneven.batch(for: 0) == [0])
  }

  @Test("a unit that fails is tried once more on another rank, then set aside")
  func retry() {
    let schedule = Plan(costs: [5, 1, 1, 1, 1], ranks: 2, policy: isolating())
    #expect(schedule.batch(for: 0) == [0])
    #expect(schedule.fail(failure(0, 0)))
    #expect(schedule.hasRetries)
    #expect(schedule.batch(for: 0) == [1])
    #expect(schedule.batch(for: 1) == [0])
    #expect(schedule.fail(failure(0, 1)))
    #expect(schedule.setAside == [failure(0, 1)])
    #expect(schedule.finish(1, by: 0))
    #expect(finish(schedule, ranks: 2).sorted() == [2, 3, 4])
    #expect(schedule.unfinishedCount == 0 && schedule.end == nil)
  }

  @Test("a rank that is alone, or the only one that works, tries again itself")
  func retryAlone() {
    let alone = Plan(costs: [1], ranks: 1, policy: isolating())
    #expect(alone.batch(for: 0) == [0])
    #expect(alone.fail(failure(0, 0)))
    #expect(!alone.isOver)
    #expect(alone.batch(for: 0) == [0])
    #expect(alone.finish(0, by: 0))
    #expect(alone.isOver && alone.setAside.isEmpty)
    let idleRoot = Plan(costs: [1], ranks: 2, policy: isolating())
    idleRoot.exclude(0)
    #expect(idleRoot.batch(for: 0) == [])
    #expect(idleRoot.batch(for: 1) == [0])
    #expect(idleRoot.fail(failure(0, 1)))
    #expect(idleRoot.batch(for: 0) == [])
    #expect(idleRoot.batch(for: 1) == [0])
    // Rank 0 takes no units at present, but what failed on the only other rank.
    let resting = Plan(costs: [1, 1], ranks: 2, policy: isolating())
    resting.setWorking(0, false)
    #expect(resting.batch(for: 0) == [])
    #expect(resting.batch(for: 1) == [0])
    #expect(resting.fail(failure(0, 1)))
    #expect(resting.batch(for: 1) == [1])
    #expect(resting.batch(for: 0) == [0])
  }

  @Test("what concerns all units ends the work even where failures are isolated", arguments: [64, 65, 66, 75, 78])
  func fatal(code: Int32) {
    let schedule = Plan(costs: [1, 1, 1, 1, 1], ranks: 2, policy: isolating())
    for _ in 0..<2 { _ = schedule.batch(for: 0) }
    _ = schedule.batch(for: 1)
    // Unit 1 fails while 0 and 2 are under way, 3 and 4 are not begun and never will be.
    #expect(schedule.fail(failure(1, 0, code)))
    #expect(schedule.batch(for: 1) == [])
    #expect(!schedule.isOver)
    #expect(schedule.fail(failure(2, 1, code)))
    #expect(schedule.finish(0, by: 0))
    #expect(schedule.isOver && schedule.end == failure(1, 0, code))
  }

  @Test("of failures that end the work the first by number counts, and units before it are still done")
  func first() {
    let schedule = Plan(costs: [1, 2, 9], ranks: 1)
    #expect(schedule.batch(for: 0) == [2])
    #expect(schedule.fail(failure(2, 0)))
    #expect(schedule.batch(for: 0) == [1])
    #expect(schedule.fail(failure(1, 0)))
    #expect(schedule.batch(for: 0) == [0])
    #expect(schedule.finish(0, by: 0))
    #expect(schedule.isOver && schedule.end?.unit == 1)
  }

  @Test("stopping ends what is under way and begins nothing")
  func stop() {
    let schedule = Plan(costs: [1, 1, 1, 1], ranks: 2, policy: isolating())
    let own = schedule.batch(for: 1)
    #expect(own == [0])
    schedule.stop()
    #expect(schedule.batch(for: 0) == [] && !schedule.isOver)
    #expect(schedule.fail(failure(0, 1)))
    #expect(schedule.isOver && schedule.unfinishedCount == 4)
  }

  @Test("what was not begun when all was stopped is given back, and is not done")
  func giveBack() {
    let schedule = Plan(costs: [1, 1, 1, 1], ranks: 2)
    #expect(schedule.batch(for: 1) == [0] && schedule.batch(for: 1) == [1])
    schedule.stop()
    #expect(!schedule.giveBack(1, by: 0))
    #expect(schedule.giveBack(1, by: 1) && !schedule.isOver)
    #expect(schedule.finish(0, by: 1))
    #expect(schedule.isOver && schedule.unfinishedCount == 3)
  }

  @Test("a rank that reports what it was not given is not believed")
  func foreign() {
    let schedule = Plan(costs: [1, 1], ranks: 2)
    #expect(schedule.batch(for: 0) == [0])
    for unit in [-1, 1, 2, 0] { #expect(!schedule.finish(unit, by: 1)) }
    #expect(!schedule.fail(failure(0, 1)))
    #expect(schedule.finish(0, by: 0))
    #expect(!schedule.finish(0, by: 0))
  }
}

/// A schedule whose changes can stand in an expectation.
private final class Plan {
  private var schedule: UnitSchedule

  init(costs: [Double], finished: [Bool] = [], ranks: Int, policy: UnitSchedule.Policy = UnitSchedule.Policy()) {
    schedule = UnitSchedule(costs: costs, finished: finished, ranks: ranks, policy: policy)
  }

  var isOver: Bool { schedule.isOver }
  var hasRetries: Bool { schedule.hasRetries }
  var unfinishedCount: Int { schedule.unfinishedCount }
  var setAside: [UnitSchedule.Failure] { schedule.setAside }
  var end: UnitSchedule.Failure? { schedule.end }
  func batch(for rank: Int, from end: UnitSchedule.End = .costliest) -> [Int] { schedule.batch(for: rank, from: end) }
  func finish(_ unit: Int, by rank: Int) -> Bool { schedule.finish(unit, by: rank) }
  func fail(_ failure: UnitSchedule.Failure) -> Bool { schedule.fail(failure) }
  func measured(_ seconds: Double, for count: Int) { schedule.measured(seconds, for: count) }
  func setWorking(_ rank: Int, _ works: Bool) { schedule.setWorking(rank, works) }
  func exclude(_ rank: Int) { schedule.exclude(rank) }
  func giveBack(_ unit: Int, by rank: Int) -> Bool { schedule.giveBack(unit, by: rank) }
  func stop() { schedule.stop() }
}

@Suite("Rank 0's own work")
struct RootRoleTests {
  @Test("rank 0 stops working when the others wait longer than it works, and tries again later")
  func rule() {
    var role = RootRole(ranks: 4)
    #expect(role.works)
    role.worked(1, longestSilence: 1)
    role.came(1, waited: 0.9)
    #expect(role.works)
    role.came(1, waited: 0.2)
    #expect(!role.works)
    for _ in 0..<63 { role.came(1, waited: 9) }
    #expect(!role.works)
    role.came(1, waited: 0)
    #expect(role.works)
    // Doubled patience.
    role.worked(1, longestSilence: 1)
    role.came(1, waited: 1.1)
    role.came(127, waited: 0)
    #expect(!role.works)
    role.came(1, waited: 0)
    #expect(role.works)
  }

  @Test("waiting before rank 0 has worked is not held against it; alone it always works")
  func fair() {
    var role = RootRole(ranks: 2)
    role.came(1, waited: 100)
    #expect(role.works)
    var alone = RootRole(ranks: 1)
    alone.worked(1, longestSilence: 1)
    alone.came(1, waited: 100)
    #expect(alone.works && alone.end(inHand: 0) == .costliest)
  }

  @Test("rank 0 takes costly units only when it is known to answer quickly meanwhile")
  func end() {
    var role = RootRole(ranks: 8)
    #expect(role.end(inHand: 1) == .cheapest)
    role.worked(1, longestSilence: 0.2)
    #expect(role.end(inHand: 1) == .costliest)
    #expect(role.end(inHand: 0.5) == .cheapest)
  }
}

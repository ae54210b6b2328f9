import Coordinator
import Foundation
import MPI
import Testing

@Suite("Units that fail, and ranks that stall")
struct UnitFailureTests {
  struct Deliberate: ExitCoded, CustomStringConvertible {
    var unit: Int
    var exitCode: Int32 = 74
    var description: String { "unit \(unit) is deliberate" }
  }

  private static func settings(limit: Int?) -> SharingSettings {
    var settings = SharingSettings()
    settings.failureLimit = limit
    return settings
  }

  struct Course: Sendable {
    var tries: [Int] = []
    var done: [Int] = []
    var setAside: [UnitSchedule.Failure] = []
  }

  @Test("a unit that fails on one rank only is done on another", arguments: 1...4, [1, 2, 5, 12])
  func retried(ranks: Int, units: Int) throws {
    let once = Once(count: units)
    let courses = try InProcessCommunicator.run(ranks: ranks) { communicator in
      var course = Course()
      let ended = try UnitSharing(
        costs: [Double](repeating: 1, count: units), settings: Self.settings(limit: 0), over: communicator
      ).run(
        work: { unit, poll in
          course.tries.append(unit)
          try poll()
          if once.isFirst(unit) { throw Deliberate(unit: unit) }
          return [1]
        }, onResult: { unit, _ in course.done.append(unit) },
        onSetAside: { course.setAside.append($0) })
      #expect(ended)
      return course
    }
    #expect(courses[0].done.sorted() == Array(0..<units))
    #expect(courses[0].setAside.isEmpty)
    for unit in 0..<units {
      let tried = courses.map { course in course.tries.filter { $0 == unit }.count }
      #expect(tried.reduce(0, +) == 2)
      // Not where it failed; a rank that is alone has no choice.
      if ranks > 1 { #expect(tried.max() == 1) }
    }
  }

  @Test("a unit that fails twice is set aside with its reason, and all others are done", arguments: 1...4)
  func setAside(ranks: Int) throws {
    let courses = try InProcessCommunicator.run(ranks: ranks) { communicator in
      var course = Course()
      let ended = try UnitSharing(
        costs: (0..<20).map(Double.init), settings: Self.settings(limit: 2), over: communicator
      ).run(
        work: { unit, _ in
          course.tries.append(unit)
          if unit == 3 || unit == 17 { throw Deliberate(unit: unit) }
          return []
        }, onResult: { unit, _ in course.done.append(unit) },
        onSetAside: { course.setAside.append($0) })
      #expect(ended)
      return course
    }
    #expect(courses[0].done.sorted() == (0..<20).filter { $0 != 3 && $0 != 17 })
    #expect(courses[0].setAside.map(\.unit) == [3, 17])
    #expect(courses[0].setAside.map(\.description) == ["unit 3 is deliberate", "unit 17 is deliberate"])
    #expect(courses[0].setAside.allSatisfy { $0.exitCode == 74 })
    #expect(courses.flatMap(\.tries).filter { $0 == 3 }.count == 2)
    for other in courses.dropFirst() { #expect(other.setAside.isEmpty && other.done.isEmpty) }
  }

  @Test("too many failures end the work with the first of them, after all other units", arguments: 1...3)
  func tooMany(ranks: Int) {
    let done = Once(count: 20)
    let error = #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: ranks) { communicator in
        try UnitSharing(
          costs: (0..<20).map(Double.init), settings: Self.settings(limit: 1), over: communicator
        ).run(
          work: { unit, _ in
            if unit == 3 || unit == 17 { throw Deliberate(unit: unit) }
            return []
          }, onResult: { unit, _ in _ = done.isFirst(unit) }, onSetAside: { _ in Issue.record("not to be told") })
      }
    }
    #expect(error?.exitCode == 74)
    #expect(error?.description == "unit 3 is deliberate (unit 3, tried twice; 1 more of 20 units failed)")
    #expect((0..<20).filter { done.isFirst($0) } == [3, 17])
  }

  @Test("stopped in the middle: what is under way ends, nothing is lost, and every rank knows", arguments: 1...4)
  func stopped(ranks: Int) throws {
    let courses = try InProcessCommunicator.run(ranks: ranks) { communicator in
      var course = Course()
      var asks = 0
      let ended = try UnitSharing(costs: [Double](repeating: 1, count: 400), over: communicator).run(
        shouldStop: {
          asks += 1
          return course.done.count >= 20
        },
        work: { unit, poll in
          course.tries.append(unit)
          usleep(500)
          try poll()
          return []
        }, onResult: { unit, _ in course.done.append(unit) })
      #expect(!ended)
      if communicator.isRoot { #expect(asks > 0) }
      return course
    }
    // Every unit that was tried is done and known to rank 0; with the units under way and asked for in advance.
    #expect(courses.flatMap(\.tries).sorted() == courses[0].done.sorted())
    #expect(courses[0].done.count >= 20 && courses[0].done.count < 300)
  }

  @Test(
    "a rank that is stopped ends its unit and not those that it has in advance; another sharing can follow",
    arguments: 1...3)
  func stoppedSoon(ranks: Int) throws {
    let counts = try InProcessCommunicator.run(ranks: ranks) { communicator in
      var counts: [Int] = []
      for round in 0..<3 {
        var tried = 0
        var done = 0
        let ended = try UnitSharing(costs: [Double](repeating: 1, count: 40), over: communicator).run(
          // In the first round at once, in the second never.
          shouldStop: { round == 0 || round == 2 && done >= ranks },
          work: { _, poll in
            tried += 1
            for _ in 0..<20 {
              usleep(1000)
              try poll()
            }
            return []
          }, onResult: { _, _ in done += 1 })
        #expect(ended == (round == 1))
        counts.append(tried)
      }
      return counts
    }
    // At the first look nothing was given out yet; in the end each rank may have begun one more than was asked for.
    #expect(counts.map { $0[0] }.reduce(0, +) == 0)
    #expect(counts.map { $0[1] }.reduce(0, +) == 40)
    #expect((ranks...3 * ranks).contains(counts.map { $0[2] }.reduce(0, +)))
  }

  @Test("units that were done before are left out", arguments: 1...3)
  func finished(ranks: Int) throws {
    let done = try InProcessCommunicator.run(ranks: ranks) { communicator in
      var done: [Int] = []
      let ended = try UnitSharing(
        costs: [1, 2, 3, 4], finished: [true, false, true, false], over: communicator
      ).run(work: { _, _ in [] }, onResult: { unit, _ in done.append(unit) })
      #expect(ended)
      return done.sorted()
    }
    #expect(done[0] == [1, 3])
  }

  @Test("a rank that makes no progress is named with host, unit and what it was at", arguments: [0, 1, 2])
  func stalled(rank: Int) throws {
    let lines = Lines()
    _ = try InProcessCommunicator.run(ranks: 3) { communicator in
      var settings = SharingSettings()
      settings.stallSeconds = 0.2
      settings.describe = { "piece \($0)" }
      settings.activity = { "step \(communicator.rank)" }
      settings.warn = { lines.add($0) }
      var isFirst = true
      try UnitSharing(costs: [Double](repeating: 1, count: 12), settings: settings, over: communicator).run(
        work: { _, poll in
          usleep(60_000)
          try poll()
          if communicator.rank == rank && isFirst { usleep(700_000) }
          isFirst = false
          return []
        }, onResult: { _, _ in })
    }
    let said = lines.values
    #expect(!said.isEmpty && said.count <= 4)
    for line in said {
      #expect(line.hasPrefix("rank \(rank) (") && line.contains("has made no progress for"))
      #expect(line.contains(" on piece ") && line.contains("last at step \(rank)"))
    }
  }

  @Test("many small units go through with few messages", arguments: 2...3)
  func small(ranks: Int) throws {
    let begin = Date()
    let sums = try InProcessCommunicator.run(ranks: ranks) { communicator in
      var sum = 0
      try UnitSharing(costs: [Double](repeating: 1, count: 50_000), over: communicator).run(
        work: { unit, _ in [UInt8(truncatingIfNeeded: unit)] },
        onResult: { unit, bytes in sum += bytes == [UInt8(truncatingIfNeeded: unit)] ? unit : 0 })
      return sum
    }
    #expect(sums[0] == 50_000 * 49_999 / 2)
    #expect(Date().timeIntervalSince(begin) < 10)
  }
}

@Suite("The stall inspector")
struct StallInspectorTests {
  private func inspector() -> StallInspector {
    StallInspector(hosts: ["a", "b"], seconds: 10, now: 0, describe: { "unit \($0)" }, report: { _ in })
  }

  @Test("silence is counted up to when rank 0 listened, and told once an interval")
  func silence() {
    let own = inspector()
    own.heard(1, unit: 4, activity: "event x", isBusy: true, now: 1)
    // Rank 0 has not listened since, so nobody is to blame.
    #expect(own.due(now: 50) == [])
    own.look(now: 10.5)
    #expect(own.due(now: 50) == [])
    own.look(now: 50)
    #expect(own.due(now: 50) == ["rank 1 (b) has made no progress for 49 s on unit 4, last at event x"])
    #expect(own.due(now: 55) == [])
    own.look(now: 60)
    #expect(own.due(now: 60) == ["rank 1 (b) has made no progress for 59 s on unit 4, last at event x"])
    own.heard(1, isBusy: true, now: 61)
    own.look(now: 70.9)
    #expect(own.due(now: 70.9) == [])
  }

  @Test("who has nothing to do is not late; rank 0 is watched by the clock alone")
  func idle() {
    let own = inspector()
    own.heard(1, unit: -1, isBusy: false, now: 0)
    own.look(now: 100)
    #expect(own.due(now: 100) == [])
    own.heard(0, unit: 2, activity: "", isBusy: true, now: 100)
    #expect(own.due(now: 111) == ["rank 0 (a) has made no progress for 11 s on unit 2"])
  }
}

/// Says of each number whether it is asked for the first time.
final class Once: @unchecked Sendable {
  private let lock = NSLock()
  private var seen: [Bool]
  init(count: Int) { seen = [Bool](repeating: false, count: count) }

  func isFirst(_ number: Int) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    defer { seen[number] = true }
    return !seen[number]
  }
}

/// Lines from several threads.
final class Lines: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []

  func add(_ line: String) {
    lock.lock()
    lines.append(line)
    lock.unlock()
  }

  var values: [String] {
    lock.lock()
    defer { lock.unlock() }
    return lines
  }
}

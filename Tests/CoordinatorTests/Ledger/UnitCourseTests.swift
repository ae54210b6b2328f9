import Coordinator
import Foundation
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Units over several runs")
struct UnitCourseTests {
  struct Deliberate: ExitCoded { var exitCode: Int32 { ExitStatus.inputOutput.rawValue } }

  static func identity(_ text: String = "1") -> JobIdentity {
    var identity = JobIdentity(command: "test", version: "1")
    identity.add("setting", text)
    return identity
  }

  /// One run of a job whose units write a file each.
  ///
  /// - Parameter fails: whether a unit fails.
  /// - Returns: the units that were done on all ranks, and what rank 0 was told in all; nil where there was nothing to do.
  static func run(
    _ output: String, units: Int, ranks: Int, limits: RunLimits = RunLimits(),
    fails: @escaping @Sendable (Int) -> Bool = { _ in false }
  ) throws -> (done: [Int], told: [Int: String])? {
    let results = try InProcessCommunicator.run(ranks: ranks) {
      communicator -> (done: [Int], told: [Int: String], code: Int32)? in
      guard
        let work = try WorkFolder.open(
          in: output, for: identity(), limits: limits, overwrites: false, over: communicator, report: Reporter(rank: 1))
      else { return nil }
      var done: [Int] = []
      var told: [Int: String] = [:]
      do {
        try work.use(over: communicator) {
          let course = try UnitCourse(
            (0..<units).map { UInt64($0) &* 0x9e37_79b9 }, costs: (0..<units).map { Double($0 % 3) }, in: work,
            over: communicator, report: Reporter(rank: 1))
          try course.run(
            work: { unit, poll in
              if fails(unit) { throw Deliberate() }
              done.append(unit)
              let path = "\(work.path)/file-\(unit)"
              let file = try FileOutput(path, isDurable: false)
              try file.write("content \(unit)\n")
              try file.commit()
              try poll()
              return UnitProduct(payload: "told\t\(unit)", files: [path])
            },
            onResult: { unit, payload in
              #expect(told[unit] == nil)
              told[unit] = payload
            })
        }
      } catch let error as AgreedFailure {
        return (done, told, error.exitCode)
      }
      return (done, told, 0)
    }
    let found = results.compactMap { $0 }
    guard let first = found.first else { return nil }
    if found.contains(where: { $0.code != 0 }) {
      #expect(found.allSatisfy { $0.code == first.code })
      throw AgreedFailure(rank: 0, exitCode: first.code, description: "")
    }
    return (found.flatMap(\.done).sorted(), first.told)
  }

  @Test("what one run has done another one has not to, on any ranks", arguments: 1...3, 0...5)
  func goesOn(ranks: Int, failing: Int) throws {
    let units = 6
    for other in 1...3 {
      let place = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: place.path("out"), withIntermediateDirectories: true)
      let error = #expect(throws: AgreedFailure.self) {
        try Self.run(place.path("out"), units: units, ranks: ranks, fails: { $0 == failing })
      }
      #expect(error?.exitCode == 74)
      let ledger = try #require(try UnitLedger.content(place.path("out/.hsdl-mpi-work/ledger")))
      let finished = Set(ledger.entries.keys)
      #expect(!finished.contains(UInt64(failing) &* 0x9e37_79b9))
      let second = try #require(try Self.run(place.path("out"), units: units, ranks: other))
      #expect(second.done == (0..<units).filter { !finished.contains(UInt64($0) &* 0x9e37_79b9) })
      #expect(second.told.count == units)
      for unit in 0..<units { #expect(second.told[unit] == "told\t\(unit)") }
      #expect(try place.names("out") == [])
    }
  }

  @Test("a file that is gone, shorter or changed has its unit done again, and no other")
  func changedFiles() throws {
    for change in [{ _ in nil }, { Array($0.dropLast()) }, { [$0[0] ^ 1] + $0.dropFirst() }] as [([UInt8]) -> [UInt8]?]
    {
      let place = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: place.path("out"), withIntermediateDirectories: true)
      _ = try? Self.run(place.path("out"), units: 5, ranks: 1, fails: { $0 == 0 })
      let name = "out/.hsdl-mpi-work/file-2"
      if let bytes = change(try place.bytes(name)) {
        try place.write(name, bytes)
      } else {
        try FileManager.default.removeItem(atPath: place.path(name))
      }
      let units = try #require(try UnitLedger.content(place.path("out/.hsdl-mpi-work/ledger"))).entries.count
      let second = try #require(try Self.run(place.path("out"), units: 5, ranks: 2))
      #expect(second.done.count == 5 - units + 1)
      #expect(second.done.contains(2))
      #expect(second.told.count == 5)
    }
  }

  @Test("when the time is over no unit is begun, and the job is to be gone on with")
  func timeIsOver() throws {
    let place = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: place.path("out"), withIntermediateDirectories: true)
    let limits = RunLimits(walltime: 1, start: 0, environment: [:])
    for ranks in 1...3 {
      let error = #expect(throws: AgreedFailure.self) {
        try Self.run(place.path("out"), units: 4, ranks: ranks, limits: limits)
      }
      #expect(error?.exitCode == 75)
    }
  }

  @Test("a hundred thousand units: what the ledger costs, and how long it takes to see that nothing is left")
  func manyUnits() throws {
    let place = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: place.path("out"), withIntermediateDirectories: true)
    let units = 100_000
    func pass() throws -> (done: Int, told: Int, seconds: Double, ledger: Double) {
      let outcome = try InProcessCommunicator.run(ranks: 1) { communicator in
        let begin = Date()
        guard
          let work = try WorkFolder.open(
            in: place.path("out"), for: Self.identity(), limits: RunLimits(), overwrites: false, over: communicator,
            report: Reporter(rank: 1))
        else { return (0, 0, 0.0, 0.0) }
        let course = try UnitCourse(
          (0..<units).map { UInt64($0) }, costs: [Double](repeating: 1, count: units), in: work, over: communicator,
          report: Reporter(rank: 1))
        var (done, told) = (0, 0)
        try course.run(
          work: { unit, _ in
            done += 1
            return UnitProduct(payload: "{\"rows\":\(unit)}", files: [])
          }, onResult: { _, _ in told += 1 })
        return (done, told, Date().timeIntervalSince(begin), work.ledger?.seconds ?? 0)
      }
      return try #require(outcome.first)
    }
    let first = try pass()
    #expect(first.done == units && first.told == units)
    // One unit of 2 s may cost 20 ms.
    #expect(first.seconds / Double(units) < 0.002, "\(first)")
    let second = try pass()
    #expect(second.done == 0 && second.told == units)
    #expect(second.seconds < 2, "\(second)")
    print(
      "100,000 units: \(first.seconds) s, of these \(first.ledger) s for the ledger; nothing to do: \(second.seconds) s"
    )
  }
}

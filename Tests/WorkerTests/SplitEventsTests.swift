import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Events whose rows do not stand together")
struct SplitEventsTests {
  private static func hash(_ name: String) -> UInt64 { Array(name.utf8).withUnsafeBufferPointer { stableHash($0) } }

  @Test("what was seen twice is found, whoever saw it", arguments: 1...4)
  func found(ranks: Int) throws {
    // Events 0 to 39, one group each; multiples of 7 come a second time in another unit.
    let found = try InProcessCommunicator.run(ranks: ranks) { communicator in
      let seen = SeenEvents()
      for number in 0..<40 {
        if number % communicator.size == communicator.rank {
          seen.add([Self.hash("e\(number)")], unit: number)
        }
        if number % 7 == 0, (number / 7) % communicator.size == communicator.rank {
          seen.add([Self.hash("e\(number)")], unit: 100 + number)
        }
      }
      let split = try SplitEvents(seen, over: communicator)
      return (split.hashes, split.units)
    }
    let expected = stride(from: 0, to: 40, by: 7).map { Self.hash("e\($0)") }
    for (hashes, units) in found {
      #expect(hashes == expected.sorted())
      for number in stride(from: 0, to: 40, by: 7) {
        #expect(units[Self.hash("e\(number)")] == [number, 100 + number])
      }
    }
  }

  @Test("more than are compared at a time, and than are kept in memory", arguments: 1...2, [false, true])
  func many(ranks: Int, spills: Bool) throws {
    let count = 400_000
    // Some parts at a time, or a part in several turns.
    let turnSize = spills ? SplitEvents.turnSize : 2_000
    let folder = try TemporaryFolder()
    let found = try InProcessCommunicator.run(ranks: ranks) { communicator in
      var generator = SplitMix64(seed: 5)
      let seen = SeenEvents(spillingTo: spills ? folder.url.path : nil)
      for number in 0..<count {
        let hash = generator.next()
        if number % communicator.size == communicator.rank { seen.add([hash], unit: number) }
        // The last rank sees some again.
        if number % 10_007 == 0, communicator.rank == communicator.size - 1 {
          seen.add([hash], unit: count + number)
        }
      }
      let inMemory = (seen.count - seen.spilledCount) * 16
      #expect(spills ? seen.spilledCount > 0 && inMemory <= SeenEvents.memoryLimit : seen.spilledCount == 0)
      return try SplitEvents(seen, turnSize: turnSize, over: communicator).units
    }
    var generator = SplitMix64(seed: 5)
    var expected: [UInt64: Set<Int>] = [:]
    for number in 0..<count {
      let hash = generator.next()
      if number % 10_007 == 0 { expected[hash] = [number, count + number] }
    }
    for units in found { #expect(units == expected) }
    // The file has no name.
    #expect(try folder.names("") == [])
  }

  @Test("where no file can be written all that was seen is kept in memory")
  func noFile() throws {
    let missing = try TemporaryFolder().path("nothing")
    let units = try InProcessCommunicator.run(ranks: 1) { communicator in
      let seen = SeenEvents(spillingTo: missing)
      var generator = SplitMix64(seed: 6)
      let hashes = (0..<300_000).map { _ in generator.next() }
      seen.add(hashes, unit: 1)
      seen.add(Array(hashes.prefix(3)), unit: 2)
      #expect(seen.count == 300_003 && seen.spilledCount == 0)
      return try SplitEvents(seen, over: communicator).units
    }[0]
    #expect(units.count == 3 && units.values.allSatisfy { $0 == [1, 2] })
  }

  @Test("nothing seen, nothing found", arguments: 1...3)
  func none(ranks: Int) throws {
    let counts = try InProcessCommunicator.run(ranks: ranks) { try SplitEvents(SeenEvents(), over: $0).hashes.count }
    #expect(counts == [Int](repeating: 0, count: ranks))
  }

  @Test("features of scattered rows equal those of rows that stand together", arguments: 1...4)
  func scattered(ranks: Int) throws {
    let folder = try TemporaryFolder()
    let synthetic = SyntheticPicks(seed: 8)
    var rows: [[String]] = [[], []]
    for number in 0..<60 {
      let event = synthetic.event(number)
      rows[Int(event.kind.label)].append(contentsOf: event.rows.split(separator: "\n").map { "\($0)\n" })
    }
    for (label, name) in [(0, "fake"), (1, "real")] {
      try folder.write("\(name).csv", SyntheticPicks.header + rows[label].joined())
      // Every third row of the table first, then the others: each event is in three places, its rows in another order.
      let scattered = (0..<3).flatMap { part in rows[label].enumerated().filter { $0.offset % 3 == part }.map(\.element)
      }
      try folder.write("\(name)-scattered.csv", SyntheticPicks.header + scattered.joined())
    }
    func table(_ suffix: String, ranks: Int) throws -> FeatureTable {
      try InProcessCommunicator.run(ranks: ranks) { communicator in
        try LabelledEvents(
          real: [folder.path("real\(suffix).csv")], fake: [folder.path("fake\(suffix).csv")], features: .hsdl8,
          over: communicator
        ).gathered(over: communicator)
      }[0]
    }
    let together = try table("", ranks: 1)
    let apart = try table("-scattered", ranks: ranks)
    #expect(apart.ids == together.ids)
    #expect(apart.labels == together.labels)
    for (one, other) in zip(apart.values, together.values) {
      // Sums of the same numbers in another order.
      #expect(one == other || one.isNaN && other.isNaN || abs(one - other) < 1e-12)
    }
    #expect(try table("-scattered", ranks: 1).values.map(\.bitPattern) == apart.values.map(\.bitPattern))
  }

  @Test("an event that is real and fake is named", arguments: 1...3)
  func contradiction(ranks: Int) throws {
    let folder = try TemporaryFolder()
    let row = "A,2024-01-01 00:00:00,0.5,no pick,no pick\n"
    try folder.write("real.csv", SyntheticPicks.header + "one,\(row)two,\(row)")
    try folder.write("fake.csv", SyntheticPicks.header + "three,\(row)two,\(row)")
    let error = #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: ranks) {
        try LabelledEvents(
          real: [folder.path("real.csv")], fake: [folder.path("fake.csv")], features: .hsdl8, over: $0)
      }
    }
    #expect(error?.exitCode == 65)
    #expect(error?.description.contains("two") == true)
  }
}

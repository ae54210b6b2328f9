import Coordinator
import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Refining", .serialized)
struct RefineJobTests {
  /// Pick tables with known truth, and a model trained on others.
  final class Fixture: Sendable {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      let synthetic = SyntheticPicks(seed: 5)
      var texts = [SyntheticPicks.header, SyntheticPicks.header]
      for number in 0..<240 {
        let event = synthetic.event(number)
        texts[Int(event.kind.label)] += event.rows
      }
      try folder.write("fake.csv", texts[0])
      try folder.write("real.csv", texts[1])
      try folder.write("picks.csv", SyntheticPicks.header + (300..<420).map { synthetic.event($0).rows }.joined())
      var job = TrainJob(
        .picks(real: [folder.path("real.csv")], fake: [folder.path("fake.csv")]), output: folder.path("model"))
      job.settings.forestTrees = 10
      job.settings.boostingRounds = 10
      job.settings.calibrationFolds = 2
      let finished = job
      _ = try InProcessCommunicator.run(ranks: 1) { _ = try finished.run(over: $0, report: Reporter(rank: 1)) }
    }

    func refine(
      _ picks: [String], ranks: Int, unitSize: Int, strict: Bool = false
    ) throws -> (outcome: RefineJob.Outcome, files: [String: [UInt8]]) {
      let output = "out-\(UUID().uuidString)"
      var job = RefineJob(
        .picks(picks.map { folder.path($0) }), model: folder.path("model"), output: folder.path(output))
      job.unitSize = unitSize
      job.isStrict = strict
      let finished = job
      let outcome = try InProcessCommunicator.run(ranks: ranks) {
        try finished.run(over: $0, report: Reporter(rank: $0.rank == 0 ? 1 : $0.rank))
      }[0]
      var files: [String: [UInt8]] = [:]
      for name in try folder.names(output) where name != "run.json" {
        files[name] = try folder.bytes("\(output)/\(name)")
      }
      return (outcome, files)
    }
  }

  static let fixture = Result { try Fixture() }

  @Test("the catalog is the same byte for byte on any number of ranks, for any size of units", arguments: 1...4)
  func invariance(ranks: Int) throws {
    let fixture = try Self.fixture.get()
    let expected = try fixture.refine(["picks.csv"], ranks: 1, unitSize: 1 << 30)
    #expect(
      expected.files.keys.sorted() == [
        "events.csv", "features.csv", "problems.csv", "refined.xml", "rejected.xml", "review.csv",
      ])
    #expect(expected.outcome.events == 120)
    #expect(expected.outcome.real + expected.outcome.fake + expected.outcome.uncertain == 120)
    for unitSize in [37, 1000, 20_000] {
      let other = try fixture.refine(["picks.csv"], ranks: ranks, unitSize: unitSize)
      #expect(other.files == expected.files, "units of \(unitSize) bytes")
    }
  }

  @Test("rows in any order give the same events", arguments: 1...3)
  func shuffled(ranks: Int) throws {
    let fixture = try Self.fixture.get()
    let rows = try fixture.folder.text("picks.csv").split(separator: "\n").dropFirst()
    var random = SplitMix64(seed: 1)
    let header = SyntheticPicks.header
    try fixture.folder.write(
      "shuffled.csv", header + rows.shuffled(using: &random).map { "\($0)\n" }.joined())
    let one = try fixture.refine(["shuffled.csv"], ranks: 1, unitSize: 1 << 30)
    let other = try fixture.refine(["shuffled.csv"], ranks: ranks, unitSize: 3000)
    #expect(other.files == one.files)
    #expect(other.outcome.joinedEvents > 100)
    let together = try fixture.refine(["picks.csv"], ranks: 1, unitSize: 1 << 30)
    #expect(one.outcome.events == 120)
    #expect(one.outcome.real == together.outcome.real)
    #expect(one.outcome.fake == together.outcome.fake)
    // The same catalog cut over two files, events and all.
    try fixture.folder.write("first.csv", header + rows.prefix(777).map { "\($0)\n" }.joined())
    try fixture.folder.write("second.csv", header + rows.dropFirst(777).map { "\($0)\n" }.joined())
    let parts = try fixture.refine(["first.csv", "second.csv"], ranks: ranks, unitSize: 5000)
    #expect(parts.files["events.csv"] == together.files["events.csv"])
    #expect(parts.files["refined.xml"] == together.files["refined.xml"])
  }

  @Test("rows that cannot be used are named with the line they stand on", arguments: 1...3)
  func problems(ranks: Int) throws {
    let fixture = try Self.fixture.get()
    var lines = try fixture.folder.text("picks.csv").split(separator: "\n").map(String.init)
    var bad: [Int] = []
    for line in stride(from: 3, to: lines.count, by: 97) {
      var fields = lines[line - 1].split(separator: ",").map(String.init)
      fields[3] = "1.7"
      lines[line - 1] = fields.joined(separator: ",")
      bad.append(line)
    }
    try fixture.folder.write("bad.csv", lines.map { "\($0)\n" }.joined())
    let result = try fixture.refine(["bad.csv"], ranks: ranks, unitSize: 2500)
    #expect(result.outcome.problems == bad.count)
    #expect(result.outcome.events == 120)
    let problems = String(decoding: result.files["problems.csv"] ?? [], as: UTF8.self).split(separator: "\n")
      .dropFirst()
    #expect(problems.map { Int($0.split(separator: ",")[1]) } == bad.map { $0 })
    #expect(problems.allSatisfy { $0.contains("p_prob is '1.7'") || $0.contains("p_prob is \"1.7\"") })
    let error = #expect(throws: AgreedFailure.self) {
      try fixture.refine(["bad.csv"], ranks: ranks, unitSize: 2500, strict: true)
    }
    #expect(error?.exitCode == 65)
  }

  @Test("every event comes out once, with a label, a probability and a reason; QuakeML holds all of them")
  func complete() throws {
    let fixture = try Self.fixture.get()
    let result = try fixture.refine(["picks.csv"], ranks: 2, unitSize: 4000)
    let events = String(decoding: result.files["events.csv"] ?? [], as: UTF8.self).split(separator: "\n").dropFirst()
      .map { csvFields(Array($0.utf8)) }
    #expect(Set(events.map { $0[0] }).count == 120)
    for event in events {
      #expect(["real", "fake", "uncertain"].contains(event[6]))
      let probability = try #require(Double(event[7]))
      #expect(probability >= 0 && probability <= 1)
      #expect(!event[10].isEmpty)
    }
    let times = events.map { $0[1] }
    #expect(times == times.sorted())
    var seen: [String: String] = [:]
    for (file, kept) in [("refined.xml", true), ("rejected.xml", false)] {
      try fixture.folder.write(file, result.files[file] ?? [])
      let reader = try CatalogFormat.open(fixture.folder.path(file), onProblem: { throw $0.error }).reader
      while let event = try reader.next() {
        seen[event.columns.first { $0.name == "label" }?.value ?? "", default: ""] += "."
        #expect((event.type == "not existing") == !kept)
      }
    }
    #expect(seen["fake"]?.count ?? 0 == result.outcome.fake)
    #expect(seen["real"]?.count ?? 0 == result.outcome.real)
    #expect(seen["uncertain"]?.count ?? 0 == result.outcome.uncertain)
  }
}

private func csvFields(_ bytes: [UInt8]) -> [String] { bytes.withUnsafeBufferPointer { SeismicFormats.csvFields($0) } }

import Coordinator
import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

/// A network that cannot look at some events, or not at the first time.
private final class FailingNetwork: DeepScoring {
  private let fails: (EventWindows) -> Bool

  init(_ fails: @escaping (EventWindows) -> Bool) { self.fails = fails }

  func logit(of event: EventWindows) throws -> Double {
    if fails(event) { throw ComputeError.torch(call: "forward", text: "a deliberate failure") }
    return (0..<event.stationCount).reduce(-2) { $0 + Double(event[.hasP, $1]) }
  }

  /// Of the events about one in twelve, whichever these are.
  @Sendable static func isBad(_ event: EventWindows) -> Bool {
    event.samples.prefix(500).reduce(UInt64(1)) { mixed($0 ^ UInt64(UInt16(bitPattern: $1))) } % 12 == 0
  }
}

@Suite("Refining where units fail", .serialized)
struct IsolatedUnitTests {
  private func refine(
    ranks: Int, limit: Int, unitSize: Int = 7, _ fails: @escaping @Sendable (EventWindows) -> Bool
  ) throws -> [String: [UInt8]] {
    let fixture = try HybridRefineTests.fixture.get()
    let folder = fixture.folder
    let output = "failing-\(UUID().uuidString)"
    var input = fixture.input
    input.unitSize = unitSize
    var job = RefineJob(.catalog(input), model: folder.path("model"), output: folder.path(output))
    job.sharing.failureLimit = limit
    job.deepScoring = { _, _ in EventScorer(network: FailingNetwork(fails), maximumStations: 4) }
    let finished = job
    _ = try InProcessCommunicator.run(ranks: ranks) { try finished.run(over: $0, report: Reporter(rank: 1)) }
    var files: [String: [UInt8]] = [:]
    for name in try folder.names(output) where name != "run.json" {
      files[name] = try folder.bytes("\(output)/\(name)")
    }
    return files
  }

  private func rows(_ files: [String: [UInt8]], _ name: String = "events.csv") -> [String: String] {
    let lines = String(decoding: files[name] ?? [], as: UTF8.self).split(separator: "\n").dropFirst().map(String.init)
    return Dictionary(lines.map { ("\($0.prefix { $0 != "," })", $0) }) { first, _ in first }
  }

  @Test("what fails on one rank and not on another leaves no trace", arguments: 1...3)
  func transient(ranks: Int) throws {
    let expected = try refine(ranks: 1, limit: 0) { _ in false }
    let first = Once(count: 1)
    let other = try refine(ranks: ranks, limit: 0) { _ in first.isFirst(0) }
    #expect(expected.keys.sorted() == other.keys.sorted())
    #expect(expected.keys.sorted().filter { expected[$0] != other[$0] } == [])
    #expect(!first.isFirst(0))
  }

  @Test("events of units that fail come out uncertain with the reason; all others as ever; the same on any ranks")
  func setAside() throws {
    let expected = rows(try refine(ranks: 1, limit: 0) { _ in false })
    let alone = try refine(ranks: 1, limit: 1000, FailingNetwork.isBad)
    let own = rows(alone)
    #expect(own.keys.sorted() == expected.keys.sorted())
    let failed = own.filter { $0.value.contains("could not be processed") }
    #expect(!failed.isEmpty && failed.count < own.count)
    for (id, row) in own {
      if failed[id] != nil {
        #expect(row.contains(",uncertain,,,,"))
        #expect(row.contains("could not be processed: libtorch") || row.contains("a deliberate failure"))
      } else {
        #expect(row == expected[id])
      }
    }
    let problems = String(decoding: alone["problems.csv"] ?? [], as: UTF8.self)
    #expect(problems.contains("unit ") && problems.contains("a deliberate failure"))
    #expect(problems.contains(" are uncertain"))
    // Nothing lost in the catalogs either.
    let catalog = String(decoding: alone["refined.xml"] ?? [], as: UTF8.self)
    #expect(catalog.contains("could not be processed"))
    for ranks in 2...3 {
      let other = try refine(ranks: ranks, limit: 1000, FailingNetwork.isBad)
      #expect(alone.keys.sorted().filter { alone[$0] != other[$0] } == [])
    }
  }

  @Test("more failures than are allowed end the job with the first of them", arguments: 1...2)
  func tooMany(ranks: Int) {
    let error = #expect(throws: AgreedFailure.self) { try refine(ranks: ranks, limit: 0, FailingNetwork.isBad) }
    #expect(error?.exitCode == 70)
    #expect(error?.description.contains("a deliberate failure") == true)
    #expect(error?.description.contains("tried twice") == true)
  }

  struct Broken: Error {}

  @Test("a table's unit that broke off is read as if nothing had happened; set aside its events are all there")
  func picks() throws {
    let folder = try TemporaryFolder()
    let synthetic = SyntheticPicks(seed: 4)
    let table = try folder.write(
      "picks.csv", SyntheticPicks.header + (0..<2000).map { synthetic.event($0).rows }.joined())
    let input = try PickInput([(table, nil)], unitSize: 1 << 30)
    func scoring(_ name: String) throws -> PickScoring {
      try makeFolder(folder.path(name))
      return try PickScoring(
        input, model: nil, features: .picks, network: "", folder: folder.path(name), isStrict: false)
    }
    let whole = try scoring("whole")
    let expected = try whole.score(input.units[0]) {}
    let broken = try scoring("broken")
    var polls = 0
    #expect(throws: Broken.self) {
      _ = try broken.score(input.units[0]) {
        polls += 1
        if polls == 2 { throw Broken() }
      }
    }
    #expect(broken.seen.isEmpty)
    let again = try broken.score(input.units[0]) {}
    #expect(again.rowCount == expected.rowCount && again.files.count == expected.files.count)
    for (own, other) in zip(again.files, expected.files) { #expect(try files(own) == files(other)) }
    #expect(broken.seen.count == whole.seen.count)
    let aside = try scoring("aside").setAside(input.units[0], because: "no reason")
    #expect(try records(aside.files).map(\.hash) == records(expected.files).map(\.hash))
    #expect(try records(aside.files).allSatisfy { $0.label == .uncertain && $0.features.hasSuffix(",NaN\n") })
  }

  private func files(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  private func records(_ files: [String]) throws -> [(hash: UInt64, label: Label, features: String)] {
    var all: [(hash: UInt64, label: Label, features: String)] = []
    var merge = try RecordMerge(files)
    try merge.forEach { all.append(($0.hash, $0.label, $0.piece(1).string)) }
    return all
  }

  @Test("a station-day that fails twice has no picks, and the others have theirs", arguments: 1...2)
  func stationDays(ranks: Int) throws {
    let fixture = try PickJobTests.fixture.get()
    let expected = try PickJobTests.whole.get()
    let tries = Tries()
    let result = try fixture.pick("sds:\(fixture.folder.path("sds"))", ranks: ranks) { job in
      // A window at midnight may belong to two days.
      job.sharing.failureLimit = 2
      job.makePicker = { _, _ in PickerModel(network: FailingPicker(tries), hash: "0123456789abcdef") }
    }
    func picks(_ files: [String: [UInt8]]) -> [Substring] {
      String(decoding: files["picks.csv"] ?? [], as: UTF8.self).split(separator: "\n")
    }
    let (own, all) = (picks(result.files), picks(expected.files))
    #expect(own.count < all.count && own.count > 1)
    #expect(own.allSatisfy(all.contains))
    let problems = String(decoding: result.files["problems.csv"] ?? [], as: UTF8.self)
    #expect(problems.contains(" on 2024-01-0") && problems.contains("it has no picks"))
    #expect(problems.contains("a deliberate failure"))
  }
}

@Suite("Merging records")
struct RecordMergeTests {
  /// Files of records that follow each other, or overlap; every second one is in order within.
  private func write(_ folder: TemporaryFolder, count: Int, overlap: Int) throws -> (files: [String], keys: [String]) {
    var random = SplitMix64(seed: UInt64(count + overlap))
    var files: [String] = []
    var keys: [(Int64, String)] = []
    for file in 0..<count {
      let writer = RecordWriter(prefix: folder.path("f\(file)"), in: RecordBuffer())
      for number in 0..<20 {
        let time = Int64(100 * (file - Int(random.next() % UInt64(overlap + 1))) + number)
        let id = "e\(file)-\(number)"
        keys.append((time, id))
        try Array(id.utf8).withUnsafeBufferPointer { bytes in
          try writer.add(EventKey(time: UTCTime(seconds: time), id: bytes), hash: 0, label: .real) { sink, end in
            sink.append(text: id)
            end()
            sink.append(text: String(repeating: "x", count: Int(random.next() % 3000)))
            end()
          }
        }
      }
      try writer.flush()
      files += writer.files
    }
    return (files, keys.sorted { $0 < $1 }.map(\.1))
  }

  @Test(
    "records come in order within the memory that is given, whether files follow each other or overlap",
    arguments: [0, 1, 3, 60], [1, 1 << 16, 1 << 18, 64 << 20])
  func order(overlap: Int, budget: Int) throws {
    let folder = try TemporaryFolder()
    let (files, keys) = try write(folder, count: 60, overlap: overlap)
    var merge = try RecordMerge(files.reversed(), budget: budget)
    var read: [String] = []
    try merge.forEach { read.append($0.piece(0).string) }
    #expect(read == keys)
    // One buffer at least is needed.
    #expect(merge.mostInUse <= budget + max(1 << 14, budget / 60))
    if overlap == 0 { #expect(merge.mostInUse <= max(1 << 14, min(1 << 20, budget / 60))) }
  }

  @Test("no files and empty files have no records")
  func empty() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("empty", "")
    var merge = try RecordMerge([path])
    try merge.forEach { _ in Issue.record("there is none") }
  }
}

@Suite("The plan of memory")
struct MemoryPlanTests {
  @Test(
    "sizes as Slurm has them",
    arguments: [
      ("4G", 4 << 30), ("800M", 800 << 20), ("1.5g", 3 << 29), ("1024", 1024), ("2KiB", 2048), ("3T", 3 << 40),
      ("7kb", 7 << 10),
    ])
  func sizes(text: String, bytes: Int) { #expect(MemoryPlan.bytes(text) == bytes) }

  @Test("what is no size is none", arguments: ["", "G", "-1G", "0", "nan", "inf", "1e30", "4X", "4 G", "1e400"])
  func noSizes(text: String) { #expect(MemoryPlan.bytes(text) == nil) }

  @Test("what does not fit is refused with what is needed")
  func refusal() throws {
    var plan = MemoryPlan()
    plan.add("waveforms", 300 << 20)
    let needed = plan.total
    try plan.require(nil)
    try plan.require(needed)
    let error = #expect(throws: JobError.self) { try plan.require(needed - 1) }
    #expect(error?.status == .usage)
    #expect(error?.description.contains("\(MemoryPlan.text(needed)) are needed") == true)
    #expect(error?.description.contains("waveforms 300M") == true)
  }
}

/// A picker that cannot look at some windows, however often.
private final class FailingPicker: PickerNetwork {
  private let own = ImpulseNetwork()
  private let tries: Tries

  init(_ tries: Tries) { self.tries = tries }

  var description: PickerDescription { own.description }

  func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>
  ) throws {
    let hash = windows.reduce(UInt64(count)) { mixed($0 ^ UInt64($1.bitPattern)) }
    if tries.isFirst(hash) { throw ComputeError.torch(call: "forward", text: "a deliberate failure") }
    try own.probabilities(windows, count: count, into: probabilities)
  }
}

/// Knows the first of many hashes, from several threads.
private final class Tries: @unchecked Sendable {
  private let lock = NSLock()
  private var first: UInt64?

  /// Whether a batch of windows is the one that was seen first.
  func isFirst(_ hash: UInt64) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    if first == nil { first = hash }
    return first == hash
  }
}

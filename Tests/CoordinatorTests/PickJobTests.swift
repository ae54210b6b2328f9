import Coordinator
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Picking an archive", .serialized)
struct PickJobTests {
  /// Three stations over a midnight, with an impulse every 23 s; one of vertical alone, one with a pause.
  final class Fixture: Sendable {
    static let midnight: Int64 = 1_704_153_600
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      try write("sds")
    }

    /// Writes the archive.
    func write(_ name: String) throws {
      for (station, components) in [("AAA", "ZNE"), ("BBB", "Z"), ("CCC", "ZNE")] {
        for (place, component) in components.enumerated() {
          let id = StreamID(network: "XX", station: station, channel: "HH\(component)")
          // From a quarter of an hour before midnight to a quarter behind it.
          var samples = (0..<180_000).map { Int32(truncatingIfNeeded: mixed(UInt64($0 * 3 + place)) % 21) }
          let delay = component == "Z" ? 0 : 311
          for index in samples.indices where (index - delay) % 2300 == 700 && component != "E" {
            samples[index] += 20_000
          }
          for (day, range) in [("001", 0..<90_000), ("002", 90_000..<180_000)] {
            let sink = TextSink()
            let writer = try MiniSEEDWriter(recordLength: 512)
            for part in station == "CCC"
              ? [range.lowerBound..<range.lowerBound + 30_000, range.lowerBound + 40_000..<range.upperBound] : [range]
            {
              try samples.withUnsafeBufferPointer {
                try writer.append(
                  UnsafeBufferPointer(rebasing: $0[part]), id: id,
                  start: UTCTime(seconds: Self.midnight - 900).advanced(by: Double(part.lowerBound) / 100),
                  samplingRate: 100, to: sink)
              }
            }
            let parent = "\(name)/2024/XX/\(station)/\(id.channel).D"
            try makeFolder(folder.path(parent))
            try folder.write("\(parent)/\(id).D.2024.\(day)", Array(sink.bytes))
          }
        }
      }
    }

    func pick(
      _ archive: String, ranks: Int, change: (inout PickJob) -> Void = { _ in }
    ) throws -> (outcome: PickJob.Outcome, files: [String: [UInt8]]) {
      let place = try TemporaryFolder()
      var job = PickJob(archive: archive, model: "none", output: place.path("out")) { _, _ in
        PickerModel(network: ImpulseNetwork(), hash: "0123456789abcdef")
      }
      change(&job)
      let finished = job
      let outcome = try InProcessCommunicator.run(ranks: ranks) {
        try finished.run(over: $0, report: Reporter(rank: 1))
      }[0]
      var files: [String: [UInt8]] = [:]
      for name in try place.names("out") where name != "run.json" {
        files[name] = try place.bytes("out/\(name)")
      }
      return (outcome, files)
    }
  }

  static let fixture = Result { try Fixture() }
  /// The picks of the whole archive, made by one rank.
  static let whole = Result {
    let fixture = try Self.fixture.get()
    return try fixture.pick("sds:\(fixture.folder.path("sds"))", ranks: 1)
  }

  @Test("picks are the same byte for byte on any number of ranks, and by either way into the archive", arguments: 1...4)
  func ranks(ranks: Int) throws {
    let fixture = try Self.fixture.get()
    let expected = try Self.whole.get()
    #expect(expected.files.keys.sorted() == ["picks.csv", "problems.csv"])
    let table = String(decoding: expected.files["picks.csv"] ?? [], as: UTF8.self)
    let rows = table.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    // 78 impulses in half an hour at each of three stations on the vertical, at two on north, less those in pauses.
    #expect(rows.count { $0[0] == "XX.AAA..HH" } == 78 + 78)
    #expect(rows.count { $0[0] == "XX.BBB..HH" && $0[2] == "P" } == 78)
    #expect(rows.count { $0[0] == "XX.BBB..HH" && $0[2] == "S" } == 0)
    let gone = rows.count { $0[0] == "XX.CCC..HH" }
    #expect(gone > 130 && gone < 145)
    #expect(expected.outcome.p + expected.outcome.s == rows.count)
    #expect(rows.map { $0[1] } == rows.map { $0[1] }.sorted())
    #expect(rows.allSatisfy { $0[12] == "0123456789ab" })
    let other = try fixture.pick("sds:\(fixture.folder.path("sds"))", ranks: ranks) { $0.changes.batchSize = 5 }
    let isSame = other.files == expected.files
    #expect(isSame)
    guard ranks < 3 else { return }
    let files = try fixture.pick("files:\(fixture.folder.path("sds"))", ranks: ranks)
    let isSameByFiles = files.files["picks.csv"] == expected.files["picks.csv"]
    #expect(isSameByFiles)
  }

  @Test("a part of the time and of the stations gives that part of the picks")
  func parts() throws {
    let fixture = try Self.fixture.get()
    let archive = "sds:\(fixture.folder.path("sds"))"
    func rows(_ change: (inout PickJob) -> Void) throws -> [Substring] {
      let table = try fixture.pick(archive, ranks: 2, change: change).files["picks.csv"] ?? []
      return String(decoding: table, as: UTF8.self).split(separator: "\n")
    }
    let all = String(decoding: try Self.whole.get().files["picks.csv"] ?? [], as: UTF8.self).split(separator: "\n")
    let zero = UTCTime(seconds: Fixture.midnight)
    let part = try rows {
      $0.start = zero.advanced(by: -100)
      $0.end = zero.advanced(by: 250.5)
      $0.streams = [StreamPattern("XX.?B*"), StreamPattern("*.CCC")].compactMap { $0 }
    }
    let expected = all.filter { row in
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      return fields[0] == "station_id"
        || (!row.hasPrefix("XX.AAA")
          && (UTCTime(fields[1]).map { $0 >= zero.advanced(by: -100) && $0 < zero.advanced(by: 250.5) } ?? false))
    }
    // Fifteen impulses in 350 s, at one station on two components.
    #expect(expected.count > 40)
    let isSame = part == expected
    #expect(isSame)
    let error = #expect(throws: AgreedFailure.self) {
      try rows { $0.streams = [StreamPattern("YY")].compactMap { $0 } }
    }
    #expect(error?.exitCode == 65)
    let wrong = #expect(throws: AgreedFailure.self) { try rows { $0.changes.overlap = 3 } }
    #expect(wrong?.exitCode == 64)
  }

  @Test("a damaged file is told of, and the rest is picked", arguments: [3])
  func damaged(ranks: Int) throws {
    let fixture = try Self.fixture.get()
    let copy = fixture.folder.path("damaged-\(ranks)")
    try fixture.write("damaged-\(ranks)")
    let path = "damaged-\(ranks)/2024/XX/BBB/HHZ.D/XX.BBB..HHZ.D.2024.002"
    var bytes = try fixture.folder.bytes(path)
    for index in 20 * 512..<24 * 512 { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
    try fixture.folder.write(path, bytes)
    try fixture.folder.write(
      "damaged-\(ranks)/2024/XX/AAA/HHZ.D/XX.AAA..HHZ.D.2024.002", [UInt8](repeating: 7, count: 5000))
    let whole = try Self.whole.get()
    let result = try fixture.pick("sds:\(copy)", ranks: ranks)
    #expect(result.outcome.problems > 0)
    func rows(_ files: [String: [UInt8]], _ station: String) -> Int {
      String(decoding: files["picks.csv"] ?? [], as: UTF8.self).split(separator: "\n").count {
        $0.hasPrefix("XX.\(station)")
      }
    }
    #expect(rows(result.files, "CCC") == rows(whole.files, "CCC"))
    #expect(rows(result.files, "BBB") < rows(whole.files, "BBB") && rows(result.files, "BBB") > 60)
    #expect(rows(result.files, "AAA") > 110)
    let problems = String(decoding: result.files["problems.csv"] ?? [], as: UTF8.self)
    #expect(problems.contains("XX.BBB..HHZ.D.2024.002"))
    let one = try fixture.pick("sds:\(copy)", ranks: 1)
    let isSame = one.files == result.files
    #expect(isSame)
    let error = #expect(throws: AgreedFailure.self) {
      try fixture.pick("sds:\(copy)", ranks: ranks) { $0.isStrict = true }
    }
    #expect(error?.exitCode == 65)
  }
}

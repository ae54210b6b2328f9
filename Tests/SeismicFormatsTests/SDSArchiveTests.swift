import SeismicFormats
import TestSupport
import Testing

@Suite("SDS archives")
struct SDSArchiveTests {
  let folder: TemporaryFolder
  let stream = StreamID(network: "XX", station: "ABC", channel: "HHZ")
  let midnight = UTCTime(seconds: 1_577_836_800 + 86_400)

  init() throws { folder = try TemporaryFolder() }

  func write(_ stream: StreamID, _ year: Int, _ day: String, _ bytes: [UInt8]) throws {
    try ArchiveFixtures.write(
      folder, "\(year)/\(stream.network)/\(stream.station)/\(stream.channel).D/\(stream).D.\(year).\(day)", bytes)
  }

  func archive() throws -> SDSArchive { try SDSArchive(folder.url.path) { Issue.record("\($0)") } }

  @Test("no sample is lost at midnight, wherever the file of a record ends")
  func midnightRule() throws {
    // The first day's file goes on for 25 s behind midnight.
    let first = midnight.advanced(by: -100)
    try write(
      stream, 2020, "001", ArchiveFixtures.records(stream, from: first, rate: 10, samples: (0..<1250).map { $0 }))
    try write(
      stream, 2020, "002",
      ArchiveFixtures.records(stream, from: midnight.advanced(by: 25), rate: 10, samples: (1250..<3000).map { $0 }))
    let archive = try archive()
    #expect(archive.streams == [stream])
    for (lower, upper) in [
      (-50.0, 60.0), (0, 30), (1, 2), (20, 26), (24.9, 25.1), (-100, 175), (-100, -99.9), (100, 174),
    ] {
      let traces = try archive.read(stream, in: midnight.advanced(by: lower)..<midnight.advanced(by: upper)) {
        Issue.record("\($0)")
      }
      let expected = (0..<3000).filter {
        let time = Double($0) / 10 - 100
        return time > lower - 0.001 && time < upper - 0.001
      }
      #expect(ArchiveFixtures.samples(traces) == expected.map { Int32($0) }, "\(lower) to \(upper)")
      #expect(traces.first?.start == midnight.advanced(by: Double(expected[0]) / 10 - 100))
    }
    #expect(archive.mayHave(stream, in: midnight..<midnight.advanced(by: 1)))
    #expect(!archive.mayHave(stream, in: midnight.advanced(by: 4 * 86_400)..<midnight.advanced(by: 5 * 86_400)))
    let far = UTCTime(seconds: .min)..<UTCTime(seconds: .max)
    #expect(ArchiveFixtures.samples(try archive.read(stream, in: far) { _ in }).count == 3000)
  }

  @Test("short files are passed over; they and a file of another stream are told of once")
  func odd() throws {
    try write(stream, 2020, "001", [UInt8](repeating: 32, count: 100))
    let other = StreamID(network: "XX", station: "ABC", location: "00", channel: "HHZ")
    try write(stream, 2020, "002", ArchiveFixtures.records(other, from: midnight, rate: 10, samples: [1, 2, 3]))
    let archive = try archive()
    var problems: [Problem] = []
    for _ in 0..<3 {
      let traces = try archive.read(stream, in: midnight.advanced(by: -10)..<midnight.advanced(by: 10)) {
        problems.append($0)
      }
      #expect(traces.isEmpty)
    }
    #expect(problems.count == 2)
    #expect(problems.contains { $0.found.contains("XX.ABC.00.HHZ") })
    #expect(problems.contains { $0.found == "a file of 100 bytes" })
  }

  @Test("a tree with other names says what was looked for and what is there")
  func wrongNames() throws {
    let path = try ArchiveFixtures.write(folder, "2020/XX/ABC/HHZ/XX.ABC..HHZ.2020.001", [1])
    do {
      _ = try archive()
      Issue.record("it was opened")
    } catch let error as FormatError {
      #expect(error.description.contains("YEAR/NET/STA/CHAN.D/NET.STA.LOC.CHAN.D.YEAR.DAY"))
      #expect(error.description.contains("2020/XX/ABC/HHZ") && path.contains("2020/XX/ABC/HHZ"))
    }
    #expect(throws: FormatError.self) { try SDSArchive(folder.path("nothing")) { _ in } }
    #expect(throws: FormatError.self) { try SDSArchive(try TemporaryFolder().url.path) { _ in } }
    // A single good file makes it an archive; the others are told of once.
    try write(stream, 2020, "001", ArchiveFixtures.records(stream, from: midnight, rate: 10, samples: [1]))
    for name in [
      "XX.ABC..HHZ.D.2020.367", "XX.ABC..HHZ.D.2020.1", "XX.ABC..HHN.D.2020.001", "YY.ABC..HHZ.D.2020.001", "x",
    ] {
      try ArchiveFixtures.write(folder, "2020/XX/ABC/HHZ.D/\(name)", [1])
    }
    var problems: [Problem] = []
    #expect(try SDSArchive(folder.url.path) { problems.append($0) }.streams == [stream])
    #expect(problems.count == 1 && problems.first?.found.hasPrefix("6 ") == true)
  }

  @Test("the listing goes over the wire")
  func table() throws {
    for day in ["001", "002", "003", "005", "366"] { try write(stream, 2020, day, [0]) }
    for location in ["00", "10"] {
      try write(StreamID(network: "XX", station: "DEF", location: location, channel: "EHZ"), 2019, "365", [0])
    }
    let index = try SDSIndex.scan(folder.url.path) { Issue.record("\($0)") }
    #expect(index.streams.count == 3)
    #expect(try SDSIndex(table: index.table, path: "x") == index)
    #expect(try SDSIndex(table: SDSIndex().table, path: "x") == SDSIndex())
    for text in [
      "a\nXX,ABC,,HHZ,5:", "a\nXX,ABC,,HHZ,5:4", "a\nXX,ABC,,HHZ,1:9999999999", "a\nXX", "a\n,,,,x", "a\nA,B,,C,:5",
    ] {
      #expect(throws: FormatError.self) { try SDSIndex(table: Array(text.utf8), path: "x") }
    }
  }

  @Test("stretches of days in any order, that meet or overlap, are one; those asked for come out")
  func stretches() throws {
    let text = "a\nXX,ABC,,HHZ,20:22 5 1:3 23 2:4 30:40\nXX,ABC,,HHZ,6 35:36\n"
    let index = try SDSIndex(table: Array(text.utf8), path: "x")
    #expect(String(decoding: index.table, as: UTF8.self).hasSuffix("\nXX,ABC,,HHZ,1:6 20:23 30:40\n"))
    let archive = try SDSArchive("x", index: index) { _ in }
    let all = Set(Array(1...6) + Array(20...23) + Array(30...40))
    func noon(_ day: Int) -> UTCTime { UTCTime(seconds: Int64(day) * 86_400 + 43_200) }
    for lower in -1...42 {
      for upper in lower...42 {
        let has = archive.mayHave(stream, in: noon(lower)..<noon(upper).advanced(by: 1))
        #expect(has == !all.isDisjoint(with: lower...upper))
      }
    }
    // A day's file may begin before midnight, and end behind it.
    #expect(archive.days(of: stream) == Array(0...7) + Array(19...24) + Array(29...41))
    #expect(archive.days(of: StreamID(network: "XX", station: "ABC", channel: "HHN")).isEmpty)
  }

  @Test("a short table that tells of very many days takes no memory for them; one of more than can be is refused")
  func manyDays() throws {
    func table(_ count: Int) -> [UInt8] {
      Array("a\n".utf8) + (0..<count).flatMap { Array("XX,S\($0),,HHZ,-700000:2999999\n".utf8) }
    }
    #expect(try SDSIndex(table: table(500), path: "x").streams.count == 500)
    #expect {
      try SDSIndex(table: table(600), path: "x")
    } throws: { error in
      // The 581st stream makes it more than 2^31.
      (error as? FormatError)?.description.contains("x, line 582") == true
    }
  }

  @Test(
    "a published archive, window by window the same as in one piece",
    .enabled(if: SharedData.has("archive/ci-westmorland-2020"), "the shared data is not here"))
  func published() throws {
    let root = SharedData.path("archive/ci-westmorland-2020/derived/SDS")
    let archive = try SDSArchive(root) { Issue.record("\($0)") }
    #expect(archive.streams.count == 48)
    let start = try #require(UTCTime("2020-10-01T00:00:00Z"))
    for stream in archive.streams.prefix(6) {
      let whole = ArchiveFixtures.samples(
        try archive.read(stream, in: start.advanced(by: -10)..<start.advanced(by: 7200)) { Issue.record("\($0)") })
      #expect(whole.count >= 18_000)
      var parts: [Int32] = []
      for window in -1..<20 {
        let lower = start.advanced(by: Double(window) * 10)
        parts += ArchiveFixtures.samples(
          try archive.read(stream, in: lower..<lower.advanced(by: 10)) { Issue.record("\($0)") })
      }
      #expect(parts == whole)
    }
  }
}

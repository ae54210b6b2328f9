import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Pick tables as catalogs")
struct PickTableCatalogTests {
  @Test("rows become picks, and picks become the same rows")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let rows = PickRows.usual(events: 200, seed: 71, rowsEach: 1...6)
    let path = try folder.write("picks.csv", PickRows.header + rows.joined(separator: "\n") + "\n")
    var problems: [Problem] = []
    let catalog = try PickTableReader(path) { problems.append($0) }.readAll()
    #expect(problems.isEmpty)
    #expect(catalog.events.count == 200)
    let writer = try PickTableWriter(folder.path("copy.csv"))
    for event in catalog.events { try writer.write(event) }
    try writer.finish()
    #expect(writer.leftOut.isEmpty)
    #expect(try PickTableContent(folder.path("copy.csv")) == PickTableContent(path))
  }

  @Test("picks have the row's station, phase, time and probability")
  func picks() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "picks.csv",
      PickRows.header + "e1,PB01,2024-08-02 16:56:23.123456789,0.25,2024-08-02 16:56:30,0.75\n"
        + "e1,4T.WB1.00.HHZ,2024-08-02 16:56:22,1,no pick,no pick\n")
    let event = try #require(try PickTableReader(path, network: "TX").next())
    #expect(event.publicID == "e1")
    #expect(event.origins.isEmpty)
    #expect(event.time == UTCTime("2024-08-02T16:56:22Z"))
    #expect(event.picks.map(\.phaseHint) == ["P", "S", "P"])
    #expect(event.picks.map(\.probability) == [0.25, 0.75, 1])
    #expect(event.picks.map(\.publicID) == ["e1/1/P", "e1/1/S", "e1/2/P"])
    #expect(event.picks[0].time.value == UTCTime("2024-08-02T16:56:23.123456789Z"))
    #expect(event.picks[0].waveformID == WaveformStreamID(networkCode: "TX", stationCode: "PB01"))
    #expect(
      event.picks[2].waveformID
        == WaveformStreamID(networkCode: "4T", stationCode: "WB1", locationCode: "00", channelCode: "HHZ"))
    #expect(event.picks.allSatisfy { $0.evaluationMode == .automatic })
  }

  @Test("problems have the line of the file, however long it is")
  func lines() throws {
    let folder = try TemporaryFolder()
    var rows = PickRows.usual(events: 9000, seed: 72)
    var wrong: [Int] = []
    for index in stride(from: 0, to: rows.count, by: 1000) {
      rows[index] += ",7"
      wrong.append(index + 2)
    }
    let path = try folder.write("picks.csv", PickRows.header + rows.joined(separator: "\n") + "\n")
    var lines: [Int?] = []
    let reader = try PickTableReader(path) { lines.append($0.line) }
    var last = 0
    var count = 0
    while let event = try reader.next() {
      #expect(reader.position >= last)
      last = reader.position
      count += event.picks.count
    }
    #expect(lines == wrong)
    #expect(count > 9000)
    #expect(last == (try FileInput(path).size))
  }

  @Test("an event whose rows stand apart ends the catalog, after the events before it")
  func apart() throws {
    let folder = try TemporaryFolder()
    let rest = "S,2024-08-02 16:56:23,0.5,no pick,no pick\n"
    let path = try folder.write("picks.csv", PickRows.header + "a,\(rest)b,\(rest)a,\(rest)c,\(rest)")
    let reader = try PickTableReader(path)
    #expect(try reader.next()?.publicID == "a")
    #expect(try reader.next()?.publicID == "b")
    for _ in 0..<2 {
      let error = #expect(throws: FormatError.self) { try reader.next() }
      #expect(error?.found == "the rows of event 'a' do not stand together")
    }
  }

  @Test("a P pick without a probability cannot be written, and the file does not appear")
  func withoutProbability() throws {
    let folder = try TemporaryFolder()
    var event = Event(publicID: "e1")
    var pick = Pick(
      publicID: "p", time: TimeQuantity(.epoch), waveformID: WaveformStreamID(networkCode: "", stationCode: "S"))
    pick.phaseHint = "Pg"
    event.picks = [pick]
    do {
      let writer = try PickTableWriter(folder.path("picks.csv"))
      #expect(throws: FormatError.self) { try writer.write(event) }
    }
    #expect(try folder.names() == [])
  }

  @Test("S picks go to the P pick of their station; others are counted")
  func partners() throws {
    let folder = try TemporaryFolder()
    func pick(_ phase: String, _ station: String, _ second: Int64) -> Pick {
      var pick = Pick(
        publicID: "\(phase)\(second)", time: TimeQuantity(UTCTime(seconds: second)),
        waveformID: WaveformStreamID(networkCode: "TX", stationCode: station))
      pick.phaseHint = phase
      pick.probability = 0.5
      return pick
    }
    var event = Event(publicID: "e1")
    event.picks = [pick("S", "B", 9), pick("P", "A", 1), pick("Pn", "B", 2), pick("Sg", "A", 8), pick("S", "C", 7)]
    let writer = try PickTableWriter(folder.path("picks.csv"))
    try writer.write(event)
    try writer.finish()
    #expect(
      try folder.text("picks.csv") == PickRows.header + """
        e1,TX.A,1970-01-01 00:00:01.000000,0.5,1970-01-01 00:00:08.000000,0.5
        e1,TX.B,1970-01-01 00:00:02.000000,0.5,1970-01-01 00:00:09.000000,0.5

        """)
    #expect(writer.leftOut == ["picks without a P pick of their station": 1])
  }

  @Test(
    "the published tables of picks are read without a problem, in any stretches alike",
    .enabled(if: SharedData.has("hsdl/all_real_picks.csv"), "the shared data is not here"),
    arguments: ["hsdl/all_real_picks.csv", "hsdl/all_fake_picks.csv"])
  func published(name: String) throws {
    let path = SharedData.path(name)
    let whole = try PickTableContent(path)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).count
    #expect(whole.problems.isEmpty)
    #expect(whole.groups.reduce(0) { $0 + $1.rows.count } == lines - 1)
    for size in [1500, 10_007, 1 << 16] { #expect(try PickTableContent(path, segmentSize: size) == whole) }
  }
}

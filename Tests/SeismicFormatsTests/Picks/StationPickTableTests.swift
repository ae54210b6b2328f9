import SeismicFormats
import TestSupport
import Testing

@Suite("Tables of picks")
struct StationPickTableTests {
  let sensor = StreamID(network: "CI", station: "DJJ", location: "00", channel: "HH")

  private func read(_ path: String) throws -> (picks: [StationPick], problems: [Problem]) {
    var picks: [StationPick] = []
    var problems: [Problem] = []
    try StationPickTable.read(path, onProblem: { problems.append($0) }, body: { picks.append($0) })
    return (picks, problems)
  }

  @Test("rows say what picks hold, and come back")
  func roundTrip() throws {
    var picks: [StationPick] = []
    for number in 0..<50 {
      picks.append(
        StationPick(
          sensor: number % 3 == 0 ? StreamID(network: "", station: "A,B", channel: "EH") : sensor,
          phase: number % 2 == 0 ? "P" : "S",
          time: UTCTime(seconds: 1_600_000_000 + Int64(number), nanoseconds: Int64(number) * 1_001_000),
          score: Double(number) / 50, uncertainty: number % 4 == 0 ? nil : 0.0512,
          signalToNoise: number % 5 == 0 ? nil : -3.25, amplitude: number % 7 == 0 ? nil : 1.25e-7,
          detection: number % 2 == 0 ? "" : "CI.DJJ.00.HH@2020-09-13T12:26:40.00Z", model: "0123456789ab"))
    }
    let sink = TextSink()
    sink.append(text: StationPickTable.header)
    for pick in picks { StationPickTable.append(pick, to: sink) }
    let folder = try TemporaryFolder()
    let result = try read(folder.write("picks.csv", sink.string))
    let isSame = result.picks == picks
    #expect(isSame)
    #expect(result.problems.isEmpty)
    let one = TextSink()
    StationPickTable.append(picks[1], to: one)
    #expect(
      one.string
        == "CI.DJJ.00.HH,2020-09-13T12:26:41.001001Z,S,0.02,CI,DJJ,00,HH,0.0512,-3.25,1.25e-07,CI.DJJ.00.HH@2020-09-13T12:26:40.00Z,0123456789ab\n"
    )
    // Numbers that are none are not written.
    one.removeAll()
    StationPickTable.append(
      StationPick(
        sensor: sensor, phase: "P", time: .epoch, score: 1, uncertainty: .nan, signalToNoise: .infinity,
        amplitude: -.infinity), to: one)
    #expect(one.string == "CI.DJJ.00.HH,1970-01-01T00:00:00.000000Z,P,1,CI,DJJ,00,HH,,,,,\n")
  }

  @Test("tables of others are read, rows that cannot be used are told of")
  func others() throws {
    let folder = try TemporaryFolder()
    let table = """
      event_index,station_id,phase_time,phase_score,phase_type,phase_polarity
      1,NC.ABC.,2019-07-04T17:02:55.123,0.9,P,0.1
      1,NC.ABC,2019-07-04 17:02:56.123,0.8,S,
      1,ABC,2019-07-04T17:02:55.123,0.9,P,0.1
      1,NC.ABC..HH,yesterday,0.9,P,0.1
      1,NC.ABC..HH,2019-07-04T17:02:55.123,1.9,P,0.1
      1,NC.ABC..HH,2019-07-04T17:02:55.123,0.9,,0.1
      1,NC.ABC..HH

      """
    let result = try read(folder.write("picks.csv", table))
    #expect(result.picks.map(\.sensor.description) == ["NC.ABC..", "NC.ABC.."])
    #expect(result.picks.map(\.phase) == ["P", "S"])
    #expect(result.problems.map(\.line) == [4, 5, 6, 7, 8])
    #expect(throws: FormatError.self) { try read(folder.write("a", "")) }
    #expect(throws: FormatError.self) { try read(folder.write("b", "station_id,phase_time\n")) }
    #expect(throws: FormatError.self) { try read(folder.path("c")) }
    // Every beginning of a table is read or refused.
    let bytes = Array(table.utf8)
    for count in 0..<bytes.count {
      let path = try folder.write("part", Array(bytes[..<count]))
      _ = try? read(path)
    }
  }

  @Test("picks stand by time as it is written, then by sensor, then by phase")
  func order() {
    func pick(_ nanoseconds: Int64, _ station: String, _ phase: String) -> StationPick {
      StationPick(
        sensor: StreamID(network: "XX", station: station, channel: "HH"), phase: phase,
        time: UTCTime(seconds: 5, nanoseconds: nanoseconds), score: 1)
    }
    #expect(pick(1000, "B", "S").comesFirst(before: pick(2000, "A", "P")))
    #expect(pick(1400, "A", "P").comesFirst(before: pick(1000, "B", "P")))
    #expect(pick(1000, "A", "P").comesFirst(before: pick(1000, "A", "S")))
    #expect(!pick(1000, "A", "P").comesFirst(before: pick(1000, "A", "P")))
  }

  @Test("patterns of streams")
  func patterns() throws {
    func matches(_ pattern: String, _ stream: String) -> Bool {
      let codes = stream.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      return StreamPattern(pattern)?.matches(
        StreamID(network: codes[0], station: codes[1], location: codes[2], channel: codes[3])) ?? false
    }
    for pattern in ["*", "CI", "CI.DJJ", "CI.D*.*.HH?", "C?.*J..*Z", "*.*.*.*", "CI.DJJ..HHZ", "*I.*D*J*..H*Z"] {
      #expect(matches(pattern, "CI.DJJ..HHZ"), "\(pattern)")
    }
    for pattern in ["C", "CI.DJ", "CI.DJJ.00", "CI.DJJ..HH", "?CI", "*.*.?", "CI.DJJ..HHZ?", "", "a.b.c.d.e"] {
      #expect(!matches(pattern, "CI.DJJ..HHZ"), "\(pattern)")
    }
  }
}

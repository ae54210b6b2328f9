import Foundation
import TestSupport
import Testing

@Suite("Conversions there and back")
struct ConversionTests {
  @Test("A pick table through QuakeML is the same pick table")
  func picks() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows))
    let events = Set(Demonstration.rows.map { $0.prefix { $0 != "," } }).count
    let picks = Demonstration.rows.count + Demonstration.rows.filter { !$0.hasSuffix(",no pick,no pick") }.count
    // Numbers lose zeros at their ends; from then on nothing changes.
    let same = try place.succeed("convert t.csv a.csv --to picks")
    #expect(same.output == "\(events) events, pick table to pick table: a.csv\n")
    let there = try place.succeed("convert a.csv a.xml")
    #expect(there.output == "\(events) events, pick table to QuakeML: a.xml\n")
    let back = try place.succeed("convert a.xml b.csv --to picks")
    #expect(back.output == "\(events) events, QuakeML to pick table: b.csv\n")
    #expect(there.errorOutput + back.errorOutput == "")
    #expect(try place.folder.bytes("a.csv") == place.folder.bytes("b.csv"))
    #expect(try place.folder.text("a.csv").split(separator: "\n").count == Demonstration.rows.count + 1)
    for (file, format) in [("t.csv", "picks"), ("a.csv", "picks"), ("a.xml", "quakeml")] {
      let summary = try contents(of: file, place)
      #expect(summary["format"] as? String == format)
      #expect(summary["events"] as? Int == events)
      #expect(summary["picks"] as? Int == picks)
      #expect(summary["problems"] as? Int == 0)
    }
  }

  /// Both kinds of values, and fields that are missing.
  static let table = #"""
    event_id,time,latitude,longitude,depth_km,magnitude,magnitude_type,event_type,author,region,rms_s,note
    e1,2024-01-01T00:00:00.123456Z,1.5,-2.25,10.125,3.2,ML,earthquake,me,"Near A, ""B""",0.25,first
    "e,2",2024-01-02T00:00:00.000000Z,-89.999,179.5,,,,,,,,
    地震,2024-12-31T23:59:59.999999Z,0,0,-1.5,-0.3,Mw,quarry blast,me,,,third

    """#

  @Test("An event table through QuakeML is the same event table")
  func eventTable() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Self.table)
    try place.succeed("convert t.csv a.csv")
    let there = try place.succeed("convert a.csv a.xml")
    #expect(there.output == "3 events, event table (CSV) to QuakeML: a.xml\n")
    let back = try place.succeed("convert a.xml b.csv")
    #expect(there.errorOutput + back.errorOutput == "")
    #expect(try place.folder.bytes("a.csv") == place.folder.bytes("b.csv"))
    for line in [
      "e1,2024-01-01T00:00:00.123456Z,1.5,-2.25,10.125,3.2,ML,", "\"e,2\",2024-01-02T00:00:00.000000Z,", "地震,",
    ] {
      #expect(try place.folder.text("b.csv").contains("\n\(line)"))
    }
    #expect(try place.folder.text("b.csv").contains("\"Near A, \"\"B\"\"\""))
    for file in ["t.csv", "a.csv", "a.xml"] {
      let summary = try contents(of: file, place)
      #expect(summary["events"] as? Int == 3)
      #expect(summary["magnitudes"] as? Int == 2)
      #expect(summary["depth_km"] as? [Double] == [-1.5, 10.125])
      #expect(
        summary["time_span"] as? [String] == ["2024-01-01T00:00:00.123456Z", "2024-12-31T23:59:59.999999Z"])
    }
  }

  @Test("FDSN event text through QuakeML keeps all of its columns")
  func fdsn() throws {
    let place = try Workplace()
    let text = #"""
      #EventID|Time|Latitude|Longitude|Depth/km|Author|Catalog|Contributor|ContributorID|MagType|Magnitude|MagAuthor|EventLocationName|EventType
      us1|2024-01-01T00:00:00.123000|10.5|20.25|33|us|NEIC PDE|us2|id77|mww|6.1|us3|Near A, "B"|earthquake
      us2|2024-01-01T00:00:01.000000|-10.5|20.25||us|NEIC PDE|us2|id78||||x|

      """#
    try place.folder.write("t.txt", text)
    for command in ["convert t.txt a.txt", "convert t.txt a.xml", "convert a.xml b.txt", "convert t.txt a.csv"] {
      let outcome = try place.succeed(command)
      #expect(outcome.errorOutput == "")
      #expect(outcome.output.hasPrefix("2 events, "))
    }
    #expect(try place.folder.text("a.txt") == text)
    #expect(try place.folder.text("b.txt") == text)
    #expect(try contents(of: "t.txt", place)["format"] as? String == "fdsn")
  }

  @Test("A bar in an identifier does not move the columns of FDSN event text")
  func bar() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", "event_id,time,latitude,longitude\na|b,2024-01-01,1,2\n")
    try place.succeed("convert t.csv a.txt")
    let summary = try contents(of: "a.txt", place)
    #expect(summary["problems"] as? Int == 0)
    #expect(summary["latitude"] as? [Double] == [1, 1])
  }

  @Test("What the new format has no place for is counted")
  func leftOut() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Self.table)
    try place.folder.write("p.csv", Demonstration.table(["e,S,2024-01-01,0.5,2024-01-02,0.25"]))
    func warnings(_ command: String) throws -> [String] {
      try place.succeed("convert \(command)").errorLines.map { $0.replacing("hsdl-mpi: warning: ", with: "") }
    }
    #expect(try warnings("p.csv a.csv") == ["event table (CSV) has no place for 2 picks"])
    #expect(
      try warnings("t.csv b.csv --to picks") == [
        "pick table has no place for 3 events without a P pick", "pick table has no place for 2 magnitudes",
        "pick table has no place for 3 origins",
      ])
    #expect(try warnings("t.csv c.txt") == ["FDSN event text has no place for 2 columns"])
    #expect(try warnings("t.csv d.xml") == [])
  }

  @Test("What is not QuakeML's own stands behind everything else in an event, as the schema wants it")
  func foreignElementsLast() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Self.table)
    try place.succeed("convert t.csv a.xml")
    try place.folder.write("p.csv", Demonstration.table(Demonstration.rows[..<40]))
    try place.succeed("refine --no-report --picks p.csv --model \(Demonstration.model) --output out --quiet")
    var columns = 0
    for file in ["a.xml", "out/refined.xml", "out/rejected.xml"] {
      for event in try place.folder.text(file).components(separatedBy: "<event ").dropFirst() {
        let pieces = event.components(separatedBy: "<hsdl:column ")
        columns += pieces.count - 1
        // Between the first of them and the end of the event there is nothing else.
        for piece in pieces.dropFirst() {
          let rest = piece.components(separatedBy: "</hsdl:column>").last ?? ""
          #expect(rest.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty || rest.contains("\n    </event>\n"))
          #expect(!rest.contains("<pick") && !rest.contains("<origin") && !rest.contains("<magnitude"))
        }
      }
    }
    #expect(columns > 3)
  }

  @Test("A network code is given to stations that have none")
  func network() throws {
    let place = try Workplace()
    try place.folder.write("p.csv", Demonstration.table(["e,S1,2024-01-01,0.5,,", "e,XX.S2,2024-01-01,0.5,,"]))
    try place.succeed("convert p.csv a.xml --network TX")
    let text = try place.folder.text("a.xml")
    #expect(text.contains("networkCode=\"TX\" stationCode=\"S1\""))
    #expect(text.contains("networkCode=\"XX\" stationCode=\"S2\""))
  }

  @Test("A table without events stays one")
  func empty() throws {
    let place = try Workplace()
    try place.folder.write("p.csv", Demonstration.table([]))
    for command in ["p.csv a.xml", "a.xml b.csv", "b.csv c.xml", "a.xml d.csv --to picks"] {
      #expect(try place.succeed("convert \(command)").output.hasPrefix("0 events, "))
    }
    #expect(try place.folder.bytes("p.csv") == place.folder.bytes("d.csv"))
    #expect(try place.succeed("inspect p.csv").output == "p.csv: pick table, 39 bytes\nno events\n")
    #expect(try place.succeed("inspect a.xml").output.hasSuffix("\nno events\n"))
  }

  private func contents(of file: String, _ place: Workplace) throws -> [String: Any] {
    let text = try place.succeed("inspect \(file) --json").output
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}

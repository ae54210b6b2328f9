import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Tables of events")
struct EventTableReadingTests {
  private func read(_ text: String) throws -> CatalogReading {
    let folder = try TemporaryFolder()
    return try CatalogReading(try folder.write("events.csv", text))
  }

  private static let names = ["id", "time", "lat", "lon", "depth_km", "mag", "magtype", "region", "extra"]
  private static let values = [
    ["e1", "2024-08-02T16:56:23.715Z", "31.5", "-104.25", "6.1", "2.5", "ML", "West, Texas; \"Mentone\"|", "x"],
    ["e2", "2024-08-03 00:00:00", "-90", "180", "", "", "", "", ""],
  ]

  /// A table with some separator and line end; fields are quoted where they need it, or all.
  private func table(_ delimiter: String, _ lineEnd: String, quoteAll: Bool) -> String {
    ([Self.names] + Self.values).map { row in
      row.map { field in
        quoteAll || field.contains(delimiter) || field.contains("\"")
          ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
      }.joined(separator: delimiter) + lineEnd
    }.joined()
  }

  @Test(
    "separators, quotes, line ends and a byte-order mark change nothing", arguments: [",", ";", "\t"], ["\n", "\r\n"])
  func layouts(delimiter: String, lineEnd: String) throws {
    let plain = try read(table(",", "\n", quoteAll: false)).catalog
    let event = try #require(plain.events.first)
    #expect(plain.events.count == 2)
    #expect(event.publicID == "e1")
    #expect(event.descriptions.first?.text == "West, Texas; \"Mentone\"|")
    #expect(event.columns == [Event.Column(name: "extra", value: "x")])
    #expect(event.origins.first?.time.value == UTCTime("2024-08-02T16:56:23.715Z"))
    #expect(event.origins.first?.latitude.value == 31.5)
    #expect(event.origins.first?.longitude.value == -104.25)
    #expect(event.origins.first?.depth?.value == 6100)
    #expect(event.magnitudes.first?.mag.value == 2.5)
    #expect(event.magnitudes.first?.type == "ML")
    #expect(plain.events.last?.origins.first?.depth == nil)
    #expect(plain.events.last?.magnitudes.isEmpty == true)
    for quoteAll in [false, true] {
      for mark in ["", "\u{FEFF}"] {
        let text = mark + table(delimiter, lineEnd, quoteAll: quoteAll)
        for text in [text, text.trimmingCharacters(in: .newlines), text + lineEnd + lineEnd] {
          let reading = try read(text)
          #expect(reading.error == nil && reading.problems == [])
          #expect(reading.catalog == plain)
        }
      }
    }
  }

  @Test("bars separate too; nothing is quoted between them")
  func bars() throws {
    let reading = try read(
      """
      #EventID | Time | Latitude | Longitude | Depth/km | Author | Catalog | Contributor | ContributorID | MagType | \
      Magnitude | MagAuthor | EventLocationName | EventType
      e1|2024-08-02T16:56:23.715|31.5|-104.25|6.1|us|NEIC|us|e1|ML|2.5|us|"La Maison" de Dieu|earthquake
      # a remark
      e2|2024-08-02T16:56:24|31.5|-104.25|0|us|NEIC|us|e2|ML|2.5|us|5" pipe|quarry blast

      """)
    #expect(reading.problems == [])
    #expect(reading.catalog.events.map(\.publicID) == ["e1", "e2"])
    #expect(reading.catalog.events.map { $0.descriptions.first?.text } == ["\"La Maison\" de Dieu", "5\" pipe"])
    #expect(reading.catalog.events.map(\.type) == ["earthquake", "quarry blast"])
    #expect(reading.catalog.events.first?.origins.first?.creationInfo?.author == "us")
    #expect(reading.catalog.events.first?.origins.first?.depth?.value == 6100)
    #expect(
      reading.catalog.events.first?.columns.map(\.name) == ["Catalog", "Contributor", "ContributorID", "MagAuthor"])
  }

  @Test("date and time of day in two columns, and names as networks write them")
  func networkNames() throws {
    let reading = try read(
      """
      EventID,Origin Date,Origin Time,Latitude (WGS84),Longitude (WGS84),Depth (km),Magnitude,Moment Magnitude,\
      Latitude Error (km),Longitude Error (km),Depth Uncertainty (Km. Corresponds to 1 st dev),RMS,UsedPhaseCount,\
      UsedStationCount,Azimuthal Gap,Evaluation Status,Nodal Plane 1 - Strike,Nodal Plane 1 - Dip,Nodal Plane 1 - Rake
      e1,2022-12-19,19:48:00,60,-104.3794,6.1,2.8,2.9,0.5,0.3,0.8,0.2,43,28.0,90,final,1,2,-3

      """)
    #expect(reading.problems == [])
    let event = try #require(reading.catalog.events.first)
    let origin = try #require(event.origins.first)
    #expect(origin.time.value == UTCTime("2022-12-19T19:48:00Z"))
    #expect(event.magnitudes.map(\.mag.value) == [2.8, 2.9])
    #expect(event.magnitudes.map(\.type) == [nil, "Mw"])
    #expect(event.preferredMagnitude?.mag.value == 2.8)
    #expect(origin.latitude.errors?.uncertainty == 0.5 / 111.195)
    // At 60 degrees a degree of longitude is half as long.
    #expect(abs((origin.longitude.errors?.uncertainty ?? 0) - 0.3 / 111.195 * 2) < 1e-15)
    #expect(origin.depth?.errors?.uncertainty == 800)
    #expect(origin.quality?.standardError == 0.2)
    #expect(origin.quality?.usedPhaseCount == 43)
    #expect(origin.quality?.usedStationCount == 28)
    #expect(origin.quality?.azimuthalGap == 90)
    #expect(origin.evaluationStatus == .final)
    let plane = event.focalMechanisms.first?.nodalPlanes?.nodalPlane1
    #expect(plane == NodalPlane(strike: RealQuantity(1), dip: RealQuantity(2), rake: RealQuantity(-3)))
  }

  @Test("a list of six columns without a header")
  func headerless() throws {
    let reading = try read(
      """
      texnet2022pfja 2022-08-05T09:16:43.133476Z -104.4762889 31.68456463 1.735498047 0.1498271271
      texnet2022qeko\t2022-08-19T02:27:01.936386Z   -104.4757005 31.70685912 3.81784668 nan
      short 2022-08-19T02:27:01.936386Z -104.4757005
      """)
    #expect(reading.catalog.events.map(\.publicID) == ["texnet2022pfja", "texnet2022qeko"])
    #expect(reading.catalog.events.first?.origins.first?.longitude.value == -104.4762889)
    #expect(reading.catalog.events.first?.origins.first?.latitude.value == 31.68456463)
    #expect(reading.catalog.events.first?.magnitudes.first?.mag.value == 0.1498271271)
    #expect(reading.catalog.events.last?.magnitudes.isEmpty == true)
    #expect(reading.problems.map(\.line) == [3])
    #expect(reading.problems.map(\.action) == ["row left out"])
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var row: String
    var found: [String]
    var hasOrigin = false
    var kept: [String] = []
    var testDescription: String { row }
  }

  @Test(
    "a value that cannot be used is told of with its line, and kept as it stood",
    arguments: [
      Wrong(row: "e1,yesterday,1,2,3,4", found: ["time is 'yesterday'"], kept: ["time", "lat", "lon", "depth"]),
      Wrong(
        row: "e1,,1,2,3,4", found: ["there is no time"], kept: ["lat", "lon", "depth"]),
      Wrong(
        row: "e1,2024-08-02,91,2,3,4", found: ["lat is '91'", "there is no usable latitude"],
        kept: ["lat", "time", "lon", "depth"]),
      Wrong(
        row: "e1,2024-08-02,1,361,3,4", found: ["lon is '361'", "there is no usable longitude"],
        kept: ["lon", "time", "lat", "depth"]),
      Wrong(
        row: "e1,2024-08-02,inf,2,3,4", found: ["lat is 'inf'", "there is no usable latitude"],
        kept: ["lat", "time", "lon", "depth"]),
      Wrong(row: "e1,2024-08-02,1,2,deep,4", found: ["depth is 'deep'"], hasOrigin: true, kept: ["depth"]),
      Wrong(row: "e1,2024-08-02,1,2,3,large", found: ["mag is 'large'"], hasOrigin: true, kept: ["mag"]),
      Wrong(
        row: ",2024-08-02,1,2,3,4", found: ["there is no event identifier"], hasOrigin: true),
      Wrong(row: "e1,2024-08-02,1,2", found: ["4 columns"], hasOrigin: true),
      Wrong(row: "e1,2024-08-02,1,2,3,4,5,6", found: ["8 columns"], hasOrigin: true),
      Wrong(
        row: "e1", found: ["1 columns", "there is no time"]),
    ])
  func wrong(_ wrong: Wrong) throws {
    let good = "e0,2024-08-02,1,2,3,4\n"
    let reading = try read("id,time,lat,lon,depth,mag\n" + good + wrong.row + "\n" + good)
    #expect(reading.error == nil)
    #expect(reading.catalog.events.count == 3)
    #expect(reading.problems.map(\.found) == wrong.found)
    #expect(reading.problems.allSatisfy { $0.line == 3 })
    let event = reading.catalog.events[1]
    #expect(event.publicID == (wrong.row.hasPrefix("e1") ? "e1" : "line-3"))
    #expect(event.origins.isEmpty == !wrong.hasOrigin)
    #expect(event.columns.map(\.name) == wrong.kept)
    #expect(reading.catalog.events[0].origins == reading.catalog.events[2].origins)
  }

  @Test("a row in whose middle the file ends is left out and told of")
  func cut() throws {
    let reading = try read("id,time,lat,lon,depth,mag\ne0,2024-08-02,1,2,3,4\ne1,2024-08-02,1,2")
    #expect(reading.catalog.events.map(\.publicID) == ["e0"])
    #expect(reading.problems.map(\.found) == ["4 columns, and the file ends in the middle of the line"])
    #expect(reading.problems.map(\.line) == [3])
  }

  @Test("words for missing values are missing values", arguments: ["", "nan", "NaN", "null", "None", "NA", "n/a", "-"])
  func missing(word: String) throws {
    let reading = try read("id,time,lat,lon,depth,mag,note\ne0,2024-08-02,1,2,\(word),\(word),\(word)\n")
    #expect(reading.problems == [])
    let event = try #require(reading.catalog.events.first)
    #expect(event.origins.first?.depth == nil && event.magnitudes.isEmpty && event.columns.isEmpty)
  }

  @Test("lines that end with carriage returns alone are refused: all events would be taken for a header")
  func carriageReturns() throws {
    let reading = try read("id,time,lat,lon\re0,2024-08-02,1,2\re1,2024-08-02,1,2\r")
    #expect(reading.error?.kind == .badData)
    #expect(reading.error?.place == .line(1))
    #expect(reading.error?.found == "lines end with a carriage return alone")
  }

  @Test("a line longer than any table has is refused, after the events before it")
  func longLine() throws {
    let reading = try read(
      "id,time,lat,lon\ne0,2024-08-02,1,2\n" + String(repeating: "x", count: 5 << 20) + "\ne1,2024-08-02,1,2\n")
    #expect(reading.catalog.events.map(\.publicID) == ["e0"])
    #expect(reading.error?.kind == .badData)
    #expect(reading.error?.place == .byte(34))
    let folder = try TemporaryFolder()
    let path = try folder.write("a.csv", "id,time,lat,lon," + String(repeating: "x", count: 5 << 20))
    #expect(throws: FormatError.self) { try EventTableReader(path) }
  }

  @Test("changed bytes and cuts never end the program, and no row vanishes unless it is empty or a remark")
  func changedBytes() throws {
    let folder = try TemporaryFolder()
    let header = "id,time,lat,lon,depth,mag,region\n"
    let rows = (0..<5).map { "e\($0),2024-08-02T16:56:23.5Z,1.25,-2.5,3,4.5,\"a, \"\"b\"\"\"\n" }.joined()
    let whole = Array((header + rows).utf8)
    let meaningful = Array(",\"\n\r \t#0119-.eE:TZ;|".utf8) + [0xC3, 0xFF]
    var random = SeededGenerator(101)
    for _ in 0..<4000 {
      var bytes = whole
      for _ in 0...random.below(4) {
        let place = header.utf8.count + random.below(bytes.count - header.utf8.count)
        if random.below(2) == 0 {
          bytes[place] = meaningful[random.below(meaningful.count)]
        } else {
          bytes.insert(meaningful[random.below(meaningful.count)], at: place)
        }
      }
      if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count - header.utf8.count)) }
      let reading = try CatalogReading(try folder.write("changed.csv", bytes))
      #expect(reading.error == nil)
      let lines = bytes.split(separator: 10).dropFirst()
        .compactMap { $0.first { $0 > 32 } }.filter { $0 != 35 }.count
      let leftOut = reading.problems.filter { $0.action == "row left out" }.count
      #expect(reading.catalog.events.count + leftOut == lines)
    }
  }
}

import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Recognising catalogs by their content")
struct CatalogFormatTests {
  private func recognise(_ bytes: [UInt8]) throws -> CatalogFormat {
    let folder = try TemporaryFolder()
    return try CatalogFormat.recognise(try folder.write("file", bytes))
  }

  @Test(
    "each format",
    arguments: [
      ("<quakeml/>", CatalogFormat.quakeML), ("<q:quakeml xmlns:q='x'>", .quakeML),
      ("<?xml version='1.0'?>\n<!-- a <station> > in a comment -->\n<quakeml>", .quakeML),
      ("\u{FEFF}<?xml version='1.0'?><q:quakeml>", .quakeML), ("  \n<quakeml>", .quakeML), ("<?xml", .quakeML),
      ("<!DOCTYPE q [<!ENTITY a 'b'>]><quakeml>", .quakeML), ("<", .quakeML), ("<!---->", .quakeML),
      ("event_id,station,p_t,p_prob,s_t,s_prob\n", .pickTable), ("P_T,\"p_prob\", event_id ,x", .pickTable),
      ("id,time,lat,lon", .eventTable), ("\u{FEFF}id;Origin Time;Latitude;Longitude;x\r\n", .eventTable),
      ("time\tlatitude\tlongitude\n", .eventTable), (",latitude,longitude,time,magnitude,mc_current", .eventTable),
      ("#EventID|Time|Latitude|Longitude|Depth/km\n", .fdsnText), ("EventID | Time | Latitude | Longitude", .fdsnText),
      ("<seiscomp version='0.12'>", .seisComP),
      ("texnet2022pfja 2022-08-05T09:16:43.133476Z -104.4 31.6 1.7 0.1\n", .eventList),
    ])
  func formats(text: String, format: CatalogFormat) throws {
    #expect(try recognise(Array(text.utf8)) == format)
  }

  @Test(
    "what is something else is named",
    arguments: [
      ([0x1F, 0x8B, 8, 0], "gzip"), (Array("PK\u{3}\u{4}xx".utf8), "zip"), (Array("BZh91AY".utf8), "bzip2"),
      ([0x89, 72, 68, 70, 13, 10, 26, 10], "HDF5"),
      (Array("<FDSNStationXML>".utf8), "StationXML"), (Array("<html>".utf8), "<html>"),
      (Array("{\"a\": 1}".utf8), "JSON"), (Array("[1]".utf8), "JSON"), ([1, 0, 2, 0], "binary"),
      ([0, 0, 0, 0], "binary"),
      (Array("000001D ABC \u{0}".utf8), "binary"), (Array("network,station,lat".utf8), "'network,station,lat'"),
      (Array("id,time,lat".utf8), "'id,time,lat'"), ([0xFF, 0x41, 0x80], "a file that begins with"),
      (Array("<\(String(repeating: "x", count: 100))>".utf8), "<\(String(repeating: "x", count: 40))>"),
    ] as [([UInt8], String)])
  func others(bytes: [UInt8], name: String) throws {
    let error = #expect(throws: FormatError.self) { try recognise(bytes) }
    #expect(error?.kind == .unsupported)
    #expect(error?.found.contains(name) == true, "\(error?.found ?? "")")
    #expect(error?.remedy != nil)
  }

  @Test("files that hold nothing, or are none")
  func nothing() throws {
    let folder = try TemporaryFolder()
    func kind(_ path: String) -> FormatError.Kind? {
      (#expect(throws: FormatError.self) { try CatalogFormat.open(path) })?.kind
    }
    #expect(kind(folder.path("absent")) == .missing)
    #expect(kind(folder.url.path) == .unreadable)
    #expect(kind("/dev/null") == .unreadable)
    #expect(kind(try folder.write("empty", "")) == .badData)
    #expect(kind(try folder.write("blank", " \n\t\r\n")) == .badData)
    #expect(kind(try folder.write("mark", "\u{FEFF}")) == .badData)
  }

  @Test("no short file ends the program")
  func everyShortFile() throws {
    let folder = try TemporaryFolder()
    let interesting: [UInt8] = [0, 9, 10, 13, 32, 33, 34, 44, 45, 60, 62, 63, 97, 124, 0xEF, 0xFE, 0xFF]
    for first in interesting {
      for second in interesting {
        for third in interesting {
          let path = try folder.write("file", [first, second, third])
          do { _ = try CatalogFormat.recognise(path) } catch is FormatError {}
        }
      }
    }
  }

  @Test("a message is one line, with file, place, what was found, expected and to be done")
  func messages() {
    let error = FormatError(
      .badData, file: "a\nb.csv", at: .line(7), found: "x\u{7}y", expected: "z", remedy: "do it")
    #expect(error.description == "a b.csv, line 7: x y; expected z; do it")
    #expect(FormatError(.missing, file: "f", at: .byte(0), found: "no").description == "f, byte 0: no")
    #expect(FormatError(.missing, file: "f", found: "no").description == "f: no")
    let problem = Problem(file: "f", line: 3, eventID: "e", found: "no", expected: "yes", action: "left out")
    #expect(problem.error.description == "f, line 3: event 'e': no; expected yes")
    #expect(Problem(file: "f", byte: 9, found: "no", expected: "yes", action: "").error.place == .byte(9))
    #expect(quoted("a\u{0}b") == "'a b'")
    #expect(quoted(String(repeating: "é", count: 40)).count == 42)
    #expect(quoted(String(repeating: "é", count: 41)) == "'\(String(repeating: "é", count: 37))…'")
  }
}

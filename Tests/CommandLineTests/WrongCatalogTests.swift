import TestSupport
import Testing

/// A catalog that `inspect` and `convert` refuse.
struct WrongCatalog: Sendable, CustomTestStringConvertible {
  var name: String
  var content: [UInt8]
  var message: String
  var testDescription: String { name }

  init(_ name: String, _ content: String, _ message: String) {
    self.name = name
    self.content = Array(content.utf8)
    self.message = message
  }

  static let head =
    "<?xml version=\"1.0\"?>\n<q:quakeml xmlns=\"http://quakeml.org/xmlns/bed/1.2\" "
    + "xmlns:q=\"http://quakeml.org/xmlns/quakeml/1.2\">\n<eventParameters publicID=\"smi:a.b/c\">\n"
  static let event =
    "<event publicID=\"smi:a.b/e1\"><origin publicID=\"smi:a.b/o1\"><time><value>2024-01-01T00:00:00Z</value></time>"
    + "<latitude><value>1</value></latitude><longitude><value>2</value></longitude></origin></event>\n"
  static let tail = "</eventParameters></q:quakeml>\n"

  private static let known =
    "expected QuakeML, SeisComP XML, Nordic, HYPO71 phases, an event table, FDSN event text or a pick table"
  private static let copied = "check how the file was made or copied"
  private static let doctype =
    ", line 1: there is a document type declaration (DOCTYPE), which could define entities; remove it; catalogs need none"

  static let all = [
    WrongCatalog("empty", "", ": it is empty; expected a catalog; check how it was made"),
    WrongCatalog(
      "white space", " \n\n ", ": it holds nothing but white space; expected a catalog; check how it was made"),
    WrongCatalog(
      "prose", "Dear reader,\nthis is no catalog.\n",
      ": it is a file that begins with 'Dear reader,'; \(known); check the path and the header line"),
    WrongCatalog("JSON", "{\"type\": \"FeatureCollection\"}\n", ": it is JSON; \(known); give a catalog"),
    WrongCatalog("binary", "abc\0def", ": it is a binary file; \(known); give a catalog"),
    WrongCatalog("zip", "PK\u{3}\u{4}abc", ": it is a zip archive; \(known); unpack it first"),
    WrongCatalog(
      "SCML", "<?xml version=\"1.0\"?><seiscomp version=\"0.11\"/>",
      ": there is no <EventParameters>; expected a SeisComP document with events; give a catalog"),
    WrongCatalog(
      "truncated between elements", head + event,
      ", line 4: the document ends before its last element is closed; \(copied)"),
    WrongCatalog(
      "truncated in a name", String((head + event).dropLast(8)),
      ", line 4: the document ends before its last element is closed; \(copied)"),
    WrongCatalog(
      "entity bomb",
      "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<q:quakeml/>", doctype),
    WrongCatalog(
      "external entity",
      "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>\n<q:quakeml/>", doctype),
    WrongCatalog(
      "an entity that nobody knows", head + event.replacing("smi:a.b/e1", with: "&what;") + tail,
      ", line 4: the XML is not well-formed: Entity 'what' not defined; \(copied)"),
    WrongCatalog(
      "nested without end",
      head + "<event>" + String(repeating: "<x>", count: 100_000) + String(repeating: "</x>", count: 100_000)
        + "</event>" + tail, ", line 4: elements are nested more than 256 deep; \(copied)"),
    WrongCatalog(
      "something behind the end", head + event + tail + "rest",
      ", line 6: the XML is not well-formed: Extra content at the end of the document; \(copied)"),
    WrongCatalog(
      "NUL in XML", head + "<event publicID=\"a\0b\"/>" + tail,
      ", line 4: the XML is not well-formed: Char 0x0 out of allowed range; \(copied)"),
  ]
}

@Suite("Wrong catalogs")
struct WrongCatalogTests {
  @Test("What is no catalog is named, and nothing is written", arguments: WrongCatalog.all)
  func refused(_ catalog: WrongCatalog) throws {
    let place = try Workplace()
    try place.folder.write("c", catalog.content)
    for command in [
      "inspect c", "inspect c --json", "convert c x.xml", "convert c x.csv", "convert c x.csv --to picks",
    ] {
      try place.fail(command, 65, "c\(catalog.message)")
    }
    try place.fail("convert c x.xml", 65, "c\(catalog.message)", ranks: 3)
    #expect(try place.folder.names() == ["c"])
  }

  @Test("Missing files, loops of links, pipes and devices are refused at once")
  func noFile() throws {
    let place = try Workplace()
    #expect(try place.shell("ln -s loop loop && mkfifo pipe").exitCode == 0)
    for command in [
      "inspect F", "convert F x.xml", "refine --no-report --picks F --model \(Demonstration.model) --output out",
    ] {
      for (file, message) in [
        ("none", "there is no such file; check the path"),
        ("none/none", "there is no such file; check the path"),
        ("loop", "it cannot be opened (Too many levels of symbolic links); check its permissions"),
        ("pipe", "it is not a regular file; expected a file; give the path of a file"),
        ("/dev/null", "it is not a regular file; expected a file; give the path of a file"),
      ] {
        try place.fail(command.replacing("F", with: file), 66, "\(file): \(message)")
      }
    }
    #expect(place.names("out") == [])
  }

  @Test("What an event table says wrongly is counted, the first of it named")
  func doubtfulTable() throws {
    let place = try Workplace()
    try place.folder.write(
      "c.csv",
      """
      id,time,latitude,longitude,depth,magnitude
      e1,2024-01-01T00:00:00Z,1.5,2.5,10,3.2
      e2,yesterday,1.5,2.5,10,3.2
      e3,2024-01-01T00:00:00Z,95,2.5,10,nan
      e4,2024-01-01T00:00:00Z,1

      """)
    let inspected = try place.succeed("inspect c.csv")
    #expect(inspected.output.contains("4 events, 1 origin, 2 magnitudes, 3 events without origin\n"))
    #expect(
      inspected.output.contains(
        "5 could not be understood, first: c.csv, line 3: event 'e2': time is 'yesterday'; expected a time as "
          + "2024-08-02T16:56:23.715Z\n"))
    let converted = try place.succeed("convert c.csv c.xml")
    #expect(converted.output == "4 events, event table (CSV) to QuakeML: c.xml\n")
    #expect(
      converted.errorOutput
        == "hsdl-mpi: warning: 5 could not be understood, first: c.csv, line 3: event 'e2': time is 'yesterday'; "
        + "expected a time as 2024-08-02T16:56:23.715Z\n")
    try place.succeed("convert c.xml d.csv")
    // What was not understood is not lost.
    #expect(try place.folder.text("c.xml").contains("yesterday"))
    #expect(try place.folder.text("d.csv").split(separator: "\n").count == 5)
  }
}

import Foundation
import HSDLCompute
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Decisions of persons")
struct DecisionsTests {
  static let header = "event_id,label,who,why,time,agency\n"

  static func read(_ text: String, _ name: String = "d.csv") throws -> (Decisions, TemporaryFolder) {
    let folder = try TemporaryFolder()
    return (try Decisions([try folder.write(name, text)]), folder)
  }

  static func message(_ text: String) throws -> String {
    let folder = try TemporaryFolder()
    let path = try folder.write("d.csv", text)
    do {
      _ = try Decisions([path])
      return "no error"
    } catch let error as FormatError {
      #expect(error.kind == .badData || error.kind == .unsupported)
      return error.description.replacing(path, with: "d.csv")
    }
  }

  @Test("Rows, their labels, deciders, reasons and times")
  func rows() throws {
    let (decisions, _) = try Self.read(
      Self.header
        + "a,real,Mia,\"clear S, also at B2\",2024-05-01T10:00:00.5Z,AG\n"
        + "b,FAKE,Mia,\"said \"\"no\"\"\",,\n"
        + "c,quarry blast,Mia,,2024-05-02,\n"
        + "d,uncertain,Mia,cannot tell,,\n"
        + "e,not existing,Mia,,,\n")
    #expect(decisions.problems == [])
    #expect(decisions.count == 5)
    let a = try #require(decisions["a"])
    #expect(a.label == .real && a.who == "Mia" && a.agency == "AG" && a.why == "clear S, also at B2" && a.line == 2)
    #expect(a.time == UTCTime("2024-05-01T10:00:00.5Z") && a.type == nil)
    #expect(a.words == "decided real by Mia (AG), 2024-05-01T10:00:00.500000Z: clear S, also at B2")
    #expect(decisions["b"]?.label == .fake)
    #expect(decisions["b"]?.why == "said \"no\"")
    #expect(decisions["c"]?.label == .real)
    #expect(decisions["c"]?.type == "quarry blast")
    #expect(decisions["d"]?.label == .uncertain)
    #expect(decisions["e"]?.label == .fake)
    #expect(decisions["f"] == nil)
  }

  @Test(
    "What spreadsheets make of a table",
    arguments: [
      "event_id,label,who,why\nx,real,Mia,one two\n", "\u{FEFF}event_id;label;who;why\r\nx;real;Mia;one two\r\n",
      "why\twho\tlabel\tevent_id\none two\tMia\treal\tx", "event_id,label,who,why\n,,,\nx,real,Mia,\"one\ntwo\"\n",
      "# a remark\nEvent_ID, Label ,WHO,why,\nx , real, Mia , one two,,\n",
    ])
  func spreadsheets(_ text: String) throws {
    let (decisions, _) = try Self.read(text)
    #expect(decisions.count == 1)
    #expect(decisions["x"]?.label == .real)
    #expect(decisions["x"]?.who == "Mia")
    #expect(decisions["x"]?.why == "one two")
  }

  @Test("A row of several lines does not shift the numbers of those behind it")
  func lines() throws {
    let text = "event_id,label,who,why\na,real,Mia,\"one\ntwo\nthree\"\nb,real,Mia,x\nc,rael,Mia,x\n"
    #expect(try Self.message(text).hasPrefix("d.csv, line 6: the label is 'rael'"))
  }

  @Test("Rows without a label decide nothing, and that is told where there is a reason")
  func unfilled() throws {
    let (decisions, _) = try Self.read(Self.header + "a,,Mia,,,\nb,,,,,\nc,,Mia,a blast,,\nd,fake,Mia,,,\n")
    #expect(decisions.count == 1)
    #expect(decisions.problems.count == 1)
    #expect(decisions.problems.first?.line == 4)
    #expect(decisions.problems.first?.eventID == "c")
  }

  @Test(
    "What is wrong is named with its line",
    arguments: [
      ("", "d.csv: it is empty; expected decisions; check how it was made"),
      (
        "event_id,label\na,real\n",
        "d.csv, line 1: there is no column who; expected the columns event_id, label, who, why; a decision needs to tell who made it and why"
      ),
      (
        "id,label,who,why\na,real,M,x\n",
        "d.csv, line 1: there is no column event_id; expected a header line with the columns event_id, label, who, why"
      ),
      (
        "event_id,label,who,why,label\na,real,M,x,fake\n", "d.csv, line 1: there are two columns label; expected one"
      ),
      (
        header + "a,real,,x,,\n", "d.csv, line 2: who is empty; expected the name of whoever decided"
      ),
      (header + ",real,M,x,,\n", "d.csv, line 2: event_id is empty; expected the event that is decided on"),
      (
        header + "a,real,M,x,yesterday,\n",
        "d.csv, line 2: time is 'yesterday'; expected when it was decided, as 2024-08-02 or 2024-08-02T16:56:23Z"
      ),
      (
        "event_id,label,who,why\na,real,M,blast, I think\n",
        "d.csv, line 2: 5 fields; expected 4, as in the header line; put text that holds a delimiter in double quotes"
      ),
      (
        "event_id,label,who,why\na,real\n",
        "d.csv, line 2: 2 fields; expected 4, as in the header line; do not leave out delimiters"
      ),
      (
        header + "a,real,M,x,,\na,fake,N,y,,\n",
        "d.csv, line 3: event 'a' is fake here and real in d.csv, line 2; expected one decision on each event; remove one, or give both a time: the later one counts"
      ),
    ])
  func wrong(_ text: String, _ message: String) throws { #expect(try Self.message(text) == message) }

  @Test("The later of two decisions counts, wherever it stands; those that say the same are one")
  func several() throws {
    let (decisions, _) = try Self.read(
      Self.header + "a,real,M,x,2024-05-02,\na,fake,N,y,2024-05-01,\nb,fake,N,y,2024-05-01,\nb,real,M,x,2024-05-02,\n"
        + "c,fake,M,x,,\nc,fake,M,x,,\nd,fake,M,x,,\nd,fake,N,y,,\n")
    #expect(decisions["a"]?.label == .real && decisions["b"]?.label == .real)
    #expect(decisions["c"]?.who == "M" && decisions["d"]?.who == "M")
    #expect(decisions.problems.map(\.line) == [3, 4, 7, 9])
    #expect(
      decisions.problems.map(\.action) == [
        "the later one counts", "the later one counts", "counted once", "the first one counts",
      ])
  }

  @Test("Bytes that are no text of UTF-8 are refused, and nothing traps")
  func damaged() throws {
    let folder = try TemporaryFolder()
    for bytes in [
      [0x65, 0, 0x76, 0], Array("event_id,label,who,why\na,real,M\u{FC}".utf8.dropLast()), [0xFF, 0xFE, 1],
    ]
      as [[UInt8]]
    {
      let path = try folder.write("d.csv", bytes)
      #expect(throws: FormatError.self) { try Decisions([path]) }
    }
    let whole = Array((Self.header + "a,real,Mia,\"clear, \"\"S\"\"\",2024-05-01,AG\n").utf8)
    for length in 1..<whole.count {
      let path = try folder.write("d.csv", Array(whole[..<length]))
      _ = try? Decisions([path])
    }
  }
}

@Suite("Catalogs that a person has worked on, read as decisions")
struct DecisionCatalogTests {
  static func quakeML(_ events: String) -> String {
    "<q:quakeml xmlns:q=\"http://quakeml.org/xmlns/quakeml/1.2\" xmlns=\"http://quakeml.org/xmlns/bed/1.2\">"
      + "<eventParameters publicID=\"smi:local/p\">\(events)</eventParameters></q:quakeml>"
  }

  static func event(_ id: String, _ content: String) -> String {
    "<event publicID=\"smi:local/event/\(id)\">\(content)</event>"
  }

  static func verdict(_ words: String) -> String {
    "<comment><text>hsdl-mpi 1.0.0, model abc: \(words): no feature stands out</text></comment>"
  }

  static func read(_ text: String) throws -> Decisions {
    let folder = try TemporaryFolder()
    return try Decisions([try folder.write("c.xml", text)])
  }

  @Test("Types that the program has left, and those that a person has set")
  func types() throws {
    let fakeVerdict = Self.verdict("fake, P(real) 0.01")
    let found = Self.verdict("uncertain, P(real) 0.4, type earthquake as found")
    func type(_ word: String, _ certainty: String? = nil) -> String {
      "<type>\(word)</type>" + (certainty.map { "<typeCertainty>\($0)</typeCertainty>" } ?? "")
    }
    let decisions = try Self.read(
      Self.quakeML(
        [
          Self.event("plain", type("earthquake")), Self.event("none", ""),
          Self.event("rejected", type("not existing", "suspected") + fakeVerdict),
          Self.event("confirmed", type("not existing", "known") + fakeVerdict),
          Self.event("rescued", type("earthquake", "suspected") + fakeVerdict),
          Self.event("untouched", type("earthquake") + found),
          Self.event("known", type("earthquake", "known") + found),
          Self.event("blast", type("quarry blast") + found), Self.event("rejected-now", type("not existing") + found),
          Self.event("other", type("other event")),
        ].joined()))
    let labels = decisions.byID.mapValues(\.label)
    #expect(
      labels == [
        "plain": .real, "confirmed": .fake, "rescued": .real, "known": .real, "blast": .real, "rejected-now": .fake,
      ])
    #expect(decisions["blast"]?.type == "quarry blast")
    #expect(decisions.problems.map(\.eventID) == ["other"])
  }

  @Test("Comments tell who decided, why and when; a type that was changed since counts more")
  func comments() throws {
    func comment(_ text: String, _ author: String, _ time: String) -> String {
      "<comment><text>\(text)</text><creationInfo><agencyID>AG</agencyID><author>\(author)</author><creationTime>\(time)"
        + "</creationTime></creationInfo></comment>"
    }
    let decisions = try Self.read(
      Self.quakeML(
        [
          Self.event("a", comment("decision: fake; traffic; at one station", "Mia", "2024-05-01T00:00:00Z")),
          Self.event(
            "b",
            comment("decision: fake", "Mia", "2024-05-02T00:00:00Z")
              + comment("decision: real", "Ned", "2024-05-01T00:00:00Z")),
          Self.event(
            "c", "<type>explosion</type>" + comment("decision: fake", "Mia", "2024-05-02T00:00:00Z")),
          Self.event("d", comment("decision: perhaps", "Mia", "2024-05-02T00:00:00Z")),
        ].joined()))
    let a = try #require(decisions["a"])
    #expect(a.label == .fake && a.who == "Mia" && a.agency == "AG" && a.why == "traffic; at one station")
    #expect(a.time == UTCTime("2024-05-01"))
    #expect(decisions["b"]?.who == "Mia")
    #expect(decisions["c"]?.label == .real && decisions["c"]?.type == "explosion")
    #expect(decisions["d"] == nil)
    #expect(decisions.problems.map(\.eventID) == ["d"])
  }

  @Test(
    "SeisComP's types",
    arguments: [
      ("earthquake", .real, "earthquake"), ("not existing", .fake, nil), ("not locatable", .uncertain, nil),
      ("outside of network interest", .real, nil), ("induced earthquake", .real, "induced or triggered event"),
      ("meteor impact", .real, "meteorite"), ("quarry blast", .real, "quarry blast"), ("duplicate", nil, nil),
      ("other", nil, nil), ("not reported", nil, nil),
    ] as [(String, Label?, String?)])
  func seisComP(_ word: String, _ label: Label?, _ type: String?) throws {
    let meaning = try #require(EventTypeMeaning(word))
    #expect(meaning.label == label)
    #expect(meaning.type == type)
    let decisions = try Self.read(
      """
      <seiscomp xmlns="http://geofon.gfz-potsdam.de/ns/seiscomp3-schema/0.13" version="0.13"><EventParameters>
      <origin publicID="o"><time><value>2024-01-01T00:00:00.0Z</value></time><latitude><value>1</value></latitude>
      <longitude><value>2</value></longitude><evaluationMode>manual</evaluationMode><creationInfo><agencyID>AG</agencyID>
      <author>mia@ws</author><creationTime>2024-01-02T00:00:00Z</creationTime></creationInfo></origin>
      <event publicID="ev1"><preferredOriginID>o</preferredOriginID><originReference>o</originReference>
      <type>\(word)</type></event></EventParameters></seiscomp>
      """)
    #expect(decisions["ev1"]?.label == label)
    #expect(decisions["ev1"]?.who == (label == nil ? nil : "mia@ws"))
    #expect(decisions["ev1"]?.time == (label == nil ? nil : UTCTime("2024-01-02")))
    #expect(decisions.problems.count == (label == nil ? 1 : 0))
  }
}

import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Damaged QuakeML")
struct QuakeMLDamageTests {
  private static let document = QuakeMLDocuments.document(
    QuakeMLDocuments.event("a") + "    <!-- ü -->\n"
      + QuakeMLDocuments.event("b", "<comment><text>1 &amp; 2 <![CDATA[<3>]]></text></comment>"))

  @Test("a document cut at any byte gives the events before, then an error with the place")
  func truncation() throws {
    let folder = try TemporaryFolder()
    let bytes = Array(Self.document.utf8)
    let whole = try CatalogReading(try folder.write("whole.xml", bytes))
    #expect(whole.error == nil && whole.catalog.events.count == 2)
    let ends = Self.document.ranges(of: "</event>").map { $0.upperBound.utf16Offset(in: Self.document) + 1 }
    let documentEnd = bytes.count - 1
    for length in 1..<bytes.count {
      let path = try folder.write("cut.xml", Array(bytes[..<length]))
      let reader = try QuakeMLReader(path)
      var events: [Event] = []
      var error: FormatError?
      do {
        while let event = try reader.next() { events.append(event) }
      } catch let caught as FormatError {
        error = caught
      }
      if length >= documentEnd {
        #expect(error == nil)
      } else {
        #expect(error?.kind == .badData)
        #expect(error?.place != nil, "cut at \(length)")
        #expect(error?.file == path)
      }
      // "ü" takes two bytes and one UTF-16 unit, and stands behind the first event.
      let readable = (length >= ends[0] - 1 ? 1 : 0) + (length >= ends[1] ? 1 : 0)
      #expect(events == Array(whole.catalog.events.prefix(readable)), "cut at \(length)")
    }
  }

  @Test("what is not well-formed is an error with the line, after the events before it")
  func garbageBehindEvents() throws {
    let folder = try TemporaryFolder()
    for garbage in [
      "<event", "</wrong>", "&undefined;", "<a b=1/>", "<a b='1' b='2'/>", "\u{1}", "<x:y/>x</z>", "<![CDATA[",
      "<!-- --",
    ] {
      let text = QuakeMLDocuments.document(
        QuakeMLDocuments.event("a") + QuakeMLDocuments.event("b") + garbage + QuakeMLDocuments.event("c"))
      let reader = try QuakeMLReader(try folder.write("bad.xml", text))
      #expect(try reader.next()?.publicID == "smi:test/a", "\(garbage)")
      #expect(try reader.next()?.publicID == "smi:test/b", "\(garbage)")
      for _ in 0..<3 {
        let error = #expect(throws: FormatError.self, "\(garbage)") { try reader.next() }
        guard case .line(let line) = error?.place else {
          Issue.record("no line for \(garbage)")
          continue
        }
        #expect((12...22).contains(line), "\(garbage), line \(line)")
      }
    }
  }

  @Test("a problem that its handler refuses ends the catalog, after the events before it")
  func handler() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "a.xml", QuakeMLDocuments.document(QuakeMLDocuments.event("a") + "<event/>" + QuakeMLDocuments.event("c")))
    let reader = try QuakeMLReader(path) { throw $0.error }
    #expect(try reader.next()?.publicID == "smi:test/a")
    let error = #expect(throws: FormatError.self) { try reader.next() }
    #expect(error?.description.contains("has no publicID") == true)
  }

  @Test("changed bytes give an error or events, and never end the program")
  func changedBytes() throws {
    let folder = try TemporaryFolder()
    let whole = Array(Self.document.utf8)
    let meaningful = Array("<>&;\"'/=:![]-? \n\u{0}xX1".utf8) + [0xC3, 0xFE, 0xFF]
    var random = SeededGenerator(91)
    var errors = 0
    for round in 0..<4000 {
      var bytes = whole
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes[place] = meaningful[random.below(meaningful.count)]
        case 1: bytes[place] ^= 1 << UInt8(random.below(8))
        default: bytes.insert(meaningful[random.below(meaningful.count)], at: place)
        }
      }
      let reading = try CatalogReading(try folder.write("changed.xml", bytes))
      if reading.error != nil { errors += 1 }
      if reading.error == nil && !reading.catalog.events.isEmpty && round % 10 == 0 {
        // What was understood can be written and is understood again.
        let first = try CatalogReading(try folder.writeQuakeML("again.xml", reading.catalog))
        #expect(first.error == nil, "\(String(decoding: bytes, as: UTF8.self))")
        #expect(first.catalog.events.count == reading.catalog.events.count)
      }
    }
    #expect(errors > 1000)
  }

  @Test(
    "a document type declaration is refused before it can define anything",
    arguments: [
      "<!DOCTYPE q [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>",
      "<!DOCTYPE q [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>", "<!DOCTYPE q SYSTEM \"http://localhost/x.dtd\">",
      "<!DOCTYPE q>",
    ])
  func documentType(declaration: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "dtd.xml",
      declaration + "\n<quakeml><eventParameters publicID=\"smi:a/b\"><event publicID=\"smi:test/e\">"
        + "<type>x</type></event></eventParameters></quakeml>")
    let error = try #require(try CatalogReading(path).error)
    #expect(error.kind == .badData && error.place == .line(1))
    #expect(error.found.contains("DOCTYPE"))
  }

  @Test("elements nested too deep are an error with the line", arguments: [100, 250, 300, 100_000])
  func nesting(depth: Int) throws {
    let folder = try TemporaryFolder()
    let reading = try CatalogReading(
      try folder.write(
        "deep.xml",
        QuakeMLDocuments.document(
          QuakeMLDocuments.event("a") + "<event publicID=\"smi:test/b\">" + String(repeating: "<x>", count: depth) + "y"
            + String(repeating: "</x>", count: depth) + "</event>")))
    #expect(reading.catalog.events.first?.publicID == "smi:test/a")
    if depth <= 250 {
      #expect(reading.error == nil)
      var count = 0
      var element = reading.catalog.events.last?.extras?.elements.first
      while let inner = element {
        count += 1
        element = inner.children.first
      }
      #expect(count == depth)
      #expect(try CatalogReading(try folder.writeQuakeML("again.xml", reading.catalog)).catalog == reading.catalog)
    } else {
      #expect(reading.error?.kind == .badData)
      #expect(reading.error?.place != nil)
    }
  }

  @Test("a text of megabytes is read whole, one that is larger still is an error or whole")
  func hugeText() throws {
    let folder = try TemporaryFolder()
    for megabytes in [5, 15] {
      let text = String(repeating: "0123456789abcdef", count: megabytes << 16)
      let reading = try CatalogReading(
        try folder.write(
          "huge.xml",
          QuakeMLDocuments.document(
            "<event publicID=\"smi:test/e\"><description><text>\(text)</text></description></event>")))
      if megabytes < 10 || reading.error == nil {
        #expect(reading.catalog.events.first?.descriptions.first?.text == text)
      } else {
        #expect(reading.error?.kind == .badData && reading.error?.place != nil)
      }
    }
  }

  @Test("other documents are refused by name")
  func otherDocuments() throws {
    let folder = try TemporaryFolder()
    let reader = try QuakeMLReader(try folder.write("a.xml", "<?xml version=\"1.0\"?>\n<FDSNStationXML/>"))
    let error = #expect(throws: FormatError.self) { try reader.next() }
    #expect(error?.place == .line(2) && error?.found == "the document is a <FDSNStationXML>")
    #expect(throws: FormatError.self) { try QuakeMLReader(try folder.write("empty.xml", "")) }
    for text in ["plain", " ", "\u{0}", "<", "<?xml", "\u{FEFF}", "abcd"] {
      let reader = try QuakeMLReader(try folder.write("b.xml", text))
      let error = #expect(throws: FormatError.self) { try reader.next() }
      #expect(error?.kind == .badData && error?.place != nil, "\(text)")
    }
  }
}

@Suite("Encodings of QuakeML")
struct QuakeMLEncodingTests {
  private static let text = "<description><text>Übersee – 地震</text></description>"

  @Test("UTF-8 with a byte-order mark, and UTF-16 of both byte orders, are read alike")
  func unicode() throws {
    let folder = try TemporaryFolder()
    let document = QuakeMLDocuments.document(QuakeMLDocuments.event("a", Self.text))
    let plain = try CatalogReading(try folder.write("plain.xml", document))
    #expect(plain.catalog.events.first?.descriptions.first?.text == "Übersee – 地震")
    let utf16 = document.replacing("encoding=\"UTF-8\"", with: "encoding=\"UTF-16\"")
    let forms: [String: Data?] = [
      "bom": ("\u{FEFF}" + document).data(using: .utf8),
      "little": ("\u{FEFF}" + utf16).data(using: .utf16LittleEndian),
      "big": ("\u{FEFF}" + utf16).data(using: .utf16BigEndian),
    ]
    for (name, data) in forms {
      let path = try folder.write(name + ".xml", Array(try #require(data)))
      #expect(try CatalogFormat.recognise(path) == .quakeML)
      let reading = try CatalogReading(path)
      #expect(reading.error == nil, "\(name)")
      #expect(reading.catalog == plain.catalog, "\(name)")
    }
  }

  @Test("Latin-1 is read as declared, and bytes that are not UTF-8 are an error where UTF-8 is declared")
  func latin() throws {
    let folder = try TemporaryFolder()
    let document = QuakeMLDocuments.document(
      QuakeMLDocuments.event("a") + QuakeMLDocuments.event("b", "<description><text>Übersee</text></description>"))
    let declared = document.replacing("UTF-8", with: "ISO-8859-1").data(using: .isoLatin1)
    let reading = try CatalogReading(try folder.write("latin.xml", Array(try #require(declared))))
    #expect(reading.catalog.events.last?.descriptions.first?.text == "Übersee")
    let wrong = try CatalogReading(
      try folder.write("wrong.xml", Array(try #require(document.data(using: .isoLatin1)))))
    #expect(wrong.catalog.events.map(\.publicID) == ["smi:test/a"])
    #expect(wrong.error?.kind == .badData)
    let unknown = try CatalogReading(
      try folder.write("unknown.xml", document.replacing("UTF-8", with: "EBCDIC-XYZ")))
    #expect(unknown.error?.kind == .badData && unknown.error?.place != nil)
  }
}

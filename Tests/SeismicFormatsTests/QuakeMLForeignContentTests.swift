import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("What QuakeML does not know, and what cannot be understood")
struct QuakeMLForeignContentTests {
  private func read(_ content: String, _ folder: TemporaryFolder) throws -> CatalogReading {
    try CatalogReading(try folder.write("in.xml", QuakeMLDocuments.document(content)))
  }

  @Test("foreign elements and attributes are kept where they stood, through writing and reading")
  func kept() throws {
    let folder = try TemporaryFolder()
    let text = """
      <?xml version="1.0"?>
      <q:quakeml xmlns="http://quakeml.org/xmlns/bed/1.2" xmlns:q="http://quakeml.org/xmlns/quakeml/1.2"
          xmlns:catalog="http://anss.org/xmlns/catalog/0.1" xmlns:f="urn:foreign">
        <eventParameters publicID="smi:test/catalog" f:archive="7">
          <f:note>about <f:b>bold</f:b></f:note>
          <event publicID="smi:test/e" catalog:datasource="us" catalog:eventid="1000 &amp; more">
            <f:score f:kind="x" plain="y">0.5<f:part n="1"/><text>inside</text></f:score>
            <other xmlns="urn:default"><deep a="1">t</deep></other>
            <novelty>n</novelty>
            <origin publicID="smi:test/o" f:a="1">
              <time><value f:v="1">2024-08-02T16:56:23Z</value><f:scale>UTC</f:scale></time>
              <latitude f:unit="deg"><value>31.5</value></latitude>
              <longitude><value>-104</value></longitude>
              <f:cluster>3</f:cluster>
              <quality f:q="1"><f:grade>A</f:grade></quality>
            </origin>
            <pick publicID="smi:test/p" f:c="2">
              <time><value>2024-08-02T16:56:25Z</value></time>
              <waveformID networkCode="TX" stationCode="PB01" f:instrument="geophone"><f:x/></waveformID>
              <f:snr>12.5</f:snr>
            </pick>
          </event>
        </eventParameters>
      </q:quakeml>
      """
    let reading = try CatalogReading(try folder.write("in.xml", text))
    #expect(reading.error == nil && reading.problems == [])
    let event = try #require(reading.catalog.events.first)
    let anss = "http://anss.org/xmlns/catalog/0.1"
    #expect(
      event.extras?.attributes == [
        ForeignAttribute(name: "datasource", prefix: "catalog", namespace: anss, value: "us"),
        ForeignAttribute(name: "eventid", prefix: "catalog", namespace: anss, value: "1000 & more"),
      ])
    #expect(event.extras?.elements.map(\.name) == ["score", "other", "novelty"])
    let score = try #require(event.extras?.elements.first)
    #expect(score.text == "0.5" && score.namespace == "urn:foreign" && score.prefix == "f")
    #expect(score.attributes.map(\.name) == ["kind", "plain"])
    #expect(score.children.map(\.name) == ["part", "text"])
    #expect(event.extras?.elements[1].children.first?.namespace == "urn:default")
    #expect(event.origins[0].extras?.elements.map(\.name) == ["cluster"])
    #expect(event.origins[0].time.extras?.elements.map(\.text) == ["UTC"])
    #expect(event.origins[0].latitude.extras?.attributes.map(\.value) == ["deg"])
    #expect(event.origins[0].quality?.extras?.elements.map(\.text) == ["A"])
    #expect(event.picks[0].waveformID.extras?.attributes.map(\.value) == ["geophone"])
    #expect(event.picks[0].extras?.elements.map(\.text) == ["12.5"])
    #expect(reading.catalog.header.extras?.attributes.map(\.value) == ["7"])
    #expect(reading.catalog.header.extras?.elements.map(\.name) == ["note"])
    let again = try CatalogReading(try folder.writeQuakeML("out.xml", reading.catalog))
    #expect(again.error == nil)
    #expect(again.catalog == reading.catalog)
  }

  @Test(
    "a number that is none is kept as it stood, and told of",
    arguments: ["nan", "NaN", "inf", "-inf", "1,5", "0x10", "one", ""])
  func badNumber(text: String) throws {
    let folder = try TemporaryFolder()
    let reading = try read(
      QuakeMLDocuments.event("e")
        + """
          <event publicID="smi:test/f">
            <origin publicID="smi:test/o"><time><value>2024-08-02T16:56:23Z</value></time>
              <latitude><value>1</value></latitude><longitude><value>2</value></longitude>
              <depth><value>\(text)</value></depth>
              <quality><standardError>\(text)</standardError><usedPhaseCount>\(text)</usedPhaseCount></quality>
            </origin>
            <origin publicID="smi:test/o2"><time><value>2024-08-02T16:56:23Z</value></time>
              <latitude><value>\(text)</value></latitude><longitude><value>2</value></longitude></origin>
            <magnitude publicID="smi:test/m"><mag><value>\(text)</value></mag></magnitude>
            <pick publicID="smi:test/p"><time><value>\(text)</value></time></pick>
          </event>
        """, folder)
    #expect(reading.error == nil)
    #expect(reading.catalog.events.count == 2)
    let event = try #require(reading.catalog.events.last)
    #expect(event.origins.map(\.publicID) == ["smi:test/o"])
    #expect(event.origins.first?.depth == nil)
    #expect(event.origins.first?.quality?.standardError == nil)
    #expect(event.magnitudes.isEmpty && event.picks.isEmpty)
    #expect(event.extras?.elements.map(\.name) == ["origin", "magnitude", "pick"])
    #expect(event.origins.first?.extras?.elements.map(\.name) == ["depth"])
    #expect(event.origins.first?.quality?.extras?.elements.map(\.name) == ["standardError", "usedPhaseCount"])
    #expect(reading.problems.count == 6)
    #expect(reading.problems.allSatisfy { $0.eventID == "smi:test/f" && $0.action == "kept as it stood, not used" })
    #expect(reading.problems.map(\.line) == [11, 12, 12, 14, 16, 17])
    let again = try CatalogReading(try folder.writeQuakeML("out.xml", reading.catalog))
    #expect(again.catalog == reading.catalog)
  }

  @Test("a word that QuakeML does not list is kept and told of")
  func badWord() throws {
    let folder = try TemporaryFolder()
    let reading = try read(
      """
      <event publicID="smi:test/e"><type>earth quake</type><typeCertainty>certain</typeCertainty>
      <pick publicID="smi:test/p"><time><value>2024-08-02T16:56:23Z</value></time>
      <evaluationMode>robot</evaluationMode><polarity>up</polarity></pick></event>
      """, folder)
    let event = try #require(reading.catalog.events.first)
    #expect(event.type == "earth quake")
    #expect(event.picks.first?.evaluationMode?.rawValue == "robot")
    #expect(reading.problems.map(\.line) == [4, 4, 6, 6])
    #expect(reading.problems[2].found == "<evaluationMode> is 'robot'")
    #expect(reading.problems[2].expected == "one of automatic, manual")
  }

  @Test("an event without an identifier gets one, and is told of")
  func noIdentifier() throws {
    let folder = try TemporaryFolder()
    let reading = try read(
      QuakeMLDocuments.event("e") + "<event/><event publicID=\"\"><type>earthquake</type></event>", folder)
    #expect(reading.catalog.events.map(\.publicID) == ["smi:test/e", "event-2", "event-3"])
    #expect(reading.problems.map(\.eventID) == ["event-2", "event-3"])
  }

  @Test("version 1.0's plain take-off angles and whole numbers with decimals are read")
  func olderForms() throws {
    let folder = try TemporaryFolder()
    let reading = try read(
      QuakeMLDocuments.event(
        "e",
        """
        <origin publicID="smi:test/o2"><longitude><value>2</value></longitude><latitude><value>1</value></latitude>
        <arrival publicID="smi:test/a"><takeoffAngle>91.5</takeoffAngle><phase>P</phase><pickID>smi:test/p</pickID>
        </arrival><quality><usedPhaseCount>12.0</usedPhaseCount></quality>
        <time><value>2024-08-02T16:56:23</value></time></origin>
        """), folder)
    #expect(reading.problems == [])
    let origin = try #require(reading.catalog.events.first?.origins.last)
    #expect(origin.arrivals.first?.takeoffAngle == RealQuantity(91.5))
    #expect(origin.quality?.usedPhaseCount == 12)
  }

  @Test("comments, CDATA, character references and processing instructions are what they are in XML")
  func markup() throws {
    let folder = try TemporaryFolder()
    let reading = try read(
      """
      <!-- a <event> in a comment --><?pi <event> ?>
      <event publicID="smi:test/e&#x31;"><description><text>a<!-- no -->b<![CDATA[<c> & ]]>&lt;d&#233;&gt;</text>
      </description><type><![CDATA[earthquake]]></type></event>
      """, folder)
    #expect(reading.error == nil && reading.problems == [])
    #expect(reading.catalog.events.map(\.publicID) == ["smi:test/e1"])
    #expect(reading.catalog.events.first?.descriptions.map(\.text) == ["ab<c> & <dé>"])
    #expect(reading.catalog.events.first?.type == "earthquake")
  }

  @Test("text between the elements of a large event costs no more than the event")
  func manyElements() throws {
    let folder = try TemporaryFolder()
    let pick = """
      \n      <pick publicID="smi:test/p">
                <time><value>2024-08-02T16:56:23Z</value></time>
                <waveformID networkCode="TX" stationCode="S"/>
              </pick>
      """
    let reading = try read(
      "<event publicID=\"smi:test/e\">" + String(repeating: pick, count: 15_000) + "</event>", folder)
    #expect(reading.error == nil)
    #expect(reading.catalog.events.first?.picks.count == 15_000)
  }

  @Test("text around the children of a foreign element is kept")
  func mixedContent() throws {
    let folder = try TemporaryFolder()
    let reading = try read(
      "<event publicID=\"smi:test/e\"><f:a xmlns:f=\"urn:f\"> one <f:b/> two <f:c/> </f:a></event>", folder)
    let element = try #require(reading.catalog.events.first?.extras?.elements.first)
    #expect(element.children.map(\.name) == ["b", "c"])
    #expect(element.text.split(separator: " ") == ["one", "two"])
  }

  @Test("anything beside <eventParameters> is told of, and a document without it is refused")
  func beside() throws {
    let folder = try TemporaryFolder()
    let beside = try CatalogReading(
      try folder.write(
        "a.xml",
        "<quakeml><station><x/></station><eventParameters publicID=\"smi:test/c\">"
          + "<event publicID=\"smi:test/e\"/></eventParameters></quakeml>"))
    #expect(beside.catalog.events.map(\.publicID) == ["smi:test/e"])
    #expect(beside.problems.map(\.found) == ["<station> beside <eventParameters>"])
    let without = try CatalogReading(try folder.write("b.xml", "<quakeml></quakeml>"))
    #expect(without.error?.found == "there is no <eventParameters>")
  }
}

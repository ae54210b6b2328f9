import SeismicFormats
import TestSupport
import Testing

@Suite("SeisComP catalogs")
struct SCMLCatalogTests {
  @Test(
    "a published catalog has the values that ObsPy finds, before and after writing QuakeML",
    .enabled(if: SharedData.has("archive/grimsel-2020"), "the shared data is not here"))
  func grimsel() throws {
    let folder = try TemporaryFolder()
    let reading = try CatalogReading(SharedData.path("archive/grimsel-2020/catalog.scml"))
    #expect(reading.error == nil && reading.problems.isEmpty)
    let copy = try CatalogReading(try folder.writeQuakeML("copy.xml", reading.catalog))
    #expect(copy.error == nil && copy.problems.isEmpty)
    for events in [reading.catalog.events, copy.catalog.events] {
      #expect(events.count == 38)
      #expect(events.reduce(0) { $0 + $1.picks.count } == 1850)
      let origins = events.flatMap(\.origins)
      let arrivals = origins.flatMap(\.arrivals)
      #expect(origins.count == 38 && arrivals.count == 1850)
      func isNear(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) <= 1e-11 * abs(expected) }
      #expect(isNear(origins.reduce(0) { $0 + $1.time.value.timeInterval(since: .epoch) }, 60938229256.90289))
      #expect(isNear(origins.reduce(0) { $0 + $1.latitude.value }, 1774.0160595800003))
      #expect(isNear(origins.reduce(0) { $0 + $1.longitude.value }, 328.402281611))
      #expect(isNear(origins.reduce(0) { $0 + ($1.depth?.value ?? 0) }, 70368.16406400001))
      #expect(isNear(events.reduce(0) { $0 + $1.magnitudes[0].mag.value }, 57.98847137315999))
      #expect(isNear(arrivals.reduce(0) { $0 + ($1.timeWeight ?? 0) }, 1043.0000000314976))
      #expect(isNear(arrivals.reduce(0) { $0 + ($1.distance ?? 0) }, 1072.9926393069159))
      #expect(isNear(arrivals.reduce(0) { $0 + ($1.timeResidual ?? 0) }, 8.792486176961406))
      #expect(isNear(arrivals.reduce(0) { $0 + ($1.takeoffAngle?.value ?? 0) }, 121186.10000000008))
      let event = events[0]
      #expect(event.publicID == "smi:ch.ethz.sed/sc3a/2020vcvpgx" && event.type == "earthquake")
      #expect(event.descriptions.map(\.text) == ["Elm GL"] && event.magnitudes[0].type == "MLh")
      let origin = try #require(event.preferredOrigin)
      #expect(origin.publicID == event.preferredOriginID)
      #expect(origin.depth?.value == 877.9296875 && origin.depth?.errors?.uncertainty == 670.2838925)
      #expect(origin.uncertainties[0].horizontalUncertainty == 470.1123404)
      #expect(origin.uncertainties[0].confidenceEllipsoid?.semiMajorAxisLength == 1262.406775)
      #expect(origin.quality?.usedPhaseCount == 34)
      let picks = Set(event.picks.map(\.publicID))
      #expect(origin.arrivals.allSatisfy { picks.contains($0.pickID) })
    }
  }

  @Test(
    "a detection without an event is an event of its own",
    .enabled(if: SharedData.has("archive/grimsel-2020"), "the shared data is not here"))
  func detection() throws {
    let reading = try CatalogReading(SharedData.path("archive/grimsel-2020/expected.scml"))
    let event = try #require(reading.catalog.events.first)
    #expect(reading.catalog.events.count == 1 && reading.problems.count == 1 && event.picks.count == 2)
    #expect(event.picks[0].comments[0].id == "scdetectTemplateWaveformTimeInfo")
    #expect(event.preferredOrigin?.depth?.value == 1436.523438)
  }

  static let document = """
    <seiscomp xmlns="http://geofon.gfz-potsdam.de/ns/seiscomp3-schema/0.12" version="0.12"><EventParameters>
    <event publicID="e1"><preferredOriginID>o1</preferredOriginID><type>not locatable</type>
    <originReference>o1</originReference><originReference>o9</originReference></event>
    <amplitude publicID="a1"><type>MLv</type><amplitude><value>2.5</value></amplitude><unit>mm</unit><snr>3</snr></amplitude>
    <origin publicID="o1"><time><value>2020-01-01T00:00:00Z</value></time><latitude><value>1</value></latitude>
    <longitude><value>2</value></longitude><depth><value>19.87011719</value></depth>
    <uncertainty><horizontalUncertainty>0.5</horizontalUncertainty>
    <preferredDescription>probability density function</preferredDescription></uncertainty>
    <evaluationStatus>reported</evaluationStatus>
    <arrival><pickID>p1</pickID><phase>P</phase><weight>0.7</weight><timeUsed>true</timeUsed></arrival>
    <arrival><pickID>p2</pickID><phase>S</phase><weight>0</weight><timeUsed>false</timeUsed></arrival>
    <stationMagnitude publicID="s1"><magnitude><value>1.1</value></magnitude><amplitudeID>a1</amplitudeID></stationMagnitude>
    <magnitude publicID="m1"><magnitude><value>1.2</value></magnitude><type>ML</type></magnitude></origin>
    <pick publicID="p1"><time><value>2020-01-01T00:00:01Z</value></time>
    <waveformID networkCode="A" stationCode="B"><resourceURI>smi:x.y/z</resourceURI></waveformID><phaseHint>P</phaseHint></pick>
    </EventParameters></seiscomp>
    """

  @Test("words and units become QuakeML's; what the event refers to and is not there is told")
  func translation() throws {
    let folder = try TemporaryFolder()
    let reading = try CatalogReading(try folder.write("a.scml", Self.document))
    let event = try #require(reading.catalog.events.first)
    #expect(reading.error == nil)
    #expect(
      reading.problems.map(\.found) == ["pick 'p2' is not in the document", "origin 'o9' is not in the document"])
    #expect(event.type == "other event" && event.picks.count == 1)
    #expect(event.picks[0].waveformID.resourceURI == "smi:x.y/z" && event.picks[0].waveformID.extras == nil)
    let origin = event.origins[0]
    #expect(origin.depth?.value == 19870.11719)
    #expect(origin.uncertainties[0].horizontalUncertainty == 500)
    #expect(origin.uncertainties[0].preferredDescription == nil && origin.evaluationStatus == nil)
    #expect(origin.arrivals.map(\.timeWeight) == [0.7, nil])
    #expect(event.magnitudes.map(\.mag.value) == [1.2] && event.magnitudes[0].originID == "o1")
    #expect(event.stationMagnitudes.map(\.mag.value) == [1.1])
    #expect(event.amplitudes.map(\.genericAmplitude.value) == [2.5] && event.amplitudes[0].unit == "other")
    #expect(event.extras?.elements.map(\.name) == ["type"])
    #expect(event.extras?.elements[0].namespace?.isEmpty == false)
    // Nothing of another namespace gets into QuakeML's own.
    let copy = try CatalogReading(try folder.writeQuakeML("copy.xml", reading.catalog))
    #expect(copy.error == nil && copy.problems.isEmpty)
    #expect(copy.catalog.events[0].origins[0].arrivals.count == 2)
    #expect(try folder.text("copy.xml").contains("originReference") == false)
  }

  @Test("a document cut or changed anywhere is read or refused")
  func damage() throws {
    let folder = try TemporaryFolder()
    let bytes = Array(Self.document.utf8)
    for length in stride(from: 1, to: bytes.count - 1, by: 7) {
      let reading = try CatalogReading(try folder.write("cut.scml", Array(bytes[..<length])))
      #expect(reading.error != nil && reading.catalog.events.isEmpty, "cut at \(length)")
    }
    var generator = SeededGenerator(5)
    for _ in 0..<500 {
      var changed = bytes
      for _ in 0..<3 { changed[generator.below(changed.count)] = UInt8(generator.below(256)) }
      let reading = try CatalogReading(try folder.write("changed.scml", changed))
      #expect(reading.catalog.events.count <= 1)
    }
  }

  @Test(
    "documents of other versions, without events, and inventories",
    .enabled(if: SharedData.has("badfiles/seiscompml"), "the shared data is not here"))
  func others() throws {
    func read(_ name: String) throws -> CatalogReading {
      try CatalogReading(SharedData.path("badfiles/seiscompml/obspy/\(name)"))
    }
    let pick = try read("quakeml_1.2_pick.sc3ml").catalog.events[0]
    #expect(pick.picks.map(\.publicID) == ["smi:ch.ethz.sed/pick/117634", "smi:geonet.org.nz/pick/4965421"])
    #expect(pick.picks[0].backazimuth?.value == 44 && pick.picks[0].comments[1].id == "smi:some/comment/id")
    let usgs = try read("usgs_event.sc3ml").catalog.events
    #expect(
      usgs.map(\.type) == ["quarry blast", "other event"] && usgs.map { $0.magnitudes[0].mag.value } == [1.54, 1.6])
    #expect(usgs[0].origins[0].depth?.value == 10)
    for name in ["version0.14", "version0.5", "version0.99"] {
      let reading = try read(name)
      #expect(reading.error == nil && reading.catalog.events.isEmpty)
      #expect(reading.problems.count == (name == "version0.99" ? 1 : 0))
    }
    #expect(try read("no_version_attribute.sc3ml").error?.kind == .badData)
    #expect(try read("sc3ml_empty_depth_and_id.sc3ml").error?.remedy?.contains("stations") == true)
  }
}

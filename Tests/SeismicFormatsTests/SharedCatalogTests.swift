import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Published catalogs")
struct SharedCatalogTests {
  struct Published: Sendable, CustomTestStringConvertible {
    var path: String
    var format: CatalogFormat
    var events: Int
    var picks = 0
    var testDescription: String { path }
  }

  /// With the numbers of events and picks that ObsPy 1.5.1 finds, or of the rows.
  static let catalogs: [Published] = [
    Published(path: "archive/catalogs/texnet/catalogs/texnet_events_20221220.csv", format: .eventTable, events: 19191),
    Published(path: "archive/catalogs/texnet/catalogs/delaware_10867_events.csv", format: .eventTable, events: 10867),
    Published(path: "archive/catalogs/texnet/catalogs/EQCCTNLL_catalog_202208.dat", format: .eventList, events: 11010),
    Published(path: "archive/catalogs/texnet/catalogs/EQCCTNLL_catalog_202209.dat", format: .eventList, events: 10752),
    Published(path: "archive/catalogs/switzerland/ch_catalog.csv", format: .eventTable, events: 22526),
    Published(path: "badfiles/catalog-csv/catalog.csv", format: .eventTable, events: 3),
    Published(path: "badfiles/catalog-csv/incomplete.csv", format: .eventTable, events: 2),
    Published(path: "badfiles/quakeml/obspy/invalid_id.xml", format: .quakeML, events: 1, picks: 1),
    Published(path: "badfiles/quakeml/obspy/iris_events.xml", format: .quakeML, events: 2),
    Published(path: "badfiles/quakeml/obspy/neries_events.xml", format: .quakeML, events: 3),
    Published(path: "badfiles/quakeml/obspy/preferred.xml", format: .quakeML, events: 1),
    Published(path: "badfiles/quakeml/obspy/quakeml_1.2_arrival.xml", format: .quakeML, events: 1),
    Published(path: "badfiles/quakeml/obspy/quakeml_1.2_magnitude.xml", format: .quakeML, events: 1),
    Published(path: "badfiles/quakeml/obspy/quakeml_1.2_origin.xml", format: .quakeML, events: 1),
    Published(path: "badfiles/quakeml/obspy/quakeml_1.2_pick.xml", format: .quakeML, events: 1, picks: 2),
  ]

  @Test(
    "every event is read, and is the same after writing and reading",
    .enabled(if: SharedData.has("archive/catalogs") && SharedData.has("badfiles"), "the shared data is not here"),
    arguments: catalogs)
  func published(_ published: Published) throws {
    let path = SharedData.path(published.path)
    #expect(try CatalogFormat.recognise(path) == published.format)
    let reading = try CatalogReading(path)
    #expect(reading.error == nil)
    #expect(reading.catalog.events.count == published.events)
    #expect(reading.catalog.events.reduce(0) { $0 + $1.picks.count } == published.picks)
    #expect(reading.catalog.events.allSatisfy { !$0.publicID.isEmpty })
    // Identifiers that QuakeML does not allow change once.
    let folder = try TemporaryFolder()
    let first = try CatalogReading(try folder.writeQuakeML("first.xml", reading.catalog)).catalog
    let second = try CatalogReading(try folder.writeQuakeML("second.xml", first)).catalog
    if !published.path.hasSuffix("invalid_id.xml") {
      #expect(first.events.map(\.tableID) == reading.catalog.events.map(\.tableID))
    }
    #expect(first.events.map(\.origins.count) == reading.catalog.events.map(\.origins.count))
    #expect(first.events.map(\.magnitudes.count) == reading.catalog.events.map(\.magnitudes.count))
    #expect(first.events.map(\.time) == reading.catalog.events.map(\.time))
    #expect(second == first)
    #expect(try folder.bytes("first.xml") == folder.bytes("second.xml"))
  }

  @Test(
    "other QuakeML files are read, and are the same after writing and reading",
    .enabled(if: SharedData.has("archive/catalogs/idaho"), "the shared data is not here"),
    arguments: [
      "archive/catalogs/idaho/catalog_idaho.xml", "archive/catalogs/texnet/qmls/texnet2020galz.qml",
      "archive/nz-alpinefault-2013/derived/catalog.quakeml.xml",
      "archive/iceland-dike-2014/derived/catalog.quakeml.xml",
      "archive/antilles-2010/cdsa20100421051050GL.xml",
    ])
  func quakeML(name: String) throws {
    let path = SharedData.path(name)
    let reading = try CatalogReading(path)
    #expect(reading.error == nil)
    // Counted in the text, where comments and CDATA do not hide any.
    let text = try String(contentsOfFile: path, encoding: .utf8)
    func count(_ tag: String) -> Int {
      text.components(separatedBy: "<\(tag) ").count + text.components(separatedBy: "<\(tag)>").count - 2
    }
    let events = reading.catalog.events
    #expect(!events.isEmpty && events.count == count("event"))
    #expect(events.reduce(0) { $0 + $1.picks.count } == count("pick"))
    #expect(events.reduce(0) { $0 + $1.origins.count } == count("origin"))
    #expect(events.reduce(0) { $0 + $1.magnitudes.count } == count("magnitude"))
    #expect(events.reduce(0) { $0 + $1.amplitudes.count } == count("amplitude"))
    #expect(events.reduce(0) { $0 + $1.origins.reduce(0) { $0 + $1.arrivals.count } } == count("arrival"))
    let folder = try TemporaryFolder()
    let first = try CatalogReading(try folder.writeQuakeML("first.xml", reading.catalog))
    #expect(first.error == nil)
    let second = try CatalogReading(try folder.writeQuakeML("second.xml", first.catalog))
    #expect(second.catalog == first.catalog)
    if reading.catalog.events.allSatisfy({ $0.publicID.hasPrefix("smi:") || $0.publicID.hasPrefix("quakeml:") }) {
      #expect(first.catalog.events.map(\.time) == reading.catalog.events.map(\.time))
    }
  }

  @Test(
    "values of the lists as they stand in the files",
    .enabled(if: SharedData.has("archive/catalogs/texnet"), "the shared data is not here"))
  func values() throws {
    let folder = "archive/catalogs/texnet/catalogs/"
    let texnet = try CatalogReading(SharedData.path(folder + "texnet_events_20221220.csv")).catalog.events[0]
    #expect(texnet.publicID == "texnet2022yuqg")
    #expect(texnet.time == UTCTime("2022-12-19T19:48:00Z"))
    #expect(texnet.origins[0].latitude.value == 31.6588)
    #expect(texnet.origins[0].depth?.value == 6100)
    #expect(texnet.magnitudes.map(\.mag.value) == [2.8])
    #expect(texnet.origins[0].quality?.usedPhaseCount == 43)
    #expect(texnet.type == "earthquake")
    let delaware = try CatalogReading(SharedData.path(folder + "delaware_10867_events.csv")).catalog.events[0]
    #expect(delaware.publicID == "texnet2022rbzj")
    #expect(delaware.time == UTCTime("2022-09-01T00:04:13.926338Z"))
    #expect(delaware.origins[0].publicID == "Origin/20230312001208.338979.54744")
    #expect(delaware.origins[0].depthType == "operator assigned")
    #expect(delaware.magnitudes[0].mag.errors?.uncertainty == 0.5367837839)
    let list = try CatalogReading(SharedData.path(folder + "EQCCTNLL_catalog_202208.dat")).catalog.events[0]
    #expect(list.publicID == "texnet2022pfja")
    #expect(list.origins[0].longitude.value == -104.4762889 && list.origins[0].latitude.value == 31.68456463)
    let swiss = try CatalogReading(SharedData.path("archive/catalogs/switzerland/ch_catalog.csv")).catalog.events[0]
    #expect(swiss.publicID == "2597")
    #expect(swiss.columns == [Event.Column(name: "mc_current", value: "2.7")])
  }
}

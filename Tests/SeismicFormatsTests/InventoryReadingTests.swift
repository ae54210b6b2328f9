import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Station metadata")
struct InventoryReadingTests {
  struct Reference: Sendable, CustomTestStringConvertible {
    var path: String
    var stations: Int
    var channels: Int
    /// Sums over the stations of latitude, longitude and elevation; over the channels of latitude, longitude, elevation,
    /// depth, azimuth, dip, rate, sensitivity and its frequency, and of the starts and ends in seconds since 1970.
    var sums: [Double]
    var testDescription: String { path }
  }

  /// What ObsPy 1.5.1's `read_inventory` finds.
  static let references = [
    Reference(
      path: "archive/antilles-2010/inventory.xml", stations: 4, channels: 50,
      sums: [
        61.819581, -244.25577099999998, 1304.0, 764.5213850000004, -3054.8265049999973, 20343.0, 36.0, 2715.6, -1620.0,
        2300.0, 69231690000.0, 19.18000000000001, 60105453966.0, 42922372794.0,
      ]),
    Reference(
      path: "archive/ci-westmorland-2020/stations.xml", stations: 16, channels: 48,
      sums: [
        527.943117, -1850.4016310000002, 504.56, 1583.8295009999997, -5551.204709999999, 1513.8000000000002, 51.0,
        1440.0, -1440.0, 4800.0, 28256060064.474293, 33.45000000000001, 70511104260.0, 29351683800.0,
      ]),
    Reference(
      path: "archive/iceland-dike-2014/derived/stations.stationxml.xml", stations: 12, channels: 36,
      sums: [
        778.3450399999998, -201.91834, 10484.0, 2335.03512, -605.7550199999998, 31452.0, 0.0, 1080.0, -1080.0, 3600.0,
        0.0, 0.0, 0.0, 0.0,
      ]),
    Reference(
      path: "archive/nz-alpinefault-2013/derived/stations.stationxml.xml", stations: 20, channels: 63,
      sums: [
        -866.1401666666667, 3407.718766666667, 8171.0, -2728.5607999999993, 10733.637500000003, 24900.0, 0.0, 1890.0,
        -1890.0, 9900.0, 0.0, 0.0, 0.0, 0.0,
      ]),
    Reference(
      path: "badfiles/stationxml/validator/ANMO_BHZ_epoch_overlap.xml", stations: 5, channels: 9,
      sums: [
        174.73382999999998, -532.289, 9149.0, 314.51781500000004, -958.117465, 15169.0, 1266.0, 0.0, -810.0, 180.0,
        17453886000.0, 0.18, 10363965960.0, 29343381959.0,
      ]),
    Reference(
      path: "badfiles/stationxml/obspy/IRIS_single_channel_with_response.xml", stations: 1, channels: 1,
      sums: [
        34.94591, -106.4572, 1820.0, 34.945913, -106.457122, 1759.0, 57.0, 0.0, -90.0, 40.0, 33128300000.0, 0.02,
        1331626200.0, 19880899199.0,
      ]),
    Reference(
      path: "badfiles/stationxml/obspy/only_soh.xml", stations: 1, channels: 2,
      sums: [
        27.0647, -98.6833, 155.0, 54.129398, -197.366592, 310.0, 0.0, 0.0, -90.0, 1e-07, 1.0, 0.1, 2525817600.0,
        2584631099.0,
      ]),
    Reference(
      path: "archive/grimsel-2020/inventory.scml", stations: 2, channels: 2,
      sums: [
        93.334956, 16.470034, 3026.0, 93.334956, 16.470034, 3026.0, -0.2, 0.0, -180.0, 220.0, 3144195000.0, 2.0,
        2375693400.0, 0.0,
      ]),
    Reference(
      path: "badfiles/stationtxt/station_level_fdsn.txt", stations: 3, channels: 0,
      sums: [107.6212, -307.10159999999996, 46.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    Reference(
      path: "badfiles/stationtxt/channel_level_fdsn.txt", stations: 3, channels: 6,
      sums: [
        158.1543, -408.0576, 3127.0, 289.31050000000005, -790.6907000000001, 6085.0, 1.5, 0.0, -540.0, 6.0,
        3356334000.0, 0.16, 8080251263.0, 63800412739.0,
      ]),
    Reference(
      path: "badfiles/stationtxt/channel_level_fdsn_faulty_header.txt", stations: 3, channels: 6,
      sums: [
        158.1543, -408.0576, 3127.0, 289.31050000000005, -790.6907000000001, 6085.0, 1.5, 0.0, -540.0, 6.0,
        3356334000.0, 0.16, 8080251263.0, 63800412739.0,
      ]),
  ]

  static func sums(_ inventory: Inventory) -> [Double] {
    let stations = inventory.stations
    let channels = stations.flatMap(\.channels)
    func seconds(_ time: UTCTime?) -> Double { time.map { $0.timeInterval(since: .epoch) } ?? 0 }
    func sum(_ values: [Double]) -> Double { values.reduce(0, +) }
    return [
      sum(stations.map(\.latitude)), sum(stations.map(\.longitude)), sum(stations.map(\.elevation)),
      sum(channels.map(\.latitude)), sum(channels.map(\.longitude)), sum(channels.map(\.elevation)),
      sum(channels.map(\.depth)), sum(channels.map { $0.azimuth ?? 0 }), sum(channels.map { $0.dip ?? 0 }),
      sum(channels.map { $0.samplingRate ?? 0 }), sum(channels.map { $0.sensitivity?.value ?? 0 }),
      sum(channels.map { $0.sensitivity?.frequency ?? 0 }), sum(channels.map { seconds($0.epoch.start) }),
      sum(channels.map { seconds($0.epoch.end) }),
    ]
  }

  @Test(
    "the same values as ObsPy finds, and the same again after writing StationXML",
    .enabled(if: SharedData.has("archive") && SharedData.has("badfiles"), "the shared data is not here"),
    arguments: references)
  func values(_ reference: Reference) throws {
    let inventory = try Inventory.open(SharedData.path(reference.path))
    #expect(inventory.stations.count == reference.stations)
    #expect(inventory.stations.reduce(0) { $0 + $1.channels.count } == reference.channels)
    for (index, (found, expected)) in zip(Self.sums(inventory), reference.sums).enumerated() {
      #expect(abs(found - expected) <= 1e-12 * max(1, abs(expected)), "sum \(index): \(found), not \(expected)")
    }
    let folder = try TemporaryFolder()
    try StationXMLWriter.write(inventory, to: folder.path("copy.xml"), created: .epoch)
    var problems = 0
    let again = try Inventory.open(folder.path("copy.xml")) { _ in problems += 1 }
    // Networks are put together when written.
    func inOrder(_ inventory: Inventory) -> [Station] {
      inventory.stations.enumerated().sorted {
        ($0.element.id.network, $0.offset) < ($1.element.id.network, $1.offset)
      }.map(\.element)
    }
    func isSame(_ left: Inventory, _ right: Inventory) -> Bool { inOrder(left) == inOrder(right) }
    #expect(isSame(again, inventory))
    try StationXMLWriter.write(again, to: folder.path("second.xml"), created: .epoch)
    #expect(try folder.bytes("second.xml") == folder.bytes("copy.xml"))
  }

  @Test(
    "tables of stations as others keep them",
    .enabled(if: SharedData.has("archive") && SharedData.has("real_demo"), "the shared data is not here"))
  func tables() throws {
    func open(_ path: String) throws -> Inventory { try Inventory.open(SharedData.path(path)) }
    let westmorland = try open("archive/ci-westmorland-2020/stations.csv")
    #expect(westmorland.stations.count == 16)
    #expect(westmorland.stations[1].id == StationID(network: "CI", code: "COA"))
    #expect(westmorland.stations[1].elevation == 36)
    #expect(westmorland.stations[1].channels.map(\.code) == ["HHE", "HHN", "HHZ"])
    #expect(westmorland.stations[1].channels.map(\.sensitivity?.value) == [626910098.14, 626910098.14, 626838115.86])
    let hengill = try open("archive/hengill-2018/station_inventory/stations.csv")
    #expect(hengill.stations.count == 20)
    #expect(
      hengill.stations[0]
        == Station(id: StationID(network: "2C", code: "BIT06"), latitude: 64.049, longitude: -21.267, elevation: 414))
    // The column says "Elevation" and means kilometres.
    let iceland = try open("archive/iceland-dike-2014/iceland_stations.txt")
    #expect(iceland.stations.count == 12)
    #expect(iceland.stations[0].elevation == 1381)
    let texnet = try open("archive/catalogs/texnet/stations/texnet_stations_2022_1019.csv")
    #expect(texnet.stations.count == 300)
    #expect(texnet.stations[0].id == StationID(network: "US", code: "AMTX"))
    #expect(texnet.stations[0].siteName == "Amarillo")
    #expect(texnet.stations[0].epoch == Epoch(start: UTCTime("2002-09-28")))
    let real = try open("real_demo/station.dat")
    #expect(real.stations.count == 60)
    #expect(real.stations[0].id == StationID(network: "XO", code: "AM05"))
    #expect(real.stations[0].elevation == 464)
    #expect(real.stations[0].channels.map(\.code) == ["EHZ"])
    let seisan = try open("archive/nz-alpinefault-2013/STATION0.HYP")
    // The coordinates that were derived from the same file.
    let derived = try open("archive/nz-alpinefault-2013/derived/stations.stationxml.xml")
    for station in derived.stations where station.id.network != "ZT" && station.id.code != "WZ20" {
      let found = try #require(seisan.station(station.id, at: .epoch), "\(station.id)")
      #expect(abs(found.latitude - station.latitude) < 1e-12 && abs(found.longitude - station.longitude) < 1e-12)
      #expect(found.elevation == station.elevation)
    }
    #expect(seisan.stations.first { $0.id.code == "NZ01" }?.elevation == -4682)
  }

  @Test("the unit of elevations is told by the header")
  func elevationUnits() throws {
    let folder = try TemporaryFolder()
    func elevation(_ header: String, _ value: String) throws -> Double {
      try Inventory.open(try folder.write("t.csv", "\(header)\nAB,XYZ,1,2,\(value)\n")).stations[0].elevation
    }
    for name in ["elevation", "Elevation(m)", "elv(m)", "elevation_m", "Elev"] {
      #expect(try elevation("network,station,latitude,longitude,\(name)", "1.5") == 1.5)
    }
    for name in ["elevation_km", "Elevation (km)", "elev_km"] {
      #expect(try elevation("network,station,latitude,longitude,\(name)", "1.5") == 1500)
    }
    func named(_ value: String) throws -> Double {
      try Inventory.open(try folder.write("n.csv", "Name,Latitude,Longitude,Elevation\nXYZ,1,2,\(value)\n"))
        .stations[0].elevation
    }
    #expect(try named("1.5") == 1500)
    #expect(try named("150") == 150)
  }

  @Test("the product of the stages' gains stands for a sensitivity that is missing")
  func stageGains() throws {
    func document(_ response: String) -> String {
      """
      <FDSNStationXML xmlns="http://www.fdsn.org/xml/station/1" schemaVersion="1.1"><Source>a</Source>
      <Network code="AB"><Station code="CDE"><Latitude>1</Latitude><Longitude>2</Longitude><Elevation>3</Elevation>
      <Channel code="HHZ" locationCode="--"><Latitude>1</Latitude><Longitude>2</Longitude><Elevation>3</Elevation>
      <Depth>0</Depth><SampleRateRatio><NumberSamples>1</NumberSamples><NumberSeconds>10</NumberSeconds>
      </SampleRateRatio><Response>\(response)</Response></Channel></Station></Network></FDSNStationXML>
      """
    }
    func stage(_ number: Int, _ gain: String, _ from: String, _ to: String) -> String {
      "<Stage number=\"\(number)\"><PolesZeros><InputUnits><Name>\(from)</Name></InputUnits><OutputUnits><Name>\(to)"
        + "</Name></OutputUnits></PolesZeros>\(gain)</Stage>"
    }
    func gain(_ value: Double, _ frequency: Double) -> String {
      "<StageGain><Value>\(value)</Value><Frequency>\(frequency)</Frequency></StageGain>"
    }
    let folder = try TemporaryFolder()
    var problems: [Problem] = []
    func channel(_ response: String) throws -> Channel {
      problems = []
      let inventory = try Inventory.open(try folder.write("x.xml", document(response))) { problems.append($0) }
      return try #require(inventory.stations.first?.channels.first)
    }
    let product = Sensitivity(value: 6e8, frequency: 0.5, inputUnits: "M/S", outputUnits: "COUNTS")
    let whole = stage(1, gain(1500, 0.5), "m/s", "V") + stage(2, gain(4e5, 1), "V", "counts")
    var found = try channel(whole)
    #expect(found.sensitivity == product)
    #expect(found.location == "" && found.samplingRate == 0.1 && problems.isEmpty)
    found = try channel("<InstrumentSensitivity><Value>0</Value></InstrumentSensitivity>" + whole)
    #expect(found.sensitivity == product)
    #expect(problems.count == 1 && problems[0].line != nil)
    found = try channel(whole + stage(3, "", "COUNTS", "COUNTS"))
    #expect(found.sensitivity == nil && problems.count == 1)
    #expect(try channel("<InstrumentPolynomial/>" + whole).sensitivity == nil && problems.isEmpty)
    #expect(try channel("").sensitivity == nil && problems.isEmpty)
    // Elements of other namespaces mean nothing.
    found = try channel("<x:InstrumentSensitivity xmlns:x='urn:x'><Value>5</Value></x:InstrumentSensitivity>" + whole)
    #expect(found.sensitivity == product)
  }

  @Test("a SeisComP stream without a gain has that of its parts, which may stand behind it")
  func seisComPGains() throws {
    let text = """
      <seiscomp xmlns="http://geofon.gfz-potsdam.de/ns/seiscomp3-schema/0.12" version="0.12"><Inventory>
      <network code="AB"><station code="C"><latitude>1</latitude><longitude>2</longitude><elevation>3</elevation>
      <sensorLocation code=""><latitude>1</latitude><longitude>2</longitude><elevation>3</elevation>
      <stream code="HHZ" sensor="s" datalogger="d"><sampleRateNumerator>100</sampleRateNumerator>
      <sampleRateDenominator>1</sampleRateDenominator><gainFrequency>1</gainFrequency></stream></sensorLocation></station>
      </network><sensor publicID="s" response="p"><unit>m/s</unit></sensor>
      <datalogger publicID="d"><gain>2</gain><decimation sampleRateNumerator="100" sampleRateDenominator="1">
      <digitalFilterChain>f g</digitalFilterChain></decimation></datalogger>
      <responsePAZ publicID="p"><gain>1500</gain></responsePAZ><responseFIR publicID="f"><gain>1000</gain></responseFIR>
      <responseFIR publicID="g"><gain>0.5</gain></responseFIR></Inventory></seiscomp>
      """
    let folder = try TemporaryFolder()
    let inventory = try Inventory.open(try folder.write("i.scml", text))
    #expect(
      inventory.stations[0].channels[0].sensitivity == Sensitivity(value: 1.5e6, frequency: 1, inputUnits: "M/S"))
  }

  @Test("coordinates that cannot be used leave out what needs them, with a line")
  func missingCoordinates() throws {
    func open(_ name: String) throws -> (Inventory, [Problem]) {
      var problems: [Problem] = []
      let inventory = try Inventory.open(SharedData.path("badfiles/stationxml/\(name)")) { problems.append($0) }
      return (inventory, problems)
    }
    guard SharedData.has("badfiles/stationxml") else { return }
    var (inventory, problems) = try open("obspy/channel_without_coordinates.xml")
    #expect(inventory.stations[0].channels[0].latitude == 42.6137)
    #expect(problems.count == 1 && problems[0].line == 22)
    (inventory, problems) = try open("validator/IIKDAK10VHZ_invalidSTALAT.xml")
    #expect(inventory.stations.isEmpty && problems.contains { $0.found.contains("99.0") && $0.line == 14 })
    (inventory, problems) = try open("validator/IIKDAK10VHZ_nullSTALON.xml")
    #expect(inventory.stations.isEmpty && problems.first?.line == 15)
    (inventory, problems) = try open("validator/IIKDAK10VHZ_nullCHACODE.xml")
    #expect(inventory.stations.count == 1 && inventory.stations[0].channels.isEmpty && problems.count == 3)
    (inventory, problems) = try open("obspy/version20.xml")
    #expect(problems.contains { $0.found.contains("2.0") && $0.line == 2 })
  }

  /// Rules of IRIS's validator that concern what is read here; the others concern comments, units of calibration and the
  /// stages of the response.
  static let brokenRules = [
    "F1_110", "F1_111", "F1_112", "F1_201", "F1_210", "F1_211", "F1_212", "F1_220", "F1_222", "F1_223", "F1_301",
    "F1_330", "F1_331", "F1_410", "IIKDAK10VHZ_CHACODE_char", "IIKDAK10VHZ_CHAtooFarFromSTA",
    "IIKDAK10VHZ_INSTSENS_zero", "IIKDAK10VHZ_badNetSTARTTIME", "IIKDAK10VHZ_charNETCODE",
    "IIKDAK10VHZ_emptyINSTSENSITIVITY", "IIKDAK10VHZ_invalidCHAAZ", "IIKDAK10VHZ_nullSTASTARTTIME",
  ]

  @Test(
    "each broken rule of the validator is told with its line; clean files are read without a word",
    .enabled(if: SharedData.has("badfiles/stationxml"), "the shared data is not here"))
  func validator() throws {
    for name in Self.brokenRules {
      var problems: [Problem] = []
      _ = try Inventory.open(SharedData.path("badfiles/stationxml/validator/\(name).xml")) { problems.append($0) }
      #expect(!problems.isEmpty, "\(name)")
      #expect(problems.allSatisfy { ($0.line ?? 0) > 1 && !$0.found.isEmpty && !$0.action.isEmpty }, "\(name)")
    }
    for name in ["pass", "P1_110", "P1_330", "P1_404"] {
      var problems = 0
      _ = try Inventory.open(SharedData.path("badfiles/stationxml/validator/\(name).xml")) { _ in problems += 1 }
      #expect(problems == 0, "\(name)")
    }
  }

  @Test("what is no station metadata is named")
  func others() throws {
    let folder = try TemporaryFolder()
    for (text, name) in [
      ("<quakeml>", "QuakeML"), ("<html>", "<html>"), ("{}", "JSON"), ("id,time,latitude,longitude\n", "begins with"),
      ("station,x,y\n", "begins with"), ("PK\u{3}\u{4}", "zip"), ("a\u{0}b", "binary"),
    ] {
      let path = try folder.write("x", text)
      let error = #expect(throws: FormatError.self) { try Inventory.open(path) }
      #expect(error?.kind == .unsupported && error?.found.contains(name) == true, "\(text): \(error?.found ?? "")")
    }
    #expect(throws: FormatError.self) { try Inventory.open(try folder.write("empty", "")) }
    #expect(throws: FormatError.self) { try Inventory.open(folder.path("absent")) }
  }
}

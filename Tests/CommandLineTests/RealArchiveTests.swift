import Foundation
import TestSupport
import Testing

/// An archive of the shared data, and what ObsPy, SciPy and NumPy found in it by the same definitions.
///
/// `Benchmarks/waveform_features.py` computed the values, on traces that ObsPy read, merged, divided by sensitivity and
/// rotated. Arrivals are picks where the catalog has them, else the program's own predictions.
struct RealArchive: Sendable, CustomTestStringConvertible {
  let name: String
  /// Options, with `DATA/` for the folder of the archives.
  let options: String
  let eventCount: Int
  /// Of the events with data at P, in the order of the catalog: the stations at which snr_p can be measured.
  let stationCounts: [Int]
  /// Of an event: the median of snr_p.
  let median: (event: String, value: Double)
  /// Rows of values, with the columns of ``columns``.
  let stations: String

  var testDescription: String { name }

  static let columns = [
    "event_id", "station", "p_time", "snr_p", "sta_lta_max", "rectilinearity_p", "planarity_s", "rise_time", "duration",
  ]

  /// The arguments that name the data.
  var arguments: String {
    let options = options.replacingOccurrences(of: "DATA/", with: "\(SharedData.path("archive"))/")
    return "\(options) --quiet"
  }

  static let all = [alpineFault, westmorland, iceland, antilles]

  static let alpineFault = RealArchive(
    name: "nz-alpinefault-2013",
    options: "--catalog DATA/nz-alpinefault-2013/derived/catalog.quakeml.xml "
      + "--archive files:DATA/nz-alpinefault-2013/WAV --stations DATA/nz-alpinefault-2013/derived/stations.stationxml.xml",
    eventCount: 32,
    stationCounts: [
      10, 10, 13, 6, 8, 13, 13, 13, 11, 6, 9, 11, 11, 8, 8, 8, 8, 8, 8, 8, 7, 7, 8, 8, 7, 9, 9, 10, 10, 6, 6, 9,
    ],
    median: ("smi:local/10ae63da-3985-4fe1-9a4b-b79c46a4a2af", 1.0506669),
    stations: """
      smi:local/24ef0757-6e3f-4587-b50e-8f5f9cd35eea,NZ.GCSZ,2013-09-01T04:11:17.240000Z,0.52019053,13.539258,0.35320464,0.81408194,1.374717,1.55
      smi:local/14b96689-8446-4196-9e85-6a4bcf5ffee0,AF.EORO,2013-09-05T02:08:18.760000Z,11.077212,10.298059,0.37079131,0.89872369,2.556667,4.2
      smi:local/b9429fb3-eaa4-4b9b-95b5-f8587d4e1652,ZT.WZ04,2013-09-11T22:39:04.630000Z,18.34332,16.129811,0.78566194,0.72749554,1.962595,6.15
      smi:local/b35b6a6e-d829-4656-867f-8a3b83cf385c,ZT.WZ11,2013-09-18T01:13:35.120000Z,4.5368905,5.693763,0.30034451,0.35797119,1.141984,5.2
      """)

  static let westmorland = RealArchive(
    name: "ci-westmorland-2020",
    options: "--catalog DATA/ci-westmorland-2020/events.csv --archive sds:DATA/ci-westmorland-2020/derived/SDS "
      + "--stations DATA/ci-westmorland-2020/stations.xml",
    // The records end 39 s after the first event; of the other events no station has a P that can be measured.
    eventCount: 1062, stationCounts: [16],
    median: ("line-2", 9.6676297),
    stations: """
      line-2,CI.WMD,2020-10-01T00:02:22.182939Z,6.226002,7.1778729,0.26270953,0.61844366,2.95,16.6
      line-2,CI.SWS,2020-10-01T00:02:25.550629Z,8.7783045,12.422407,0.20831179,0.8075156,4.4,33
      line-2,CI.BOM,2020-10-01T00:02:26.792840Z,6.0098158,7.1417316,0.2795205,0.6149705,8.35,31.45
      line-2,CI.WES,2020-10-01T00:02:27.873750Z,10.556955,0.6407968,0.44985507,0.62700574,10.65,15.2
      """)

  static let iceland = RealArchive(
    name: "iceland-dike-2014",
    options: "--catalog DATA/iceland-dike-2014/derived/catalog.quakeml.xml --archive files:DATA/iceland-dike-2014 "
      + "--stations DATA/iceland-dike-2014/iceland_stations.txt",
    eventCount: 16, stationCounts: [Int](repeating: 12, count: 16),
    median: ("smi:local/quakemigrate/20140824000120180/event", 1.476922),
    stations: """
      smi:local/quakemigrate/20140824000109140/event,Z7.FLUR,2014-08-24T00:01:11.566285Z,5.5245854,5.0621418,0.18236577,0.9260174,2.532598,18.1
      smi:local/quakemigrate/20140824000154000/event,Z7.HRIM,2014-08-24T00:01:57.563734Z,8.9600877,3.8812662,0.23350928,0.83809091,3.090964,12.1
      smi:local/quakemigrate/20140824000253320/event,Z7.DYSA,2014-08-24T00:02:57.073280Z,12.497011,7.2626912,0.33787924,0.65956275,12.744816,24.5
      smi:local/quakemigrate/20140824000354040/event,Z7.KVER,2014-08-24T00:03:57.394141Z,6.4912354,3.2816581,0.36958735,0.5575021,2.930213,10
      """)

  static let antilles = RealArchive(
    name: "antilles-2010",
    options: "--catalog DATA/antilles-2010/cdsa20100421051050GL.xml --archive files:DATA/antilles-2010 "
      + "--stations DATA/antilles-2010/inventory.xml --max-distance 400",
    eventCount: 1, stationCounts: [4],
    median: ("smi:scs/0.7/cdsa20100421051050GL", 34.157578),
    stations: """
      smi:scs/0.7/cdsa20100421051050GL,G.FDF,2010-04-21T05:10:52.260000Z,45.551488,19.743265,0.8368097,0.95333929,17.329584,60
      smi:scs/0.7/cdsa20100421051050GL,WI.DHS,2010-04-21T05:10:56.830000Z,31.899743,17.428704,0.4204927,0.98425745,21.702722,60
      smi:scs/0.7/cdsa20100421051050GL,CU.ANWB,2010-04-21T05:11:10.040000Z,33.972553,16.977657,0.85873111,0.7627746,0.991314,60
      smi:scs/0.7/cdsa20100421051050GL,CU.BBGH,2010-04-21T05:11:15.200000Z,34.342602,18.85497,0.83255827,0.815447,0.646754,60
      """)
}

@Suite("Real archives")
struct RealArchiveTests {
  /// The rows of a table without quoted commas, by column.
  private func rows(_ text: String) -> [[String: String]] {
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let header = lines.first else { return [] }
    return lines.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
  }

  @Test(
    "Features of stations are what ObsPy finds, with any number of ranks",
    .enabled(if: SharedData.has("archive"), "the shared data is not here"), arguments: RealArchive.all)
  func features(archive: RealArchive) throws {
    let place = try Workplace()
    let command = "features \(archive.arguments) --station-features --keep-duplicates"
    try place.succeed("\(command) --output one")
    let table = rows(try place.folder.text("one/station_features.csv"))
    let events = rows(try place.folder.text("one/features.csv"))
    #expect(events.count == archive.eventCount)

    var counts: [String: Int] = [:]
    for row in table where row["snr_p"] != "NaN" { counts[row["event_id"] ?? "", default: 0] += 1 }
    #expect(events.compactMap { counts[$0["event_id"] ?? ""] } == archive.stationCounts)

    for line in archive.stations.split(separator: "\n") {
      let values = line.split(separator: ",").map(String.init)
      try #require(values.count == RealArchive.columns.count)
      let row = try #require(table.first { $0["event_id"] == values[0] && $0["station"] == values[1] }, "\(values[1])")
      #expect(row["p_time"] == values[2])
      for (column, value) in zip(RealArchive.columns, values).dropFirst(3) {
        let expected = try #require(Double(value))
        let found = try #require(Double(row[column] ?? ""))
        #expect(abs(found - expected) <= 1e-4 * abs(expected), "\(column) of \(values[1]) in \(values[0])")
      }
    }
    let event = try #require(events.first { $0["event_id"] == archive.median.event })
    let median = try #require(Double(event["snr_p_median"] ?? ""))
    #expect(abs(median - archive.median.value) <= 1e-4 * abs(archive.median.value))

    try place.succeed("\(command) --output three", ranks: 3)
    for name in ["features.csv", "features.json", "station_features.csv", "problems.csv"] {
      #expect(try place.folder.bytes("one/\(name)") == place.folder.bytes("three/\(name)"), "\(name)")
    }
  }

  @Test(
    "S-files and SEISAN's stations, which name no networks, say what QuakeML and StationXML say",
    .enabled(if: SharedData.has("archive"), "the shared data is not here"))
  func withoutNetworks() throws {
    let place = try Workplace()
    let folder = SharedData.path("archive/nz-alpinefault-2013")
    try place.succeed("features \(RealArchive.alpineFault.arguments) --station-features --keep-duplicates --output xml")
    try place.succeed(
      "features --catalog \(folder)/REA/TEST_ --archive files:\(folder)/WAV --stations \(folder)/STATION0.HYP "
        + "--station-features --keep-duplicates --quiet --output nordic")
    let xml = rows(try place.folder.text("xml/station_features.csv"))
    let nordic = rows(try place.folder.text("nordic/station_features.csv"))
    // Picks at stations that have no waveforms are in neither.
    #expect(nordic.count { $0["p_picked"] == "1" } == 155)
    #expect(nordic.count { $0["s_picked"] == "1" } == 142)
    #expect(nordic.count == xml.count)
    // SEISAN's stations have no orientations.
    let others: Set<String> = ["event_id", "backazimuth_error"]
    var different: [String] = []
    for (left, right) in zip(xml, nordic) {
      let columns = left.keys.filter { !others.contains($0) && left[$0] != right[$0] }
      if !columns.isEmpty { different.append("\(left["station"] ?? ""): \(columns.sorted())") }
    }
    #expect(different.count == 0, "first \(different.first ?? "")")
  }

  @Test(
    "Shocks that were located twice are merged, and both solutions are kept",
    .enabled(if: SharedData.has("archive"), "the shared data is not here"))
  func duplicates() throws {
    let place = try Workplace()
    let outcome = try place.succeed(
      "refine --no-report \(RealArchive.alpineFault.arguments) --model \(Demonstration.model) --output out", ranks: 2)
    #expect(outcome.output.contains("9 of these are other entries of events that are there, merged into them"))

    // The list of the shared data has the catalog's order.
    let solutions = rows(
      try String(contentsOfFile: SharedData.path("archive/nz-alpinefault-2013/derived/events.csv"), encoding: .utf8))
    let events = try place.folder.text("out/events.csv").split(separator: "\n").dropFirst()
    // Reasons stand in the middle and have commas; the ID is first and the other entry's is last.
    let ids = events.map { String($0.prefix { $0 != "," }) }
    let others = events.map { String($0.split(separator: ",", omittingEmptySubsequences: false).last ?? "") }
    try #require(ids.count == solutions.count)
    #expect(others.count { !$0.isEmpty } == 9)
    for (index, other) in others.enumerated() where !other.isEmpty {
      let main = try #require(ids.firstIndex(of: other))
      #expect(others[main].isEmpty)
      let same = (solutions[index]["other_solution_of_same_shock"] ?? "").split(separator: ";").map(String.init)
      #expect(same.contains(solutions[main]["s_file"] ?? "?"), "\(solutions[index]["s_file"] ?? "")")
    }

    let written = try place.folder.text("out/refined.xml") + place.folder.text("out/rejected.xml")
    #expect(written.components(separatedBy: "<event ").count - 1 == 23)
    let catalog = try String(
      contentsOfFile: SharedData.path("archive/nz-alpinefault-2013/derived/catalog.quakeml.xml"), encoding: .utf8)
    let origins = catalog.components(separatedBy: "<origin publicID=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(origins.count == 32)
    for origin in origins {
      #expect(written.components(separatedBy: "<origin publicID=\"\(origin)\"").count == 2, "\(origin)")
    }
  }
}

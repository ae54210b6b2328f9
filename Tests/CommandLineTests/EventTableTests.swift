import Foundation
import TestSupport
import Testing

/// Automatic catalogs that are tables of origins with what the locating program says of them, and nothing else: no picks, no waveforms.
@Suite("Tables of events without picks or waveforms")
struct EventTableTests {
  private static let header =
    ",@publicID,orig_time,mag,lat,lon,z,lat_e,lon_e,z_e,min_dis,phasecount,stationcount,mag_e,t_e\n"

  /// Events of which the odd ones have many phases and small errors; the last one has a time and a place alone.
  private static func table(_ count: Int, from first: Int = 0, last: Bool = false) -> String {
    var text = header
    for number in first..<first + count {
      let isGood = number % 2 == 1
      let noise = Double((number &* 7919) % 100) / 100
      let phases = (isGood ? 16 : 7) + Int(noise * 8)
      let fields = [
        "\(number)", "e\(number)",
        "2022-09-\(String(format: "%02d", 1 + number / 24)) \(String(format: "%02d", number % 24)):00:00+00:00",
        "\(isGood ? 1.4 : 0.9)", "\(31.5 + noise)", "\(-104.2 - noise / 3)", "\(5 + noise)",
        "\((isGood ? 1 : 4) + noise)", "\((isGood ? 1 : 4) + 2 * noise)", number % 5 == 0 ? "fixed" : "\(2 + noise)",
        "\(0.1 + noise / 10)", "\(phases).0", "\(phases / 2).0", "\(0.2 + noise / 10)",
        "\((isGood ? 0.2 : 0.6) + noise / 5)",
      ]
      text += fields.joined(separator: ",") + "\n"
    }
    if last { text += "999,bare,2022-10-01 00:00:00+00:00,,31.5,-104.2,,,,,,,,,\n" }
    return text
  }

  private static let labels =
    "event_id,label\n" + (0..<240).map { "e\($0),\($0 % 2 == 1 ? "real" : "fake")\n" }.joined()

  private func prepare() throws -> Workplace {
    let place = try Workplace()
    _ = try place.folder.write("train.csv", Self.table(240))
    _ = try place.folder.write("new.csv", Self.table(120, from: 240, last: true))
    _ = try place.folder.write("labels.csv", Self.labels)
    return place
  }

  @Test("features, a model of them, a refined catalog; the same on any number of ranks")
  func refine() throws {
    let place = try prepare()
    try place.succeed("features --catalog train.csv --features quality --output f --quiet")
    let lines = try place.folder.text("f/features.csv").split(separator: "\n")
    #expect(
      lines[0]
        == "event_id,time,stated_phases_n,stated_stations_n,stated_gap,stated_distance_min_km,stated_rms,time_error_s,latitude_error_km,longitude_error_km,depth_fixed,magnitude_error,magnitude_stations_n,horizontal_error_km,depth_error_km"
    )
    #expect(lines.count == 241)
    // e0: fixed depth, 7 phases at 3 stations, the nearest at 0.1 degrees.
    let first = lines[1].split(separator: ",", omittingEmptySubsequences: false)
    #expect(first[0] == "e0" && first[2] == "7" && first[3] == "3" && first[10] == "1")
    #expect(Double(first[5]).map { abs($0 - 11.1195) < 1e-6 } == true)
    #expect(Double(first[8]).map { abs($0 - 4) < 1e-6 } == true)

    // The same events as QuakeML say the same.
    try place.succeed("convert train.csv train.xml --quiet")
    try place.succeed("features --catalog train.xml --features quality --output g --quiet")
    #expect(try place.folder.text("g/features.csv") == place.folder.text("f/features.csv"))

    try place.succeed(
      "train shallow --feature-table f/features.csv --labels labels.csv --models boosting,logistic --rounds 30 --no-figures --output model --quiet"
    )
    for ranks in [1, 3] {
      try place.succeed(
        "refine --catalog new.csv --model model --no-report --output r\(ranks) --quiet", ranks: ranks)
    }
    for file in ["events.csv", "features.csv", "refined.xml", "rejected.xml", "review.csv"] {
      #expect(try place.folder.bytes("r1/\(file)") == place.folder.bytes("r3/\(file)"), "\(file)")
    }
    let rows = try place.folder.text("r1/events.csv").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.count == 121)
    for row in rows.dropLast() {
      let isGood = Int(row[0].dropFirst()).map { $0 % 2 == 1 } ?? false
      let probability = try #require(Double(row[7]), "\(row[0])")
      #expect(isGood == (probability > 0.5), "\(row[0])")
    }
    #expect(rows.contains { $0[10].contains("phases stated") || $0[10].contains("error") })
    let bare = try #require(rows.last)
    #expect(bare[0] == "bare" && bare[6] == "uncertain" && bare[7].isEmpty)
    #expect(bare[10] == "nothing that the model looks at is known; see problems.csv")
    // The table of features has what the model looks at, behind the usual ones.
    let header = try place.folder.text("r1/features.csv").prefix { $0 != "\n" }
    #expect(header.split(separator: ",").count == 2 + 120 + 11)
    #expect(header.hasSuffix(",magnitude_error,magnitude_stations_n"))
  }

  @Test("a model of places and times scores what has no more; one that looks at picks does not")
  func origins() throws {
    let place = try prepare()
    try place.succeed("features --catalog train.csv --output f --quiet")
    #expect(try place.folder.text("f/features.csv").prefix { $0 != "\n" }.split(separator: ",").count == 122)
    for (features, isScored) in [("origin", true), ("origin,p_n", false)] {
      try place.succeed(
        "train shallow --feature-table f/features.csv --labels labels.csv --features \(features) --models boosting --rounds 10 --no-figures --output model --overwrite --quiet"
      )
      try place.succeed("refine --catalog new.csv --model model --no-report --overwrite --output r --quiet")
      let rows = try place.folder.text("r/events.csv").split(separator: "\n").dropFirst()
      #expect(rows.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false)[7].isEmpty != isScored })
    }
  }
}

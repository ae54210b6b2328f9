import Foundation
import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

/// The features of rows of station, P time and probability, S time and probability.
private func features(_ rows: [(String, Double, Double, Double?, Double?)]) -> [String: Double] {
  let group = PickGroup()
  Array("e".utf8).withUnsafeBufferPointer { group.begin($0) }
  for row in rows {
    Array(row.0.utf8).withUnsafeBufferPointer {
      group.append(
        station: $0, pTime: UTCTime.epoch.advanced(by: row.1), pProbability: row.2,
        sTime: row.3.map { UTCTime.epoch.advanced(by: $0) }, sProbability: row.4 ?? .nan)
    }
  }
  var values = [Double](repeating: -1, count: PickFeatures.count)
  values.withUnsafeMutableBufferPointer { PickFeatures().compute(group.rows, into: $0) }
  return Dictionary(uniqueKeysWithValues: zip(PickFeatures.definitions.map(\.name), values))
}

private func isClose(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-12) -> Bool {
  guard let value else { return false }
  return expected.isNaN ? value.isNaN : abs(value - expected) <= tolerance
}

@Suite("Features of picks")
struct FeatureTests {
  @Test("three rows, worked out by hand")
  func byHand() {
    let values = features([
      ("A", 0, 0.9, 4, 0.8), ("B", 2, 0.6, nil, nil), ("A", 3, 0.3, 1, 0.5),
    ])
    #expect(values["p_n"] == 3)
    #expect(values["s_n"] == 2)
    #expect(isClose(values["sp_ratio"], 2.0 / 3))
    #expect(isClose(values["p_prob_av"], 0.6))
    #expect(isClose(values["s_prob_av"], 0.65))
    #expect(isClose(values["p_prob_st"], 0.3))
    #expect(isClose(values["s_prob_st"], 0.3 / 2.0.squareRoot()))
    #expect(values["p_prob_max"] == 0.9)
    #expect(values["s_prob_max"] == 0.8)
    #expect(values["p_prob_min"] == 0.3)
    #expect(values["s_prob_min"] == 0.5)
    #expect(values["stations_n"] == 2)
    // S-P times 4 and -2.
    #expect(values["sp_time_median"] == 1)
    #expect(values["sp_time_mad"] == 3)
    #expect(values["s_before_p_n"] == 1)
    #expect(values["pick_span"] == 3)
    #expect(values["wadati_vpvs"]?.isNaN == true)
  }

  @Test("statistics of nothing are missing, and so is the spread of one value")
  func nothing() {
    let none = features([])
    #expect(none["p_n"] == 0)
    #expect(none["s_n"] == 0)
    #expect(none["stations_n"] == 0)
    for name in ["sp_ratio", "p_prob_av", "s_prob_av", "p_prob_st", "p_prob_max", "s_prob_min", "pick_span"] {
      #expect(none[name]?.isNaN == true, "\(name)")
    }
    let one = features([("A", 5, 0.7, nil, nil)])
    #expect(one["sp_ratio"] == 0)
    #expect(one["p_prob_st"]?.isNaN == true)
    #expect(one["s_prob_max"]?.isNaN == true)
    #expect(one["pick_span"] == 0)
  }

  @Test("a Wadati line gives its Vp/Vs, with a third of the rows far off", arguments: [3, 4, 5, 9, 30, 399, 401, 900])
  func wadati(count: Int) {
    var rows: [(String, Double, Double, Double?, Double?)] = []
    for number in 0..<count {
      let p = 2 + 0.37 * Double(number)
      rows.append(("S\(number)", p, 0.5, p + 0.73 * (p - 1), 0.5))
    }
    let exact = features(rows)
    #expect(isClose(exact["wadati_vpvs"], 1.73, 1e-6))
    #expect(isClose(exact["wadati_rms"], 0, 1e-6))
    guard count >= 9 else { return }
    // Outliers at random-looking places: a least-squares line would follow them, the median of slopes does not.
    for number in stride(from: 1, to: count, by: 5) { rows[number].3 = (rows[number].3 ?? 0) + 40 }
    let robust = features(rows)
    #expect(isClose(robust["wadati_vpvs"], 1.73, 0.02))
    #expect((robust["wadati_rms"] ?? 0) > 10)
  }

  @Test("rows of one P time have no Wadati line")
  func noLine() {
    let values = features((0..<5).map { ("S\($0)", 1, 0.5, 2 + Double($0), 0.5) })
    #expect(values["wadati_vpvs"]?.isNaN == true)
  }

  @Test("distinct stations are counted at every size", arguments: [1, 2, 23, 24, 25, 26, 100])
  func stations(count: Int) {
    let values = features((0..<count).map { ("S\($0 % 7)", Double($0), 0.5, nil, nil) })
    #expect(values["stations_n"] == Double(min(count, 7)))
  }

  @Test("an extractor of HSDL's eleven gives the same eleven")
  func fewer() {
    let group = PickGroup()
    Array("e".utf8).withUnsafeBufferPointer { group.begin($0) }
    for number in 0..<12 {
      Array("S\(number % 5)".utf8).withUnsafeBufferPointer {
        group.append(
          station: $0, pTime: UTCTime.epoch.advanced(by: Double(number)), pProbability: Double(number) / 20,
          sTime: number % 3 == 0 ? nil : UTCTime.epoch.advanced(by: Double(number) + 3), sProbability: 0.25)
      }
    }
    var all = [Double](repeating: 0, count: PickFeatures.count)
    var few = all
    all.withUnsafeMutableBufferPointer { PickFeatures().compute(group.rows, into: $0) }
    few.withUnsafeMutableBufferPointer { PickFeatures(.hsdl11).compute(group.rows, into: $0) }
    #expect(all[..<11] == few[..<11])
    #expect(few[11...].allSatisfy { $0.isNaN })
  }

  @Test("sets of features by name")
  func sets() throws {
    #expect(try FeatureSet("hsdl8").count == 8)
    #expect(try FeatureSet("hsdl2").names == ["sp_ratio", "s_prob_max"])
    #expect(try FeatureSet("p_n, s_n,p_n").names == ["p_n", "s_n"])
    #expect(throws: ComputeError.unknownFeature(name: "p_m")) { try FeatureSet("p_n,p_m") }
    #expect(throws: ComputeError.self) { try FeatureSet("") }
    #expect(throws: ComputeError.self) { try FeatureSet(",") }
    #expect(try FeatureSet.hsdl2.places(in: .picks) == [2, 8])
    #expect(throws: ComputeError.unknownFeature(name: "stations_n")) { try FeatureSet.picks.places(in: .hsdl11) }
  }
}

/// HSDL's two databases (`chenyk1990/hsdl`, 2025).
enum HSDLDatabase {
  static let isHere = SharedData.has("hsdl")

  /// The table of a database, in the order of identifiers, with all pick features.
  static func table(_ number: Int) throws -> FeatureTable {
    let names =
      number == 1
      ? ("all_real_picks.csv", "all_fake_picks.csv")
      : ("output_real_picks_test_2_test_2.csv", "output_fake_picks_test_2_test_2.csv")
    var table = FeatureTable(features: .picks)
    let extractor = PickFeatures()
    var values = [Double](repeating: 0, count: PickFeatures.count)
    for (name, label) in [(names.0, UInt8(1)), (names.1, 0)] {
      let picks = try PickTable(SharedData.path("hsdl/\(name)"))
      try picks.read(picks.body, onProblem: { throw $0.error }) { group in
        values.withUnsafeMutableBufferPointer { extractor.compute(group.rows, into: $0) }
        table.append(id: group.eventName, label: label, values: values)
      }
    }
    return table.sorted()
  }
}

@Suite("HSDL's databases", .enabled(if: HSDLDatabase.isHere, "the shared data is not here"))
struct HSDLDatabaseTests {
  @Test("the eleven features equal the reference", arguments: [1, 2])
  func features(number: Int) throws {
    let table = try HSDLDatabase.table(number)
    let reference = try String(contentsOfFile: SharedData.path("hsdl/features_database\(number).csv"), encoding: .utf8)
      .split(whereSeparator: \.isNewline).map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let header = reference[0].map(String.init)
    let idColumn = try #require(header.firstIndex(of: "event_id"))
    let typeColumn = try #require(header.firstIndex(of: "type"))
    let rows = reference.dropFirst().sorted { $0[idColumn] < $1[idColumn] }
    #expect(table.count == [398, 1505][number - 1])
    #expect(rows.count == table.count)
    for (event, row) in rows.enumerated() {
      #expect(table.ids[event] == row[idColumn])
      #expect(table.labels[event] == (row[typeColumn].hasPrefix("1") ? 1 : 0))
      for (place, definition) in FeatureSet.hsdl11.definitions.enumerated() {
        let column = try #require(header.firstIndex(of: definition.name))
        let ours = table.row(event)[event * table.width + place]
        guard let theirs = Double(row[column]), !theirs.isNaN else {
          #expect(ours.isNaN)
          continue
        }
        #expect(abs(ours - theirs) < 1e-8)
      }
    }
  }

  /// Published: means of real and fake events, and the probability of the t-test; 0 where it is below the smallest double.
  static let published: [[(String, Double, Double, Double)]] = [
    [
      ("p_n", 16.766169, 4.604061, 1.044958e-47), ("s_n", 15.019900, 1.096447, 9.710408e-70),
      ("sp_ratio", 0.912002, 0.234445, 1.496817e-136), ("p_prob_av", 0.512683, 0.118512, 1.225150e-117),
      ("s_prob_av", 0.672819, 0.175156, 1.539336e-116), ("p_prob_st", 0.343046, 0.151703, 6.109390e-58),
      ("s_prob_st", 0.197697, 0.141210, 3.981556e-06), ("p_prob_max", 0.908080, 0.339203, 8.234124e-101),
      ("s_prob_max", 0.869214, 0.227359, 6.253860e-140), ("p_prob_min", 0.052030, 0.010660, 1.659480e-04),
      ("s_prob_min", 0.259333, 0.129781, 1.586851e-08),
    ],
    [
      ("p_n", 22.525591, 4.463390, 3.666547e-191), ("s_n", 19.856299, 1.091274, 4.940004e-250),
      ("sp_ratio", 0.899912, 0.245715, 0), ("p_prob_av", 0.509526, 0.123619, 0),
      ("s_prob_av", 0.649868, 0.221536, 2.426618e-264), ("p_prob_st", 0.337599, 0.154967, 2.814689e-162),
      ("s_prob_st", 0.203868, 0.143157, 7.208994e-18), ("p_prob_max", 0.910057, 0.345826, 5.871544e-298),
      ("s_prob_max", 0.867760, 0.271988, 0), ("p_prob_min", 0.051380, 0.012868, 1.086172e-13),
      ("s_prob_min", 0.226059, 0.175501, 3.311257e-05),
    ],
  ]

  @Test("all rows of the t-test table come out to the digits that were published", arguments: [1, 2])
  func tTests(number: Int) throws {
    let table = try HSDLDatabase.table(number)
    for (name, real, fake, p) in Self.published[number - 1] {
      let place = try #require(table.features.names.firstIndex(of: name))
      let column = table.column(place)
      let test = StudentTTest(
        column.indices.filter { table.labels[$0] == 1 }.map { column[$0] },
        column.indices.filter { table.labels[$0] == 0 }.map { column[$0] })
      #expect(abs(test.means.first - real) < 5.1e-7, "\(name)")
      #expect(abs(test.means.second - fake) < 5.1e-7, "\(name)")
      #expect(p == 0 ? test.pValue < 1e-307 : abs(test.pValue / p - 1) < 1e-6, "\(name): \(test.pValue)")
    }
  }

  @Test(
    "principal components explain the published share",
    arguments: [(1, 0.74892037, 0.08452669), (2, 0.71993374, 0.09741720)])
  func components(number: Int, first: Double, second: Double) throws {
    let table = try HSDLDatabase.table(number).selecting(.hsdl8)
    let pca = try PrincipalComponents(TrainingRows(table), over: SingleRank())
    #expect(abs(pca.explainedVariance[0] - first) < 1e-8)
    #expect(abs(pca.explainedVariance[1] - second) < 1e-8)
    #expect(abs(pca.explainedVariance.reduce(0, +) - 1) < 1e-12)
    #expect(pca.loadings[0].allSatisfy { $0 > 0.26 && $0 < 0.4 })
  }
}

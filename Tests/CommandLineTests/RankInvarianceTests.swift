import Foundation
import TestSupport
import Testing

/// A random order that is the same every time.
func shuffled(_ rows: [String]) -> [String] {
  var state: UInt64 = 1
  var rows = rows
  for index in stride(from: rows.count - 1, to: 0, by: -1) {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    rows.swapAt(index, Int((state >> 33) % UInt64(index + 1)))
  }
  return rows
}

/// Pick tables under the names `1.csv`, `2.csv` and so on.
struct Tables: Sendable, CustomTestStringConvertible {
  var name: String
  var files: @Sendable () -> [String]
  var testDescription: String { name }

  init(_ name: String, _ files: @escaping @Sendable () -> [String]) {
    self.name = name
    self.files = files
  }

  static let all = [
    Tables("one table") { [Demonstration.table(Demonstration.rows)] },
    Tables("rows shuffled") { [Demonstration.table(shuffled(Demonstration.rows))] },
    Tables("three tables, events cut in two, CRLF") {
      let rows = Demonstration.rows
      let (a, b) = (rows.count / 3 + 1, rows.count / 2 + 2)
      return [
        Demonstration.table(rows[..<a]), Demonstration.table(rows[a..<b], lineEnd: "\r\n"),
        Demonstration.table(rows[b...]),
      ]
    },
    Tables("five tables, all events in all of them") {
      let rows = shuffled(Demonstration.rows)
      return (0..<5).map { part in
        Demonstration.table(rows.enumerated().filter { $0.offset % 5 == part }.map(\.element))
      }
    },
    Tables("wrong rows, events without a usable row, odd identifiers") {
      let rows = Demonstration.rows
      return [
        Demonstration.table(
          rows[..<40] + ["none,S1,x,0.5,no pick,no pick", ",S1,x", "\"a,b\",S1,2024-01-01,0.5,no pick,no pick"]),
        Demonstration.table(
          ["a b,S1,2024-01-01,0.5,no pick,no pick", "地震,S1,2024-01-01,0.5,no pick,no pick", "\"a,b\",S2"]
            + rows[40..<80]),
        "\u{FEFF}" + Demonstration.table(rows[80..<90] + ["none,S1,2024-01-01,2,no pick,no pick"]),
      ]
    },
    Tables("two events for all ranks") {
      [
        Demonstration.table(
          Demonstration.rows.filter { $0.hasPrefix(Demonstration.rows[0].prefix(11)) } + ["e,S,2024-01-01,1,,"])
      ]
    },
    Tables("one event, one row") { [Demonstration.table(Demonstration.rows[..<1])] },
  ]
}

@Suite("The same results on any number of ranks")
struct RankInvarianceTests {
  static let catalog = ["events.csv", "features.csv", "problems.csv", "refined.xml", "rejected.xml", "review.csv"]

  @Test("A refined catalog, and features, byte for byte", arguments: Tables.all)
  func refine(_ tables: Tables) throws {
    let place = try Workplace()
    let files = tables.files()
    for (index, text) in files.enumerated() { try place.folder.write("\(index + 1).csv", text) }
    let picks = "--picks " + (1...files.count).map { "\($0).csv" }.joined(separator: " ")
    let alone = try place.succeed("refine --no-report \(picks) --model \(Demonstration.model) --output r --quiet")
    try place.succeed("features \(picks) --output f --quiet")
    for ranks in [1, 2, 3, 4] {
      let outcome = try place.succeed(
        "refine --no-report \(picks) --model \(Demonstration.model) --output r\(ranks) --quiet", ranks: ranks)
      #expect(outcome.output == alone.output.replacing(" r/", with: " r\(ranks)/"))
      #expect(outcome.errorOutput == alone.errorOutput)
      for file in Self.catalog {
        #expect(try place.folder.bytes("r/\(file)") == place.folder.bytes("r\(ranks)/\(file)"), "\(file)")
      }
      #expect(place.names("r\(ranks)") == (Self.catalog + ["run.json"]).sorted())
    }
    for ranks in [1, 3] {
      try place.succeed("features \(picks) --output f\(ranks) --quiet", ranks: ranks)
      for file in place.names("f") where file != "run.json" {
        #expect(try place.folder.bytes("f/\(file)") == place.folder.bytes("f\(ranks)/\(file)"), "\(file)")
      }
    }
    #expect(try place.folder.bytes("f/features.csv") == place.folder.bytes("r/features.csv"))
    #expect(try place.folder.bytes("f/problems.csv") == place.folder.bytes("r/problems.csv"))
  }

  @Test("The order of rows, line ends, byte-order mark, quotes and files do not matter")
  func form() throws {
    let place = try Workplace()
    let rows = Demonstration.rows
    try place.folder.write("plain.csv", Demonstration.table(rows))
    try place.folder.write("crlf.csv", Demonstration.table(rows, lineEnd: "\r\n"))
    try place.folder.write("mark.csv", "\u{FEFF}" + Demonstration.table(rows))
    try place.folder.write("open.csv", String(Demonstration.table(rows).dropLast()))
    try place.folder.write(
      "quotes.csv",
      Demonstration.table(rows.map { $0.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ", ") }))
    try place.folder.write(
      "columns.csv",
      "s_prob,extra,P_T,station,s_t,event_id,p_prob\n"
        + rows.map { row in
          let f = row.split(separator: ",")
          return "\(f[5]),\"1,5\",\(f[2]),\(f[1]),\(f[4]),\(f[0]),\(f[3])\n"
        }.joined())
    try place.folder.write("first.csv", Demonstration.table(rows[..<777]))
    try place.folder.write("rest.csv", Demonstration.table(rows[777...]))
    try place.succeed("refine --no-report --picks plain.csv --model \(Demonstration.model) --output plain --quiet")
    for (name, picks) in [
      ("crlf", "crlf.csv"), ("mark", "mark.csv"), ("open", "open.csv"), ("quotes", "quotes.csv"),
      ("columns", "columns.csv"), ("files", "first.csv rest.csv"),
    ] {
      try place.succeed(
        "refine --no-report --picks \(picks) --model \(Demonstration.model) --output \(name) --quiet", ranks: 2)
      for file in Self.catalog {
        #expect(try place.folder.bytes("plain/\(file)") == place.folder.bytes("\(name)/\(file)"), "\(name)/\(file)")
      }
    }
    try place.folder.write("shuffled.csv", Demonstration.table(shuffled(rows)))
    try place.succeed(
      "refine --no-report --picks shuffled.csv --model \(Demonstration.model) --output shuffled --quiet")
    // Reasons and probabilities may differ in a last digit, as sums do; features have ten decimals.
    #expect(try place.folder.bytes("plain/features.csv") == place.folder.bytes("shuffled/features.csv"))
  }

  @Test("Every event is in the results, whatever its identifier")
  func identifiers() throws {
    let place = try Workplace()
    let long = String(repeating: "x", count: 100_000)
    let ids = [
      "plain", "\"a,b\"", "a b", "\"say \"\"hi\"\"\"", "it's", "<tag>&amp;", "地震-1", "\u{E9}", "e\u{301}", "🌋", "a\tb",
      "a~20b", long, long + "y",
    ]
    try place.folder.write("t.csv", Demonstration.table(ids.map { "\($0),S1,2024-01-01 00:00:00,0.5,no pick,no pick" }))
    try place.succeed("refine --no-report --picks t.csv --model \(Demonstration.model) --output out --quiet")
    let rows = try place.folder.text("out/events.csv").split(separator: "\n").dropFirst()
    #expect(rows.count == ids.count)
    for id in ids { #expect(rows.contains { $0.utf8.starts(with: "\(id),2024-01-01T00:00:00.000000Z,".utf8) }) }
    // The way through QuakeML and back gives the same identifiers.
    let back = try ["refined", "rejected"].flatMap { name in
      try place.succeed("convert out/\(name).xml \(name).csv --to picks")
      return try place.folder.text("\(name).csv").split(separator: "\n").dropFirst()
    }
    #expect(back.count == ids.count)
    for id in ids { #expect(back.contains { $0.utf8.starts(with: "\(id),S1,".utf8) }) }
  }

  @Test("A trained model and its scores, byte for byte")
  func training() throws {
    let place = try Workplace()
    let labelled = "--real \(Demonstration.real) --fake \(Demonstration.fake) --trees 30 --rounds 30 --quiet"
    for ranks in [1, 3] {
      try place.succeed("train shallow \(labelled) --output m\(ranks)", ranks: ranks)
      try place.succeed("evaluate \(labelled) --repeats 1 --folds 3 --output e\(ranks)", ranks: ranks)
      try place.succeed(
        "features --real \(Demonstration.real) --fake \(Demonstration.fake) --output f\(ranks)", ranks: ranks)
    }
    let files =
      ["card.json", "forest/model.txt", "boosting/model.txt", "svm/model.txt", "logistic/model.json"].map { ("m", $0) }
      + ["metrics.json", "predictions.csv"].map { ("e", $0) }
      + place.names("f1").filter { $0 != "run.json" }.map { ("f", $0) }
    #expect(files.count == 12)
    for (folder, file) in files {
      #expect(try place.folder.bytes("\(folder)1/\(file)") == place.folder.bytes("\(folder)3/\(file)"), "\(file)")
    }
  }
}

import Coordinator
import Foundation
import TestSupport
import Testing

@Suite("Report of a refined catalog")
struct ReportTests {
  /// Identifiers that would do harm in a page or a spreadsheet if they were taken for something else.
  static let hostile = [
    "<script>window.hurt=1</script>", "</script><script>window.hurt=2</script>", "\"><img src=x onerror=window.hurt=3>",
    "=HYPERLINK(1)", "@SUM(1)", "a\u{202E}b\u{1B}c",
  ]

  /// The output folder of a refine, made once: 300 events, six of them with hostile identifiers.
  private static let made: (folder: TemporaryFolder, fault: String)? = {
    guard let place = try? Workplace() else { return nil }
    var names: [String: String] = [:]
    let rows = Demonstration.rows.map { row -> String in
      let id = String(row.prefix { $0 != "," })
      if names[id] == nil { names[id] = names.count < hostile.count ? hostile[names.count] : id }
      let name = names[id] ?? id
      let field = name.contains("\"") ? "\"\(name.replacing("\"", with: "\"\""))\"" : name
      return field + row.dropFirst(id.count)
    }
    _ = try? place.folder.write("t.csv", Demonstration.table(rows))
    let outcome = try? place.run("refine --picks t.csv --model \(Demonstration.model) --output out --quiet")
    return (place.folder, outcome.map { $0.exitCode == 0 ? "" : $0.errorOutput } ?? "refine did not run")
  }()

  static func output() throws -> String {
    let made = try #require(made)
    try #require(made.fault == "", "\(made.fault)")
    return made.folder.path("out")
  }

  /// What makes up a report, by path.
  static func report(_ folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/figures")) ?? []
    for name in ["report.html"] + names.map({ "figures/\($0)" }) {
      files[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }
    return files
  }

  /// The fields of a column of `events.csv`, whose reasons have no comma in quotes here.
  static func rows(_ folder: String) throws -> [(id: String, label: String, probability: Double)] {
    try String(contentsOfFile: "\(folder)/events.csv", encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      var line = line
      var id = ""
      if line.first == "\"", let end = line.range(of: "\",") {
        id = String(line[line.index(after: line.startIndex)..<end.lowerBound])
        line = "x," + line[end.upperBound...]
      }
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return (id.isEmpty ? String(fields[0]) : id, String(fields[6]), Double(fields[7]) ?? .nan)
    }
  }

  @Test("Hostile identifiers stay text, in the page and in a spreadsheet")
  func hostileText() throws {
    let folder = try Self.output()
    let page = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
    for mark in ["<script>window", "<img src=x", "\u{202E}", "\u{1B}"] { #expect(!page.contains(mark), "\(mark)") }
    #expect(page.contains("\\u003c/script\\u003e\\u003cscript\\u003ewindow.hurt=2"))
    for name in ["events.csv", "features.csv"] {
      let lines = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("'=HYPERLINK(1),") })
      #expect(lines.contains { $0.hasPrefix("'@SUM(1),") })
      #expect(!lines.contains { "=@".contains($0.first ?? " ") })
    }
  }

  @Test("The same page and figures on any number of ranks, and when they are made again")
  func sameBytes() throws {
    let folder = try Self.output()
    let place = try Workplace()
    let expected = try Self.report(folder)
    #expect(expected["report.html"] != nil)
    #expect(expected["figures/probabilities.csv"] != nil)
    // The name of the table stands in the page.
    _ = try place.shell("cp '\(folder)/../t.csv' t.csv")
    try place.succeed("refine --picks t.csv --model \(Demonstration.model) --output out --quiet", ranks: 3)
    #expect(try Self.report(place.folder.path("out")) == expected)
    _ = try place.shell("rm -r out/report.html out/figures")
    let again = try place.succeed("refine --picks t.csv --model \(Demonstration.model) --output out")
    #expect(again.output.contains("already done"))
    try place.succeed("report out", ranks: 2)
    #expect(try Self.report(place.folder.path("out")) == expected)
    try place.succeed(
      "refine --no-report --overwrite --picks t.csv --model \(Demonstration.model) --output out --quiet")
    #expect(!place.names("out").contains("report.html"))
    #expect(!place.names("out").contains("figures"))
  }

  @Test("Without GMT the page comes all the same and says what is missing, in one line")
  func withoutGMT() throws {
    let folder = try Self.output()
    let place = try Workplace()
    _ = try place.shell("cp -r '\(folder)' out && rm -r out/figures")
    let outcome = try Program.run(
      "hsdl-mpi", ["report", "out"], directory: place.folder.url,
      environment: ["PATH": "/nonexistent"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.errorLines.count == 1)
    let page = try place.folder.text("out/report.html")
    #expect(page.contains("GMT"))
    #expect(!page.contains("data:image/png"))
    #expect(place.names("out/figures") == ["events_per_day.csv", "probabilities.csv"])
  }

  @Test("What is no output of refine is refused")
  func wrongFolder() throws {
    let place = try Workplace()
    try place.fail("report none", 66, "none/run.json: there is no such file; check the path")
    #expect(place.names("") == [])
    _ = try place.shell("mkdir out && echo '{\"command\": \"features\"}' > out/run.json")
    try place.fail(
      "report out", 65,
      "out/run.json: it is of the command 'features'; expected the record of a run of refine, evaluate, train or learning-curve; give the output folder of one of these that has ended",
      ranks: 2)
  }

  @Test("The reports of evaluate and train are made again, the same bytes; what was changed is refused")
  func modelReports() throws {
    let place = try Workplace()
    let (real, fake) = (Demonstration.real, Demonstration.fake)
    let labelled = "--real \(real) --fake \(fake)"
    for command in [
      "evaluate \(labelled) --models logistic,boosting --rounds 10 --folds 2 --repeats 1 --output out --quiet",
      "train shallow \(labelled) --models logistic --output out --quiet",
      "learning-curve \(labelled) --models logistic --shares 50,100 --repeats 2 --output out --quiet",
    ] {
      let made = try Program.run(
        "hsdl-mpi", command.split(separator: " ").map(String.init), directory: place.folder.url,
        environment: ["HSDL_MPI_FIGURES": ""])
      try #require(made.exitCode == 0, "\(command): \(made.errorOutput)")
      let expected = try Self.report(place.folder.path("out"))
      #expect(expected.count > 1, "\(command)")
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      let stored = try decoder.decode(Figures.self, from: Data(try #require(expected["figures/report.json"])))
      #expect(!stored.figures.isEmpty)
      for figure in stored.figures { #expect(figure.illegibleWords == [], "\(figure.name)") }
      _ = try place.shell("rm out/report.html; find out/figures -type f ! -name report.json -delete")
      try place.succeed("report out", ranks: 2)
      #expect(try Self.report(place.folder.path("out")) == expected, "\(command)")
      for change in ["s/\"columns\":[0-9]*/\"columns\":0/g", "s/.$//", "s/\"name\":\"[a-z_]*\"/\"name\":\"..\\/x\"/"] {
        _ = try place.shell("cp out/figures/report.json kept && sed -i '\(change)' out/figures/report.json")
        try place.fail(
          "report out", 65,
          "out/figures/report.json: it is something else, or was changed; expected what a report was made of, as it was written; do it anew with --overwrite"
        )
        _ = try place.shell("mv kept out/figures/report.json")
      }
      _ = try place.shell("rm out/figures/report.json")
      try place.fail(
        "report out", 66,
        "out/figures/report.json: there is no such file; expected what the report was made of; do it anew, without --no-figures"
      )
      _ = try place.shell("rm -r out")
    }
  }

  /// The figures of `figures/report.json`.
  private struct Figures: Decodable {
    var figures: [Figure]
  }

  @Test(
    "Sorting, filtering and rows in full, in Chromium; nothing is fetched, no script complains",
    .enabled(if: Browser.program != nil, "there is no Chromium"))
  func browser() throws {
    let folder = try Self.output()
    let rows = try Self.rows(folder)
    let browser = try Browser()
    for width in [1200, 390] {
      try browser.open("\(folder)/report.html", width: width)
      #expect(try browser.value("document.documentElement.scrollWidth <= window.innerWidth") as? Bool == true)
    }
    #expect(try browser.value("typeof window.hurt") as? String == "undefined")
    #expect(try browser.value("document.querySelector('.data-table').dataset.ready") as? String == "true")
    func status() throws -> String? { try browser.value("document.querySelector('.status').textContent") as? String }
    #expect(try status() == "\(rows.count) events")
    #expect(try browser.value("document.querySelector('.scroll tbody tr[data-row] th').textContent") as? String != nil)
    // Only what is seen is in the document.
    let inDocument = try #require(try browser.value("document.querySelectorAll('.scroll tr[data-row]').length") as? Int)
    #expect(inDocument < 80)

    func press(_ heading: String) throws {
      _ = try browser.value(
        "[...document.querySelectorAll('.scroll thead button')].find(b => b.textContent === '\(heading)').click()")
    }
    func column(_ place: Int) throws -> [String] {
      try browser.value(
        "[...document.querySelectorAll('.scroll tr[data-row]')].map(r => r.children[\(place)].textContent)")
        as? [String] ?? []
    }
    try press("P(real)")
    let falling = rows.map(\.probability).filter { !$0.isNaN }.sorted(by: >)
    #expect(try Double(column(2).first ?? "").map { abs($0 - (falling.first ?? 0)) < 1e-4 } == true)
    #expect(try column(2).compactMap(Double.init) == column(2).compactMap(Double.init).sorted(by: >))
    try press("P(real)")
    #expect(try column(2).compactMap(Double.init) == column(2).compactMap(Double.init).sorted())
    #expect(
      try browser.value("document.querySelector('.scroll th[aria-sort]').getAttribute('aria-sort')") as? String
        == "ascending")

    func set(_ selector: String, _ value: String) throws {
      _ = try browser.value(
        "(async () => { const i = document.querySelector(\"\(selector)\"); i.value = '\(value)'; i.dispatchEvent(new Event('input')); await new Promise(r => setTimeout(r, 400)); })()"
      )
    }
    func counted(_ chosen: Int) -> String {
      chosen == rows.count ? "\(chosen) events" : "\(chosen) of \(rows.count) events"
    }
    try set("input[data-filter='P(real)'][data-end=from]", "0.5")
    // As the page shows them, to four decimals.
    let likely = rows.filter { ($0.probability * 1e4).rounded() / 1e4 >= 0.5 }
    #expect(try status() == counted(likely.count))
    #expect((1..<rows.count).contains(likely.count))
    _ = try browser.value("document.querySelector(\"input[data-filter='Label'][value=real]\").click()")
    #expect(try status() == counted(likely.count { $0.label != "real" }))
    _ = try browser.value("document.querySelector('.reset').click()")
    #expect(try status() == counted(rows.count))
    try set("input[data-filter=text]", "HYPERLINK")
    #expect(try status() == counted(1))
    #expect(try column(0) == ["=HYPERLINK(1)"])
    _ = try browser.value("document.querySelector('.scroll tbody button').click()")
    #expect(
      try browser.value("document.querySelector('.detail dd').textContent") as? String == "=HYPERLINK(1)")
    try set("input[data-filter=text]", "window.hurt=3")
    #expect(try column(0) == ["\"><img src=x onerror=window.hurt=3>"])

    #expect(browser.requests.filter { !$0.hasPrefix("file:") && !$0.hasPrefix("data:") } == [])
    #expect(Set(browser.requests.filter { $0.hasPrefix("file:") }).count == 1)
    #expect(browser.complaints == [])
  }
}

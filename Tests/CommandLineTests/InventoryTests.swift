import Foundation
import TestSupport
import Testing

@Suite("Inventory of papers")
struct InventoryTests {
  static let header =
    "author,year,category,sub_category_I,sub_category_II,task,sub_task,title,journal,ml_type,neuralNetwork_type,neuralNetwork_name,"
    + "hiddenLayers,training_process,inputs,outputs,data_domain,data_type,data_size,performance_metrice,performance_score,baseline,notes\n"

  static func row(
    _ author: String, _ year: String, _ task: String, _ title: String, type: String = "['CNN']", notes: String = ""
  ) -> String {
    "\(author),\(year),Data Processing Automation,Passive Seismology,Seismic Monitoring,\(task),,\(title),SRL,['ANN'],\(type),[],[],"
      + "['Supervised_Learning'],[],[],['time'],['field'],[100],['Accuracy'],[0.9],[],\(notes)\n"
  }

  static let table =
    header + row("Doe", "2019", "['Phase Picking']", "One")
    + row("Roe", "2020", "\"['Phase Picking', 'Event Detection']\"", "Two", type: "['RNN']")
    + row("Poe", "202", "['Event Detection'", "one")

  @Test("Papers and models are counted, and what is wrong is named with line and column")
  func counts() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Self.table)
    let outcome = try place.succeed("inventory t.csv --models \(Demonstration.model) -o out")
    #expect(outcome.output.hasPrefix("3 rows, 3 of them readable, 2 distinct titles\n"))
    #expect(outcome.output.contains("3 papers, 1 model of your own\n"))
    #expect(place.names("out") == ["counts.csv", "inventory.csv", "inventory.html", "problems.csv", "run.json"])
    let problems = try place.folder.text("out/problems.csv")
    #expect(problems.hasPrefix("file,line,column,kind,problem,expected,action\n"))
    #expect(problems.contains("t.csv,4,year,number,the year '202',a year from 1950 to 2050,"))
    #expect(problems.contains("t.csv,4,task,list,"))
    #expect(problems.contains("t.csv,4,title,doubled,\"the title of line 2, of 'Doe' there and 'Poe' here: 'one'\","))
    let counts = try place.folder.text("out/counts.csv")
    #expect(counts.contains("\ntask_total,,,,Event Detection,2,0\ntask_total,,,,Phase Picking,2,0\n"))
    #expect(counts.contains("\ntask_total,,,,Event Discrimination,0,1\n"))
    #expect(counts.contains("\nnetwork_type,,,,CNN,2,0\n"))
    #expect(try place.folder.text("out/inventory.csv").contains(",\(Demonstration.model),,\n"))
    // What was written is a table of the same kind, with the model in it.
    let again = try place.succeed("inventory out/inventory.csv --json -o again").output
    let json = try #require(try JSONSerialization.jsonObject(with: Data(again.utf8)) as? [String: Any])
    #expect(json["papers"] as? Int == 3)
    #expect(json["models"] as? Int == 1)
    #expect((json["tasks"] as? [String: Int])?["Phase Picking"] == 2)
  }

  @Test("The results are the same on any number of ranks")
  func ranks() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Self.table)
    try place.succeed("inventory t.csv -o one")
    try place.succeed("inventory t.csv -o three", ranks: 3)
    for name in ["counts.csv", "inventory.csv", "inventory.html", "problems.csv"] {
      #expect(try place.folder.bytes("one/\(name)") == place.folder.bytes("three/\(name)"))
    }
  }

  @Test(
    "Options choose rows",
    arguments: [
      ("--task phase-picking", 2), ("--network rnn", 1), ("--year 2019-2020", 2), ("--year=-2019", 1),
      ("--author doe,roe", 2),
      ("--text two", 1), ("--category passive-seismology", 3), ("--once", 2),
      ("--task event-detection --network cnn", 1),
    ] as [(String, Int)])
  func filters(options: String, papers: Int) throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Self.table)
    let output = try place.succeed("inventory t.csv \(options) --json -o out").output
    let json = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    #expect(json["papers"] as? Int == papers)
    #expect(try place.folder.text("out/inventory.csv").split(separator: "\n").count == papers + 1)
  }

  @Test("Wrong words, years and tables are told of")
  func wrong() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Self.table)
    try place.folder.write("x.csv", "author,year\nDoe,2019\n")
    try place.fail(
      "inventory t.csv --task phase-pick -o out", 64, "--task phase-pick: no row has it; did you mean 'Phase Picking'?")
    try place.fail(
      "inventory t.csv --year 2020-2019 -o out", 64, "The value '2020-2019' is invalid for '--year <years>'; see --help"
    )
    try place.fail("inventory -o out", 64, "give a table of papers, or --models; see --help")
    try place.fail("inventory none.csv -o out", 66, "none.csv: there is no such file; check the path")
    #expect(try place.run("inventory x.csv -o out").exitCode == 65)
    let strict = try place.run("inventory t.csv --strict -o out")
    #expect(strict.exitCode == 65)
    #expect(
      strict.errorOutput.hasPrefix("hsdl-mpi: error: t.csv, line 4: column year: the year '202'; expected a year"))
    #expect(place.names("out") == [])
  }

  @Test("Text that would be markup, a script or a formula is inert")
  func hostile() throws {
    let place = try Workplace()
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    try place.folder.write(
      "t.csv", Self.header + Self.row("=cmd|' /C calc'!A0", "2020", "['\(evil)']", evil, notes: "\u{2028}-->\(evil)"))
    try place.succeed("inventory t.csv -o out")
    let page = try place.folder.text("out/inventory.html")
    #expect(!page.contains("<script>alert"))
    #expect(!page.contains("<img"))
    #expect(page.contains("\\u003cimg src=x"))
    #expect(!page.contains("http://www") || !page.contains("src=\"http"))
    let csv = try place.folder.text("out/inventory.csv")
    #expect(csv.contains("\n'=cmd|"))
  }

  @Test(
    "Counts of the published tables", .enabled(if: SharedData.has("inventory"), "the shared data is not here"),
    arguments: [
      (
        "paper_inventory_deep.csv", 639, 633, ["Seismic Denoising": 78, "Phase Picking": 50, "Event Detection": 65],
        ["CNN": 400, "SOM": 14]
      ),
      (
        "paper_inventory_aggregated_allML.csv", 809, 792,
        ["Seismic Denoising": 94, "Phase Picking": 59, "Event Detection": 83], ["CNN": 426, "SOM": 23]
      ),
    ] as [(String, Int, Int, [String: Int], [String: Int])])
  func published(name: String, papers: Int, titles: Int, tasks: [String: Int], types: [String: Int]) throws {
    let place = try Workplace()
    let output = try place.succeed("inventory \(SharedData.path("inventory/\(name)")) --json -o out").output
    let json = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    #expect(json["papers"] as? Int == papers)
    #expect(json["titles"] as? Int == titles)
    for (task, count) in tasks { #expect((json["tasks"] as? [String: Int])?[task] == count) }
    for (type, count) in types { #expect((json["network_types"] as? [String: Int])?[type] == count) }
  }
}

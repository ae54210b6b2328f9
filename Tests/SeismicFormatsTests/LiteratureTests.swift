import SeismicFormats
import TestSupport
import Testing

@Suite("Tables of papers")
struct LiteratureTests {
  static let header = LiteratureColumn.allCases.map(\.rawValue).joined(separator: ",")

  /// A row that is as it should be, with some cells changed.
  static func row(_ changes: [LiteratureColumn: String] = [:]) -> String {
    let usual: [LiteratureColumn: String] = [
      .author: "Doe", .year: "2020", .category: "Data Processing Automation", .subCategory: "Passive Seismology",
      .subject: "Seismic Monitoring", .task: "['Phase Picking']", .title: "A title", .journal: "SRL",
      .modelType: "['ANN']", .networkType: "['CNN']",
    ]
    return LiteratureColumn.allCases.map { column in
      changes[column] ?? usual[column] ?? (column.isList ? "[]" : "")
    }.joined(separator: ",")
  }

  private func read(_ rows: [String]) throws -> LiteratureTable {
    let folder = try TemporaryFolder()
    try folder.write("t.csv", ([Self.header] + rows).joined(separator: "\n") + "\n")
    return try LiteratureTable(folder.path("t.csv"))
  }

  @Test("A row that is as it should be has no problems, and comes back as it was")
  func sound() throws {
    let folder = try TemporaryFolder()
    let table = try read([Self.row([.dataSize: "\"[10, 20]\"", .notes: "\"a, b and \"\"c\"\"\""])])
    #expect(table.problems == [])
    let entry = try #require(table.entries.first)
    #expect(entry.tasks == ["Phase Picking"])
    #expect(entry.year == 2020)
    #expect(entry[.notes] == "a, b and \"c\"")
    #expect(entry.list(.dataSize).items == [.init("10", isNumber: true), .init("20", isNumber: true)])
    let sink = TextSink()
    sink.append(text: LiteratureTable.header)
    LiteratureTable.append(entry, to: sink)
    try folder.write("again.csv", sink.string)
    let again = try LiteratureTable(folder.path("again.csv"))
    #expect(again.problems == [])
    #expect(again.entries == [entry])
  }

  @Test(
    "What is wrong with a cell is named by its kind and column, and the row counts",
    arguments: [
      (.author, "", .missing), (.author, "  ", .missing), (.subTask, " ", .blank), (.title, " A title", .spaces),
      (.year, "202", .number), (.year, "2051", .number), (.year, "year", .number), (.category, "Processing", .unknown),
      (.task, "[]", .missing), (.task, "'Phase Picking'", .list), (.task, "['Phase Picking'", .list),
      (.task, "['Phase Pickng']", .unknown), (.task, "[Phase Picking]", .list), (.networkType, "[]", .missing),
      (.score, "['SNR']", .number), (.score, "[0.5]", .mismatch), (.score, "[-1]", .number),
      (.dataSize, "['many']", .number),
      (.dataType, "['Synthetic']", .unknown), (.journal, "S\u{7F}RL", .encoding), (.inputs, "['wave ']", .spaces),
    ] as [(LiteratureColumn, String, LiteratureProblem.Kind)])
  func cells(column: LiteratureColumn, cell: String, kind: LiteratureProblem.Kind) throws {
    let table = try read([Self.row([column: cell])])
    #expect(table.entries.count == 1)
    #expect(table.problems.contains { $0.kind == kind && $0.column == column.rawValue && $0.line == 2 })
  }

  @Test("A word that was probably meant is named")
  func suggestion() throws {
    let table = try read([Self.row([.task: "['Seismic Denoisinf']"])])
    #expect(table.problems.map(\.expected) == ["a known word; did you mean 'Seismic Denoising'?"])
    #expect(table.entries.first?.tasks == ["Seismic Denoisinf"])
    #expect(Spelling.nearest(to: "phase-picking", among: ["Event Detection", "Phase Picking"]) == "Phase Picking")
    #expect(Spelling.nearest(to: "tomography", among: ["Event Detection", "Phase Picking"]) == nil)
    #expect(Spelling.distance("catalog", "catlaog") == 1)
    #expect(Spelling.distance("", "abc") == 3)
  }

  @Test("Titles that differ in case, signs and blanks alone are the same")
  func sameTitles() throws {
    let table = try read([
      Self.row([.title: "Picking: a Study"]), Self.row([.title: "Another"]), Self.row([.title: "picking a  study"]),
    ])
    #expect(table.entries.map(\.sameTitleAs) == [nil, nil, 2])
    #expect(table.problems.map(\.kind) == [.doubled])
    #expect(table.problems.map(\.line) == [4])
  }

  @Test("A row with too few cells is left out; one whose lists lost their quotes is put together")
  func widths() throws {
    let broken = Self.row([.task: "['Phase Picking', 'Event Detection']", .notes: "well, well"])
    let table = try read(["Doe,2020,short", broken, Self.row()])
    #expect(table.rowCount == 3)
    #expect(table.entries.map(\.line) == [3, 4])
    #expect(table.entries.first?.tasks == ["Phase Picking", "Event Detection"])
    #expect(table.entries.first?[.notes] == "well, well")
    #expect(
      table.problems.filter { $0.kind == .cells }.map(\.action) == [
        "row left out", "cells that belong together joined",
      ])
  }

  @Test("A quote that is not closed spoils its own line alone; a field may go over lines")
  func quotes() throws {
    let open = Self.row([.notes: "\"never closed"])
    let long = Self.row([.title: "\"two\nlines\"", .author: "Long"])
    let table = try read([open, Self.row([.title: "B"]), long, Self.row([.title: "C"])])
    #expect(table.entries.map(\.line) == [2, 3, 4, 6])
    #expect(table.problems.filter { $0.kind == .cells }.map(\.line) == [2])
    #expect(table.entries.map { $0[.author] } == ["Doe", "Doe", "Long", "Doe"])
  }

  @Test("What is no table of papers is refused, with the column that is missing")
  func header() throws {
    let folder = try TemporaryFolder()
    let names = Self.header.replacing("performance_metrice", with: "performance_metric")
    try folder.write("t.csv", names + "\n")
    let error = #expect(throws: FormatError.self) { try LiteratureTable(folder.path("t.csv")) }
    #expect(error?.found == "the column performance_metrice is not there, but 'performance_metric' is")
    try folder.write("t.csv", Self.header + ",title\n")
    #expect(throws: FormatError.self) { try LiteratureTable(folder.path("t.csv")) }
    try folder.write("t.csv", "")
    #expect(throws: FormatError.self) { try LiteratureTable(folder.path("t.csv")) }
  }

  @Test("No change of a byte and no end of the file stops the reader")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let bytes = Array("\(Self.header)\n\(Self.row([.notes: "\"a, b\""]))\n".utf8)
    for place in Self.header.utf8.count..<bytes.count {
      var changed = bytes
      changed[place] = [34, 0, 91, 10, 44, 255][place % 6]
      for content in [changed, Array(bytes[..<place])] {
        try folder.write("t.csv", content)
        _ = try LiteratureTable(folder.path("t.csv"))
      }
    }
  }

  @Test("A list cell that can be read comes out as it went in")
  func lists() {
    for text in ["[]", "['CNN', 'FC']", "[64, 0.5, 1e-3]", "['?', 2]", "[\"Huang's\"]"] {
      let (list, faults) = ListCell.read(text)
      #expect(faults == [])
      #expect(list.text == text)
    }
    for text in ["", "[", "]", "['", "[,]", "[[1]]", "['a' 'b']", "['a'] b", "[a"] {
      #expect(ListCell.read(text).faults != [])
    }
  }

  @Test("Cells that a spreadsheet would compute with get an apostrophe, which is taken off again")
  func formulas() throws {
    let table = try read([Self.row([.notes: "=1+1", .author: "@me"])])
    let sink = TextSink()
    sink.append(text: LiteratureTable.header)
    for entry in table.entries { LiteratureTable.append(entry, to: sink) }
    #expect(sink.string.contains("\n'@me,"))
    #expect(sink.string.contains(",'=1+1,"))
    let folder = try TemporaryFolder()
    try folder.write("t.csv", sink.string)
    #expect(try LiteratureTable(folder.path("t.csv")).entries.map { $0[.notes] } == ["=1+1"])
  }

  @Test(
    "The published tables hold what they are known to hold",
    .enabled(if: SharedData.has("inventory"), "the shared data is not here"))
  func published() throws {
    let deep = try LiteratureTable(SharedData.path("inventory/paper_inventory_deep.csv"))
    #expect(deep.rowCount == 639)
    #expect(deep.entries.count == 639)
    #expect(Set(deep.entries.map(\.titleKey)).count == 633)
    #expect(deep.problems.filter { $0.kind == .number && $0.column == "year" }.map(\.line) == [581])
    #expect(deep.problems.filter { $0.kind == .doubled }.map(\.line) == [165, 223, 501, 539, 576, 602])
    let all = try LiteratureTable(SharedData.path("inventory/paper_inventory_aggregated_allML.csv"))
    #expect(all.rowCount == 809)
    #expect(all.entries.count == 809)
  }
}

import TestSupport
import Testing

/// A pick table that cannot be read at all, and what is said of it.
struct WrongTable: Sendable, CustomTestStringConvertible {
  var name: String
  /// nil: there is no such file.
  var content: [UInt8]?
  var exitCode: Int32 = 65
  /// The message behind the file's name.
  var message: String
  var testDescription: String { name }

  init(_ name: String, _ content: String?, exitCode: Int32 = 65, _ message: String) {
    self.name = name
    self.content = content.map { Array($0.utf8) }
    self.exitCode = exitCode
    self.message = message
  }

  static let expected = "expected a header line with event_id,station,p_t,p_prob,s_t,s_prob"

  static let all = [
    WrongTable("missing file", nil, exitCode: 66, ": there is no such file; check the path"),
    WrongTable("empty file", "", ": it is empty; \(expected); check how it was made"),
    WrongTable(
      "no header", "ev1,S1,2024-01-01 00:00:00,0.5,no pick,no pick\n",
      ", line 1: there is no header line; it begins with 'ev1,S1,2024-01-01 00:00:00,0.5,no pic…'; \(expected); "
        + "add the header line"),
    WrongTable(
      "a column missing", "event_id,station,p_t,p_prob,s_t\n",
      ", line 1: the header has no column s_prob; \(expected); add it or rename the one that holds it"),
    WrongTable(
      "old line ends", "event_id,station,p_t,p_prob,s_t,s_prob\rev1,S1,2024-01-01,0.5,no pick,no pick\r",
      ", line 1: the header has no column s_prob; \(expected); add it or rename the one that holds it"),
    WrongTable(
      "a catalog instead", "<?xml version=\"1.0\"?>\n<q:quakeml/>\n",
      ", line 1: there is no header line; it begins with '<?xml version=\"1.0\"?>'; \(expected); add the header line"),
  ]
}

/// A row that cannot be used, and what is said of it.
struct WrongRow: Sendable, CustomTestStringConvertible {
  var row: String
  var found: String
  var expected: String
  var testDescription: String { found }

  init(_ row: String, _ found: String, _ expected: String) {
    self.row = row
    self.found = found
    self.expected = expected
  }

  private static let time = "a time as 2024-08-02 16:56:23.715"

  static let all = [
    WrongRow("bad,S1,2024-01-01 00:00:00", "3 columns", "6, as in the header"),
    WrongRow("bad,S1,2024-01-01 00:00:00,0.5,no pick,no pick,7", "7 columns", "6, as in the header"),
    WrongRow("bad,S1,2024-01-01 00:00:00,1.7,no pick,no pick", "p_prob is '1.7'", "a number from 0 to 1"),
    WrongRow("bad,S1,2024-01-01 00:00:00,-0.1,no pick,no pick", "p_prob is '-0.1'", "a number from 0 to 1"),
    WrongRow("bad,S1,2024-01-01 00:00:00,nan,no pick,no pick", "p_prob is 'nan'", "a number from 0 to 1"),
    WrongRow("bad,S1,2024-01-01 00:00:00,0x1,no pick,no pick", "p_prob is '0x1'", "a number from 0 to 1"),
    WrongRow("bad,S1,no pick,0.5,no pick,no pick", "p_t is 'no pick'", time),
    WrongRow("bad,S1,2024-13-01 00:00:00,0.5,no pick,no pick", "p_t is '2024-13-01 00:00:00'", time),
    WrongRow("bad,S1,2023-02-29 00:00:00,0.5,no pick,no pick", "p_t is '2023-02-29 00:00:00'", time),
    WrongRow("bad,S1,-2024-01-01 00:00:00,0.5,no pick,no pick", "p_t is '-2024-01-01 00:00:00'", time),
    WrongRow("bad,S1,10000-01-01 00:00:00,0.5,no pick,no pick", "p_t is '10000-01-01 00:00:00'", time),
    WrongRow("bad,S1,9999-12-31 23:59:59-14:00,0.5,no pick,no pick", "p_t is '9999-12-31 23:59:59-14:00'", time),
    WrongRow("bad,,2024-01-01 00:00:00,0.5,no pick,no pick", "station is empty", "a station code"),
    WrongRow(
      "bad,S1,2024-01-01 00:00:00,0.5,2024-01-01 00:00:03,no pick",
      "s_t is '2024-01-01 00:00:03' and s_prob is 'no pick'", "a time and a probability, or 'no pick' in both"),
    WrongRow(
      "bad,S1,2024-01-01 00:00:00,0.5,later,0.5", "s_t is 'later'", "a time, or 'no pick'"),
    WrongRow(
      "bad,S1,2024-01-01 00:00:00,0.5,2024-01-01 00:00:03,2", "s_prob is '2'", "a number from 0 to 1, or 'no pick'"),
  ]
}

@Suite("Wrong pick tables")
struct WrongPickTableTests {
  /// Commands that read a pick table `t.csv` and write the folder `out`.
  static let commands = [
    "refine --no-report --picks t.csv --model \(Demonstration.model) --output out",
    "features --picks t.csv --output out",
    "features --real \(Demonstration.real) --fake t.csv --output out",
    "train shallow --real t.csv --fake \(Demonstration.fake) --output out",
    "evaluate --real \(Demonstration.real) --fake t.csv --output out",
    "evaluate --real \(Demonstration.real) --fake \(Demonstration.fake) --test-real t.csv --test-fake t.csv --output out",
  ].map { $0 + " --quiet" }

  @Test("A table that cannot be read ends every command with one line", arguments: WrongTable.all)
  func unreadable(_ table: WrongTable) throws {
    let place = try Workplace()
    if let content = table.content { try place.folder.write("t.csv", content) }
    for command in Self.commands {
      try place.fail(command, table.exitCode, "t.csv\(table.message)")
      #expect(place.names("out") == [])
    }
  }

  @Test("A directory is not a table")
  func directory() throws {
    let place = try Workplace()
    for command in Self.commands.map({ $0.replacing("t.csv", with: ".") }) {
      try place.fail(command, 66, ".: it is a directory; expected a file; give the path of a file")
    }
    // A directory of Nordic files would be a catalog.
    for command in ["inspect .", "convert . x.csv"] {
      let outcome = try place.run(command)
      #expect(outcome.exitCode == 65 || outcome.exitCode == 66)
      #expect(outcome.errorOutput.hasPrefix("hsdl-mpi: error: .: it is a directory without files; expected a catalog"))
    }
    #expect(place.names("out") == [])
  }

  @Test("Several ranks say the same, once", arguments: [WrongTable.all[0], WrongTable.all[2]])
  func unreadableOnRanks(_ table: WrongTable) throws {
    let place = try Workplace()
    if let content = table.content { try place.folder.write("t.csv", content) }
    for command in Self.commands {
      try place.fail(command, table.exitCode, "t.csv\(table.message)", ranks: 3)
      #expect(place.names("out") == [])
    }
  }

  @Test("A row that cannot be used is left out, counted and named", arguments: WrongRow.all)
  func leftOut(_ row: WrongRow) throws {
    let place = try Workplace()
    let good = Demonstration.rows[0]
    try place.folder.write("t.csv", Demonstration.table([good, row.row]))
    let outcome = try place.succeed(Self.commands[0])
    #expect(
      outcome.errorOutput
        == "hsdl-mpi: warning: 1 row could not be used, first t.csv, line 3: \(row.found); expected \(row.expected); "
        + "see problems.csv\n")
    func field(_ text: String) -> String { text.contains(",") ? "\"\(text)\"" : text }
    let byte = Demonstration.header.utf8.count + good.utf8.count + 2
    #expect(
      try place.folder.text("out/problems.csv")
        == "file,line,byte,event_id,problem,expected,action\n"
        + "t.csv,3,\(byte),bad,\(field(row.found)),\(field(row.expected)),row left out\n")
    let last = try place.folder.text("out/events.csv").split(separator: "\n").last ?? ""
    #expect(last == "bad,,,,,,uncertain,,,,no usable pick; see problems.csv,0,0,0,1,,,,")
    #expect(try place.folder.text("out/refined.xml").contains("smi:local/event/bad"))
  }

  @Test("Where no row can be used, or every row must be, the first wrong row ends the work", arguments: WrongRow.all)
  func fatal(_ row: WrongRow) throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table([row.row]))
    for command in Self.commands[..<2] {
      try place.fail(
        command, 65, "t.csv, line 2: \(row.found); expected \(row.expected); no row of the tables could be used")
    }
    try place.folder.write("t.csv", Demonstration.table([Demonstration.rows[0], "", row.row, row.row]))
    let strict = "t.csv, line 4: event 'bad': \(row.found); expected \(row.expected)"
    try place.fail("\(Self.commands[0]) --strict", 65, strict)
    try place.fail(Self.commands[3], 65, strict)
    #expect(place.names("out") == [])
  }

  @Test("Of several wrong rows the first is named on any number of ranks", arguments: [1, 3])
  func firstOfSeveral(ranks: Int) throws {
    let place = try Workplace()
    // The second table is the larger one, so its unit is handed out first.
    try place.folder.write("1.csv", Demonstration.table([Demonstration.rows[0], "bad,S1,x,0.5,no pick,no pick"]))
    try place.folder.write(
      "2.csv", Demonstration.table(Demonstration.rows[0..<99] + ["bad,S1,y,0.5,no pick,no pick"]))
    let message = "1.csv, line 3: event 'bad': p_t is 'x'; expected a time as 2024-08-02 16:56:23.715"
    for _ in 0..<3 {
      try place.fail(
        "refine --no-report --picks 1.csv 2.csv --model \(Demonstration.model) --output out --strict --quiet", 65,
        message,
        ranks: ranks)
    }
    try place.fail(
      "train shallow --real 1.csv --fake 2.csv --output out --quiet", 65, message, ranks: ranks)
    #expect(place.names("out") == [])
  }

  @Test("A table of a header alone has nothing to work on")
  func headerAlone() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table([]))
    for command in Self.commands[..<2] {
      for ranks in [nil, 3] {
        try place.fail(
          command, 65, "t.csv: there is no row behind the header; expected rows of picks", ranks: ranks)
      }
    }
    let trained = try place.run(Self.commands[3])
    #expect(trained.exitCode == 65)
    #expect(trained.errorOutput.hasPrefix("hsdl-mpi: error: a model cannot be trained: there are 0 real and "))
    #expect(trained.errorLines.count == 1)
    #expect(place.names("out") == [])
  }

  @Test("An event has one label and stands in one table", arguments: [nil, 3])
  func twoTables(ranks: Int?) throws {
    let place = try Workplace()
    try place.folder.write("a.csv", Demonstration.table(["e1,S,2024-01-01,0.5,no pick,no pick"]))
    try place.folder.write("b.csv", Demonstration.table(["e1,S,2024-01-02,0.5,no pick,no pick"]))
    for command in ["train shallow", "evaluate", "features"] {
      try place.fail(
        "\(command) --real a.csv --fake b.csv --output out --quiet", 65,
        "event 'e1' is in a table of real events (a.csv) and in one of fake events (b.csv); an event must have one "
          + "label: remove it from one of them", ranks: ranks)
    }
    try place.fail(
      "train shallow --real a.csv b.csv --fake \(Demonstration.fake) --output out --quiet", 65,
      "event 'e1' stands in two tables (a.csv, b.csv); give each event once", ranks: ranks)
    #expect(place.names("out") == [])
  }

  @Test("A line that goes on for megabytes is no table")
  func endlessLine() throws {
    let place = try Workplace()
    try place.folder.write(
      "t.csv", Demonstration.table(["e1,\(String(repeating: "S", count: 5 << 20)),2024-01-01,0.5,no pick,no pick"]))
    try place.fail(
      Self.commands[0], 65,
      "t.csv, byte 39: a line of more than 4 MiB; expected a table of short lines; check that the file is a pick table"
    )
  }
}

import Foundation
import TestSupport
import Testing

/// Damage to the archive of a synthetic network.
struct Damage: Sendable, CustomTestStringConvertible {
  var name: String
  /// A script of the shell that runs where the stations' folders are; `$Z` is the vertical component of S001.
  var script: String
  /// Stations whose rows may change.
  var stations: [String]
  /// What `problems.csv` says in its rows, one text each.
  var problems: [String]
  var testDescription: String { name }

  init(_ name: String, _ script: String, stations: [String] = ["SY.S001"], _ problems: [String]) {
    self.name = name
    self.script = script
    self.stations = stations
    self.problems = problems
  }

  private static let otherNames = "files or folders with other names, such as "

  static let all = [
    Damage("cut in a record", "truncate -s 55396 $Z", ["a record of 4096 bytes of which 2148 are there"]),
    Damage(
      "a block that is none", "head -c 4096 /dev/zero | dd of=$Z bs=4096 seek=3 conv=notrunc status=none",
      [",12288,,something that is no miniSEED record"]),
    Damage("zeros", "truncate -s 0 $Z; truncate -s 110592 $Z", ["something that is no miniSEED record"]),
    Damage("empty", "truncate -s 0 $Z", ["SY.S001..BHZ.D.2024.001"]),
    Damage("100 bytes", "truncate -s 100 $Z", ["SY.S001..BHZ.D.2024.001"]),
    Damage("prose", "yes 'no waveforms' | head -c 3000 > $Z", ["something that is no miniSEED record"]),
    Damage("records of another station", "cp S002/BHZ.D/* $Z", ["records of SY.S002..BHZ"]),
    Damage("a folder instead", "rm $Z; mkdir $Z", [otherNames]),
    Damage("a loop of links", "rm $Z; ln -s SY.S001..BHZ.D.2024.001 $Z; ln -s .. S003/up", [otherNames]),
    Damage("a pipe", "rm $Z; mkfifo $Z", [otherNames]),
    Damage("a link to nothing", "rm $Z; ln -s /nonexistent/file $Z", [otherNames]),
    Damage("other names", "mkdir -p x/y.D; echo z > x/y.D/z", stations: [], [otherNames]),
    Damage("a day missing", "rm $Z", []),
    Damage("all records twice", "cat $Z $Z > x; mv x $Z", stations: [], []),
    Damage(
      "records in another order", "tail -c +40961 $Z > x; head -c 40960 $Z >> x; mv x $Z", stations: [], []),
  ]
}

@Suite("Damaged archives")
struct WrongArchiveTests {
  static let header = "file,line,byte,event_id,problem,expected,action"

  private static func features(_ options: String = "") -> String {
    "features --catalog \(SyntheticNetwork.catalog) --stations \(SyntheticNetwork.stations) --archive sds:archive "
      + "--station-features --quiet \(options)"
  }

  @Test("Damage is named once, on any number of ranks, and costs nothing else", arguments: Damage.all)
  func damaged(_ damage: Damage) throws {
    let place = try Workplace()
    let made = try place.shell(
      "cp -r \(SyntheticNetwork.archive) archive && cd archive/2024/SY && Z=S001/BHZ.D/SY.S001..BHZ.D.2024.001\n"
        + damage.script)
    try #require(made.exitCode == 0, "\(made.errorOutput)")
    let alone = try place.succeed(Self.features("--output r1"))
    let rows = try place.folder.text("r1/problems.csv").split(separator: "\n").map(String.init)
    #expect(rows.first == Self.header)
    #expect(rows.count == 1 + damage.problems.count, "\(rows.dropFirst().first ?? "nothing is named")")
    for problem in damage.problems { #expect(rows.contains { $0.contains(problem) }, "\(problem)") }
    #expect(alone.errorLines.count == (damage.problems.isEmpty ? 0 : 1))
    let whole = try String(contentsOfFile: "\(SyntheticNetwork.folder)/features/station_features.csv", encoding: .utf8)
    let measured = Set(try place.folder.text("r1/station_features.csv").split(separator: "\n").map(String.init))
    let changed = whole.split(separator: "\n").filter { !measured.contains(String($0)) }
    #expect(Set(changed.map { String($0.split(separator: ",")[1]) }) == Set(damage.stations))
    guard !damage.problems.isEmpty else { return }
    try place.succeed(Self.features("--output r3"), ranks: 3)
    try CatalogRefineTests.expectSame(place, "r1", "r3", ["features.csv", "station_features.csv", "problems.csv"])
  }

  @Test("What is no archive is refused, and nothing is left")
  func noArchive() throws {
    let place = try Workplace()
    #expect(try place.shell("mkdir -p empty other/a; echo x > other/a/b; echo x > file").exitCode == 0)
    let layout =
      "YEAR/NET/STA/CHAN.D/NET.STA.LOC.CHAN.D.YEAR.DAY; give the folder above the years, or files:DIR for other trees"
    for (archive, exitCode, message) in [
      ("sds:none", 66, "none: there is no such folder; expected a folder; check the path and its permissions"),
      ("sds:empty", 65, "empty: an empty folder; expected files as empty/\(layout)"),
      ("sds:other", 65, "other: no file of an SDS archive; there is other/a/b; expected files as other/\(layout)"),
      (
        "files:other", 65,
        "other: none of its 1 files holds waveforms (other/a/b was the first); expected miniSEED or SAC files; check the path"
      ),
      (
        "sds:file", 66,
        "file: the folder cannot be read (Not a directory); expected a folder; check the path and its permissions"
      ),
      ("stead:file", 65, "file: it is not an HDF5 file; expected an HDF5 file; check that it was copied whole"),
      (
        "foo:other", 65,
        "foo:other: an archive of the kind 'foo'; expected sds:PATH, files:PATH, stead:FILE.hdf5 or seisbench:DIR"
      ),
    ] as [(String, Int32, String)] {
      try place.fail(
        "features --catalog \(SyntheticNetwork.catalog) --stations \(SyntheticNetwork.stations) --archive \(archive) "
          + "--output r --quiet", exitCode, message, ranks: archive == "sds:none" ? 3 : nil)
    }
    #expect(try place.folder.names() == ["empty", "file", "other"])
  }

  @Test("What is no file of stations is refused, and nothing is left")
  func noStations() throws {
    let place = try Workplace()
    let archive = "--archive sds:\(SyntheticNetwork.archive)"
    let begin = "features --catalog \(SyntheticNetwork.catalog) \(archive) --output r --quiet"
    try place.folder.write("empty", "")
    try place.fail(begin, 64, "--archive needs --stations, the coordinates of its stations; see --help")
    try place.fail("\(begin) --stations none", 66, "none: there is no such file; check the path")
    try place.fail("\(begin) --stations empty", 65, "empty: it is empty; expected stations; check how it was made")
    let outcome = try place.run("\(begin) --stations \(SyntheticNetwork.catalog)", ranks: 2)
    #expect(outcome.exitCode == 65)
    #expect(outcome.errorOutput.contains("it is QuakeML, which describes events"))
    #expect(outcome.errorLines.count == 1)
    #expect(try place.folder.names() == ["empty"])
  }

  @Test("Stations of the archive that no file of stations describes are named")
  func unknownStations() throws {
    let place = try Workplace()
    let text = try String(contentsOfFile: SyntheticNetwork.stations, encoding: .utf8)
    try place.folder.write("renamed.xml", text.replacing("<Station code=\"S002\"", with: "<Station code=\"S902\""))
    try place.folder.write("foreign.xml", text.replacing("<Network code=\"SY\"", with: "<Network code=\"XX\""))
    for ranks in [nil, 3] {
      try place.succeed(
        "features --catalog \(SyntheticNetwork.catalog) --archive sds:\(SyntheticNetwork.archive) --stations renamed.xml "
          + "--output r\(ranks ?? 1) --quiet", ranks: ranks)
      let rows = try place.folder.text("r\(ranks ?? 1)/problems.csv").split(separator: "\n")
      #expect(rows.count == 2)
      #expect(rows.contains { $0.contains("SY.S002") })
    }
    // Without a single station in common, archive and stations do not belong together.
    let outcome = try place.run(
      "features --catalog \(SyntheticNetwork.catalog) --archive sds:\(SyntheticNetwork.archive) --stations foreign.xml "
        + "--output f --quiet")
    #expect(outcome.exitCode == 65)
    #expect(outcome.errorLines.count == 1)
  }

  @Test("Sensitivities that are none are named")
  func sensitivity() throws {
    let place = try Workplace()
    let text = try String(contentsOfFile: SyntheticNetwork.stations, encoding: .utf8)
    for value in ["0", "NaN", "abc"] {
      var changed = text
      changed.replace(between: "<InstrumentSensitivity>\n            <Value>", and: "<", with: value)
      try #require(changed != text)
      try place.folder.write("s.xml", changed)
      try place.succeed(
        "features --catalog \(SyntheticNetwork.catalog) --archive sds:\(SyntheticNetwork.archive) --stations s.xml "
          + "--output r --overwrite --quiet")
      let rows = try place.folder.text("r/problems.csv").split(separator: "\n")
      #expect(rows.count == 2)
      #expect(rows.last?.contains("channel SY.S001..BHZ: the instrument sensitivity is '\(value)'") == true)
    }
  }
}

/// A change to the sixth event of a synthetic network's catalog.
struct WrongEvent: Sendable, CustomTestStringConvertible {
  var name: String
  var change: @Sendable (inout String) -> Void
  /// What `problems.csv` says; nil for nothing.
  var problem: String?
  var testDescription: String { name }

  init(_ name: String, _ problem: String? = nil, _ change: @escaping @Sendable (inout String) -> Void) {
    self.name = name
    self.change = change
    self.problem = problem
  }

  private static func latitude(_ value: String, _ problem: String?) -> WrongEvent {
    WrongEvent("latitude \(value)", problem) { $0.replace(between: "<latitude><value>", and: "<", with: value) }
  }
  private static func depth(_ value: String, _ problem: String?) -> WrongEvent {
    WrongEvent("depth \(value) m", problem) { $0.replace(between: "<depth><value>", and: "<", with: value) }
  }
  private static func time(_ value: String, _ problem: String?) -> WrongEvent {
    WrongEvent("time \(value)", problem) {
      guard let origin = $0.range(of: "<origin ") else { return }
      var rest = String($0[origin.lowerBound...])
      rest.replace(between: "<time><value>", and: "<", with: value)
      $0 = $0[..<origin.lowerBound] + rest
    }
  }

  static let all = [
    latitude("NaN", "<origin> has no usable latitude"), latitude("91", "latitude 91.0, longitude "),
    depth("-5000", nil), depth("650000", nil), depth("NaN", "<depth> is not complete"), depth("-1e12", "depth"),
    depth("900000", "depth"),
    time("NaN", "<origin> has no usable time"), time("9999-12-31T23:59:59.999Z", nil),
    time("0001-01-01T00:00:00Z", nil),
    time("2023-12-31T23:59:59Z", nil),
    WrongEvent("no identifier", "an <event> has no publicID") { $0.replace(between: "<event", and: ">", with: " ") },
    WrongEvent("picks at stations that nobody knows") { $0 = $0.replacing("stationCode=\"S", with: "stationCode=\"X") },
    WrongEvent("no origin") {
      guard let begin = $0.range(of: "<origin "), let end = $0.range(of: "</origin>") else { return }
      $0.removeSubrange(begin.lowerBound..<end.upperBound)
    },
    WrongEvent("commas, quotes, markup in the identifier") {
      $0.replace(between: "publicID=\"", and: "\"", with: "smi:a/b,&quot;c&quot;,&lt;地震&gt;")
    },
    WrongEvent("a line break in the identifier") {
      $0.replace(between: "publicID=\"", and: "\"", with: "smi:a/b&#10;c")
    },
  ]
}

@Suite("Catalogs with events that are wrong")
struct WrongEventTests {
  @Test(
    "The event is in the results, its trouble named with its identifier, and no other event suffers",
    arguments: WrongEvent.all)
  func wrong(_ event: WrongEvent) throws {
    let place = try Workplace()
    let text = SyntheticNetwork.catalog(changing: 5, event.change)
    try #require(text != SyntheticNetwork.catalog(SyntheticNetwork.parts.events))
    try place.folder.write("c.xml", text)
    try place.succeed(CatalogRefineTests.refine("c.xml", "r1"))
    let count = SyntheticNetwork.parts.events.count
    let rows = try place.folder.text("r1/events.csv").split(separator: "\n")
    #expect(rows.count == count + 1)
    let problems = try place.folder.text("r1/problems.csv").split(separator: "\n").dropFirst()
    #expect(problems.count == (event.problem == nil ? 0 : 1), "\(problems.first ?? "nothing is named")")
    if let problem = event.problem, let row = problems.first {
      #expect(row.contains(problem))
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      #expect(fields[0] == "c.xml")
      // The identifier is the one of events.csv.
      #expect(rows.contains { $0.hasPrefix("\(fields[3]),") }, "\(fields[3])")
    }
    // What is measured at the stations does not depend on other events.
    let id = SyntheticNetwork.id(5)
    let whole = try String(contentsOfFile: "\(SyntheticNetwork.folder)/refined/station_features.csv", encoding: .utf8)
    let measured = Set(try place.folder.text("r1/station_features.csv").split(separator: "\n").map(String.init))
    #expect(whole.split(separator: "\n").allSatisfy { $0.hasPrefix(id) || measured.contains(String($0)) })
    // What is written can be read.
    guard event.problem != nil || event.name.contains("identifier") else { return }
    try place.succeed(
      "train shallow --feature-table r1/features.csv --labels \(SyntheticNetwork.labels) --models threshold --output m --quiet"
    )
    try place.succeed(CatalogRefineTests.refine("c.xml", "r2"), ranks: 2)
    try CatalogRefineTests.expectSame(place, "r1", "r2")
  }

  @Test("Of a catalog that breaks off, what stands before is used", arguments: [nil, 3])
  func cut(_ ranks: Int?) throws {
    let place = try Workplace()
    let parts = SyntheticNetwork.parts
    try place.folder.write("c.xml", parts.head + parts.events[..<30].joined() + parts.events[30].prefix(900))
    let outcome = try place.succeed(CatalogRefineTests.refine("c.xml", "r"), ranks: ranks)
    #expect(outcome.output.hasPrefix("30 events: "))
    #expect(outcome.errorLines.count == 1)
    let problems = try place.folder.text("r/problems.csv").split(separator: "\n")
    #expect(problems.count == 2)
    #expect(
      problems.last?.hasPrefix("c.xml,") == true
        && problems.last?.hasSuffix(",the rest of the file was left out") == true)
    let strict = try place.run(CatalogRefineTests.refine("c.xml", "s", "--strict"), ranks: ranks)
    #expect(strict.exitCode == 65)
    #expect(strict.errorLines.count == 1)
    #expect(try place.folder.names() == ["c.xml", "r"])
  }
}

/// Tables of features and labels that are wrong.
@Suite("Wrong tables of features and labels")
struct WrongFeatureTableTests {
  @Test("What is wrong is named in one line, the same on any number of ranks, and nothing is left")
  func wrong() throws {
    let place = try Workplace()
    let table = try String(contentsOfFile: SyntheticNetwork.featureTable, encoding: .utf8)
    let labels = try String(contentsOfFile: SyntheticNetwork.labels, encoding: .utf8)
    let (rows, labelRows) = (table.split(separator: "\n"), labels.split(separator: "\n"))
    var cells = rows[4].split(separator: ",", omittingEmptySubsequences: false)
    cells[5] = "abc"
    let id = rows[3].split(separator: ",")[0]
    let count = rows[0].split(separator: ",").count
    let labelled = String(labelRows[1].split(separator: ",")[0])
    let contradiction = "\(labelled),\(labelRows[1].contains(",real,") ? "fake" : "real"),,,\n"
    let tables: [(String, String, String)] = [
      ("", labels, "f.csv: it is empty; expected a table of features; check how it was made"),
      (table, "", "l.csv: it is empty; expected a table of labels; check how it was made"),
      (labels, labels, "f.csv, line 1: no column is a feature; expected names as in features.json"),
      (
        table.replacing("event_id", with: "id", maxReplacements: 1), labels,
        "f.csv, line 1: there is no column event_id; expected a table of features, as `features` writes it"
      ),
      (
        table.replacing(rows[4], with: cells.joined(separator: ",")), labels,
        "f.csv, line 5: p_prob_av is 'abc'; expected a number"
      ),
      (table.replacing(rows[5], with: "\(rows[5]),1"), labels, "f.csv, line 6: \(count + 1) fields; expected \(count)"),
      (
        table + rows[3] + "\n", labels,
        "f.csv, line \(rows.count + 1): event '\(id)' stands twice; expected each event once"
      ),
      (
        table, labels.replacing("auto-", with: "other-"),
        "l.csv: none of the \(rows.count - 1) events of f.csv is labelled real or fake; expected the identifiers of its "
          + "column event_id"
      ),
      (
        table, labels + contradiction,
        "l.csv, line \(labelRows.count + 1): event '\(labelled)' has two labels; expected one"
      ),
    ]
    for (f, l, message) in tables {
      try place.folder.write("f.csv", f)
      try place.folder.write("l.csv", l)
      try place.fail("train shallow --feature-table f.csv --labels l.csv --output m --quiet", 65, message)
      #expect(place.names("") == ["f.csv", "l.csv"])
    }
  }

  @Test("Events of one kind alone are refused in one line, on any number of ranks", arguments: [nil, 3])
  func oneKind(_ ranks: Int?) throws {
    let place = try Workplace()
    let labels = try String(contentsOfFile: SyntheticNetwork.labels, encoding: .utf8)
      .replacing(",fake,", with: ",real,").replacing(",duplicate,", with: ",real,")
    try place.folder.write("l.csv", labels)
    let count = labels.split(separator: "\n").count - 1
    try place.fail(
      "train shallow --feature-table \(SyntheticNetwork.featureTable) --labels l.csv --output m --quiet", 65,
      "a model cannot be trained: there are \(count) real and 0 fake events; both are needed", ranks: ranks)
    #expect(place.names("") == ["l.csv"])
  }
}

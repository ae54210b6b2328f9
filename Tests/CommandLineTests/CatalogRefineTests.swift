import Foundation
import TestSupport
import Testing

/// A synthetic network with waveforms, its features and a model, made once for all tests.
enum SyntheticNetwork {
  /// The folder; it holds `net` (as `synth` writes it), `features`, `model` and `refined`.
  static let folder: String = {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("network-\(UUID().uuidString)").path
    forgotten = path
    atexit { forgotten.map { try? FileManager.default.removeItem(atPath: $0) } }
    let input =
      "--catalog \(path)/net/automatic.xml --archive sds:\(path)/net/archive --stations \(path)/net/stations.xml"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for command in [
        "synth --stations 5 --days 0.04 --events-per-day 900 --sampling-rate 20 --seed 1 --output \(path)/net",
        "features \(input) --station-features --output \(path)/features",
        "train shallow --feature-table \(path)/features/features.csv --labels \(path)/net/labels.csv --models boosting "
          + "--rounds 20 --seed 1 --output \(path)/model",
        "refine --no-report \(input) --station-features --model \(path)/model --output \(path)/refined",
      ] {
        let outcome = try Program.run("hsdl-mpi", command.split(separator: " ").map(String.init) + ["--quiet"])
        if outcome.exitCode != 0 { return "\(command): \(outcome.errorOutput)" }
      }
      return path
    } catch {
      return "there is no network: \(error)"
    }
  }()
  // Removed when the tests have ended.
  nonisolated(unsafe) private static var forgotten: String?

  static var catalog: String { "\(folder)/net/automatic.xml" }
  static var archive: String { "\(folder)/net/archive" }
  static var stations: String { "\(folder)/net/stations.xml" }
  static var labels: String { "\(folder)/net/labels.csv" }
  static var featureTable: String { "\(folder)/features/features.csv" }
  static var model: String { "\(folder)/model" }
  /// The options that name archive and stations.
  static var waveforms: String { "--archive sds:\(archive) --stations \(stations)" }

  /// The text before the first event, the events, and the text behind the last one.
  static let parts: (head: String, events: [String], tail: String) = {
    let text = (try? String(contentsOfFile: catalog, encoding: .utf8)) ?? ""
    var pieces = text.components(separatedBy: "<event ")
    guard pieces.count > 2, let end = pieces[pieces.count - 1].range(of: "</event>") else { return ("", [], "") }
    let last = pieces.removeLast()
    let tail = String(last[end.upperBound...])
    return (pieces.removeFirst(), (pieces + [String(last[..<end.upperBound])]).map { "<event \($0)" }, tail)
  }()

  /// A catalog of events.
  static func catalog(_ events: some Sequence<String>) -> String { parts.head + events.joined() + parts.tail }

  /// The catalog with one event changed.
  static func catalog(changing place: Int, _ change: (inout String) -> Void) -> String {
    var events = parts.events
    change(&events[place])
    return catalog(events)
  }

  /// An event's identifier in tables.
  static func id(_ place: Int) -> String {
    let event = parts.events[place]
    return String(event.dropFirst(17).prefix { $0 != "\"" }.split(separator: "/").last ?? "")
  }
}

extension String {
  /// Replaces what stands between two texts where they stand first.
  mutating func replace(between first: String, and last: String, with text: String) {
    guard let begin = range(of: first), let end = self[begin.upperBound...].range(of: last) else { return }
    replaceSubrange(begin.upperBound..<end.lowerBound, with: text)
  }
}

@Suite("Catalogs with waveforms")
struct CatalogRefineTests {
  static let files = [
    "events.csv", "features.csv", "station_features.csv", "refined.xml", "rejected.xml", "problems.csv", "review.csv",
  ]

  static func refine(_ catalog: String, _ output: String, _ options: String = "--station-features") -> String {
    "refine --no-report --catalog \(catalog) \(SyntheticNetwork.waveforms) --model \(SyntheticNetwork.model) --output \(output) --quiet "
      + options
  }

  static func expectSame(
    _ place: Workplace, _ one: String, _ other: String, _ files: [String] = Self.files,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for file in files {
      let isSame = try place.folder.bytes("\(one)/\(file)") == place.folder.bytes("\(other)/\(file)")
      #expect(isSame, "\(one)/\(file) and \(other)/\(file)", sourceLocation: sourceLocation)
    }
  }

  @Test("A network is there")
  func network() throws {
    try #require(
      FileManager.default.fileExists(atPath: "\(SyntheticNetwork.folder)/refined/events.csv"),
      "\(SyntheticNetwork.folder)")
    #expect(SyntheticNetwork.parts.events.count > 40)
    let problems = try String(contentsOfFile: "\(SyntheticNetwork.folder)/refined/problems.csv", encoding: .utf8)
    #expect(problems == "file,line,byte,event_id,problem,expected,action\n")
  }

  @Test("The same results on any number of ranks, byte for byte", arguments: [1, 2, 3, 4])
  func ranks(_ ranks: Int) throws {
    let place = try Workplace()
    try place.succeed(Self.refine(SyntheticNetwork.catalog, "r"), ranks: ranks)
    #expect(try place.shell("ln -s \(SyntheticNetwork.folder)/refined alone").exitCode == 0)
    try Self.expectSame(place, "alone", "r")
    #expect(place.names("r") == (Self.files + ["run.json"]).sorted())
  }

  @Test("Every event is there once, in the order of time")
  func complete() throws {
    let rows = try String(contentsOfFile: "\(SyntheticNetwork.folder)/refined/events.csv", encoding: .utf8)
      .split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let ids = SyntheticNetwork.parts.events.indices.map(SyntheticNetwork.id)
    #expect(rows.map { String($0[0]) }.sorted() == ids.sorted())
    #expect(rows.map { String($0[1]) } == rows.map { String($0[1]) }.sorted())
  }

  @Test("How events lie in files does not matter; duplicates are merged unless they are kept")
  func form() throws {
    let place = try Workplace()
    let events = SyntheticNetwork.parts.events
    try place.folder.write("a.xml", SyntheticNetwork.catalog(events[..<20]))
    try place.folder.write("b.xml", SyntheticNetwork.catalog(events[20...]))
    try place.folder.write("shuffled.xml", SyntheticNetwork.catalog(shuffled(events)))
    try place.folder.write("twice.xml", SyntheticNetwork.catalog(events + shuffled(events)))
    #expect(try place.shell("ln -s \(SyntheticNetwork.folder)/refined alone").exitCode == 0)
    for (name, catalogs) in [("cut", "a.xml b.xml"), ("turned", "b.xml a.xml"), ("shuffled", "shuffled.xml")] {
      try place.succeed(Self.refine(catalogs, name), ranks: 2)
      try Self.expectSame(place, "alone", name)
    }
    let twice = try place.succeed(Self.refine("twice.xml", "twice"), ranks: 2)
    #expect(twice.output.hasPrefix("\(2 * events.count) events: "))
    #expect(twice.output.contains(" of these are other entries of events that are there, merged into them"))
    let merged = try place.folder.text("twice/refined.xml") + place.folder.text("twice/rejected.xml")
    let alone = try place.folder.text("alone/refined.xml") + place.folder.text("alone/rejected.xml")
    // Whole entries more are alternatives to what is there, not events of their own.
    #expect(merged.components(separatedBy: "<event ").count == alone.components(separatedBy: "<event ").count)
    let kept = try place.succeed(Self.refine("twice.xml", "kept", "--keep-duplicates"), ranks: 3)
    #expect(!kept.output.contains("merged"))
    try place.succeed(Self.refine("twice.xml", "kept1", "--keep-duplicates"))
    try Self.expectSame(place, "kept", "kept1", Self.files.filter { $0 != "station_features.csv" })
    #expect(try place.folder.text("kept/events.csv").split(separator: "\n").count == 2 * events.count + 1)
  }

  @Test(
    "Other options, on one rank and three",
    arguments: [
      "--velocity-model \(SyntheticNetwork.folder)/net/velocity.csv", "--max-distance 30", "--max-stations 2",
    ])
  func options(_ options: String) throws {
    let place = try Workplace()
    try place.succeed(Self.refine(SyntheticNetwork.catalog, "one", "--station-features \(options)"))
    try place.succeed(Self.refine(SyntheticNetwork.catalog, "three", "--station-features \(options)"), ranks: 3)
    try Self.expectSame(place, "one", "three")
    let rows = try place.folder.text("one/station_features.csv").split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",") }
    if options.hasPrefix("--max-distance") {
      #expect(rows.allSatisfy { (Double($0[4]) ?? .infinity) <= 30 })
    } else if options.hasPrefix("--max-stations") {
      #expect(Dictionary(grouping: rows, by: { $0[0] }).values.allSatisfy { $0.count <= 2 })
    }
    let whole = try String(contentsOfFile: "\(SyntheticNetwork.folder)/refined/features.csv", encoding: .utf8)
    #expect(try place.folder.text("one/features.csv") != whole)
  }

  @Test("An archive of files keeps its index, and takes it up again on any number of ranks")
  func archiveIndex() throws {
    let place = try Workplace()
    let network = SyntheticNetwork.self
    let command =
      "features --catalog \(network.catalog) --archive files:\(network.archive) --stations \(network.stations)"
    try place.succeed("\(command) --output a --quiet")
    try place.succeed("\(command) --output b --quiet --archive-index a/archive-index.csv", ranks: 2)
    try Self.expectSame(place, "a", "b", ["features.csv", "problems.csv", "archive-index.csv"])
    // The same waveforms as those of the tree that they are.
    let table = try String(contentsOfFile: network.featureTable, encoding: .utf8)
    #expect(try place.folder.text("a/features.csv") == table)
    try place.fail(
      "\(command) --output c --archive-index none.csv", 66, "none.csv: there is no such file; check the path")
  }

  @Test("A configuration file and the same options")
  func configuration() throws {
    let place = try Workplace()
    try place.folder.write(
      "c.yaml",
      "catalog: [\(SyntheticNetwork.catalog)]\narchive: sds:\(SyntheticNetwork.archive)\n"
        + "stations: \(SyntheticNetwork.stations)\nmodel: \(SyntheticNetwork.model)\nstation-features: true\nno-report: true\n"
        + "output: r\nquiet: true\n")
    try place.succeed("refine --config c.yaml", ranks: 2)
    #expect(try place.shell("ln -s \(SyntheticNetwork.folder)/refined alone").exitCode == 0)
    try Self.expectSame(place, "alone", "r")
  }

  @Test("A dry run says what would be done, also of a catalog that breaks off, and does nothing")
  func dryRun() throws {
    let place = try Workplace()
    let outcome = try place.succeed(Self.refine(SyntheticNetwork.catalog, "r", "--dry-run"), ranks: 2)
    #expect(outcome.output.contains("QuakeML, \(SyntheticNetwork.parts.events.count) events\n5 stations in "))
    #expect(outcome.errorOutput == "")
    let text = SyntheticNetwork.catalog(SyntheticNetwork.parts.events)
    try place.folder.write("cut.xml", String(text.prefix(text.count / 2)))
    try place.succeed(Self.refine("cut.xml", "r", "--dry-run"))
    #expect(try place.folder.names() == ["cut.xml"])
  }

  @Test("A model of features of waveforms without an archive is refused")
  func noArchive() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "refine --catalog \(SyntheticNetwork.catalog) --model \(SyntheticNetwork.model) --output r", ranks: 2)
    #expect(outcome.exitCode == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errorOutput.contains("give --archive and --stations, or a model of picks"))
    #expect(try place.folder.names() == [])
  }

  @Test("One entry more or less of a swarm beyond a unit does not change with the ranks")
  func manyUnits() throws {
    let place = try Workplace()
    // More than 64 units of 32 events, so that units are larger on fewer ranks.
    var text = "id,time,latitude,longitude,depth,magnitude\n"
    for number in 0..<4200 {
      let second = number / 2 * 40 + number % 2
      let time = String(
        format: "2024-01-%02dT%02d:%02d:%02d.%03dZ", 1 + second / 86_400, second / 3600 % 24, second / 60 % 60,
        second % 60,
        number % 1000)
      text += "e\(number),\(time),\(27.5 + Double(number * 37 % 100) / 500),-68.5,8,\(Double(number % 30) / 10)\n"
    }
    try place.folder.write("c.csv", text)
    for ranks in [1, 2, 3] {
      try place.succeed(
        "features --catalog c.csv --stations \(SyntheticNetwork.stations) --output f\(ranks) --quiet", ranks: ranks)
      try Self.expectSame(place, "f1", "f\(ranks)", ["features.csv", "problems.csv"])
    }
    #expect(try place.folder.text("f1/features.csv").split(separator: "\n").count == 4201)
  }

  @Test("The time that an event takes grows with its picks, not with their square", .timeLimit(.minutes(2)))
  func manyPicks() throws {
    let place = try Workplace()
    func seconds(_ count: Int) throws -> Double {
      var event = "<event publicID=\"smi:local/event/large\">"
      for number in 0..<count {
        event +=
          "<pick publicID=\"smi:local/pick/\(number)\"><time><value>2024-01-01T00:10:\(10 + number % 50)Z</value></time>"
          + "<waveformID networkCode=\"SY\" stationCode=\"T\(number)\"/><phaseHint>P</phaseHint></pick>"
      }
      event +=
        "<origin publicID=\"smi:local/origin/large\"><time><value>2024-01-01T00:10:00Z</value></time><latitude><value>27.6"
        + "</value></latitude><longitude><value>-68.5</value></longitude></origin></event>"
      try place.folder.write("c.xml", SyntheticNetwork.catalog([event]))
      let begin = Date()
      try place.succeed(
        "features --catalog c.xml --stations \(SyntheticNetwork.stations) --output f --overwrite --quiet")
      return Date().timeIntervalSince(begin)
    }
    #expect(try seconds(60_000) / seconds(15_000) < 5)
  }
}

import Foundation
import TestSupport
import Testing

@Suite("Decisions of a seismologist on a refined catalog")
struct DecisionTests {
  /// A table's rows by the names of its columns.
  static func rows(_ text: String) -> [[String: String]] {
    var lines = text.split(separator: "\n").map { fields(String($0)) }
    guard !lines.isEmpty else { return [] }
    let names = lines.removeFirst()
    return lines.map { Dictionary(zip(names, $0)) { first, _ in first } }
  }

  private static func fields(_ line: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  static let files = ["events.csv", "features.csv", "refined.xml", "rejected.xml", "problems.csv", "review.csv"]

  /// `before` refined without decisions, and the identifiers of a real, a fake (if there is one, else uncertain) and an uncertain event.
  static func workplace(_ refine: String) throws -> (Workplace, real: String, fake: String, uncertain: String) {
    let place = try Workplace()
    try place.succeed("\(refine) --output before --quiet")
    let events = rows(try place.folder.text("before/events.csv")).filter { $0["duplicate_of"]?.isEmpty ?? true }
    func all(_ label: String) -> [String] { events.filter { $0["label"] == label }.compactMap { $0["event_id"] } }
    let uncertain = all("uncertain")
    try #require(!all("real").isEmpty && uncertain.count > 1)
    // The model of the small network takes no event for fake.
    return (place, all("real")[0], all("fake").first ?? uncertain[1], uncertain[0])
  }

  static let sources = [
    "refine --no-report --picks \(Demonstration.folder)/automatic.csv --model \(Demonstration.model)",
    "refine --no-report --catalog \(SyntheticNetwork.catalog) \(SyntheticNetwork.waveforms) --model \(SyntheticNetwork.model)",
  ]

  @Test(
    "The label follows, the probability stays; the same on any number of ranks, and by way of QuakeML",
    arguments: sources)
  func overrule(_ refine: String) throws {
    let (place, real, fake, uncertain) = try Self.workplace(refine)
    try place.folder.write(
      "d.csv",
      "event_id,label,who,why,time,agency\n\(real),fake,Mia Analyst,\"a truck, at one station\",2024-05-01T08:00:00Z,AG\n"
        + "\(fake),real,Mia Analyst,clear S,2024-05-01T08:10:00Z,AG\n\(uncertain),quarry blast,Ned,at noon,,\n"
        + "nobody,real,Ned,x,,\n")
    let outcome = try place.succeed("\(refine) --decisions d.csv --output after")
    #expect(outcome.output.contains("\n3 of these were decided by persons, 3 of them against the model\n"))
    #expect(
      outcome.errorOutput.contains("1 decision could not be used as it stands, first d.csv, line 5: event 'nobody'"))
    let before = Dictionary(
      uniqueKeysWithValues: Self.rows(try place.folder.text("before/events.csv")).map { ($0["event_id"] ?? "", $0) })
    let after = Self.rows(try place.folder.text("after/events.csv"))
    #expect(after.count == before.count)
    var changed: [String: String] = [:]
    for row in after {
      let id = row["event_id"] ?? ""
      let old = try #require(before[id])
      #expect(row["probability_real"] == old["probability_real"])
      #expect(row["label_by_model"] == old["label"])
      if row["label"] != old["label"] { changed[id] = row["label"] }
      if row["decided_by"] == "" {
        #expect(row["reason"] == old["reason"] && row["label"] == old["label"])
      }
    }
    for (id, label) in [(real, "fake"), (fake, "real"), (uncertain, "real")] { #expect(changed[id] == label) }
    let row = try #require(after.first { $0["event_id"] == real })
    #expect(row["decided_by"] == "Mia Analyst (AG)")
    #expect(row["decided_why"] == "a truck, at one station")
    #expect(row["decided_time"] == "2024-05-01T08:00:00.000000Z")
    #expect(
      row["reason"]?.hasPrefix(
        "decided fake by Mia Analyst (AG), 2024-05-01T08:00:00Z: a truck, at one station; by the model real: ") ?? false
    )
    #expect(
      try place.folder.text("after/problems.csv").contains(
        "d.csv,5,,nobody,\"it is decided real, but is not in the catalog\""))
    let record = try place.folder.text("after/run.json")
    #expect(record.contains("\"overruled\" : 3") || record.contains("\"overruled\": 3"))
    #expect(record.contains("d.csv"))

    for ranks in [2, 3, 4] {
      try place.succeed("\(refine) --decisions d.csv --output r\(ranks) --quiet", ranks: ranks)
      try CatalogRefineTests.expectSame(place, "after", "r\(ranks)", Self.files)
    }
    // What the catalog tells of decisions is the same as what the table told, but for the one on nobody.
    try place.succeed("\(refine) --decisions after/refined.xml after/rejected.xml --output again --quiet", ranks: 2)
    try CatalogRefineTests.expectSame(
      place, "after", "again", ["events.csv", "features.csv", "refined.xml", "rejected.xml", "review.csv"])
    let rejected = try place.folder.text("after/rejected.xml")
    #expect(rejected.contains("decision: fake; a truck, at one station"))
    #expect(rejected.contains("<creationTime>2024-05-01T08:00:00"))
    let kept = try place.folder.text("after/refined.xml")
    #expect(kept.contains("<type>quarry blast</type>") && kept.contains("<type>earthquake</type>"))
  }

  @Test("Another file of decisions is another job, the same file is the same one")
  func identity() throws {
    let refine = Self.sources[0]
    let (place, real, _, _) = try Self.workplace(refine)
    try place.folder.write("d.csv", "event_id,label,who,why\n\(real),fake,Mia,x\n")
    let outcome = try place.run("\(refine) --decisions d.csv --output before")
    #expect(outcome.exitCode == 73)
    #expect(outcome.errorOutput.contains("decisions was not given and is d.csv ("))
    try place.succeed("\(refine) --decisions d.csv --output after --quiet")
    #expect(try place.succeed("\(refine) --decisions d.csv --output after").output.hasPrefix("already done"))
    try place.folder.write("d.csv", "event_id,label,who,why\n\(real),uncertain,Mia,x\n")
    let changed = try place.run("\(refine) --decisions d.csv --output after")
    #expect(changed.exitCode == 73)
    #expect(changed.errorOutput.contains("decisions was d.csv ("))
  }

  @Test("The table to be filled in: the most doubtful first; filled in, it is a file of decisions", arguments: sources)
  func review(_ refine: String) throws {
    let (place, _, _, _) = try Self.workplace(refine)
    let text = try place.folder.text("before/review.csv")
    let rows = Self.rows(text)
    let events = Self.rows(try place.folder.text("before/events.csv"))
    let uncertain = events.filter { $0["label"] == "uncertain" && ($0["duplicate_of"] ?? "").isEmpty }
    #expect(Set(rows.map { $0["event_id"] }) == Set(uncertain.map { $0["event_id"] }))
    #expect(rows.count == uncertain.count)
    // At the usual costs.
    let doubts = rows.map { row -> Double in
      guard let p = Double(row["probability_real"] ?? "") else { return .infinity }
      return min(1 - p, 10 * p)
    }
    #expect(zip(doubts, doubts.dropFirst()).allSatisfy { $0 >= $1 })
    // As it is, it decides nothing.
    try place.succeed("\(refine) --decisions before/review.csv --output same --quiet")
    try CatalogRefineTests.expectSame(
      place, "before", "same", ["features.csv", "refined.xml", "rejected.xml", "review.csv"])
    // The first row filled in.
    var lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0].hasSuffix(",label,who,why,time") && lines[1].hasSuffix(",,,,"))
    lines[1] = lines[1].dropLast(4) + ",fake,Mia,two trains,2024-05-01"
    try place.folder.write("filled.csv", lines.joined(separator: "\n"))
    try place.succeed("\(refine) --decisions filled.csv --output filled --quiet")
    let first = try #require(rows.first?["event_id"])
    let row = Self.rows(try place.folder.text("filled/events.csv")).first { $0["event_id"] == first }
    #expect(row?["label"] == "fake" && row?["decided_why"] == "two trains")
    #expect(try place.folder.text("filled/problems.csv") == place.folder.text("before/problems.csv"))
    #expect(Self.rows(try place.folder.text("filled/review.csv")).count == rows.count - 1)
  }

  @Test("A decision on one entry of a shock counts for all of them; of two that differ the later one")
  func duplicates() throws {
    let place = try Workplace()
    let network = SyntheticNetwork.self
    let copy = network.parts.events.prefix(6).map {
      $0.replacing("smi:local/event/", with: "smi:local/event/copy-")
    }
    try place.folder.write("twice.xml", network.catalog(Array(network.parts.events.prefix(6)) + copy))
    let refine = "refine --no-report --catalog twice.xml \(network.waveforms) --model \(network.model)"
    try place.succeed("\(refine) --output before --quiet")
    let other = try #require(
      Self.rows(try place.folder.text("before/events.csv")).first { !($0["duplicate_of"] ?? "").isEmpty })
    let (entry, kept) = (other["event_id"] ?? "", other["duplicate_of"] ?? "")
    try place.folder.write("d.csv", "event_id,label,who,why\n\(entry),fake,Mia,x\n")
    try place.succeed("\(refine) --decisions d.csv --output after --quiet", ranks: 2)
    let after = Self.rows(try place.folder.text("after/events.csv"))
    for id in [entry, kept] { #expect(after.first { $0["event_id"] == id }?["label"] == "fake") }
    #expect(
      after.first { $0["event_id"] == kept }?["reason"]?.hasPrefix(
        "decided fake by Mia: x (on its other entry \(entry)); by the model ") ?? false)
    #expect(try place.folder.text("after/rejected.xml").contains("decision: fake; x"))
    try place.folder.write(
      "e.csv",
      "event_id,label,who,why,time\n\(entry),fake,Mia,x,2024-05-02\n\(kept),real,Ned,y,2024-05-01\n")
    try place.succeed("\(refine) --decisions e.csv --output later --quiet")
    let later = Self.rows(try place.folder.text("later/events.csv"))
    for id in [entry, kept] { #expect(later.first { $0["event_id"] == id }?["label"] == "fake") }
    #expect(
      try place.folder.text("later/problems.csv").contains("e.csv,3,,\(kept),\"real, but \(entry), another entry"))
    // Without times, the one on the entry that is kept.
    try place.folder.write("f.csv", "event_id,label,who,why\n\(entry),fake,Mia,x\n\(kept),real,Ned,y\n")
    try place.succeed("\(refine) --decisions f.csv --output first --quiet")
    for id in [entry, kept] {
      #expect(Self.rows(try place.folder.text("first/events.csv")).first { $0["event_id"] == id }?["label"] == "real")
    }
  }

  @Test("What is wrong with decisions is told before anything is done")
  func wrong() throws {
    let place = try Workplace()
    let refine = Self.sources[0]
    try place.folder.write("d.csv", "event_id,label,who,why\nx,rael,Mia,y\n")
    for ranks in [nil, 3] {
      try place.fail(
        "\(refine) --decisions d.csv --output out", 65,
        "d.csv, line 2: the label is 'rael'; expected real, fake or uncertain, or a type of events as in QuakeML (earthquake, quarry blast, not existing)",
        ranks: ranks)
    }
    try place.fail("\(refine) --decisions none.csv --output out", 66, "none.csv: there is no such file; check the path")
    try place.fail(
      "\(refine) --decisions \(Demonstration.folder)/automatic.csv --output out", 65,
      "\(Demonstration.folder)/automatic.csv, line 1: there is no column label; expected the columns event_id, label, who, why; a decision needs to tell who made it and why"
    )
    try place.folder.write("u.csv", "event_id,label,who,why\nnobody,real,Mia,y\n")
    let outcome = try place.run("\(refine) --decisions u.csv --strict --output out --quiet", ranks: 2)
    #expect(outcome.exitCode == 65)
    #expect(
      outcome.errorOutput.contains("u.csv, line 2: event 'nobody': it is decided real, but is not in the catalog"))
    #expect(place.names("out") == [])
  }

  @Test("Decisions are labels for trainings, and overrule those of tables")
  func training() throws {
    let place = try Workplace()
    let labels = Self.rows(try String(contentsOfFile: SyntheticNetwork.labels, encoding: .utf8))
    let table = "train shallow --feature-table \(SyntheticNetwork.featureTable) --models boosting --rounds 5 --quiet"
    // All labels as decisions: the same model.
    let known = labels.filter { ["real", "fake"].contains($0["label"]) }
    try place.folder.write(
      "labels.csv", "event_id,label\n" + known.map { "\($0["event_id"] ?? ""),\($0["label"] ?? "")\n" }.joined())
    try place.folder.write(
      "d.csv", "event_id,label,who,why\n" + known.map { "\($0["event_id"] ?? ""),\($0["label"] ?? ""),Mia,\n" }.joined()
    )
    try place.succeed("\(table) --labels labels.csv --output a")
    try place.succeed("\(table) --labels d.csv --output b", ranks: 2)
    try place.succeed("\(table) --decisions d.csv --output c")
    for other in ["b", "c"] {
      #expect(try place.folder.bytes("a/boosting/model.txt") == place.folder.bytes("\(other)/boosting/model.txt"))
    }
    // One decision more than the table has changes it.
    try place.folder.write("one.csv", "event_id,label,who,why\n\(known[0]["event_id"] ?? ""),uncertain,Mia,\n")
    let fewer = try place.succeed("\(table) --labels labels.csv --decisions one.csv --output e")
    #expect(fewer.output.contains("trained on \(known.count - 1) events"))
    try place.fail(
      "train shallow --feature-table \(SyntheticNetwork.featureTable) --output x", 64,
      "--feature-table and --labels go together; see --help")
  }
}

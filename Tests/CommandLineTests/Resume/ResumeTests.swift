import Foundation
import TestSupport
import Testing

@Suite("Going on with an interrupted run", .serialized)
struct ResumeTests {
  /// A fault, the ranks before and after, and the code of the run that meets it; nil for any that is not 0.
  struct Disturbance: Sendable, CustomTestStringConvertible {
    var fault: String
    var ranks: (Int?, Int?)
    var code: Int32?
    var testDescription: String { "\(fault), \(ranks)" }
  }

  static let disturbances = [
    Disturbance(fault: "kill,count=3,rank=1", ranks: (3, 2)),
    Disturbance(fault: "kill,count=4,rank=0", ranks: (2, nil)),
    Disturbance(fault: "kill,unit=5", ranks: (nil, 3), code: 137),
    Disturbance(fault: "throw,unit=2", ranks: (2, 3), code: 70),
    Disturbance(fault: "nospace,count=3", ranks: (2, 2), code: 74),
    Disturbance(fault: "eio,unit=5", ranks: (2, 1), code: 74),
    Disturbance(fault: "truncate,count=2;kill,count=5", ranks: (nil, 2), code: 137),
    Disturbance(fault: "truncate,unit=1", ranks: (2, 3), code: 74),
    Disturbance(fault: "kill,merge=1", ranks: (2, 3)),
    Disturbance(fault: "nospace,merge=1", ranks: (nil, 2), code: 74),
  ]

  @Test("The catalog is the same after every kind of interruption, on other ranks", arguments: disturbances)
  func interrupted(disturbance: Disturbance) throws {
    try #require(ResumeNetwork.reference.count > 3, "\(ResumeNetwork.folder)")
    let place = try Workplace()
    let command = "\(ResumeNetwork.refine) --output out --quiet"
    let first = try place.run(command, ranks: disturbance.ranks.0, faults: disturbance.fault)
    if let code = disturbance.code {
      #expect(first.exitCode == code, "\(first.errorOutput)")
    } else {
      #expect(first.exitCode != 0)
    }
    #expect(place.unitCount("out") > 0)
    #expect(!place.names("out").contains("run.json"))
    let outcome = try place.succeed(command, ranks: disturbance.ranks.1)
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
    #expect(try place.folder.text("out/run.json").contains("\"resumed\": 1,"))
    let isAltered = disturbance.fault.contains("truncate")
    #expect(outcome.errorOutput.contains("cut off or changed") == isAltered, "\(outcome.errorOutput)")
  }

  @Test(
    "What one rank cannot write another one does, and the run ends well",
    arguments: ["nospace,count=2,rank=1", "eio,count=4,rank=1", "throw,count=3,rank=0"])
  func oneRankFails(fault: String) throws {
    // Rank 0's next write may be one of the ledger, when another rank reports just then; without that nobody can go on.
    let place = try Workplace()
    let command = "\(ResumeNetwork.refine) --output out --quiet"
    let outcome = try place.run(command, ranks: 2, faults: "slow,every=50;\(fault)")
    #expect(outcome.exitCode == 0, "\(outcome.errorOutput)")
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
    #expect(try place.folder.text("out/run.json").contains("\"resumed\": 0,"))
  }

  @Test("What was changed behind the ledger's back is done again: files, lines, its head")
  func changed() throws {
    let place = try Workplace()
    let command = "\(ResumeNetwork.refine) --output out --quiet"
    let work = "out/.hsdl-mpi-work"
    let changes: [(String, (inout [UInt8]) -> Void, String)] = [
      ("a file is shorter", { _ in }, "the files of 1 unit are missing, cut off or changed; it is done again"),
      ("a line is damaged", { $0[$0.count - 30] ^= 1 }, "1 line torn or damaged; what they told of is done again"),
      ("a line is torn", { $0.removeLast(9) }, "1 line torn or damaged; what they told of is done again"),
      ("the head is damaged", { $0[30] ^= 1 }, "its head is damaged; all units are done again"),
    ]
    for (name, change, message) in changes {
      _ = try place.run(command, ranks: 2, faults: "kill,count=5,rank=1")
      let scored = place.names(work).filter { $0.hasPrefix("scored-") && !$0.contains("partial") }
      try #require(scored.count > 3, "\(name)")
      var ledger = try place.folder.bytes("\(work)/ledger")
      change(&ledger)
      if name == "a file is shorter" {
        let text = String(decoding: ledger, as: UTF8.self)
        let named = try #require(scored.first { text.contains("\($0)\t") })
        try place.folder.write("\(work)/\(named)", Array(try place.folder.bytes("\(work)/\(named)").dropLast()))
      } else {
        try place.folder.write("\(work)/ledger", ledger)
      }
      let outcome = try place.succeed(command, ranks: 2)
      #expect(outcome.errorOutput.contains(message), "\(name): \(outcome.errorOutput)")
      #expect(try place.differences("out", from: ResumeNetwork.reference) == [], "\(name)")
      try FileManager.default.removeItem(atPath: place.folder.path("out"))
    }
  }

  @Test("Another job's work is refused with what differs; a finished job is not done again")
  func identity() throws {
    let place = try Workplace()
    let command = "\(ResumeNetwork.refine) --output out --quiet"
    try place.fail(
      "\(command) --resume", 78,
      "out: --resume finds no ledger of an unfinished job there; leave it out to begin one")
    _ = try place.run(command, ranks: 2, faults: "kill,count=3,rank=1")
    let units = place.unitCount("out")
    let remedy = "give the same settings, another --output, or --overwrite to begin anew"
    try place.fail(
      "\(command) --max-stations 3", 73,
      "out: it holds the unfinished work of another job: maximum stations was 64 and is 3 now; \(remedy)", ranks: 2)
    let features = command.replacing("refine --", with: "features --").replacing(
      "--no-report --model \(SyntheticNetwork.model) ", with: "")
    let other = try place.run(features)
    #expect(other.exitCode == 73)
    #expect(other.errorOutput.contains("command was refine and is features now"))
    #expect(place.unitCount("out") == units)
    try place.succeed("\(command) --resume", ranks: 3)
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
    for ranks in [nil, 2] {
      let again = try place.succeed(command, ranks: ranks)
      #expect(again.output == "already done: out holds the results of this very job\n")
    }
    try place.fail(
      "\(command) --max-stations 3", 73,
      "out: it holds the results of another job: maximum stations was 64 and is 3 now; \(remedy)")
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
    // Results that are not whole are nobody's.
    try place.folder.write("out/events.csv", "cut")
    try place.fail(
      command, 73, "out: it already holds events.csv; give another --output, or --overwrite to replace it")
    try place.succeed("\(command) --overwrite")
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
  }

  @Test("Pick tables go on, with events whose rows do not stand together")
  func picks() throws {
    let place = try Workplace()
    let rows = Demonstration.rows
    let copies = (0..<60).map { copy in rows.map { "c\(copy)-\($0)\n" }.joined() }
    // A row of the first events stands at the end.
    try place.folder.write(
      "t.csv",
      Demonstration.header + "\n" + copies.joined() + rows[..<60].map { "c0-\($0)\n" }.joined())
    let command = "refine --no-report --picks t.csv --model \(Demonstration.model) --quiet --output"
    try place.succeed("\(command) reference")
    let reference = try ResumeNetwork.results(in: place.folder.path("reference"))
    for (fault, first, second) in [
      ("kill,count=2,rank=0", 2, 3), ("kill,count=2,rank=1", 2, 1), ("kill,merge=1", 2, 2), ("nospace,merge=1", 1, 2),
    ] {
      let outcome = try place.run("\(command) out", ranks: first, faults: fault)
      #expect(outcome.exitCode != 0)
      #expect(place.unitCount("out") > 0, "\(fault)")
      try place.succeed("\(command) out", ranks: second)
      #expect(try place.differences("out", from: reference) == [], "\(fault)")
      try FileManager.default.removeItem(atPath: place.folder.path("out"))
    }
  }

  @Test("A synthetic archive, features and picks go on")
  func otherCommands() throws {
    let place = try Workplace()
    let net = ResumeNetwork.folder + "/net"
    let input = "--archive sds:\(net)/archive --stations \(net)/stations.xml"
    for (command, fault) in [
      ("synth --stations 6 --days 0.02 --sampling-rate 20 --seed 3", "kill,count=3,rank=1"),
      ("features --catalog \(net)/automatic.xml \(input) --event-windows 3", "kill,count=4,rank=0"),
      ("pick \(input)", "kill,count=2,rank=0"),
    ] {
      try place.succeed("\(command) --quiet --output reference", ranks: 2)
      let reference = try ResumeNetwork.results(in: place.folder.path("reference"))
      let outcome = try place.run("\(command) --quiet --output out", ranks: 2, faults: fault)
      #expect(outcome.exitCode != 0)
      #expect(place.unitCount("out") > 0, "\(command)")
      try place.succeed("\(command) --quiet --output out", ranks: 3)
      #expect(try place.differences("out", from: reference) == [], "\(command)")
      for folder in ["reference", "out"] { try FileManager.default.removeItem(atPath: place.folder.path(folder)) }
    }
  }
}

import Foundation
import TestSupport
import Testing

@Suite("Wrong outputs")
struct WrongOutputTests {
  static func workplace() throws -> Workplace {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows[0..<20]))
    return place
  }

  /// Commands that write a folder, and the file by which they know that it is taken.
  static let commands = [
    ("refine --no-report --picks t.csv --model \(Demonstration.model)", "events.csv"),
    ("features --picks t.csv", "features.csv"),
    ("features --real \(Demonstration.real) --fake \(Demonstration.fake)", "features.csv"),
    ("train shallow --real \(Demonstration.real) --fake \(Demonstration.fake) --models logistic", "card.json"),
    (
      "evaluate --real \(Demonstration.real) --fake \(Demonstration.fake) --models logistic --repeats 1",
      "metrics.json"
    ),
  ]

  @Test("Results that are there are left alone unless they may be replaced")
  func overwrite() throws {
    for (command, file) in Self.commands {
      let place = try Self.workplace()
      try FileManager.default.createDirectory(
        at: place.folder.url.appending(path: "out"), withIntermediateDirectories: true)
      try place.folder.write("out/\(file)", "mine\n")
      try place.folder.write("out/notes.txt", "mine too\n")
      for ranks in [nil, 3] {
        try place.fail(
          "\(command) --output out --quiet", 73,
          "out: it already holds \(file); give another --output, or --overwrite to replace it", ranks: ranks)
      }
      #expect(place.names("out") == [file, "notes.txt"].sorted())
      #expect(try place.folder.text("out/\(file)") == "mine\n")
      try place.succeed("\(command) --output out --overwrite --quiet")
      #expect(try place.folder.text("out/\(file)") != "mine\n")
      #expect(try place.folder.text("out/notes.txt") == "mine too\n")
      #expect(place.names("out").filter { $0.contains("partial") || $0.hasPrefix(".") } == [])
    }
  }

  @Test("The folder cannot be a file, below a file, below a link to itself, or nameless")
  func noFolder() throws {
    let place = try Self.workplace()
    try FileManager.default.createSymbolicLink(atPath: place.folder.path("loop"), withDestinationPath: "loop")
    let remedy = "check the path and the permissions"
    for (command, _) in Self.commands {
      let words = command.split(separator: " ").map(String.init) + ["--quiet", "--output"]
      for (output, message) in [
        ("t.csv", "t.csv: it is a file; expected a folder for the results; give another --output"),
        ("t.csv/a/b", "t.csv/a/b: the folder cannot be made (File exists); \(remedy)"),
        ("loop", "loop: the folder cannot be made (File exists); \(remedy)"),
        ("/proc/none", "/proc/none: the folder cannot be made (No such file or directory); \(remedy)"),
        ("", "'': the folder cannot be made (No such file or directory); \(remedy)"),
      ] {
        let outcome = try place.run(words + [output])
        #expect(outcome.exitCode == 73)
        #expect(outcome.errorOutput == "hsdl-mpi: error: \(message)\n")
      }
    }
    #expect(try place.folder.names() == ["loop", "t.csv"])
  }

  @Test("A folder in a folder that is not there is made")
  func deepFolder() throws {
    let place = try Self.workplace()
    try place.succeed("features --picks t.csv --output a//b/./c/ --quiet")
    #expect(place.names("a/b/c") == ["features.csv", "features.json", "problems.csv", "run.json"])
  }

  @Test("Results may stand beside the input, and only what is ours is removed")
  func besideInput() throws {
    let place = try Self.workplace()
    try FileManager.default.createDirectory(
      at: place.folder.url.appending(path: ".work"), withIntermediateDirectories: true)
    try place.folder.write(".work/mine", "mine\n")
    try place.succeed("refine --no-report --picks t.csv --model \(Demonstration.model) --output . --quiet")
    #expect(
      try place.folder.names() == [
        ".work", "events.csv", "features.csv", "problems.csv", "refined.xml", "rejected.xml", "review.csv", "run.json",
        "t.csv",
      ])
    #expect(place.names(".work") == ["mine"])
  }

  @Test("A converted catalog replaces a file only on request, and nothing but a file")
  func convert() throws {
    let place = try Self.workplace()
    try place.folder.write("x.csv", "mine\n")
    try place.fail("convert t.csv x.csv", 73, "x.csv: it is there already; give another name, or --overwrite")
    #expect(try place.folder.text("x.csv") == "mine\n")
    try place.succeed("convert t.csv x.csv --overwrite")
    #expect(try place.folder.text("x.csv").hasPrefix("event_id,time,"))
    try FileManager.default.createDirectory(
      at: place.folder.url.appending(path: "d.csv"), withIntermediateDirectories: true)
    #expect(try place.shell("mkfifo pipe.csv").exitCode == 0)
    let remedy = "expected a file, or nothing; give another name"
    try place.fail("convert t.csv d.csv --overwrite", 73, "d.csv: it is a directory; \(remedy)")
    try place.fail("convert t.csv pipe.csv --overwrite", 73, "pipe.csv: it is not a regular file; \(remedy)")
    try place.fail("convert t.csv /dev/null --to csv --overwrite", 73, "/dev/null: it is not a regular file; \(remedy)")
    try place.fail(
      "convert t.csv none/x.csv", 73,
      "none/x.csv: it cannot be created (No such file or directory); check that the folder exists and can be written")
    #expect(try place.folder.names() == ["d.csv", "pipe.csv", "t.csv", "x.csv"])
  }

  @Test("A catalog can be converted onto itself")
  func ontoItself() throws {
    let place = try Self.workplace()
    try place.succeed("convert t.csv once.csv --to picks")
    try place.succeed("convert t.csv t.csv --to picks --overwrite")
    #expect(try place.folder.bytes("t.csv") == place.folder.bytes("once.csv"))
  }

  /// `/dev/full` takes nothing, as a full disk does.
  @Test("A summary that cannot be printed is an error, not a crash", arguments: ["--json", ""])
  func fullStandardOutput(option: String) throws {
    let place = try Self.workplace()
    let message = "hsdl-mpi: error: standard output: writing failed; check where it goes\n"
    for target in ["> /dev/full", ">&-"] {
      let outcome = try place.shell("$PROGRAM inspect t.csv \(option) \(target)")
      #expect(outcome.exitCode == 74)
      #expect(outcome.errorOutput == message)
    }
    #expect(try place.shell("$PROGRAM inspect none 2>&-").exitCode == 66)
  }

  @Test("Closed standard streams do not get into the results")
  func closedStreams() throws {
    let place = try Self.workplace()
    try place.succeed("refine --no-report --picks t.csv --model \(Demonstration.model) --output open")
    let outcome = try place.shell(
      "$PROGRAM refine --no-report --picks t.csv --model \(Demonstration.model) --output closed <&- >&- 2>&-")
    #expect(outcome.exitCode == 0)
    for file in ["events.csv", "features.csv", "refined.xml", "rejected.xml", "problems.csv"] {
      #expect(try place.folder.bytes("open/\(file)") == place.folder.bytes("closed/\(file)"))
    }
  }

  /// The program with a limit on the size of files, in units of 512 bytes.
  ///
  /// Without the trap the signal would end the program before it can say anything; shared memory counts as a file, so MPI
  /// is told to do without.
  static func limit(_ blocks: Int) -> String {
    "trap '' XFSZ; ulimit -f \(blocks); UCX_TLS=self MPIR_CVAR_NOLOCAL=1 $PROGRAM"
  }

  @Test("A limit on the size of files ends the work and leaves no half files")
  func fileTooLarge() throws {
    let place = try Self.workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows))
    let limit = Self.limit(40)
    let refined = try place.shell(
      "\(limit) refine --no-report --picks t.csv --model \(Demonstration.model) --output out --quiet")
    #expect(refined.exitCode == 74)
    #expect(refined.errorLines.count == 1)
    #expect(
      refined.errorOutput.hasSuffix(
        "writing failed (File too large); check the space that is left (unit 0 (t.csv, bytes 39 to 221977), tried twice)\n"
      ))
    let converted = try place.shell("\(limit) convert t.csv x.xml")
    #expect(converted.exitCode == 74)
    #expect(
      converted.errorOutput
        == "hsdl-mpi: error: x.xml: writing failed (File too large); check the space that is left\n")
    #expect(try place.folder.names() == ["t.csv"])
  }

  @Test("A training that cannot write leaves the old model as it was")
  func modelStays() throws {
    let place = try Self.workplace()
    let train = "train shallow --real \(Demonstration.real) --fake \(Demonstration.fake) --output m --models"
    try place.succeed("\(train) logistic,forest --trees 5 --quiet")
    let old = try place.folder.bytes("m/card.json")
    // The logistic model's file fits, the forest's does not.
    let outcome = try place.shell(
      "\(Self.limit(60)) \(train) logistic,forest --trees 400 --seed 7 --overwrite --quiet")
    #expect(outcome.exitCode == 74)
    #expect(outcome.errorLines.count == 1)
    #expect(try place.folder.bytes("m/card.json") == old)
    #expect(place.names("m/forest") == ["model.txt"])
    try place.succeed("refine --no-report --picks t.csv --model m --output out --quiet")
  }
}

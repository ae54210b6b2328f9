import Foundation
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
  private static let snapshots = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")

  @Test("Help says what it said when it was written down (`make snapshots` writes it down anew)")
  func helpSnapshots() throws {
    let place = try Workplace()
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.snapshots.path).filter { $0.hasSuffix(".txt") }
      .sorted()
    #expect(files.count > 15)
    for file in files {
      let expected = try String(contentsOf: Self.snapshots.appendingPathComponent(file), encoding: .utf8)
      let name = String(file.dropLast(4))
      let words: [String] =
        name == "hsdl-mpi" ? [] : name.hasPrefix("train-") ? ["train", String(name.dropFirst(6))] : [name]
      #expect(try place.run(words + ["--help"]).output == expected, "\(file)")
    }
    // No command is without one.
    let pages = try place.shell("$PROGRAM manual -o share >/dev/null && ls share/man/man1").output.split(
      separator: "\n")
    #expect(pages.count == files.count)
    for page in pages where page != "hsdl-mpi.1" {
      #expect(files.contains("\(page.dropFirst(9).dropLast(2)).txt"), "\(page)")
    }
  }

  @Test("Every command has an example in its help")
  func examples() throws {
    for file in try FileManager.default.contentsOfDirectory(atPath: Self.snapshots.path) where file.hasSuffix(".txt") {
      let text = try String(contentsOf: Self.snapshots.appendingPathComponent(file), encoding: .utf8)
      let overview = text.prefix(upTo: text.range(of: "USAGE:")?.lowerBound ?? text.endIndex)
      #expect(
        overview.contains("\n  hsdl-mpi ") || overview.contains("\n  mpirun ") || overview.contains("\n  srun "),
        "\(file)")
    }
  }

  @Test(
    "A command or an option that is not spelt rightly is answered by the one that was probably meant",
    arguments: [
      ("refin --picks a", "there is no command 'refin'; did you mean 'refine'?"),
      ("nonsense", "there is no command 'nonsense'; hsdl-mpi --help lists those that there are"),
      ("train pickr", "'train' has no command 'pickr'; did you mean 'picker'?"),
      ("refine --catlog x -o y", "Unknown option '--catlog'; did you mean '--catalog'?"),
      ("inspect a --jsn", "Unknown option '--jsn'; did you mean '--json'?"),
      ("refine --nonsense", "Unknown option '--nonsense'; see --help"),
    ] as [(String, String)])
  func misspelt(command: String, message: String) throws {
    let place = try Workplace()
    try place.fail(command, 64, message)
    let json = try place.run(command + " --log-format json")
    #expect(json.exitCode == 64)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.errorOutput.utf8)) as? [String: Any])
    #expect(object["level"] as? String == "error")
    #expect(object["exit_code"] as? Int == 64)
    #expect(object["message"] as? String == message)
  }

  @Test("A configuration can ask for messages as JSON, also for errors")
  func jsonByConfiguration() throws {
    let place = try Workplace()
    try place.folder.write("c.yaml", "log-format: json\n")
    let outcome = try place.run("inspect none --config c.yaml")
    #expect(
      outcome.errorOutput
        == #"{"level": "error", "exit_code": 66, "message": "none: there is no such file; check the path"}"# + "\n")
  }

  private static let catalog =
    "id,time,latitude,longitude,depth,magnitude\n"
    + (0..<200).map { "e\($0),2024-01-01T00:00:00Z,1.5,2.5,10,3.2\n" }.joined()

  @Test("In a log, progress comes as lines, or as objects with numbers")
  func progressInLog() throws {
    let place = try Workplace()
    try place.folder.write("c.csv", Self.catalog)
    let text = try place.shell("HSDL_MPI_PROGRESS_SECONDS=0 $PROGRAM convert c.csv a.xml")
    #expect(text.exitCode == 0)
    let lines = text.errorLines
    #expect(lines.count > 100)
    #expect(lines.first?.contains(/^\d+(\.\d)? of \d+(\.\d)? (bytes|kB) \(\d+ %\), .*\d+ MB$/) ?? false)
    #expect(lines.last?.contains(/\(100 %\), .*, in \d+ s, \d+ MB$/) ?? false)
    #expect(!text.errorOutput.contains("\r"))
    let json = try place.shell("HSDL_MPI_PROGRESS_SECONDS=0 $PROGRAM convert c.csv b.xml --log-format json")
    for line in json.errorLines {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["level"] as? String == "progress")
      #expect(object["unit"] as? String == "bytes")
      #expect((object["peak_memory_bytes"] as? Int ?? 0) > 1_000_000)
    }
    #expect(try place.shell("HSDL_MPI_PROGRESS_SECONDS=0 $PROGRAM convert c.csv c.xml --quiet").errorOutput == "")
    // Nothing of it where nobody asked: the work takes less than ten seconds.
    #expect(try place.shell("$PROGRAM convert c.csv d.xml").errorOutput == "")
  }

  @Test(
    "On a terminal, progress rewrites one line and takes it away",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "there is no `script`"))
  func progressOnTerminal() throws {
    let place = try Workplace()
    try place.folder.write("c.csv", Self.catalog)
    let outcome = try place.shell(
      "TERM=xterm HSDL_MPI_PROGRESS_SECONDS=0 script -qec \"stty cols 60; $PROGRAM convert c.csv a.xml\" log >/dev/null </dev/null; cat log"
    )
    let text = outcome.output
    let rewrites = text.components(separatedBy: "\r\u{1B}[K")
    #expect(rewrites.count > 100)
    // No line is wider than the terminal, and none but the result is left.
    for line in rewrites.dropFirst().dropLast() { #expect(line.count < 60 && !line.contains("\n")) }
    #expect(rewrites.last?.hasPrefix("200 events, event table (CSV) to QuakeML: a.xml") ?? false)
  }

  @Test("Manual pages and completions are written where an installation keeps them")
  func manual() throws {
    let place = try Workplace()
    let outcome = try place.succeed("manual -o share")
    #expect(outcome.output.contains("pages in share/man/man1; completions for bash, zsh and fish"))
    let page = try place.folder.text("share/man/man1/hsdl-mpi-train-picker.1")
    #expect(page.hasPrefix(".TH \"HSDL-MPI-TRAIN-PICKER\" 1 "))
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"] {
      #expect(page.contains("\n.SH \(section)\n"))
    }
    #expect(page.contains("\\fB\\-\\-epochs\\fR \\fIn\\fR\n"))
    #expect(try place.shell("bash -n share/bash-completion/completions/hsdl-mpi").exitCode == 0)
    #expect(try place.folder.text("share/zsh/site-functions/_hsdl-mpi").hasPrefix("#compdef hsdl-mpi"))
    #expect(try place.folder.text("share/fish/vendor_completions.d/hsdl-mpi.fish").contains("complete -c"))
    for shell in ["bash", "zsh", "fish"] {
      #expect(try place.succeed("--generate-completion-script \(shell)").output.contains("hsdl-mpi"))
    }
  }

  @Test("Models, folders of results and tables can be inspected")
  func inspections() throws {
    let place = try Workplace()
    try place.folder.write("papers.csv", InventoryTests.table)
    try place.succeed("inventory papers.csv -o out")
    let model = try place.succeed("inspect \(Demonstration.model)").output
    #expect(model.contains(": model on features, made by hsdl-mpi "))
    #expect(model.contains("all files are those that it names\n"))
    let run = try place.succeed("inspect out").output
    #expect(run.hasPrefix("out: results of `inventory`, hsdl-mpi "))
    #expect(run.contains("as written"))
    #expect(try place.succeed("inspect out/run.json").output == run)
    try place.folder.write("out/counts.csv", "changed\n")
    #expect(try place.succeed("inspect out").output.contains("missing or changed\n"))
    #expect(try place.succeed("inspect papers.csv").output.hasPrefix("papers.csv: table of papers, "))
    try place.folder.write("labels.csv", "event_id,label\na,real\nb,fake\nc,real\n")
    let labels = try place.succeed("inspect labels.csv").output
    #expect(labels.hasPrefix("labels.csv: table, 36 bytes\n3 rows, 2 columns\n"))
    #expect(labels.contains("real (2), fake (1)"))
    for file in [Demonstration.model, "out", "papers.csv", "labels.csv"] {
      let text = try place.succeed("inspect \(file) --json").output
      let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(json["format"] is String)
    }
  }
}

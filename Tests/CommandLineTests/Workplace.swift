import Foundation
import TestSupport
import Testing

/// A folder in which commands of the built program run, so that messages name files as short as the tests do.
struct Workplace {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a command whose words are separated by blanks.
  func run(_ command: String, ranks: Int? = nil) throws -> Outcome {
    try run(command.split(separator: " ").map(String.init), ranks: ranks)
  }

  func run(_ words: [String], ranks: Int? = nil) throws -> Outcome {
    try Program.run("hsdl-mpi", words, ranks: ranks, directory: folder.url, timeout: 100)
  }

  /// Runs a command that must succeed.
  @discardableResult
  func succeed(
    _ command: String, ranks: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try run(command, ranks: ranks)
    try #require(outcome.exitCode == 0, "\(command): \(outcome.errorOutput)", sourceLocation: sourceLocation)
    return outcome
  }

  /// Runs a command that must fail with one line on standard error and nothing on standard output.
  func fail(
    _ command: String, _ exitCode: Int32, _ message: String, ranks: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try run(command, ranks: ranks)
    #expect(outcome.exitCode == exitCode, sourceLocation: sourceLocation)
    #expect(outcome.errorOutput == "hsdl-mpi: error: \(message)\n", sourceLocation: sourceLocation)
    #expect(outcome.output == "", sourceLocation: sourceLocation)
  }

  /// The names in a folder; none where it is not there.
  func names(_ folder: String) -> [String] { (try? self.folder.names(folder)) ?? [] }

  /// Runs a script of the shell; `$PROGRAM` is the program.
  func shell(_ script: String) throws -> Outcome {
    try Program.execute(
      "/bin/sh", ["-c", script], directory: folder.url,
      environment: ["PROGRAM": Program.builtProducts.appendingPathComponent("hsdl-mpi").path], timeout: 100)
  }
}

/// Pick tables of a synthetic catalog, labelled events and a model, made once for all tests.
enum Demonstration {
  /// The folder.
  static let folder: String = {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("demo-\(UUID().uuidString)").path
    forgotten = path
    atexit { forgotten.map { try? FileManager.default.removeItem(atPath: $0) } }
    let synthetic = SyntheticPicks(seed: 1)
    var (real, fake) = (SyntheticPicks.header, SyntheticPicks.header)
    for number in 0..<160 {
      let event = synthetic.event(number)
      if event.kind == .earthquake { real += event.rows } else { fake += event.rows }
    }
    do {
      try FileManager.default.createDirectory(atPath: "\(path)/training", withIntermediateDirectories: true)
      let catalog = SyntheticPicks.header + (160..<460).map { synthetic.event($0).rows }.joined()
      for (name, text) in [("training/real.csv", real), ("training/fake.csv", fake), ("automatic.csv", catalog)] {
        try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
      }
      let outcome = try Program.run(
        "hsdl-mpi",
        [
          "train", "shallow", "--real", "\(path)/training/real.csv", "--fake", "\(path)/training/fake.csv",
          "--features", "picks", "--seed", "1", "--output", "\(path)/model", "--quiet",
        ])
      return outcome.exitCode == 0 ? path : "there is no model: \(outcome.errorOutput)"
    } catch {
      return "there is no model: \(error)"
    }
  }()
  // Removed when the tests have ended.
  nonisolated(unsafe) private static var forgotten: String?

  static var model: String { "\(folder)/model" }
  static var real: String { "\(folder)/training/real.csv" }
  static var fake: String { "\(folder)/training/fake.csv" }

  /// The rows of the automatic catalog's picks, without header.
  static let rows: [String] = ((try? String(contentsOfFile: "\(folder)/automatic.csv", encoding: .utf8)) ?? "")
    .split(separator: "\n").dropFirst().map(String.init)

  /// A pick table of the rows.
  static func table(_ rows: some Sequence<String>, lineEnd: String = "\n") -> String {
    ([header] + rows).map { $0 + lineEnd }.joined()
  }

  static let header = "event_id,station,p_t,p_prob,s_t,s_prob"
}

public import Foundation

/// What a program that was run left behind.
public struct Outcome: Sendable {
  /// The exit code; 128 + the signal where a signal ended it.
  public var exitCode: Int32
  /// What it wrote to standard output.
  public var output: String
  /// What it wrote to standard error.
  public var errorOutput: String
  /// Its standard error, as lines that are not empty.
  public var errorLines: [String] { errorOutput.split(separator: "\n").map(String.init) }
}

/// Programs that this package builds, and others, run from outside.
public enum Program {
  /// The folder with the programs that were built together with the tests.
  public static let builtProducts: URL = {
    let candidates = [CommandLine.arguments.first ?? "", ProcessInfo.processInfo.arguments.first ?? ""]
    for path in candidates where path.contains(".build/") {
      return URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent()
    }
    return Bundle.main.bundleURL
  }()

  /// Runs a program that this package builds.
  ///
  /// - Parameters:
  ///   - name: the program's name.
  ///   - arguments: its arguments.
  ///   - ranks: how many ranks `mpirun` starts; nil runs the program without it.
  ///   - directory: the working directory.
  ///   - timeout: seconds after which the program is ended.
  public static func run(
    _ name: String, _ arguments: [String], ranks: Int? = nil, directory: URL? = nil,
    environment: [String: String] = [:], timeout: Double = 240
  ) throws -> Outcome {
    let program = builtProducts.appendingPathComponent(name).path
    if let ranks {
      return try execute(
        "/usr/bin/env", ["mpirun", "-n", "\(ranks)", program] + arguments, directory: directory,
        environment: environment, timeout: timeout)
    }
    return try execute(program, arguments, directory: directory, environment: environment, timeout: timeout)
  }

  /// Runs any program.
  public static func execute(
    _ path: String, _ arguments: [String], directory: URL? = nil, environment: [String: String] = [:],
    timeout: Double = 240
  ) throws -> Outcome {
    // Files, not pipes: a program that outlives its parent must not hold the test.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let outputFile = folder.appendingPathComponent("out")
    let errorFile = folder.appendingPathComponent("err")
    let process = try spawn(
      (directory.map { ["/usr/bin/env", "-C", $0.path] } ?? []) + [path] + arguments, output: outputFile.path,
      errorOutput: errorFile.path,
      // Drawing takes seconds; tests that want figures say so.
      environment: ProcessInfo.processInfo.environment.merging(["HSDL_MPI_FIGURES": "no"]) { $1 }
        .merging(environment) { $1 })
    let deadline = Date().addingTimeInterval(timeout)
    var status: Int32 = 0
    var timedOut = false
    while waitpid(process, &status, WNOHANG) == 0 {
      if Date() > deadline {
        // mpirun passes the first on to its ranks; the second is for whoever does not listen.
        kill(process, timedOut ? SIGKILL : SIGTERM)
        usleep(2_000_000)
        timedOut = true
      }
      usleep(2000)
    }
    var errorText = String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
    if timedOut { errorText += "\n(ended by the test after \(timeout) s)" }
    return Outcome(
      exitCode: status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f),
      output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self), errorOutput: errorText)
  }

  /// Starts a program with no signal blocked: Foundation's `Process` hands on the mask of the thread that calls it.
  private static func spawn(
    _ arguments: [String], output: String, errorOutput: String, environment: [String: String]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, errorOutput, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words = arguments.map { strdup($0) } + [nil]
    var settings = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + settings).forEach { free($0) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, arguments[0], &actions, &attributes, &words, &settings)
    guard code == 0 else { throw NotStarted(description: "\(arguments[0]): \(String(cString: strerror(code)))") }
    return process
  }
}

/// A program that could not be started.
public struct NotStarted: Error, CustomStringConvertible {
  /// Which, and why.
  public var description: String
}

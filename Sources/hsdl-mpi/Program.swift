import ArgumentParser
import Coordinator
import Foundation
import MPI
import SeismicFormats
import Worker

/// The program from its first line to its exit code.
enum Program {
  /// Runs the command that the arguments name.
  ///
  /// - Returns: the exit code.
  static func run(_ arguments: [String]) -> Int32 {
    let jsonLog = asksForJSON(arguments)
    do {
      let expanded = try Configuration.expand(arguments)
      RunRecord.arguments = expanded
      var command = try HSDLMPI.parseAsRoot(expanded)
      try command.run()
      return ExitStatus.done.rawValue
    } catch let code as ExitCode {
      return code.rawValue
    } catch let error as any ExitCoded {
      sayError("\(error)", error.exitCode, json: jsonLog)
      return error.exitCode
    } catch {
      return explain(error, arguments, json: jsonLog)
    }
  }

  /// What the parser has to say: help and version on standard output, errors in one line.
  private static func explain(_ error: any Error, _ arguments: [String], json: Bool) -> Int32 {
    let code = HSDLMPI.exitCode(for: error).rawValue
    guard isFirstRank else { return code }
    if code == 0 {
      print(HSDLMPI.fullMessage(for: error))
      return 0
    }
    let lines = HSDLMPI.message(for: error).split(separator: "\n").joined(separator: " ")
    let message = lines.hasSuffix(".") ? String(lines.dropLast()) : lines
    if let error = Configuration.blame(message, arguments) {
      sayError(error.description, error.exitCode, json: json)
      return error.exitCode
    }
    sayError("\(message); see --help", ExitStatus.usage.rawValue, json: json)
    return ExitStatus.usage.rawValue
  }

  /// Whether this process is the one that talks, before MPI has said so.
  static var isFirstRank: Bool {
    let names = ["PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID"]
    let environment = ProcessInfo.processInfo.environment
    return names.compactMap { environment[$0] }.first.map { $0 == "0" } ?? true
  }

  private static func asksForJSON(_ arguments: [String]) -> Bool {
    arguments.contains("--log-format=json")
      || zip(arguments, arguments.dropFirst()).contains { $0 == "--log-format" && $1 == "json" }
  }

  /// Writes an error, in one line.
  static func sayError(_ text: String, _ code: Int32, rank: Int? = nil, json: Bool) {
    guard rank != nil || isFirstRank else { return }
    if json {
      var pairs: [(String, JSONValue)] = [
        ("level", .string("error")), ("exit_code", .integer(Int(code))), ("message", .string(text)),
      ]
      if let rank { pairs.append(("rank", .integer(rank))) }
      writeLine(2, JSONValue.object(pairs).line)
    } else {
      writeLine(2, "hsdl-mpi: error: \(rank.map { "rank \($0): " } ?? "")\(text)")
    }
  }

  /// Runs a job on all ranks and ends MPI in order; where one rank alone fails, ends all of them.
  ///
  /// - Parameter anyLauncher: whether to go on where the ranks do not know of each other, instead of writing the same files many times.
  static func onAllRanks(
    _ log: LogOptions, anyLauncher: Bool = false,
    _ body: (_ communicator: any Communicator, _ report: Reporter) throws -> Void
  ) throws {
    let communicator = try MPIEnvironment.initialize()
    if !anyLauncher, let launcher = Launcher(environment: ProcessInfo.processInfo.environment),
      let objection = launcher.objection(ranks: communicator.size, library: MPIEnvironment.libraryVersion)
    {
      MPIEnvironment.finalize(exitCode: ExitStatus.unavailable.rawValue)
      throw JobError(.unavailable, objection)
    }
    var watch: PeerWatch?
    do {
      watch = try PeerWatch.start(over: communicator, seconds: log.lostSeconds) { [rank = communicator.rank] lost in
        // Nothing of MPI may be called here: it would wait for the rank that is lost.
        sayError(
          "\(lost); the same command goes on", ExitStatus.unavailable.rawValue, rank: rank,
          json: log.logFormat == .json)
        JobStarter.end(after: 10)
        _exit(ExitStatus.unavailable.rawValue)
      }
      try body(communicator, Reporter(rank: communicator.rank, format: log.logFormat, quiet: log.quiet))
      // The ranks that have less to do at the end wait here, where a loss is noticed, not in MPI's end, which may take so long only.
      try communicator.barrier()
      watch?.end()
      MPIEnvironment.finalize(exitCode: ExitStatus.done.rawValue)
    } catch let failure as AgreedFailure {
      watch?.end()
      // Every rank has come here: rank 0 speaks, and all end with the same code.
      if communicator.isRoot { sayError(failure.description, failure.exitCode, json: log.logFormat == .json) }
      MPIEnvironment.finalize(exitCode: failure.exitCode)
      throw ExitCode(failure.exitCode)
    } catch {
      let code = (error as? any ExitCoded)?.exitCode ?? ExitStatus.internalError.rawValue
      let alone = communicator.size == 1
      watch?.end()
      sayError("\(error)", code, rank: alone ? nil : communicator.rank, json: log.logFormat == .json)
      if alone {
        MPIEnvironment.finalize(exitCode: code)
        throw ExitCode(code)
      }
      MPIEnvironment.abort(exitCode: code)
    }
  }
}

import ArgumentParser
import Coordinator
import Worker

/// Says what a site gets wrong.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is found of MPI, processors, clocks, file systems, libraries and models, and what is wrong.",
    discussion: """
      One line for each thing: ok, note (it will do) or wrong, with what to do. Ends with 0, or with 69 if something is wrong. Start it as \
      you would start a job, on the same nodes:

        srun --ntasks=64 hsdl-mpi doctor --output /scratch/me/refined
        mpirun -n 64 hsdl-mpi doctor --output /scratch/me/refined --json
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A folder for results, to be tried out; what is written there is removed again.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Flag(help: "Print the findings as JSON.")
  var json = false

  @OptionGroup var log: LogOptions

  func run() throws {
    let prelude = DoctorJob.Prelude(talks: Program.isFirstRank)
    var isWrong = false
    try Program.onAllRanks(log, anyLauncher: true) { communicator, report in
      let findings = try DoctorJob(output: output).run(prelude, over: communicator)
      let count = findings.filter { $0.state == .wrong }.count
      isWrong = try communicator.broadcast(count) > 0
      // Ranks that do not know of each other are all rank 0.
      guard communicator.isRoot, Program.isFirstRank else { return }
      if json {
        let value = JSONValue.object([
          ("wrong", .integer(count)), ("findings", .array(findings.map(\.json))),
        ])
        writeLine(1, String(value.text.dropLast()))
      } else {
        for finding in findings where !log.quiet || finding.state != .fine { report.say(finding.line) }
      }
    }
    if isWrong { throw ExitCode(ExitStatus.unavailable.rawValue) }
  }
}

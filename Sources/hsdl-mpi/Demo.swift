import ArgumentParser
import Coordinator

/// Shows the whole way on synthetic data.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a synthetic automatic catalog, refine it, and compare with the truth.",
    discussion: """
      Trains models on labelled events, refines an automatic catalog with them, and says how the result compares with \
      the truth, which is known. Needs no data. An earlier demo in the same folder is replaced.

      Example:

        mpirun -n 2 hsdl-mpi demo --output demo-output
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder for everything.", valueName: "folder"))
  var output = "demo-output"

  @Option(help: "The seed of all random choices.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Events of the automatic catalog.", valueName: "n"))
  var events = 4000

  @Option(help: ArgumentHelp("Labelled events to train on.", valueName: "n"))
  var trainingEvents = 1500

  @OptionGroup var log: LogOptions

  func validate() throws {
    guard (100...10_000_000).contains(events) else { throw ValidationError("--events must be from 100 to 10000000") }
    guard (100...1_000_000).contains(trainingEvents) else {
      throw ValidationError("--training-events must be from 100 to 1000000")
    }
  }

  func run() throws {
    var job = DemoJob(output: output)
    job.seed = seed
    job.catalogEvents = events
    job.trainingEvents = trainingEvents
    try Program.onAllRanks(log) { communicator, report in
      try job.run(over: communicator, report: report)
    }
  }
}

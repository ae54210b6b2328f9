import ArgumentParser
import Coordinator

/// Shows the whole way on synthetic data.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make synthetic networks with waveforms, train, refine, and compare with the truth.",
    discussion: """
      Makes the waveforms and the automatic catalog of a network, trains models on them, makes those of another network, \
      refines its catalog, and says how the result compares with the truth, which is known. Needs no data. An earlier \
      demo in the same folder is replaced.

      Example:

        mpirun -n 2 hsdl-mpi demo --output demo-output
      """)

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder for everything.", valueName: "folder"), completion: .directory)
  var output = "demo-output"

  @Option(help: "The seed of all random choices.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Stations of each network.", valueName: "n"))
  var stations = 12

  @Option(help: ArgumentHelp("How long the archive of each network is.", valueName: "h"))
  var hours = 12.0

  @OptionGroup var log: LogOptions

  func validate() throws {
    guard (3...1000).contains(stations) else { throw ValidationError("--stations must be from 3 to 1000") }
    guard hours >= 0.5, hours <= 10_000 else { throw ValidationError("--hours must be from 0.5 to 10000") }
  }

  func run() throws {
    var job = DemoJob(output: output)
    job.seed = seed
    job.stations = stations
    job.hours = hours
    try Program.onAllRanks(log) { communicator, report in
      try job.run(over: communicator, report: report)
    }
  }
}

import ArgumentParser
import Coordinator

/// Makes a report again.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the report of a run again, from what lies in its output folder.",
    discussion: """
      Writes report.html and the folder figures (PNG, PDF and CSV of each figure). Of refine from events.csv, problems.csv and run.json, as refine does \
      at its end; after refine --no-report, where GMT was missing, or with a newer version of the program. Stations and records of the most \
      doubtful events are those that refine has left in figures. Of evaluate, train and learning-curve from figures/report.json, which they leave \
      there unless figures are not wanted.

      Examples:

        hsdl-mpi report out
        hsdl-mpi report evaluation
      """)

  @Argument(help: ArgumentHelp("The output folder of refine, evaluate, train or learning-curve.", valueName: "folder"))
  var folder: String

  @OptionGroup var log: LogOptions

  func run() throws {
    try Program.onAllRanks(log) { communicator, report in
      try ReportJob(output: folder).run(over: communicator, report: report)
    }
  }
}

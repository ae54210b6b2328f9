import ArgumentParser
import Coordinator

/// Makes a report again.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the report of refined events again, from what lies in the output folder.",
    discussion: """
      Writes report.html and the folder figures (PNG, PDF and CSV of each figure) from events.csv, problems.csv and run.json, as refine does at its \
      end; after refine --no-report, where GMT was missing, or with a newer version of the program. Records of the most \
      doubtful events are those that refine has left in figures.

      Example:

        hsdl-mpi report out
      """)

  @Argument(help: ArgumentHelp("The output folder of refine.", valueName: "folder"))
  var folder: String

  @OptionGroup var log: LogOptions

  func run() throws {
    try Program.onAllRanks(log) { communicator, report in
      try ReportJob(output: folder).run(over: communicator, report: report)
    }
  }
}

import ArgumentParser
import Coordinator

/// Refines a catalog.
struct Refine: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score every event of an automatic catalog and write the refined one.",
    discussion: """
      Writes refined.xml (QuakeML: events that are real, or uncertain), rejected.xml (those that are fake), events.csv (all of \
      them, with probability and reason), features.csv, problems.csv (rows that could not be used) and run.json (figures of the \
      run). Every event is in events.csv. Times are those of the earliest P pick.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Pick tables of the automatic catalog (columns event_id,station,p_t,p_prob,s_t,s_prob).", valueName: "table.csv"))
  var picks: [String]

  @Option(help: ArgumentHelp("The folder of the model.", valueName: "folder"))
  var model: String

  @Option(help: ArgumentHelp("The network code of stations whose code does not say it as NET.STA.", valueName: "code"))
  var network = ""

  @Flag(help: "End at the first row that cannot be used, instead of leaving it out.")
  var strict = false

  @Flag(help: "Say what would be done, and do nothing.")
  var dryRun = false

  @OptionGroup var out: OutputOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard network.utf8.count <= 8 else { throw ValidationError("--network must have at most 8 characters") }
  }

  func run() throws {
    var job = RefineJob(picks: picks, model: model, output: out.output)
    job.network = network
    job.isStrict = strict
    job.overwrites = out.overwrite
    try Program.onAllRanks(log) { communicator, report in
      if dryRun {
        try communicator.agreeOnRoot {
          for line in try job.plan(ranks: communicator.size) { report.say(line) }
        }
      } else {
        try job.run(over: communicator, report: report)
      }
    }
  }
}

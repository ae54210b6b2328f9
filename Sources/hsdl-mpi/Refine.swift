import ArgumentParser
import Coordinator
import Worker

/// Refines a catalog.
struct Refine: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score every event of an automatic catalog and write the refined one.",
    discussion: """
      Writes refined.xml (QuakeML: events that are real, or uncertain), rejected.xml (those that are fake), \
      events.csv (all of them, with probability and reason), features.csv, review.csv (the uncertain ones, the most doubtful first), \
      problems.csv (what could not be used), report.html with the folder figures (all of it for people, in one page), and \
      run.json (figures of the run). Every event is in events.csv.

      With --catalog, features of picks, origin and waveforms are computed at every station in range that has data, \
      at predicted arrivals where there is no pick; entries of the same event are merged. With --picks, features of \
      picks only; times are those of the earliest P pick.

      With --decisions, what a seismologist has decided counts instead of the model's label; probabilities stay. Fill in label, who and why in \
      review.csv and give it back.

      Examples:

        mpirun -n 16 hsdl-mpi refine --catalog 2025.xml --archive sds:/data/sds --stations net.xml --model model -o out
        mpirun -n 16 hsdl-mpi refine --picks 2024.csv 2025.csv --model model -o out
        mpirun -n 16 hsdl-mpi refine --catalog 2025.xml --archive sds:/data/sds --stations net.xml --model model \\
          --decisions out/review.csv -o decided
      """)

  @OptionGroup var events: EventOptions

  @Option(
    help: ArgumentHelp(
      "The folder of the model; by default, for --catalog with --archive, the one that comes with the program: trained on synthetic events, and to be replaced by one that is trained on your own.",
      valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("The network code of stations whose code does not say it as NET.STA.", valueName: "code"))
  var network = ""

  @OptionGroup var decided: DecisionOptions

  @Flag(help: "End at the first thing that cannot be used, instead of leaving it out.")
  var strict = false

  @Flag(help: "Write neither report.html nor figures; `report` makes them later, without records of waveforms.")
  var noReport = false

  @OptionGroup var plan: PlanOptions
  @OptionGroup var sharing: SharingOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var running: RunOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard events.source != nil else { throw ValidationError("give --catalog, or --picks") }
    guard model != nil || events.archive != nil else {
      throw ValidationError("give --model; the one that comes with the program needs --catalog and --archive")
    }
    guard network.utf8.count <= 8 else { throw ValidationError("--network must have at most 8 characters") }
  }

  func run() throws {
    guard let source = events.source else { return }
    let folder = try model ?? ShippedModels.folder(.event)
    var job = RefineJob(source, model: folder, output: out.output)
    job.network = network
    job.decisions = decided.decisions
    job.isStrict = strict
    job.writesReport = !noReport
    job.overwrites = out.overwrite
    job.limits = running.limits
    job.sharing = sharing.limits
    try Program.onAllRanks(log) { communicator, report in
      if plan.dryRun {
        for line in try job.plan(over: communicator) { report.say(line) }
      } else {
        try job.run(over: communicator, report: report)
      }
    }
  }
}

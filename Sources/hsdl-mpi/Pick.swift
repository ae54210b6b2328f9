public import ArgumentParser
import Coordinator
public import HSDLCompute
import MPI
import SeismicFormats
import Worker

extension PickSettings.Stack: ExpressibleByArgument {}
extension PickSettings.SChoice: ExpressibleByArgument {}

/// Picks arrivals.
struct Pick: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pick P and S arrivals in an archive of continuous waveforms.",
    discussion: """
      Writes picks.csv (one row for each pick: station, time, phase, probability, width, signal to noise, amplitude), \
      problems.csv (what could not be used) and run.json (figures of the run). Windows stand at absolute times and overlap, \
      so the picks are the same wherever files begin and however many ranks there are.

      Examples:

        mpirun -n 16 hsdl-mpi pick --archive sds:/data/sds --stations net.xml \\
          --model phasenet -o picks
        hsdl-mpi pick --archive files:day --model eqt --from 2024-01-01 \\
          --to 2024-01-02 --streams 'CI.*.*.HH?' -o picks
      """)

  @Option(
    help: ArgumentHelp(
      "The waveforms: sds:PATH (SeisComP data structure) or files:PATH (any tree of miniSEED or SAC files).",
      valueName: "kind:path"))
  var archive: String

  @Option(
    help: ArgumentHelp(
      "The archive-index.csv that an earlier run on the same files: archive has kept; files that have not changed are not looked at again.",
      valueName: "file"), completion: .file())
  var archiveIndex: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Station metadata: amplitudes then have the sensors' units, and components are turned to north and east.",
      valueName: "file"), completion: .file())
  var stations: [String] = []

  @Option(
    help: ArgumentHelp(
      "The folder of the picker; by default the one that comes with the program, trained on synthetic waveforms.",
      valueName: "folder"), completion: .directory)
  var model: String?

  @Option(help: ArgumentHelp("Leave out picks before this date or time, in UTC.", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("Leave out picks from this date or time on, in UTC.", valueName: "time"))
  var to: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Pick only streams that fit one of these, such as 'CI.*.*.HH?'.", valueName: "pattern"))
  var streams: [String] = []

  @Option(help: ArgumentHelp("The least probability of P; by default 0.3, or 0.1 with a detection.", valueName: "p"))
  var pThreshold: Double?

  @Option(help: ArgumentHelp("The least probability of S; by default 0.3, or 0.1 with a detection.", valueName: "p"))
  var sThreshold: Double?

  @Option(
    help: ArgumentHelp(
      "The least probability of a detection, for pickers that have one; by default 0.3.", valueName: "p"))
  var detectionThreshold: Double?

  @Option(
    help: ArgumentHelp(
      "By how much windows overlap; by default 0.5 of their length, or 0.8 with a detection.", valueName: "0...0.99"))
  var overlap: Double?

  @Option(help: ArgumentHelp("How windows that overlap are put together; by default mean.", valueName: "mean|max"))
  var stack: PickSettings.Stack?

  @Option(
    help: ArgumentHelp("Which S is taken where a detection holds several; by default best.", valueName: "best|first"))
  var sChoice: PickSettings.SChoice?

  @Option(help: ArgumentHelp("Windows that the network is given at a time.", valueName: "n"))
  var batchSize: Int?

  @Flag(help: "End at the first thing that cannot be used, instead of leaving it out.")
  var strict = false

  @OptionGroup var plan: PlanOptions
  @OptionGroup var sharing: SharingOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var running: RunOptions
  @OptionGroup var log: LogOptions

  private func job() throws -> PickJob {
    var job = PickJob(archive: archive, model: model ?? "", output: out.output, makePicker: Self.load)
    for (name, text) in [("--from", from), ("--to", to)] {
      guard let text else { continue }
      guard let time = UTCTime(text) else {
        throw ValidationError("\(name) must be a date or a time, such as 2024-01-01 or 2024-01-01T12:00:00")
      }
      if name == "--from" { job.start = time } else { job.end = time }
    }
    if let start = job.start, let end = job.end, end <= start {
      throw ValidationError("--to must be later than --from")
    }
    job.streams = try streams.map { text in
      guard let pattern = StreamPattern(text) else {
        throw ValidationError("--streams must be patterns as NET.STA.LOC.CHA, such as 'CI.*.*.HH?'")
      }
      return pattern
    }
    job.changes.pThreshold = pThreshold
    job.changes.sThreshold = sThreshold
    job.changes.detectionThreshold = detectionThreshold
    job.changes.overlap = overlap
    job.changes.stack = stack
    job.changes.sChoice = sChoice
    job.changes.batchSize = batchSize
    let usual = PickerDescription(architecture: "", windowLength: 6000, outputs: [.p, .s])
    if let objection = job.changes.applied(to: usual).objection { throw ValidationError(objection) }
    job.archiveIndex = archiveIndex
    job.stations = stations
    job.isStrict = strict
    job.overwrites = out.overwrite
    job.limits = running.limits
    job.sharing = sharing.limits
    return job
  }

  func validate() throws { _ = try job() }

  func run() throws {
    var job = try job()
    if model == nil { job.model = try ShippedModels.folder(.picker) }
    let ready = job
    try Program.onAllRanks(log) { communicator, report in
      if plan.dryRun {
        for line in try ready.plan(over: communicator, report: report) { report.say(line) }
      } else {
        try ready.run(over: communicator, report: report)
      }
    }
  }

  /// Loads the picker of a folder.
  ///
  /// Collective.
  @Sendable private static func load(_ folder: String, over communicator: any Communicator) throws -> PickerModel {
    let folder = try PickerFolder.load(folder, over: communicator)
    return PickerModel(
      network: try communicator.agree { try folder.picker() }, hash: folder.card.hash,
      description: folder.card.description)
  }
}

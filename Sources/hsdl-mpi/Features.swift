import ArgumentParser
import Coordinator
import HSDLCompute

/// Extracts features.
struct Features: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Extract features of the events of catalogs or pick tables.",
    discussion: """
      With --catalog or --picks: features.csv (one row an event, missing values as NaN), features.json (what the \
      columns are) and problems.csv (what could not be used). Of catalogs: features of picks, origin and, with \
      --archive and --stations, of waveforms.

      With --real and --fake: features.csv with a column `type` (1 real, 0 fake), t_test.csv (how each feature \
      differs between the two), correlation.csv (Pearson's, pair by pair) and pca.csv (principal components).

      Examples:

        mpirun -n 16 hsdl-mpi features --catalog 2025.xml --archive sds:/data/sds \\
          --stations net.xml -o features
        mpirun -n 16 hsdl-mpi features --picks 2024.csv 2025.csv -o features
        hsdl-mpi features --real real.csv --fake fake.csv -o features
      """)

  @OptionGroup var events: EventOptions

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Pick tables of real events.", valueName: "table.csv"),
    completion: .file())
  var real: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Pick tables of fake events.", valueName: "table.csv"),
    completion: .file())
  var fake: [String] = []

  @Option(
    help: ArgumentHelp(
      "The features: hsdl2, hsdl8, hsdl11, picks, origin, waveforms, all (these three), quality (what the catalog states of its origins), or names, separated by commas; without this all.",
      valueName: "set"))
  var features: String?

  @Option(
    help: ArgumentHelp(
      "The features whose principal components are wanted; hsdl8 if it is among the features, else all of them.",
      valueName: "set"))
  var components: String?

  @Option(
    help: ArgumentHelp(
      "Write event_windows.bin too: what an event discriminator is trained with, of so many stations of each event, those with picks first, up to 64. Needs --archive.",
      valueName: "stations"))
  var eventWindows: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Tables with the columns event_id and label, real or fake, for event_windows.bin.", valueName: "labels.csv"),
    completion: .file())
  var labels: [String] = []

  @Flag(
    help: "End at the first thing that cannot be used, instead of leaving it out. Labelled tables are always read so.")
  var strict = false

  @OptionGroup var sharing: SharingOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var drawing: FigureOptions
  @OptionGroup var running: RunOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard (events.source == nil) != (real.isEmpty && fake.isEmpty) else {
      throw ValidationError("give --catalog, or --picks, or --real and --fake")
    }
    guard eventWindows.map({ (1...EventWindows.maximumStations).contains($0) }) ?? labels.isEmpty else {
      throw ValidationError(
        "--event-windows takes 1 to \(EventWindows.maximumStations) stations, and --labels goes with it")
    }
    guard eventWindows == nil || events.archive != nil else { throw ValidationError("--event-windows needs --archive") }
    guard real.isEmpty == fake.isEmpty else { throw ValidationError("--real and --fake go together") }
  }

  func run() throws {
    var job = FeaturesJob(output: out.output)
    job.source = events.source
    if let eventWindows, case .catalog(var input)? = job.source {
      input.windowStations = eventWindows
      input.windowLabels = labels
      job.source = .catalog(input)
    }
    job.real = real
    job.fake = fake
    job.chosenFeatures = try features.map { try FeatureSet($0) }
    job.components = try components.map { try FeatureSet($0) }
    job.isStrict = strict
    job.overwrites = out.overwrite
    job.drawsFigures = drawing.areWanted
    job.limits = running.limits
    job.sharing = sharing.limits
    try Program.onAllRanks(log) { communicator, report in
      try job.run(over: communicator, report: report)
    }
  }
}

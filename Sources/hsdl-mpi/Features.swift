import ArgumentParser
import Coordinator
import HSDLCompute

/// Extracts features.
struct Features: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Extract features of the events of pick tables.",
    discussion: """
      With --picks: features.csv (one row an event, missing values as NaN), features.json (what the columns are) and \
      problems.csv (rows that could not be used).

      With --real and --fake: features.csv with a column `type` (1 real, 0 fake), t_test.csv (how each feature differs between \
      the two), correlation.csv (Pearson's, pair by pair) and pca.csv (principal components).
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Pick tables (columns event_id,station,p_t,p_prob,s_t,s_prob).", valueName: "table.csv"))
  var picks: [String] = []

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Pick tables of real events.", valueName: "table.csv"))
  var real: [String] = []

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Pick tables of fake events.", valueName: "table.csv"))
  var fake: [String] = []

  @Option(
    help: ArgumentHelp(
      "The features: hsdl2, hsdl8, hsdl11, picks (all 18), or names separated by commas.", valueName: "set"))
  var features = "picks"

  @Option(
    help: ArgumentHelp(
      "The features whose principal components are wanted; hsdl8 if it is among the features, else all of them.",
      valueName: "set"))
  var components: String?

  @Flag(
    help: "End at the first row that cannot be used, instead of leaving it out. Labelled tables are always read so.")
  var strict = false

  @OptionGroup var out: OutputOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard picks.isEmpty != (real.isEmpty && fake.isEmpty) else {
      throw ValidationError("give --picks, or --real and --fake")
    }
    guard real.isEmpty == fake.isEmpty else { throw ValidationError("--real and --fake go together") }
  }

  func run() throws {
    var job = FeaturesJob(output: out.output)
    job.picks = picks
    job.real = real
    job.fake = fake
    job.features = try FeatureSet(features)
    job.components = try components.map { try FeatureSet($0) }
    job.isStrict = strict
    job.overwrites = out.overwrite
    try Program.onAllRanks(log) { communicator, report in
      try job.run(over: communicator, report: report)
    }
  }
}

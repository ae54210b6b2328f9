public import ArgumentParser
public import Coordinator
import HSDLCompute
import Worker

extension Reporter.Format: ExpressibleByArgument {}

/// How the program talks.
struct LogOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How messages look: text, or one JSON object a line.", valueName: "text|json"))
  var logFormat: Reporter.Format = .text

  @Flag(name: .shortAndLong, help: "Leave out progress and notes; results, warnings and errors stay.")
  var quiet = false

  @Option(
    help: ArgumentHelp(
      "End with code 69 when another rank cannot be reached for so long, as when the link between two hosts is down: MPI would wait for ever. 0 never.",
      valueName: "s"))
  var lostSeconds = 600.0

  @Option(
    help: ArgumentHelp("Take options from a YAML file, under the names they have here.", valueName: "file.yaml"),
    completion: .file())
  var config: String?

  func validate() throws {
    guard lostSeconds == 0 || (1...1e7).contains(lostSeconds) else {
      throw ValidationError("--lost-seconds must be 0, or 1 or more")
    }
  }
}

/// Where results go.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder for the results; made if it is not there.", valueName: "folder"),
    completion: .directory
  )
  var output: String

  @Flag(help: "Replace results that the folder already holds.")
  var overwrite = false
}

/// Whether figures are drawn.
struct FigureOptions: ParsableArguments {
  @Flag(
    help:
      "Draw no figures. Without this they are drawn into the folder figures of the output, by GMT where it is installed; the results are the same."
  )
  var noFigures = false

  var areWanted: Bool { !noFigures }
}

/// Whether something is done at all.
struct PlanOptions: ParsableArguments {
  @Flag(
    help: "Say what would be done, how long it will take and with how much memory; check inputs, and write nothing.")
  var dryRun = false
}

/// How long a command may run.
struct TimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Stop in time before this has passed, with code 75; the same command goes on. Minutes, HH:MM:SS or D-HH:MM:SS; by default the end that Slurm has set.",
      valueName: "time"))
  var walltime: String?

  func validate() throws {
    guard walltime.map({ RunLimits.seconds($0) != nil }) ?? true else {
      throw ValidationError("--walltime must be minutes, HH:MM:SS or D-HH:MM:SS")
    }
  }

  var limits: RunLimits { RunLimits(walltime: walltime.flatMap { RunLimits.seconds($0) }) }
}

/// How a command goes on with what it has begun.
struct RunOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Go on with what the output holds of this job, and end with code 78 if that is nothing. Without this, a job that was begun is gone on with, and one that was not is begun."
    ))
  var resume = false

  @OptionGroup var time: TimeOptions

  var limits: RunLimits {
    var limits = time.limits
    limits.requiresLedger = resume
    return limits
  }
}

/// How work is shared out over the ranks.
struct SharingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Units of work that may fail, each on two ranks, without the job failing; their events come out uncertain, and problems.csv says why.",
      valueName: "n"))
  var maxFailures = 0

  @Option(
    help: ArgumentHelp("Name a rank that has made no progress for so long on standard error; 0 never.", valueName: "s"))
  var stallSeconds = 300.0

  @Option(
    help: ArgumentHelp(
      "Memory that a rank may take, such as 4G or 800M: buffers keep within it, and what does not fit is refused at once.",
      valueName: "size"))
  var memory: String?

  func validate() throws {
    guard (0...1_000_000_000).contains(maxFailures) else { throw ValidationError("--max-failures must be 0 or more") }
    guard stallSeconds == 0 || (1...1e7).contains(stallSeconds) else {
      throw ValidationError("--stall-seconds must be 0, or 1 or more")
    }
    guard memory.map({ MemoryPlan.bytes($0) != nil }) ?? true else {
      throw ValidationError("--memory must be a number of bytes with K, M, G or T behind it, such as 4G")
    }
  }

  /// The limits of a job.
  var limits: SharingLimits {
    var limits = SharingLimits()
    limits.failureLimit = maxFailures
    limits.stallSeconds = stallSeconds > 0 ? stallSeconds : nil
    limits.memory = memory.flatMap { MemoryPlan.bytes($0) }
    return limits
  }
}

/// What persons have decided.
struct DecisionOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What a seismologist has decided on events: tables with the columns event_id,label,who,why, as review.csv is when it is filled in, or a catalog that was worked on (QuakeML, SeisComP XML). It overrules what else is said of these events.",
      valueName: "decisions.csv"))
  var decisions: [String] = []
}

/// Labelled events.
struct LabelledOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Pick tables of real events (columns event_id,station,p_t,p_prob,s_t,s_prob).", valueName: "table.csv"),
    completion: .file())
  var real: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Pick tables of fake events.", valueName: "table.csv"),
    completion: .file())
  var fake: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Tables of features, as `features` and `refine` write them; instead of pick tables.", valueName: "features.csv"),
    completion: .file())
  var featureTable: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Tables that say which events of --feature-table are real or fake (columns event_id,label); decisions too.",
      valueName: "labels.csv"), completion: .file())
  var labels: [String] = []

  @OptionGroup var decided: DecisionOptions

  /// All that says what the events are.
  var allLabels: [String] { labels + decided.decisions }

  /// - Throws: `ValidationError` when what was given is not enough for labelled events.
  func requireComplete() throws {
    guard featureTable.isEmpty == allLabels.isEmpty else {
      throw ValidationError("--feature-table and --labels go together")
    }
    guard real.isEmpty == fake.isEmpty else { throw ValidationError("--real and --fake go together") }
    guard real.isEmpty != featureTable.isEmpty else {
      throw ValidationError("give --real and --fake, or --feature-table and --labels")
    }
  }

  var source: LabelledSource {
    featureTable.isEmpty ? .picks(real: real, fake: fake) : .features(tables: featureTable, labels: allLabels)
  }
}

/// Which features models take.
struct FeatureSetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The features: hsdl8 (HSDL's eight), hsdl2, hsdl11, picks, origin, waveforms, all (these three), quality (what the catalog states), or names, separated by commas. Without this hsdl8 of pick tables, and all that a table of features has.",
      valueName: "features"))
  var features: String?

  /// - Throws: ``ComputeError`` for a name that is none.
  func featureSet() throws -> FeatureSet? { try features.map { try FeatureSet($0) } }
}

/// How large models of trees are.
struct TreeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Trees of a forest.", valueName: "n"))
  var trees = 100

  @Option(help: ArgumentHelp("Rounds of gradient boosting.", valueName: "n"))
  var rounds = 150

  func validate() throws {
    guard (1...10_000).contains(trees) else { throw ValidationError("--trees must be from 1 to 10000") }
    guard (1...10_000).contains(rounds) else { throw ValidationError("--rounds must be from 1 to 10000") }
  }
}

/// How models are trained.
struct ModelOptions: ParsableArguments {
  @OptionGroup var chosen: FeatureSetOptions

  @Option(help: "The seed of all random choices.")
  var seed: UInt64 = 42

  @Option(
    help: ArgumentHelp("Folds for the calibration of probabilities; 0 leaves scores as they are.", valueName: "n"))
  var calibrationFolds = 5

  @OptionGroup var sizes: TreeOptions

  func validate() throws {
    guard calibrationFolds == 0 || (2...100).contains(calibrationFolds) else {
      throw ValidationError("--calibration-folds must be 0, or from 2 to 100")
    }
  }

  var settings: ShallowSettings {
    var settings = ShallowSettings()
    settings.seed = seed
    settings.calibrationFolds = calibrationFolds
    settings.forestTrees = sizes.trees
    settings.boostingRounds = sizes.rounds
    return settings
  }
}

/// A list of kinds of models, separated by commas.
struct ModelKinds: ExpressibleByArgument {
  var kinds: [ShallowModelKind]

  init(_ kinds: [ShallowModelKind]) { self.kinds = kinds }

  init?(argument: String) {
    var kinds: [ShallowModelKind] = []
    for word in argument.split(separator: ",") {
      guard let kind = ShallowModelKind(rawValue: word.filter { $0 != " " }) else { return nil }
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    guard !kinds.isEmpty else { return nil }
    self.kinds = kinds
  }

  var defaultValueDescription: String { kinds.map(\.rawValue).joined(separator: ",") }

  static let allNames = ShallowModelKind.allCases.map(\.rawValue).joined(separator: ",")
}

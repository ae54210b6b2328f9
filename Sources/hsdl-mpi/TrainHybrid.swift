import ArgumentParser
import Coordinator
import HSDLCompute
import Worker

/// Trains hybrids of models on features and a network on waveforms.
struct TrainHybrid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hybrid",
    abstract: "Train models on features, and join a trained event discriminator to them.",
    discussion: """
      The models are weighed, together with the discriminator, by what they say of blocks of time that they were not \
      trained on, so that their probability is calibrated. The discriminator must have been trained on other events. It \
      is copied into the folder of the model; `refine` uses it where events have waveforms, and the features alone where \
      they have none. card.json tells how reliable the probabilities are.

      Examples:

        mpirun -n 4 hsdl-mpi train hybrid --feature-table features/features.csv --labels labels.csv \\
          --event-windows features/event_windows.bin --discriminator discriminator -o model
      """)

  @OptionGroup var labelled: LabelledOptions

  @Option(help: ArgumentHelp("The folder of the event discriminator.", valueName: "folder"))
  var discriminator: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Windows of the events, as `features --event-windows` writes them, to be scored by the discriminator.",
      valueName: "event_windows.bin"))
  var eventWindows: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Instead of windows: tables of the scores that the discriminator gave the events (columns event_id,logit).",
      valueName: "scores.csv"))
  var deepScores: [String] = []

  @Option(help: ArgumentHelp("Blocks of time that are left out, one after another.", valueName: "n"))
  var blocks = 5

  @Option(
    help: ArgumentHelp("The models on features, separated by commas: \(ModelKinds.allNames).", valueName: "models"))
  var models = ModelKinds([.forest, .boosting, .svm, .logistic])

  @OptionGroup var costs: CostOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    try labelled.requireComplete()
    guard (2...100).contains(blocks) else { throw ValidationError("--blocks must be from 2 to 100") }
    guard eventWindows.isEmpty != deepScores.isEmpty else {
      throw ValidationError("give --event-windows, or --deep-scores")
    }
  }

  func run() throws {
    let shallow = ShallowTraining(kinds: models.kinds, settings: model.settings, costs: costs.costs)
    var job = HybridJob(labelled.source, shallow: shallow, discriminator: discriminator, output: out.output)
    job.features = try model.featureSet()
    job.windows = eventWindows
    job.scores = deepScores
    job.blocks = blocks
    job.overwrites = out.overwrite
    try Program.onAllRanks(log) { communicator, report in
      try job.run(over: communicator, report: report)
    }
  }
}

/// What errors cost.
struct CostOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What rejecting a real event costs.", valueName: "cost"))
  var costLost = DecisionCosts.usual.lostReal

  @Option(help: ArgumentHelp("What keeping a fake event costs.", valueName: "cost"))
  var costKept = DecisionCosts.usual.keptFake

  @Option(help: ArgumentHelp("What having an event looked at costs.", valueName: "cost"))
  var costReview = DecisionCosts.usual.review

  func validate() throws {
    guard costs.areValid else { throw ValidationError("costs must be positive") }
  }

  var costs: DecisionCosts {
    DecisionCosts(lostReal: costLost, keptFake: costKept, review: costReview)
  }
}

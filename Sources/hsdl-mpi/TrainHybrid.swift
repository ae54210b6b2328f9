import ArgumentParser
import Coordinator
import HSDLCompute
import Worker

/// Trains models on features and on waveforms, and joins them.
struct TrainHybrid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hybrid",
    abstract: "Train models on features and a network on waveforms, and join them.",
    discussion: """
      What each model is worth is learned from what it says of blocks of time that it was not trained on, or, with --leave-out tables, of whole \
      tables: give one for each network, and the model is calibrated for networks that it has not seen. Without --discriminator the network \
      is trained once without each block and once on all; with --discriminator a network that was trained on other events is taken. \
      The folder that comes out is a model for `refine`, with a copy of the picker that it asks; its card.json holds a reliability table, and \
      scores with intervals, and out_of_fold.csv what each model said of each event while it was left out.

      Example:

        mpirun -n 16 hsdl-mpi train hybrid --feature-table features/features.csv \\
          --labels labels.csv \\
          --event-windows features/event_windows.bin -o model
      """)

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Tables of features.", valueName: "features.csv"), completion: .file())
  var featureTable: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Tables that say which events are real or fake (columns event_id,label); decisions too.", valueName: "labels.csv"),
    completion: .file())
  var labels: [String] = []

  @OptionGroup var decided: DecisionOptions

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("The windows of the same events.", valueName: "event_windows.bin"))
  var eventWindows: [String] = []

  @Option(
    help: ArgumentHelp("The folder of a discriminator that was trained on other events.", valueName: "folder"),
    completion: .directory)
  var discriminator: String?

  @Option(
    help: ArgumentHelp(
      "The picker that was asked about the windows; by default the one that comes with the program.",
      valueName: "folder"))
  var picker: String?

  @Option(
    help: ArgumentHelp(
      "What is left out in turn: blocks of time, or whole tables of features, such as those of other networks.",
      valueName: "times|tables"))
  var leaveOut = HybridTraining.LeftOut.times

  @Option(help: ArgumentHelp("Blocks of time, or folds of tables, that are left out in turn.", valueName: "n"))
  var blocks = 5

  @Option(
    help: ArgumentHelp("The models on features, separated by commas: \(ModelKinds.allNames).", valueName: "models"))
  var models = ModelKinds([.forest, .boosting, .svm, .logistic])

  @Option(help: ArgumentHelp("The features; all that the tables have, if not given.", valueName: "features"))
  var features: String?

  @OptionGroup var sizes: TreeOptions
  @OptionGroup var costs: CostOptions
  @OptionGroup var options: DiscriminatorOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var figures: FigureOptions
  @OptionGroup var time: TimeOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard !labels.isEmpty || !decided.decisions.isEmpty else { throw ValidationError("give --labels, or --decisions") }
    guard discriminator == nil || !eventWindows.isEmpty else {
      throw ValidationError("--discriminator needs --event-windows, the windows of the events")
    }
    guard leaveOut == .times || featureTable.count > 1 else {
      throw ValidationError("--leave-out tables needs several --feature-table")
    }
    guard (2...100).contains(blocks) else { throw ValidationError("--blocks must be from 2 to 100") }
  }

  func run() throws {
    var job = TrainHybridJob(.features(tables: featureTable, labels: labels + decided.decisions), output: out.output)
    job.windows = eventWindows
    job.discriminator = discriminator
    job.fit = options.fit
    job.kinds = models.kinds
    job.features = try features.map { try FeatureSet($0) }
    job.settings.seed = options.training.seed
    job.settings.forestTrees = sizes.trees
    job.settings.boostingRounds = sizes.rounds
    job.costs = costs.costs
    job.blocks = blocks
    job.leavesOut = leaveOut
    job.picker = picker
    job.overwrites = out.overwrite
    job.drawsFigures = figures.areWanted
    job.limits = time.limits
    try Program.onAllRanks(log) { communicator, report in
      if plan.dryRun {
        for line in try job.plan(over: communicator) { report.say(line) }
      } else {
        try job.run(over: communicator, report: report)
      }
    }
  }
}

import ArgumentParser
import Coordinator
import HSDLCompute

/// Trains models.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train models on labelled data.",
    discussion: """
      Each has help of its own, as `hsdl-mpi train shallow --help`.

      Examples:

        hsdl-mpi train shallow --real real.csv --fake fake.csv -o model
        mpirun -n 16 hsdl-mpi train picker --data stead:merge.hdf5 -o picker
      """,
    subcommands: [TrainShallow.self, TrainPicker.self, TrainDiscriminator.self, TrainHybrid.self])
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

/// Trains models on features.
struct TrainShallow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shallow",
    abstract: "Train models on features of labelled events.",
    discussion: """
      The rows stay on their ranks; the model is the same for any number of ranks. Probabilities are calibrated on \
      events that the model was not trained on. Writes card.json (what the model is, what it was trained on, how \
      good it is, and the hashes of all files) and a folder for each model.

      Examples:

        mpirun -n 4 hsdl-mpi train shallow --real r1.csv --fake f1.csv -o model
        mpirun -n 4 hsdl-mpi train shallow --feature-table features.csv \\
          --labels labels.csv -o model
      """)

  @OptionGroup var labelled: LabelledOptions

  @Option(
    help: ArgumentHelp(
      "The models that are put together, separated by commas: \(ModelKinds.allNames).", valueName: "models"))
  var models = ModelKinds([.forest, .boosting, .svm, .logistic])

  @OptionGroup var costs: CostOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var figures: FigureOptions
  @OptionGroup var log: LogOptions

  func validate() throws { try labelled.requireComplete() }

  func run() throws {
    var job = TrainJob(labelled.source, output: out.output)
    job.kinds = models.kinds
    job.features = try model.chosen.featureSet()
    job.settings = model.settings
    job.costs = costs.costs
    job.overwrites = out.overwrite
    job.drawsFigures = figures.areWanted
    try Program.onAllRanks(log) { communicator, report in
      if plan.dryRun {
        for line in try job.plan(over: communicator) { report.say(line) }
      } else {
        try job.run(over: communicator, report: report)
      }
    }
  }
}

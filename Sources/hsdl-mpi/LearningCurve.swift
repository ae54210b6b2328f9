import ArgumentParser
import Coordinator
import HSDLCompute
import Worker

/// Tells whether a part of the training data is enough.
struct LearningCurve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learning-curve",
    abstract: "Tell how good models are with shares of the training data, and whether a part of it is enough.",
    discussion: """
      With --real and --fake (or --feature-table and --labels): in each repeat the events are cut into folds, and each fold is scored by models \
      that were trained on shares of the others. All fits are shared out over the ranks.

      With --event-windows: event discriminators are trained on shares of the labelled events and tested on the last ones in time. With --data or \
      --network: pickers are trained on shares of the windows and tested on events that were left out. Trainings come one after the other, each \
      over all ranks.

      A share is enough if, from it on, no score is worse than the 95 % interval of the score with all data allows (ROC-AUC and Brier score; F1 \
      of pickers). Smaller shares are parts of larger ones. Writes learning_curve.csv (a row for each share, model and repeat), summary.csv, \
      conclusion.txt and a figure.

      Examples:

        mpirun -n 4 hsdl-mpi learning-curve --real r1.csv --fake f1.csv -o curve
        mpirun -n 4 hsdl-mpi learning-curve --feature-table features.csv --labels labels.csv --models boosting -o curve
        mpirun -n 16 hsdl-mpi learning-curve --event-windows features/event_windows.bin --repeats 3 -o curve
        mpirun -n 16 hsdl-mpi learning-curve --data stead:merge.hdf5 --architecture phasenet --repeats 1 -o curve
      """)

  @OptionGroup var labelled: LabelledOptions

  @OptionGroup var windows: EventWindowOptions

  @OptionGroup var waveforms: LabelledWaveformOptions

  @Option(help: ArgumentHelp("The shares of the training data in percent, separated by commas.", valueName: "percents"))
  var shares = "10,25,50,75,100"

  @Option(help: ArgumentHelp("How often the shares are drawn anew.", valueName: "r"))
  var repeats = 5

  @Option(help: ArgumentHelp("Folds, for models on features.", valueName: "k"))
  var folds = 5

  @Option(help: ArgumentHelp("The share of events that networks are tested on.", valueName: "share"))
  var test = 0.2

  @Option(
    help: ArgumentHelp("The models on features, separated by commas: \(ModelKinds.allNames).", valueName: "models"))
  var models = ModelKinds([.forest, .boosting, .svm, .logistic])

  @OptionGroup var chosen: FeatureSetOptions

  @Option(
    help: ArgumentHelp(
      "The form of a picker: \(AnyPickerArchitecture.names.joined(separator: ", ")).", valueName: "name"))
  var architecture = "phasenet"

  @OptionGroup var options: DiscriminatorOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var drawing: FigureOptions
  @OptionGroup var time: TimeOptions
  @OptionGroup var log: LogOptions

  private func shareValues() throws -> [Double] {
    let values = try shares.split(separator: ",").map { word -> Double in
      guard let value = Double(word.filter { $0 != " " && $0 != "%" }), value > 0, value <= 100 else {
        throw ValidationError("--shares must be percents above 0 and up to 100, such as 10,25,50,75,100")
      }
      return value / 100
    }
    guard values.count >= 2, Set(values).count == values.count else {
      throw ValidationError("--shares must be two or more different percents")
    }
    return values
  }

  func validate() throws {
    let isNetwork = !windows.eventWindows.isEmpty || !waveforms.isEmpty
    guard isNetwork else {
      try labelled.requireComplete()
      guard (2...100).contains(folds) else { throw ValidationError("--folds must be from 2 to 100") }
      guard (1...1000).contains(repeats) else { throw ValidationError("--repeats must be from 1 to 1000") }
      _ = try shareValues()
      return
    }
    guard labelled.real.isEmpty, labelled.featureTable.isEmpty, windows.eventWindows.isEmpty || waveforms.isEmpty
    else {
      throw ValidationError("give events with features, --event-windows, or --data and --network, one of them")
    }
    guard AnyPickerArchitecture(name: architecture) != nil else {
      throw ValidationError("--architecture must be one of \(AnyPickerArchitecture.names.joined(separator: ", "))")
    }
    guard (1...1000).contains(repeats) else { throw ValidationError("--repeats must be from 1 to 1000") }
    guard test > 0, test < 0.9 else { throw ValidationError("--test must be above 0 and below 0.9") }
    _ = try shareValues()
  }

  func run() throws {
    guard let form = AnyPickerArchitecture(name: architecture) else { return }
    let shares = try shareValues()
    let features = try chosen.featureSet()
    try Program.onAllRanks(log) { communicator, report in
      let subject = try communicator.agree { () -> LearningCurveJob.Subject in
        if !windows.eventWindows.isEmpty {
          return .discriminator(windows: windows.eventWindows, fit: options.fit)
        }
        guard !waveforms.isEmpty else { return .shallow(labelled.source) }
        var job = TrainPickerJob(try waveforms.sources(), architecture: form, output: out.output)
        job.data.batchSize = options.training.batchSize ?? 64
        job.data.microBatchSize = options.training.microBatchSize ?? 8
        job.data.seed = options.training.seed
        job.settings = options.training.settings(rate: 1e-3, reference: 64)
        job.fallsByCosine = options.training.cosine
        return .picker(job)
      }
      var job = LearningCurveJob(subject, output: out.output)
      job.shares = shares
      job.repeats = repeats
      job.folds = folds
      job.testShare = test
      job.kinds = models.kinds
      job.features = features
      job.settings.seed = options.training.seed
      job.overwrites = out.overwrite
      job.drawsFigures = drawing.areWanted
      job.limits = time.limits
      try job.run(over: communicator, report: report)
    }
  }
}

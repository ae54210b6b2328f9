import ArgumentParser
import Coordinator
import HSDLCompute
import Worker

/// Tells how good the models are.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell how good the models are, by cross-validation or on a second set of events.",
    discussion: """
      With --real and --fake alone (or --feature-table and --labels), events are cut into folds that hold equal shares of both kinds, and each is \
      scored by models that were not trained on it; this is repeated with new folds. With --test-real and \
      --test-fake (or --test-feature-table and --test-labels), models are trained on the first set and tested on the second; test events that are training \
      events too are removed first.

      With --events and --labels, the probabilities of a refined catalog are measured: those of the model and of its \
      parts, with intervals by drawing blocks of time, a table of reliability, and what the thresholds do at the stated \
      costs. With --discriminator and --event-windows, the same is told of a network on waveforms alone.

      Writes metrics.json (accuracy, precision, recall, F1, ROC-AUC, average precision, Brier score, expected \
      calibration error, log loss, confusion matrix, 95 % Wilson intervals) and predictions.csv.

      Examples:

        mpirun -n 4 hsdl-mpi evaluate --real r1.csv --fake f1.csv -o evaluation
        hsdl-mpi evaluate --real r1.csv --fake f1.csv --test-real r2.csv \\
          --test-fake f2.csv -o transfer
        hsdl-mpi evaluate --feature-table features.csv --labels labels.csv \\
          --features all -o evaluation
        hsdl-mpi evaluate --events refined/events.csv --labels labels.csv \\
          -o evaluation
        hsdl-mpi evaluate --picker eqt --data stead:test.hdf5 -o picker-evaluation
      """)

  @OptionGroup var labelled: LabelledOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Events of which `refine` has given the probabilities, to be measured by --labels.", valueName: "events.csv"),
    completion: .file())
  var events: [String] = []

  @OptionGroup var costs: CostOptions

  @Option(
    help: ArgumentHelp("The folder of a picker, to be measured by --data or --network.", valueName: "folder"),
    completion: .directory)
  var picker: String?

  @OptionGroup var waveforms: LabelledWaveformOptions

  @Option(
    help: ArgumentHelp("The folder of a discriminator, to be measured by --event-windows.", valueName: "folder"),
    completion: .directory)
  var discriminator: String?

  @OptionGroup var windows: EventWindowOptions

  @Option(help: ArgumentHelp("The least probability of P of a picker.", valueName: "p"))
  var pThreshold: Double?

  @Option(help: ArgumentHelp("The least probability of S of a picker.", valueName: "p"))
  var sThreshold: Double?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Pick tables of real test events.", valueName: "table.csv"),
    completion: .file())
  var testReal: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Pick tables of fake test events.", valueName: "table.csv"),
    completion: .file())
  var testFake: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Tables of features of test events.", valueName: "features.csv"),
    completion: .file())
  var testFeatureTable: [String] = []

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Tables that say what they are.", valueName: "labels.csv"),
    completion: .file())
  var testLabels: [String] = []

  @Flag(help: "Score test events that are training events too. What comes out says nothing about new events.")
  var keepOverlap = false

  @Option(help: ArgumentHelp("The models, separated by commas: \(ModelKinds.allNames).", valueName: "models"))
  var models = ModelKinds(ShallowModelKind.allCases)

  @Option(help: ArgumentHelp("Folds of the cross-validation.", valueName: "k"))
  var folds = 5

  @Option(help: ArgumentHelp("How often folds are drawn anew, or models trained with another seed.", valueName: "r"))
  var repeats = 20

  @OptionGroup var model: ModelOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var figures: FigureOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard (picker == nil) == waveforms.isEmpty else {
      throw ValidationError("--picker goes with --data or --network")
    }
    guard (discriminator == nil) == windows.eventWindows.isEmpty else {
      throw ValidationError("--discriminator goes with --event-windows")
    }
    guard picker == nil && discriminator == nil else {
      guard labelled.real.isEmpty, labelled.featureTable.isEmpty, events.isEmpty, picker == nil || discriminator == nil
      else { throw ValidationError("measure a picker, a discriminator, or models of events, one at a time") }
      return
    }
    guard events.isEmpty else {
      guard labelled.real.isEmpty, labelled.fake.isEmpty, labelled.featureTable.isEmpty, !labelled.allLabels.isEmpty,
        testReal.isEmpty, testFeatureTable.isEmpty
      else { throw ValidationError("--events goes with --labels, and with no other events") }
      return
    }
    try labelled.requireComplete()
    guard (2...100).contains(folds) else { throw ValidationError("--folds must be from 2 to 100") }
    guard (1...10_000).contains(repeats) else { throw ValidationError("--repeats must be from 1 to 10000") }
    guard testReal.isEmpty == testFake.isEmpty else {
      throw ValidationError("--test-real and --test-fake go together")
    }
    guard testFeatureTable.isEmpty == testLabels.isEmpty else {
      throw ValidationError("--test-feature-table and --test-labels go together")
    }
    guard testReal.isEmpty || testFeatureTable.isEmpty,
      labelled.featureTable.isEmpty ? testFeatureTable.isEmpty : testReal.isEmpty
    else { throw ValidationError("test on what you train on: pick tables, or tables of features") }
  }

  private func evaluatePicker(_ picker: String) throws {
    try Program.onAllRanks(log) { communicator, report in
      let job = try communicator.agree { () -> EvaluatePickerJob in
        var job = EvaluatePickerJob(model: picker, sources: try waveforms.sources(), output: out.output)
        job.changes.pThreshold = pThreshold
        job.changes.sThreshold = sThreshold
        job.overwrites = out.overwrite
        job.drawsFigures = figures.areWanted
        return job
      }
      try job.run(over: communicator, report: report)
    }
  }

  func run() throws {
    if let picker { return try evaluatePicker(picker) }
    if let discriminator {
      var job = EvaluateDiscriminatorJob(
        discriminator: discriminator, windows: windows.eventWindows, output: out.output)
      job.costs = costs.costs
      job.seed = model.seed
      job.overwrites = out.overwrite
      job.drawsFigures = figures.areWanted
      return try Program.onAllRanks(log) { communicator, report in
        try job.run(over: communicator, report: report)
      }
    }
    guard events.isEmpty else {
      var job = EvaluateEventsJob(events: events, labels: labelled.allLabels, output: out.output)
      job.costs = costs.costs
      job.seed = model.seed
      job.overwrites = out.overwrite
      job.drawsFigures = figures.areWanted
      try Program.onAllRanks(log) { communicator, report in
        try job.run(over: communicator, report: report)
      }
      return
    }
    var job = EvaluateJob(labelled.source, output: out.output)
    if !testReal.isEmpty {
      job.testSource = .picks(real: testReal, fake: testFake)
    } else if !testFeatureTable.isEmpty {
      job.testSource = .features(tables: testFeatureTable, labels: testLabels)
    }
    job.keepsOverlap = keepOverlap
    job.kinds = models.kinds
    job.features = try model.chosen.featureSet()
    job.folds = folds
    job.repeats = repeats
    job.settings = model.settings
    job.overwrites = out.overwrite
    job.drawsFigures = figures.areWanted
    try Program.onAllRanks(log) { communicator, report in
      try job.run(over: communicator, report: report)
    }
  }
}

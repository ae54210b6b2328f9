public import ArgumentParser
import Coordinator
public import HSDLCompute
import SeismicFormats
import Worker

/// Trains pickers.
struct TrainPicker: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "picker",
    abstract: "Train a picker of P and S on labelled waveforms, over all ranks.",
    discussion: """
      Gradients are averaged over the ranks while they are still being computed; batch normalisation sees the samples of all ranks. The \
      picker is the same for any number of ranks. A training that was stopped goes on when the same command is given again. Writes \
      model.safetensors, card.json, history.csv, problems.csv, and checkpoints.

      Examples:

        mpirun -n 16 hsdl-mpi train picker --data stead:merge.hdf5 \\
          --architecture eqtransformer -o eqt
        mpirun -n 2 hsdl-mpi train picker --catalog net/truth.xml \\
          --archive sds:net/archive --stations net/stations.xml -o picker
        mpirun -n 2 hsdl-mpi train picker --data npz:mine.npz --from eqt \\
          --learning-rate 1e-4 -o fine-tuned
      """)

  @OptionGroup var waveforms: LabelledWaveformOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Catalogs with picks; with --archive. Several networks: give --network for each instead.", valueName: "file"),
    completion: .file())
  var catalog: [String] = []

  @Option(help: ArgumentHelp("The waveforms of the catalogs, as sds:PATH or files:PATH.", valueName: "kind:path"))
  var archive: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("The stations of the catalogs.", valueName: "file"),
    completion: .file())
  var stations: [String] = []

  @Option(help: ArgumentHelp("\(AnyPickerArchitecture.names.joined(separator: ", ")).", valueName: "name"))
  var architecture = "phasenet"

  @Option(
    help: ArgumentHelp("Go on with the picker of this folder instead of random weights.", valueName: "folder"),
    completion: .directory)
  var from: String?

  @Option(help: ArgumentHelp("The share of events kept to choose the best epoch by.", valueName: "share"))
  var validation = 0.1

  @Option(help: ArgumentHelp("The share of events left out for tests.", valueName: "share"))
  var test = 0.0

  @Option(
    help: ArgumentHelp(
      "How samples are divided: events, time (with --validation-from), or given by the data set.", valueName: "way"))
  var split = "events"

  @Option(help: ArgumentHelp("With --split time: samples from here on are for validation.", valueName: "time"))
  var validationFrom: String?

  @Option(help: ArgumentHelp("With --split time: samples from here on are left out for tests.", valueName: "time"))
  var testFrom: String?

  @Option(help: ArgumentHelp("The share of noise in an epoch; by default as much as there is.", valueName: "share"))
  var noiseShare: Double?

  @Option(help: ArgumentHelp("Filter the data to LOW-HIGH in Hz.", valueName: "band"))
  var band: PassBand?

  @Option(help: ArgumentHelp("The share of windows that are augmented.", valueName: "share"))
  var augmentation = 0.5

  @Option(help: ArgumentHelp("The curve of arrivals: gaussian, triangle or box.", valueName: "curve"))
  var labels = PickLabels.Curve.gaussian

  @OptionGroup var training: TrainingOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var figures: FigureOptions
  @OptionGroup var time: TimeOptions
  @OptionGroup var log: LogOptions

  private func dataSplit() throws -> DataSplit {
    func time(_ text: String?, _ name: String) throws -> UTCTime? {
      guard let text else { return nil }
      guard let time = UTCTime(text) else {
        throw ValidationError("\(name) must be a date or a time, such as 2024-01-01")
      }
      return time
    }
    let (first, second) = (try time(validationFrom, "--validation-from"), try time(testFrom, "--test-from"))
    switch split {
    case "events": return .events(validation: validation, test: test, seed: training.seed)
    case "given": return .given
    case "time":
      guard let first else { throw ValidationError("--split time needs --validation-from") }
      return .time(validation: first, test: second)
    default: throw ValidationError("--split must be events, time or given")
    }
  }

  func validate() throws {
    guard AnyPickerArchitecture(name: architecture) != nil else {
      throw ValidationError("--architecture must be one of \(AnyPickerArchitecture.names.joined(separator: ", "))")
    }
    guard !waveforms.isEmpty || !catalog.isEmpty else {
      throw ValidationError("give --data, --network, or --catalog with --archive")
    }
    guard catalog.isEmpty == (archive == nil) else { throw ValidationError("--catalog and --archive go together") }
    guard validation >= 0, test >= 0, validation + test < 1 else {
      throw ValidationError("--validation and --test must leave something to train on")
    }
    if let noiseShare, !(noiseShare >= 0 && noiseShare < 1) {
      throw ValidationError("--noise-share must be from 0 to below 1")
    }
    guard augmentation >= 0, augmentation <= 1 else { throw ValidationError("--augmentation must be from 0 to 1") }
    _ = try dataSplit()
  }

  func run() throws {
    guard let form = AnyPickerArchitecture(name: architecture) else { return }
    try Program.onAllRanks(log) { communicator, report in
      let job = try communicator.agree { () -> TrainPickerJob in
        var sources = try waveforms.sources()
        if let archive { sources.append(.catalog(catalogs: catalog, archive: archive, stations: stations)) }
        var job = TrainPickerJob(sources, architecture: form, output: out.output)
        job.initial = from
        job.split = try dataSplit()
        job.band = band?.range
        job.data.batchSize = training.batchSize ?? 64
        job.data.microBatchSize = training.microBatchSize ?? 8
        job.data.seed = training.seed
        job.data.noiseShare = noiseShare
        job.data.augmentation.share = augmentation
        job.data.labels = PickLabels(labels)
        job.settings = training.settings(rate: 1e-3, reference: 64)
        job.fallsByCosine = training.cosine
        job.overwrites = out.overwrite
        job.drawsFigures = figures.areWanted
        job.limits = time.limits
        return job
      }
      if plan.dryRun {
        for line in try job.plan(over: communicator) { report.say(line) }
      } else {
        try job.run(over: communicator, report: report)
      }
    }
  }
}

extension PickLabels.Curve: ExpressibleByArgument {}

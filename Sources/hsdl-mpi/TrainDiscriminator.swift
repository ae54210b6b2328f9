import ArgumentParser
import Coordinator
import HSDLCompute
import Worker

/// How a discriminator is fitted.
struct DiscriminatorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Look at no more than this many stations of an event, those with picks first.", valueName: "n"))
  var maxStations = 24

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    guard (1...EventWindows.maximumStations).contains(maxStations) else {
      throw ValidationError("--max-stations must be from 1 to \(EventWindows.maximumStations)")
    }
  }

  var fit: DiscriminatorFit {
    var fit = DiscriminatorFit()
    fit.data.maximumStations = maxStations
    fit.data.globalBatch = training.batchSize ?? 32
    fit.data.microBatch = training.microBatchSize ?? 4
    fit.data.seed = training.seed
    fit.settings = training.settings(rate: 1e-3, reference: 32)
    fit.fallsByCosine = training.cosine
    return fit
  }
}

/// Trains an event discriminator.
struct TrainDiscriminator: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discriminator",
    abstract: "Train the network that tells real events from false ones by their waveforms.",
    discussion: """
      Takes the files of windows that `features --event-windows` writes. Blocks of time choose the best epoch. The discriminator is the same for \
      any number of ranks; a training that was stopped goes on when the same command is given again. Writes model.safetensors, card.json, \
      history.csv and checkpoints.

      Example:

        mpirun -n 16 hsdl-mpi features --catalog 2024.xml --archive sds:/data/sds --stations net.xml \\
          --event-windows 24 --labels labels.csv -o features
        mpirun -n 16 hsdl-mpi train discriminator --event-windows features/event_windows.bin -o discriminator
      """)

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("The windows of labelled events.", valueName: "event_windows.bin"))
  var eventWindows: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Tables that say which events are real or fake (columns event_id,label), whatever the windows say; decisions too.",
      valueName: "labels.csv"))
  var labels: [String] = []

  @OptionGroup var decided: DecisionOptions
  @OptionGroup var options: DiscriminatorOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var out: OutputOptions
  @OptionGroup var time: TimeOptions
  @OptionGroup var log: LogOptions

  func run() throws {
    var job = TrainDiscriminatorJob(windows: eventWindows, output: out.output)
    job.labels = labels + decided.decisions
    job.fit = options.fit
    job.overwrites = out.overwrite
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

public import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Trains a picker on labelled waveforms, or goes on with one, and writes its folder.
public struct TrainPickerJob: Sendable {
  /// Where the labelled waveforms are.
  public var sources: [TrainingSource]
  /// The form of the network; that of ``initial`` where there is one.
  public var architecture: AnyPickerArchitecture
  /// The folder of a picker to start from; nil starts from random weights.
  public var initial: String?
  /// How samples are drawn, varied and labelled.
  public var data = PickerDataSettings()
  /// How samples are divided.
  public var split = DataSplit.events(validation: 0.1, test: 0, seed: 1)
  /// The pass band of the data, in Hz; nil leaves them as they are.
  public var band: ClosedRange<Double>?
  /// How the network is trained.
  public var settings = TrainerSettings()
  /// Whether the learning rate falls along a cosine until the last epoch.
  public var fallsByCosine = true
  /// Where the picker goes, and checkpoints.
  public var output: String
  /// Whether a picker there may be replaced, and a checkpoint there is ignored.
  public var overwrites = false
  /// How long the job may run.
  public var limits = RunLimits()

  /// Whether figures are drawn.
  public var drawsFigures = true

  /// The files that the job writes, beside checkpoints and the history.
  public static let files = PickerFolder.files

  /// Creates a job.
  public init(_ sources: [TrainingSource], architecture: AnyPickerArchitecture, output: String) {
    self.sources = sources
    self.architecture = architecture
    self.output = output
  }

  /// Runs the job on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``; on one rank alone what libtorch throws in the middle of a pass.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> TrainingOutcome {
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, record: RunRecord(command: "train picker"),
      inputs: sources.flatMap(\.paths), over: communicator
    ) {
      try train(over: communicator, report: report)
    }
  }

  private func train(over communicator: any Communicator, report: Reporter) throws -> TrainingOutcome {
    let start = try initial.map { try PickerFolder.load($0, over: communicator) }
    let form = start?.card.architecture ?? architecture
    var description = form.architecture.description
    if let start { description = start.card.description }
    if let band { description.band = band }

    var problems: [Problem] = []
    report.note("looking through \(sources.map(\.description).joined(separator: ", "))")
    let set = try PickerTrainingSet(sources, picker: description, over: communicator) { problems.append($0) }
    let parts = set.parts(split)
    let samples = try communicator.agree {
      try PickerTrainingData(
        set, training: parts.training, validation: parts.validation, settings: data, rank: communicator.rank,
        of: communicator.size, onProblem: { problems.append($0) })
    }
    defer { samples.stop() }
    let noise = parts.training.count { set.entries[$0].isNoise }
    report.note(
      "\(counted(parts.training.count, "windows")) to fit (\(noise) of noise), \(parts.validation.count) to choose by, "
        + "\(set.count - parts.training.count - parts.validation.count) left out or kept for tests")

    let parameters = form.architecture.freshParameters(seed: settings.seed)
    if let start { try communicator.agree { try parameters.assign(start.parameters) } }
    let model = try communicator.agree { try PickerTraining(form.architecture, parameters) }
    var settings = settings
    if fallsByCosine {
      let steps = settings.epochs * samples.stepCount(epoch: 0) - settings.schedule.warmUpSteps
      settings.schedule.shape = .cosine(steps: max(1, steps), finalFraction: 0.01)
    }
    let course = TrainingCourse(
      epochs: settings.epochs, metrics: model.metricNames, limits: limits, rank: communicator.rank, report: report)
    let trainer = try Trainer(
      model, samples, settings: settings, folder: output, over: communicator, callbacks: course.callbacks)
    let outcome = try trainer.run(startsAnew: overwrites)
    course.finish()
    try warn(of: problems, over: communicator, report)
    try TrainingCourse.requireEnd(outcome)
    try communicator.agreeOnRoot {
      var card = PickerCard(architecture: form, description: description)
      card.training.numbers["training_windows"] = Double(parts.training.count)
      card.training.numbers["validation_windows"] = Double(parts.validation.count)
      card.training.numbers["epochs"] = Double(outcome.epochs.count)
      card.training.numbers["best_epoch"] = Double(outcome.bestEpoch ?? outcome.epochs.count)
      card.training.numbers["batch_size"] = Double(data.batchSize)
      card.training.numbers["micro_batch_size"] = Double(data.microBatchSize)
      card.training.numbers["learning_rate"] = settings.schedule.fullRate(globalBatch: data.batchSize)
      card.training.text["data"] = sources.map(\.description).joined(separator: "; ")
      card.training.text["seed"] = "\(settings.seed)"
      card.training.text["split"] = "\(split)"
      if let initial { card.training.text["started_from"] = "\(initial) (\(start?.card.shortHash ?? ""))" }
      if let best = outcome.bestEpoch, let row = outcome.epochs.first(where: { $0.epoch == best }) {
        for (name, value) in zip(["validation_loss", "score"], [row.validationLoss, row.score]) {
          if let value { card.scores[name] = value }
        }
        for (name, value) in zip(model.metricNames, row.metrics) { card.scores["validation_\(name)"] = value }
      }
      var folder = PickerFolder(card: card, parameters: parameters)
      try folder.write(to: output)
      try TrainingReport(
        title: "Picker \(folder.card.shortHash)", outcome: outcome, score: "validation score",
        counts: [("windows to fit", parts.training.count), ("windows to choose by", parts.validation.count)],
        facts: folder.card.training.text.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [
          ("hash", folder.card.hash)
        ]
      ).write(to: output, drawsFigures: drawsFigures, report)
      report.say("picker in \(output), the course of the training in history.csv; model \(folder.card.shortHash)")
    }
    return outcome
  }

  /// Says how many samples could not be used, and writes `problems.csv`.
  private func warn(of problems: [Problem], over communicator: any Communicator, _ report: Reporter) throws {
    let sink = TextSink()
    for problem in problems { problem.appendRow(to: sink) }
    let all = try communicator.gatherv(Array(sink.bytes))
    try communicator.agreeOnRoot {
      let rows = all.flatMap { $0.split(separator: 10).map(Array.init) }.sorted { $0.lexicographicallyPrecedes($1) }
      let output = try FileOutput("\(output)/problems.csv")
      try output.write(ProblemTable.header)
      let text = TextSink()
      for row in rows {
        row.withUnsafeBufferPointer { text.append($0) }
        text.append(byte: 10)
      }
      try output.write(text)
      try output.commit()
      if !rows.isEmpty { report.warn("\(counted(rows.count, "samples")) could not be used; see problems.csv") }
    }
  }
}

import Foundation
public import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Trains models on features and a discriminator on waveforms, joins them, and writes the folder of the hybrid.
public struct TrainHybridJob {
  /// The events' features.
  public var source: LabelledSource
  /// The files of the same events' windows; none for models on features alone.
  public var windows: [String] = []
  /// The folder of a discriminator that was trained on other events; nil trains one, without each block of time in turn and on all.
  public var discriminator: String?
  /// The folder of the picker that was asked about the windows, of which the model gets a copy; nil for the one that comes with the program.
  public var picker: String?
  /// How a discriminator is fitted.
  public var fit = DiscriminatorFit()
  /// The kinds of models on features.
  public var kinds: [ShallowModelKind] = [.forest, .boosting, .svm, .logistic]
  /// The features; nil for all that a table has.
  public var features: FeatureSet?
  /// How models on features are trained.
  public var settings = ShallowSettings()
  /// What errors cost.
  public var costs = DecisionCosts.usual
  /// Blocks of time, or folds of tables, that are left out in turn.
  public var blocks = 5
  /// What is left out in turn.
  public var leavesOut = HybridTraining.LeftOut.times
  /// Where the model goes.
  public var output: String
  /// Whether a model there may be replaced, and checkpoints there are ignored.
  public var overwrites = false
  /// How long the job may run.
  public var limits = RunLimits()

  /// The file with what the models said of events while these were left out.
  static let scoresName = "out_of_fold.csv"
  /// The files that the job writes.
  public static let files = ModelFolder.files + [scoresName]
  /// Whether figures are drawn.
  public var drawsFigures = true

  /// Creates a job.
  public init(_ source: LabelledSource, output: String) {
    self.source = source
    self.output = output
  }

  /// Runs the job on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``; ``ComputeError`` on all ranks alike.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> ModelFolder {
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, record: RunRecord(command: "train hybrid"),
      inputs: source.files.real + source.files.fake + windows, over: communicator
    ) {
      try train(over: communicator, report: report)
    }
  }

  private func summarize(_ folder: ModelFolder, _ report: Reporter) {
    let card = folder.card
    let seen = card.hybrid.map { ", the waveforms of \($0.events) seen by the network" } ?? ""
    report.say(
      "trained on \(card.training.events) events (\(card.training.realEvents) real)\(seen); model \(card.shortHash)")
    if let validation = card.validation {
      report.say("on \(validation.method):")
      for line in ValidationReport(validation).lines { report.say(line) }
    }
    report.say(
      "real from P = \(fixed(card.thresholds.real, decimals: 3)), fake below P = \(fixed(card.thresholds.fake, decimals: 3)); folder \(output)"
    )
  }

  private var trainings: String { "\(output)/network-training" }

  private func train(over communicator: any Communicator, report: Reporter) throws -> ModelFolder {
    report.note("reading labelled events")
    let events = try source.events(features, over: communicator)
    for remark in events.remarks { report.warn(remark) }
    let decided = try communicator.agree { try source.decided() }
    let store =
      windows.isEmpty ? nil : try communicator.agree { try EventWindowStore(joining: windows, labels: decided) }
    var training = HybridTraining(ShallowTraining(kinds: kinds, settings: settings, costs: costs))
    training.blocks = blocks
    training.leavesOut = leavesOut
    let joined = try store.map { try self.network($0, over: communicator, report: report) }
    let folder = try training.run(
      events, network: joined, realFiles: source.files.real, fakeFiles: source.files.fake, over: communicator,
      onStep: { report.note($0) },
      onScores: { scores in
        try communicator.agreeOnRoot {
          let sink = TextSink()
          scores.write(to: sink)
          let file = try FileOutput("\(output)/\(Self.scoresName)")
          try file.write(sink)
          try file.commit()
        }
      })
    let sample = try communicator.agree { try TrainingRows(events.table) }.sampleValues(
      limit: ExplanationFigures.mostEvents, seed: settings.seed, over: CommunicatorCollectives(communicator))
    try communicator.agreeOnRoot {
      try folder.write(to: output)
      try CardReport(folder.card).page.write(to: output, drawsFigures: drawsFigures, report) {
        try ExplanationFigures.figures(folder.ensemble.members, values: sample)
          + ValidationFigures(folder.card).figures
      }
      try? FileManager.default.removeItem(atPath: trainings)
    }
    if communicator.isRoot { summarize(folder, report) }
    return folder
  }

  private func network(
    _ store: EventWindowStore, over communicator: any Communicator, report: Reporter
  ) throws -> HybridTraining.Network {
    var places: [String: Int] = [:]
    for (place, entry) in store.entries.enumerated() { places[entry.id] = place }
    let own = places
    let pickerFiles = try self.pickerFiles(store, over: communicator)
    if let discriminator {
      let folder = try DiscriminatorFolder.load(discriminator, over: communicator)
      try communicator.agree {
        guard folder.card.training["fingerprint"] != String(store.checksum, radix: 16) else {
          throw JobError(
            .usage,
            "\(discriminator) was trained on the events of \(windows.joined(separator: ", ")); what it says of them tells nothing: leave out --discriminator, or give other events"
          )
        }
      }
      var fit = fit
      fit.architecture = folder.card.architecture
      fit.data.maximumStations = folder.card.maximumStations
      report.note("scoring \(counted(store.count, "events")) by \(discriminator)")
      let all = Array(store.entries.indices)
      let logits = try fit.logits(folder.parameters, store, all, over: communicator)
      let scores = Dictionary(zip(all.map { store.entries[$0].id }, logits)) { first, _ in first }
      return HybridTraining.Network(scores: .ready(scores), pickerFiles: pickerFiles) {
        try files(DiscriminatorFolder.files, over: communicator) { discriminator }
      }
    }
    var left = 0
    return HybridTraining.Network(
      scores: .outOfFold { training, scored in
        left += 1
        let fitted = try self.fitted(
          store, training.compactMap { own[$0] }.sorted(), name: "without-\(left)", over: communicator, report: report)
        let known = scored.map { own[$0] }
        let logits = try fit.logits(fitted.parameters, store, known.compactMap { $0 }, over: communicator)
        var next = 0
        return known.map { place in
          guard place != nil else { return .nan }
          next += 1
          return logits[next - 1]
        }
      }, pickerFiles: pickerFiles
    ) {
      report.note("training the network on all events")
      let all = Array(store.entries.indices)
      let fitted = try self.fitted(store, all, name: "all", over: communicator, report: report)
      let path = "\(trainings)/all/folder"
      return try files(DiscriminatorFolder.files, over: communicator) {
        var folder = fit.folder(fitted, store: store, source: windows.joined(separator: ", "))
        try folder.write(to: path)
        return path
      }
    }
  }

  private func fitted(
    _ store: EventWindowStore, _ places: [Int], name: String, over communicator: any Communicator, report: Reporter
  ) throws -> DiscriminatorFit.Fitted {
    let folder = "\(trainings)/\(name)"
    try communicator.agreeOnRoot {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    let course = TrainingCourse(
      epochs: fit.settings.epochs, metrics: [], limits: limits, rank: communicator.rank, report: report)
    let fitted = try fit.train(
      store, on: places, folder: folder, startsAnew: overwrites, over: communicator, callbacks: course.callbacks)
    course.finish()
    try TrainingCourse.requireEnd(fitted.outcome)
    return fitted
  }

  /// The files of the picker that was asked about the windows, on every rank.
  private func pickerFiles(
    _ store: EventWindowStore, over communicator: any Communicator
  ) throws -> [String: [UInt8]] {
    guard !store.picker.isEmpty else { return [:] }
    return try files(PickerFolder.files, over: communicator) {
      let path = try picker ?? ShippedModels.folder(.picker)
      let card = try PickerFolder.read(path).card
      guard card.hash == store.picker else {
        throw JobError(
          .usage,
          "\(path) is the picker \(card.shortHash), but the windows hold the answers of \(store.picker.prefix(12)); give that one's folder with --picker"
        )
      }
      return path
    }
  }

  /// Files of a folder that rank 0 knows, on every rank.
  private func files(
    _ names: [String], over communicator: any Communicator, _ folder: () throws -> String
  ) throws -> [String: [UInt8]] {
    var contents: [[UInt8]] = []
    try communicator.agreeOnRoot {
      let path = try folder()
      contents = try names.map { name in
        let input = try FileInput("\(path)/\(name)")
        return try input.prefix(input.size)
      }
    }
    var files: [String: [UInt8]] = [:]
    for (index, name) in names.enumerated() {
      files[name] = try communicator.broadcast(communicator.isRoot ? contents[index] : [])
    }
    return files
  }
}

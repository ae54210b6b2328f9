public import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Trains models on features, joins a trained network on waveforms to them, and writes the folder of the hybrid.
public struct HybridJob: Sendable {
  /// The events.
  public var source: LabelledSource
  /// How the models on features are trained.
  public var shallow: ShallowTraining
  /// The features; nil for all that a table of features has.
  public var features: FeatureSet?
  /// The folder of the network.
  public var discriminator: String
  /// Stores of windows of the events, to be scored by the network.
  public var windows: [String] = []
  /// Tables of scores that the network has given the events; instead of windows.
  public var scores: [String] = []
  /// Blocks of time that are left out, one after another.
  public var blocks = 5
  /// Where the model goes.
  public var output: String
  /// Whether a model there may be replaced.
  public var overwrites = false

  /// The files that the job writes, beside the folders of the models.
  public static let files = ModelFolder.files

  /// Creates a job.
  public init(_ source: LabelledSource, shallow: ShallowTraining, discriminator: String, output: String) {
    self.source = source
    self.shallow = shallow
    self.discriminator = discriminator
    self.output = output
  }

  /// Runs the job on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``; ``ComputeError`` on all ranks alike.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> ModelFolder {
    try OutputFolder.prepare(output, files: Self.files, overwrites: overwrites, over: communicator) {
      try train(over: communicator, report: report)
    }
  }

  private func train(over communicator: any Communicator, report: Reporter) throws -> ModelFolder {
    report.note("reading labelled events")
    let events = try source.events(features, over: communicator)
    for remark in events.remarks { report.warn(remark) }
    let known: [String: Double]
    if windows.isEmpty {
      known = try communicator.agree { try DeepScores.read(scores) }
    } else {
      report.note("scoring windows by the network")
      let scorer = try RefineJob.scorer(discriminator, communicator)
      known = try DeepScores.compute(windows, scorer, over: communicator)
    }
    var training = HybridTraining(shallow)
    training.blocks = blocks
    let folder = try training.run(
      events,
      network: HybridTraining.Network(
        scores: .ready(known), files: { try DeepScores.files(of: discriminator, over: communicator) }),
      realFiles: source.files.real, fakeFiles: source.files.fake, over: communicator, onStep: { report.note($0) })
    try communicator.agreeOnRoot { try folder.write(to: output) }
    if communicator.isRoot { summarize(folder, report) }
    return folder
  }

  private func summarize(_ folder: ModelFolder, _ report: Reporter) {
    let card = folder.card
    report.say(
      "trained on \(card.training.events) events (\(card.training.realEvents) real), \(card.hybrid?.events ?? 0) of "
        + "them with waveforms; model \(card.shortHash)")
    guard let validation = card.validation else { return }
    for line in ValidationReport(validation).lines { report.say(line) }
    report.say(
      "real from P = \(fixed(card.thresholds.real, decimals: 3)), fake below P = "
        + "\(fixed(card.thresholds.fake, decimals: 3)); folder \(output)")
  }
}

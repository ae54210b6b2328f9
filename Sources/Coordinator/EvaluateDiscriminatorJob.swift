public import HSDLCompute
public import MPI
import SeismicFormats
import Worker

/// Tells how good a discriminator is, by windows of labelled events.
public struct EvaluateDiscriminatorJob: Sendable {
  /// The folder of the discriminator; a hybrid's is its folder `deep`.
  public var discriminator: String
  /// The files of windows that `features --event-windows --labels` wrote.
  public var windows: [String]
  /// What errors cost.
  public var costs = DecisionCosts.usual
  /// Of the draws for intervals.
  public var seed: UInt64 = 42
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false

  /// Whether figures are drawn.
  public var drawsFigures = true

  /// The files that the job writes.
  public static let files = ScoredEvents.files

  /// Creates a job.
  public init(discriminator: String, windows: [String], output: String) {
    self.discriminator = discriminator
    self.windows = windows
    self.output = output
  }

  /// Runs the job; the ranks share the events.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    try OutputFolder.prepare(output, files: Self.files, overwrites: overwrites, over: communicator) {
      try evaluate(over: communicator, report)
    }
  }

  private func evaluate(over communicator: any Communicator, _ report: Reporter) throws {
    let folder = try DiscriminatorFolder.load(discriminator, over: communicator)
    let store = try communicator.agree { try EventWindowStore(joining: windows) }
    let places = store.entries.indices.filter { store.entries[$0].label != .uncertain }
    try communicator.agree {
      guard !places.isEmpty else {
        throw FormatError(
          .badData, file: windows.joined(separator: ", "), found: "no event is labelled real or fake",
          expected: "windows that were written with --labels")
      }
      guard folder.card.training["fingerprint"] != String(store.checksum, radix: 16) else {
        throw JobError(
          .usage,
          "\(discriminator) was trained on the events of \(windows.joined(separator: ", ")); what it says of them tells nothing: give other events"
        )
      }
    }
    var fit = DiscriminatorFit()
    fit.architecture = folder.card.architecture
    fit.data.maximumStations = folder.card.maximumStations
    report.note("scoring \(counted(places.count, "events"))")
    let logits = try fit.logits(folder.parameters, store, places, over: communicator)
    try communicator.agreeOnRoot {
      let probabilities = logits.map { $0.isNaN ? .nan : logistic($0) }
      let entries = places.map { store.entries[$0] }
      var scored = ScoredEvents(
        ids: entries.map(\.id), labels: entries.map { $0.label == .real ? 1 : 0 },
        times: entries.map { $0.time?.timeInterval(since: .epoch) ?? .nan }, models: [("deep", probabilities)])
      scored.costs = costs
      scored.seed = seed
      scored.drawsFigures = drawsFigures
      try scored.write(
        to: OutputFolder(output, files: Self.files, overwrites: overwrites), mode: "discriminator",
        inputs: [("event_windows", windows), ("discriminator", [discriminator])], report)
    }
  }
}

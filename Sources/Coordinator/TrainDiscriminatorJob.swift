import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Trains an event discriminator on windows of labelled events, and writes its folder.
public struct TrainDiscriminatorJob {
  /// The files of windows that `features --event-windows` wrote.
  public var windows: [String]
  /// Tables that say what the events are, and files of decisions; they overrule what the windows say.
  public var labels: [String] = []
  /// How it is fitted.
  public var fit = DiscriminatorFit()
  /// Where it goes, and checkpoints.
  public var output: String
  /// Whether a discriminator there may be replaced, and a checkpoint there is ignored.
  public var overwrites = false
  /// How long the job may run.
  public var limits = RunLimits()

  /// The files that the job writes, beside checkpoints and the history.
  public static let files = DiscriminatorFolder.files

  /// Creates a job.
  public init(windows: [String], output: String) {
    self.windows = windows
    self.output = output
  }

  /// Runs the job on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``; on one rank alone what libtorch throws in the middle of a pass.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> DiscriminatorFolder {
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, record: RunRecord(command: "train discriminator"),
      inputs: windows + labels, over: communicator
    ) {
      let store = try communicator.agree {
        var known = try LabelledEvents.labels(labels)
        // Events that a person could not decide are left out, whatever the windows say.
        known.merge(try LabelledSource.features(tables: [], labels: labels).decided()) { $1 }
        return try EventWindowStore(joining: windows, labels: known)
      }
      let parts = fit.parts(store, Array(store.entries.indices))
      report.note(
        "\(counted(parts.training.count, "events")) to fit, \(parts.validation.count) to choose by, of \(store.count) in \(windows.joined(separator: ", "))"
      )
      let course = TrainingCourse(
        epochs: fit.settings.epochs, metrics: [], limits: limits, rank: communicator.rank, report: report)
      let fitted = try fit.train(
        store, on: Array(store.entries.indices), folder: output, startsAnew: overwrites, over: communicator,
        callbacks: course.callbacks)
      course.finish()
      try TrainingCourse.requireEnd(fitted.outcome)
      var folder = fit.folder(fitted, store: store, source: windows.joined(separator: ", "))
      if !labels.isEmpty { folder.card.training["labels"] = labels.joined(separator: ", ") }
      try communicator.agreeOnRoot {
        try folder.write(to: output)
        report.say(
          "discriminator in \(output), ROC-AUC \(fixed(fitted.outcome.bestScore ?? .nan, decimals: 4)) on events that chose the epoch; model \(folder.card.shortHash)"
        )
      }
      return folder
    }
  }
}

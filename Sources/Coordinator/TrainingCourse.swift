import HSDLCompute
import MPI
import Worker

/// Tells on rank 0 how a training goes.
final class TrainingCourse {
  private let report: Reporter
  private let metrics: [String]
  private let epochs: Int
  private var progress: Progress
  private let limits: RunLimits
  private let rank: Int
  private var steps = 0
  private var lastStep: Double?
  private var longest = 0.0
  private var isKeeping = true

  /// Begins to look after a training: from now on a wish to stop waits for the end of a step.
  init(epochs: Int, metrics: [String], limits: RunLimits, rank: Int, report: Reporter) {
    self.limits = limits
    self.rank = rank
    StopSignals.install(isTalking: rank == 0)
    StopSignals.beginKeeping()
    self.epochs = epochs
    self.metrics = metrics
    self.report = report
    progress = report.progress("steps")
  }

  /// What the trainer is given.
  var callbacks: TrainingCallbacks {
    var callbacks = TrainingCallbacks()
    callbacks.onStep = { [self] done, total in progress.update(done, total) }
    callbacks.onEpoch = { [self] row in
      progress.finish()
      progress = report.progress("steps")
      report.note(line(row))
    }
    callbacks.onNote = { [self] in report.note($0) }
    callbacks.onSkipped = { [self] in report.warn("\($0) holds numbers that are not finite; it is left out") }
    callbacks.beforeStep = { [self] in
      steps += 1
      try FaultInjection.shared.step(steps, rank: rank)
    }
    callbacks.inPass = { [self] in try FaultInjection.shared.pass(steps, rank: rank) }
    callbacks.shouldStop = { [self] in
      // What lies between two steps may be the validation of an epoch, or a checkpoint.
      let now = monotonicSeconds()
      if let lastStep { longest = max(longest, now - lastStep) }
      lastStep = now
      return StopSignals.isStopRequested || limits.isTooShort(for: longest)
    }
    callbacks.wantsCheckpoint = { StopSignals.takeCheckpointRequest() }
    return callbacks
  }

  func finish() {
    progress.finish()
    if isKeeping { StopSignals.endKeeping() }
    isKeeping = false
  }

  deinit { finish() }

  private func line(_ row: TrainingEpoch) -> String {
    var parts = ["epoch \(row.epoch) of \(epochs)"]
    if let loss = row.trainingLoss { parts.append("loss \(fixed(loss, decimals: 5))") }
    if let loss = row.validationLoss { parts.append("validation \(fixed(loss, decimals: 5))") }
    if let score = row.score { parts.append("score \(fixed(score, decimals: 4))") }
    let times = row.times
    let rate = Double(row.samples) / max(times.total, 1e-9)
    parts.append("\(fixed(rate, decimals: 0)) samples/s")
    func share(_ seconds: Double) -> String { "\(fixed(100 * seconds / max(times.total, 1e-9), decimals: 1)) %" }
    parts.append(
      "compute \(share(times.compute)), waiting \(share(times.wait)), exposed allreduce \(share(times.allreduce)), data \(share(times.data))"
    )
    return parts.joined(separator: ", ")
  }

  /// Ends the job on all ranks, so that it can be gone on with, where a training was stopped.
  ///
  /// - Throws: ``AgreedFailure``.
  static func requireEnd(_ outcome: TrainingOutcome) throws {
    guard outcome.ending == .stopped else { return }
    throw AgreedFailure(
      rank: 0, exitCode: ExitStatus.stoppedEarly.rawValue,
      description: "stopped after \(counted(outcome.epochs.count, "epochs")); the same command goes on")
  }
}

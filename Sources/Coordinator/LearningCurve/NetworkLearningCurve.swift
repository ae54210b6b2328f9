import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import Worker

/// Learning curves of networks: a whole training for each share and repeat, one after the other, each over all ranks.
struct NetworkLearningCurve {
  private let job: LearningCurveJob
  private let communicator: any Communicator
  private let report: Reporter

  init(_ job: LearningCurveJob, over communicator: any Communicator, _ report: Reporter) {
    self.job = job
    self.communicator = communicator
    self.report = report
  }

  /// Where checkpoints of the trainings lie while the job runs.
  private var trainings: String { "\(job.output)/network-training" }

  private func folder(_ share: Double, _ turn: Int) throws -> String {
    let path = "\(trainings)/\(Int((share * 1000).rounded()))-\(turn + 1)"
    try communicator.agreeOnRoot { try makeFolder(path) }
    return path
  }

  private func removeTrainings() throws {
    try communicator.agreeOnRoot { try? FileManager.default.removeItem(atPath: trainings) }
  }

  /// A part of some places, so that larger shares hold smaller ones.
  static func part(_ places: [Int], share: Double, keys: (Int) -> UInt64, seed: UInt64, turn: Int) -> [Int] {
    let salt = mixed(seed ^ mixed(0x5A4E ^ UInt64(turn)))
    let order = places.map { (mixed(keys($0) ^ salt), $0) }.sorted { $0 < $1 }
    let count = min(places.count, max(1, Int((share * Double(places.count)).rounded())))
    return order.prefix(count).map(\.1).sorted()
  }

  /// The curve of an event discriminator: the last events in time are tested, and shares of those before are trained on.
  func discriminator(_ windows: [String], _ fit: DiscriminatorFit) throws -> LearningCurveReport {
    let store = try communicator.agree { try EventWindowStore(joining: windows) }
    let usable = store.entries.indices.filter {
      store.entries[$0].label != .uncertain && store.entries[$0].stationCount > 0 && store.entries[$0].time != nil
    }
    let border = usable.count - Int((job.testShare * Double(usable.count)).rounded())
    let (training, tested) = (Array(usable.prefix(border)), Array(usable.dropFirst(border)))
    let labels = tested.map { store.entries[$0].label == .real ? UInt8(1) : 0 }
    try communicator.agree {
      guard Set(labels).count == 2, training.count >= 20 else {
        throw JobError(
          .badData,
          "the last \(tested.count) of \(usable.count) labelled events with a time are not both real and fake, or too few are left to train on; give more events, or another --test"
        )
      }
    }
    var points: [LearningCurve.Point] = []
    var averaged = [Double](repeating: 0, count: tested.count)
    for share in job.shares.sorted() {
      for turn in 0..<job.repeats {
        var fit = fit
        fit.settings.seed &+= UInt64(turn)
        let places = [Label.real, .fake].flatMap { label in
          Self.part(
            training.filter { store.entries[$0].label == label }, share: share,
            keys: { stableHash(store.entries[$0].id) }, seed: job.settings.seed, turn: turn)
        }.sorted()
        report.note("training on \(counted(places.count, "events")), repeat \(turn + 1) of \(job.repeats)")
        let course = TrainingCourse(
          epochs: fit.settings.epochs, metrics: [], limits: job.limits, rank: communicator.rank, report: report)
        let fitted = try fit.train(
          store, on: places, folder: try folder(share, turn), startsAnew: true, over: communicator,
          callbacks: course.callbacks)
        course.finish()
        try TrainingCourse.requireEnd(fitted.outcome)
        let logits = try fit.logits(fitted.parameters, store, tested, over: communicator)
        let probabilities = logits.map { $0.isNaN ? .nan : logistic($0) }
        points.append(
          LearningCurve.Point(
            share: share, turn: turn, trained: Double(places.count),
            scores: LearningCurveJob.scores(probabilities, labels), bytes: bytes(fitted.parameters)))
        if share == job.shares.max() {
          for event in averaged.indices { averaged[event] += probabilities[event] / Double(job.repeats) }
        }
      }
    }
    try removeTrainings()
    let curve = LearningCurve(
      measures: LearningCurveJob.measures, points: points,
      intervals: LearningCurveJob.intervals(
        averaged, labels, times: tested.map { store.entries[$0].time?.timeInterval(since: .epoch) ?? .nan },
        keys: tested.map { stableHash(store.entries[$0].id) }, seed: job.settings.seed))
    return LearningCurveReport(curves: [("discriminator", curve)], samples: "events")
  }

  /// The curve of a picker: some events are tested, others choose the epoch, and shares of the rest are trained on.
  func picker(_ training: TrainPickerJob) throws -> LearningCurveReport {
    let form = training.architecture
    var description = form.architecture.description
    if let band = training.band { description.band = band }
    var problems = 0
    let set = try PickerTrainingSet(training.sources, picker: description, over: communicator) { _ in problems += 1 }
    let parts = set.parts(
      .events(validation: 0.1, test: job.testShare, seed: training.settings.seed))
    try communicator.agree {
      guard !parts.test.isEmpty, parts.training.count >= 10 else {
        throw JobError(
          .badData,
          "\(set.count) windows are too few to train on shares of them and to test; give more, or another --test")
      }
    }
    let measures = [
      LearningCurve.Measure("p_f1", isGain: true), LearningCurve.Measure("s_f1", isGain: true),
      LearningCurve.Measure("p_mean_absolute_residual_s", isGain: false),
      LearningCurve.Measure("s_mean_absolute_residual_s", isGain: false),
    ]
    var points: [LearningCurve.Point] = []
    var intervals: [ClosedRange<Double>?] = [nil, nil, nil, nil]
    for share in job.shares.sorted() {
      for turn in 0..<job.repeats {
        let places = Self.part(
          parts.training, share: share, keys: { set.entries[$0].group ^ mixed(UInt64($0)) }, seed: job.settings.seed,
          turn: turn)
        report.note("training on \(counted(places.count, "windows")), repeat \(turn + 1) of \(job.repeats)")
        let (parameters, outcome) = try fit(
          training, set, places, parts.validation, turn: turn, folder: try folder(share, turn))
        try TrainingCourse.requireEnd(outcome)
        let folder = PickerFolder(
          card: PickerCard(architecture: form, description: description), parameters: parameters)
        let model = PickerModel(
          network: try communicator.agree { try folder.picker() }, hash: "", description: description)
        let evaluation = PickerEvaluation(PickSettingChanges().applied(to: description))
        let result = try evaluation.run(model, count: parts.test.count, over: communicator) { number in
          let record: TrainingRecord
          do { record = try set.record(parts.test[number]) } catch is FormatError { return nil }
          var trace = EvaluatePickerJob.trace(
            record, order: description.componentOrder, rate: description.samplingRate)
          trace.isFiltered = true
          return trace
        }
        points.append(
          LearningCurve.Point(
            share: share, turn: turn, trained: Double(places.count),
            scores: [
              result.p.f1.value, result.s.f1.value, result.p.meanAbsoluteResidual.value,
              result.s.meanAbsoluteResidual.value,
            ], bytes: bytes(parameters)))
        if share == job.shares.max(), turn == 0 {
          intervals = [result.p.f1, result.s.f1].map { $0.lower <= $0.upper ? $0.lower...$0.upper : nil } + [nil, nil]
        }
      }
    }
    try removeTrainings()
    return LearningCurveReport(
      curves: [("picker", LearningCurve(measures: measures, points: points, intervals: intervals))], samples: "windows")
  }

  private func fit(
    _ training: TrainPickerJob, _ set: PickerTrainingSet, _ places: [Int], _ validation: [Int], turn: Int,
    folder: String
  ) throws -> (NetworkParameters, TrainingOutcome) {
    var data = training.data
    data.seed &+= UInt64(turn)
    var settings = training.settings
    settings.seed &+= UInt64(turn)
    let samples = try communicator.agree {
      try PickerTrainingData(
        set, training: places, validation: validation, settings: data, rank: communicator.rank, of: communicator.size,
        onProblem: { _ in })
    }
    defer { samples.stop() }
    let form = training.architecture
    let parameters = form.architecture.freshParameters(seed: settings.seed)
    let model = try communicator.agree { try PickerTraining(form.architecture, parameters) }
    if training.fallsByCosine {
      let steps = settings.epochs * samples.stepCount(epoch: 0) - settings.schedule.warmUpSteps
      settings.schedule.shape = .cosine(steps: max(1, steps), finalFraction: 0.01)
    }
    let course = TrainingCourse(
      epochs: settings.epochs, metrics: model.metricNames, limits: job.limits, rank: communicator.rank, report: report)
    defer { course.finish() }
    let trainer = try Trainer(
      model, samples, settings: settings, folder: folder, over: communicator, callbacks: course.callbacks)
    return (parameters, try trainer.run(startsAnew: true))
  }

  /// The size of a network's numbers, four bytes each.
  private func bytes(_ parameters: NetworkParameters) -> Double {
    Double(4 * (parameters.weights.count + parameters.statistics.count))
  }
}

public import MPI
import SeismicFormats
import Worker

extension TrainPickerJob {
  /// Describes what the job would do, without doing it: the data are looked through, nothing is trained or written.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks, where the job would end so too.
  public func plan(over communicator: any Communicator) throws -> [String] {
    let start = try initial.map { try PickerFolder.load($0, over: communicator) }
    let form = start?.card.architecture ?? architecture
    let description = start?.card.description ?? form.architecture.description
    var problems = 0
    let set = try PickerTrainingSet(sources, picker: description, over: communicator) { _ in problems += 1 }
    problems = try communicator.allreduce(problems, .sum)
    let parts = set.parts(split)
    let bytes = form.architecture.layout.reduce(0) { $0 + $1.shape.reduce(1, *) } * 4
    let rate = MeasuredRates.training(description.architecture)
    return [
      "\(sources.map(\.description).joined(separator: ", ")): \(counted(set.count, "windows")), \(problems) of what is there cannot be used",
      "\(counted(parts.training.count, "windows")) to fit, \(parts.validation.count) to choose by",
      TrainingPlan(
        samples: parts.training.count, validation: parts.validation.count, batch: data.batchSize,
        microBatch: data.microBatchSize, epochs: settings.epochs, rate: rate, parameterBytes: bytes,
        memory: MeasuredRates.pickerTrainingMemory
      ).line(ranks: communicator.size),
      OutputOutlook(path: output, files: Self.files, overwrites: overwrites).line(needed: 8 * bytes),
    ]
  }
}

extension TrainDiscriminatorJob {
  /// Describes what the job would do, without doing it.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks, where the job would end so too.
  public func plan(over communicator: any Communicator) throws -> [String] {
    let store = try communicator.agree { try EventWindowStore(joining: windows) }
    let parts = fit.parts(store, Array(store.entries.indices))
    return [
      "\(windows.joined(separator: ", ")): \(counted(store.count, "events")), \(parts.training.count) to fit, \(parts.validation.count) to choose by",
      fit.plan(store, parts).line(ranks: communicator.size),
      OutputOutlook(path: output, files: Self.files, overwrites: overwrites).line(needed: nil),
    ]
  }
}

extension TrainHybridJob {
  /// Describes what the job would do, without doing it.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks, where the job would end so too.
  public func plan(over communicator: any Communicator) throws -> [String] {
    let events = try source.events(features, over: communicator)
    let count = try communicator.allreduce(events.table.count, .sum)
    var lines = [
      "\(counted(count, "labelled_events")), \(counted(kinds.count, "models")) on features: about \(Progress.duration(TrainingPlan.seconds(events: count, models: kinds.count * (blocks + 1), ranks: communicator.size)))"
    ]
    if !windows.isEmpty {
      let store = try communicator.agree { try EventWindowStore(joining: windows) }
      lines.append("\(windows.joined(separator: ", ")): \(counted(store.count, "events"))")
      if let discriminator {
        _ = try DiscriminatorFolder.load(discriminator, over: communicator)
        lines.append("discriminator \(discriminator), none is trained")
      } else {
        let parts = fit.parts(store, Array(store.entries.indices))
        lines.append(
          "\(blocks + 1) trainings of the network, each: \(fit.plan(store, parts).line(ranks: communicator.size))")
      }
    }
    return lines + [OutputOutlook(path: output, files: Self.files, overwrites: overwrites).line(needed: nil)]
  }
}

extension TrainJob {
  /// Describes what the job would do, without doing it.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks, where the job would end so too.
  public func plan(over communicator: any Communicator) throws -> [String] {
    let events = try source.events(features, over: communicator)
    let count = try communicator.allreduce(events.table.count, .sum)
    let real = try communicator.allreduce(events.table.labels.reduce(0) { $0 + Int($1) }, .sum)
    let seconds = TrainingPlan.seconds(events: count, models: kinds.count, ranks: communicator.size)
    return [
      "\(counted(count, "labelled_events")), \(real) real; \(counted(kinds.count, "models"))",
      "about \(Progress.duration(seconds)) on \(counted(communicator.size, "ranks")) (\(MeasuredRates.origin))",
      OutputOutlook(path: output, files: Self.files, overwrites: overwrites).line(needed: nil),
    ]
  }
}

extension DiscriminatorFit {
  fileprivate func plan(_ store: EventWindowStore, _ parts: (training: [Int], validation: [Int])) -> TrainingPlan {
    let stations = parts.training.reduce(0) { $0 + min(store.entries[$1].stationCount, data.maximumStations) }
    let mean = Double(stations) / Double(max(parts.training.count, 1))
    return TrainingPlan(
      samples: parts.training.count, validation: parts.validation.count, batch: data.globalBatch,
      microBatch: data.microBatch, epochs: settings.epochs, rate: MeasuredRates.discriminatorWindows / max(mean, 1),
      parameterBytes: 0, memory: MeasuredRates.discriminatorTrainingMemory)
  }
}

/// What a training of a network has before it.
struct TrainingPlan: Sendable, Equatable {
  /// Samples of an epoch.
  var samples: Int
  /// Samples that are looked at after each epoch.
  var validation: Int
  /// Samples of a step, of all ranks.
  var batch: Int
  /// Samples that go through the network together.
  var microBatch: Int
  /// The most epochs.
  var epochs: Int
  /// Samples a second and processor.
  var rate: Double
  /// The size of all parameters, in bytes; 0 where it does not matter.
  var parameterBytes: Int
  /// Memory of a rank, in bytes.
  var memory: Int

  /// Ranks that have something to do in every step: a micro-batch is not divided.
  func busyRanks(_ ranks: Int) -> Int {
    min(ranks, max(1, (min(batch, max(samples, 1)) + microBatch - 1) / max(microBatch, 1)))
  }

  /// The plan in words.
  func line(ranks: Int) -> String {
    let busy = busyRanks(ranks)
    let steps = (samples + batch - 1) / max(batch, 1)
    // Looking without learning takes about a third of a step.
    let work = Double(samples) + Double(validation) / 3
    let seconds = work * Double(epochs) / (rate * Double(busy))
    let idle =
      busy < ranks
      ? "; \(ranks - busy) of \(counted(ranks, "ranks")) would have nothing to do: a step has \(counted(busy, "micro-batches")) of \(microBatch)"
      : ""
    return
      "\(counted(steps, "steps")) an epoch, at most \(counted(epochs, "epochs")): about \(Progress.duration(seconds)) on \(counted(ranks, "ranks")), \(byteText(memory)) of memory a rank (\(MeasuredRates.origin))\(idle)"
  }

  /// How long models on features take, in s.
  static func seconds(events: Int, models: Int, ranks: Int) -> Double {
    Double(events) * Double(models) / (MeasuredRates.labelledEvents * Double(max(ranks, 1)))
  }
}

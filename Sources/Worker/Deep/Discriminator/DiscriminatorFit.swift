public import HSDLCompute
public import MPI
import SeismicFormats

/// Fits discriminators to events of a store, over the ranks.
public struct DiscriminatorFit {
  /// The sizes of the network's layers.
  public var architecture = DiscriminatorArchitecture()
  /// How events become micro-batches.
  public var data = EventTrainerData.Settings()
  /// How the network is trained.
  public var settings = TrainerSettings()
  /// Whether the learning rate falls along a cosine until the last epoch.
  public var fallsByCosine = true
  /// Into how many blocks of time events are cut; some of them choose the best epoch.
  public var blocks = 10

  /// The usual fit.
  public init() {}

  /// A fitted discriminator.
  public struct Fitted {
    /// Its numbers, those of the best epoch.
    public var parameters: NetworkParameters
    /// How the training went.
    public var outcome: TrainingOutcome
    /// Events that it was trained on.
    public var trainingCount: Int
    /// Events that chose the best epoch.
    public var validationCount: Int
  }

  /// Parts events into those to fit and those that choose the best epoch: two blocks of time of ten.
  ///
  /// - Parameter places: the places of the events in the store, in order of time; those without a label, a time or stations are left out.
  public func parts(_ store: EventWindowStore, _ places: [Int]) -> (training: [Int], validation: [Int]) {
    let usable = places.filter {
      store.entries[$0].label != .uncertain && store.entries[$0].stationCount > 0 && store.entries[$0].time != nil
    }
    var parts: (training: [Int], validation: [Int]) = ([], [])
    for (number, place) in usable.enumerated() {
      let block = number * max(blocks, 1) / usable.count
      if block % 5 == 2 { parts.validation.append(place) } else { parts.training.append(place) }
    }
    return parts
  }

  /// Trains on events of a store.
  ///
  /// Collective; all ranks get the same.
  ///
  /// - Parameters:
  ///   - places: the events.
  ///   - folder: an existing folder for checkpoints, from which a training that was stopped goes on; nil for none.
  ///   - startsAnew: whether a checkpoint there is ignored.
  ///   - callbacks: told how it goes.
  /// - Throws: ``AgreedFailure``, ``ComputeError``, ``CommunicatorError``.
  public func train(
    _ store: EventWindowStore, on places: [Int], folder: String?, startsAnew: Bool = false,
    over communicator: any Communicator, callbacks: TrainingCallbacks
  ) throws -> Fitted {
    let (training, validation) = parts(store, places)
    let seed = self.settings.seed
    let parameters = try communicator.agree { try architecture.initialParameters(seed: seed) }
    let samples = try communicator.agree {
      try EventTrainerData(
        store, training: training, validation: validation, settings: data, rank: communicator.rank,
        size: communicator.size)
    }
    var settings = settings
    if fallsByCosine {
      let steps = settings.epochs * samples.stepCount(epoch: 0) - settings.schedule.warmUpSteps
      settings.schedule.shape = .cosine(steps: max(1, steps), finalFraction: 0.01)
    }
    let model = try communicator.agree { try DiscriminatorTraining(architecture, parameters) }
    let trainer = try Trainer(
      model, samples, settings: settings, folder: folder, over: communicator, callbacks: callbacks)
    let outcome = try trainer.run(startsAnew: startsAnew)
    return Fitted(
      parameters: parameters, outcome: outcome, trainingCount: training.count, validationCount: validation.count)
  }

  /// The log-odds of events of a store, shared out over the ranks; NaN for events without stations.
  ///
  /// Collective; all ranks get the same.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func logits(
    _ parameters: NetworkParameters, _ store: EventWindowStore, _ places: [Int], over communicator: any Communicator
  ) throws -> [Double] {
    let own = places.indices.filter { $0 % communicator.size == communicator.rank }
    let values = try communicator.agree { () -> [Double] in
      let network = try EventDiscriminator(architecture, parameters)
      return try own.map { index in
        var windows = try store.windows(places[index])
        if windows.stationCount > data.maximumStations {
          windows = windows.selecting(Array(0..<data.maximumStations))
        }
        return try network.logit(of: windows)
      }
    }
    let all = try communicator.allgatherFlat(values)
    var result = [Double](repeating: .nan, count: places.count)
    var start = 0
    for (rank, count) in all.counts.enumerated() {
      for number in 0..<count { result[rank + number * communicator.size] = all.values[start + number] }
      start += count
    }
    return result
  }

  /// The folder of a discriminator that was fitted.
  public func folder(_ fitted: Fitted, store: EventWindowStore, source: String) -> DiscriminatorFolder {
    var card = DiscriminatorCard(architecture: architecture, maximumStations: data.maximumStations)
    card.picker = store.picker.isEmpty ? nil : store.picker
    card.training = [
      "windows": source, "events": "\(fitted.trainingCount)", "validation_events": "\(fitted.validationCount)",
      "fingerprint": String(store.checksum, radix: 16), "epochs": "\(fitted.outcome.epochs.count)",
      "best_epoch": "\(fitted.outcome.bestEpoch ?? fitted.outcome.epochs.count)", "seed": "\(settings.seed)",
      "batch_size": "\(data.globalBatch)", "micro_batch_size": "\(data.microBatch)",
      "learning_rate": "\(settings.schedule.fullRate(globalBatch: data.globalBatch))",
    ]
    if let score = fitted.outcome.bestScore { card.scores["validation_roc_auc"] = score }
    if let best = fitted.outcome.bestEpoch,
      let row = fitted.outcome.epochs.first(where: { $0.epoch == best }), let loss = row.validationLoss
    {
      card.scores["validation_loss"] = loss
    }
    return DiscriminatorFolder(card: card, parameters: fitted.parameters)
  }
}

public import HSDLCompute
import SeismicFormats

/// A rank's part of the labelled events of a store, for training the discriminator.
///
/// What a micro-batch holds depends on seed, epoch, step and place alone. Events are read when their turn comes, so memory does not grow with the
/// store.
public final class EventTrainerData: TrainerData {
  public typealias MicroBatch = EventMicroBatch

  /// How events become micro-batches.
  public struct Settings: Sendable, Hashable, Codable {
    /// Fixes the order and the augmentation.
    public var seed: UInt64 = 1
    /// Events of a step, all ranks' together.
    public var globalBatch = 32
    /// Events that go through the network together.
    public var microBatch = 4
    /// At most so many stations of an event are looked at, those with picks first, the nearest of them.
    public var maximumStations = 24
    /// Whether real and fake events weigh the same together.
    public var isBalanced = true
    /// What is done to events at random.
    public var augmentation = EventAugmentation()

    /// The usual settings.
    public init() {}
  }

  private let store: EventWindowStore
  private let settings: Settings
  private let training: [Int]
  private let validation: [Int]
  private let weights: (real: Float, fake: Float)
  private let rank: Int
  private let size: Int
  private var epoch = 0
  private var order: [Int] = []
  private var step = 0
  private var nextPlace = 0

  /// Prepares a rank's part.
  ///
  /// - Parameters:
  ///   - training: the places in the store of the events that are trained with; those without a label or stations are left out.
  ///   - validation: the same of those that the training is judged by.
  /// - Throws: ``ComputeError`` when there is not a real and a fake event to train with, or none to judge by.
  public init(
    _ store: EventWindowStore, training: [Int], validation: [Int], settings: Settings, rank: Int = 0, size: Int = 1
  ) throws {
    guard settings.globalBatch > 0, settings.microBatch > 0, settings.maximumStations > 0, size > 0 else {
      throw ComputeError.cannotTrain(reason: "batches and stations must be at least 1")
    }
    self.store = store
    self.settings = settings
    self.rank = rank
    self.size = size
    func usable(_ places: [Int]) -> [Int] {
      places.filter {
        store.entries.indices.contains($0) && store.entries[$0].label != .uncertain
          && store.entries[$0].stationCount > 0
      }
    }
    self.training = usable(training)
    self.validation = usable(validation)
    let real = self.training.count { store.entries[$0].label == .real }
    let fake = self.training.count - real
    guard real > 0, fake > 0 else {
      throw ComputeError.cannotTrain(
        reason: "there are \(real) real and \(fake) fake events with waveforms to train with; both are needed")
    }
    guard !self.validation.isEmpty else {
      throw ComputeError.cannotTrain(reason: "there is no labelled event with waveforms to judge the training by")
    }
    let half = Float(self.training.count) / 2
    weights = settings.isBalanced ? (half / Float(real), half / Float(fake)) : (1, 1)
  }

  /// Parts the labelled events of a store by time: whole blocks of time, so that no sequence lies on both sides.
  ///
  /// - Parameters:
  ///   - blocks: into how many blocks of as many events each the catalog is cut.
  ///   - isValidation: whether a block, numbered from the earliest, is one to judge by.
  public static func split(
    _ store: EventWindowStore, blocks: Int, isValidation: (Int) -> Bool
  ) -> (training: [Int], validation: [Int]) {
    let labelled = store.entries.indices.filter {
      store.entries[$0].label != .uncertain && store.entries[$0].stationCount > 0 && store.entries[$0].time != nil
    }
    var parts: (training: [Int], validation: [Int]) = ([], [])
    for (number, event) in labelled.enumerated() {
      if isValidation(number * max(blocks, 1) / labelled.count) {
        parts.validation.append(event)
      } else {
        parts.training.append(event)
      }
    }
    return parts
  }

  public var identity: [String: String] {
    func text(_ places: [Int]) -> String {
      String(places.reduce(into: UInt64(places.count)) { $0 = mixed($0 ^ UInt64($1)) }, radix: 16)
    }
    return [
      "events": String(store.checksum &+ store.labelChecksum, radix: 16), "training": text(training),
      "validation": text(validation),
      "settings": "\(settings)",
    ]
  }

  public var globalBatch: Int { settings.globalBatch }

  public func stepCount(epoch: Int) -> Int { (training.count + settings.globalBatch - 1) / settings.globalBatch }

  public func template() throws -> EventMicroBatch { EventMicroBatch([]) }

  public func begin(epoch: Int, fromStep step: Int) throws {
    self.epoch = epoch
    self.step = step
    var generator = SplitMix64(seed: settings.seed, stream: UInt64(bitPattern: Int64(epoch)))
    order = generator.shuffled(training)
  }

  public func next() throws -> TrainingStep<EventMicroBatch>? {
    let first = step * settings.globalBatch
    guard first < order.count else { return nil }
    let events = order[first..<min(first + settings.globalBatch, order.count)]
    step += 1
    var own = TrainingStep<EventMicroBatch>(microBatches: [], keys: [], sampleCount: 0)
    for (key, start) in stride(from: events.startIndex, to: events.endIndex, by: settings.microBatch).enumerated()
    where key % size == rank {
      let part = events[start..<min(start + settings.microBatch, events.endIndex)]
      own.microBatches.append(
        EventMicroBatch(try part.map { try sample($0, isTraining: true) }, filling: settings.microBatch))
      own.keys.append(key)
      own.sampleCount += part.count
    }
    return own
  }

  public func beginValidation() throws { nextPlace = rank }

  public func nextValidation() throws -> EventMicroBatch? {
    let start = nextPlace * settings.microBatch
    guard start < validation.count else { return nil }
    nextPlace += size
    let part = validation[start..<min(start + settings.microBatch, validation.count)]
    return EventMicroBatch(try part.map { try sample($0, isTraining: false) }, filling: settings.microBatch)
  }

  private func sample(
    _ place: Int, isTraining: Bool
  ) throws -> (windows: EventWindows, target: Float, weight: Float, name: String) {
    let entry = store.entries[place]
    var windows = try store.windows(place)
    if isTraining {
      windows = settings.augmentation.apply(
        to: windows, seed: settings.seed, epoch: epoch, key: stableHash(entry.id),
        maximumStations: settings.maximumStations)
    } else if windows.stationCount > settings.maximumStations {
      windows = windows.selecting(Array(0..<settings.maximumStations))
    }
    let isReal = entry.label == .real
    return (windows, isReal ? 1 : 0, isReal ? weights.real : weights.fake, entry.id)
  }
}

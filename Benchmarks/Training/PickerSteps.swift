import HSDLCompute
import MPI
import Worker

/// Windows of noise with arrivals, the same for any number of ranks: what a window holds does not change how long a pass takes.
final class PickerNoise: TrainerData {
  let globalBatch: Int
  private let steps: Int
  private let microBatch: Int
  private let rank: Int
  private let ranks: Int
  private let pool: [PickerMicroBatch]
  private var place = 0

  init(_ picker: PickerDescription, steps: Int, globalBatch: Int, microBatch: Int, rank: Int, ranks: Int) {
    self.globalBatch = globalBatch
    self.steps = steps
    self.microBatch = microBatch
    self.rank = rank
    self.ranks = ranks
    let length = picker.windowLength
    let outputs = picker.outputs.count
    pool = (0..<4).map { number in
      var random = SplitMix64(seed: 3, stream: UInt64(number))
      var targets = [Float](repeating: 0, count: microBatch * outputs * length)
      for index in targets.indices { targets[index] = index % (outputs * length) < length ? 1 : 0 }
      return PickerMicroBatch(
        count: microBatch, length: length,
        windows: (0..<3 * microBatch * length).map { _ in Float(random.normal()) }, targets: targets,
        weights: [Float](repeating: 1, count: microBatch),
        arrivals: [(p: Float, s: Float)](repeating: (-1, -1), count: microBatch),
        names: [String](repeating: "", count: microBatch))
    }
  }

  var identity: [String: String] { [:] }

  func stepCount(epoch: Int) -> Int { steps }

  func template() throws -> PickerMicroBatch { pool[0] }

  func begin(epoch: Int, fromStep step: Int) throws { place = step }

  func next() throws -> TrainingStep<PickerMicroBatch>? {
    guard place < steps else { return nil }
    let keys = Array(stride(from: rank, to: globalBatch / microBatch, by: ranks))
    defer { place += 1 }
    return TrainingStep(
      microBatches: keys.map { pool[($0 + place) % pool.count] }, keys: keys, sampleCount: keys.count * microBatch)
  }

  func beginValidation() throws {}

  func nextValidation() throws -> PickerMicroBatch? { nil }
}

/// Trains a picker for an epoch over a communicator.
func trainPicker(
  _ form: any PickerArchitecture, steps: Int, globalBatch: Int, microBatch: Int, inOneBucket: Bool,
  over communicator: any Communicator
) throws -> TrainingTimes {
  var settings = TrainerSettings()
  settings.epochs = 1
  if inOneBucket { (settings.firstBucketBytes, settings.bucketBytes) = (1 << 30, 1 << 30) }
  let model = try PickerTraining(form, form.freshParameters(seed: 1))
  let samples = PickerNoise(
    form.description, steps: steps, globalBatch: globalBatch, microBatch: microBatch, rank: communicator.rank,
    ranks: communicator.size)
  let trainer = try Trainer(model, samples, settings: settings, folder: nil, over: communicator)
  return try trainer.run().epochs.first?.times ?? TrainingTimes()
}

/// Two ways in turn: all ranks train together, and each trains on its own with its share of the batch, side by side.
///
/// The ratio of the times of neighbours is what of the ranks' work is left when they train together.
///
/// - Parameters:
///   - share: windows a step and rank; nil takes 16 for PhaseNet and 8 for EQTransformer.
///   - inOneBucket: sums of gradients begin when the backward pass has ended.
func measurePicker(_ name: String, pairs: Int, steps: Int, share: Int? = nil, inOneBucket: Bool = false) throws {
  let form: any PickerArchitecture = name == "phasenet" ? PhaseNet() : EQTransformer()
  let micro = name == "phasenet" ? 8 : 4
  let share = max(share ?? 2 * micro, micro) / micro * micro
  let count = form.layout.filter { $0.role == .weight }.reduce(0) { $0 + $1.count }
  say(
    "\(form.description.architecture), \(count) weights, \(world.size) ranks, \(share) windows a step and rank in micro-batches of \(micro), \(pairs) pairs of \(steps) steps; ms a step and processor ms of a rank"
  )
  say(
    "   apart (slowest)  together   ratio   processor apart  together  ratio     compute  statistics    wait  exposed sums  of step"
  )
  var ratios: [Double] = []
  var processor: [Double] = []
  var exposed: [Double] = []
  let alone = try aloneOnThisThread()
  for pair in 0...pairs {
    var own: [Double] = []
    var used: [Double] = []
    var times = TrainingTimes()
    var slowest = 0.0
    for way in pair % 2 == 0 ? [0, 1] : [1, 0] {
      try world.barrier()
      let (start, busy) = (seconds(), processorSeconds())
      if way == 0 {
        _ = try trainPicker(
          form, steps: steps, globalBatch: share, microBatch: micro, inOneBucket: inOneBucket, over: alone)
      } else {
        times = try trainPicker(
          form, steps: steps, globalBatch: share * world.size, microBatch: micro, inOneBucket: inOneBucket, over: world)
      }
      let taken = seconds() - start
      let mean = try world.allreduce([taken, processorSeconds() - busy], .sum)
        .map { $0 / Double(world.size * steps) * 1000 }
      if way == 0 {
        // Ranks whose processors differ in speed: together all are as slow as the slowest.
        slowest = try world.allreduce(taken, .maximum) / Double(steps) * 1000
      }
      if way == 0 {
        own.insert(mean[0], at: 0)
        used.insert(mean[1], at: 0)
      } else {
        own.append(mean[0])
        used.append(mean[1])
      }
    }
    // The first pair warms up.
    guard pair > 0 else { continue }
    let scale = 1000 / Double(steps)
    let whole = times.compute + times.statistics + times.wait + times.allreduce + times.data
    ratios.append(own[0] / own[1])
    processor.append(used[0] / used[1])
    exposed.append(times.allreduce / whole)
    say(
      padded(fixed(own[0], 1), 8) + padded(fixed(slowest, 1), 10) + padded(fixed(own[1], 1), 10)
        + padded(fixed(own[0] / own[1], 3), 8)
        + padded(fixed(used[0], 1), 18) + padded(fixed(used[1], 1), 10) + padded(fixed(used[0] / used[1], 3), 7)
        + padded(fixed(times.compute * scale, 1), 12) + padded(fixed(times.statistics * scale, 1), 12)
        + padded(fixed(times.wait * scale, 1), 8) + padded(fixed(times.allreduce * scale, 2), 14)
        + padded(fixed(100 * times.allreduce / whole, 2) + " %", 9))
  }
  func middle(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty
      ? .nan : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
  say(
    "median ratio \(fixed(middle(ratios), 3)) (\(fixed(ratios.min() ?? .nan, 3)) to \(fixed(ratios.max() ?? .nan, 3))), of processor time \(fixed(middle(processor), 3)); exposed sums \(fixed(100 * middle(exposed), 2)) % of the step"
  )
}

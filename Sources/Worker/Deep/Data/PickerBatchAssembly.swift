import HSDLCompute
import SeismicFormats

/// Puts micro-batches of a picker together: reads records, cuts and varies windows, writes labels.
struct PickerBatchAssembly {
  private let set: PickerTrainingSet
  private let augmentation: Augmentation
  private let labels: PickLabels

  init(_ set: PickerTrainingSet, augmentation: Augmentation, labels: PickLabels) {
    self.set = set
    self.augmentation = augmentation
    self.labels = labels
  }

  /// A sample that could not be read.
  struct Failure {
    var sample: Int
    var problem: Problem
  }

  /// A micro-batch of nothing but filling.
  static func empty(_ picker: PickerDescription, count: Int) -> PickerMicroBatch {
    PickerMicroBatch(
      count: count, length: picker.windowLength,
      windows: [Float](repeating: 0, count: count * 3 * picker.windowLength),
      targets: [Float](repeating: 0, count: count * picker.outputs.count * picker.windowLength),
      weights: [Float](repeating: 0, count: count),
      arrivals: [(p: Float, s: Float)](repeating: (-1, -1), count: count),
      names: [String](repeating: "", count: count))
  }

  /// Assembles a micro-batch.
  ///
  /// A sample that cannot be read becomes filling, on whichever rank it is met, and is told of.
  ///
  /// - Parameters:
  ///   - draws: what the sampler drew; filling stays empty.
  ///   - samples: the sample of the set that each number of the sampler stands for.
  ///   - epoch: the epoch.
  func microBatch(
    _ draws: [Int], _ samples: [Int], epoch: Int
  ) throws -> (batch: PickerMicroBatch, failures: [Failure]) {
    let picker = set.picker
    let length = picker.windowLength
    let outputs = picker.outputs.count
    var batch = Self.empty(picker, count: draws.count)
    var failures: [Failure] = []
    for (slot, draw) in draws.enumerated() where draw >= 0 && !samples.isEmpty {
      let sample = samples[draw % samples.count]
      let record: TrainingRecord
      do {
        record = try set.record(sample) { failures.append(Failure(sample: sample, problem: $0)) }
      } catch let error as FormatError where error.kind == .badData || error.kind == .unsupported {
        failures.append(
          Failure(
            sample: sample,
            problem: Problem(
              file: error.file, found: error.found, expected: error.expected ?? "a waveform",
              action: "left out of the training")))
        continue
      }
      let window = augmentation.window(record, epoch: epoch, number: draw)
      batch.windows.withUnsafeMutableBufferPointer { windows in
        window.normalise(
          picker.normalisation,
          into: UnsafeMutableBufferPointer(rebasing: windows[(slot * 3 * length)..<((slot + 1) * 3 * length)]))
      }
      batch.targets.withUnsafeMutableBufferPointer { targets in
        labels.write(
          window.arrivals, outputs: picker.outputs, length: length,
          into: UnsafeMutableBufferPointer(
            rebasing: targets[(slot * outputs * length)..<((slot + 1) * outputs * length)]))
      }
      batch.weights[slot] = 1
      batch.arrivals[slot] = window.firstArrivals
      batch.names[slot] = record.name
    }
    return (batch, failures)
  }
}

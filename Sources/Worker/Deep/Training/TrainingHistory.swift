import SeismicFormats

/// What came out of an epoch.
public struct TrainingEpoch: Codable, Sendable, Equatable {
  /// Its number, from 1.
  public var epoch: Int
  /// Steps that were made since the training began.
  public var steps: Int
  /// Samples that were gone through in this epoch, by all ranks.
  public var samples: Int
  /// The learning rate of its last step.
  public var learningRate: Double
  /// The mean weighted loss in training; nil where no sample had a weight.
  public var trainingLoss: Double?
  /// The mean weighted loss of the validation samples; nil where there are none.
  public var validationLoss: Double?
  /// The score, of which larger is better; nil where there are no validation samples.
  public var score: Double?
  /// The model's sums over the validation samples, in the order of its names.
  public var metrics: [Double]
  /// The mean norm of the gradient of a step, before it was shortened.
  public var gradientNorm: Double
  /// Samples that were left out because their data held numbers that are not finite.
  public var skipped: Int
  /// Where the time went, as the mean over ranks.
  public var times: TrainingTimes

  /// Whether all but the times is the same, bit for bit.
  public func isSame(as other: TrainingEpoch) -> Bool {
    var copy = self
    copy.times = other.times
    return copy == other
  }
}

/// The epochs of a training as a table.
public enum TrainingHistory {
  /// The table as CSV text with a header.
  ///
  /// - Parameter metricNames: the names of the model's sums.
  public static func csv(_ epochs: [TrainingEpoch], metricNames: [String]) -> String {
    let sink = TextSink()
    let names =
      ["epoch", "steps", "samples", "learning_rate", "train_loss", "validation_loss", "score"] + metricNames
      + [
        "gradient_norm", "skipped", "seconds_compute", "seconds_wait", "seconds_allreduce", "seconds_statistics",
        "seconds_data", "seconds",
      ]
    for (place, name) in names.enumerated() {
      if place > 0 { sink.append(byte: 44) }
      sink.append(csv: name)
    }
    sink.append(byte: 10)
    for epoch in epochs {
      for number in [epoch.epoch, epoch.steps, epoch.samples] {
        sink.append(number)
        sink.append(byte: 44)
      }
      let scores = [epoch.learningRate, epoch.trainingLoss, epoch.validationLoss, epoch.score]
      // A model that gives no sums, or an epoch that has none, keeps its columns.
      let metrics = metricNames.indices.map { epoch.metrics.indices.contains($0) ? epoch.metrics[$0] : nil }
      for value in scores + metrics + [epoch.gradientNorm] {
        if let value { sink.append(value) }
        sink.append(byte: 44)
      }
      sink.append(epoch.skipped)
      let times = epoch.times
      for seconds in [times.compute, times.wait, times.allreduce, times.statistics, times.data, times.total] {
        sink.append(byte: 44)
        sink.append((seconds * 1000).rounded() / 1000)
      }
      sink.append(byte: 10)
    }
    return sink.string
  }
}

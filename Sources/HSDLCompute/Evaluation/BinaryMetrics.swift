/// How well probabilities tell real events (positive) from fake ones (negative).
public struct BinaryMetrics: Sendable, Equatable {
  /// Fake events taken for fake.
  public var trueNegatives = 0
  /// Fake events taken for real.
  public var falsePositives = 0
  /// Real events taken for fake.
  public var falseNegatives = 0
  /// Real events taken for real.
  public var truePositives = 0
  /// Area under the receiver operating characteristic; NaN when there is one class only.
  public var rocAUC = Double.nan
  /// Average precision of the real events; NaN when there are none.
  public var averagePrecision = Double.nan
  /// Mean squared distance of the probability from 0 or 1.
  public var brier = Double.nan
  /// Expected calibration error: mean distance between probability and share of real events, over ten bins of equal width.
  public var calibrationError = Double.nan
  /// Mean negative logarithm of the probability of what is true.
  public var logLoss = Double.nan

  /// The names of the measures, as files have them, in a fixed order.
  public static let names = [
    "accuracy", "precision", "recall", "f1", "roc_auc", "average_precision", "brier",
    "expected_calibration_error", "log_loss",
  ]

  /// Works out the measures.
  ///
  /// - Parameters:
  ///   - probabilities: that each event is real.
  ///   - labels: 1 real, 0 fake.
  ///   - threshold: from which on an event is taken for real.
  public init(probabilities: [Double], labels: [UInt8], threshold: Double = 0.5) {
    let n = Double(labels.count)
    guard n > 0 else { return }
    var squares = ExactSum()
    var logs = ExactSum()
    var bins = [(count: Double, real: Double, sum: ExactSum)](repeating: (0, 0, ExactSum()), count: 10)
    for (p, label) in zip(probabilities, labels) {
      switch (label, p >= threshold) {
      case (0, false): trueNegatives += 1
      case (0, true): falsePositives += 1
      case (_, false): falseNegatives += 1
      case (_, true): truePositives += 1
      }
      let y = Double(label)
      squares.add((p - y) * (p - y))
      logs.add(-logarithm(max(label == 1 ? p : 1 - p, 1e-15)))
      let bin = min(9, max(0, Int(p * 10)))
      bins[bin].count += 1
      bins[bin].real += y
      bins[bin].sum.add(p)
    }
    brier = squares.value / n
    logLoss = logs.value / n
    calibrationError = bins.reduce(0) { $0 + abs($1.sum.value - $1.real) } / n
    rank(probabilities, labels)
  }

  private mutating func rank(_ probabilities: [Double], _ labels: [UInt8]) {
    let order = probabilities.indices.sorted {
      (probabilities[$0], $0) > (probabilities[$1], $1)
    }
    let real = labels.reduce(0) { $0 + Double($1) }
    let fake = Double(labels.count) - real
    var (above, correct, area, precision) = (0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index < order.count {
      // Events of equal probability count together.
      var (realHere, here) = (0.0, 0.0)
      let p = probabilities[order[index]]
      while index < order.count, probabilities[order[index]] == p {
        realHere += Double(labels[order[index]])
        here += 1
        index += 1
      }
      area += (here - realHere) * (correct + realHere / 2)
      correct += realHere
      above += here
      precision += realHere * (correct / above)
    }
    if real > 0 && fake > 0 { rocAUC = area / (real * fake) }
    if real > 0 { averagePrecision = precision / real }
  }

  /// The number of events.
  public var count: Int { trueNegatives + falsePositives + falseNegatives + truePositives }
  /// The share of events taken for what they are.
  public var accuracy: Double { Double(trueNegatives + truePositives) / Double(count) }
  /// The share of real events among those taken for real; 0 when none was.
  public var precision: Double {
    truePositives == 0 ? 0 : Double(truePositives) / Double(truePositives + falsePositives)
  }
  /// The share of real events that were taken for real; NaN when there are none.
  public var recall: Double { Double(truePositives) / Double(truePositives + falseNegatives) }
  /// The harmonic mean of precision and recall.
  public var f1: Double {
    truePositives == 0 ? 0 : 2 * Double(truePositives) / Double(2 * truePositives + falsePositives + falseNegatives)
  }

  /// The measures in the order of ``names``.
  public var values: [Double] {
    [
      accuracy, precision, recall, f1, rocAUC, averagePrecision, brier, calibrationError, logLoss,
    ]
  }
}

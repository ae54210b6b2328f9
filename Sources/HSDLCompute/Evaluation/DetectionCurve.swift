/// What every threshold on the probability does: the points of the receiver operating characteristic and of the curve of precision against
/// recall (Fawcett, 2006; Davis and Goadrich, 2006).
public struct DetectionCurve: Sendable, Equatable {
  /// What a threshold does.
  public struct Point: Sendable, Equatable {
    /// Events from this probability on are taken for real; above 1 for none at all.
    public var threshold: Double
    /// The share of fake events that are taken for real.
    public var falsePositiveRate: Double
    /// The share of real events that are taken for real: the recall.
    public var truePositiveRate: Double
    /// The share of real events among those taken for real; 1 where none is.
    public var precision: Double
  }

  /// A point for each probability that occurs, from the highest down, behind one at which nothing is taken for real; empty unless there are
  /// events of both classes.
  public let points: [Point]

  /// Goes through all thresholds.
  ///
  /// - Parameters:
  ///   - probabilities: that each event is real; those that are NaN are left out.
  ///   - labels: 1 real, 0 fake.
  public init(probabilities: [Double], labels: [UInt8]) {
    let known = zip(probabilities, labels).filter { !$0.0.isNaN }
    let real = known.reduce(0) { $0 + Int($1.1) }
    let fake = known.count - real
    guard real > 0, fake > 0 else {
      points = []
      return
    }
    let sorted = known.sorted { $0.0 > $1.0 }
    var points = [Point(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0, precision: 1)]
    var (truePositives, falsePositives, place) = (0, 0, 0)
    while place < sorted.count {
      // Events of equal probability pass together.
      let threshold = sorted[place].0
      while place < sorted.count, sorted[place].0 == threshold {
        if sorted[place].1 == 1 { truePositives += 1 } else { falsePositives += 1 }
        place += 1
      }
      points.append(
        Point(
          threshold: threshold, falsePositiveRate: Double(falsePositives) / Double(fake),
          truePositiveRate: Double(truePositives) / Double(real),
          precision: Double(truePositives) / Double(truePositives + falsePositives)))
    }
    self.points = points
  }

  /// The area under the receiver operating characteristic; NaN where there is none.
  public var area: Double {
    guard !points.isEmpty else { return .nan }
    return zip(points, points.dropFirst()).reduce(0) { sum, pair in
      sum + (pair.1.falsePositiveRate - pair.0.falsePositiveRate)
        * (pair.1.truePositiveRate + pair.0.truePositiveRate) / 2
    }
  }
}

/// How good a model is against the share of the training data that it was given, and whether a part of the data is enough.
public struct LearningCurve: Sendable, Equatable {
  /// A measure of a model.
  public struct Measure: Sendable, Equatable {
    /// Its name, as files have it.
    public var name: String
    /// Whether larger is better.
    public var isGain: Bool

    /// Names a measure.
    public init(_ name: String, isGain: Bool) {
      self.name = name
      self.isGain = isGain
    }
  }

  /// One training, or the folds of one repeat.
  public struct Point: Sendable, Equatable {
    /// The share of the training data, 0 to 1.
    public var share: Double
    /// The repeat.
    public var turn: Int
    /// How many samples the model was trained on.
    public var trained: Double
    /// The measures, in the order of ``LearningCurve/measures``; NaN where there is none.
    public var scores: [Double]
    /// The model's size in bytes.
    public var bytes: Double

    /// Puts a point together.
    public init(share: Double, turn: Int, trained: Double, scores: [Double], bytes: Double) {
      self.share = share
      self.turn = turn
      self.trained = trained
      self.scores = scores
      self.bytes = bytes
    }
  }

  /// What is known of a share.
  public struct Summary: Sendable, Equatable {
    /// The share.
    public var share: Double
    /// How many samples were trained on, as a mean.
    public var trained: Double
    /// The model's size in bytes, as a mean.
    public var bytes: Double
    /// By measure: the mean over the repeats, the least and the greatest.
    public var scores: [(mean: Double, least: Double, greatest: Double)]

    public static func == (left: Summary, right: Summary) -> Bool {
      left.share == right.share && left.trained == right.trained && left.bytes == right.bytes
        && left.scores.count == right.scores.count && zip(left.scores, right.scores).allSatisfy { $0 == $1 }
    }
  }

  /// The measures.
  public let measures: [Measure]
  /// The points, by share and repeat.
  public let points: [Point]
  /// By measure, the interval in which the score with all data lies with 95 % confidence; nil for measures that decide nothing.
  public let intervals: [ClosedRange<Double>?]

  /// Puts a curve together.
  public init(measures: [Measure], points: [Point], intervals: [ClosedRange<Double>?]) {
    self.measures = measures
    self.points = points.sorted { ($0.share, $0.turn) < ($1.share, $1.turn) }
    self.intervals = intervals
  }

  /// What is known of each share, rising.
  public var summaries: [Summary] {
    var shares: [Double] = []
    for point in points where shares.last != point.share { shares.append(point.share) }
    return shares.map { share in
      let own = points.filter { $0.share == share }
      func mean(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : ExactSum(values).value / Double(values.count)
      }
      return Summary(
        share: share, trained: mean(own.map(\.trained)), bytes: mean(own.map(\.bytes)),
        scores: measures.indices.map { place in
          let values = own.compactMap { $0.scores.indices.contains(place) ? $0.scores[place] : nil }.filter {
            !$0.isNaN
          }
          return (mean(values), values.min() ?? .nan, values.max() ?? .nan)
        })
    }
  }

  /// The smallest share from which on the mean of no measure is worse than the interval of all data allows; the largest share where that
  /// holds of none before it, and nil without points or intervals.
  public var enough: Double? {
    let summaries = summaries
    guard let last = summaries.last, intervals.contains(where: { $0 != nil }) else { return nil }
    var smallest = last.share
    for summary in summaries.dropLast().reversed() {
      let isGood = measures.indices.allSatisfy { place in
        guard intervals.indices.contains(place), let interval = intervals[place] else { return true }
        let mean = summary.scores[place].mean
        return measures[place].isGain ? mean >= interval.lowerBound : mean <= interval.upperBound
      }
      guard isGood else { break }
      smallest = summary.share
    }
    return smallest
  }
}

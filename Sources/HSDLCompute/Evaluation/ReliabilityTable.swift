/// How often events of a probability were real: the reliability diagram as a table (Murphy and Winkler, 1977).
public struct ReliabilityTable: Sendable, Equatable, Codable {
  /// One bin of probabilities.
  public struct Bin: Sendable, Equatable, Codable {
    /// Where the bin begins.
    public var lower: Double
    /// Where it ends.
    public var upper: Double
    /// Events in it.
    public var count: Int
    /// Real events among them.
    public var real: Int
    /// The mean probability of its events; nil where there are none.
    public var meanProbability: Double?
    /// The share of real events; nil where there are none.
    public var observed: Double?
    /// The interval in which that share lies with 95 % confidence (Wilson, 1927).
    public var wilsonLower: Double
    /// Its upper bound.
    public var wilsonUpper: Double
  }

  /// The bins, in the order of probabilities.
  public var bins: [Bin]
  /// Expected calibration error over these bins: the mean distance between mean probability and share of real events,
  /// weighted by events (Naeini, Cooper and Hauskrecht, 2015); 0 without events.
  public var calibrationError: Double

  /// How probabilities are put into bins.
  public enum Binning: Sendable, Equatable {
    /// So many bins of equal width.
    case width(Int)
    /// So many bins of about equal numbers of events; equal probabilities stay together.
    case population(Int)
  }

  /// Works out a table.
  ///
  /// - Parameters:
  ///   - probabilities: that each event is real; those that are NaN are left out.
  ///   - labels: 1 real, 0 fake.
  public init(probabilities: [Double], labels: [UInt8], binning: Binning = .width(10)) {
    let known = zip(probabilities, labels).filter { !$0.0.isNaN }
    let order = known.indices.sorted { known[$0].0 != known[$1].0 ? known[$0].0 < known[$1].0 : $0 < $1 }
    let sorted = order.map { known[$0].0 }
    let borders = Self.borders(sorted, binning)
    bins = []
    var error = 0.0
    for range in borders {
      var sum = ExactSum()
      var real = 0
      for place in range.places {
        sum.add(sorted[place])
        real += Int(known[order[place]].1)
      }
      let count = range.places.count
      let bounds = wilsonInterval(successes: Double(real), trials: Double(count))
      bins.append(
        Bin(
          lower: range.lower, upper: range.upper, count: count, real: real,
          meanProbability: count > 0 ? sum.value / Double(count) : nil,
          observed: count > 0 ? Double(real) / Double(count) : nil, wilsonLower: bounds.lower,
          wilsonUpper: bounds.upper))
      error += abs(sum.value - Double(real))
    }
    calibrationError = known.isEmpty ? 0 : error / Double(known.count)
  }

  private static func borders(
    _ sorted: [Double], _ binning: Binning
  ) -> [(lower: Double, upper: Double, places: Range<Int>)] {
    var result: [(lower: Double, upper: Double, places: Range<Int>)] = []
    var start = 0
    switch binning {
    case .width(let count):
      let count = max(count, 1)
      for number in 0..<count {
        var end = start
        // The bin of a probability is fixed by the same product as in BinaryMetrics, so both agree at borders.
        while end < sorted.count, number == count - 1 || sorted[end] * Double(count) < Double(number + 1) { end += 1 }
        result.append((Double(number) / Double(count), Double(number + 1) / Double(count), start..<end))
        start = end
      }
    case .population(let count):
      let count = max(count, 1)
      for number in 0..<count where start < sorted.count {
        var end = max(start + 1, (number + 1) * sorted.count / count)
        while end < sorted.count, sorted[end] == sorted[end - 1] { end += 1 }
        result.append((sorted[start], sorted[end - 1], start..<end))
        start = end
      }
    }
    return result
  }
}

/// The Brier score in parts (Murphy, 1973; for bins of different probabilities Stephenson, Coelho and Jolliffe, 2008).
///
/// `brier = reliability − resolution + uncertainty + within`, to rounding.
public struct BrierDecomposition: Sendable, Equatable, Codable {
  /// Mean squared distance of the probability from 0 or 1.
  public var brier: Double
  /// Mean squared distance between a bin's mean probability and its share of real events: smaller is better.
  public var reliability: Double
  /// Mean squared distance between a bin's share of real events and that of all: larger is better.
  public var resolution: Double
  /// The variance of the labels.
  public var uncertainty: Double
  /// What the bins cannot tell: the spread of probabilities within them, less twice their covariance with the labels there.
  public var within: Double

  /// Works the parts out over the bins of a table; all are 0 without events.
  ///
  /// - Parameters:
  ///   - probabilities: that each event is real; those that are NaN are left out.
  ///   - labels: 1 real, 0 fake.
  public init(probabilities: [Double], labels: [UInt8], binning: ReliabilityTable.Binning = .width(10)) {
    let table = ReliabilityTable(probabilities: probabilities, labels: labels, binning: binning)
    let total = Double(table.bins.reduce(0) { $0 + $1.count })
    (brier, reliability, resolution, uncertainty, within) = (0, 0, 0, 0, 0)
    guard total > 0 else { return }
    let mean = Double(table.bins.reduce(0) { $0 + $1.real }) / total
    for bin in table.bins {
      guard let probability = bin.meanProbability, let observed = bin.observed else { continue }
      let share = Double(bin.count) / total
      reliability += share * (probability - observed) * (probability - observed)
      resolution += share * (observed - mean) * (observed - mean)
    }
    uncertainty = mean * (1 - mean)
    brier =
      ExactSum(
        zip(probabilities, labels).lazy.filter { !$0.0.isNaN }.map { ($0.0 - Double($0.1)) * ($0.0 - Double($0.1)) }
      ).value / total
    within = brier - (reliability - resolution + uncertainty)
  }
}

import SeismicFormats

/// How well picks agree with labels.
public struct PickScore: Sendable, Hashable, Codable {
  /// What came of one waveform and one phase.
  public struct Waveform: Sendable, Hashable, Codable {
    /// The waveform's name; its hash decides how often it is drawn for intervals.
    public var name: String
    /// Labels of the phase.
    public var labels: Int
    /// Picks of the phase.
    public var picks: Int
    /// Pick minus label of those that belong together, in s, in the order of the labels.
    public var residuals: [Double]
    /// Whether the waveform has no label of any phase.
    public var isNoise: Bool

    /// Compares the picks of a waveform with its labels.
    ///
    /// - Parameters:
    ///   - picks: times of picks of one phase.
    ///   - labels: times of labels of the phase.
    ///   - tolerance: how far a pick may be off.
    public init(name: String, picks: [Double], labels: [Double], isNoise: Bool, tolerance: Double) {
      self.name = name
      self.labels = labels.count
      self.picks = picks.count
      self.isNoise = isNoise
      residuals = PickScore.matches(picks, labels, tolerance: tolerance).sorted { $0.label < $1.label }.map {
        picks[$0.pick] - labels[$0.label]
      }
    }
  }

  /// A number, and the interval in which it lies with 95 % confidence.
  public struct Estimate: Sendable, Hashable, Codable {
    /// The number.
    public var value: Double
    /// The interval's begin.
    public var lower: Double
    /// The interval's end.
    public var upper: Double
  }

  /// Labels in all.
  public var labels = 0
  /// Picks in all.
  public var picks = 0
  /// Picks that belong to a label.
  public var hits = 0
  /// The part of the picks that belong to a label; 0 where there is none.
  ///
  /// The interval is Wilson's (1927).
  public var precision: Estimate
  /// The part of the labels that were picked; 0 where there is none.
  ///
  /// The interval is Wilson's (1927).
  public var recall: Estimate
  /// The harmonic mean of both.
  ///
  /// The interval is that of a bootstrap over the waveforms.
  public var f1: Estimate
  /// The mean of pick minus label, in s; 0 without hits.
  ///
  /// The interval is that of a bootstrap over the waveforms.
  public var meanResidual: Estimate
  /// The standard deviation of pick minus label, in s (divided by n).
  ///
  /// The interval is that of a bootstrap.
  public var residualDeviation: Estimate
  /// The mean magnitude of pick minus label, in s.
  ///
  /// The interval is that of a bootstrap.
  public var meanAbsoluteResidual: Estimate
  /// Waveforms without any label.
  public var noiseWaveforms = 0
  /// How many of those have picks of the phase.
  ///
  /// The interval of the part is Wilson's (1927).
  public var noiseWaveformsWithPicks = 0
  /// The part of waveforms without label that have picks.
  public var falseRate: Estimate

  /// Replicates of the bootstrap.
  static let replicates = 400

  /// Pairs of picks and labels that belong together: the nearest first, each once.
  ///
  /// - Parameter tolerance: how far a pick may be off; just so far counts.
  /// - Returns: places in the lists.
  public static func matches(
    _ picks: [Double], _ labels: [Double], tolerance: Double
  ) -> [(pick: Int, label: Int)] {
    var pairs: [(distance: Double, label: Int, pick: Int)] = []
    for (label, time) in labels.enumerated() {
      for (pick, other) in picks.enumerated() where abs(other - time) <= tolerance {
        pairs.append((abs(other - time), label, pick))
      }
    }
    pairs.sort { ($0.distance, $0.label, $0.pick) < ($1.distance, $1.label, $1.pick) }
    var (usedLabels, usedPicks) = (Set<Int>(), Set<Int>())
    var matches: [(pick: Int, label: Int)] = []
    for pair in pairs where !usedLabels.contains(pair.label) && !usedPicks.contains(pair.pick) {
      usedLabels.insert(pair.label)
      usedPicks.insert(pair.pick)
      matches.append((pair.pick, pair.label))
    }
    return matches
  }

  /// Sums of some waveforms, each with a weight.
  private struct Sums {
    var (labels, picks, hits) = (0.0, 0.0, 0.0)
    var (sum, squares, magnitudes) = (0.0, 0.0, 0.0)

    mutating func add(_ waveform: Waveform, weight: Double) {
      labels += weight * Double(waveform.labels)
      picks += weight * Double(waveform.picks)
      hits += weight * Double(waveform.residuals.count)
      for residual in waveform.residuals {
        sum += weight * residual
        squares += weight * residual * residual
        magnitudes += weight * abs(residual)
      }
    }

    /// F1, mean, deviation and mean magnitude of the residuals.
    var values: [Double] {
      let mean = hits > 0 ? sum / hits : 0
      return [
        labels + picks > 0 ? 2 * hits / (labels + picks) : 0, mean,
        hits > 0 ? max(squares / hits - mean * mean, 0).squareRoot() : 0, hits > 0 ? magnitudes / hits : 0,
      ]
    }
  }

  /// Scores waveforms of one phase.
  ///
  /// - Parameter waveforms: in a fixed order, in which sums are made.
  public init(_ waveforms: [Waveform]) {
    var sums = Sums()
    for waveform in waveforms { sums.add(waveform, weight: 1) }
    labels = Int(sums.labels)
    picks = Int(sums.picks)
    hits = Int(sums.hits)
    func proportion(_ part: Double, _ all: Double) -> Estimate {
      let interval = wilsonInterval(successes: part, trials: all)
      return Estimate(value: all > 0 ? part / all : 0, lower: interval.lower, upper: interval.upper)
    }
    precision = proportion(sums.hits, sums.picks)
    recall = proportion(sums.hits, sums.labels)
    noiseWaveforms = waveforms.count { $0.isNoise }
    noiseWaveformsWithPicks = waveforms.count { $0.isNoise && $0.picks > 0 }
    falseRate = proportion(Double(noiseWaveformsWithPicks), Double(noiseWaveforms))

    let hashes = waveforms.map { stableHash($0.name) }
    var draws = [[Double]](repeating: [], count: 4)
    for replicate in 0..<Self.replicates {
      var sums = Sums()
      let salt = mixed(UInt64(replicate) &+ 0x9e37_79b9_7f4a_7c15)
      for (waveform, hash) in zip(waveforms, hashes) {
        let count = bootstrapCount(mixed(hash ^ salt))
        if count > 0 { sums.add(waveform, weight: Double(count)) }
      }
      for (place, value) in sums.values.enumerated() { draws[place].append(value) }
    }
    let estimates = zip(sums.values, draws).map { value, draws in
      let sorted = draws.sorted()
      return Estimate(
        value: value, lower: sorted[Int(0.025 * Double(sorted.count))],
        upper: sorted[Int(0.975 * Double(sorted.count))])
    }
    (f1, meanResidual, residualDeviation, meanAbsoluteResidual) = (
      estimates[0], estimates[1], estimates[2], estimates[3]
    )
  }
}

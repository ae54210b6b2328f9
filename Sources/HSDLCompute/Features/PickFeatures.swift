public import SeismicFormats

/// Features of the picks of one event.
///
/// The first eleven are those of HSDL (`chenyk1990/hsdl`, 2025); rows count as they are, so a station with two rows counts
/// twice in `p_n`. Statistics of nothing are NaN, and so is the standard deviation of one value.
public final class PickFeatures {
  /// What the features are, in the order in which they are computed.
  public static let definitions: [FeatureDefinition] = [
    FeatureDefinition(
      "p_n", "Number of P picks: rows of the event", imputation: .zero, phrase: "% P picks", decimals: 0),
    FeatureDefinition(
      "s_n", "Number of rows with an S pick", imputation: .zero, phrase: "% S picks", decimals: 0),
    FeatureDefinition(
      "sp_ratio", "Share of rows with an S pick", imputation: .zero, phrase: "S picks at % of the P picks"),
    FeatureDefinition(
      "p_prob_av", "Mean P probability", imputation: .zero, phrase: "mean P probability %", decimals: 3),
    FeatureDefinition(
      "s_prob_av", "Mean S probability over rows with an S pick", imputation: .zero,
      phrase: "mean S probability %", decimals: 3),
    FeatureDefinition(
      "p_prob_st", "Sample standard deviation of the P probabilities", imputation: .zero,
      phrase: "spread of P probabilities %", decimals: 3),
    FeatureDefinition(
      "s_prob_st", "Sample standard deviation of the S probabilities", imputation: .zero,
      phrase: "spread of S probabilities %", decimals: 3),
    FeatureDefinition(
      "p_prob_max", "Largest P probability", imputation: .zero, phrase: "best P probability %", decimals: 3),
    FeatureDefinition(
      "s_prob_max", "Largest S probability", imputation: .zero, phrase: "best S probability %", decimals: 3),
    FeatureDefinition(
      "p_prob_min", "Smallest P probability", imputation: .zero, phrase: "weakest P probability %", decimals: 3),
    FeatureDefinition(
      "s_prob_min", "Smallest S probability", imputation: .zero, phrase: "weakest S probability %", decimals: 3),
    FeatureDefinition(
      "stations_n", "Number of distinct stations", imputation: .zero, phrase: "% stations", decimals: 0),
    FeatureDefinition(
      "sp_time_median", unit: "s", "Median of S minus P time", phrase: "median S-P time % s", decimals: 1),
    FeatureDefinition(
      "sp_time_mad", unit: "s", "Median absolute deviation of S minus P time", phrase: "scatter of S-P time % s",
      decimals: 1),
    FeatureDefinition(
      "s_before_p_n", "Number of rows whose S pick is before their P pick", imputation: .zero,
      phrase: "% S picks before their P", decimals: 0),
    FeatureDefinition(
      "wadati_vpvs",
      "Vp/Vs from the Wadati diagram: 1 + slope of S minus P against P time, the median of the slopes of all pairs "
        + "(Theil, 1950; Sen, 1968); needs three rows with S", phrase: "Vp/Vs of the Wadati line %"),
    FeatureDefinition(
      "wadati_rms", unit: "s", "Root mean square distance of S minus P from the Wadati line",
      phrase: "misfit of the Wadati line % s", decimals: 1),
    FeatureDefinition(
      "pick_span", unit: "s", "Latest minus earliest P time", phrase: "P picks spread over % s", decimals: 1),
  ]

  /// How many features there are.
  public static var count: Int { definitions.count }

  /// The Wadati line is fitted to at most this many rows, evenly chosen in the order of P time.
  static let wadatiRowLimit = 400

  private var pTimes: [Double] = []
  private var differences: [Double] = []
  private var onsets: [Double] = []
  private var scratch: [Double] = []
  private var stations: [UInt64] = []

  /// Creates an extractor with its own scratch memory; use it for many events.
  public init() {}

  /// Computes the features of a group of picks.
  ///
  /// - Parameters:
  ///   - rows: the event's rows; may be empty.
  ///   - values: room for ``count`` numbers.
  public func compute(_ rows: UnsafeBufferPointer<PickGroup.Row>, into values: UnsafeMutableBufferPointer<Double>) {
    let n = rows.count
    var sCount = 0
    var p = ProbabilityStatistics()
    var s = ProbabilityStatistics()
    var sBeforeP = 0
    pTimes.removeAll(keepingCapacity: true)
    differences.removeAll(keepingCapacity: true)
    onsets.removeAll(keepingCapacity: true)
    stations.removeAll(keepingCapacity: true)
    if let first = rows.first {
      for row in rows {
        p.add(row.pProbability)
        stations.append(row.station)
        let onset = row.pTime.timeInterval(since: first.pTime)
        pTimes.append(onset)
        if row.hasS {
          sCount += 1
          s.add(row.sProbability)
          let difference = row.sTime.timeInterval(since: row.pTime)
          if difference < 0 { sBeforeP += 1 }
          differences.append(difference)
          onsets.append(onset)
        }
      }
      p.finishMean()
      s.finishMean()
      for row in rows {
        p.addSquare(row.pProbability)
        if row.hasS { s.addSquare(row.sProbability) }
      }
    }
    values[0] = Double(n)
    values[1] = Double(sCount)
    values[2] = n > 0 ? Double(sCount) / Double(n) : .nan
    values[3] = p.mean
    values[4] = s.mean
    values[5] = p.standardDeviation
    values[6] = s.standardDeviation
    values[7] = p.largest
    values[8] = s.largest
    values[9] = p.smallest
    values[10] = s.smallest
    values[11] = Double(distinctStations())
    (values[12], values[13]) = medianAndDeviation()
    values[14] = Double(sBeforeP)
    (values[15], values[16]) = wadati()
    values[17] = span()
  }

  private func span() -> Double {
    guard var low = pTimes.first else { return .nan }
    var high = low
    for time in pTimes {
      low = min(low, time)
      high = max(high, time)
    }
    return high - low
  }

  private func distinctStations() -> Int {
    // Few rows: comparing all is faster than sorting or hashing.
    if stations.count <= 24 {
      var count = 0
      stations.withUnsafeBufferPointer { stations in
        outer: for i in stations.indices {
          for j in 0..<i where stations[j] == stations[i] { continue outer }
          count += 1
        }
      }
      return count
    }
    stations.sort()
    var count = 1
    for index in 1..<stations.count where stations[index] != stations[index - 1] { count += 1 }
    return count
  }

  private func medianAndDeviation() -> (Double, Double) {
    guard !differences.isEmpty else { return (.nan, .nan) }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: differences)
    let center = scratch.withUnsafeMutableBufferPointer { median($0) }
    for index in scratch.indices { scratch[index] = abs(scratch[index] - center) }
    return (center, scratch.withUnsafeMutableBufferPointer { median($0) })
  }

  private func wadati() -> (ratio: Double, rms: Double) {
    if onsets.count > Self.wadatiRowLimit { thin() }
    let n = onsets.count
    guard n >= 3 else { return (.nan, .nan) }
    scratch.removeAll(keepingCapacity: true)
    onsets.withUnsafeBufferPointer { x in
      differences.withUnsafeBufferPointer { y in
        for i in 1..<n {
          for j in 0..<i where x[i] != x[j] { scratch.append((y[i] - y[j]) / (x[i] - x[j])) }
        }
      }
    }
    guard !scratch.isEmpty else { return (.nan, .nan) }
    let slope = scratch.withUnsafeMutableBufferPointer { median($0) }
    scratch.removeAll(keepingCapacity: true)
    for index in 0..<n { scratch.append(differences[index] - slope * onsets[index]) }
    let intercept = scratch.withUnsafeMutableBufferPointer { median($0) }
    var squares = 0.0
    for index in 0..<n {
      let residual = differences[index] - slope * onsets[index] - intercept
      squares += residual * residual
    }
    return (1 + slope, (squares / Double(n)).squareRoot())
  }

  private func thin() {
    let order = onsets.indices.sorted { (onsets[$0], $0) < (onsets[$1], $1) }
    let chosen = (0..<Self.wadatiRowLimit).map { order[$0 * (order.count - 1) / (Self.wadatiRowLimit - 1)] }
    onsets = chosen.map { onsets[$0] }
    differences = chosen.map { differences[$0] }
  }
}

/// Mean, spread and extremes in two passes.
private struct ProbabilityStatistics {
  var count = 0.0
  var sum = 0.0
  var squares = 0.0
  var largest = -Double.infinity
  var smallest = Double.infinity
  var mean = Double.nan

  @inline(__always)
  mutating func add(_ value: Double) {
    count += 1
    sum += value
    largest = max(largest, value)
    smallest = min(smallest, value)
  }

  mutating func finishMean() {
    if count > 0 {
      mean = sum / count
    } else {
      largest = .nan
      smallest = .nan
    }
  }

  @inline(__always)
  mutating func addSquare(_ value: Double) { squares += (value - mean) * (value - mean) }

  var standardDeviation: Double { count > 1 ? (squares / (count - 1)).squareRoot() : .nan }
}

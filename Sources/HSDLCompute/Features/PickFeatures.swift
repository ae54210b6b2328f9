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

  private var onsetsOfP = Scratch<Double>()
  private var differences = Scratch<Double>()
  private var onsetsOfS = Scratch<Double>()
  private var scratch = Scratch<Double>()
  private var stations = Scratch<UInt64>()

  private let usesTimes: Bool

  /// Creates an extractor with its own scratch memory; use it for many events.
  ///
  /// - Parameter features: the features that are wanted; others may come out as NaN.
  public init(_ features: FeatureSet = .picks) {
    usesTimes = features.definitions.contains { !FeatureSet.hsdl11.definitions.contains($0) }
  }

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
    onsetsOfP.prepare(n)
    differences.prepare(n)
    onsetsOfS.prepare(n)
    stations.prepare(n)
    if let first = rows.first {
      for row in rows {
        p.add(row.pProbability)
        guard usesTimes else {
          if row.hasS {
            sCount += 1
            s.add(row.sProbability)
          }
          continue
        }
        stations.append(row.station)
        let onset = row.pTime.timeInterval(since: first.pTime)
        onsetsOfP.append(onset)
        if row.hasS {
          sCount += 1
          s.add(row.sProbability)
          let difference = row.sTime.timeInterval(since: row.pTime)
          if difference < 0 { sBeforeP += 1 }
          differences.append(difference)
          onsetsOfS.append(onset)
        }
      }
    }
    p.finishMean()
    s.finishMean()
    for row in rows {
      p.addSquare(row.pProbability)
      if row.hasS { s.addSquare(row.sProbability) }
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
    guard usesTimes else {
      for place in 11..<Self.count { values[place] = .nan }
      return
    }
    values[11] = Double(distinctStations())
    (values[12], values[13]) = medianAndDeviation()
    values[14] = Double(sBeforeP)
    (values[15], values[16]) = wadati()
    values[17] = span()
  }

  private func span() -> Double {
    let times = onsetsOfP.elements
    guard var low = times.first else { return .nan }
    var high = low
    for time in times {
      low = min(low, time)
      high = max(high, time)
    }
    return high - low
  }

  private func distinctStations() -> Int {
    var stations = stations.elements
    guard !stations.isEmpty else { return 0 }
    // Few rows: comparing all is faster than sorting or hashing.
    if stations.count <= 24 {
      var count = 0
      for i in stations.indices {
        var isNew = 1
        for j in 0..<i where stations[j] == stations[i] { isNew = 0 }
        count += isNew
      }
      return count
    }
    stations.sort()
    var count = 1
    for index in 1..<stations.count where stations[index] != stations[index - 1] { count += 1 }
    return count
  }

  private func medianAndDeviation() -> (Double, Double) {
    guard !differences.elements.isEmpty else { return (.nan, .nan) }
    scratch.prepare(differences.elements.count)
    for difference in differences.elements { scratch.append(difference) }
    let center = median(scratch.elements)
    // The search for the median has left only some of the differences in the scratch memory.
    scratch.prepare(differences.elements.count)
    for difference in differences.elements { scratch.append(abs(difference - center)) }
    return (center, median(scratch.elements))
  }

  private func wadati() -> (ratio: Double, rms: Double) {
    if onsetsOfS.elements.count > Self.wadatiRowLimit { thin() }
    let x = onsetsOfS.elements
    let y = differences.elements
    let n = x.count
    guard n >= 3 else { return (.nan, .nan) }
    scratch.prepare(n * (n - 1) / 2)
    for i in 1..<n {
      for j in 0..<i where x[i] != x[j] { scratch.append((y[i] - y[j]) / (x[i] - x[j])) }
    }
    guard !scratch.elements.isEmpty else { return (.nan, .nan) }
    let slope = median(scratch.elements)
    scratch.prepare(n)
    for index in 0..<n { scratch.append(y[index] - slope * x[index]) }
    let intercept = median(scratch.elements)
    var squares = 0.0
    for index in 0..<n {
      let residual = y[index] - slope * x[index] - intercept
      squares += residual * residual
    }
    return (1 + slope, (squares / Double(n)).squareRoot())
  }

  private func thin() {
    let x = Array(onsetsOfS.elements)
    let y = Array(differences.elements)
    let order = x.indices.sorted { (x[$0], $0) < (x[$1], $1) }
    let chosen = (0..<Self.wadatiRowLimit).map { order[$0 * (order.count - 1) / (Self.wadatiRowLimit - 1)] }
    onsetsOfS.prepare(chosen.count)
    differences.prepare(chosen.count)
    for place in chosen {
      onsetsOfS.append(x[place])
      differences.append(y[place])
    }
  }
}

/// Memory that is filled and emptied for every event.
private struct Scratch<Element: BitwiseCopyable>: ~Copyable {
  private var memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: 64)
  private var count = 0

  deinit { memory.deallocate() }

  var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(rebasing: memory[..<count]) }

  /// Empties the memory and makes room.
  mutating func prepare(_ capacity: Int) {
    count = 0
    guard capacity > memory.count else { return }
    memory.deallocate()
    memory = .allocate(capacity: max(capacity, 2 * memory.count))
  }

  /// Adds an element; there must be room.
  @inline(__always)
  mutating func append(_ element: Element) {
    memory[count] = element
    count += 1
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
    // A pick without a probability counts as a pick and says nothing here.
    guard !value.isNaN else { return }
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
  mutating func addSquare(_ value: Double) {
    guard !value.isNaN else { return }
    squares += (value - mean) * (value - mean)
  }

  var standardDeviation: Double { count > 1 ? (squares / (count - 1)).squareRoot() : .nan }
}

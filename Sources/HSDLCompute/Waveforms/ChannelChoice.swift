public import SeismicFormats

/// One sensor of a station: streams that differ in the component alone.
public struct Sensor: Hashable, Sendable {
  /// The station.
  public var station: StationID
  /// The location code.
  public var location: String
  /// Band and instrument code, as written: `HH`.
  public var code: String
  /// The nominal rate that most of its samples have.
  public var samplingRate: Double
  /// Its streams by component, as ``ChannelChoice/component(_:among:)`` names them.
  public var streams: [StreamID]
}

/// Which of a station's sensors is used, and what its components are.
public enum ChannelChoice {
  /// A stream and what there is of it.
  public struct Candidate: Hashable, Sendable {
    /// The stream.
    public var stream: StreamID
    /// Samples per second.
    public var samplingRate: Double
    /// How many samples there are in the span that is looked at.
    public var count: Int

    /// Creates a candidate.
    public init(stream: StreamID, samplingRate: Double, count: Int) {
      self.stream = stream
      self.samplingRate = samplingRate
      self.count = count
    }
  }

  /// A component of a sensor.
  public enum Component: Int, Hashable, Sendable, CaseIterable {
    /// Up.
    case vertical
    /// North, or the first horizontal.
    case north
    /// East, or the second horizontal.
    case east
  }

  /// The rate that is looked for first, in Hz.
  public static let preferredRate = 100.0
  /// Band and instrument codes, the preferred ones first (QuakeScope, 2025).
  public static let order = ["HH", "EH", "EP", "EL", "HN", "SH", "SL", "BH", "DP", "CN"]

  /// The letter of a component, as a capital; nil for what is no component of ground motion (H, a hydrophone; D, pressure).
  static func letter(_ channel: String) -> Character? {
    guard let last = channel.uppercased().last, "ZUNE123".contains(last) else { return nil }
    return last == "U" ? "Z" : last
  }

  /// What a channel is, among the channels of its sensor, by its letter alone.
  ///
  /// Z or U is vertical, N north, E east, in either case. With a vertical, 1 and 2 are the first and second horizontal (2
  /// and 3 where there is no 1). Of 1, 2 and 3 alone, 1 is vertical, as PhaseNet has it (Zhu and Beroza, 2019); the
  /// inventory's orientation, where there is one, corrects it. 1 and 2 alone are horizontals.
  public static func component(_ channel: String, among channels: [String]) -> Component? {
    let letters = Set(channels.compactMap(letter))
    switch letter(channel) {
    case "Z": return .vertical
    case "N": return .north
    case "E": return .east
    case "1":
      if letters.contains("Z") || !letters.contains("3") { return letters.contains("N") ? nil : .north }
      return .vertical
    case "2":
      // Beside 3, and unless 1 is the first horizontal.
      if letters.contains("3"), !letters.contains("Z") || !letters.contains("1") {
        return letters.contains("N") ? nil : .north
      }
      return letters.contains("E") ? nil : .east
    case "3":
      if letters.contains("Z"), letters.contains("1"), letters.contains("2") { return nil }
      return letters.contains("E") ? nil : .east
    default: return nil
    }
  }

  /// Chooses the sensor of a station.
  ///
  /// First comes the sensor whose nominal rate is nearest to 100 Hz, then the one that stands first in ``order`` (others
  /// behind, by code), then the location with the most samples, then the location code.
  ///
  /// - Parameter candidates: streams of one station, in any order; those without samples or rate do not count.
  /// - Returns: nil when there is none.
  public static func choose(_ candidates: [Candidate]) -> Sensor? {
    struct Key: Hashable {
      var station: StationID
      var location: String
      var code: String
    }
    struct Sum {
      var streams: Set<StreamID> = []
      var rates: [Double: Int] = [:]
      var count = 0
    }
    var sums: [Key: Sum] = [:]
    for candidate in candidates {
      let stream = candidate.stream
      guard candidate.count > 0, candidate.samplingRate > 0, candidate.samplingRate.isFinite,
        letter(stream.channel) != nil
      else { continue }
      let key = Key(station: stream.stationID, location: stream.location, code: String(stream.channel.dropLast()))
      sums[key, default: Sum()].streams.insert(stream)
      sums[key]?.rates[NominalRate.nominal(candidate.samplingRate), default: 0] += candidate.count
      sums[key]?.count += candidate.count
    }
    var best: Sensor?
    var bestRank: (Double, Int, String, Int, String, StationID)?
    for (key, sum) in sums {
      // The rate of most samples; of two the one nearer to what is preferred, then the lower.
      let rate =
        sum.rates.min {
          ($1.value, abs($0.key - preferredRate), $0.key) < ($0.value, abs($1.key - preferredRate), $1.key)
        }?.key ?? 0
      let code = key.code.uppercased()
      let rank = (
        abs(rate - preferredRate), order.firstIndex(of: code) ?? order.count, code + key.code, -sum.count, key.location,
        key.station
      )
      if let bestRank, bestRank <= rank { continue }
      bestRank = rank
      best = Sensor(
        station: key.station, location: key.location, code: key.code, samplingRate: rate, streams: sum.streams.sorted())
    }
    return best
  }
}

public import SeismicFormats

/// What a synthetic network, its earthquakes and its automatic system are made from.
///
/// Everything derives from these values alone: each part is drawn from a generator of its own, seeded by the seed, what the
/// part is, and its station, day or event. So any part can be made by itself, in any order.
public struct SyntheticSettings: Hashable, Sendable {
  /// The seed of all random choices; another seed is another network in another region.
  public var seed: UInt64 = 1
  /// The first sample.
  public var start = UTCTime(seconds: 1_704_067_200)
  /// How long the archive is, in days of 86,400 s.
  public var days = 1.0
  /// The number of stations.
  public var stationCount = 20
  /// Earthquakes a day that the automatic system declares, on average.
  public var eventsPerDay = 280.0
  /// Samples per second; a whole number.
  public var samplingRate = 100.0
  /// The side of the square in which the stations are, in km.
  public var regionSize = 100.0
  /// The smallest and the largest magnitude of the sequence.
  public var magnitudes = 0.3...5.2
  /// Gutenberg and Richter's b.
  public var bValue = 1.0
  /// How the automatic system errs.
  public var errors = AutomaticErrors()

  /// Settings as they are without options.
  public init() {}

  /// What is wrong with the settings, in words; nil where nothing is.
  public var objection: String? {
    guard days.isFinite, days > 0, days <= 36_600 else { return "the days must be more than 0 and at most 36600" }
    guard (3...5000).contains(stationCount) else { return "the stations must be from 3 to 5000" }
    guard eventsPerDay.isFinite, (1...20_000).contains(eventsPerDay) else {
      return "the events a day must be from 1 to 20000"
    }
    guard samplingRate.isFinite, (10...1000).contains(samplingRate), samplingRate == samplingRate.rounded() else {
      return "the sampling rate must be a whole number from 10 to 1000"
    }
    guard regionSize.isFinite, (5...1000).contains(regionSize) else { return "the region must be 5 to 1000 km wide" }
    guard sampleCount > 0 else { return "there must be one sample at least" }
    // The years 1000 to 9000.
    guard (-30_600_000_000...221_800_000_000).contains(start.seconds) else { return "the time is out of range" }
    return nil
  }

  /// Samples of a channel from the start to the end.
  public var sampleCount: Int {
    let count = days * 86_400 * samplingRate
    return count.isFinite && count < 1e15 ? Int(count.rounded()) : 0
  }

  /// The instant after the last sample.
  public var end: UTCTime { start.advanced(by: Double(sampleCount) / max(samplingRate, 1)) }

  /// Midnight before the first sample: from here days are numbered and seconds counted.
  public var epoch: UTCTime { UTCTime(seconds: start.seconds - Int64(start.secondOfDay)) }

  /// The UTC days that the archive has a part of, counted from the first.
  public var dayCount: Int {
    let last = end.timeInterval(since: epoch) / 86_400
    return last.isFinite && last < 1e9 ? max(1, Int(last.rounded(.up))) : 1
  }

  /// From the first to after the last sample, in seconds after ``epoch``.
  public var span: Range<Double> {
    let begin = start.timeInterval(since: epoch)
    return begin..<begin + Double(sampleCount) / samplingRate
  }
}

/// How often and how far the automatic system errs.
///
/// Counts are in proportion to the earthquakes that it declares.
public struct AutomaticErrors: Hashable, Sendable {
  /// False events of noise and of bursts at single stations that fit an origin by chance.
  public var noise = 0.25
  /// False events of disturbances that came at several stations at once.
  public var glitches = 0.035
  /// False events of calibration pulses.
  public var calibrations = 0.03
  /// False events of pieces of teleseisms.
  public var teleseisms = 0.025
  /// False events of phases of several shocks, or of S waves and coda taken for P.
  public var mixed = 0.1
  /// Shocks that are declared a second time by other stations.
  public var duplicates = 0.045
  /// Shocks that are declared twice, each time with a part of the picks.
  public var splits = 0.02
  /// The share of declared earthquakes whose origin is wrong by 10 to 30 km.
  public var mislocated = 0.06
  /// The standard deviation of a good epicentre's error in each direction, in km.
  public var epicentre = 1.2
  /// The standard deviation of a good depth's error, in km.
  public var depth = 2.5
  /// The standard deviation of a magnitude's error.
  public var magnitude = 0.2
  /// The share of picks whose time is wrong by seconds.
  public var outliers = 0.06
  /// Picks of noise for each station without a pick of the shock.
  public var strays = 0.08

  /// Errors as they are without options.
  public init() {}
}

/// What a generator of random numbers is for: the first number of its stream.
enum SyntheticStream {
  static let region: UInt64 = 100
  static let station: UInt64 = 101
  static let background: UInt64 = 102
  static let aftershocks: UInt64 = 103
  static let source: UInt64 = 104
  static let path: UInt64 = 105
  static let waves: UInt64 = 106
  static let noise: UInt64 = 107
  static let gusts: UInt64 = 108
  static let disturbances: UInt64 = 109
  static let gaps: UInt64 = 110
  static let declaring: UInt64 = 112
  static let falseEvents: UInt64 = 113
  static let probes: UInt64 = 114
}

import SeismicFormats

/// An earthquake of a synthetic sequence.
public struct SyntheticEarthquake: Sendable, Hashable {
  /// Stands for the earthquake wherever something about it is drawn.
  public var key: UInt64
  /// The origin time, in seconds after the settings' epoch.
  public var time: Double
  /// East of the region's centre, in km.
  public var x: Double
  /// North of the region's centre, in km.
  public var y: Double
  /// Below sea level, in km.
  public var depth: Double
  /// Moment magnitude.
  public var magnitude: Double
  /// Stress drop, in Pa.
  public var stressDrop: Double
  /// Whether another earthquake of the sequence has triggered it.
  public var isTriggered: Bool

  /// Creates an earthquake.
  public init(
    key: UInt64, time: Double, x: Double, y: Double, depth: Double, magnitude: Double, stressDrop: Double = 3e6,
    isTriggered: Bool = false
  ) {
    self.key = key
    self.time = time
    self.x = x
    self.y = y
    self.depth = depth
    self.magnitude = magnitude
    self.stressDrop = stressDrop
    self.isTriggered = isTriggered
  }
}

/// A sequence of earthquakes: a background that is the same all the time, and aftershocks of all of its shocks and of their
/// aftershocks (Ogata, 1988).
///
/// Magnitudes follow Gutenberg and Richter, waiting times the law of Omori and Utsu, distances a power law. Any day can be
/// made without those before it, because what follows a shock of the background is forgotten after ``memory`` days.
public struct EarthquakeSequence: Sendable {
  /// Days after which a shock of the background has no more aftershocks, and they none.
  public static let memory = 6
  /// How many aftershocks a shock has on average, those of aftershocks not counted.
  public static let branchingRatio = 0.5
  /// How the number of aftershocks grows with magnitude.
  static let productivityExponent = 0.7
  /// Omori's c, in days.
  static let omoriC = 0.008
  /// Utsu's p.
  static let omoriP = 1.1

  private let settings: SyntheticSettings
  private let region: SyntheticRegion
  /// Earthquakes a day, aftershocks included.
  public let rate: Double
  private let productivity: Double

  /// Creates the sequence.
  ///
  /// - Parameter rate: earthquakes a day, aftershocks included.
  public init(_ settings: SyntheticSettings, region: SyntheticRegion, rate: Double) {
    self.settings = settings
    self.region = region
    self.rate = rate
    // The mean of 10^(a (M - Mmin)) over magnitudes.
    let (b, a) = (settings.bValue, Self.productivityExponent)
    let width = settings.magnitudes.upperBound - settings.magnitudes.lowerBound
    let difference = b - a
    let mean =
      abs(difference) < 1e-6
      ? b * width * 2.302585092994046 : b / difference * (1 - powerOfTen(-difference * width))
    productivity = Self.branchingRatio / (mean / (1 - powerOfTen(-b * width)))
  }

  /// The earthquakes of a day, in order.
  ///
  /// - Parameter day: counted from the settings' epoch; days before it exist too.
  public func events(day: Int) -> [SyntheticEarthquake] {
    let span = Double(day) * 86_400..<Double(day + 1) * 86_400
    var events: [SyntheticEarthquake] = []
    for first in day - Self.memory...day { cascade(day: first) { if span.contains($0.time) { events.append($0) } } }
    events.sort { ($0.time, $0.key) < ($1.time, $1.key) }
    return events
  }

  /// A shock of the background, at a time of its own.
  func backgroundEvent(_ random: inout SplitMix64, key: UInt64, time: Double) -> SyntheticEarthquake {
    let place = region.hypocentre(&random)
    return SyntheticEarthquake(
      key: key, time: time, x: place.x, y: place.y, depth: place.depth, magnitude: magnitude(&random),
      stressDrop: 3e6 * random.factor(0.7), isTriggered: false)
  }

  private func magnitude(_ random: inout SplitMix64) -> Double {
    let range = settings.magnitudes
    let share = 1 - powerOfTen(-settings.bValue * (range.upperBound - range.lowerBound))
    return range.lowerBound - decimalLogarithm(1 - share * random.uniform()) / settings.bValue
  }

  private func cascade(day: Int, _ body: (SyntheticEarthquake) -> Void) {
    let number = UInt64(bitPattern: Int64(day))
    var random = SplitMix64(seed: settings.seed, stream: SyntheticStream.background, number)
    let end = Double(day + Self.memory) * 86_400
    for place in 0..<random.poisson(mean: rate * (1 - Self.branchingRatio)) {
      let key = mixed(mixed(settings.seed ^ 0x5eed) ^ mixed(number &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(place)))
      let shock = backgroundEvent(&random, key: key, time: (Double(day) + random.uniform()) * 86_400)
      var waiting = [shock]
      // A cascade dies out by itself; the bound is for settings that nobody has tried.
      var count = 0
      while let parent = waiting.popLast(), count < 50_000 {
        count += 1
        body(parent)
        aftershocks(of: parent, before: end) { waiting.append($0) }
      }
    }
  }

  private func aftershocks(of parent: SyntheticEarthquake, before end: Double, _ body: (SyntheticEarthquake) -> Void) {
    var random = SplitMix64(seed: settings.seed, stream: SyntheticStream.aftershocks, parent.key)
    let excess = parent.magnitude - settings.magnitudes.lowerBound
    let count = random.poisson(mean: productivity * powerOfTen(Self.productivityExponent * excess))
    let (c, p) = (Self.omoriC, Self.omoriP)
    let share = 1 - power(1 + Double(Self.memory) / c, 1 - p)
    // About half the length of the parent's rupture.
    let scale = 0.15 + 0.01 * powerOfTen(0.5 * parent.magnitude)
    for number in 0..<count {
      let delay = c * (power(1 - share * random.uniform(), 1 / (1 - p)) - 1)
      let distance = min(scale * (power(1 - random.uniform(), -1 / 1.5) - 1), 15)
      let azimuth = 2 * .pi * random.uniform()
      let dip = 0.6 * random.uniform(-1...1)
      let time = parent.time + delay * 86_400
      let size = magnitude(&random)
      let stress = 3e6 * random.factor(0.7)
      guard time < end else { continue }
      body(
        SyntheticEarthquake(
          key: mixed(parent.key ^ mixed(UInt64(number) &+ 1)), time: time,
          x: parent.x + distance * sine(radians: azimuth) * cosine(radians: dip),
          y: parent.y + distance * cosine(radians: azimuth) * cosine(radians: dip),
          depth: min(max(parent.depth + distance * sine(radians: dip), 0.5), 28), magnitude: size, stressDrop: stress,
          isTriggered: true))
    }
  }
}

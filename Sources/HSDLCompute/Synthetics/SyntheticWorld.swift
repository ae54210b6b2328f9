import SeismicFormats

/// A synthetic network with its region, its earthquakes, what disturbs it, and its automatic system.
///
/// A value of constants: whatever happens on a day, or at a station on a day, can be asked for in any order.
public struct SyntheticWorld: Sendable {
  /// What it is made from.
  public let settings: SyntheticSettings
  /// Where it is.
  public let region: SyntheticRegion
  /// Its stations.
  public let network: SyntheticNetwork
  /// Its waves.
  public let paths: WavePaths
  /// Its earthquakes.
  public let sequence: EarthquakeSequence
  /// Earthquakes that the automatic system has declared, from which it is known what such look like.
  let templates: [DeclaredEvent]

  /// Makes the world of a seed.
  ///
  /// - Throws: what ``TravelTimes`` throws.
  public init(_ settings: SyntheticSettings) throws {
    self.settings = settings
    region = SyntheticRegion(settings)
    network = SyntheticNetwork(settings, region: region)
    paths = try WavePaths(settings, region: region, network: network)
    // How many of all earthquakes are declared is found by trying.
    let trial = EarthquakeSequence(settings, region: region, rate: 1)
    var random = SplitMix64(seed: settings.seed, stream: SyntheticStream.probes)
    let probes = max(400, min(3000, 200_000 / settings.stationCount))
    var templates: [DeclaredEvent] = []
    for _ in 0..<probes {
      let key = random.next()
      let event = trial.backgroundEvent(&random, key: key, time: random.uniform() * 86_400)
      var declaring = SplitMix64(seed: settings.seed, stream: SyntheticStream.declaring, key)
      let picker = AutomaticPicker(network: network, errors: settings.errors)
      let picks = picker.picks(event, paths.arrivals(event), isRunning: { _, _ in true }, &declaring)
      guard AutomaticPicker.isEnough(picks) else { continue }
      templates.append(
        DeclaredEvent(
          kind: .earthquake, key: key, truth: event, x: event.x, y: event.y, depth: event.depth, time: event.time,
          magnitude: event.magnitude, picks: picks))
    }
    self.templates = templates
    let share = max(Double(templates.count), 1) / Double(probes)
    // Gaps at stations, and aftershocks that come after the sequence's memory, take away 7 percent (the mean of four seeds).
    sequence = EarthquakeSequence(settings, region: region, rate: settings.eventsPerDay / share / 0.93)
  }

  /// When a station has no data on a day, in seconds after the epoch, in order.
  func gaps(station: Int, day: Int) -> [Range<Double>] {
    var random = SplitMix64(
      seed: settings.seed, stream: SyntheticStream.gaps, UInt64(station), UInt64(bitPattern: Int64(day)))
    let midnight = Double(day) * 86_400
    var gaps: [Range<Double>] = []
    for _ in 0..<random.poisson(mean: 0.7) {
      let begin = midnight + random.uniform() * 86_000
      // From seconds to hours.
      let length =
        random.uniform() < 0.8 ? powerOfTen(random.uniform(0.3...2.5)) : powerOfTen(random.uniform(2.5...4.3))
      gaps.append(begin..<min(begin + length, midnight + 86_400))
    }
    gaps.sort { $0.lowerBound < $1.lowerBound }
    var merged: [Range<Double>] = []
    for gap in gaps {
      if let last = merged.last, gap.lowerBound <= last.upperBound + 30 {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, gap.upperBound)
      } else {
        merged.append(gap)
      }
    }
    return merged
  }

  /// Whether a station has data at a time.
  func isRunning(station: Int, at time: Double) -> Bool {
    let day = Int((time / 86_400).rounded(.down))
    return !gaps(station: station, day: day).contains { $0.contains(time) }
  }

  /// What disturbs one station alone on a day.
  func disturbances(station: Int, day: Int) -> [Disturbance] {
    var random = SplitMix64(
      seed: settings.seed, stream: SyntheticStream.disturbances, UInt64(station) &+ 1, UInt64(bitPattern: Int64(day)))
    let site = network.stations[station]
    let midnight = Double(day) * 86_400
    var result: [Disturbance] = []
    func add(_ kind: Disturbance.Kind, _ time: Double, _ amplitude: Double, _ duration: Double, _ frequency: Double) {
      result.append(
        Disturbance(
          kind: kind, station: station, time: time, amplitude: amplitude, duration: duration, frequency: frequency,
          key: random.next()))
    }
    for _ in 0..<random.poisson(mean: site.disturbancesPerDay) {
      // Most of what people do they do by day.
      var time = midnight + random.uniform() * 86_400
      let factor = site.noise.culturalFactor(at: time) / site.noise.dayFactor
      if random.uniform() > factor {
        time =
          midnight
          + ((site.noise.noon + random.uniform(-4...4)) * 3600 + 86_400).truncatingRemainder(dividingBy: 86_400)
      }
      let noise = site.pickerNoise(at: time)
      if random.uniform() < 0.6 {
        add(
          .burst, time, noise * 3 * random.factor(0.8), powerOfTen(random.uniform(-0.7...0.7)), random.uniform(3...15))
      } else {
        add(.traffic, time, noise * 2 * random.factor(0.6), random.uniform(4...15), random.uniform(4...12))
      }
    }
    for _ in 0..<random.poisson(mean: 1.5) {
      add(
        .spike, midnight + random.uniform() * 86_400, powerOfTen(random.uniform(2...5.5)) / site.sensitivity,
        Double(1 + random.index(3)) / settings.samplingRate, 1)
    }
    for _ in 0..<random.poisson(mean: 0.5) {
      add(
        .step, midnight + random.uniform() * 86_400, powerOfTen(random.uniform(2.5...5)) / site.sensitivity,
        powerOfTen(random.uniform(0...1.6)), 1)
    }
    return result
  }

  /// What happens on a day that does not come from an earthquake of the region, and what the automatic system makes of it.
  func disturbedEvents(day: Int) -> (events: [DeclaredEvent], disturbances: [Disturbance]) {
    var result: (events: [DeclaredEvent], disturbances: [Disturbance]) = ([], [])
    let rate = settings.eventsPerDay
    let errors = settings.errors
    let kinds: [(EventKind, Double)] = [
      (.noise, errors.noise), (.glitch, errors.glitches), (.calibration, errors.calibrations),
      (.teleseism, errors.teleseisms),
    ]
    for (place, (kind, share)) in kinds.enumerated() {
      let number = UInt64(bitPattern: Int64(day))
      var count = SplitMix64(seed: settings.seed, stream: SyntheticStream.falseEvents, number, UInt64(place))
      for event in 0..<count.poisson(mean: rate * share) {
        var random = SplitMix64(
          seed: settings.seed, stream: SyntheticStream.falseEvents, number, UInt64(place), UInt64(event))
        let time = (Double(day) + random.uniform()) * 86_400
        // Teleseisms last longest.
        guard time > settings.span.lowerBound - 3600, time < settings.span.upperBound else { continue }
        switch kind {
        case .glitch, .calibration: simultaneous(kind, time, &random, &result)
        case .teleseism: teleseism(time, &random, &result)
        default: noise(time, &random, &result)
        }
      }
    }
    return result
  }

  /// All disturbances of a station that begin on a day.
  public func allDisturbances(station: Int, day: Int) -> [Disturbance] {
    disturbances(station: station, day: day) + disturbedEvents(day: day).disturbances.filter { $0.station == station }
  }
}

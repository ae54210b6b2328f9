import SeismicFormats

/// A day of one station's samples.
public struct StationDay: Sendable {
  /// A stretch without gaps, as a range of samples of the day.
  public typealias Segment = Range<Int>

  /// The samples of a day are at most this many counts.
  static let rail: Float = 8_388_607

  private let world: SyntheticWorld
  private let station: Int
  private let day: Int

  /// Names a day of a station.
  ///
  /// - Parameters:
  ///   - station: the station's number.
  ///   - day: counted from the settings' epoch.
  public init(_ world: SyntheticWorld, station: Int, day: Int) {
    self.world = world
    self.station = station
    self.day = day
  }

  /// The samples of the day that the archive has, counted from the settings' epoch.
  public var samples: Range<Int> {
    let rate = world.settings.samplingRate
    let begin = Int((world.settings.span.lowerBound * rate).rounded())
    let midnight = Int(Double(day) * 86_400 * rate)
    let low = max(begin, midnight)
    let high = min(begin + world.settings.sampleCount, midnight + Int(86_400 * rate))
    return low..<max(low, high)
  }

  /// The stretches that are recorded, counted from the first sample of ``samples``; a stretch that begins before the end of
  /// the one before it holds the same samples again, as a digitizer sends them that has lost its connection.
  public var segments: [Segment] {
    let rate = world.settings.samplingRate
    let samples = samples
    var random = SplitMix64(
      seed: world.settings.seed, stream: SyntheticStream.gaps, UInt64(station), UInt64(bitPattern: Int64(day)), 1)
    var segments: [Segment] = []
    var begin = 0
    for gap in world.gaps(station: station, day: day) {
      let low = Int((gap.lowerBound * rate).rounded(.up)) - samples.lowerBound
      let high = Int((gap.upperBound * rate).rounded(.up)) - samples.lowerBound
      if low > begin { segments.append(begin..<min(low, samples.count)) }
      begin = max(begin, high)
      if begin >= samples.count { break }
    }
    if begin < samples.count { segments.append(begin..<samples.count) }
    segments.removeAll { $0.isEmpty }
    for _ in 0..<random.poisson(mean: 0.15) {
      let place = random.index(segments.count)
      guard place < segments.count, segments[place].count > Int(120 * rate) else { continue }
      let segment = segments[place]
      let cut = segment.lowerBound + Int(random.uniform(0.2...0.8) * Double(segment.count))
      let overlap = Int(random.uniform(1...10) * rate)
      segments[place] = segment.lowerBound..<min(cut + overlap, segment.upperBound)
      segments.insert(cut..<segment.upperBound, at: place + 1)
    }
    return segments
  }

  /// Makes the samples of all components.
  ///
  /// - Parameters:
  ///   - components: room for the samples of each component of the station, in the order of
  ///     ``SyntheticStation/components``; each as long as ``samples``.
  ///   - poll: called now and then.
  public func synthesise(
    into components: [UnsafeMutableBufferPointer<Int32>], poll: () throws -> Void = {}
  ) rethrows {
    let rate = world.settings.samplingRate
    let site = world.network.stations[station]
    let samples = samples
    let filters = NoiseFilters(site.noise, samplingRate: rate)
    let midnight = Int(Double(day) * 86_400 * rate)
    let nextMidnight = midnight + Int(86_400 * rate)
    let warmUp = Int(NoiseGenerator.warmUp * rate)
    let fade = warmUp / 3
    let chunk = 4096
    var (earthquakes, disturbances) = signals(samples)
    var pending = (earthquakes: 0, disturbances: 0)
    var today = generator(day, site, filters)
    var tomorrow: NoiseGenerator?
    var turn = SIMD4<Float>(1, 1, 0, 0)
    if case .z12(let azimuth) = site.orientation {
      turn = SIMD4(Float(cosineOfTurn(azimuth / 360)), 0, Float(cosineOfTurn(azimuth / 360 - 0.25)), 0)
    }
    let isTurned = site.orientation != .zne && site.orientation != .vertical
    let gain = Float(site.sensitivity)
    try withUnsafeTemporaryAllocation(of: SIMD4<Float>.self, capacity: 2 * chunk) { memory in
      memory.initialize(repeating: .zero)
      var begin = midnight - warmUp
      while begin < samples.upperBound {
        try poll()
        // Pieces end where something begins.
        let limits = [midnight, nextMidnight - warmUp, nextMidnight - fade, nextMidnight]
        let end = limits.reduce(begin + chunk) { $1 > begin ? min($0, $1) : $0 }
        let buffer = UnsafeMutableBufferPointer(rebasing: memory[..<(end - begin)])
        let other = UnsafeMutableBufferPointer(rebasing: memory[chunk..<(chunk + end - begin)])
        let (first, last) = (factor(begin, site), factor(end, site))
        today.fill(buffer, cultural: first, last)
        if begin >= nextMidnight - warmUp {
          if tomorrow == nil { tomorrow = generator(day + 1, site, filters) }
          tomorrow?.fill(other, cultural: first, last)
          if begin >= nextMidnight - fade { blend(buffer, other, from: begin - (nextMidnight - fade), of: fade) }
        }
        if end > samples.lowerBound {
          add(&earthquakes, &disturbances, &pending, to: buffer, from: begin, end)
          let low = max(begin, samples.lowerBound)
          let high = min(end, samples.upperBound)
          if high > low {
            let piece = UnsafeMutableBufferPointer(rebasing: buffer[(low - begin)..<(high - begin)])
            if isTurned { Self.rotate(piece, turn[0], turn[2]) }
            Self.quantise(piece, gain, components, at: low - samples.lowerBound)
          }
        }
        begin = end
      }
    }
  }

  private func add(
    _ earthquakes: inout [EarthquakeSignal], _ disturbances: inout [DisturbanceSignal],
    _ pending: inout (earthquakes: Int, disturbances: Int), to buffer: UnsafeMutableBufferPointer<SIMD4<Float>>,
    from begin: Int, _ end: Int
  ) {
    // Signals are in the order of their beginnings; those that have ended are passed over.
    for place in pending.earthquakes..<earthquakes.count {
      if earthquakes[place].first >= end { break }
      if earthquakes[place].end > begin { earthquakes[place].add(to: buffer, from: begin) }
    }
    while pending.earthquakes < earthquakes.count, earthquakes[pending.earthquakes].end <= end {
      pending.earthquakes += 1
    }
    for place in pending.disturbances..<disturbances.count {
      if disturbances[place].first >= end { break }
      if disturbances[place].end > begin { disturbances[place].add(to: buffer, from: begin) }
    }
    while pending.disturbances < disturbances.count, disturbances[pending.disturbances].end <= end {
      pending.disturbances += 1
    }
  }

  /// What has begun on this day or the day before and touches it.
  private func signals(_ samples: Range<Int>) -> ([EarthquakeSignal], [DisturbanceSignal]) {
    let settings = world.settings
    let site = world.network.stations[station]
    var earthquakes: [EarthquakeSignal] = []
    var disturbances: [DisturbanceSignal] = []
    for day in day - 1...day {
      for event in world.earthquakes(day: day) {
        let arrival = world.paths.arrival(event, at: station)
        guard max(arrival.ratioP, arrival.ratioS) > 0.1 else { continue }
        let signal = EarthquakeSignal(
          event, arrival, noise: site.pickerNoise(at: arrival.p), seed: settings.seed,
          samplingRate: settings.samplingRate)
        if signal.end > samples.lowerBound && signal.first < samples.upperBound { earthquakes.append(signal) }
      }
      for disturbance in world.allDisturbances(station: station, day: day) {
        let signal = DisturbanceSignal(disturbance, samplingRate: settings.samplingRate)
        if signal.end > samples.lowerBound && signal.first < samples.upperBound { disturbances.append(signal) }
      }
    }
    earthquakes.sort { ($0.first, $0.end) < ($1.first, $1.end) }
    disturbances.sort { ($0.first, $0.end) < ($1.first, $1.end) }
    return (earthquakes, disturbances)
  }

  private func generator(_ day: Int, _ site: SyntheticStation, _ filters: NoiseFilters) -> NoiseGenerator {
    var random = SplitMix64(
      seed: world.settings.seed, stream: SyntheticStream.noise, UInt64(station), UInt64(bitPattern: Int64(day)))
    return NoiseGenerator(site.noise, filters: filters, random: &random)
  }

  /// The cultural noise goes with the hour, and up and down by itself within minutes.
  private func factor(_ sample: Int, _ site: SyntheticStation) -> Double {
    let time = Double(sample) / world.settings.samplingRate
    let place = time / 600
    let whole = place.rounded(.down)
    func gust(_ number: Double) -> Double {
      var random = SplitMix64(
        seed: world.settings.seed, stream: SyntheticStream.gusts, UInt64(station), UInt64(bitPattern: Int64(number)))
      return random.factor(0.2)
    }
    let share = place - whole
    return site.noise.culturalFactor(at: time) * (gust(whole) * (1 - share) + gust(whole + 1) * share)
  }

  private func blend(
    _ buffer: UnsafeMutableBufferPointer<SIMD4<Float>>, _ other: UnsafeMutableBufferPointer<SIMD4<Float>>,
    from place: Int, of length: Int
  ) {
    for index in buffer.indices {
      let share = (Float(place + index) + 0.5) / Float(max(length, 1))
      // The two do not correlate: their powers add up.
      buffer[index] = buffer[index] * (1 - share).squareRoot() + other[index] * share.squareRoot()
    }
  }

  private static func rotate(_ buffer: UnsafeMutableBufferPointer<SIMD4<Float>>, _ cosine: Float, _ sine: Float) {
    for index in buffer.indices {
      let (north, east) = (buffer[index].y, buffer[index].z)
      buffer[index].y = north * cosine + east * sine
      buffer[index].z = east * cosine - north * sine
    }
  }

  /// Ground velocity as whole counts, at the digitizer's rail where it is too large.
  private static func quantise(
    _ buffer: UnsafeMutableBufferPointer<SIMD4<Float>>, _ gain: Float,
    _ components: [UnsafeMutableBufferPointer<Int32>], at place: Int
  ) {
    let limit = SIMD4<Float>(repeating: rail)
    for index in buffer.indices {
      buffer[index] = (buffer[index] * gain).clamped(lowerBound: -limit, upperBound: limit)
    }
    for (lane, component) in components.enumerated() where lane < 3 {
      for index in buffer.indices {
        // Half of the largest number of a Float's whole numbers: adding it rounds. Larger numbers are rounded as they are.
        let value = buffer[index][lane]
        component[place + index] =
          abs(value) < 2_000_000
          ? Int32(bitPattern: (value + 12_582_912).bitPattern) &- 0x4b40_0000 : Int32(value.rounded())
      }
    }
  }
}

/// What is done to events at random before a network is trained with them.
///
/// All that is drawn for an event depends on the seed, the epoch and the event's name. Shares are probabilities.
public struct EventAugmentation: Sendable, Hashable, Codable {
  /// The share of events of which stations are left out.
  public var thinned = 0.25
  /// Of these at least this share of the stations stays, at least 3 where there are so many.
  public var leastStations = 0.5
  /// All windows of an event are shifted by up to so many seconds, the same for all: origin times are uncertain.
  public var commonShift = 0.3
  /// Each window is shifted by up to so many seconds: velocity models are wrong.
  public var stationShift = 0.2
  /// The share of windows that noise is added to.
  public var noisy = 0.2
  /// The standard deviation of that noise at most, in those of the window.
  public var noise = 0.5
  /// The share of stations of which a component is taken away, or the horizontals.
  public var incomplete = 0.05
  /// The share of events that lose what is known of their picks.
  public var unpicked = 0.02
  /// The share of single picks that are lost.
  public var lostPicks = 0.03
  /// The standard deviation of what is added to amplitudes, ratios and residuals.
  public var jitter = 0.05

  /// The usual augmentation.
  public init() {}

  /// No augmentation.
  public static var none: EventAugmentation {
    var none = EventAugmentation()
    none.thinned = 0
    none.commonShift = 0
    none.stationShift = 0
    none.noisy = 0
    none.incomplete = 0
    none.unpicked = 0
    none.lostPicks = 0
    none.jitter = 0
    return none
  }

  /// An event as a network is to see it in an epoch.
  ///
  /// - Parameters:
  ///   - event: the event.
  ///   - key: a hash of its name.
  ///   - maximumStations: no more than so many of the stations that are left, the first ones.
  public func apply(
    to event: EventWindows, seed: UInt64, epoch: Int, key: UInt64,
    maximumStations: Int = EventWindows.maximumStations
  ) -> EventWindows {
    var generator = SplitMix64(seed: seed, stream: UInt64(bitPattern: Int64(epoch)), key)
    let chosen = stations(event.stationCount, &generator).prefix(maximumStations)
    let common = (2 * generator.uniform() - 1) * commonShift
    let losesPicks = generator.uniform() < unpicked
    var result = event.selecting(Array(chosen))
    for (place, station) in chosen.enumerated() {
      // A stream of its own for each station, so that one station's draws do not move another's.
      var own = SplitMix64(seed: seed, stream: UInt64(bitPattern: Int64(epoch)), key, UInt64(station) + 1)
      change(&result, place, common, losesPicks, &own)
    }
    return result
  }

  private func stations(_ count: Int, _ generator: inout SplitMix64) -> [Int] {
    let isThinned = generator.uniform() < thinned
    let share = leastStations + (1 - leastStations) * generator.uniform()
    guard isThinned, count > 3 else { return Array(0..<count) }
    let kept = min(count, max(3, Int((share * Double(count)).rounded(.up))))
    return generator.shuffled(Array(0..<count)).prefix(kept).sorted()
  }

  private func change(
    _ event: inout EventWindows, _ station: Int, _ common: Double, _ losesPicks: Bool, _ generator: inout SplitMix64
  ) {
    let shift = common + (2 * generator.uniform() - 1) * stationShift
    let steps = Int(min(max((shift * EventWindows.samplingRate).rounded(), -100), 100))
    let addsNoise = generator.uniform() < noisy
    let deviation = addsNoise ? noise * generator.uniform() : 0
    var components = event.components[station]
    if generator.uniform() < incomplete {
      let left: [UInt8] = [1, 1, 6, 3, 5]
      let kept = components & left[Int(generator.next() % UInt64(left.count))]
      if kept != 0 { components = kept }
    }
    event.update(station: station, components: components) { samples, component in
      if steps != 0 { Self.shift(samples, steps) }
      guard deviation > 0, components & 1 << UInt8(component) != 0 else { return }
      let scale = Float(deviation) * EventWindows.scale
      for index in samples.indices {
        let value = Float(samples[index]) + scale * Self.nearlyNormal(generator.next())
        samples[index] = Int16(min(max(value, -32767), 32767))
      }
    }
    for (has, residual, probability, picker) in [
      (StationAttribute.hasP, StationAttribute.residualP, StationAttribute.probabilityP, StationAttribute.pickerAtP),
      (.hasS, .residualS, .probabilityS, .pickerAtS),
    ] {
      let isLost = generator.uniform() < lostPicks
      if losesPicks || isLost {
        for attribute in [has, residual, probability, picker] { event[attribute, station] = 0 }
      } else if event[has, station] > 0 {
        event[residual, station] += Float(jitter * generator.normal())
      }
    }
    for attribute in [StationAttribute.signalToNoiseP, .signalToNoiseS, .peak, .relativeAmplitude, .logDistance] {
      event[attribute, station] += Float(jitter * generator.normal())
    }
  }

  /// Moves samples to later places, or earlier ones; what is left free becomes zero.
  private static func shift(_ samples: UnsafeMutableBufferPointer<Int16>, _ steps: Int) {
    let count = samples.count
    guard abs(steps) < count else { return samples.update(repeating: 0) }
    if steps > 0 {
      for index in stride(from: count - 1, through: steps, by: -1) { samples[index] = samples[index - steps] }
      for index in 0..<steps { samples[index] = 0 }
    } else {
      for index in 0..<count + steps { samples[index] = samples[index - steps] }
      for index in count + steps..<count { samples[index] = 0 }
    }
  }

  /// The sum of four uniform numbers, of mean 0 and deviation 1: near enough to noise, at a tenth of the time.
  @inline(__always)
  private static func nearlyNormal(_ bits: UInt64) -> Float {
    let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + bits >> 48
    // The deviation of a uniform number is its width over √12, of four of them twice that.
    return (Float(sum) - 131070) * (1 / 37837.2)
  }
}

extension EventWindows {
  /// Changes the window of a station, and which components it has; the samples of components that it has no more become zero.
  mutating func update(
    station: Int, components: UInt8, _ body: (UnsafeMutableBufferPointer<Int16>, _ component: Int) -> Void
  ) {
    self.components[station] = components
    samples.withUnsafeMutableBufferPointer { samples in
      for component in 0..<Self.componentCount {
        let first = station * Self.windowSize + component * Self.length
        let own = UnsafeMutableBufferPointer(rebasing: samples[first..<first + Self.length])
        if components & 1 << UInt8(component) == 0 {
          own.update(repeating: 0)
        } else {
          body(own, component)
        }
      }
    }
  }
}

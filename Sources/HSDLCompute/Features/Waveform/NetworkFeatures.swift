/// Features across the stations of an event; NaN where they cannot be measured.
struct NetworkFeatures {
  var envelopeCoherence = Double.nan
  var semblance = Double.nan
  var semblanceContrast = Double.nan
  var moveoutSlownessError = Double.nan
  var attenuationSlope = Double.nan
  var attenuationRMS = Double.nan
  var stationAgreement = Double.nan

  // MARK: Envelopes

  private static let coherenceWindow = (from: -5.0, to: 15.0)
  private static let semblanceWindow = (from: -1.0, to: 3.0)
  private static let randomTimes = 20
  private static let leastRandomTimes = 5
  private static let nearestRandomTime = 5.0
  private static let farthestRandomTime = 60.0

  /// Measures how much alike the envelopes are.
  ///
  /// - Parameters:
  ///   - rows: envelopes less their medians, in the stations' order.
  ///   - beam: room for a sum of envelopes.
  mutating func measureEnvelopes(
    _ rows: [UnsafePointer<Double>], eventKey: UInt64, beam: UnsafeMutablePointer<Double>
  ) {
    if let places = StationEnvelope.places(Self.coherenceWindow.from, Self.coherenceWindow.to) {
      envelopeCoherence = Self.stack(rows, places, removesMean: true, beam).meanOfPairs
    }
    guard let places = StationEnvelope.places(Self.semblanceWindow.from, Self.semblanceWindow.to) else { return }
    semblance = Self.stack(rows, places, removesMean: false, beam).semblance
    var random = SplitMix64(seed: eventKey)
    var sum = 0.0
    var count = 0.0
    for _ in 0..<Self.randomTimes {
      let size =
        Self.nearestRandomTime + (Self.farthestRandomTime - Self.nearestRandomTime) * random.uniform()
      let time = random.next() & 1 == 0 ? size : -size
      let shift = Int((time * StationEnvelope.rate).rounded())
      let shifted = places.lowerBound + shift..<places.upperBound + shift
      guard shifted.lowerBound >= 0, shifted.upperBound <= StationEnvelope.count else { continue }
      let value = Self.stack(rows, shifted, removesMean: false, beam).semblance
      if !value.isNaN {
        sum += value
        count += 1
      }
    }
    if count >= Double(Self.leastRandomTimes), sum > 0 { semblanceContrast = semblance / (sum / count) }
  }

  /// The sum of envelopes that are scaled to the same energy.
  private struct Stack {
    /// The stations.
    var count: Double
    /// The energy of the sum of the stations' envelopes, each of energy one.
    var energy: Double

    /// The mean product of two stations' envelopes: what the sum's energy is above that of its parts.
    var meanOfPairs: Double { count > 1 ? (energy - count) / (count * (count - 1)) : .nan }
    /// The sum's energy over what it would be if all were the same (Neidell and Taner, 1971).
    var semblance: Double { count > 1 ? energy / (count * count) : .nan }
  }

  /// Adds the envelopes of all stations that have more than half of the values; missing ones count as zero.
  private static func stack(
    _ rows: [UnsafePointer<Double>], _ places: Range<Int>, removesMean: Bool, _ beam: UnsafeMutablePointer<Double>
  ) -> Stack {
    var count = 0.0
    for index in 0..<places.count { beam[index] = 0 }
    for row in rows {
      let values = row + places.lowerBound
      var known = 0.0
      var sum = 0.0
      for index in 0..<places.count where !values[index].isNaN {
        known += 1
        sum += values[index]
      }
      guard 2 * known > Double(places.count) else { continue }
      let mean = removesMean ? sum / known : 0
      var energy = 0.0
      for index in 0..<places.count where !values[index].isNaN {
        energy += (values[index] - mean) * (values[index] - mean)
      }
      guard energy > 0, energy.isFinite else { continue }
      let scale = 1 / energy.squareRoot()
      for index in 0..<places.count where !values[index].isNaN { beam[index] += (values[index] - mean) * scale }
      count += 1
    }
    var energy = 0.0
    for index in 0..<places.count { energy += beam[index] * beam[index] }
    return Stack(count: count, energy: energy)
  }

  // MARK: Moveout

  /// A P pick: distance in km, time in s after any common instant.
  struct Onset {
    var distance: Double
    var time: Double
  }

  private static let leastDistanceDifference = 2.0
  private static let onsetLimit = 200

  /// Measures how fast the P picks move away from the epicentre, against the model.
  mutating func measureMoveout(_ onsets: [Onset], _ modelSlowness: (Double) -> Double) {
    var onsets = onsets.filter { $0.distance.isFinite && $0.time.isFinite }
    guard onsets.count >= 3 else { return }
    onsets.sort { ($0.distance, $0.time) < ($1.distance, $1.time) }
    if onsets.count > Self.onsetLimit {
      let all = onsets
      onsets = (0..<Self.onsetLimit).map { all[$0 * (all.count - 1) / (Self.onsetLimit - 1)] }
    }
    let slowness = onsets.map { modelSlowness($0.distance) }
    var errors: [Double] = []
    errors.reserveCapacity(onsets.count * (onsets.count - 1) / 2)
    for far in onsets.indices {
      for near in 0..<far {
        let difference = onsets[far].distance - onsets[near].distance
        guard difference >= Self.leastDistanceDifference else { break }
        let error =
          (onsets[far].time - onsets[near].time) / difference - (slowness[far] + slowness[near]) / 2
        if error.isFinite { errors.append(error) }
      }
    }
    if !errors.isEmpty { moveoutSlownessError = errors.withUnsafeMutableBufferPointer { median($0) } }
  }

  // MARK: Attenuation

  /// What a station says about amplitudes: base-10 logarithms.
  struct Amplitude {
    var logDistance: Double
    var logAmplitude: Double
    var logNoise: Double
    var isPicked: Bool
    /// 0 to 3.
    var kind: Int
  }

  private static let agreement = 4.0

  /// Fits log amplitude against log distance, and counts the stations that agree with the line.
  mutating func measureAttenuation(_ amplitudes: [Amplitude]) {
    let usable = amplitudes.filter { $0.logDistance.isFinite && $0.logAmplitude.isFinite }
    var kind = 0
    var most = 0
    for candidate in 0..<4 {
      let count = usable.count { $0.kind == candidate }
      if count > most { (kind, most) = (candidate, count) }
    }
    var line = LineFit()
    for amplitude in usable where amplitude.kind == kind && amplitude.isPicked {
      line.add(amplitude.logDistance, amplitude.logAmplitude)
    }
    guard line.count >= 3, line.slope.isFinite else { return }
    attenuationSlope = line.slope
    var squares = 0.0
    var agreeing = 0.0
    var stations = 0.0
    for amplitude in usable where amplitude.kind == kind {
      let expected = line.value(at: amplitude.logDistance)
      let residual = amplitude.logAmplitude - expected
      if amplitude.isPicked { squares += residual * residual }
      guard amplitude.logNoise.isFinite else { continue }
      stations += 1
      // Both over the noise.
      let ratio = powerOf10(2 * (expected - amplitude.logNoise))
      let expectedRatio = 0.5 * logarithmToBase10(1 + ratio)
      let difference = amplitude.logAmplitude - amplitude.logNoise - expectedRatio
      if abs(difference) <= logarithmToBase10(Self.agreement) { agreeing += 1 }
    }
    attenuationRMS = (squares / line.count).squareRoot()
    if stations > 0 { stationAgreement = agreeing / stations }
  }
}

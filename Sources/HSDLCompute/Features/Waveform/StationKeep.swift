import SeismicFormats

/// What is kept of the stations of an event.
struct StationKeep: ~Copyable {
  /// What is kept of one station, apart from its envelope.
  private struct Entry {
    var station: StationID
    var start: UTCTime
    var arrivals: StationArrivals
    var values: [Double]
    /// Where its envelope is kept.
    var place: Int
    /// log10 of the largest amplitude after S and of the largest before P.
    var logAmplitude: Double
    var logNoise: Double
    /// Which stations its amplitudes can be compared with; the most telling kind is the least.
    var kind: Int
  }

  private var entries: [Entry] = []
  /// Envelopes less their medians, one station after the other.
  private var envelopes = SampleMemory<Double>()
  private var scratch = SampleMemory<Double>()

  init() {}

  /// The number of stations.
  var count: Int { entries.count }

  /// Forgets all stations.
  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  /// Keeps a station.
  mutating func append(
    _ record: StationRecord, _ arrivals: StationArrivals, values: [Double], envelope: UnsafePointer<Double>,
    amplitude: Double, noise: Double, hasHorizontal: Bool
  ) {
    let length = StationEnvelope.count
    let place = entries.count
    envelopes.reserve((place + 1) * length, keeping: place * length)
    scratch.reserve(length)
    var known = 0
    for index in 0..<length where !envelope[index].isNaN {
      scratch.base[known] = envelope[index]
      known += 1
    }
    let middle = median(UnsafeMutableBufferPointer(start: scratch.base, count: known))
    let kept = envelopes.base + place * length
    for index in 0..<length { kept[index] = envelope[index] - middle }
    entries.append(
      Entry(
        station: record.station, start: record.start, arrivals: arrivals, values: values, place: place,
        logAmplitude: logarithmToBase10(amplitude), logNoise: logarithmToBase10(noise),
        kind: (record.sensitivity == nil ? 2 : 0) + (hasHorizontal ? 0 : 1)))
  }

  /// Puts the stations into an order that does not depend on the one in which they came.
  mutating func sort() {
    entries.sort { left, right in
      if left.station != right.station { return left.station < right.station }
      if left.start != right.start {
        return (left.start.seconds, left.start.nanoseconds) < (right.start.seconds, right.start.nanoseconds)
      }
      // The same station twice at the same time: by what was measured.
      for (a, b) in zip(left.values, right.values) where a.bitPattern != b.bitPattern {
        return a.bitPattern < b.bitPattern
      }
      return left.arrivals.p < right.arrivals.p
    }
  }

  /// Writes median, largest value and median absolute deviation of each feature.
  mutating func writeStatistics(into values: UnsafeMutableBufferPointer<Double>) {
    scratch.reserve(max(entries.count, 1))
    for feature in 0..<StationFeature.count {
      var largest = -Double.infinity
      var known = 0
      for entry in entries where !entry.values[feature].isNaN {
        scratch.base[known] = entry.values[feature]
        largest = max(largest, entry.values[feature])
        known += 1
      }
      let column = UnsafeMutableBufferPointer(start: scratch.base, count: known)
      let middle = median(column)
      known = 0
      for entry in entries where !entry.values[feature].isNaN {
        column[known] = abs(entry.values[feature] - middle)
        known += 1
      }
      values[3 * feature] = middle
      values[3 * feature + 1] = known > 0 ? largest : .nan
      values[3 * feature + 2] = median(column)
    }
  }

  /// The features across stations; call after ``sort()``.
  mutating func networkFeatures(eventKey: UInt64, modelSlowness: (Double) -> Double) -> NetworkFeatures {
    var features = NetworkFeatures()
    let length = StationEnvelope.count
    let beam = scratch.reserve(length)
    let rows = entries.map { UnsafePointer(envelopes.base + $0.place * length) }
    features.measureEnvelopes(rows, eventKey: eventKey, beam: beam)
    var moveout: [NetworkFeatures.Onset] = []
    if let first = entries.first {
      for entry in entries where entry.arrivals.isPPicked {
        let time = entry.start.timeInterval(since: first.start) + entry.arrivals.p
        moveout.append(NetworkFeatures.Onset(distance: entry.arrivals.distance, time: time))
      }
    }
    features.measureMoveout(moveout, modelSlowness)
    features.measureAttenuation(
      entries.map {
        NetworkFeatures.Amplitude(
          logDistance: logarithmToBase10($0.arrivals.hypocentralDistance), logAmplitude: $0.logAmplitude,
          logNoise: $0.logNoise, isPicked: $0.arrivals.isPPicked || $0.arrivals.isSPicked, kind: $0.kind)
      })
    return features
  }
}

import Foundation
import HSDLCompute
import SeismicFormats

/// Records and arrivals of which everything is known.
enum Known {
  /// A record whose components are functions of time.
  static func record(
    _ code: String = "AAA", rate: Double = 100, seconds: Double = 160, up: ((Double) -> Double)? = nil,
    north: ((Double) -> Double)? = nil, east: ((Double) -> Double)? = nil, sensitivity: Double? = nil
  ) -> StationRecord {
    let count = Int(seconds * rate)
    func component(_ channel: String, _ wave: ((Double) -> Double)?) -> StationRecord.Component? {
      wave.map { wave in .init(channel: channel, samples: (0..<count).map { wave(Double($0) / rate) }) }
    }
    return StationRecord(
      station: StationID(network: "XX", code: code), start: .epoch, samplingRate: rate, count: count,
      vertical: component("HHZ", up), north: component("HHN", north), east: component("HHE", east), isOriented: true,
      sensitivity: sensitivity)
  }

  /// Arrivals at 70 s and 80 s.
  static func arrivals(
    p: Double = 70, s: Double = 80, distance: Double = 30, backazimuth: Double = 0, isPicked: Bool = true
  ) -> StationArrivals {
    StationArrivals(
      p: p, s: s, predictedP: 70, predictedS: s, isPPicked: isPicked, isSPicked: isPicked, distance: distance,
      hypocentralDistance: distance, azimuth: 0, backazimuth: backazimuth)
  }

  /// The features of one station, by name.
  static func measure(_ record: StationRecord, _ arrivals: StationArrivals = arrivals()) -> [String: Double] {
    let features = WaveformFeatures()
    features.begin(eventKey: 1)
    features.add(record, arrivals)
    return Dictionary(
      uniqueKeysWithValues: zip(WaveformFeatures.stationDefinitions.map(\.name), features.stationValues))
  }

  /// The features of an event, in order.
  static func row(
    _ stations: [(StationRecord, StationArrivals)], key: UInt64 = 1, slowness: (Double) -> Double = { _ in 1 / 6.0 },
    features: WaveformFeatures = WaveformFeatures()
  ) -> [Double] {
    features.begin(eventKey: key)
    for (record, arrivals) in stations { features.add(record, arrivals) }
    var values = [Double](repeating: -1, count: WaveformFeatures.count)
    values.withUnsafeMutableBufferPointer { features.finish(modelSlowness: slowness, into: $0) }
    return values
  }

  /// The features of an event, by name.
  static func event(
    _ stations: [(StationRecord, StationArrivals)], key: UInt64 = 1, slowness: (Double) -> Double = { _ in 1 / 6.0 }
  ) -> [String: Double] {
    Dictionary(
      uniqueKeysWithValues: zip(
        WaveformFeatures.definitions.map(\.name), row(stations, key: key, slowness: slowness)))
  }

  /// A sine from zero on.
  static func sine(_ frequency: Double, _ time: Double) -> Double { sin(2 * .pi * frequency * time) }

  /// Noise that is fixed by a seed.
  static func noise(_ seed: UInt64, size: Double = 1) -> (Double) -> Double {
    var random = SplitMix64(seed: seed)
    return { _ in size * random.normal() }
  }
}

extension [String: Double] {
  /// A feature; a number that fits nothing where there is none of that name.
  func of(_ name: String) -> Double { self[name] ?? -999 }
}

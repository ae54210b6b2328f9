public import HSDLCompute
import SeismicFormats

#if canImport(Glibc)
  import Glibc
#endif

/// Windows of events made for tests.
public enum SyntheticWindows {
  /// A record with an onset: small noise, and from a time on a decaying wave of some frequency on all components.
  ///
  /// - Parameters:
  ///   - onset: in s after the first sample.
  ///   - seconds: the length.
  public static func record(
    rate: Double, seconds: Double = 140, onset: Double, frequency: Double = 4, noise: Double = 0.01, seed: UInt64 = 1
  ) -> StationRecord {
    let count = Int(seconds * rate)
    func component(_ number: UInt64, _ size: Double) -> StationRecord.Component {
      var generator = SplitMix64(seed: seed, stream: number)
      let samples = (0..<count).map { index -> Double in
        let time = Double(index) / rate - onset
        let wave = time < 0 ? 0 : size * min(time, 1) * exp(-time / 8) * sin(2 * .pi * frequency * time)
        return 1000 * (wave + noise * generator.normal()) + 50_000
      }
      return StationRecord.Component(channel: "HH\(number)", samples: samples)
    }
    return StationRecord(
      station: StationID(network: "XX", code: "A\(seed)"), start: UTCTime(seconds: 0), samplingRate: rate, count: count,
      vertical: component(0, 1), north: component(1, 0.5), east: component(2, 0.25), isOriented: true)
  }

  /// Arrivals 60 s into a record.
  public static func arrivals(
    p: Double? = nil, predictedP: Double = 60, difference: Double = 5, distance: Double = 40, azimuth: Double = 30
  ) -> StationArrivals {
    StationArrivals(
      p: p ?? predictedP, s: predictedP + difference, predictedP: predictedP, predictedS: predictedP + difference,
      isPPicked: p != nil, isSPicked: false, distance: distance, hypocentralDistance: distance, azimuth: azimuth,
      backazimuth: azimuth + 180)
  }

  /// An event of some stations; of a real one the onsets stand where they are predicted, of another anywhere.
  public static func event(stations: Int, isReal: Bool, seed: UInt64) -> EventWindows {
    let extractor = EventWindowExtractor()
    extractor.begin()
    var generator = SplitMix64(seed: seed, stream: 77)
    for station in 0..<stations {
      let onset = isReal ? 60 : 50 + 30 * generator.uniform()
      // Without a picker nothing is thrown.
      _ = try? extractor.add(
        record(rate: 25, onset: onset, noise: 0.05, seed: seed &* 64 &+ UInt64(station)),
        arrivals(difference: 2 + Double(station), distance: 10 + 10 * Double(station), azimuth: 40 * Double(station)),
        EventWindowExtractor.Site(elevation: 100, depth: 8))
    }
    return extractor.finish()
  }
}

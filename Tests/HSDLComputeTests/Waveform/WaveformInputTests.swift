import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("Waveform features of bad input")
struct WaveformInputTests {
  static let rates = [1, 20, 40, 100, 249.99998, 250, 1000, 0.001, 5, 7.3]

  /// Nothing is infinite, and the number of stations is what it should be.
  private func check(_ record: StationRecord, _ arrivals: StationArrivals, stations: Double? = nil) {
    let features = WaveformFeatures()
    let row = Known.row([(record, arrivals), (record, arrivals), (record, arrivals)], features: features)
    #expect(features.stationValues.allSatisfy { !$0.isInfinite })
    #expect(row.allSatisfy { !$0.isInfinite && $0 != -1 })
    if let stations { #expect(row[3 * WaveformFeatures.stationDefinitions.count] == 3 * stations) }
  }

  private func record(_ rate: Double, _ samples: [Double], missing: [Range<Int>] = []) -> StationRecord {
    let component = StationRecord.Component(channel: "HHZ", samples: samples, missing: missing, clipped: missing)
    return StationRecord(
      station: StationID(network: "", code: ""), start: .epoch, samplingRate: rate, count: samples.count,
      vertical: component, north: component, east: component, isOriented: true)
  }

  @Test("traces of all kinds at all rates", arguments: rates)
  func traces(rate: Double) {
    let count = Int(160 * rate)
    var random = SplitMix64(seed: 1)
    let noise = (0..<count).map { _ in random.normal() }
    check(record(rate, noise), Known.arrivals(), stations: count > 0 ? 1 : 0)
    check(record(rate, [Double](repeating: 7, count: count)), Known.arrivals())
    check(record(rate, [Double](repeating: 0, count: count)), Known.arrivals())
    check(record(rate, [Double](repeating: .nan, count: count)), Known.arrivals(), stations: 0)
    check(record(rate, noise, missing: [0..<count]), Known.arrivals(), stations: 0)
    check(record(rate, noise, missing: [0..<count / 2]), Known.arrivals())
    check(record(rate, noise, missing: [-5..<3, count - 1..<count + 50]), Known.arrivals())
    check(record(rate, noise.map { $0 * 1e200 }), Known.arrivals())
    check(record(rate, noise.map { $0 * 1e-200 }), Known.arrivals())
    check(record(rate, noise.map { $0 * 1e307 }), Known.arrivals())
    var spoilt = noise
    if count > 10 { spoilt[count / 2] = .infinity }
    check(record(rate, spoilt), Known.arrivals())
    check(record(rate, []), Known.arrivals(), stations: 0)
    for length in 1...40 where length <= count {
      let middle = Double(length) / rate / 2
      let arrivals = StationArrivals(
        p: middle, s: middle, predictedP: middle, predictedS: middle, isPPicked: true, isSPicked: true, distance: 0,
        hypocentralDistance: 0, azimuth: 0, backazimuth: 0)
      check(record(rate, Array(noise.prefix(length))), arrivals)
      check(record(rate, Array(noise.prefix(length))), Known.arrivals(p: 0, s: 0))
    }
  }

  @Test("arrivals of all kinds")
  func arrivals() {
    var random = SplitMix64(seed: 1)
    let noise = (0..<16000).map { _ in random.normal() }
    let times = [.nan, .infinity, -.infinity, 1e300, -1e300, 1e17, -70, 0, 0.5, 70, 159.99, 160, 300]
    for p in times {
      for s in times {
        var arrivals = Known.arrivals(p: p, s: s)
        check(record(100, noise), arrivals)
        arrivals.predictedP = s
        arrivals.distance = p
        arrivals.hypocentralDistance = s
        arrivals.backazimuth = p
        let row = Known.row([(record(100, noise), arrivals)], slowness: { _ in s })
        #expect(row.allSatisfy { !$0.isInfinite })
      }
    }
  }

  @Test("rates that are none")
  func badRates() {
    for rate in [0, -100, .nan, .infinity, 1e300, 1e-300, 5e5] {
      check(record(rate, [Double](repeating: 1, count: 100)), Known.arrivals())
    }
  }

  @Test("components of the wrong length are none")
  func lengths() {
    var wrong = Known.record(up: Known.noise(1), north: Known.noise(2))
    wrong.vertical?.samples.removeLast()
    let values = Known.measure(wrong)
    #expect(values.of("snr_p").isNaN && !values.of("snr_s").isNaN)
    wrong.count = 1 << 50
    check(wrong, Known.arrivals(), stations: 0)
    wrong.count = -1
    check(wrong, Known.arrivals(), stations: 0)
    // Too little room: nothing is written, and nothing beyond it.
    var few = [Double](repeating: 3, count: 5)
    few.withUnsafeMutableBufferPointer { WaveformFeatures().finish(modelSlowness: { _ in 0 }, into: $0) }
    #expect(few == [3, 3, 3, 3, 3])
  }

  @Test("zeros after a signal cost no more than noise")
  func fadingStates() {
    let count = 120_000
    var samples = [Double](repeating: 0, count: count)
    for index in 100..<200 { samples[index] = 1e5 }
    let quiet = record(1000, samples)
    var random = SplitMix64(seed: 2)
    let noise = record(1000, samples.map { _ in random.normal() })
    func time(_ record: StationRecord) -> Duration {
      let features = WaveformFeatures()
      var best = Duration.seconds(1000)
      for _ in 0..<3 { best = min(best, ContinuousClock().measure { features.add(record, Known.arrivals()) }) }
      return best
    }
    #expect(time(quiet) < time(noise) * 8)
  }
}

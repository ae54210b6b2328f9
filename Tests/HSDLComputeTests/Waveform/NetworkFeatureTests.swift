import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("Waveform features across stations")
struct NetworkFeatureTests {
  private static func wave(_ t: Double, _ p: Double = 70) -> Double {
    t >= p ? exp(-(t - p) / 3) * Known.sine(7, t) : 0
  }

  @Test("envelopes that are the same, that only begin together, and that have nothing in common")
  func envelopes() {
    let noise = Known.noise(1)
    let same = (0..<4).map { station -> (StationRecord, StationArrivals) in
      var record = Known.record(up: { 0.1 * Known.sine(5 + 0.01 * $0, $0) + 10 * Self.wave($0) })
      record.station.code = "S\(station)"
      return (record, Known.arrivals())
    }
    let equal = Known.event(same)
    #expect(abs(equal.of("envelope_coherence") - 1) < 1e-9)
    #expect(abs(equal.of("semblance") - 1) < 1e-9)
    #expect(abs(equal.of("semblance_contrast") - 1) < 1e-9)

    let together = (0..<8).map { station in
      (Known.record("S\(station)", up: { noise($0) + 30 * Self.wave($0) }), Known.arrivals())
    }
    let event = Known.event(together)
    #expect(event.of("semblance") > 0.9)
    #expect(event.of("semblance_contrast") > 2)
    #expect(event.of("envelope_coherence") > 0.9)

    let apart = (0..<8).map { station in (Known.record("S\(station)", up: noise), Known.arrivals()) }
    let nothing = Known.event(apart)
    #expect(abs(nothing.of("envelope_coherence")) < 0.2)
    #expect(nothing.of("semblance") < 0.5)
    #expect(nothing.of("semblance_contrast") < 2.5)

    // Anticorrelated envelopes: one station's is high where the other's is low.
    func modulated(_ sign: Double) -> (Double) -> Double {
      { t in (2 + sign * Known.sine(0.2, t)) * Known.sine(8, t) }
    }
    let against = Known.event([
      (Known.record("A", up: modulated(1)), Known.arrivals()), (Known.record("B", up: modulated(-1)), Known.arrivals()),
    ])
    #expect(abs(against.of("envelope_coherence") + 1) < 0.01)
  }

  @Test("P times whose slope is not the model's")
  func moveout() {
    let noise = Known.noise(2)
    let record = Known.record(up: noise)
    var stations = (0..<6).map { station -> (StationRecord, StationArrivals) in
      let distance = 10 + 7 * Double(station)
      var copy = record
      copy.station.code = "S\(station)"
      copy.start = UTCTime(seconds: 1_500_000_000).advanced(by: distance / 5 - 70)
      return (copy, Known.arrivals(distance: distance))
    }
    #expect(abs(Known.event(stations).of("moveout_slowness_error") - (1 / 5.0 - 1 / 6.0)) < 1e-6)
    // One wrong pick does not matter; predicted arrivals do not count.
    stations[2].1.p = 90
    #expect(abs(Known.event(stations).of("moveout_slowness_error") - (1 / 5.0 - 1 / 6.0)) < 1e-6)
    for station in stations.indices.dropFirst(2) { stations[station].1.isPPicked = false }
    #expect(Known.event(stations).of("moveout_slowness_error").isNaN)
  }

  @Test("amplitudes that fall as a power of distance, and stations that do not fit")
  func attenuation() {
    func station(_ index: Int, size: Double? = nil, sensitivity: Double? = nil) -> (StationRecord, StationArrivals) {
      let distance = 10 * pow(1.3, Double(index))
      let size = size ?? 1e5 * pow(distance, -1.7)
      let horizontal = { (t: Double) in 0.001 * Known.sine(6, t) + (t >= 80 ? size : 0) * Known.sine(6, t) }
      return (
        Known.record("S\(index)", up: { Known.sine(6, $0) }, north: horizontal, sensitivity: sensitivity),
        Known.arrivals(distance: distance)
      )
    }
    let line = (0..<6).map { station($0) }
    let event = Known.event(line)
    #expect(abs(event.of("attenuation_slope") + 1.7) < 1e-4)
    #expect(event.of("attenuation_rms") < 1e-4)
    #expect(event.of("station_agreement") == 1)

    // Two stations that run but saw nothing: they do not bend the line, and do not agree.
    var silent = [station(6, size: 0), station(7, size: 0)]
    for index in silent.indices { (silent[index].1.isPPicked, silent[index].1.isSPicked) = (false, false) }
    let partly = Known.event(line + silent)
    #expect(abs(partly.of("attenuation_slope") + 1.7) < 1e-4)
    #expect(abs(partly.of("station_agreement") - 0.75) < 1e-12)

    // Stations in other units are not compared.
    let mixed = Known.event(line + [station(8, size: 1e-9, sensitivity: 1e9), station(9, size: 1, sensitivity: 1e9)])
    #expect(abs(mixed.of("attenuation_slope") + 1.7) < 1e-4)
    #expect(mixed.of("station_agreement") == 1)
    #expect(Known.event(Array(line.prefix(2))).of("attenuation_slope").isNaN)
  }

  @Test("no stations, one station")
  func few() {
    let none = Known.row([])
    #expect(none[3 * WaveformFeatures.stationDefinitions.count] == 0)
    #expect(none.filter { $0.isNaN }.count == WaveformFeatures.count - 1)
    let one = Known.event([(Known.record(up: Known.noise(9)), Known.arrivals())])
    #expect(one.of("waveform_stations_n") == 1)
    #expect(!one.of("snr_p_median").isNaN && one.of("snr_p_median") == one.of("snr_p_max"))
    #expect(one.of("snr_p_mad") == 0)
    for name in ["envelope_coherence", "semblance", "semblance_contrast", "attenuation_rms", "station_agreement"] {
      #expect(one.of(name).isNaN)
    }
  }
}

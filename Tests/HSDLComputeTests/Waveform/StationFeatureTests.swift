import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("Waveform features with answers in closed form")
struct StationFeatureTests {
  /// 10 log10 of the mean square after over before an arrival of a sine that grows as exp(growth · time).
  private func growthSNR(_ growth: Double) -> Double {
    10 * log10((exp(4 * growth) - 1) / 2 / ((1 - exp(-10 * growth)) / 5))
  }

  @Test("signal-to-noise ratios of sines that grow, each band its own")
  func snr() {
    // An exponential passes any filter unchanged but for a factor.
    let up = { (t: Double) in
      exp(0.1 * (t - 70)) * Known.sine(2, t) + exp(0.3 * (t - 70)) * Known.sine(7, t)
        + exp(0.5 * (t - 70)) * Known.sine(17, t)
    }
    let values = Known.measure(Known.record(up: up, north: { exp(0.2 * $0) * Known.sine(6, $0) }, east: nil))
    #expect(abs(values.of("snr_low") - growthSNR(0.1)) < 0.05)
    #expect(abs(values.of("snr_mid") - growthSNR(0.3)) < 0.05)
    #expect(abs(values.of("snr_high") - growthSNR(0.5)) < 0.05)
    #expect(abs(values.of("snr_s") - growthSNR(0.2)) < 0.01)
    let one = Known.measure(Known.record(up: { exp(0.4 * ($0 - 70)) * Known.sine(6, $0) }))
    #expect(abs(one.of("snr_p") - growthSNR(0.4)) < 0.01)
    // The S arrival cuts the P window to 1 s.
    let cut = Known.measure(
      Known.record(up: { exp(0.4 * ($0 - 70)) * Known.sine(6, $0) }), Known.arrivals(s: 71))
    let expected = 10 * log10((exp(0.8) - 1) / 1 / ((1 - exp(-4)) / 5))
    #expect(abs(cut.of("snr_p") - expected) < 0.02)
    // No horizontals: nothing is known of S but the coda.
    #expect(one.of("snr_s").isNaN && one.of("planarity_s").isNaN && one.of("sp_amplitude_log10").isNaN)
    #expect(one.of("corner_frequency").isNaN && one.of("rectilinearity_p").isNaN)
  }

  @Test("both horizontals count in S, each with its own power")
  func horizontals() {
    let growth = { (t: Double) in exp(0.2 * (t - 80)) * Known.sine(6, t) }
    let values = Known.measure(Known.record(up: growth, north: growth, east: { 3 * Known.sine(5, $0) }))
    let (before, after) = ((1 - exp(-2)) / (0.4 * 5), (exp(0.8) - 1) / (0.4 * 2))
    #expect(abs(values.of("snr_s") - 10 * log10((after + 9) / (before + 9))) < 0.02)
  }

  @Test("STA/LTA of a growing sine")
  func staLta() {
    let growth = 0.5
    let values = Known.measure(Known.record(up: { exp(growth * ($0 - 70)) * Known.sine(10, $0) }))
    let g = exp(2 * growth / 100)
    func average(_ count: Double) -> Double { 1 / count / (1 - (1 - 1 / count) / g) }
    #expect(abs(values.of("sta_lta_max") / (average(50) / average(1000)) - 1) < 0.03)
  }

  @Test("kurtosis, zero crossings and spikiness of a sine, and of a spike")
  func sine() {
    let values = Known.measure(Known.record(up: { 1e-9 * Known.sine(7.5, $0 + 0.003) }))
    #expect(abs(values.of("kurtosis_max") - 1.5) < 1e-6)
    #expect(abs(values.of("zero_crossing_rate") - 15) <= 0.25)
    #expect(abs(values.of("spikiness") - 2.0.squareRoot()) < 0.01)
    let spike = Known.measure(Known.record(up: { $0 == 72 ? 1e6 : 0 }))
    #expect(spike.of("kurtosis_max") > 20)
    #expect(spike.of("spikiness") > 5)
  }

  @Test("the spectrum of a sine that begins with P")
  func sineSpectrum() {
    let values = Known.measure(Known.record(up: { 40 + ($0 >= 70 ? 5 * Known.sine(8, $0) : 0) }))
    #expect(abs(values.of("centroid_frequency") - 8) < 1e-6)
    #expect(values.of("dominant_frequency") == 8)
    // A Hann window gives the neighbours, 0.5 Hz away, a quarter of the power each.
    #expect(abs(values.of("bandwidth") - (1 / 12.0).squareRoot()) < 1e-6)
    let flatness = exp((2 * log(0.25) + 86 * log(1e-4)) / 89) * 89 / 1.5
    #expect(abs(values.of("spectral_flatness") - flatness) < 1e-6)
    #expect(values.of("spectral_slope").isNaN)
  }

  @Test("the spectrum of an impulse is flat; of two samples it falls as a cosine")
  func impulseSpectrum() {
    let impulse = Known.measure(Known.record(up: { $0 == 71 ? 3 : 0 }))
    #expect(abs(impulse.of("spectral_flatness") - 1) < 1e-3)
    let pair = Known.measure(Known.record(up: { $0 == 71 || $0 == 71.01 ? 3 : 0 }))
    #expect(pair.of("dominant_frequency") <= 1.5)
    var line: [(Double, Double)] = []
    for bin in 2...90 { line.append((log(Double(bin)), log(cos(.pi * Double(bin) / 200)))) }
    let n = Double(line.count)
    let (x, y) = (line.reduce(0) { $0 + $1.0 } / n, line.reduce(0) { $0 + $1.1 } / n)
    let slope = line.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } / line.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
    #expect(abs(pair.of("spectral_slope") - slope) < 0.02)
  }

  @Test("the corner frequency of Brune's pulse", arguments: [2.5, 4, 7, 12])
  func corner(frequency: Double) {
    // The displacement t exp(-w t), whose spectrum is Brune's exactly, differentiated.
    let w = 2 * Double.pi * frequency
    let pulse = { (t: Double) in
      // Half at the step, as a band-limited one has it.
      t == 80 ? 0.5 : t > 80 ? (1 - w * (t - 80)) * exp(-w * (t - 80)) : 0
    }
    let noise = Known.noise(3, size: 1e-4)
    // A high rate, so that little is folded back from above the Nyquist frequency.
    let values = Known.measure(
      Known.record(
        rate: 500, seconds: 100, north: { pulse($0) + noise($0) }, east: { 2 * pulse($0) + noise($0) }))
    #expect(abs(values.of("corner_frequency") / frequency - 1) < 0.03)
    // Noise alone has none.
    #expect(Known.measure(Known.record(seconds: 100, north: noise, east: noise)).of("corner_frequency").isNaN)
  }

  @Test("amplitudes of S and P")
  func amplitudes() {
    let values = Known.measure(
      Known.record(up: { Known.sine(6, $0) }, north: { 30 * Known.sine(6, $0) }, east: { 40 * Known.sine(6, $0) }))
    #expect(abs(values.of("sp_amplitude_log10") - log10(50)) < 1e-6)
  }

  @Test("a line in a known direction, and a circle in a plane")
  func polarization() {
    for (azimuth, incidence, backazimuth, error) in [
      (30.0, 20.0, 30.0, 0.0), (30, 50, 210, 0), (30, 70, 120, 90), (150, 10, 350, 20), (175, 45, 5, 10),
    ] {
      let (a, i) = (azimuth * .pi / 180, incidence * .pi / 180)
      let values = Known.measure(
        Known.record(
          up: { cos(i) * Known.sine(6, $0) }, north: { -sin(i) * cos(a) * Known.sine(6, $0) },
          east: { -sin(i) * sin(a) * Known.sine(6, $0) }), Known.arrivals(backazimuth: backazimuth))
      #expect(values.of("rectilinearity_p") > 1 - 1e-6)
      #expect(abs(values.of("incidence_p") - incidence) < 1e-5)
      #expect(abs(values.of("backazimuth_error") - error) < 1e-5)
    }
    var circle = Known.record(
      up: { Known.sine(5, $0) }, north: { Known.sine(5, $0 + 0.05) }, east: { 2 * Known.sine(5, $0) })
    #expect(abs(Known.measure(circle).of("planarity_s") - 1) < 1e-9)
    #expect(Known.measure(circle).of("backazimuth_error").isNaN == false)
    circle.isOriented = false
    #expect(Known.measure(circle).of("backazimuth_error").isNaN)
  }

  @Test("an envelope that rises, and falls exponentially")
  func envelopeShape() {
    // Noise of size 1, then up to 50 in 4 s, then down with a time of 5 s.
    let size = { (t: Double) in t < 70 ? 1.0 : t < 74 ? 1 + 49 * (t - 70) / 4 : max(50 * exp(-(t - 74) / 5), 1) }
    let wave = { (t: Double) in size(t) * Known.sine(8, t) }
    for record in [Known.record(up: wave), Known.record(up: wave, north: wave, east: wave)] {
      let values = Known.measure(record, Known.arrivals(s: 74))
      #expect(abs(values.of("rise_time") - 4) < 0.2)
      // Above twice the noise from 1/49 of the rise until exp(-t / 5) is 2 / 50.
      #expect(abs(values.of("duration") - (4 - 4 / 49.0 + 5 * log(25))) < 0.25)
      #expect(abs(values.of("coda_slope") + 0.2) < 0.005)
    }
  }

  @Test("shares of clipped and missing samples, ends of the record included")
  func quality() {
    // From 65 s to 110 s: 4500 samples of two components.
    let noise = Known.noise(5)
    var record = Known.record(up: noise, east: noise)
    record.vertical?.missing = [0..<100, 6000..<6600, 7000..<7020]
    record.vertical?.clipped = [6900..<6950, 15000..<15100]
    let values = Known.measure(record)
    #expect(abs(values.of("gap_fraction") - 120 / 9000.0) < 1e-12)
    #expect(abs(values.of("clipped") - 50 / 8880.0) < 1e-12)
    let short = Known.measure(Known.record(seconds: 100, up: noise))
    #expect(abs(short.of("gap_fraction") - 10 / 45.0) < 1e-12)
  }

  @Test("windows of which more than half is missing are NaN; less leaves a sine's ratio alone")
  func gaps() {
    let growth = { (t: Double) in exp(0.4 * (t - 70)) * Known.sine(6, t) }
    var record = Known.record(up: growth)
    func clear(_ range: Range<Int>) {
      record.vertical?.missing = [range]
      for index in range { record.vertical?.samples[index] = 0 }
    }
    clear(6500..<6600)
    // Without the first second of the noise.
    let expected = 10 * log10((exp(1.6) - 1) / 2 / ((1 - exp(-3.2)) / 4))
    #expect(abs(Known.measure(record).of("snr_p") - expected) < 0.1)
    record = Known.record(up: growth)
    clear(6500..<6760)
    #expect(Known.measure(record).of("snr_p").isNaN)
    #expect(!Known.measure(record).of("zero_crossing_rate").isNaN)
  }
}

import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("Synthetic sources and sequences")
struct SyntheticSourceTests {
  /// A month of a sequence with many earthquakes.
  private func month(seed: UInt64, rate: Double) -> [SyntheticEarthquake] {
    var settings = SyntheticSettings()
    settings.seed = seed
    settings.days = 30
    let sequence = EarthquakeSequence(settings, region: SyntheticRegion(settings), rate: rate)
    return (0..<30).flatMap { sequence.events(day: $0) }
  }

  @Test("moment and corner frequency of a magnitude 3 as Hanks and Kanamori, and Brune, have them")
  func brune() {
    let source = BruneSource(magnitude: 3, stressDrop: 3e6)
    #expect(abs(source.moment - 3.981e13) < 1e10)
    // fc = 0.49 b (ds / M0)^(1/3) = 0.49 · 3400 · (3e6 / 3.981e13)^(1/3).
    #expect(abs(source.cornerFrequency(velocity: 3.4) - 7.036) < 0.01)
    let near = source.lowFrequencyLevel(velocity: 3.4, distance: 10, radiation: 0.6)
    let far = source.lowFrequencyLevel(velocity: 3.4, distance: 40, radiation: 0.6)
    #expect(abs(near / far - 4) < 1e-12)
    // 2 · 3.981e13 · 0.6 / (4 pi · 2700 · 3400^3 · 10000).
    #expect(abs(near - 3.5824e-6) < 1e-9)
  }

  @Test("a spectrum is that of a displacement pulse below its corner, and falls as it should above")
  func spectrum() {
    let spectrum = WaveSpectrum(level: 2e-6, corner: 5, attenuation: 0)
    #expect(abs(spectrum.amplitude(0.05) - 2 * .pi * 0.05 * 2e-6) < 1e-10)
    #expect(abs(spectrum.amplitude(5) - 2 * .pi * 5 * 1e-6) < 1e-12)
    #expect(abs(spectrum.amplitude(100) / spectrum.amplitude(200) - 2) < 0.01)
    // Attenuated by exp(-pi t* f), times the square root of 2, where pi t* f is large.
    let damped = WaveSpectrum(level: 2e-6, corner: 5, attenuation: 0.05)
    let ratio = damped.amplitude(30) / spectrum.amplitude(30)
    #expect(abs(ratio - 2.0.squareRoot() * exp(-.pi * 0.05 * 30)) < 1e-5)
  }

  @Test("the energy of a band is the integral of the squared spectrum")
  func energy() {
    let spectrum = WaveSpectrum(level: 1, corner: 5, attenuation: 0.03)
    var sum = 0.0
    for step in 0..<18_000 {
      let value = spectrum.amplitude(2 + (Double(step) + 0.5) * 0.001)
      sum += 2 * value * value * 0.001
    }
    #expect(abs(spectrum.energy(2...20) / sum - 1) < 0.001)
  }

  @Test("magnitudes have the b value that is asked for", arguments: [UInt64(1), 2, 3])
  func magnitudes(seed: UInt64) {
    let magnitudes = month(seed: seed, rate: 600).map(\.magnitude)
    let mean = magnitudes.reduce(0, +) / Double(magnitudes.count)
    // Aki (1965).
    let b = 0.4342945 / (mean - 0.3)
    #expect(abs(b - 1) < 0.03)
    #expect(magnitudes.allSatisfy { (0.3...5.2).contains($0) })
  }

  @Test("as many earthquakes come as are asked for, about half of them aftershocks", arguments: [UInt64(1), 4])
  func counts(seed: UInt64) {
    let events = month(seed: seed, rate: 800)
    #expect(abs(Double(events.count) / 24_000 - 1) < 0.12)
    let triggered = Double(events.count { $0.isTriggered }) / Double(events.count)
    #expect((0.36...0.54).contains(triggered))
  }

  @Test("aftershocks come soon and near: more than chance in the ten minutes after an earthquake of magnitude 3")
  func aftershocks() {
    let events = month(seed: 5, rate: 800)
    var found = 0.0
    var expected = 0.0
    for shock in events where shock.magnitude > 3 {
      for event in events where event.key != shock.key {
        let delay = event.time - shock.time
        let distance = hypot(event.x - shock.x, event.y - shock.y)
        if (0..<600).contains(delay), distance < 3 { found += 1 }
        if (-86_400 * 2 ..< -86_400).contains(delay), distance < 3 { expected += 1.0 / 144 }
      }
    }
    #expect(found > 5 * expected)
  }

  @Test("a day is the same whether others were made before it, and other seeds have other ones")
  func determinism() throws {
    var settings = SyntheticSettings()
    settings.days = 10
    let region = SyntheticRegion(settings)
    let sequence = EarthquakeSequence(settings, region: region, rate: 300)
    let third = sequence.events(day: 3)
    _ = sequence.events(day: 2)
    #expect(sequence.events(day: 3) == third)
    #expect(third.allSatisfy { (3 * 86_400.0..<4 * 86_400).contains($0.time) })
    #expect(
      Set((0..<10).flatMap { sequence.events(day: $0) }.map(\.key)).count
        == (0..<10).reduce(0) { $0 + sequence.events(day: $1).count })
    var other = settings
    other.seed = 2
    let elsewhere = SyntheticRegion(other)
    #expect(elsewhere.latitude != region.latitude)
    #expect(elsewhere.model != region.model)
  }

  @Test("settings that make no sense are objected to")
  func objections() {
    #expect(SyntheticSettings().objection == nil)
    for change: (inout SyntheticSettings) -> Void in [
      { $0.days = 0 }, { $0.days = .nan }, { $0.days = .infinity }, { $0.stationCount = 2 }, { $0.eventsPerDay = -1 },
      { $0.samplingRate = 0 }, { $0.samplingRate = 33.3 }, { $0.samplingRate = .nan }, { $0.regionSize = 1e9 },
      { $0.days = 1e-9 }, { $0.start = UTCTime(seconds: .max) },
    ] {
      var settings = SyntheticSettings()
      change(&settings)
      #expect(settings.objection != nil)
    }
  }
}

import Foundation
import HSDLCompute
import Testing

@Suite("Detectors, envelopes, polarization and spectra")
struct DetectorTests {
  private func every7th(_ values: [Double], _ reference: [Double], _ tolerance: Double = 1e-10) {
    #expect((values.count + 6) / 7 == reference.count)
    for (place, value) in reference.enumerated() where 7 * place < values.count {
      #expect(abs(values[7 * place] - value) <= tolerance * max(1, abs(value)))
    }
  }

  @Test("STA/LTA is ObsPy's")
  func staLta() {
    let trace = SignalReference.trace(100)
    every7th(recursiveSTALTA(trace, shortCount: 5, longCount: 20), SignalReference.recursive)
    every7th(classicSTALTA(trace, shortCount: 5, longCount: 20), SignalReference.classic)
  }

  @Test("classic STA/LTA is the ratio of means, for every small size")
  func classicProperty() {
    var random = SplitMix64(seed: 11)
    for count in 0...14 {
      let trace = (0..<count).map { _ in random.normal() }
      for long in 0...15 {
        for short in 0...15 {
          let ratios = classicSTALTA(trace, shortCount: short, longCount: long)
          #expect(ratios.count == count)
          for index in 0..<count {
            var expected = 0.0
            if short > 0, short <= long, long <= count, index >= long - 1 {
              let energy = { (n: Int) in trace[index - n + 1...index].reduce(0) { $0 + $1 * $1 } / Double(n) }
              expected = energy(short) / energy(long)
            }
            #expect(abs(ratios[index] - expected) < 1e-12)
          }
        }
      }
    }
  }

  @Test("STA/LTA of a step in amplitude rises as its closed form")
  func recursiveStep() {
    // Squares are 1 up to sample 400 and 100 from there on.
    let trace = (0..<600).map { $0 < 400 ? 1.0 : ($0 % 2 == 0 ? 10 : -10) }
    let ratios = recursiveSTALTA(trace, shortCount: 10, longCount: 100)
    for index in [100, 399, 400, 405, 430, 599] {
      func average(_ count: Double) -> Double {
        let before = 1 - pow(1 - 1 / count, Double(min(index, 399)))
        guard index >= 400 else { return before }
        let fading = pow(1 - 1 / count, Double(index - 399))
        return before * fading + 100 * (1 - fading)
      }
      #expect(abs(ratios[index] - average(10) / average(100)) < 1e-10)
    }
    #expect(ratios[99] == 0)
    #expect(recursiveSTALTA([0, 0, 0, 0], shortCount: 1, longCount: 2) == [0, 0, 0, 0])
    #expect(recursiveSTALTA([1, 2], shortCount: 0, longCount: 2) == [0, 0])
    #expect(recursiveSTALTA([], shortCount: 1, longCount: 2).isEmpty)
  }

  @Test("envelopes are ObsPy's, and of a sine its amplitude")
  func envelopes() {
    every7th(envelope(SignalReference.trace(100)), SignalReference.envelopeEven)
    every7th(envelope(SignalReference.trace(75)), SignalReference.envelopeOdd)
    for count in [100, 101, 1000] {
      let sine = (0..<count).map { 3 * sin(2 * .pi * 5 * Double($0) / Double(count) + 0.3) }
      #expect(envelope(sine).allSatisfy { abs($0 - 3) < 1e-12 })
    }
    for count in 0...5 { #expect(envelope([Double](repeating: -2, count: count)) == .init(repeating: 2, count: count)) }
  }

  @Test("polarization is ObsPy's")
  func flinn() throws {
    for window in 0..<4 {
      let k = Double(window)
      let polarization = try #require(
        Polarization(
          vertical: SignalReference.trace(60, turned: 1 + k).map { $0 * (1 + k) },
          north: SignalReference.trace(60, turned: 2.5 + 2 * k),
          east: SignalReference.trace(60, turned: 4 + 0.3 * k).map { $0 * (2 - 0.4 * k) }))
      let values = [
        polarization.azimuth, polarization.incidence, polarization.rectilinearity, polarization.planarity,
      ]
      for (place, value) in values.enumerated() {
        #expect(abs(value - SignalReference.flinn[4 * window + place]) < 1e-8)
      }
    }
  }

  @Test("a line and a plane in known directions")
  func polarizationDirections() throws {
    let wave = SignalReference.trace(50, turned: 1)
    let other = SignalReference.trace(50, turned: 2)
    for azimuth in stride(from: 2.0, to: 180, by: 13) {
      for incidence in [1.0, 20, 45, 88] {
        let (a, i) = (azimuth * .pi / 180, incidence * .pi / 180)
        let line = try #require(
          Polarization(
            vertical: wave.map { $0 * cos(i) }, north: wave.map { $0 * sin(i) * cos(a) },
            east: wave.map { $0 * sin(i) * sin(a) }))
        #expect(abs(line.azimuth - azimuth) < 1e-6)
        #expect(abs(line.incidence - incidence) < 1e-6)
        #expect(line.rectilinearity > 1 - 1e-6)
      }
    }
    let plane = try #require(Polarization(vertical: wave, north: other, east: wave.map { 2 * $0 }))
    #expect(abs(plane.planarity - 1) < 1e-9)
    #expect(Polarization(vertical: [1, 1, 1], north: [2, 2, 2], east: [0, 0, 0]) == nil)
    #expect(Polarization(vertical: [], north: [], east: []) == nil)
    #expect(Polarization(vertical: [1], north: [1], east: [1]) == nil)
    #expect(Polarization(vertical: [.nan, 1], north: [1, 2], east: [1, 3]) == nil)
    #expect(Polarization(vertical: [.infinity, 1], north: [1, 2], east: [1, 3]) == nil)
  }

  @Test("kurtosis of every small window, whatever came before")
  func kurtosis() {
    var random = SplitMix64(seed: 4)
    for count in 0...40 {
      let trace = (0..<count).map { _ in 100 + random.normal() }
      for window in 0...12 {
        let values = slidingKurtosis(trace, count: window)
        #expect(values.count == count)
        for index in 0..<count {
          guard window > 1, index >= window - 1 else {
            #expect(values[index].isNaN)
            continue
          }
          let part = trace[index - window + 1...index]
          let mean = part.reduce(0, +) / Double(window)
          let second = part.reduce(0) { $0 + pow($1 - mean, 2) } / Double(window)
          let fourth = part.reduce(0) { $0 + pow($1 - mean, 4) } / Double(window)
          #expect(abs(values[index] - fourth / (second * second)) < 1e-7)
        }
      }
    }
    // A glitch leaves nothing behind: a square wave has a kurtosis of 1.
    var trace = (0..<400).map { $0 % 2 == 0 ? 1.0 : -1 }
    trace[100] = 1e8
    trace[101] = -1e8
    let values = slidingKurtosis(trace, count: 50)
    #expect(values[149] > 20)
    for index in 152..<400 { #expect(abs(values[index] - 1) < 1e-6) }
    #expect(slidingKurtosis([2, 2, 2, 2], count: 3).allSatisfy { $0.isNaN })
  }

  @Test("Welch's spectrum is SciPy's, and holds the power of a sine")
  func welch() throws {
    for (count, reference) in [(20, SignalReference.welch), (21, SignalReference.welchOdd)] {
      let spectrum = try #require(WelchSpectrum(segmentCount: count, samplingRate: 50))
      let density = try #require(spectrum.density(SignalReference.trace(90)))
      #expect(density.count == reference.count)
      for (value, expected) in zip(density, reference) { #expect(abs(value - expected) < 1e-12 + 1e-9 * expected) }
    }
    let spectrum = try #require(WelchSpectrum(segmentCount: 200, samplingRate: 100))
    let density = try #require(spectrum.density((0..<1000).map { 4 * sin(2 * .pi * 8 * Double($0) / 100) }))
    #expect(abs(density.reduce(0, +) * 0.5 - 8) < 1e-9)
    #expect(density.firstIndex(of: density.max() ?? 0) == 16)
    #expect(spectrum.density([1, 2, 3]) == nil)
    #expect(WelchSpectrum(segmentCount: 1, samplingRate: 100) == nil)
    #expect(WelchSpectrum(segmentCount: 100, samplingRate: .nan) == nil)
  }
}

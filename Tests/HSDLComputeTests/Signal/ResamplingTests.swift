import Foundation
import HSDLCompute
import Testing

@Suite("Resampling")
struct ResamplingTests {
  @Test("with SciPy's filter the samples are SciPy's")
  func reference() throws {
    for (up, down, expected) in [(2, 5, SignalReference.resampled5To2), (3, 2, SignalReference.resampled2To3)] {
      let resampler = try #require(RationalResampler(up: up, down: down, taps: SignalReference.taps))
      let samples = resampler.resample(SignalReference.trace(60), edge: .zero)
      #expect(samples.count == expected.count)
      for (value, reference) in zip(samples, expected) { #expect(abs(value - reference) < 1e-9) }
    }
  }

  @Test("a sine stays a sine, at the same times", arguments: [(100.0, 40.0), (40, 100), (249.99998, 100), (100, 20)])
  func sines(rate: Double, newRate: Double) throws {
    let resampler = try #require(RationalResampler(from: rate, to: newRate))
    let count = Int(60 * rate)
    let nyquist = min(rate, newRate) / 2
    for share in [0.05, 0.3, 0.7, 0.9] {
      let frequency = share * nyquist
      let samples = resampler.resample((0..<count).map { sin(2 * .pi * frequency * Double($0) / rate + 0.4) })
      #expect(samples.count == resampler.outputCount(count))
      let actual = rate * Double(resampler.up) / Double(resampler.down)
      let edge = Int(60 * newRate / 3)
      var worst = 0.0
      for index in edge..<2 * edge {
        worst = max(worst, abs(samples[index] - sin(2 * .pi * frequency * Double(index) / actual + 0.4)))
      }
      #expect(worst < 1e-3)
    }
  }

  @Test("what the new rate cannot hold is damped by 80 dB")
  func stopBand() throws {
    let resampler = try #require(RationalResampler(from: 100, to: 40))
    for frequency in [20.0, 21, 30, 39, 41, 49] {
      let samples = resampler.resample((0..<6000).map { sin(2 * .pi * frequency * Double($0) / 100 + 0.2) })
      #expect(samples[800..<1600].allSatisfy { abs($0) < 1e-4 })
    }
  }

  @Test("ratios are the simplest that are near enough")
  func ratios() {
    func ratio(_ from: Double, _ to: Double, _ tolerance: Double = 1e-4) -> [Int] {
      RationalResampler.ratio(from: from, to: to, tolerance: tolerance).map { [$0.up, $0.down] } ?? []
    }
    #expect(ratio(100, 100) == [1, 1])
    #expect(ratio(249.99998, 100) == [2, 5])
    #expect(ratio(99.9999, 100) == [1, 1])
    #expect(ratio(100, 40) == [2, 5])
    #expect(ratio(1000, 20) == [1, 50])
    #expect(ratio(62.5, 100) == [8, 5])
    #expect(ratio(100, 100.001, 0) == [])
    #expect(ratio(1e9, 1) == [])
    #expect(ratio(0, 1) == [])
    #expect(ratio(1, 0) == [])
    #expect(ratio(.nan, 1) == [])
    #expect(ratio(1, .infinity) == [])
    #expect(ratio(-100, -40) == [])
  }

  @Test("every small size and ratio: the number of samples, a constant kept, sample 0 in place")
  func smallSizes() throws {
    for up in 1...6 {
      for down in 1...6 {
        let resampler = try #require(RationalResampler(up: up, down: down))
        for count in 0...9 {
          let samples = resampler.resample([Double](repeating: 7, count: count))
          #expect(samples.count == (count * resampler.up + resampler.down - 1) / resampler.down)
          #expect(samples.allSatisfy { abs($0 - 7) < 2e-3 })
        }
      }
    }
    let same = try #require(RationalResampler(up: 3, down: 3))
    #expect(same.up == 1 && same.down == 1)
    #expect(RationalResampler(up: 0, down: 1) == nil)
    #expect(RationalResampler(up: 1, down: 1001) == nil)
    #expect(RationalResampler(up: 1, down: -1) == nil)
    #expect(RationalResampler(up: 1, down: 2, taps: [0.5, 0.5]) == nil)
  }
}

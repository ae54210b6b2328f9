import Foundation
import HSDLCompute
import Testing

@Suite("Filters")
struct FilterTests {
  static let places = [0, 1, 2, 5, 9, 30, 98, 99]

  @Test("Butterworth filters respond as SciPy's, and filter as they do", arguments: SignalReference.filters.indices)
  func reference(index: Int) throws {
    let reference = SignalReference.filters[index]
    let filter = try #require(
      SecondOrderSections.butterworth(reference.band, order: reference.order, samplingRate: reference.rate))
    for (place, share) in [0.03, 0.11, 0.24, 0.43].enumerated() {
      let response = filter.response(at: share * reference.rate, samplingRate: reference.rate)
      #expect(abs(response.real - reference.response[2 * place]) < 1e-9)
      #expect(abs(response.imaginary - reference.response[2 * place + 1]) < 1e-9)
    }
    let trace = SignalReference.trace(100)
    let forward = filter.filter(trace)
    let zeroPhase = filter.filterZeroPhase(trace)
    #expect(forward.count == 100 && zeroPhase.count == 100)
    for (place, sample) in Self.places.enumerated() {
      #expect(abs(forward[sample] - reference.forward[place]) < 1e-8)
      #expect(abs(zeroPhase[sample] - reference.zeroPhase[place]) < 1e-8)
    }
  }

  @Test("corners are at half the power, at every order")
  func corners() throws {
    for order in 1...10 {
      for rate in [1.0, 20, 100, 249.99998, 1000] {
        let (low, high) = (0.06 * rate, 0.31 * rate)
        for (band, corners) in [
          (SecondOrderSections.Band.lowpass(low), [low]), (.highpass(high), [high]),
          (.bandpass(low, high), [low, high]),
        ] {
          let filter = try #require(SecondOrderSections.butterworth(band, order: order, samplingRate: rate))
          for corner in corners {
            let response = filter.response(at: corner, samplingRate: rate)
            let power = response.real * response.real + response.imaginary * response.imaginary
            #expect(abs(power - 0.5) < 1e-9)
          }
          // All poles are inside the unit circle.
          for section in filter.sections { #expect(abs(section.a2) < 1 && abs(section.a1) < 1 + section.a2) }
        }
      }
    }
  }

  @Test("there is no filter where there can be none")
  func impossible() {
    func make(_ band: SecondOrderSections.Band, _ order: Int = 4, _ rate: Double = 100) -> SecondOrderSections? {
      .butterworth(band, order: order, samplingRate: rate)
    }
    #expect(make(.lowpass(50)) == nil)
    #expect(make(.lowpass(0)) == nil)
    #expect(make(.lowpass(-1)) == nil)
    #expect(make(.highpass(.nan)) == nil)
    #expect(make(.highpass(.infinity)) == nil)
    #expect(make(.bandpass(20, 2)) == nil)
    #expect(make(.bandpass(2, 2)) == nil)
    #expect(make(.bandpass(2, 60)) == nil)
    #expect(make(.lowpass(1), 0) == nil)
    #expect(make(.lowpass(1), 11) == nil)
    #expect(make(.lowpass(1), 4, 0) == nil)
    #expect(make(.lowpass(1), 4, .nan) == nil)
    #expect(make(.lowpass(1), 4, .infinity) == nil)
  }

  @Test("filters do short traces, and constants")
  func shortTraces() throws {
    let low = try #require(SecondOrderSections.butterworth(.lowpass(10), order: 4, samplingRate: 100))
    let band = try #require(SecondOrderSections.butterworth(.bandpass(2, 20), order: 4, samplingRate: 100))
    for count in 0...60 {
      let constant = [Double](repeating: 5, count: count)
      #expect(low.filterZeroPhase(constant).allSatisfy { abs($0 - 5) < 1e-9 })
      #expect(band.filterZeroPhase(constant).allSatisfy { abs($0) < 1e-9 })
      #expect(low.filter(constant).count == count)
      #expect(band.filterZeroPhase(SignalReference.trace(count)).allSatisfy { $0.isFinite })
    }
  }
}

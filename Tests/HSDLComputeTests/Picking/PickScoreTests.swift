import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

@Suite("Scoring picks")
struct PickScoreTests {
  @Test("picks and labels are matched once, the nearest first")
  func matching() {
    func match(_ picks: [Double], _ labels: [Double]) -> [[Int]] {
      PickScore.matches(picks, labels, tolerance: 0.5).map { [$0.pick, $0.label] }
    }
    #expect(match([], [1]) == [])
    #expect(match([1.5], [1]) == [[0, 0]])
    #expect(match([1.51], [1]) == [])
    #expect(match([1.4, 1.1], [1]) == [[1, 0]])
    #expect(match([1.2], [1, 1.3]) == [[0, 1]])
    #expect(
      match([1.0, 1.4], [0.9, 1.3]) == [[0, 0], [1, 1]] || match([1.0, 1.4], [0.9, 1.3]) == [[1, 1], [0, 0]])
  }

  @Test("figures are those of the counts; intervals hold them")
  func figures() {
    var waveforms: [PickScore.Waveform] = []
    for number in 0..<40 {
      // Three quarters are hit by 0.1 s early or late, one has a second pick.
      let picks = number % 4 == 0 ? [] : [10 + (number % 2 == 0 ? 0.1 : -0.1)]
      waveforms.append(
        PickScore.Waveform(
          name: "w\(number)", picks: number == 1 ? picks + [30] : picks, labels: [10], isNoise: false, tolerance: 0.5))
    }
    for number in 0..<10 {
      waveforms.append(
        PickScore.Waveform(
          name: "n\(number)", picks: number == 3 ? [1, 2] : [], labels: [], isNoise: true, tolerance: 0.5))
    }
    let score = PickScore(waveforms)
    #expect(score.labels == 40 && score.picks == 33 && score.hits == 30)
    #expect(score.recall.value == 0.75)
    #expect(abs(score.precision.value - 30.0 / 33) < 1e-12)
    #expect(abs(score.f1.value - 60.0 / 73) < 1e-12)
    #expect(abs(score.meanResidual.value + 1.0 / 30 * 1) < 0.04)
    #expect(abs(score.meanAbsoluteResidual.value - 0.1) < 1e-9)
    #expect(score.noiseWaveforms == 10 && score.noiseWaveformsWithPicks == 1)
    #expect(score.falseRate.value == 0.1)
    for estimate in [score.recall, score.precision, score.f1, score.meanResidual, score.falseRate] {
      #expect(estimate.lower < estimate.value && estimate.value < estimate.upper)
    }
    // Known from tables: 30 of 40 by Wilson.
    #expect(abs(score.recall.lower - 0.5981) < 1e-3 && abs(score.recall.upper - 0.8581) < 1e-3)
    let none = PickScore([])
    #expect(none.f1.value == 0 && none.precision.value == 0 && none.hits == 0)
  }

  @Test("cut-out traces of any length are picked once, wherever the arrival lies")
  func traces() throws {
    let network = ImpulseNetwork()
    let picker = try TracePicker(network, PickSettings(network.description))
    for length in [16, 150, 200, 201, 299, 300, 301, 555] {
      for place in Set([0, 1, length / 2, length - 2, length - 1, min(length - 1, 199), min(length - 1, 200)]).sorted()
      {
        var samples = (0..<length).map { Double(mixed(UInt64($0)) >> 40) / Double(1 << 24) }
        samples[place] += 1000
        guard length > 40 else { continue }
        let arrivals = try picker.pick([samples, [], []], samplingRate: 100)
        #expect(arrivals.map(\.isS) == [false])
        #expect(abs((arrivals.first?.time ?? -1) - Double(place) / 100) < 0.006)
      }
    }
    #expect(try picker.pick([[], [], []], samplingRate: 100).isEmpty)
    #expect(throws: ComputeError.self) { try picker.pick([[1, 2, 3], [], []], samplingRate: .nan) }
    #expect(throws: ComputeError.self) { try picker.pick([[1, 2, 3], [], []], samplingRate: 0) }
  }
}

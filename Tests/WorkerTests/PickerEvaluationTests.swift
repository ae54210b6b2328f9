import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Scoring a picker on labelled waveforms")
struct PickerEvaluationTests {
  private func trace(_ number: Int) -> LabelledTrace? {
    guard number != 7 else { return nil }
    var samples = (0..<450).map { Double(mixed(UInt64(number * 1000 + $0)) >> 40) / Double(1 << 24) }
    var trace = LabelledTrace(name: "t\(number)", components: [], samplingRate: 100, p: [], s: [])
    if number % 5 != 0 {
      samples[100 + number] += 100
      // Labels 0.1 s early, and for some far off.
      trace.p = [Double(100 + number) / 100 - 0.1 + (number % 4 == 0 ? 1 : 0)]
    }
    trace.components = [samples, [], []]
    return trace
  }

  @Test("figures are known, and the same on any number of ranks", arguments: 1...4)
  func ranks(ranks: Int) throws {
    let network = ImpulseNetwork()
    let evaluation = PickerEvaluation(PickSettings(network.description))
    func run(_ ranks: Int) throws -> [PickerEvaluation.Result] {
      try InProcessCommunicator.run(ranks: ranks) {
        try evaluation.run(
          PickerModel(network: ImpulseNetwork(), hash: "abc"), count: 30, over: $0, trace: { self.trace($0) })
      }
    }
    let alone = try run(1)[0]
    #expect(alone.count == 29)
    // 24 with an arrival, less number 7; of those six with labels far off.
    #expect(alone.p.labels == 23 && alone.p.picks == 23 && alone.p.hits == 17)
    #expect(alone.p.noiseWaveforms == 6 && alone.p.noiseWaveformsWithPicks == 0)
    #expect(abs(alone.p.meanResidual.value - 0.1) < 1e-3)
    #expect(alone.s.labels == 0 && alone.s.picks == 0)
    #expect(alone.predictions.split(separator: "\n").count == 1 + 23 + 6)
    #expect(alone.metrics.contains("\"model_hash\" : \"abc\""))
    for result in try run(ranks) {
      #expect(result.metrics == alone.metrics)
      #expect(result.predictions == alone.predictions)
    }
    let error = #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: ranks) {
        try evaluation.run(PickerModel(network: ImpulseNetwork(), hash: ""), count: 30, over: $0) { number in
          if number == 11 { throw FormatError(.badData, file: "f", found: "x") }
          return trace(number)
        }
      }
    }
    #expect(error?.exitCode == 65)
  }
}

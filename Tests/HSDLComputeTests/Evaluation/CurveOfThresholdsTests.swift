import HSDLCompute
import Testing

@Suite("Curves of thresholds")
struct CurveOfThresholdsTests {
  @Test("points worked out by hand")
  func byHand() {
    let curve = DetectionCurve(probabilities: [0.9, 0.8, 0.4, 0.6, 0.1, 0.2], labels: [1, 1, 1, 0, 0, 0])
    #expect(curve.points.map(\.threshold) == [.infinity, 0.9, 0.8, 0.6, 0.4, 0.2, 0.1])
    let falsePositiveRateExpected: [Double] = [0, 0, 0, 1.0 / 3, 1.0 / 3, 2.0 / 3, 1]
    #expect(curve.points.map(\.falsePositiveRate) == falsePositiveRateExpected)
    let truePositiveRateExpected: [Double] = [0, 1.0 / 3, 2.0 / 3, 2.0 / 3, 1, 1, 1]
    #expect(curve.points.map(\.truePositiveRate) == truePositiveRateExpected)
    let precisionExpected: [Double] = [1, 1, 1, 2.0 / 3, 3.0 / 4, 3.0 / 5, 1.0 / 2]
    #expect(curve.points.map(\.precision) == precisionExpected)
    #expect(abs(curve.area - 8.0 / 9) < 1e-15)
  }

  @Test("equal probabilities pass together, and the area is that of the measures")
  func ties() {
    #expect(DetectionCurve(probabilities: [0.5, 0.5, 0.5, 0.5], labels: [1, 0, 1, 0]).points.count == 2)
    var random = SplitMix64(seed: 5)
    for count in 2...60 {
      let labels = (0..<count).map { $0 < 1 ? UInt8(1) : $0 < 2 ? 0 : UInt8(Int.random(in: 0...1, using: &random)) }
      let scores = labels.map { _ in Double(Int.random(in: 0...8, using: &random)) / 8 }
      let curve = DetectionCurve(probabilities: scores, labels: labels)
      #expect(abs(curve.area - BinaryMetrics(probabilities: scores, labels: labels).rocAUC) < 1e-12)
      #expect(curve.points.last?.truePositiveRate == 1 && curve.points.last?.falsePositiveRate == 1)
      for (left, right) in zip(curve.points, curve.points.dropFirst()) {
        #expect(left.threshold > right.threshold)
        #expect(left.truePositiveRate <= right.truePositiveRate)
        #expect(left.falsePositiveRate <= right.falsePositiveRate)
      }
    }
  }

  @Test("missing probabilities are left out, and one class alone has no curve")
  func missing() {
    let whole = DetectionCurve(probabilities: [0.9, 0.2], labels: [1, 0])
    #expect(DetectionCurve(probabilities: [0.9, .nan, 0.2, .nan], labels: [1, 0, 0, 1]) == whole)
    for labels in [[UInt8](), [1, 1], [0]] {
      let curve = DetectionCurve(probabilities: labels.map { _ in 0.5 }, labels: labels)
      #expect(curve.points.isEmpty && curve.area.isNaN)
    }
  }

  @Test("histograms count each value once, values at edges in the bin that begins there")
  func histogram() {
    let bins = Histogram(range: 0...1, count: 4)
    #expect(bins.edges == [0, 0.25, 0.5, 0.75, 1])
    #expect(bins.counts([0, 0.25, 0.3, 0.5, 1, 1, -0.1, 1.1, .nan]) == [1, 2, 1, 2])
    let tenths = Histogram(range: 0...1, count: 10)
    #expect(tenths.counts(tenths.edges.dropLast().map { $0 }) == [Double](repeating: 1, count: 10))
    let around = Histogram(over: [3, 3, .nan], count: 2)
    #expect(around.edges == [2.5, 3, 3.5])
    #expect(around.counts([3, 3]) == [0, 2])
    var random = SplitMix64(seed: 9)
    let values = (0..<1000).map { _ in Double.random(in: -7...13, using: &random) }
    #expect(Histogram(over: values, count: 30).counts(values).reduce(0, +) == 1000)
  }
}

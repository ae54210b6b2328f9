import HSDLCompute
import Testing

@Suite("Whether a part of the data is enough")
struct LearningCurveTests {
  private static let measures = [
    LearningCurve.Measure("roc_auc", isGain: true), LearningCurve.Measure("brier", isGain: false),
  ]

  private static func curve(
    _ scores: [(Double, [(Double, Double)])], _ intervals: [ClosedRange<Double>?]
  ) -> LearningCurve {
    LearningCurve(
      measures: measures,
      points: scores.flatMap { share, repeats in
        repeats.enumerated().map { turn, score in
          LearningCurve.Point(
            share: share, turn: turn, trained: 100 * share, scores: [score.0, score.1], bytes: 1000 + Double(turn))
        }
      }, intervals: intervals)
  }

  @Test("the smallest share from which on no measure is worse than the interval")
  func enough() {
    let scores: [(Double, [(Double, Double)])] = [
      (0.1, [(0.80, 0.2), (0.90, 0.2)]), (0.25, [(0.96, 0.1), (0.98, 0.1)]), (0.5, [(0.97, 0.08)]), (1, [(0.98, 0.07)]),
    ]
    #expect(Self.curve(scores, [0.965...0.99, 0.05...0.11]).enough == 0.25)
    // The second measure decides as well.
    #expect(Self.curve(scores, [0.965...0.99, 0.05...0.09]).enough == 0.5)
    #expect(Self.curve(scores, [0.975...0.99, nil]).enough == 1)
    #expect(Self.curve(scores, [0...1, nil]).enough == 0.1)
    #expect(Self.curve(scores, [nil, nil]).enough == nil)
    #expect(Self.curve([], [0...1, nil]).enough == nil)
  }

  @Test("a small share that is good by chance does not count where a larger one is not")
  func gap() {
    let scores: [(Double, [(Double, Double)])] = [
      (0.1, [(0.97, 0.1)]), (0.25, [(0.90, 0.1)]), (0.5, [(0.97, 0.1)]), (1, [(0.98, 0.1)]),
    ]
    #expect(Self.curve(scores, [0.96...0.99, nil]).enough == 0.5)
  }

  @Test("means, least and greatest over the repeats, in the order of shares")
  func summaries() {
    let curve = Self.curve([(1, [(0.9, 0.1)]), (0.5, [(0.8, 0.2), (0.7, .nan)])], [nil, nil])
    #expect(curve.summaries.map(\.share) == [0.5, 1])
    let half = curve.summaries[0]
    #expect(half.trained == 50 && half.bytes == 1000.5)
    #expect(abs(half.scores[0].mean - 0.75) < 1e-15)
    #expect((half.scores[0].least, half.scores[0].greatest) == (0.7, 0.8))
    // A repeat without the measure is left out.
    #expect(half.scores[1].mean == 0.2)
  }
}

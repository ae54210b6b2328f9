import Foundation
import HSDLCompute
import Testing

@Suite("Evaluation")
struct EvaluationTests {
  @Test("measures worked out by hand")
  func byHand() {
    let metrics = BinaryMetrics(probabilities: [0.9, 0.8, 0.4, 0.6, 0.1, 0.2], labels: [1, 1, 1, 0, 0, 0])
    #expect((metrics.truePositives, metrics.falseNegatives) == (2, 1))
    #expect((metrics.falsePositives, metrics.trueNegatives) == (1, 2))
    #expect(abs(metrics.accuracy - 4.0 / 6) < 1e-15)
    #expect(abs(metrics.precision - 2.0 / 3) < 1e-15)
    #expect(abs(metrics.recall - 2.0 / 3) < 1e-15)
    #expect(abs(metrics.f1 - 2.0 / 3) < 1e-15)
    // Of nine pairs only (0.4, 0.6) stands the wrong way round.
    #expect(abs(metrics.rocAUC - 8.0 / 9) < 1e-15)
    #expect(abs(metrics.averagePrecision - (1 + 1 + 0.75) / 3) < 1e-15)
    #expect(abs(metrics.brier - (0.01 + 0.04 + 0.36 + 0.36 + 0.01 + 0.04) / 6) < 1e-15)
    // Each event has a bin of its own, so the error is the mean distance from the label.
    #expect(abs(metrics.calibrationError - (0.1 + 0.2 + 0.6 + 0.6 + 0.1 + 0.2) / 6) < 1e-12)
  }

  @Test("the area under the curve equals the count of pairs, ties as halves")
  func pairs() {
    var random = SplitMix64(seed: 11)
    for count in 2...40 {
      let labels = (0..<count).map { $0 < 1 ? UInt8(1) : $0 < 2 ? 0 : UInt8(Int.random(in: 0...1, using: &random)) }
      let scores = labels.map { _ in Double(Int.random(in: 0...6, using: &random)) / 6 }
      var wins = 0.0
      var pairs = 0.0
      for i in 0..<count where labels[i] == 1 {
        for j in 0..<count where labels[j] == 0 {
          pairs += 1
          wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
        }
      }
      #expect(abs(BinaryMetrics(probabilities: scores, labels: labels).rocAUC - wins / pairs) < 1e-12)
    }
  }

  @Test("perfect, useless and one-sided predictions")
  func extremes() {
    let perfect = BinaryMetrics(probabilities: [1, 1, 0, 0], labels: [1, 1, 0, 0])
    #expect(perfect.accuracy == 1)
    #expect(perfect.rocAUC == 1)
    #expect(perfect.averagePrecision == 1)
    #expect(perfect.brier == 0)
    #expect(perfect.calibrationError == 0)
    let useless = BinaryMetrics(probabilities: [0.5, 0.5, 0.5, 0.5], labels: [1, 0, 1, 0])
    #expect(useless.rocAUC == 0.5)
    #expect(useless.brier == 0.25)
    let oneSided = BinaryMetrics(probabilities: [0.2, 0.9], labels: [1, 1])
    #expect(oneSided.rocAUC.isNaN)
    #expect(oneSided.averagePrecision == 1)
    #expect(BinaryMetrics(probabilities: [], labels: []).count == 0)
  }

  @Test("folds hold equal shares of both classes, and every event once")
  func folds() throws {
    for (real, fake, count) in [(5, 5, 5), (23, 9, 4), (100, 37, 5), (2, 2, 2), (7, 1000, 7)] {
      let labels = [UInt8](repeating: 1, count: real) + [UInt8](repeating: 0, count: fake)
      let folds = try StratifiedFolds(labels: labels, count: count, seed: 1, repeat: 0)
      #expect(folds.fold.count == labels.count)
      for label in [UInt8(0), 1] {
        let sizes = (0..<count).map { fold in
          labels.indices.filter { labels[$0] == label && folds.fold[$0] == fold }.count
        }
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        #expect(sizes.reduce(0, +) == (label == 1 ? real : fake))
      }
      #expect(try StratifiedFolds(labels: labels, count: count, seed: 1, repeat: 0).fold == folds.fold)
    }
    let labels = [UInt8](repeating: 1, count: 50) + [UInt8](repeating: 0, count: 50)
    let first = try StratifiedFolds(labels: labels, count: 5, seed: 1, repeat: 0)
    #expect(try StratifiedFolds(labels: labels, count: 5, seed: 1, repeat: 1).fold != first.fold)
    #expect(try StratifiedFolds(labels: labels, count: 5, seed: 2, repeat: 0).fold != first.fold)
  }

  @Test("folds that a class cannot fill are refused")
  func tooFew() {
    #expect(throws: ComputeError.self) { try StratifiedFolds(labels: [1, 1, 1, 0], count: 2, seed: 1, repeat: 0) }
    #expect(throws: ComputeError.self) { try StratifiedFolds(labels: [1, 0], count: 1, seed: 1, repeat: 0) }
  }

  @Test("costs choose the cheapest of keeping, rejecting and looking")
  func costs() {
    for costs in [
      DecisionCosts.usual, DecisionCosts(lostReal: 1, keptFake: 1, review: 0.1),
      DecisionCosts(lostReal: 1, keptFake: 1, review: 10), DecisionCosts(lostReal: 3, keptFake: 7, review: 0.5),
    ] {
      for p in stride(from: 0.0005, to: 1, by: 0.001) {
        let expected = [
          Label.real: (1 - p) * costs.keptFake, .fake: p * costs.lostReal, .uncertain: costs.review,
        ]
        let cheapest = expected.values.min() ?? 0
        #expect((expected[costs.label(p)] ?? .infinity) <= cheapest + 1e-12)
      }
    }
    #expect(DecisionCosts.usual.label(.nan) == .uncertain)
    #expect(!DecisionCosts(lostReal: 0, keptFake: 1, review: 1).areValid)
    #expect(!DecisionCosts(lostReal: 1, keptFake: .nan, review: 1).areValid)
  }

  @Test("an explanation names the three largest contributions, largest first")
  func explanation() {
    let explanation = Explanation(features: .hsdl8)
    let values = [12, 0.5, 0.4, .nan, 0.1, .nan, 0.9, 0.886]
    let words = explanation.words(values: values, contributions: [0.01, -0.2, 0, 0.0001, 0.02, 0, 0, 0.21])
    #expect(
      words == "best S probability 0.886 (+0.210); S picks at 0.50 of the P picks (-0.200); "
        + "spread of P probabilities 0.100 (+0.020)")
    #expect(explanation.words(values: values, contributions: [0, 0, 0, 0, 0, 0, 0, 0]) == "no feature stands out")
  }
}

@Suite("Calibration")
struct CalibrationTests {
  @Test("a logistic curve is found again")
  func platt() {
    var random = SplitMix64(seed: 4)
    let x = (0..<500).map { _ in Double.random(in: -4...4, using: &random) }
    let labels = x.map { Double.random(in: 0..<1, using: &random) < logistic(0.7 * $0 - 0.4) ? UInt8(1) : 0 }
    guard case .logistic(let slope, let intercept) = Calibration(logOdds: x, labels: labels) else {
      Issue.record("few events are calibrated by a logistic curve")
      return
    }
    #expect(abs(slope - 0.7) < 0.15)
    #expect(abs(intercept + 0.4) < 0.25)
  }

  @Test("probabilities of many events rise with the score, and are the shares of real events")
  func isotonic() {
    var random = SplitMix64(seed: 6)
    let x = (0..<20_000).map { _ in Double.random(in: -3...3, using: &random) }
    let labels = x.map { Double.random(in: 0..<1, using: &random) < ($0 < 0 ? 0.2 : 0.9) ? UInt8(1) : 0 }
    let calibration = Calibration(logOdds: x, labels: labels)
    guard case .isotonic = calibration else {
      Issue.record("many events are calibrated by a rising curve")
      return
    }
    var last = 0.0
    for score in stride(from: -5.0, through: 5, by: 0.01) {
      let probability = calibration.probability(score)
      #expect(probability >= last && probability > 0 && probability < 1)
      last = probability
    }
    #expect(abs(calibration.probability(-1.5) - 0.2) < 0.05)
    #expect(abs(calibration.probability(1.5) - 0.9) < 0.05)
  }

  @Test("separable scores do not give certainty")
  func separable() {
    let x = (0..<60).map { Double($0) - 29.5 }
    let calibration = Calibration(logOdds: x, labels: x.map { $0 > 0 ? 1 : 0 })
    for score in [-1000.0, -29, 0, 29, 1000] {
      let probability = calibration.probability(score)
      #expect(probability >= 0 && probability <= 1 && !probability.isNaN)
    }
    #expect(calibration.probability(-29) > 0)
    #expect(calibration.probability(29) < 1)
    #expect(abs(calibration.probability(0) - 0.5) < 0.01)
  }
}

import Foundation
import HSDLCompute
import Testing

@Suite("Stacking")
struct StackingTests {
  @Test("without information, the intercept is the log-odds of the share of real events")
  func interceptAlone() throws {
    let labels: [UInt8] = [1, 1, 1, 0]
    let stacking = try Stacking(inputs: ["a"], logOdds: [[0, 0, 0, 0]], labels: labels, prior: [0.7])
    #expect(abs(stacking.intercept - log(3)) < 1e-9)
    #expect(abs(stacking.weights[0] - 0.7) < 1e-9)
  }

  @Test("an input with two values is calibrated to the shares of real events there")
  func twoValues() throws {
    // At log-odds 2, 90 of 100 are real; at −2, 20 of 100. Hardly any penalty.
    let values = [Double](repeating: 2, count: 100) + [Double](repeating: -2, count: 100)
    let labels = (0..<200).map { UInt8($0 < 90 || (100..<120).contains($0) ? 1 : 0) }
    let stacking = try Stacking(inputs: ["a"], logOdds: [values], labels: labels, prior: [0], strength: 1e-9)
    #expect(abs(logistic(stacking.logOdds([2])) - 0.9) < 1e-7)
    #expect(abs(logistic(stacking.logOdds([-2])) - 0.2) < 1e-7)
    #expect(abs(stacking.weights[0] - (log(9) + log(4)) / 4) < 1e-7)
  }

  @Test("a model that points the wrong way counts nothing, and never less")
  func notNegative() throws {
    var random = SplitMix64(seed: 5)
    var good: [Double] = []
    var wrong: [Double] = []
    var labels: [UInt8] = []
    for _ in 0..<400 {
      let label = UInt8(random.uniform() < 0.5 ? 1 : 0)
      let sign = label == 1 ? 1.0 : -1.0
      good.append(sign + random.normal())
      wrong.append(-sign + random.normal())
      labels.append(label)
    }
    let stacking = try Stacking(inputs: ["good", "wrong"], logOdds: [good, wrong], labels: labels, strength: 0.1)
    #expect(stacking.weights[1] == 0)
    let alone = try Stacking(inputs: ["good"], logOdds: [good], labels: labels, prior: [0.5], strength: 0.1)
    #expect(abs(alone.weights[0] - stacking.weights[0]) < 1e-7)
  }

  @Test("the gradient vanishes at the weights that are found", arguments: [0.01, 1, 100])
  func optimum(strength: Double) throws {
    var random = SplitMix64(seed: 6)
    let count = 300
    var columns = [[Double]](repeating: [], count: 4)
    var labels: [UInt8] = []
    for _ in 0..<count {
      let truth = random.normal()
      labels.append(random.uniform() < logistic(2 * truth) ? 1 : 0)
      for column in 0..<4 { columns[column].append(truth * Double(column) + 2 * random.normal()) }
    }
    let prior = [0.1, 0.2, 0.3, 0.4]
    let found = try Stacking(
      inputs: ["a", "b", "c", "d"], logOdds: columns, labels: labels, prior: prior, strength: strength)
    var slope = [Double](repeating: 0, count: 5)
    for event in 0..<count {
      let values = columns.map { $0[event] }
      let miss = logistic(found.logOdds(values)) - Double(labels[event])
      for column in 0..<4 { slope[column] += miss * found.limited(values[column]) }
      slope[4] += miss
    }
    for column in 0..<4 {
      slope[column] += strength * (found.weights[column] - prior[column])
      #expect(found.weights[column] > 0 ? abs(slope[column]) < 1e-6 : slope[column] >= -1e-6)
    }
    #expect(abs(slope[4]) < 1e-6)
  }

  @Test("a strong penalty keeps the weights that were given; events that are told apart fully do no harm")
  func extremes() throws {
    let columns: [[Double]] = [[3, 2, -2, -3], [3, 2, -2, -3]]
    let held = try Stacking(inputs: ["a", "b"], logOdds: columns, labels: [1, 1, 0, 0], strength: 1e9)
    #expect(held.weights.allSatisfy { abs($0 - 0.5) < 1e-6 })
    let apart = try Stacking(inputs: ["a", "b"], logOdds: columns, labels: [1, 1, 0, 0], strength: 0.01)
    #expect(apart.weights.allSatisfy { $0.isFinite && $0 > 0.5 })
    let endless = try Stacking(
      inputs: ["a"], logOdds: [[.infinity, .infinity, -.infinity, 0]], labels: [1, 1, 0, 0], strength: 1)
    #expect(endless.logOdds([.infinity]).isFinite)
    #expect(endless.logOdds([.infinity]) == endless.logOdds([endless.limit]))
  }

  @Test("the order of events does not matter, bit for bit")
  func order() throws {
    var random = SplitMix64(seed: 8)
    let columns = (0..<3).map { _ in (0..<100).map { _ in 3 * random.normal() } }
    let labels = (0..<100).map { UInt8(random.uniform() < logistic(columns[0][$0]) ? 1 : 0) }
    let first = try Stacking(inputs: ["a", "b", "c"], logOdds: columns, labels: labels)
    let order = random.shuffled(Array(0..<100))
    let second = try Stacking(
      inputs: ["a", "b", "c"], logOdds: columns.map { column in order.map { column[$0] } },
      labels: order.map { labels[$0] })
    #expect(first == second)
  }

  @Test("what cannot be learnt from is refused")
  func refused() {
    #expect(throws: ComputeError.self) { try Stacking(inputs: ["a"], logOdds: [[1, 2]], labels: [1, 1]) }
    #expect(throws: ComputeError.self) { try Stacking(inputs: ["a"], logOdds: [[1]], labels: [1, 0]) }
    #expect(throws: ComputeError.self) { try Stacking(inputs: ["a"], logOdds: [[1, .nan]], labels: [1, 0]) }
    #expect(throws: ComputeError.self) { try Stacking(inputs: [], logOdds: [], labels: [1, 0]) }
    #expect(throws: ComputeError.self) { try Stacking(inputs: ["a"], logOdds: [[1, 2]], labels: [1, 0], strength: 0) }
  }

  /// Scores of two models and of a network, each of which knows something else.
  private func scores(_ count: Int) -> (models: [[Double]], deep: [Double], labels: [UInt8], block: [Int]) {
    var random = SplitMix64(seed: 9)
    var result: (models: [[Double]], deep: [Double], labels: [UInt8], block: [Int]) = ([[], []], [], [], [])
    for event in 0..<count {
      let label = UInt8(random.uniform() < 0.6 ? 1 : 0)
      let sign = label == 1 ? 1.0 : -1.0
      let shared = random.normal()
      result.models[0].append(1.5 * sign + shared + 0.5 * random.normal())
      result.models[1].append(1.5 * sign + shared + 0.5 * random.normal())
      result.deep.append(event % 10 == 0 ? .nan : 4 * (sign + random.normal()) + 1)
      result.labels.append(label)
      result.block.append(event * 5 / count)
    }
    return result
  }

  @Test("models and network together are better than each, and calibrated, on blocks that were left out")
  func together() throws {
    let own = scores(2000)
    let found = try StackingTraining(
      names: ["a", "b"], logOdds: own.models, deep: own.deep, labels: own.labels, block: own.block)
    let seen = own.deep.indices.filter { !own.deep[$0].isNaN }
    func metrics(_ probabilities: [Double]) -> BinaryMetrics {
      BinaryMetrics(probabilities: seen.map { probabilities[$0] }, labels: seen.map { own.labels[$0] })
    }
    let (shallow, deep, hybrid) = (
      metrics(found.shallowProbabilities), metrics(found.deepProbabilities), metrics(found.hybridProbabilities)
    )
    #expect(hybrid.rocAUC > max(shallow.rocAUC, deep.rocAUC) + 0.01)
    #expect(hybrid.brier < min(shallow.brier, deep.brier) - 0.01)
    #expect(hybrid.calibrationError < 0.03)
    for event in own.deep.indices where own.deep[event].isNaN {
      #expect(found.deepProbabilities[event].isNaN)
      #expect(found.hybridProbabilities[event] == found.shallowProbabilities[event])
    }
    #expect(found.hybrid?.inputs == ["a", "b", "deep"])
  }

  @Test("a block's probabilities do not depend on its labels")
  func leftOut() throws {
    let own = scores(300)
    var changed = own.labels
    for event in changed.indices where own.block[event] == 2 { changed[event] = 1 - changed[event] }
    let first = try StackingTraining(
      names: ["a", "b"], logOdds: own.models, deep: own.deep, labels: own.labels, block: own.block)
    let second = try StackingTraining(
      names: ["a", "b"], logOdds: own.models, deep: own.deep, labels: changed, block: own.block)
    for event in changed.indices where own.block[event] == 2 {
      #expect(first.shallowProbabilities[event] == second.shallowProbabilities[event])
      #expect(first.hybridProbabilities[event] == second.hybridProbabilities[event])
    }
    #expect(first.shallow != second.shallow)
  }

  @Test("with too few events that the network can see, the models stand alone")
  func fewWaveforms() throws {
    let own = scores(200)
    var deep = [Double](repeating: .nan, count: 200)
    for event in 0..<12 { deep[event] = own.deep[event] }
    let found = try StackingTraining(
      names: ["a", "b"], logOdds: own.models, deep: deep, labels: own.labels, block: own.block)
    #expect(found.hybrid == nil)
    #expect(found.hybridProbabilities.isEmpty)
    let without = try StackingTraining(
      names: ["a", "b"], logOdds: own.models, labels: own.labels, block: own.block)
    #expect(without.shallow == found.shallow)
    #expect(without.shallowProbabilities == found.shallowProbabilities)
  }
}

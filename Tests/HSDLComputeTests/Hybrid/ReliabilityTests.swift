import HSDLCompute
import Testing

@Suite("Reliability of probabilities")
struct ReliabilityTests {
  @Test("bins of equal width: counts, means, shares and the error, by hand")
  func fixedWidth() {
    let table = ReliabilityTable(
      probabilities: [0.05, 0.15, 0.15, 0.95, 1, 0.95, .nan], labels: [0, 1, 0, 1, 1, 0, 1])
    #expect(table.bins.map(\.count) == [1, 2, 0, 0, 0, 0, 0, 0, 0, 3])
    #expect(table.bins.map(\.real) == [0, 1, 0, 0, 0, 0, 0, 0, 0, 2])
    #expect(table.bins[2].meanProbability == nil && table.bins[2].observed == nil)
    #expect(abs((table.bins[1].meanProbability ?? 0) - 0.15) < 1e-15)
    #expect(table.bins[1].observed == 0.5)
    #expect(table.bins[9].upper == 1)
    let wilson = wilsonInterval(successes: 2, trials: 3)
    #expect(table.bins[9].wilsonLower == wilson.lower && table.bins[9].wilsonUpper == wilson.upper)
    // |0.05 − 0| + |0.3 − 1| + |2.9 − 2| over six events.
    #expect(abs(table.calibrationError - (0.05 + 0.7 + 0.9) / 6) < 1e-15)
  }

  @Test("the error over ten bins is that of the other measures", arguments: [1, 2, 10, 999])
  func agrees(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    let probabilities = (0..<count).map { _ in Double(Int(random.uniform() * 101)) / 100 }
    let labels = probabilities.map { UInt8(random.uniform() < $0 ? 1 : 0) }
    let table = ReliabilityTable(probabilities: probabilities, labels: labels)
    let metrics = BinaryMetrics(probabilities: probabilities, labels: labels)
    #expect(abs(table.calibrationError - metrics.calibrationError) < 1e-12)
    #expect(table.bins.reduce(0) { $0 + $1.count } == count)
  }

  @Test("bins of equal numbers take in every event once, and keep equal probabilities together")
  func adaptive() {
    for count in 0...60 {
      var random = SplitMix64(seed: UInt64(count))
      let probabilities = (0..<count).map { _ in Double(Int(random.uniform() * 20)) / 20 }
      let labels = probabilities.map { UInt8(random.uniform() < $0 ? 1 : 0) }
      let table = ReliabilityTable(probabilities: probabilities, labels: labels, binning: .population(10))
      #expect(table.bins.reduce(0) { $0 + $1.count } == count)
      #expect(table.bins.reduce(0) { $0 + $1.real } == labels.reduce(0) { $0 + Int($1) })
      #expect(table.bins.allSatisfy { $0.count > 0 && $0.lower <= $0.upper })
      #expect(zip(table.bins, table.bins.dropFirst()).allSatisfy { $0.upper < $1.lower })
      #expect(table.bins.count <= 10)
    }
    let different = ReliabilityTable(
      probabilities: (0..<100).map { Double($0) / 100 }, labels: [UInt8](repeating: 1, count: 100),
      binning: .population(10))
    #expect(different.bins.map(\.count) == [Int](repeating: 10, count: 10))
    #expect(abs(different.calibrationError - (1 - 0.495)) < 1e-12)
  }

  @Test("the parts of the Brier score add up")
  func brier() {
    // One probability a bin, so that nothing is left within.
    let probabilities = [0.25, 0.25, 0.25, 0.25, 0.75, 0.75]
    let labels: [UInt8] = [0, 0, 1, 0, 1, 1]
    let parts = BrierDecomposition(probabilities: probabilities, labels: labels)
    #expect(abs(parts.reliability - 2 * 0.0625 / 6) < 1e-12)
    #expect(abs(parts.uncertainty - 0.25) < 1e-12)
    #expect(abs(parts.resolution - (4 * 0.0625 + 2 * 0.25) / 6) < 1e-12)
    #expect(abs(parts.within) < 1e-12)
    #expect(abs(parts.brier - BinaryMetrics(probabilities: probabilities, labels: labels).brier) < 1e-12)
    var random = SplitMix64(seed: 3)
    let many = (0..<500).map { _ in random.uniform() }
    let truth = many.map { UInt8(random.uniform() < $0 ? 1 : 0) }
    let other = BrierDecomposition(probabilities: many, labels: truth, binning: .population(12))
    #expect(abs(other.brier - (other.reliability - other.resolution + other.uncertainty + other.within)) < 1e-12)
    #expect(abs(other.within) < 0.01)
    #expect(BrierDecomposition(probabilities: [], labels: []).brier == 0)
  }

  @Test("decisions and what they cost, by hand")
  func decisions() {
    let costs = DecisionCosts(lostReal: 10, keptFake: 1, review: 0.2)
    let outcome = DecisionOutcome(
      probabilities: [0.9, 0.9, 0.01, 0.01, 0.5, 0.5, .nan], labels: [1, 0, 1, 0, 1, 0, 0], costs: costs)
    #expect(outcome.keptReal == 1 && outcome.keptFake == 1 && outcome.lostReal == 1 && outcome.rejectedFake == 1)
    #expect(outcome.reviewedReal == 1 && outcome.reviewedFake == 2 && outcome.reviewed == 3)
    #expect(abs(outcome.cost - (1 + 10 + 0.6)) < 1e-12)
    #expect(abs(outcome.expectedCost - (0.1 + 0.1 + 0.1 + 0.1 + 0.6)) < 1e-12)
  }
}

@Suite("Intervals by blocks of time")
struct BlockBootstrapTests {
  private func made(_ count: Int, seed: UInt64) -> (times: [Double], keys: [UInt64], p: [Double], labels: [UInt8]) {
    var random = SplitMix64(seed: seed)
    let p = (0..<count).map { _ in random.uniform() }
    return ((0..<count).map { Double($0) }, (0..<count).map { UInt64($0) }, p, p.map { random.uniform() < $0 ? 1 : 0 })
  }

  @Test("blocks follow one another in time and hold nearly equal numbers", arguments: [1, 2, 7, 49, 50, 51, 500])
  func blocks(count: Int) {
    let own = made(count, seed: 1)
    let bootstrap = BlockBootstrap(times: own.times, keys: own.keys)
    #expect(bootstrap.count == min(50, count))
    #expect(bootstrap.block == bootstrap.block.sorted())
    let sizes = (0..<bootstrap.count).map { number in bootstrap.block.filter { $0 == number }.count }
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }

  @Test("the measures of all events are those of the other measures; bounds hold them; the same seed gives the same")
  func intervals() {
    let own = made(600, seed: 2)
    let sharper = own.p.map { logistic(3 * logit(min(max($0, 1e-9), 1 - 1e-9))) }
    let bootstrap = BlockBootstrap(times: own.times, keys: own.keys)
    func run(_ seed: UInt64) -> BlockBootstrap.Intervals {
      bootstrap.intervals(models: [own.p, sharper], labels: own.labels, pairs: [(1, 0)], draws: 400, seed: seed)
    }
    let found = run(7)
    for (model, probabilities) in [own.p, sharper].enumerated() {
      let metrics = BinaryMetrics(probabilities: probabilities, labels: own.labels)
      let values = found.models[model].map(\.value)
      #expect(abs(values[0] - metrics.rocAUC) < 1e-12)
      #expect(abs(values[1] - metrics.brier) < 1e-12)
      #expect(abs(values[2] - metrics.calibrationError) < 1e-12)
      let table = ReliabilityTable(probabilities: probabilities, labels: own.labels, binning: .population(10))
      #expect(abs(values[3] - table.calibrationError) < 1e-12)
      #expect(found.models[model].allSatisfy { $0.lower <= $0.value && $0.value <= $0.upper && $0.lower < $0.upper })
    }
    // Probabilities that are too sure have a worse Brier score and calibration; their order is the same.
    let differences = found.differences[0]
    #expect(differences[0].value == 0 && differences[0].lower == 0 && differences[0].upper == 0)
    #expect(differences[1].lower > 0 && differences[2].lower > 0)
    #expect(run(7) == found)
    #expect(run(8) != found)
  }

  @Test("what chance makes of a calibration error is taken off, by hand and for perfect probabilities")
  func debiased() throws {
    func found(_ p: [Double], _ labels: [UInt8]) -> Double {
      let keys = p.indices.map { UInt64($0) }
      return BlockBootstrap(times: p.map { _ in .nan }, keys: keys)
        .intervals(models: [p], labels: labels, draws: 2, seed: 1).models[0][4].value
    }
    // Two bins: 10 events of 0.25 with 5 real, 10 of 0.75 with 5 real: (0.0625 − 0.25 / 9) in both.
    let p = [Double](repeating: 0.25, count: 10) + [Double](repeating: 0.75, count: 10)
    let labels = (0..<20).map { UInt8($0 % 2) }
    #expect(abs(found(p, labels) - (0.0625 - 0.25 / 9).squareRoot()) < 1e-12)
    // 10 of 0.5 with 5 real: less than chance.
    #expect(found([Double](repeating: 0.5, count: 10), Array(labels.prefix(10))) == 0)
    let own = made(20_000, seed: 6)
    #expect(found(own.p, own.labels) < 0.012)
    let shifted = own.p.map { 0.9 * $0 + 0.05 }
    // The mean square of 0.1 (p − 0.5) is 0.01 / 12.
    #expect(abs(found(shifted, own.labels) - (0.01 / 12).squareRoot()) < 0.008)
  }

  @Test("the interval of a mean is as wide as theory has it")
  func width() {
    // The Brier score of P = 0.5 with an error of 0.25 always has no width; of P = 0 it is the share of real events.
    var random = SplitMix64(seed: 4)
    let count = 5000
    let labels = (0..<count).map { _ in UInt8(random.uniform() < 0.3 ? 1 : 0) }
    let bootstrap = BlockBootstrap(
      times: (0..<count).map { Double($0) }, keys: (0..<count).map { UInt64($0) }, count: 100)
    let found = bootstrap.intervals(
      models: [[Double](repeating: 0.5, count: count), [Double](repeating: 0, count: count)], labels: labels,
      draws: 1000, seed: 1)
    #expect(found.models[0][1].upper - found.models[0][1].lower < 1e-12)
    let expected = 2 * 1.96 * (0.3 * 0.7 / Double(count)).squareRoot()
    let width = found.models[1][1].upper - found.models[1][1].lower
    #expect(width > 0.75 * expected && width < 1.3 * expected)
  }

  @Test("measures without a value, and lists that do not fit, are NaN and no trap")
  func none() {
    let bootstrap = BlockBootstrap(times: [1, 2, 3], keys: [1, 2, 3])
    let one = bootstrap.intervals(models: [[0.1, 0.2, 0.3]], labels: [1, 1, 1], draws: 10, seed: 1)
    #expect(one.models[0][0].value.isNaN && one.models[0][0].lower.isNaN)
    #expect(!one.models[0][1].value.isNaN)
    let short = bootstrap.intervals(models: [[0.1]], labels: [1, 0, 1], draws: 10, seed: 1)
    #expect(short.models[0].allSatisfy { $0.value.isNaN })
    let missing = bootstrap.intervals(models: [[.nan, .nan, .nan]], labels: [1, 0, 1], draws: 10, seed: 1)
    #expect(missing.models[0].allSatisfy { $0.value.isNaN })
    let empty = BlockBootstrap(times: [], keys: []).intervals(models: [[]], labels: [], draws: 10, seed: 1)
    #expect(empty.models[0].allSatisfy { $0.value.isNaN })
  }
}

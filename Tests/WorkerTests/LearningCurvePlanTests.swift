import HSDLCompute
import Testing
import Worker

@Suite("Shares of the training data")
struct LearningCurvePlanTests {
  private static let table: FeatureTable = {
    var table = FeatureTable(features: .hsdl2)
    var random = SplitMix64(seed: 3)
    for number in 0..<100 {
      let label: UInt8 = number % 4 == 0 ? 1 : 0
      table.append(
        id: "e\(number)", label: label,
        values: [Double(label) + Double.random(in: 0...0.9, using: &random), Double.random(in: 0...1, using: &random)])
    }
    return table
  }()

  private static func plan(_ seed: UInt64 = 1) throws -> LearningCurvePlan {
    var settings = ShallowSettings()
    settings.seed = seed
    return try LearningCurvePlan(
      table, kinds: [.threshold, .logistic], shares: [1, 0.25, 0.5], folds: 4, repeats: 2, settings: settings)
  }

  @Test("larger shares hold smaller ones, both classes have the same share, and no event is both trained on and tested")
  func shares() throws {
    let plan = try Self.plan()
    #expect(plan.shares == [0.25, 0.5, 1])
    for turn in 0..<2 {
      var tested: [Int] = []
      for fold in 0..<4 {
        let test = plan.tested(turn: turn, fold: fold)
        tested += test
        let sets = (0..<3).map { Set(plan.trained(share: $0, turn: turn, fold: fold)) }
        #expect(sets[0].isSubset(of: sets[1]) && sets[1].isSubset(of: sets[2]))
        #expect(sets[2].isDisjoint(with: test) && sets[2].count + test.count == 100)
        for (set, share) in zip(sets, plan.shares) {
          let real = set.count { Self.table.labels[$0] == 1 }
          let all = (real: sets[2].count { Self.table.labels[$0] == 1 }, total: sets[2].count)
          #expect(real == Int((share * Double(all.real)).rounded()))
          #expect(set.count - real == Int((share * Double(all.total - all.real)).rounded()))
        }
      }
      #expect(tested.sorted() == Array(0..<100))
    }
    #expect(plan.trained(share: 0, turn: 0, fold: 0) != plan.trained(share: 0, turn: 1, fold: 0))
  }

  @Test("each task is one fit, and its result goes through numbers unharmed")
  func tasks() throws {
    let plan = try Self.plan()
    #expect(plan.taskCount == 3 * 2 * 4 * 2)
    let tasks = (0..<plan.taskCount).map(plan.task)
    for (number, task) in tasks.enumerated() {
      #expect(((task.share * 2 + task.turn) * 4 + task.fold) * 2 + task.kind == number)
    }
    let result = try plan.run(5)
    #expect(LearningCurvePlan.Result(numbers: result.numbers) == result)
    #expect(result.trained == plan.trained(share: 0, turn: 0, fold: 2).count)
    #expect(result.probabilities.count == plan.tested(turn: 0, fold: 2).count)
    #expect(result.bytes > 0)
    #expect(try Self.plan().run(5) == result)
  }

  @Test("too few events for the folds are refused")
  func few() {
    #expect(throws: ComputeError.self) {
      try LearningCurvePlan(
        Self.table.rows([0, 1, 2, 3, 4]), kinds: [.logistic], shares: [1], folds: 4, repeats: 1,
        settings: ShallowSettings())
    }
  }
}

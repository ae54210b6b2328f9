public import HSDLCompute

/// Models to be trained and tested, as tasks that any rank can do in any order.
///
/// Each fit is made whole by one rank, so the result does not depend on how many there are.
public protocol EvaluationPlan: Sendable {
  /// The models.
  var kinds: [ShallowModelKind] { get }
  /// The number of tasks; task number `part * kinds.count + k` fits model k for a part.
  var taskCount: Int { get }
  /// How many events the tests of a part score.
  var labels: [UInt8] { get }

  /// Does a task.
  ///
  /// - Returns: the probabilities of the events that the task tests.
  /// - Throws: ``ComputeError``.
  func run(_ task: Int) throws -> [Double]

  /// Puts the tasks of one model together.
  ///
  /// - Parameter probabilities: what ``run(_:)`` gave for each part.
  func outcome(name: String, probabilities: [[Double]]) -> EvaluationOutcome
}

/// The measures of one model.
public struct EvaluationOutcome: Sendable {
  /// Its name.
  public var name: String
  /// The measures of each test.
  public var tests: [BinaryMetrics]
  /// The probability of each event, averaged over the tests that it was in.
  public var probabilities: [Double]
}

extension EvaluationPlan {
  /// Roughly what a task costs, to begin with the costliest.
  public func cost(_ task: Int) -> Double {
    switch kinds[task % kinds.count] {
    case .forest: 10
    case .pcaForest: 9
    case .boosting: 6
    case .logistic: 2
    case .svm: 2
    case .threshold: 1
    }
  }

  /// The models' outcomes, in the order of ``kinds``; the mean of several models comes last.
  ///
  /// - Parameter results: what ``run(_:)`` gave for each task.
  public func outcomes(_ results: [[Double]]) -> [EvaluationOutcome] {
    let parts = taskCount / max(kinds.count, 1)
    func lists(_ place: Int) -> [[Double]] { (0..<parts).map { results[$0 * kinds.count + place] } }
    var outcomes = kinds.indices.map { outcome(name: kinds[$0].rawValue, probabilities: lists($0)) }
    let members = kinds.indices.filter { kinds[$0].joinsEnsemble }
    if members.count > 1 {
      let all = members.map(lists)
      let means = (0..<parts).map { part in
        all[0][part].indices.map { event in all.reduce(0) { $0 + $1[part][event] } / Double(all.count) }
      }
      outcomes.append(outcome(name: ShallowModelKind.ensembleName, probabilities: means))
    }
    return outcomes
  }
}

extension ShallowModelKind {
  /// Whether a model is one of those whose mean is taken; the baselines are not.
  public var joinsEnsemble: Bool { self != .threshold && self != .pcaForest }

  /// The name under which the mean of several models is reported.
  public static let ensembleName = "ensemble"
}

/// Repeated stratified cross-validation: each event is tested once a repeat, by a model that was not trained on it.
public struct CrossValidation: EvaluationPlan {
  public let kinds: [ShallowModelKind]
  private let table: FeatureTable
  private let cuts: [StratifiedFolds]
  private let foldCount: Int
  private let settings: ShallowSettings

  /// Plans a cross-validation.
  ///
  /// - Parameters:
  ///   - table: labelled events in a fixed order.
  ///   - folds: folds of each repeat.
  ///   - repeats: how often the folds are drawn anew.
  /// - Throws: ``ComputeError`` with `cannotTrain` when a class has fewer events than there are folds.
  public init(
    _ table: FeatureTable, kinds: [ShallowModelKind], folds: Int, repeats: Int, settings: ShallowSettings
  ) throws {
    self.table = table
    self.kinds = kinds
    self.settings = settings
    foldCount = folds
    cuts = try (0..<repeats).map {
      try StratifiedFolds(labels: table.labels, count: folds, seed: settings.seed, repeat: $0)
    }
  }

  public var taskCount: Int { cuts.count * foldCount * kinds.count }
  public var labels: [UInt8] { table.labels }

  private func members(_ part: Int) -> [Int] {
    let fold = cuts[part / foldCount].fold
    return fold.indices.filter { fold[$0] == part % foldCount }
  }

  public func run(_ task: Int) throws -> [Double] {
    let part = task / kinds.count
    let fold = cuts[part / foldCount].fold
    let training = try TrainingRows(table.rows(fold.indices.filter { fold[$0] != part % foldCount }))
    let model = try CalibratedModel(
      training: training, kind: kinds[task % kinds.count], settings: settings, over: SingleRank())
    return try model.probabilities(table.rows(members(part)).values)
  }

  public func outcome(name: String, probabilities: [[Double]]) -> EvaluationOutcome {
    var tests: [BinaryMetrics] = []
    var sums = [Double](repeating: 0, count: table.count)
    for (part, list) in probabilities.enumerated() {
      let members = members(part)
      tests.append(BinaryMetrics(probabilities: list, labels: members.map { table.labels[$0] }))
      for (member, probability) in zip(members, list) { sums[member] += probability }
    }
    return EvaluationOutcome(name: name, tests: tests, probabilities: sums.map { $0 / Double(cuts.count) })
  }
}

/// Training on one set of events and testing on another.
///
/// Repeats differ in the seed of the models.
public struct TrainTest: EvaluationPlan {
  public let kinds: [ShallowModelKind]
  /// The test events that are scored.
  public let test: FeatureTable
  /// How many test events were also training events.
  public let overlap: Int
  private let training: TrainingRows
  private let repeats: Int
  private let settings: ShallowSettings

  /// Plans a test.
  ///
  /// - Parameters:
  ///   - training: labelled events in a fixed order.
  ///   - test: likewise.
  ///   - keepsOverlap: whether test events that are training events too are scored all the same, which says nothing.
  /// - Throws: ``ComputeError``; ``JobError`` with `badData` when no test event is left.
  public init(
    training: FeatureTable, test: FeatureTable, keepsOverlap: Bool, kinds: [ShallowModelKind], repeats: Int,
    settings: ShallowSettings
  ) throws {
    let known = Set(training.ids)
    let fresh = test.ids.indices.filter { !known.contains(test.ids[$0]) }
    overlap = test.count - fresh.count
    self.test = keepsOverlap ? test : test.rows(fresh)
    guard self.test.count > 0 else {
      throw JobError(
        .badData,
        "every test event is a training event too, so nothing is left to test on; give other events, or --keep-overlap"
      )
    }
    self.training = try TrainingRows(training)
    self.kinds = kinds
    self.repeats = repeats
    self.settings = settings
  }

  public var taskCount: Int { repeats * kinds.count }
  public var labels: [UInt8] { test.labels }

  public func run(_ task: Int) throws -> [Double] {
    var settings = settings
    settings.seed &+= UInt64(task / kinds.count)
    let model = try CalibratedModel(
      training: training, kind: kinds[task % kinds.count], settings: settings, over: SingleRank())
    return try model.probabilities(test.values)
  }

  public func outcome(name: String, probabilities: [[Double]]) -> EvaluationOutcome {
    let means = test.ids.indices.map { event in
      probabilities.reduce(0) { $0 + $1[event] } / Double(probabilities.count)
    }
    return EvaluationOutcome(
      name: name, tests: probabilities.map { BinaryMetrics(probabilities: $0, labels: test.labels) },
      probabilities: means)
  }
}

public import HSDLCompute
import SeismicFormats

/// How good models get with growing shares of the training data, as tasks that any rank can do in any order.
///
/// In each repeat the events are cut into folds; each fold is scored by models that were trained on shares of the others. The events of a
/// smaller share are among those of a larger one, and both classes have the same share.
public struct LearningCurvePlan: Sendable {
  /// The models.
  public let kinds: [ShallowModelKind]
  /// The shares of the training data, rising.
  public let shares: [Double]
  /// How often the folds and the shares are drawn anew.
  public let repeats: Int
  /// Folds of each repeat.
  public let folds: Int
  /// The events.
  public let table: FeatureTable
  private let settings: ShallowSettings
  private let cuts: [StratifiedFolds]

  /// Plans a learning curve.
  ///
  /// - Throws: ``ComputeError`` with `cannotTrain` when a class has fewer events than there are folds.
  public init(
    _ table: FeatureTable, kinds: [ShallowModelKind], shares: [Double], folds: Int, repeats: Int,
    settings: ShallowSettings
  ) throws {
    self.table = table
    self.kinds = kinds
    self.shares = shares.sorted()
    self.folds = folds
    self.repeats = repeats
    self.settings = settings
    cuts = try (0..<repeats).map {
      try StratifiedFolds(labels: table.labels, count: folds, seed: settings.seed, repeat: $0)
    }
  }

  /// The number of tasks: share × repeat × fold × model.
  public var taskCount: Int { shares.count * repeats * folds * kinds.count }

  /// What a task is.
  public struct Task: Sendable, Equatable {
    /// The place of the share.
    public var share: Int
    /// The repeat.
    public var turn: Int
    /// The fold that is scored.
    public var fold: Int
    /// The place of the model.
    public var kind: Int
  }

  /// The parts of a task's number.
  public func task(_ number: Int) -> Task {
    let part = number / kinds.count
    return Task(
      share: part / (repeats * folds), turn: part / folds % repeats, fold: part % folds, kind: number % kinds.count)
  }

  /// Roughly what a task costs, to begin with the costliest.
  public func cost(_ number: Int) -> Double {
    let task = task(number)
    let base: Double =
      switch kinds[task.kind] {
      case .forest: 10
      case .pcaForest: 9
      case .boosting: 6
      case .logistic, .svm: 2
      case .threshold: 1
      }
    return base * (0.2 + shares[task.share])
  }

  /// The events that a fold's models are tested on.
  public func tested(turn: Int, fold: Int) -> [Int] {
    cuts[turn].fold.indices.filter { cuts[turn].fold[$0] == fold }
  }

  /// The events that a share's models are trained on; at least two of each class, where there are so many.
  public func trained(share: Int, turn: Int, fold: Int) -> [Int] {
    let rest = cuts[turn].fold.indices.filter { cuts[turn].fold[$0] != fold }
    var chosen: [Int] = []
    for label in [UInt8(0), 1] {
      let members = rest.filter { table.labels[$0] == label }
      // Drawn from names, so that larger shares hold smaller ones.
      let salt = mixed(settings.seed ^ mixed(0x5A4E ^ UInt64(turn)))
      let order = members.map { (mixed(stableHash(table.ids[$0]) ^ salt), $0) }.sorted { $0 < $1 }
      let count = min(members.count, max(2, Int((shares[share] * Double(members.count)).rounded())))
      chosen += order.prefix(count).map(\.1)
    }
    return chosen.sorted()
  }

  /// What comes of a task.
  public struct Result: Sendable, Equatable {
    /// Events that the model was trained on.
    public var trained: Int
    /// The model's size as files, in bytes.
    public var bytes: Int
    /// The probabilities of the events of ``tested(turn:fold:)``.
    public var probabilities: [Double]

    /// As numbers, to be sent.
    public var numbers: [Double] { [Double(trained), Double(bytes)] + probabilities }

    /// From numbers that were sent.
    public init(numbers: [Double]) {
      trained = Int(numbers.first ?? 0)
      bytes = Int(numbers.dropFirst().first ?? 0)
      probabilities = Array(numbers.dropFirst(2))
    }

    init(trained: Int, bytes: Int, probabilities: [Double]) {
      self.trained = trained
      self.bytes = bytes
      self.probabilities = probabilities
    }
  }

  /// Does a task.
  ///
  /// - Throws: ``ComputeError``.
  public func run(_ number: Int) throws -> Result {
    let task = task(number)
    var settings = settings
    settings.seed &+= UInt64(task.turn)
    let chosen = trained(share: task.share, turn: task.turn, fold: task.fold)
    let model = try CalibratedModel(
      training: TrainingRows(table.rows(chosen)), kind: kinds[task.kind], settings: settings, over: SingleRank())
    let tested = tested(turn: task.turn, fold: task.fold)
    return Result(
      trained: chosen.count, bytes: model.model.files.values.reduce(0) { $0 + $1.utf8.count },
      probabilities: try model.probabilities(table.rows(tested).values))
  }
}

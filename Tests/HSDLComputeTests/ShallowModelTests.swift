import Foundation
import HSDLCompute
import SeismicFormats
import Testing

/// Labelled features of made-up events: what makes them real is a sum of two of the features, and noise.
func syntheticTable(_ count: Int, seed: UInt64, features: FeatureSet = .hsdl8) -> FeatureTable {
  var random = SplitMix64(seed: seed)
  var table = FeatureTable(features: features)
  for number in 0..<count {
    var row = (0..<features.count).map { _ in Double.random(in: 0...1, using: &random) }
    let score = row[1] + row[7] + Double.random(in: -0.35...0.35, using: &random)
    if number % 9 == 0 { row[3] = .nan }
    table.append(id: "event-\(number)", label: score > 1 ? 1 : 0, values: row)
  }
  return table
}

/// Quick, and still every part of the training.
func quickSettings() -> ShallowSettings {
  var settings = ShallowSettings()
  settings.forestTrees = 20
  settings.boostingRounds = 20
  settings.calibrationFolds = 3
  return settings
}

@Suite("Shallow models", .serialized)
struct ShallowModelTests {
  static let table = syntheticTable(400, seed: 1)
  static let test = syntheticTable(1000, seed: 2)

  static func train(_ kind: ShallowModelKind, _ table: FeatureTable) throws -> CalibratedModel {
    try CalibratedModel(
      training: TrainingRows(table), kind: kind, settings: quickSettings(), over: SingleRank())
  }

  @Test("every model learns what can be learnt", arguments: ShallowModelKind.allCases)
  func learns(kind: ShallowModelKind) throws {
    let model = try Self.train(kind, Self.table)
    let probabilities = try model.probabilities(Self.test.values)
    let metrics = BinaryMetrics(probabilities: probabilities, labels: Self.test.labels)
    // What is made of a sum suits the smooth models; few small trees cut it into steps; one feature alone has 0.83; two
    // components of eight that vary alike hold little.
    let least = [ShallowModelKind.threshold: 0.7, .pcaForest: 0.52, .forest: 0.88, .boosting: 0.88]
    #expect(metrics.rocAUC > least[kind] ?? 0.92, "\(metrics.rocAUC)")
    #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
    if kind != .threshold { #expect(metrics.calibrationError < 0.1, "\(metrics.calibrationError)") }
  }

  @Test("a model that is written and read gives the same probabilities", arguments: ShallowModelKind.allCases)
  func saveAndLoad(kind: ShallowModelKind) throws {
    let model = try Self.train(kind, Self.table)
    let again = try CalibratedModel(
      kind: kind, files: model.model.files, calibration: model.calibration, features: model.features)
    #expect(try again.probabilities(Self.test.values) == model.probabilities(Self.test.values))
    #expect(again.model.files == model.model.files)
  }

  @Test("the order of the rows does not matter", arguments: ShallowModelKind.allCases)
  func order(kind: ShallowModelKind) throws {
    var random = SplitMix64(seed: 9)
    let shuffled = Self.table.rows((0..<Self.table.count).shuffled(using: &random))
    #expect(try Self.train(kind, shuffled).model.files == Self.train(kind, Self.table).model.files)
  }

  @Test("a row's probability does not depend on the rows beside it", arguments: ShallowModelKind.allCases)
  func neighbours(kind: ShallowModelKind) throws {
    let model = try Self.train(kind, Self.table)
    let together = try model.probabilities(Self.test.values)
    for row in [0, 1, 255, 256, 257, 999] {
      #expect(try model.probabilities(Array(Self.test.row(row))) == [together[row]])
    }
    #expect(try model.probabilities([Double]()) == [])
  }

  @Test("contributions add up to the way from the start to the probability", arguments: ShallowModelKind.allCases)
  func contributions(kind: ShallowModelKind) throws {
    let model = try Self.train(kind, Self.table)
    let rows = Array(Self.test.values.prefix(8 * 50))
    let probabilities = try model.probabilities(rows)
    let moves = try rows.withUnsafeBufferPointer { try model.contributions($0) }
    #expect(moves.count == 50 * 9)
    for (row, probability) in probabilities.enumerated() {
      let sum = moves[row * 9..<row * 9 + 9].reduce(0, +)
      #expect(abs(sum - probability) < 1e-9, "row \(row): \(sum), \(probability)")
    }
  }

  @Test("one class alone teaches nothing", arguments: ShallowModelKind.allCases)
  func oneClass(kind: ShallowModelKind) {
    let real = Self.table.rows(Self.table.labels.indices.filter { Self.table.labels[$0] == 1 })
    #expect(throws: ComputeError.self) { try Self.train(kind, real) }
    #expect(throws: ComputeError.self) { try Self.train(kind, FeatureTable(features: .hsdl8)) }
  }

  @Test("features that are constant or missing do no harm", arguments: ShallowModelKind.allCases)
  func constant(kind: ShallowModelKind) throws {
    var table = FeatureTable(features: .hsdl8)
    for number in 0..<40 {
      let label = UInt8(number % 2)
      table.append(
        id: "\(number)", label: label,
        values: [5, .nan, 1e100, -1e100, 0, Double(label) + Double(number) / 1000, 1e-100, 7])
    }
    let probabilities = try Self.train(kind, table).probabilities(table.values)
    #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
    if kind != .pcaForest {
      #expect(BinaryMetrics(probabilities: probabilities, labels: table.labels).accuracy == 1)
    }
  }

  @Test("numbers too large for their squares are named")
  func tooLarge() {
    var table = FeatureTable(features: .hsdl2)
    for number in 0..<10 {
      table.append(id: "\(number)", label: UInt8(number % 2), values: [Double(number), 1e300 * Double(number)])
    }
    #expect(
      throws: ComputeError.cannotTrain(
        reason: "the values of s_prob_max are too large to be brought to unit variance")
    ) { try Self.train(.svm, table) }
  }

  @Test("two events are enough", arguments: ShallowModelKind.allCases)
  func twoEvents(kind: ShallowModelKind) throws {
    var table = FeatureTable(features: .hsdl2)
    table.append(id: "a", label: 1, values: [0.9, 0.8])
    table.append(id: "b", label: 0, values: [0.1, 0.2])
    let probabilities = try Self.train(kind, table).probabilities(table.values)
    #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(probabilities[0] >= probabilities[1])
  }

  @Test("files that were changed are refused or still harmless", arguments: ShallowModelKind.allCases)
  func damaged(kind: ShallowModelKind) throws {
    let model = try Self.train(kind, Self.table)
    let rows = Array(Self.test.values.prefix(8 * 3))
    #expect(throws: ComputeError.self) {
      try CalibratedModel(kind: kind, files: [:], calibration: .none, features: .hsdl8)
    }
    #expect(throws: (any Error).self) {
      try CalibratedModel(kind: kind, files: model.model.files, calibration: .none, features: .hsdl2)
    }
    var random = SplitMix64(seed: 21)
    for (name, text) in model.model.files {
      let bytes = Array(text.utf8)
      for attempt in 0..<120 {
        var changed = bytes
        if attempt % 2 == 0 {
          changed.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
        } else {
          for _ in 0..<3 {
            changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
          }
        }
        var files = model.model.files
        files[name] = String(decoding: changed, as: UTF8.self)
        do {
          let loaded = try CalibratedModel(kind: kind, files: files, calibration: .none, features: .hsdl8)
          #expect(try loaded.probabilities(rows).count == 3)
        } catch is ComputeError {
          // Said to be damaged, as it is.
        }
      }
    }
  }
}

@Suite("Trees")
struct TreeTests {
  @Test(
    "contributions equal LightGBM's, for few and many features, with missing values", arguments: [1, 2, 8, 18],
    [30, 600])
  func contributions(width: Int, count: Int) throws {
    let features = FeatureSet(Array(FeatureSet.picks.definitions.prefix(width)))
    var random = SplitMix64(seed: 12)
    var table = FeatureTable(features: features)
    for number in 0..<count {
      let row = (0..<width).map { _ in
        Int.random(in: 0..<12, using: &random) == 0 ? Double.nan : Double.random(in: -1...1, using: &random)
      }
      let score = row.reduce(0) { $0 + ($1.isNaN ? 0.3 : $1 * $1) } / Double(width)
      table.append(
        id: "\(number)", label: score + Double.random(in: -0.1...0.1, using: &random) > 0.32 ? 1 : 0, values: row)
    }
    let rows = try TrainingRows(table)
    var values = table.values
    // More rows than a block holds.
    while values.count < 700 * width { values += table.values }
    let forest = try RandomForest(training: rows, settings: quickSettings(), over: SingleRank())
    let boosting = try GradientBoosting(training: rows, settings: quickSettings(), over: SingleRank())
    // The model's own treatment of missing values comes before the trees.
    let clean = values.enumerated().map { index, value in
      value.isNaN && features.definitions[index % width].imputation == .zero ? 0 : value
    }
    for (ensemble, own, scale) in [
      (forest.ensemble, values.withUnsafeBufferPointer { forest.contributions($0, width: width) }, 20.0),
      (boosting.ensemble, values.withUnsafeBufferPointer { boosting.contributions($0, width: width) }, 1),
    ] {
      let expected = try ensemble.contributionsByLightGBM(clean)
      #expect(own.count == expected.count)
      let worst = zip(own, expected).reduce(0) { max($0, abs($1.0 * scale - $1.1)) }
      #expect(worst < 1e-9, "\(worst)")
      #expect(expected.contains { abs($0) > 0.01 })
    }
  }

  static let text = """
    tree
    version=v4
    num_class=1
    num_tree_per_iteration=1
    label_index=0
    max_feature_idx=1
    objective=regression
    feature_names=a b
    feature_infos=[0:1] [0:1]

    Tree=0
    num_leaves=3
    num_cat=0
    split_feature=0 1
    split_gain=4 2
    threshold=0.5 0.25
    decision_type=2 8
    left_child=-1 -2
    right_child=1 -3
    leaf_value=0.1 0.2 0.7
    leaf_weight=1 1 1
    leaf_count=5 3 2
    internal_value=0 0
    internal_weight=0 0
    internal_count=10 5
    is_linear=0
    shrinkage=1


    end of trees

    """

  @Test("a text is read, and written so that it reads the same")
  func text() throws {
    let ensemble = try TreeEnsemble(text: Self.text)
    #expect(ensemble.treeCount == 1)
    #expect(ensemble.leafCount == 3)
    #expect(ensemble.gains == [4, 2])
    #expect(try TreeEnsemble(text: ensemble.text) == ensemble)
  }

  @Test(
    "what cannot be a tree is refused",
    arguments: [
      ("right_child=1 -3", "right_child=0 -3"), ("left_child=-1 -2", "left_child=-1 -1"),
      ("split_feature=0 1", "split_feature=0 2"), ("split_feature=0 1", "split_feature=-1 1"),
      ("num_leaves=3", "num_leaves=4"), ("num_leaves=3", "num_leaves=99999999999999999999"),
      ("num_leaves=3", "num_leaves=-2"), ("threshold=0.5 0.25", "threshold=0.5"), ("num_cat=0", "num_cat=1"),
      ("is_linear=0", "is_linear=1"), ("num_class=1", "num_class=3"), ("max_feature_idx=1", "max_feature_idx=9"),
      ("decision_type=2 8", "decision_type=1 8"), ("tree\n", "forest\n"), ("right_child=1 -3", "right_child=1 -9"),
    ])
  func refused(old: String, new: String) {
    #expect(throws: ComputeError.self) { try TreeEnsemble(text: Self.text.replacingOccurrences(of: old, with: new)) }
  }
}

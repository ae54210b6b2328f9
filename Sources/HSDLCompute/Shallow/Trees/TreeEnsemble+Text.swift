extension TreeEnsemble {
  /// The ensemble in LightGBM's text format, version 4, which LightGBM itself reads.
  public var text: String {
    var lines = [
      "tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0",
      "max_feature_idx=\(featureNames.count - 1)", "objective=\(objective)",
    ]
    if isAveraged { lines.append("average_output") }
    lines.append("feature_names=\(featureNames.joined(separator: " "))")
    lines.append("feature_infos=\(featureNames.map { _ in "[-inf:inf]" }.joined(separator: " "))")
    lines.append("")
    for (index, tree) in trees.enumerated() { lines.append(contentsOf: tree.lines(index)) }
    lines.append(contentsOf: ["end of trees", "", "pandas_categorical:null", ""])
    return lines.joined(separator: "\n")
  }

  /// Reads LightGBM's text format: one output, numerical splits.
  ///
  /// - Throws: ``ComputeError`` with `badModel` when the text is anything else. Every index is checked.
  public init(text: String) throws {
    var sections = text.split(separator: "\n\n", omittingEmptySubsequences: true)
    guard let head = sections.first, head.hasPrefix("tree") else {
      throw ComputeError.badModel(reason: "it does not begin with 'tree'")
    }
    sections.removeFirst()
    let header = Self.values(head)
    guard header["num_class"] ?? "1" == "1", header["num_tree_per_iteration"] ?? "1" == "1" else {
      throw ComputeError.badModel(reason: "it has more than one output")
    }
    let names = (header["feature_names"] ?? "").split(separator: " ").map(String.init)
    guard !names.isEmpty, header["max_feature_idx"] == "\(names.count - 1)" else {
      throw ComputeError.badModel(reason: "feature_names and max_feature_idx do not agree")
    }
    self.init(
      featureNames: names, isAveraged: head.split(separator: "\n").contains("average_output"),
      objective: header["objective"] ?? "regression")
    for section in sections {
      let trimmed = section.drop { $0 == "\n" }
      guard trimmed.hasPrefix("Tree=") else {
        if trimmed.hasPrefix("end of trees") { break }
        continue
      }
      trees.append(try DecisionTree(Self.values(trimmed), number: trees.count, featureCount: names.count))
    }
  }

  static func values(_ section: Substring) -> [String: String] {
    var values: [String: String] = [:]
    for line in section.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      values[String(line[..<equals])] = String(line[line.index(after: equals)...])
    }
    return values
  }
}

extension DecisionTree {
  fileprivate func lines(_ number: Int) -> [String] {
    func list<T>(_ name: String, _ values: [T]) -> String {
      "\(name)=\(values.map { "\($0)" }.joined(separator: " "))"
    }
    // Bit 1: a missing value goes left; bits 2 and 3: what is missing (0 nothing, 2 NaN).
    let decisions = zip(defaultLeft, missingIsNaN).map { ($0 ? 2 : 0) | ($1 ? 8 : 0) }
    var lines = ["Tree=\(number)", "num_leaves=\(leafValues.count)", "num_cat=0"]
    if innerCount > 0 {
      lines.append(contentsOf: [
        list("split_feature", features), list("split_gain", gains), list("threshold", thresholds),
        list("decision_type", decisions), list("left_child", left), list("right_child", right),
      ])
    }
    lines.append(list("leaf_value", leafValues))
    if innerCount > 0 {
      lines.append(contentsOf: [
        list("leaf_weight", leafWeights), list("leaf_count", leafCounts), list("internal_value", innerValues),
        list("internal_weight", innerWeights), list("internal_count", innerCounts),
      ])
    }
    lines.append(contentsOf: ["is_linear=0", "shrinkage=1", "", ""])
    return lines
  }

  fileprivate init(_ values: [String: String], number: Int, featureCount: Int) throws {
    func bad(_ what: String) -> ComputeError { .badModel(reason: "tree \(number): \(what)") }
    func list<T: LosslessStringConvertible>(_ name: String, count: Int, default missing: T? = nil) throws -> [T] {
      guard let text = values[name] else {
        if let missing { return [T](repeating: missing, count: count) }
        throw bad("\(name) is missing")
      }
      let list = text.split(separator: " ").compactMap { T(String($0)) }
      guard list.count == count else { throw bad("\(name) does not hold \(count) numbers") }
      return list
    }
    guard let leaves = values["num_leaves"].flatMap({ Int($0) }), leaves >= 1, leaves <= 1 << 24 else {
      throw bad("num_leaves is not a count")
    }
    guard values["num_cat"] ?? "0" == "0" else { throw bad("it splits on categories") }
    guard values["is_linear"] ?? "0" == "0" else { throw bad("its leaves are linear models") }
    leafValues = try list("leaf_value", count: leaves)
    leafWeights = try list("leaf_weight", count: leaves, default: 0)
    leafCounts = try list("leaf_count", count: leaves, default: 0)
    let inner = leaves - 1
    guard inner > 0 else { return }
    features = try list("split_feature", count: inner)
    thresholds = try list("threshold", count: inner)
    left = try list("left_child", count: inner)
    right = try list("right_child", count: inner)
    gains = try list("split_gain", count: inner, default: 0)
    innerValues = try list("internal_value", count: inner, default: 0)
    innerWeights = try list("internal_weight", count: inner, default: 0)
    innerCounts = try list("internal_count", count: inner, default: 0)
    let decisions: [Int] = try list("decision_type", count: inner)
    guard decisions.allSatisfy({ $0 & 1 == 0 && $0 >> 2 & 3 != 1 }) else {
      throw bad("it splits on categories, or takes zero for missing")
    }
    defaultLeft = decisions.map { $0 & 2 != 0 }
    missingIsNaN = decisions.map { $0 >> 2 & 3 == 2 }
    guard features.allSatisfy({ $0 >= 0 && Int($0) < featureCount }) else { throw bad("a feature does not exist") }
    // Children come after their parent, and every node has one parent: so no walk can go round in a circle.
    var parents = [Int](repeating: 0, count: inner + leaves)
    for node in 0..<inner {
      for child in [left[node], right[node]] {
        guard child < 0 ? Int(~child) < leaves : Int(child) > node && Int(child) < inner else {
          throw bad("node \(node) has a child that does not exist")
        }
        parents[child < 0 ? inner + Int(~child) : Int(child)] += 1
      }
    }
    guard parents[1...].allSatisfy({ $0 == 1 }), parents[0] == 0 else { throw bad("it is not a tree") }
  }
}

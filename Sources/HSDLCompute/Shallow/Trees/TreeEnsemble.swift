/// Trees whose outputs are added, or averaged.
public struct TreeEnsemble: Sendable, Equatable {
  var trees: [DecisionTree] = []
  /// The names of the features, in the order of the trees' numbers.
  public internal(set) var featureNames: [String]
  /// Whether the output is the mean of the trees; else their sum.
  public internal(set) var isAveraged: Bool
  /// What LightGBM is told the output means.
  var objective: String

  init(featureNames: [String], isAveraged: Bool, objective: String) {
    self.featureNames = featureNames
    self.isAveraged = isAveraged
    self.objective = objective
  }

  /// The number of trees.
  public var treeCount: Int { trees.count }
  /// The number of leaves of all trees.
  public var leafCount: Int { trees.reduce(0) { $0 + $1.leafValues.count } }

  /// How much each feature has improved the trees: the sum of the gains of its splits.
  public var gains: [Double] {
    var gains = [Double](repeating: 0, count: featureNames.count)
    for tree in trees { for (feature, gain) in zip(tree.features, tree.gains) { gains[Int(feature)] += gain } }
    return gains
  }
}

/// All trees in one run of memory, for speed.
struct FlatTrees: Sendable {
  private struct Node: Sendable {
    var threshold: Double
    var feature: Int32
    var left: Int32
    var right: Int32
    /// 0: a missing value counts as zero; 1: it goes left; 2: it goes right.
    var missing: Int32
  }

  private var nodes: [Node] = []
  private var roots: [Int32] = []
  private var values: [Double] = []

  init(_ ensemble: TreeEnsemble) {
    for tree in ensemble.trees {
      let firstNode = Int32(nodes.count)
      let firstLeaf = Int32(values.count)
      roots.append(tree.innerCount > 0 ? firstNode : ~firstLeaf)
      func place(_ child: Int32) -> Int32 { child >= 0 ? child + firstNode : ~(~child + firstLeaf) }
      for index in 0..<tree.innerCount {
        nodes.append(
          Node(
            threshold: tree.thresholds[index], feature: tree.features[index], left: place(tree.left[index]),
            right: place(tree.right[index]),
            missing: tree.missingIsNaN[index] ? (tree.defaultLeft[index] ? 1 : 2) : 0))
      }
      values.append(contentsOf: tree.leafValues)
    }
  }

  /// Adds the trees' outputs, tree by tree in a fixed order for each row.
  func add(_ rows: UnsafePointer<Double>, count: Int, width: Int, to sums: UnsafeMutableBufferPointer<Double>) {
    nodes.withUnsafeBufferPointer { nodes in
      values.withUnsafeBufferPointer { values in
        // Blocks of rows stay in the cache while all trees look at them.
        for block in stride(from: 0, to: count, by: 256) {
          let end = min(block + 256, count)
          for root in roots {
            for row in block..<end {
              let start = rows + row * width
              var node = root
              while node >= 0 {
                let inner = nodes[Int(node)]
                let value = start[Int(inner.feature)]
                let goesLeft: Bool
                if value.isNaN && inner.missing != 0 {
                  goesLeft = inner.missing == 1
                } else {
                  goesLeft = (value.isNaN ? 0 : value) <= inner.threshold
                }
                node = goesLeft ? inner.left : inner.right
              }
              sums[row] += values[Int(~node)]
            }
          }
        }
      }
    }
  }
}

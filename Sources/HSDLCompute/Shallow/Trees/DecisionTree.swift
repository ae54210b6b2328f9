/// A binary decision tree, numbered as LightGBM does: inner nodes from 0, root first, parents before children; a child
/// below zero is the leaf ~child.
struct DecisionTree: Sendable, Equatable {
  /// The feature that each inner node looks at.
  var features: [Int32] = []
  /// Values up to the threshold go left.
  var thresholds: [Double] = []
  var left: [Int32] = []
  var right: [Int32] = []
  /// Whether a missing value goes left; only where `missingIsNaN`.
  var defaultLeft: [Bool] = []
  /// Whether a missing value follows `defaultLeft`; else it counts as zero.
  var missingIsNaN: [Bool] = []
  var gains: [Double] = []
  var innerValues: [Double] = []
  var innerWeights: [Double] = []
  var innerCounts: [Int] = []
  var leafValues: [Double] = [0]
  var leafWeights: [Double] = [0]
  var leafCounts: [Int] = [0]

  var innerCount: Int { features.count }

  /// The leaf that a row comes to.
  @inline(__always)
  func leaf(_ row: UnsafePointer<Double>) -> Int {
    guard innerCount > 0 else { return 0 }
    var node: Int32 = 0
    repeat {
      let index = Int(node)
      node = goesLeft(row[Int(features[index])], index) ? left[index] : right[index]
    } while node >= 0
    return Int(~node)
  }

  @inline(__always)
  func goesLeft(_ value: Double, _ node: Int) -> Bool {
    if value.isNaN { return missingIsNaN[node] ? defaultLeft[node] : 0 <= thresholds[node] }
    return value <= thresholds[node]
  }
}

extension DecisionTree {
  /// Widens for each inner node the gap between the values that go left and those that go right.
  ///
  /// - Parameters:
  ///   - row: the values of a row.
  ///   - lows: the largest value seen to go left, by node.
  ///   - highs: the smallest value seen to go right, by node.
  func trace(
    _ row: UnsafePointer<Double>, lows: UnsafeMutablePointer<Double>, highs: UnsafeMutablePointer<Double>
  ) {
    guard innerCount > 0 else { return }
    var node: Int32 = 0
    repeat {
      let index = Int(node)
      let value = row[Int(features[index])]
      let goesLeft = goesLeft(value, index)
      if !value.isNaN {
        if goesLeft { lows[index] = max(lows[index], value) } else { highs[index] = min(highs[index], value) }
      }
      node = goesLeft ? left[index] : right[index]
    } while node >= 0
  }

  /// Puts each threshold into the middle of its gap.
  ///
  /// A tree grown on binned values may put its threshold anywhere in the gap between the two sides; in the middle it
  /// errs least on values that were not seen.
  mutating func center(lows: UnsafePointer<Double>, highs: UnsafePointer<Double>) {
    for node in 0..<innerCount where lows[node].isFinite && highs[node].isFinite && lows[node] < highs[node] {
      let middle = lows[node] + (highs[node] - lows[node]) / 2
      // Between neighbouring doubles the middle may round up to the right side.
      thresholds[node] = middle < highs[node] ? middle : lows[node]
    }
  }

  /// Makes each leaf of a tree that was grown on counts the exact share that it stands for: LightGBM's regularisation leaves
  /// it a few units of the last place away.
  mutating func snapLeaves() {
    for leaf in leafValues.indices {
      let weight = leafWeights[leaf].rounded()
      guard weight > 0 else { continue }
      leafWeights[leaf] = weight
      leafValues[leaf] = (leafValues[leaf] * weight).rounded() / weight
    }
  }
}

/// How much each feature moves the sum of an ensemble's trees: path-dependent Shapley values of trees (Lundberg et al.,
/// 2020), the same that LightGBM gives.
///
/// A leaf's share depends only on which of the features on its path lead a row to it. Rows are looked at in blocks: for
/// each leaf those features are found for all rows of the block at once, and the share is worked out once for each
/// combination that occurs (Yang, 2021). What comes out for a row does not depend on the rows beside it.
struct TreeExplainer: Sendable {
  private struct Tree: Sendable {
    var firstNode: Int
    var nodeCount: Int
    var leaves: Range<Int>
  }

  private struct Node: Sendable {
    var feature: Int
    var threshold: Double
    /// Whether a missing value goes left.
    var missingLeft: Bool
  }

  private struct Leaf: Sendable {
    var value: Double
    /// Its place in ``path``.
    var features: Range<Int>
  }

  /// A feature on the way to a leaf.
  private struct PathFeature: Sendable {
    var feature: Int
    /// The share of the training rows that the feature's nodes let through to the leaf.
    var share: Double
    /// Its place in ``steps``.
    var steps: Range<Int>
  }

  /// A node on the way to a leaf, counted in its tree, and whether the way goes left there.
  private struct Step: Sendable {
    var node: Int
    var isLeft: Bool
  }

  private var trees: [Tree] = []
  private var nodes: [Node] = []
  private var leaves: [Leaf] = []
  private var path: [PathFeature] = []
  private var steps: [Step] = []
  private var base = 0.0

  private static let blockSize = 512
  /// Shares are kept for the combinations of up to so many features.
  private static let memoBits = 10

  init(_ ensemble: TreeEnsemble) {
    for tree in ensemble.trees { add(tree) }
  }

  private mutating func add(_ tree: DecisionTree) {
    guard tree.innerCount > 0 else {
      base += tree.leafValues.first ?? 0
      return
    }
    let firstLeaf = leaves.count
    let firstNode = nodes.count
    for index in 0..<tree.innerCount {
      nodes.append(
        Node(
          feature: Int(tree.features[index]), threshold: tree.thresholds[index],
          missingLeft: tree.missingIsNaN[index] ? tree.defaultLeft[index] : 0 <= tree.thresholds[index]))
    }
    func count(_ child: Int32) -> Double {
      Double(child >= 0 ? tree.innerCounts[Int(child)] : tree.leafCounts[Int(~child)])
    }
    let total = Double(tree.innerCounts[0])
    // Depth first, by hand: a damaged file may hold a tree that is one long branch.
    var open: [(node: Int32, way: [Step])] = [(0, [])]
    while let (node, way) = open.popLast() {
      if node >= 0 {
        open.append((tree.right[Int(node)], way + [Step(node: Int(node), isLeft: false)]))
        open.append((tree.left[Int(node)], way + [Step(node: Int(node), isLeft: true)]))
        continue
      }
      let value = tree.leafValues[Int(~node)]
      if total > 0 { base += value * Double(tree.leafCounts[Int(~node)]) / total }
      let firstFeature = path.count
      var order: [Int] = []
      for step in way where !order.contains(Int(tree.features[step.node])) {
        order.append(Int(tree.features[step.node]))
      }
      for feature in order {
        let own = way.filter { Int(tree.features[$0.node]) == feature }
        var share = 1.0
        for step in own {
          let parent = Double(tree.innerCounts[step.node])
          share *= parent > 0 ? count(step.isLeft ? tree.left[step.node] : tree.right[step.node]) / parent : 0
        }
        let firstStep = steps.count
        steps.append(contentsOf: own)
        path.append(PathFeature(feature: feature, share: share, steps: firstStep..<steps.count))
      }
      leaves.append(Leaf(value: value, features: firstFeature..<path.count))
    }
    trees.append(Tree(firstNode: firstNode, nodeCount: tree.innerCount, leaves: firstLeaf..<leaves.count))
  }

  /// How far each feature moves the sum of the trees for each row, and last the sum from which it is moved.
  ///
  /// - Returns: `width + 1` numbers for each row.
  func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    let count = rows.count / max(width, 1)
    var result = [Double](repeating: 0, count: count * (width + 1))
    var scratch = Scratch(
      nodeCount: trees.map(\.nodeCount).max() ?? 0, pathLength: leaves.map(\.features.count).max() ?? 0)
    result.withUnsafeMutableBufferPointer { result in
      for row in 0..<count { result[row * (width + 1) + width] = base }
      for start in stride(from: 0, to: count, by: Self.blockSize) {
        let end = min(start + Self.blockSize, count)
        let block = UnsafeBufferPointer(rebasing: rows[start * width..<end * width])
        let sums = UnsafeMutableBufferPointer(rebasing: result[start * (width + 1)..<end * (width + 1)])
        for tree in trees { add(tree, block, width, sums, &scratch) }
      }
    }
    return result
  }

  private struct Scratch {
    /// For each node of a tree and each row, whether the row goes left.
    var decisions: [UInt8]
    /// For each row, whether one feature leads it to the leaf.
    var leads = [UInt8](repeating: 0, count: blockSize)
    /// For each row, which features do, one bit each; there are not more than 64 features on a path.
    var masks = [UInt64](repeating: 0, count: blockSize)
    /// For each mask, where its shares are kept, and for which leaf they were worked out.
    var places = [Int32](repeating: 0, count: 1 << memoBits)
    var stamps = [UInt32](repeating: 0, count: 1 << memoBits)
    var stamp: UInt32 = 0
    var shares: [Double]
    /// The features on the present leaf's path.
    var features: [Int]
    var polynomial: [Double]

    init(nodeCount: Int, pathLength: Int) {
      decisions = [UInt8](repeating: 0, count: nodeCount * blockSize)
      shares = [Double](repeating: 0, count: max(pathLength, 1) << min(pathLength, memoBits))
      features = [Int](repeating: 0, count: pathLength)
      polynomial = [Double](repeating: 0, count: 2 * pathLength + 2)
    }
  }

  private func add(
    _ tree: Tree, _ rows: UnsafeBufferPointer<Double>, _ width: Int, _ sums: UnsafeMutableBufferPointer<Double>,
    _ scratch: inout Scratch
  ) {
    let count = rows.count / width
    let size = Self.blockSize
    scratch.decisions.withUnsafeMutableBufferPointer { decisions in
      for index in 0..<tree.nodeCount {
        let node = nodes[tree.firstNode + index]
        let missing: UInt8 = node.missingLeft ? 1 : 0
        for row in 0..<count {
          let value = rows[row * width + node.feature]
          decisions[index * size + row] = value.isNaN ? missing : value <= node.threshold ? 1 : 0
        }
      }
    }
    for number in tree.leaves {
      let leaf = leaves[number]
      findMasks(leaf, count, &scratch)
      let length = leaf.features.count
      if length > Self.memoBits {
        for row in 0..<count {
          share(leaf, scratch.masks[row], &scratch, at: 0)
          for index in 0..<length {
            sums[row * (width + 1) + path[leaf.features.lowerBound + index].feature] += scratch.shares[index]
          }
        }
        continue
      }
      // First the combinations that occur, each worked out once; then every row takes its own.
      scratch.stamp &+= 1
      var used = 0
      for row in 0..<count {
        let mask = Int(truncatingIfNeeded: scratch.masks[row])
        guard scratch.stamps[mask] != scratch.stamp else { continue }
        share(leaf, scratch.masks[row], &scratch, at: used)
        scratch.stamps[mask] = scratch.stamp
        scratch.places[mask] = Int32(truncatingIfNeeded: used)
        used += length
      }
      for (index, feature) in path[leaf.features].enumerated() { scratch.features[index] = feature.feature }
      scratch.shares.withUnsafeBufferPointer { shares in
        scratch.features.withUnsafeBufferPointer { features in
          scratch.places.withUnsafeBufferPointer { places in
            scratch.masks.withUnsafeBufferPointer { masks in
              for row in 0..<count {
                let place = Int(places[Int(truncatingIfNeeded: masks[row])])
                let start = row * (width + 1)
                for index in 0..<length { sums[start + features[index]] += shares[place + index] }
              }
            }
          }
        }
      }
    }
  }

  /// Finds which features on a leaf's path lead each row to it.
  private func findMasks(_ leaf: Leaf, _ count: Int, _ scratch: inout Scratch) {
    let size = Self.blockSize
    scratch.masks.withUnsafeMutableBufferPointer { masks in
      scratch.leads.withUnsafeMutableBufferPointer { leads in
        scratch.decisions.withUnsafeBufferPointer { decisions in
          for row in 0..<count { masks[row] = 0 }
          for (bit, feature) in path[leaf.features].enumerated() {
            for row in 0..<count { leads[row] = 1 }
            for step in steps[feature.steps] {
              let own = UnsafeBufferPointer(rebasing: decisions[step.node * size..<step.node * size + count])
              let other: UInt8 = step.isLeft ? 0 : 1
              for row in 0..<count { leads[row] &= own[row] ^ other }
            }
            for row in 0..<count { masks[row] |= UInt64(leads[row]) << UInt64(bit) }
          }
        }
      }
    }
  }

  /// Works out what a leaf gives to the features on its path, when those of a mask lead to it.
  ///
  /// A feature that does not lead there lets through its share of the training rows when it is unknown, and nothing when
  /// it is known; one that does lets through its share, or all. The sums over all sets of known features are coefficients
  /// of a polynomial with a factor for each feature that leads there.
  private func share(_ leaf: Leaf, _ mask: UInt64, _ scratch: inout Scratch, at place: Int) {
    let length = leaf.features.count
    let first = leaf.features.lowerBound
    path.withUnsafeBufferPointer { path in
      scratch.polynomial.withUnsafeMutableBufferPointer { polynomial in
        scratch.shares.withUnsafeMutableBufferPointer { shares in
          var outside = leaf.value
          var degree = 0
          polynomial[0] = 1
          for index in 0..<length {
            let share = path[first + index].share
            if mask >> UInt64(index) & 1 == 0 {
              outside *= share
              continue
            }
            polynomial[degree + 1] = polynomial[degree]
            for power in stride(from: degree, to: 0, by: -1) {
              polynomial[power] = polynomial[power] * share + polynomial[power - 1]
            }
            polynomial[0] *= share
            degree += 1
          }
          // The weight of sets of k known features among n: k! (n - k - 1)! / n!.
          let weights = length + 1
          var weight = 1 / Double(length)
          for known in 0..<length {
            polynomial[weights + known] = weight
            weight *= Double(known + 1) / Double(max(length - known - 1, 1))
          }
          var none = 0.0
          for known in 0...min(degree, length - 1) { none += polynomial[known] * polynomial[weights + known] }
          for index in 0..<length {
            if mask >> UInt64(index) & 1 == 0 {
              shares[place + index] = -outside * none
              continue
            }
            // The polynomial without this feature's factor, from the top down.
            let share = path[first + index].share
            var coefficient = polynomial[degree]
            var sum = coefficient * polynomial[weights + degree - 1]
            for known in stride(from: degree - 1, to: 0, by: -1) {
              coefficient = polynomial[known] - share * coefficient
              sum += coefficient * polynomial[weights + known - 1]
            }
            shares[place + index] = (1 - share) * outside * sum
          }
        }
      }
    }
  }
}

import Foundation

/// An ensemble made ready to be used on many rows.
final class TreeEvaluator: @unchecked Sendable {
  private let ensemble: TreeEnsemble
  private let flat: FlatTrees
  private let lock = NSLock()
  private var explainer: TreeExplainer?

  init(_ ensemble: TreeEnsemble) {
    self.ensemble = ensemble
    flat = FlatTrees(ensemble)
  }

  /// The outputs for rows.
  ///
  /// - Parameters:
  ///   - rows: row by row.
  ///   - width: numbers a row; at least the number of features.
  func predict(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    guard width > 0, let base = rows.baseAddress else { return [] }
    let count = rows.count / width
    var sums = [Double](repeating: 0, count: count)
    sums.withUnsafeMutableBufferPointer { sums in flat.add(base, count: count, width: width, to: sums) }
    if ensemble.isAveraged && ensemble.treeCount > 0 {
      let trees = Double(ensemble.treeCount)
      for index in sums.indices { sums[index] /= trees }
    }
    return sums
  }

  /// How much each feature has moved each output, and last the output from which it was moved.
  ///
  /// - Returns: `width + 1` numbers for each row; their sum is the output.
  func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    var values = ready().contributions(rows, width: width)
    if ensemble.isAveraged && ensemble.treeCount > 0 {
      let trees = Double(ensemble.treeCount)
      for index in values.indices { values[index] /= trees }
    }
    return values
  }

  /// The explainer, which is made when it is first needed.
  private func ready() -> TreeExplainer {
    lock.lock()
    defer { lock.unlock() }
    if let explainer { return explainer }
    let made = TreeExplainer(ensemble)
    explainer = made
    return made
  }
}

extension TreeEnsemble {
  /// What LightGBM itself gives for the contributions of the features to the sum of the trees, and the sum from which
  /// they move it.
  ///
  /// - Throws: ``ComputeError`` with `lightGBM`.
  package func contributionsByLightGBM(_ rows: [Double]) throws -> [Double] {
    let booster = try LightGBMBooster(text: text)
    return try rows.withUnsafeBufferPointer {
      try booster.predict($0, width: featureNames.count, contributions: true)
    }
  }
}

import Foundation

/// An ensemble made ready to be used on many rows.
final class TreeEvaluator: @unchecked Sendable {
  private let ensemble: TreeEnsemble
  private let flat: FlatTrees
  private let lock = NSLock()
  private var booster: LightGBMBooster?

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

  /// How much each feature has moved each output, and last the output from which it was moved: SHAP values of trees
  /// (Lundberg et al., 2020), by LightGBM.
  ///
  /// - Returns: `width + 1` numbers for each row; their sum is the output.
  /// - Throws: ``ComputeError`` with `lightGBM`.
  func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) throws -> [Double] {
    lock.lock()
    defer { lock.unlock() }
    let booster = try self.booster ?? LightGBMBooster(text: ensemble.text)
    self.booster = booster
    var values = try booster.predict(rows, width: width, contributions: true)
    // LightGBM averages outputs, and leaves contributions added up.
    if ensemble.isAveraged && ensemble.treeCount > 0 {
      let trees = Double(ensemble.treeCount)
      for index in values.indices { values[index] /= trees }
    }
    return values
  }
}

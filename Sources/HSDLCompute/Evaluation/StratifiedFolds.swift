/// Cuts labelled events into folds that hold equal shares of both classes.
public struct StratifiedFolds: Sendable {
  /// The fold of each event, 0 ..< count.
  public let fold: [Int]
  /// The number of folds.
  public let count: Int

  /// Cuts at random; the same labels, seed and repeat always give the same folds.
  ///
  /// - Parameters:
  ///   - labels: 1 real, 0 fake.
  ///   - count: the number of folds, at least 2.
  /// - Throws: ``ComputeError`` with `cannotTrain` when a class has fewer events than there are folds.
  public init(labels: [UInt8], count: Int, seed: UInt64, repeat number: Int) throws {
    var fold = [Int](repeating: 0, count: labels.count)
    for label in [UInt8(0), 1] {
      let members = labels.indices.filter { labels[$0] == label }
      guard count >= 2, members.count >= count else {
        throw ComputeError.cannotTrain(
          reason: "there are \(members.count) \(label == 1 ? "real" : "fake") events, too few for \(count) folds")
      }
      var random = SplitMix64(seed: seed, stream: 2, UInt64(number), UInt64(label))
      for (place, member) in random.shuffled(members).enumerated() { fold[member] = place % count }
    }
    self.fold = fold
    self.count = count
  }
}

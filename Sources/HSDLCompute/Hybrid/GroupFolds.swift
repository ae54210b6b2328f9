/// Puts whole groups of labelled events, such as those of one network, into folds.
///
/// A model that is to be used where it was not trained must be tested so: events of one network share stations, noise and a velocity model, and
/// what a model says of them is better, and more certain, than of another network's (Roberts et al., 2017).
public struct GroupFolds: Sendable, Equatable {
  /// The fold of each event, 0 ..< ``count``, in the order in which the events were given.
  public let fold: [Int]
  /// The number of folds.
  public let count: Int

  /// Puts groups into folds: the largest first, each into the fold that has the fewest events.
  ///
  /// - Parameters:
  ///   - groups: the group of each event, from 0 on.
  ///   - labels: 1 real, 0 fake.
  ///   - count: the number of folds that is wanted; as many as groups where there are fewer of these.
  /// - Throws: ``ComputeError`` with `cannotTrain` when there are fewer than two groups, or the events outside of a fold are of one kind.
  public init(groups: [Int], labels: [UInt8], count: Int) throws {
    guard groups.count == labels.count, groups.allSatisfy({ $0 >= 0 }) else {
      throw ComputeError.cannotTrain(reason: "there are \(labels.count) labels for \(groups.count) events of groups")
    }
    var sizes: [Int: Int] = [:]
    for group in groups { sizes[group, default: 0] += 1 }
    guard sizes.count >= 2 else {
      throw ComputeError.cannotTrain(
        reason: "all labelled events are in one table; tables can be left out in turn only where there are several")
    }
    let wanted = min(max(count, 2), sizes.count)
    var totals = [Int](repeating: 0, count: wanted)
    var folds: [Int: Int] = [:]
    for (group, size) in sizes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      var least = 0
      for fold in totals.indices where totals[fold] < totals[least] { least = fold }
      folds[group] = least
      totals[least] += size
    }
    let fold = groups.map { folds[$0] ?? 0 }
    for left in 0..<wanted {
      let others = fold.indices.filter { fold[$0] != left }
      let real = others.reduce(0) { $0 + Int(labels[$1]) }
      guard real > 0, real < others.count else {
        throw ComputeError.cannotTrain(
          reason: "without fold \(left + 1) of \(wanted) there are events of one kind only; both are needed")
      }
    }
    self.fold = fold
    self.count = wanted
  }
}

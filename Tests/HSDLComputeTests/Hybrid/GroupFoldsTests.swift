import HSDLCompute
import Testing

@Suite("Folds of whole groups")
struct GroupFoldsTests {
  /// So many events of each group, with alternating labels, the groups' events mixed.
  private func events(_ sizes: [Int]) -> (groups: [Int], labels: [UInt8]) {
    let groups = sizes.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    let order = groups.indices.sorted { mixedUp($0) < mixedUp($1) }
    return (order.map { groups[$0] }, order.map { UInt8($0 % 2) })
  }

  private func mixedUp(_ number: Int) -> Int { number * 7919 % 1009 }

  @Test("no group is parted, and folds are about as large as each other")
  func whole() throws {
    let (groups, labels) = events([100, 60, 40, 30, 30, 20])
    let cut = try GroupFolds(groups: groups, labels: labels, count: 3)
    #expect(cut.count == 3)
    for group in 0..<6 { #expect(Set(groups.indices.filter { groups[$0] == group }.map { cut.fold[$0] }).count == 1) }
    // 100; 60 + 30; 40 + 30 + 20.
    #expect((0..<3).map { fold in cut.fold.count { $0 == fold } }.sorted() == [90, 90, 100])
    // As many folds as groups, where more are asked for.
    #expect(try GroupFolds(groups: groups, labels: labels, count: 50).count == 6)
  }

  @Test("one group, lists that do not fit, and folds without which one kind is missing, are refused")
  func refused() throws {
    #expect(throws: ComputeError.self) { try GroupFolds(groups: [0, 0], labels: [0, 1], count: 2) }
    #expect(throws: ComputeError.self) { try GroupFolds(groups: [0, 1], labels: [0], count: 2) }
    #expect(throws: ComputeError.self) { try GroupFolds(groups: [0, -1], labels: [0, 1], count: 2) }
    // All real events are in one table.
    #expect(throws: ComputeError.self) { try GroupFolds(groups: [0, 0, 1, 1], labels: [1, 1, 0, 0], count: 2) }
    #expect(throws: ComputeError.self) { try GroupFolds(groups: [], labels: [], count: 2) }
  }
}

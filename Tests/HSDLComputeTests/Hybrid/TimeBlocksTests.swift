import HSDLCompute
import Testing

@Suite("Blocks of time")
struct TimeBlocksTests {
  /// Alternating labels, so that every block of two events has both kinds.
  private func labels(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 2) } }

  @Test("blocks follow one another in time, hold nearly equal numbers, and do not depend on the order given")
  func contiguous() throws {
    for total in 4...40 {
      for wanted in 2...6 {
        var random = SplitMix64(seed: UInt64(total * 10 + wanted))
        let times = (0..<total).map { Double($0) * 100 }
        let keys = (0..<total).map { UInt64($0) }
        let cut = try TimeBlocks(times: times, keys: keys, labels: labels(total), count: wanted)
        #expect(cut.block == cut.block.sorted(), "\(total) events, \(wanted) blocks")
        #expect(Set(cut.block) == Set(0..<cut.count))
        #expect(cut.count == wanted || total < 2 * wanted + wanted)
        let sizes = (0..<cut.count).map { cut.members($0).count }
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        #expect(cut.borderGaps == [Double](repeating: 100, count: cut.count - 1))
        let order = random.shuffled(Array(0..<total))
        let shuffled = try TimeBlocks(
          times: order.map { times[$0] }, keys: order.map { keys[$0] }, labels: order.map { labels(total)[$0] },
          count: wanted)
        #expect(shuffled.count == cut.count)
        #expect(shuffled.block == order.map { cut.block[$0] })
      }
    }
  }

  @Test("members and others are the whole, each once")
  func partition() throws {
    let cut = try TimeBlocks(
      times: (0..<30).map { Double(($0 * 7) % 30) * 1000 }, keys: (0..<30).map { UInt64($0) }, labels: labels(30),
      count: 4)
    for number in 0..<cut.count {
      #expect((cut.members(number) + cut.others(number)).sorted() == Array(0..<30))
    }
  }

  @Test("no border parts events that are close in time", arguments: 2...9)
  func sequences(length: Int) throws {
    // Sequences of events a second apart, an hour between them.
    let total = length * 12
    let times = (0..<total).map { Double($0 / length) * 3600 + Double($0 % length) }
    let cut = try TimeBlocks(
      times: times, keys: (0..<total).map { UInt64($0) }, labels: labels(total), count: 5, gap: 60)
    #expect(cut.count == 5)
    for first in stride(from: 0, to: total, by: length) {
      #expect(Set(cut.block[first..<first + length]).count == 1)
    }
    #expect(cut.borderGaps.allSatisfy { $0 >= 60 })
  }

  @Test("where nothing parts events, borders lie at the longest pause near by")
  func dense() throws {
    // A second apart throughout, but for 30 s after the 46th.
    let times = (0..<100).map { Double($0) + ($0 > 45 ? 30 : 0) }
    let cut = try TimeBlocks(
      times: times, keys: (0..<100).map { UInt64($0) }, labels: labels(100), count: 2, gap: 3600)
    #expect(cut.members(0).count == 46)
    #expect(cut.borderGaps == [31])
  }

  @Test("there are fewer blocks where one would lack a kind, and an error where two would")
  func oneKind() throws {
    let times = (0..<40).map { Double($0) * 100 }
    let keys = (0..<40).map { UInt64($0) }
    // Fake events in the first and the last quarter only.
    var labels = [UInt8](repeating: 1, count: 40)
    for place in [1, 3, 5, 33, 36, 38] { labels[place] = 0 }
    let cut = try TimeBlocks(times: times, keys: keys, labels: labels, count: 8)
    #expect(cut.count == 2)
    #expect(throws: ComputeError.self) {
      try TimeBlocks(times: times, keys: keys, labels: (0..<40).map { UInt8($0 < 1 ? 0 : 1) }, count: 5)
    }
    #expect(throws: ComputeError.self) {
      try TimeBlocks(times: times, keys: keys, labels: [UInt8](repeating: 1, count: 40), count: 5)
    }
    #expect(throws: ComputeError.self) { try TimeBlocks(times: [], keys: [], labels: [], count: 5) }
    #expect(throws: ComputeError.self) { try TimeBlocks(times: [1], keys: [], labels: [1], count: 5) }
  }

  @Test("events without a time stand at the end, in the order of keys")
  func unknownTimes() throws {
    let times = [Double.nan, 500, .nan, 400, 300, 200, .nan, 100]
    let keys: [UInt64] = [9, 1, 7, 1, 1, 1, 8, 1]
    let cut = try TimeBlocks(times: times, keys: keys, labels: [1, 1, 0, 0, 0, 1, 1, 0], count: 2)
    #expect(cut.block == [1, 1, 1, 0, 0, 0, 1, 0] || cut.block == [1, 0, 1, 0, 0, 0, 1, 0])
    #expect(cut.members(1).contains(0) && cut.members(1).contains(2) && cut.members(1).contains(6))
    let none = try TimeBlocks(
      times: [Double](repeating: .nan, count: 40), keys: (0..<40).map { UInt64($0) }, labels: labels(40), count: 4)
    #expect(none.count == 4)
    #expect((0..<4).allSatisfy { none.members($0).count == 10 })
  }
}

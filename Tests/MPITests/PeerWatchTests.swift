import Foundation
import MPI
import Testing

@Suite("Watching the link to other ranks")
struct PeerWatchTests {
  /// What the watches of some ranks said, in the order of ranks.
  private func losses(
    ranks: Int, seconds: Double, _ body: @escaping @Sendable (_ rank: Int, _ watch: PeerWatch) -> Void
  ) throws -> [[String]] {
    let said = (0..<ranks).map { _ in Said() }
    _ = try InProcessCommunicator.run(ranks: ranks) { communicator in
      let rank = communicator.rank
      let watch = try PeerWatch.start(over: communicator, seconds: seconds) { said[rank].add($0) }
      if let watch { body(rank, watch) }
      try communicator.barrier()
      watch?.end()
    }
    return said.map(\.lines)
  }

  @Test("nobody is lost while all are there, however long they compute")
  func quiet() throws {
    #expect(try losses(ranks: 4, seconds: 2) { _, _ in usleep(5_000_000) } == [[], [], [], []])
  }

  @Test("a rank that falls silent is lost to rank 0 and to nobody else")
  func silentRank() throws {
    let said = try losses(ranks: 3, seconds: 2) { rank, watch in
      usleep(1_000_000)
      if rank == 2 { watch.cut() }
      usleep(4_500_000)
    }
    #expect(said[0].count == 1 && said[1].isEmpty && said[2].isEmpty)
    #expect(said[0].first?.hasPrefix("rank 2 (") == true)
    #expect(said[0].first?.contains("has not been heard of for 2 s") == true)
  }

  @Test("a rank 0 that falls silent is lost to all others")
  func silentRoot() throws {
    let said = try losses(ranks: 3, seconds: 2) { rank, watch in
      usleep(1_000_000)
      if rank == 0 { watch.cut() }
      usleep(4_500_000)
    }
    #expect(said[0].isEmpty)
    for own in said.dropFirst() { #expect(own.count == 1 && own.first?.hasPrefix("rank 0 (") == true) }
  }

  @Test("a rank that has said farewell is not lost, be it rank 0 or another")
  func farewell() throws {
    for leaver in [0, 1] {
      let said = try losses(ranks: 2, seconds: 2) { rank, watch in
        usleep(1_000_000)
        if rank == leaver { watch.end() }
        usleep(3_500_000)
      }
      #expect(said == [[], []])
    }
  }

  @Test("one rank alone is not watched, nor are any where no time is given")
  func none() throws {
    _ = try InProcessCommunicator.run(ranks: 1) { communicator in
      let watch = try PeerWatch.start(over: communicator, seconds: 1) { _ in }
      #expect(watch == nil)
    }
    _ = try InProcessCommunicator.run(ranks: 2) { communicator in
      let watch = try PeerWatch.start(over: communicator, seconds: 0) { _ in }
      #expect(watch == nil)
    }
  }
}

private final class Said: @unchecked Sendable {
  private let lock = NSLock()
  private var all: [String] = []

  func add(_ line: String) {
    lock.lock()
    all.append(line)
    lock.unlock()
  }

  var lines: [String] {
    lock.lock()
    defer { lock.unlock() }
    return all
  }
}

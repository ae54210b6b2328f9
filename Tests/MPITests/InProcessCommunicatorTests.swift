import CommunicatorChecks
import MPI
import Testing

@Suite("Ranks as threads")
struct InProcessCommunicatorTests {
  @Test("every check holds", arguments: 1...4, [1 << 30, 1, 13])
  func checks(ranks: Int, limit: Int) throws {
    for check in communicatorChecks {
      do {
        _ = try InProcessCommunicator.run(ranks: ranks, messageLimit: limit) { try check.body($0) }
      } catch {
        Issue.record("\(check.name), \(ranks) ranks, limit \(limit): \(error)")
      }
    }
  }

  @Test("results come in rank order")
  func results() throws {
    #expect(try InProcessCommunicator.run(ranks: 7) { $0.rank * 3 } == [0, 3, 6, 9, 12, 15, 18])
  }

  struct Deliberate: Error, Equatable {}

  @Test("a rank that throws makes the others throw, and its own error comes out", arguments: 0..<3)
  func abandon(failing: Int) {
    #expect(throws: Deliberate()) {
      try InProcessCommunicator.run(ranks: 3) { comm in
        if comm.rank == failing { throw Deliberate() }
        _ = try comm.receive(Int.self, from: failing, tag: 0)
      }
    }
    #expect(throws: Deliberate()) {
      try InProcessCommunicator.run(ranks: 3) { comm in
        if comm.rank == failing { throw Deliberate() }
        try comm.barrier()
      }
    }
  }

  @Test("a rank that throws ends the wait of others on a duplicate too", arguments: 0..<3)
  func abandonedDuplicate(failing: Int) {
    #expect(throws: Deliberate()) {
      try InProcessCommunicator.run(ranks: 3) { comm in
        let other = try comm.duplicate()
        if comm.rank == failing { throw Deliberate() }
        let buffer = MessageBuffer<Double>(count: 10)
        try other.iallreduce(buffer, .sum).wait()
      }
    }
  }

  @Test("ranks that call different operations are told so instead of waiting")
  func mismatch() {
    #expect(throws: CommunicatorError.self) {
      try InProcessCommunicator.run(ranks: 2) { comm in
        if comm.rank == 0 { _ = try comm.allreduce([1, 2], .sum) } else { _ = try comm.allreduce([1], .sum) }
      }
    }
    #expect(throws: CommunicatorError.self) {
      try InProcessCommunicator.run(ranks: 2) { if $0.rank == 0 { try $0.barrier() } }
    }
  }

  @Test("no ranks is an error")
  func noRanks() {
    #expect(throws: CommunicatorError.self) { try InProcessCommunicator.run(ranks: 0) { _ in } }
  }
}

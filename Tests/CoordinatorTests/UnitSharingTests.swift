import Coordinator
import Foundation
import MPI
import Testing

@Suite("Sharing out units")
struct UnitSharingTests {
  @Test("every unit is done once, and rank 0 learns of it", arguments: 1...4, [0, 1, 2, 3, 4, 5, 17, 100])
  func once(ranks: Int, units: Int) throws {
    let outcomes = try InProcessCommunicator.run(ranks: ranks) { communicator in
      var done: [Int] = []
      var results: [Int: [UInt8]] = [:]
      try UnitSharing(costs: (0..<units).map { Double($0 % 5) }, over: communicator).run(
        work: { unit, poll in
          done.append(unit)
          try poll()
          return [UInt8](repeating: UInt8(unit), count: unit)
        },
        onResult: { unit, bytes in
          #expect(results[unit] == nil)
          results[unit] = bytes
        })
      return (done, results)
    }
    #expect(outcomes.flatMap(\.0).sorted() == Array(0..<units))
    #expect(outcomes[0].1.count == units)
    for (unit, bytes) in outcomes[0].1 { #expect(bytes == [UInt8](repeating: UInt8(unit), count: unit)) }
    for other in outcomes.dropFirst() { #expect(other.1.isEmpty) }
  }

  @Test("a rank alone begins with the costliest unit")
  func costliestFirst() throws {
    let order = try InProcessCommunicator.run(ranks: 1) { communicator in
      var order: [Int] = []
      try UnitSharing(costs: [1, 9, 4, 9], over: communicator).run(
        work: { unit, _ in
          order.append(unit)
          return []
        }, onResult: { _, _ in })
      return order
    }
    #expect(order == [[1, 3, 2, 0]])
  }

  @Test("a slow rank gets less to do")
  func slow() throws {
    let counts = try InProcessCommunicator.run(ranks: 3) { communicator in
      var count = 0
      try UnitSharing(costs: [Double](repeating: 1, count: 60), over: communicator).run(
        work: { _, poll in
          count += 1
          for _ in 0..<(communicator.rank == 1 ? 40 : 2) {
            usleep(1000)
            try poll()
          }
          return []
        }, onResult: { _, _ in })
      return count
    }
    #expect(counts.reduce(0, +) == 60)
    #expect(counts[1] < counts[0] && counts[1] < counts[2])
  }

  struct Deliberate: Error, CustomStringConvertible { var description: String { "unit 5 is deliberate" } }

  @Test("a unit that fails ends the work on all ranks with its own words", arguments: 1...4)
  func failure(ranks: Int) {
    let error = #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: ranks) { communicator in
        try UnitSharing(costs: [Double](repeating: 1, count: 12), over: communicator).run(
          work: { unit, _ in
            if unit == 5 { throw Deliberate() }
            return []
          }, onResult: { _, _ in })
      }
    }
    #expect(error?.description == "unit 5 is deliberate")
  }

  @Test("a result that rank 0 cannot take ends the work on all ranks", arguments: 1...3)
  func badResult(ranks: Int) {
    #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: ranks) { communicator in
        try UnitSharing(costs: [1, 1, 1, 1], over: communicator).run(
          work: { _, _ in [] }, onResult: { unit, _ in if unit == 2 { throw Deliberate() } })
      }
    }
  }
}

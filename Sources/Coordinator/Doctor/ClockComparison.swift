import Foundation
package import MPI

/// How the clocks of the nodes differ.
///
/// Times of files and of the locks on output folders are compared between nodes, and those of log lines are read together.
package enum ClockComparison {
  /// Clocks that differ by more, in s, make locks and time stamps doubtful.
  static let tolerance = 2.0
  private static let rounds = 20
  private static let tag = 77

  /// The difference of a node's clock to that of rank 0.
  package struct Difference: Sendable, Equatable {
    /// The node.
    package var host: String
    /// The node's clock less that of rank 0, in s.
    package var seconds: Double
    /// Within what the difference is known, in s: half the time that question and answer take.
    package var uncertainty: Double
  }

  /// Seconds since 1970 by this node's clock.
  package static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Asks one rank of each other node for its time; of several answers the quickest counts (Cristian, 1989).
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - hosts: the node of each rank; looked at on rank 0.
  ///   - clock: this rank's clock.
  /// - Returns: the differences on rank 0, in the order of the ranks; nothing elsewhere.
  package static func run(
    _ hosts: [String], over communicator: any Communicator, clock: () -> Double = now
  ) throws -> [Difference] {
    var asked = [Int](repeating: 0, count: communicator.size)
    if communicator.isRoot {
      for rank in hosts.indices.dropFirst() where hosts.firstIndex(of: hosts[rank]) == rank { asked[rank] = 1 }
    }
    asked = try communicator.broadcast(asked)
    var differences: [Difference] = []
    for rank in asked.indices where asked[rank] == 1 {
      if communicator.rank == rank {
        for _ in 0..<rounds {
          _ = try communicator.receive(UInt8.self, from: 0, tag: tag)
          try communicator.send([clock()], to: 0, tag: tag)
        }
      } else if communicator.isRoot {
        var best: Difference?
        for _ in 0..<rounds {
          let begin = clock()
          try communicator.send([UInt8(1)], to: rank, tag: tag)
          let answer = try communicator.receive(Double.self, from: rank, tag: tag).values
          let end = clock()
          let own = begin + (end - begin) / 2
          let uncertainty = (end - begin) / 2
          if let time = answer.first, uncertainty < best?.uncertainty ?? .infinity {
            best = Difference(host: hosts[rank], seconds: time - own, uncertainty: uncertainty)
          }
        }
        if let best { differences.append(best) }
      }
    }
    return differences
  }

  /// What is to be said of the differences; nil where there is one node.
  package static func finding(_ differences: [Difference]) -> Finding? {
    guard let worst = differences.max(by: { abs($0.seconds) < abs($1.seconds) }) else { return nil }
    func text(_ seconds: Double) -> String { String(format: abs(seconds) < 0.1 ? "%.6f" : "%.3f", seconds) }
    let found =
      "they differ by at most \(text(abs(worst.seconds))) s (\(worst.host); known within \(text(worst.uncertainty)) s)"
    guard abs(worst.seconds) - worst.uncertainty > tolerance else { return Finding("clocks", .fine, found) }
    return Finding("clocks", .wrong, found, remedy: "have the nodes' clocks set (chrony, ntpd)")
  }
}

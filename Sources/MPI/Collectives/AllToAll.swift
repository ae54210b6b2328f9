extension Communicator {
  /// Sends part r to rank r, and returns the parts that the ranks sent here.
  ///
  /// - Parameter parts: one part for each rank; parts may differ in length or be empty.
  /// - Returns: the parts received, in rank order of their senders.
  /// - Throws: ``CommunicatorError``.
  public func alltoallv<Element: MessageElement>(_ parts: [[Element]]) throws -> [[Element]] {
    guard parts.count == size else {
      throw CommunicatorError.invalidArgument(
        "alltoallv needs one part for each of the \(size) ranks; got \(parts.count)")
    }
    let width = MemoryLayout<Element>.size
    let sendCounts = parts.map(\.count)
    // Row r of the gathered table holds what rank r sends; column `rank` is what comes here.
    let table = try allgatherFlat(sendCounts).values
    let receiveCounts = (0..<size).map { table[$0 * size + rank] }
    let flat = [Element].concatenation(parts)
    var received = [Element].unset(count: receiveCounts.reduce(0, +))
    try flat.withUnsafeBytes { send in
      try received.withUnsafeMutableBytes { receive in
        try alltoallBytes(
          send, sendCounts: sendCounts.map { $0 * width }, into: receive,
          receiveCounts: receiveCounts.map { $0 * width })
      }
    }
    return split(received, receiveCounts)
  }
}

extension Communicator {
  /// Hands rank r the part r of `root`'s values; parts may differ in length or be empty.
  ///
  /// - Parameter parts: one part for each rank, on `root`; ignored elsewhere.
  /// - Returns: this rank's part.
  /// - Throws: ``CommunicatorError``; `invalidArgument` on every rank when `root` does not give one part a rank.
  public func scatterv<Element: MessageElement>(_ parts: [[Element]], root: Int = 0) throws -> [Element] {
    try requireRank(root, "root")
    let header = try broadcast(rank == root ? parts.map(\.count) : [], root: root)
    guard header.count == size else {
      throw CommunicatorError.invalidArgument(
        "scatterv needs one part for each of the \(size) ranks; rank \(root) gave \(header.count)")
    }
    let width = MemoryLayout<Element>.size
    let flat = rank == root ? [Element].concatenation(parts) : []
    var result = [Element].unset(count: header[rank])
    try flat.withUnsafeBytes { send in
      try result.withUnsafeMutableBytes { receive in
        try scatterBytes(send, into: receive, counts: header.map { $0 * width }, root: root)
      }
    }
    return result
  }
}

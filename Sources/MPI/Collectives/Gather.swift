extension Communicator {
  /// Collects one value of every rank on `root`.
  ///
  /// - Returns: the values in rank order on `root`; an empty array elsewhere.
  /// - Throws: ``CommunicatorError``.
  public func gather<Element: MessageElement>(_ value: Element, root: Int = 0) throws -> [Element] {
    try requireRank(root, "root")
    let width = MemoryLayout<Element>.size
    var result = [Element].unset(count: rank == root ? size : 0)
    try withUnsafeBytes(of: value) { send in
      try result.withUnsafeMutableBytes { receive in
        try gatherBytes(send, into: receive, counts: [Int](repeating: width, count: size), root: root)
      }
    }
    return result
  }

  /// Collects the values of every rank on `root`; the ranks may give different numbers of values, or none.
  ///
  /// - Returns: the values of each rank, in rank order, on `root`; an empty array elsewhere.
  /// - Throws: ``CommunicatorError``.
  public func gatherv<Element: MessageElement>(_ values: [Element], root: Int = 0) throws -> [[Element]] {
    try requireRank(root, "root")
    let counts = try allgather(values.count)
    let width = MemoryLayout<Element>.size
    var flat = [Element].unset(count: rank == root ? counts.reduce(0, +) : 0)
    try values.withUnsafeBytes { send in
      try flat.withUnsafeMutableBytes { receive in
        try gatherBytes(send, into: receive, counts: counts.map { $0 * width }, root: root)
      }
    }
    return rank == root ? split(flat, counts) : []
  }

  func split<Element>(_ flat: [Element], _ counts: [Int]) -> [[Element]] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return Array(flat[start..<start + count])
    }
  }
}

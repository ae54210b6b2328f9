extension Communicator {
  /// Collects one value of every rank on every rank.
  ///
  /// - Returns: the values in rank order.
  /// - Throws: ``CommunicatorError``.
  public func allgather<Element: MessageElement>(_ value: Element) throws -> [Element] {
    let width = MemoryLayout<Element>.size
    var result = [Element].unset(count: size)
    try withUnsafeBytes(of: value) { send in
      try result.withUnsafeMutableBytes { receive in
        try allgatherBytes(send, into: receive, counts: [Int](repeating: width, count: size))
      }
    }
    return result
  }

  /// Collects the values of every rank on every rank; the ranks may give different numbers of values, or none.
  ///
  /// - Returns: the values of each rank, in rank order.
  /// - Throws: ``CommunicatorError``.
  public func allgatherv<Element: MessageElement>(_ values: [Element]) throws -> [[Element]] {
    let (flat, counts) = try allgatherFlat(values)
    return split(flat, counts)
  }

  /// As ``allgatherv(_:)``, in one array, without the copies.
  ///
  /// - Returns: all values in rank order, and how many came from each rank.
  public func allgatherFlat<Element: MessageElement>(
    _ values: [Element]
  ) throws -> (
    values: [Element], counts: [Int]
  ) {
    let counts = try allgather(values.count)
    let width = MemoryLayout<Element>.size
    var flat = [Element].unset(count: counts.reduce(0, +))
    try values.withUnsafeBytes { send in
      try flat.withUnsafeMutableBytes { receive in
        try allgatherBytes(send, into: receive, counts: counts.map { $0 * width })
      }
    }
    return (flat, counts)
  }
}

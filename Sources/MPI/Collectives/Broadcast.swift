extension Communicator {
  /// Gives every rank the values of `root`.
  ///
  /// - Parameter values: the values on `root`; ignored elsewhere. The length travels with them.
  /// - Returns: the values of `root`, on every rank.
  /// - Throws: ``CommunicatorError``.
  public func broadcast<Element: MessageElement>(_ values: [Element], root: Int = 0) throws -> [Element] {
    try requireRank(root, "root")
    var length = values.count
    try withUnsafeMutableBytes(of: &length) { try broadcastBytes($0, root: root) }
    if rank == root {
      // The root's memory is only read.
      try values.withUnsafeBytes { try broadcastBytes(UnsafeMutableRawBufferPointer(mutating: $0), root: root) }
      return values
    }
    var result = [Element].unset(count: length)
    try result.withUnsafeMutableBytes { try broadcastBytes($0, root: root) }
    return result
  }

  /// Gives every rank the value of `root`.
  public func broadcast<Element: MessageElement>(_ value: Element, root: Int = 0) throws -> Element {
    try requireRank(root, "root")
    var result = value
    try withUnsafeMutableBytes(of: &result) { try broadcastBytes($0, root: root) }
    return result
  }

  /// Gives every rank the text of `root`.
  public func broadcast(_ text: String, root: Int = 0) throws -> String {
    String(decoding: try broadcast(Array(text.utf8), root: root), as: UTF8.self)
  }
}

/// Reads an XML file piece by piece and hands out what its subtrees become, one element after the other.
///
/// What ends the reading is told when the elements before it have been handed out.
final class XMLSubtreeFile<Element> {
  /// How many bytes of the file have been read, for progress.
  private(set) var position = 0
  let path: String
  private let input: FileInput
  private let onEnd: () throws -> Void
  private var parser: XMLSubtreeParser?
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var queue: [Element] = []
  private var queueStart = 0
  private var failure: (any Error)?

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - expected: what the file should be, for messages.
  ///   - onOpening: told of the root and of each of its children when it begins.
  ///   - onSubtree: handed each grandchild of the root when it is whole; it calls ``append(_:)``.
  ///   - onEnd: called when the document has ended as it should.
  /// - Throws: ``FormatError`` when it cannot be opened or is empty.
  init(
    _ path: String, expected: String, onOpening: @escaping (XMLSubtreeParser.Opening) throws -> Void,
    onSubtree: @escaping (XMLTree, Int32) throws -> Void, onEnd: @escaping () throws -> Void = {}
  ) throws {
    self.path = path
    self.onEnd = onEnd
    input = try FileInput(path)
    try input.requireContent(expected: expected)
    parser = XMLSubtreeParser(file: path, depth: 2, onOpening: onOpening, onSubtree: onSubtree)
  }

  /// The namespace whose elements are the document's own.
  func setNativeNamespace(_ namespace: String) { parser?.nativeNamespace = namespace }

  /// Adds an element to those that are handed out.
  func append(_ element: Element) { queue.append(element) }

  /// The next element; nil at the end.
  ///
  /// - Throws: ``FormatError`` when the file cannot be read on; what the handlers throw.
  func next() throws -> Element? {
    while queueStart == queue.count {
      queue.removeAll(keepingCapacity: true)
      queueStart = 0
      if let failure { throw failure }
      guard let parser else { return nil }
      do {
        try advance(parser)
      } catch {
        failure = error
      }
    }
    defer { queueStart += 1 }
    return queue[queueStart]
  }

  /// Parses the next piece of the file.
  private func advance(_ parser: XMLSubtreeParser) throws {
    let count = try buffer.withUnsafeMutableBytes { try input.read(at: position, into: $0) }
    position += count
    guard count == 0 else {
      return try buffer.withUnsafeBufferPointer { try parser.feed(UnsafeBufferPointer(rebasing: $0[..<count])) }
    }
    try parser.finish()
    self.parser = nil
    try onEnd()
  }
}

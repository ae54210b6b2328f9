/// Reads QuakeML 1.2 (and 1.0) event by event.
///
/// Elements and attributes that QuakeML does not know are kept with the object that they stand in. Elements that it
/// knows and that cannot be understood are kept too, and reported as problems.
public final class QuakeMLReader: CatalogReader {
  public private(set) var header = CatalogHeader()
  public private(set) var position = 0

  private let input: FileInput
  private let handleProblem: ProblemHandler
  private var queue: [Event] = []
  private var queueStart = 0
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var parser: XMLSubtreeParser?
  private var eventNumber = 0
  private var sawParameters = false
  /// What ended the reading, told when the events before it have been returned.
  private var failure: (any Error)?

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError`` when it cannot be opened or is empty.
  public init(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws {
    input = try FileInput(path)
    try input.requireContent(expected: "a QuakeML document")
    handleProblem = onProblem
    parser = XMLSubtreeParser(
      file: path, depth: 2, onOpening: { [unowned self] in try self.open($0) },
      onSubtree: { [unowned self] tree, node in try self.take(tree, node) })
  }

  public func next() throws -> Event? {
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
    guard sawParameters else {
      throw FormatError(
        .badData, file: input.path, found: "there is no <eventParameters>", expected: "a QuakeML document")
    }
  }

  private func open(_ element: XMLSubtreeParser.Opening) throws {
    if element.depth == 0 {
      guard element.name == "quakeml" else {
        throw FormatError(
          .badData, file: input.path, at: .line(element.line), found: "the document is a <\(element.name)>",
          expected: "<quakeml>", remedy: "use `inspect` to see what the file is")
      }
      return
    }
    guard element.name == "eventParameters" else {
      return try handleProblem(
        Problem(
          file: input.path, line: element.line, found: "<\(element.name)> beside <eventParameters>",
          expected: "<eventParameters>", action: "left out"))
    }
    sawParameters = true
    for attribute in element.attributes {
      if attribute.name == "publicID" && attribute.namespace == nil {
        header.publicID = attribute.value
      } else {
        header.extras = header.extras ?? Extras()
        header.extras?.attributes.append(attribute)
      }
    }
  }

  private func take(_ tree: XMLTree, _ node: Int32) throws {
    var decoder = QuakeMLDecoder(tree: tree, file: input.path, report: handleProblem)
    switch tree.nodes[Int(node)].tag {
    case .event:
      eventNumber += 1
      queue.append(try decoder.event(node, fallbackID: "event-\(eventNumber)"))
    case .description: header.description = decoder.string(node)
    case .comment: header.comments.append(try decoder.comment(node))
    case .creationInfo: header.creationInfo = try decoder.creationInfo(node)
    default: decoder.keep(node, &header.extras)
    }
  }
}

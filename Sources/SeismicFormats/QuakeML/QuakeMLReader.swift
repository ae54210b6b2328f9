/// Reads QuakeML 1.2 (and 1.0) event by event.
///
/// Elements and attributes that QuakeML does not know are kept with the object that they stand in. Elements that it
/// knows and that cannot be understood are kept too, and reported as problems.
public final class QuakeMLReader: CatalogReader {
  public private(set) var header = CatalogHeader()
  public var position: Int { file?.position ?? 0 }

  private let path: String
  private let handleProblem: ProblemHandler
  private var file: XMLSubtreeFile<Event>?
  private var eventNumber = 0
  private var sawParameters = false

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError`` when it cannot be opened or is empty.
  public init(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws {
    self.path = path
    handleProblem = onProblem
    file = try XMLSubtreeFile(
      path, expected: "a QuakeML document", onOpening: { [unowned self] in try self.open($0) },
      onSubtree: { [unowned self] tree, node in try self.take(tree, node) }, onEnd: { [unowned self] in try self.end() }
    )
  }

  public func next() throws -> Event? { try file?.next() }

  private func end() throws {
    guard sawParameters else {
      throw FormatError(
        .badData, file: path, found: "there is no <eventParameters>", expected: "a QuakeML document")
    }
  }

  private func open(_ element: XMLSubtreeParser.Opening) throws {
    if element.depth == 0 {
      guard element.name == "quakeml" else {
        throw FormatError(
          .badData, file: path, at: .line(element.line), found: "the document is a <\(element.name)>",
          expected: "<quakeml>", remedy: "use `inspect` to see what the file is")
      }
      return
    }
    guard element.name == "eventParameters" else {
      return try handleProblem(
        Problem(
          file: path, line: element.line, found: "<\(element.name)> beside <eventParameters>",
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
    var decoder = QuakeMLDecoder(tree: tree, file: path, report: handleProblem)
    switch tree.nodes[Int(node)].tag {
    case .event:
      eventNumber += 1
      file?.append(try decoder.event(node, fallbackID: "event-\(eventNumber)"))
    case .description: header.description = decoder.string(node)
    case .comment: header.comments.append(try decoder.comment(node))
    case .creationInfo: header.creationInfo = try decoder.creationInfo(node)
    default: decoder.keep(node, &header.extras)
    }
  }
}

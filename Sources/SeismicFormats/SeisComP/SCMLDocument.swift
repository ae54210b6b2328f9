/// A SeisComP XML document (SCML, formerly SC3ML), handed out by the objects in its sections.
///
/// The sections below the root are `Inventory`, `EventParameters`, `Config` and others; each holds objects beside each
/// other.
final class SCMLDocument {
  /// How many bytes of the file have been read, for progress.
  var position: Int { file?.position ?? 0 }
  /// The sections that have begun.
  private(set) var sections: [String] = []
  /// The attributes of the last section that has begun.
  private(set) var sectionAttributes: [ForeignAttribute] = []

  private let path: String
  private let handleProblem: ProblemHandler
  private let take: (_ section: String, XMLTree, Int32) throws -> Void
  /// Objects are taken as they come, so nothing is handed out one by one.
  private var file: XMLSubtreeFile<Never>?

  /// Opens a document.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what is unusual.
  ///   - onObject: handed each object of a section when it is whole.
  /// - Throws: ``FormatError`` when it cannot be opened or is empty.
  init(
    _ path: String, onProblem: @escaping ProblemHandler,
    onObject: @escaping (_ section: String, XMLTree, Int32) throws -> Void
  ) throws {
    self.path = path
    handleProblem = onProblem
    take = onObject
    file = try XMLSubtreeFile(
      path, expected: "a SeisComP XML document", onOpening: { [unowned self] in try self.open($0) },
      onSubtree: { [unowned self] tree, node in try self.take(self.sections.last ?? "", tree, node) })
  }

  /// Reads to the end.
  ///
  /// - Throws: ``FormatError`` when the document cannot be read on.
  func read() throws { _ = try file?.next() }

  private func open(_ element: XMLSubtreeParser.Opening) throws {
    guard element.depth == 0 else {
      sections.append(element.name)
      sectionAttributes = element.attributes
      return
    }
    guard element.name == "seiscomp" else {
      throw FormatError(
        .badData, file: path, at: .line(element.line), found: "the document is a <\(element.name)>",
        expected: "<seiscomp>", remedy: "use `inspect` to see what the file is")
    }
    if let namespace = element.namespace { file?.setNativeNamespace(namespace) }
    let version = element.attributes.first { $0.name == "version" && $0.namespace == nil }?.value
    let parts = version?.split(separator: ".").map { Int($0) } ?? []
    let isKnown = parts.count == 2 && parts[0] == 0 && (3...14).contains(parts[1] ?? 0)
    guard isKnown else {
      return try handleProblem(
        Problem(
          file: path, line: element.line, found: version.map { "the version is \(quoted($0))" } ?? "no version",
          expected: "0.3 to 0.14", action: "read as 0.13"))
    }
  }
}

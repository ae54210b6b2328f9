/// Reads the events of a SeisComP XML document (SCML, SC3ML 0.3 to 0.14).
///
/// SCML has the picks, amplitudes, origins and focal mechanisms of all events beside each other, and events that refer
/// to origins by name, in any order. So, unlike the other readers, this one holds the whole document, from the first
/// call of ``next()`` on: about four times the size of the file. Files above ``sizeLimit`` are refused.
///
/// Values are turned into QuakeML's: depths and horizontal uncertainties from kilometres into metres, weights of
/// arrivals into the weights of what was used, types of events that QuakeML does not have into `other event`. What
/// QuakeML has no place for is kept in SeisComP's namespace.
public final class SCMLCatalogReader: CatalogReader {
  /// The largest file that is read, in bytes.
  public static let sizeLimit = 4 << 30

  public private(set) var header = CatalogHeader()
  public var position: Int { document?.position ?? 0 }

  private let path: String
  private let handleProblem: ProblemHandler
  private var document: SCMLDocument?
  private var content: SCMLEventParameters?
  private var nextEvent = 0
  private var failure: (any Error)?

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError`` when it cannot be opened, is empty or too large.
  public init(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws {
    self.path = path
    handleProblem = onProblem
    let size = try FileInput(path).size
    guard size <= Self.sizeLimit else {
      throw FormatError(
        .unsupported, file: path, found: "it has \(size >> 20) MiB",
        expected: "at most \(Self.sizeLimit >> 20) MiB of SeisComP XML, which must be held as a whole",
        remedy: "split it, or convert it to QuakeML, which is read event by event")
    }
    let content = SCMLEventParameters(path, onProblem)
    self.content = content
    document = try SCMLDocument(path, onProblem: onProblem) { section, tree, node in
      if section == "EventParameters" { try content.take(tree, node) }
    }
  }

  public func next() throws -> Event? {
    if let failure { throw failure }
    guard let content, let document else { return nil }
    if !content.isWhole {
      do {
        try document.read()
        guard document.sections.contains("EventParameters") else {
          throw FormatError(
            .badData, file: path, found: "there is no <EventParameters>", expected: "a SeisComP document with events",
            remedy: document.sections.contains("Inventory") ? "it describes stations; give a catalog" : "give a catalog"
          )
        }
        try content.finish()
      } catch {
        failure = error
        throw error
      }
    }
    guard nextEvent < content.eventCount else { return nil }
    defer { nextEvent += 1 }
    return try content.event(nextEvent)
  }
}

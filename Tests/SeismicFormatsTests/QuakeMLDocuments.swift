import SeismicFormats
import TestSupport

/// QuakeML documents for tests.
enum QuakeMLDocuments {
  static let opening = """
    <?xml version="1.0" encoding="UTF-8"?>
    <q:quakeml xmlns="http://quakeml.org/xmlns/bed/1.2" xmlns:q="http://quakeml.org/xmlns/quakeml/1.2">
      <eventParameters publicID="smi:test/catalog">

    """
  static let closing = "  </eventParameters>\n</q:quakeml>\n"

  /// A document around some elements.
  static func document(_ content: String) -> String { opening + content + closing }

  /// An event with an origin.
  static func event(_ id: String, _ more: String = "") -> String {
    """
        <event publicID="smi:test/\(id)">
          <origin publicID="smi:test/\(id)/o"><time><value>2024-08-02T16:56:23.715Z</value></time>
            <latitude><value>31.5</value></latitude><longitude><value>-104.25</value></longitude></origin>\(more)
        </event>

    """
  }
}

/// What reading a catalog came to.
struct CatalogReading {
  var catalog = Catalog()
  var problems: [Problem] = []
  var error: FormatError?

  /// Reads as far as it goes.
  ///
  /// - Throws: anything but a ``FormatError``.
  init(_ path: String) throws {
    var problems: [Problem] = []
    do {
      let reader = try CatalogFormat.open(path) { problems.append($0) }.reader
      do {
        while let event = try reader.next() { catalog.events.append(event) }
      } catch let error as FormatError {
        self.error = error
      }
      catalog.header = reader.header
    } catch let error as FormatError {
      self.error = error
    }
    self.problems = problems
  }
}

extension TemporaryFolder {
  /// Writes a catalog as QuakeML and returns its path.
  func writeQuakeML(_ name: String, _ catalog: Catalog) throws -> String {
    let writer = try QuakeMLWriter(path(name), header: catalog.header)
    for event in catalog.events { try writer.write(event) }
    try writer.finish(header: catalog.header)
    return path(name)
  }
}

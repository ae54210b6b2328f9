/// Reads a catalog event by event, in memory that does not grow with its length.
public protocol CatalogReader: AnyObject {
  /// What is said of all events. Parts of it may stand behind the events, so it is whole only at the end.
  var header: CatalogHeader { get }
  /// How many bytes of the file have been read, for progress.
  var position: Int { get }

  /// The next event; nil at the end.
  ///
  /// - Throws: ``FormatError`` when the file cannot be read on. Events that could be read have been returned before.
  func next() throws -> Event?
}

/// Writes a catalog event by event, in memory that does not grow with its length.
public protocol CatalogWriter: AnyObject {
  /// Adds an event.
  ///
  /// - Throws: ``FormatError``.
  func write(_ event: Event) throws
  /// Ends the file, which has its name only from now on.
  ///
  /// - Parameter header: what is said of all events; formats that have no place for it leave it out.
  ///
  /// - Throws: ``FormatError``.
  func finish(header: CatalogHeader) throws
}

extension CatalogReader {
  /// The remaining events, all at once.
  ///
  /// - Throws: ``FormatError``.
  public func readAll() throws -> Catalog {
    var events: [Event] = []
    while let event = try next() { events.append(event) }
    return Catalog(header: header, events: events)
  }
}

extension CatalogWriter {
  /// Ends the file without saying anything of all events.
  ///
  /// - Throws: ``FormatError``.
  public func finish() throws { try finish(header: CatalogHeader()) }
}

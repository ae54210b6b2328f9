/// Writes QuakeML 1.2, one line for each pick, arrival, amplitude and magnitude.
///
/// The file gets its name when it is finished. Identifiers that QuakeML does not allow are made allowed.
public final class QuakeMLWriter: CatalogWriter {
  private let output: FileOutput
  private let sink = TextSink(capacity: 1 << 21)
  private let encoder: QuakeMLEncoder

  /// Starts a file.
  ///
  /// - Parameters:
  ///   - path: its final path.
  ///   - header: its identifier and attributes are written first, the rest by ``finish(header:)``.
  /// - Throws: ``FormatError`` with `cannotCreate`.
  public init(_ path: String, header: CatalogHeader = CatalogHeader()) throws {
    output = try FileOutput(path)
    encoder = QuakeMLEncoder(sink: sink)
    encoder.begin(header)
  }

  public func write(_ event: Event) throws {
    encoder.event(event)
    if sink.count > 1 << 20 { try output.write(sink) }
  }

  /// Adds events that are QuakeML already, as ``QuakeMLEncoder/event(_:)`` makes them.
  ///
  /// - Throws: ``FormatError``.
  public func write(fragment: Bytes) throws {
    if sink.count > 0 { try output.write(sink) }
    try output.write(fragment)
  }

  public func finish(header: CatalogHeader) throws {
    encoder.end(header)
    try output.write(sink)
    try output.commit()
  }
}

/// Reads the Nordic format as SEISAN writes it (Havskov and Ottemöller, 2020): S-files with one event, and catalogs of
/// many with a blank line behind each.
///
/// Hypocentres, errors, magnitudes, picks with their arrivals, amplitudes, remarks and names of waveform files are
/// read; fault planes, spectra and macroseismic lines are not. Phases of amplitudes (`IAML` and the like) become
/// amplitudes, not picks. There are no network codes. The second form of the format, with components of three letters
/// and networks, is refused.
public final class NordicReader: CatalogReader {
  public let header = CatalogHeader()
  public var position: Int { done + (reader?.position ?? 0) }

  private let handleProblem: ProblemHandler
  private let paths: [String]
  private var nextPath = 0
  private var done = 0
  private var reader: LineReader?
  private var path = ""
  private var seen: [String: Int] = [:]

  /// Opens a file, or a folder whose files are all S-files.
  ///
  /// - Parameters:
  ///   - path: the file or folder; the files of a folder are read in the order of their names.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError`` when it cannot be opened or is empty.
  public init(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws {
    handleProblem = onProblem
    paths = try NordicFolder.files(path) ?? [path]
    try advance()
  }

  /// Goes on with the next file.
  private func advance() throws {
    done += reader?.position ?? 0
    reader = nil
    guard nextPath < paths.count else { return }
    path = paths[nextPath]
    nextPath += 1
    let input = try FileInput(path)
    try input.requireContent(expected: "a Nordic file")
    reader = LineReader(input)
  }

  public func next() throws -> Event? {
    while let reader {
      var builder = NordicEvent(path, handleProblem)
      while let line = try reader.next() {
        let content = NordicLine(bytes: line.bytes)
        if content.isBlank {
          if builder.isEmpty { continue }
          break
        }
        try builder.add(content, line.number)
      }
      if builder.isEmpty {
        try advance()
        continue
      }
      guard var event = try builder.event() else { continue }
      let count = (seen[event.publicID] ?? 0) + 1
      seen[event.publicID] = count
      if count > 1 {
        let name = "\(event.publicID)-\(count)"
        try handleProblem(
          Problem(
            file: path, eventID: event.publicID, found: "the ID has been there before", expected: "IDs that differ",
            action: "called \(name)"))
        event.publicID = name
      }
      return event
    }
    return nil
  }
}

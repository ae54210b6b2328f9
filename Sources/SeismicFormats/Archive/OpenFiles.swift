/// Waveform files that are open, at most a fixed number of them.
///
/// What is wrong with a file is told once, not with every window that is read from it.
final class OpenFiles {
  /// The most files that are open at a time.
  ///
  /// Enough for a day of three components of 64 stations and some of the day before: with fewer than an event needs, every
  /// event would read the headers of whole days again.
  static let limit = 224
  /// Files shorter than the smallest record are just being made.
  static let smallestFile = 128
  /// After how many reads it is looked whether a file has grown.
  static let readsBetweenLooks = 256

  private enum Content {
    case miniSEED(MiniSEEDFile)
    case sac(Trace)
    case nothing
  }

  private struct Entry {
    var content: Content
    var size: Int
    var lastUse: Int
    var looked: Int
  }

  private var entries: [String: Entry] = [:]
  private var failed: Set<String> = []
  private var told: Set<Problem> = []
  private var clock = 0
  private var cache: BlockCache
  private let headerLimit: Int

  /// - Parameter budget: what may be kept.
  init(_ budget: ArchiveBudget) {
    cache = BlockCache(limit: budget.samples)
    headerLimit = budget.headers
  }

  /// Reads the samples of a stream in a span from one file.
  ///
  /// - Throws: what `onProblem` throws.
  func read(
    _ path: String, _ kind: ArchiveIndex.FileKind, _ stream: StreamID, in span: Range<UTCTime>,
    onProblem: ProblemHandler
  ) throws -> [Trace] {
    if failed.contains(path) || span.isEmpty { return [] }
    /// Tells of a problem, unless it was told before.
    func tell(_ problem: Problem) throws {
      if told.count < 100_000, !told.insert(problem).inserted { return }
      try onProblem(problem)
    }
    do {
      switch try content(path, kind) {
      case .nothing:
        if case .miniSEED = kind {
          try tell(
            Problem(
              file: path, found: "a file of \(entries[path]?.size ?? 0) bytes", expected: "miniSEED records",
              action: "file left out"))
        }
        return []
      case .sac(let trace): return trace.id == stream ? trace.cut(to: span).map { [$0] } ?? [] : []
      case .miniSEED(let file):
        return try cache.traces(path, stream, in: span) { try file.traces(in: $0, of: stream, onProblem: tell) }
      }
    } catch let error as FormatError {
      failed.insert(path)
      entries[path] = nil
      try tell(
        Problem(
          file: path, found: error.found, expected: error.expected ?? "a file that can be read",
          action: "file left out"))
      return []
    }
  }

  private func content(_ path: String, _ kind: ArchiveIndex.FileKind) throws -> Content {
    clock += 1
    if let entry = entries[path] {
      entries[path]?.lastUse = clock
      guard clock - entry.looked >= Self.readsBetweenLooks else { return entry.content }
      entries[path]?.looked = clock
      if FolderListing.status(path)?.size == entry.size { return entry.content }
      // An archive that is being written to: what came to the file is not in what is known of it.
      entries[path] = nil
      cache.forget(path)
    }
    let size = FolderListing.status(path)?.size ?? 0
    let content: Content =
      switch kind {
      case .miniSEED: size < Self.smallestFile ? .nothing : .miniSEED(try MiniSEEDFile(path))
      case .sac: .sac(try SACFile(path).trace())
      case .other: .nothing
      }
    while !entries.isEmpty, entries.count >= Self.limit || headerBytes > headerLimit,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
    {
      entries[oldest] = nil
    }
    entries[path] = Entry(content: content, size: size, lastUse: clock, looked: clock)
    return content
  }

  /// The bytes that are kept of headers, of all open files together.
  private var headerBytes: Int {
    entries.values.reduce(0) { sum, entry in
      switch entry.content {
      case .miniSEED(let file): sum + file.headerBytes
      case .sac(let trace): sum + trace.count * trace.samples.width
      case .nothing: sum
      }
    }
  }

  /// The streams of a file that can be read, as it stands; empty where it cannot.
  func streams(_ path: String) -> [StreamID] {
    guard case .miniSEED(let file)? = entries[path]?.content, let segments = try? file.summary(onProblem: { _ in })
    else { return [] }
    var streams: [StreamID] = []
    for segment in segments where !streams.contains(segment.id) { streams.append(segment.id) }
    return streams.sorted()
  }
}

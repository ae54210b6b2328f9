/// Waveform files in any tree of folders, under any names: miniSEED and SAC, told by their content.
///
/// Memory: the index, at most 224 open files with 256 MB of headers, and 64 MB of decoded samples, or what an ``ArchiveBudget`` says.
public final class FileArchive: WaveformArchive {
  /// What the files hold.
  public let index: ArchiveIndex
  public let streams: [StreamID]
  private let files: OpenFiles
  /// Which segments are of which stream.
  private var ranges: [StreamID: Range<Int>] = [:]
  /// For each segment the latest end among those of its stream up to it.
  private var latestEnds: [UTCTime] = []

  /// Opens an archive of which there is an index already.
  ///
  /// - Parameters:
  ///   - index: what the files hold.
  ///   - budget: what is kept in memory.
  public init(index: ArchiveIndex, budget: ArchiveBudget = .usual) {
    self.index = index
    files = OpenFiles(budget)
    let segments = index.segments
    var first = 0
    var streams: [StreamID] = []
    for place in segments.indices {
      let isNew = place == 0 || segments[place].stream != segments[place - 1].stream
      if isNew {
        streams.append(segments[place].stream)
        first = place
      }
      latestEnds.append(isNew ? segments[place].end : max(latestEnds[place - 1], segments[place].end))
      ranges[segments[place].stream] = first..<(place + 1)
    }
    self.streams = streams
  }

  /// Looks through a folder, or one file, and opens it as an archive.
  ///
  /// - Parameters:
  ///   - path: the folder or file.
  ///   - known: an index of an earlier time; files that have not changed since are not looked into.
  ///   - onProblem: told of files that cannot be read, and once of those that hold something else.
  /// - Throws: ``FormatError`` when there is no waveform in it; what `onProblem` throws.
  public convenience init(
    _ path: String, reusing known: ArchiveIndex = ArchiveIndex(), budget: ArchiveBudget = .usual,
    onProblem: ProblemHandler
  ) throws {
    let index = try ArchiveIndex.scan(paths: try Self.paths(in: path), reusing: known, onProblem: onProblem)
    try Self.check(index, path, onProblem)
    self.init(index: index, budget: budget)
  }

  /// Says that an index of a whole archive holds nothing, or files of other kinds.
  ///
  /// - Throws: ``FormatError`` when there is no waveform in it; what `onProblem` throws.
  public static func check(_ index: ArchiveIndex, _ path: String, _ onProblem: ProblemHandler) throws {
    let others = index.files.filter { $0.kind == .other }
    guard !index.segments.isEmpty else {
      throw FormatError(
        .badData, file: path,
        found: index.files.isEmpty
          ? "there are no files in it"
          : "none of its \(index.files.count) files holds waveforms (\(index.files[0].path) was the first)",
        expected: "miniSEED or SAC files", remedy: "check the path")
    }
    if let first = others.first {
      try onProblem(
        Problem(
          file: path, found: "\(others.count) of \(index.files.count) files are no waveforms, such as \(first.path)",
          expected: "miniSEED or SAC", action: "left out"))
    }
  }

  /// The files of a folder and of the folders in it, sorted by path; a file is its own list.
  ///
  /// Names that begin with a dot are left out, and so are folders more than 16 deep. Links are followed, but nothing is listed twice: of a
  /// file or folder that is reached in several ways the path without links counts, then the first in order.
  ///
  /// - Throws: ``FormatError`` when there is nothing, or a folder cannot be read.
  public static func paths(in path: String) throws -> [String] {
    guard let status = FolderListing.status(path) else {
      throw FormatError(.missing, file: path, found: "there is no such file or folder", remedy: "check the path")
    }
    if status.isFile { return [path] }
    var paths: [String] = []
    var seen: Set<FolderListing.Identity> = []
    var links: [(path: String, depth: Int)] = []
    func collect(_ folder: String, _ depth: Int) throws {
      // A loop of links, or of mounts, ends here.
      if let identity = FolderListing.identity(folder), !seen.insert(identity).inserted { return }
      for entry in try FolderListing.entries(folder) {
        let inner = folder.hasSuffix("/") ? folder + entry.name : folder + "/" + entry.name
        if entry.isLink {
          links.append((inner, depth + 1))
        } else if entry.isFile {
          paths.append(inner)
        } else if entry.isFolder, depth < 16 {
          try collect(inner, depth + 1)
        }
      }
    }
    try collect(path, 0)
    // Links last, so that what they lead to has its own path where it has one in the tree.
    var known: Set<FolderListing.Identity>?
    var next = 0
    while next < links.count {
      let link = links[next]
      next += 1
      guard let status = FolderListing.status(link.path) else { continue }
      if status.isFolder, link.depth <= 16 {
        let before = paths.count
        try collect(link.path, link.depth)
        for path in paths[before...] { if let identity = FolderListing.identity(path) { known?.insert(identity) } }
      } else if status.isFile, let identity = FolderListing.identity(link.path) {
        // Asked for the first time: most trees have no link to a file.
        if known == nil { known = Set(paths.compactMap { FolderListing.identity($0) }) }
        if known?.insert(identity).inserted ?? true { paths.append(link.path) }
      }
    }
    return paths.sorted()
  }

  /// The segments that may have samples of a stream in a span, in the order of the index.
  private func segments(_ stream: StreamID, in span: Range<UTCTime>) -> [Int] {
    guard let range = ranges[stream] else { return [] }
    let segments = index.segments
    var low = range.lowerBound
    var high = range.upperBound
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].start < span.upperBound { low = middle + 1 } else { high = middle }
    }
    var found: [Int] = []
    var place = low - 1
    while place >= range.lowerBound {
      // A sample within a hundredth of its interval of a bound counts as at the bound.
      let slack = 0.01 / segments[place].samplingRate
      if latestEnds[place].advanced(by: slack) < span.lowerBound { break }
      if segments[place].end.advanced(by: slack) >= span.lowerBound { found.append(place) }
      place -= 1
    }
    return found.reversed()
  }

  public func mayHave(_ stream: StreamID, in span: Range<UTCTime>) -> Bool { !segments(stream, in: span).isEmpty }

  public func read(_ stream: StreamID, in span: Range<UTCTime>, onProblem: ProblemHandler) throws -> [Trace] {
    var traces: [Trace] = []
    var seen: Set<Int> = []
    for place in segments(stream, in: span) where seen.insert(index.segments[place].file).inserted {
      let file = index.files[index.segments[place].file]
      traces += try files.read(file.path, file.kind, stream, in: span, onProblem: onProblem)
    }
    return traces.inOrderOfTime
  }
}

extension [Trace] {
  /// The traces by start; those that start together as they stand.
  var inOrderOfTime: [Trace] {
    enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
  }
}

/// What a tree of waveform files holds: which stream from when to when in which file.
///
/// An index is a value. Each rank can make that of a part of the files; the parts are merged, and the result, which does
/// not depend on how the files were shared out, is handed around as bytes or kept as a table for the next run.
public struct ArchiveIndex: Hashable, Sendable {
  /// What a file is.
  public enum FileKind: String, Hashable, Sendable {
    /// miniSEED of any version.
    case miniSEED = "mseed"
    /// SAC, binary.
    case sac
    /// Something else, or a file that cannot be read.
    case other
  }

  /// A file.
  public struct File: Hashable, Sendable {
    /// Its path.
    public var path: String
    /// Its size, in bytes.
    public var size: Int
    /// When it was changed last, in nanoseconds since 1970.
    public var modified: Int64
    /// What it is.
    public var kind: FileKind
  }

  /// Samples of one stream in one file; pauses of less than an hour may lie between them.
  public struct Segment: Hashable, Sendable {
    /// The stream.
    public var stream: StreamID
    /// The time of the first sample.
    public var start: UTCTime
    /// The time of the last sample.
    public var end: UTCTime
    /// Samples per second, of the first of them.
    public var samplingRate: Double
    /// How many samples there are.
    public var count: Int
    /// The file, by its place in ``ArchiveIndex/files``.
    public var file: Int
  }

  /// The files, sorted by path; also those without waveforms, so that they need not be looked at again.
  public private(set) var files: [File] = []
  /// What is in them, sorted by stream, start, end and file.
  public private(set) var segments: [Segment] = []

  /// Creates an index of nothing.
  public init() {}

  /// Creates an index; segments of files that are not there are left out.
  init(files: [File], segments: [Segment]) {
    // By path; of two entries of one path the first counts.
    let order = files.indices.sorted { (files[$0].path, $0) < (files[$1].path, $1) }
    var places = [Int](repeating: -1, count: files.count)
    for old in order where self.files.last?.path != files[old].path {
      places[old] = self.files.count
      self.files.append(files[old])
    }
    self.segments = segments.compactMap { segment in
      guard places.indices.contains(segment.file), places[segment.file] >= 0 else { return nil }
      var segment = segment
      segment.file = places[segment.file]
      return segment
    }.sorted(by: Self.isBefore)
  }

  private static func isBefore(_ left: Segment, _ right: Segment) -> Bool {
    if left.stream != right.stream { return left.stream < right.stream }
    if left.start != right.start { return left.start < right.start }
    if left.end != right.end { return left.end < right.end }
    return (left.file, left.samplingRate, left.count) < (right.file, right.samplingRate, right.count)
  }

  /// The streams, sorted.
  public var streams: [StreamID] {
    var streams: [StreamID] = []
    for segment in segments where segment.stream != streams.last { streams.append(segment.stream) }
    return streams
  }

  /// Puts indices of parts together; of two entries of one file that of the earlier part counts.
  public static func merged(_ parts: [ArchiveIndex]) -> ArchiveIndex {
    var files: [File] = []
    var segments: [Segment] = []
    for part in parts {
      let first = files.count
      files += part.files
      segments += part.segments.map { segment in
        var segment = segment
        segment.file += first
        return segment
      }
    }
    return ArchiveIndex(files: files, segments: segments)
  }

  /// Looks into files.
  ///
  /// - Parameters:
  ///   - paths: the files, as ``FileArchive/paths(in:)`` lists them, or a part of them.
  ///   - known: an index of an earlier time; files that have kept size and time of change are taken from it.
  ///   - onProblem: told of files that cannot be read and of damage in them.
  /// - Throws: what `onProblem` throws.
  public static func scan(
    paths: [String], reusing known: ArchiveIndex = ArchiveIndex(), onProblem: ProblemHandler
  ) throws -> ArchiveIndex {
    var places: [String: Int] = [:]
    for (place, file) in known.files.enumerated() { places[file.path] = place }
    var knownSegments = [[Segment]](repeating: [], count: known.files.count)
    for segment in known.segments { knownSegments[segment.file].append(segment) }
    var files: [File] = []
    var segments: [Segment] = []
    for path in paths {
      guard let status = FolderListing.status(path), status.isFile else {
        try onProblem(Problem(file: path, found: "it is gone", expected: "a file", action: "left out"))
        continue
      }
      var file = File(path: path, size: status.size, modified: status.modified, kind: .other)
      let number = files.count
      if let place = places[path], known.files[place].size == file.size, known.files[place].modified == file.modified {
        files.append(known.files[place])
        segments += knownSegments[place].map { segment in
          var segment = segment
          segment.file = number
          return segment
        }
        continue
      }
      do {
        let found = try content(path, onProblem)
        file.kind = found.kind
        segments += hulls(found.segments, file: number)
      } catch let error as FormatError {
        try onProblem(
          Problem(
            file: path, found: error.found, expected: error.expected ?? "a waveform file", action: "file left out"))
      }
      files.append(file)
    }
    return ArchiveIndex(files: files, segments: segments)
  }

  /// What a file is, by its content, and what is in it.
  private static func content(
    _ path: String, _ onProblem: ProblemHandler
  ) throws -> (kind: FileKind, segments: [Segment]) {
    let prefix = try FileInput(path).prefix(8192)
    if prefix.withUnsafeBufferPointer(MiniSEED.isMiniSEED(prefix:)) {
      let segments = try MiniSEEDFile(path).summary(onProblem: onProblem).map {
        Segment(
          stream: $0.id, start: $0.start, end: $0.end, samplingRate: $0.samplingRate, count: $0.sampleCount, file: 0)
      }
      return (.miniSEED, segments)
    }
    if prefix.withUnsafeBufferPointer(SACFile.isSAC(prefix:)) {
      let file = try SACFile(path)
      let trace = Trace(id: file.stream, start: file.start, samplingRate: file.samplingRate, samples: .text([]))
      let segment = Segment(
        stream: file.stream, start: file.start, end: trace.time(of: max(file.count - 1, 0)),
        samplingRate: file.samplingRate, count: file.count, file: 0)
      return (.sac, file.count > 0 ? [segment] : [])
    }
    return (.other, [])
  }

  /// Joins stretches with pauses of less than an hour between them: the index stays small where files have many gaps.
  private static func hulls(_ segments: [Segment], file: Int) -> [Segment] {
    var hulls: [Segment] = []
    for segment in segments.sorted(by: isBefore) where segment.count > 0 && segment.samplingRate > 0 {
      if let last = hulls.last, last.stream == segment.stream, segment.start < last.end.advanced(by: 3600) {
        hulls[hulls.count - 1].end = max(last.end, segment.end)
        hulls[hulls.count - 1].count = last.count &+ segment.count
      } else {
        var segment = segment
        segment.file = file
        hulls.append(segment)
      }
    }
    return hulls
  }
}

/// A miniSEED file, of which any part can be read.
///
/// Version 2 and 3, any record length and byte order may stand in it, mixed. The headers are read once, by the first call
/// that needs them, and kept: about 60 bytes for each record. Samples are read only where they are asked for. What comes
/// to the file after it was opened is not seen.
///
/// An object is used by one thread at a time.
public final class MiniSEEDFile {
  /// The path, as the user gave it.
  public let path: String
  /// The size in bytes when it was opened.
  public let size: Int
  private let input: FileInput
  private var index: MiniSEEDIndex?

  /// Opens a file.
  ///
  /// Its content is not looked at: a file without any record is one without traces.
  ///
  /// - Throws: ``FormatError``: `missing` or `unreadable`.
  public init(_ path: String) throws {
    self.path = path
    input = try FileInput(path)
    size = input.size
  }

  /// Reads samples.
  ///
  /// Records of one stream that follow each other in the file become one trace when each begins within half an interval
  /// of where the one before ends, and the rates differ by less than one in ten thousand. A trace's time is that of its
  /// first record. Records of different quality are not joined.
  ///
  /// - Parameters:
  ///   - span: samples with a time t for which `lower <= t < upper` holds, to a hundredth of an interval, counted from
  ///     the begin of their own record; all where it is nil.
  ///   - stream: the stream; all where it is nil.
  ///   - onProblem: told of what could not be used. Damage to headers and what lies between the records is told of once,
  ///     by the first call; damage to samples by each call that reads them.
  /// - Returns: the traces, by stream in the order in which they appear, and in the order of the file.
  /// - Throws: ``FormatError`` with `inputOutput`, and what `onProblem` throws.
  public func traces(
    in span: Range<UTCTime>? = nil, of stream: StreamID? = nil, onProblem: ProblemHandler
  ) throws -> [Trace] {
    let index = try indexed(onProblem)
    var traces: [Trace] = []
    let reader = MiniSEEDSampleReader(input)
    for candidate in index.streams where stream == nil || candidate.edition.id == stream {
      var pieces: [MiniSEEDPiece] = []
      for record in candidate.candidates(in: span) {
        guard let piece = MiniSEEDPiece(record, in: span) else { continue }
        if let last = pieces.last, !last.isContinued(by: piece) {
          try reader.read(pieces, candidate.edition.id, into: &traces, onProblem)
          pieces.removeAll(keepingCapacity: true)
        }
        pieces.append(piece)
      }
      try reader.read(pieces, candidate.edition.id, into: &traces, onProblem)
    }
    return traces
  }

  /// The bytes that are kept of the headers that were read.
  var headerBytes: Int {
    index?.streams.reduce(0) { $0 + $1.records.capacity * MemoryLayout<MiniSEEDRecord>.stride } ?? 0
  }

  private func indexed(_ onProblem: ProblemHandler) throws -> MiniSEEDIndex {
    if let index { return index }
    let made = try MiniSEEDIndex(input, onProblem: onProblem)
    index = made
    return made
  }
}

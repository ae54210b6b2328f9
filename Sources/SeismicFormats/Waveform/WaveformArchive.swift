/// Waveforms that can be read by stream and span of time.
///
/// An archive belongs to one rank and is used by one thread at a time; it may keep files open and remember where things are
/// in them. Its index is a value that one rank makes and others take over.
public protocol WaveformArchive: AnyObject {
  /// The streams of which there is anything at all, sorted.
  var streams: [StreamID] { get }

  /// Whether there is, or may be, data of a stream in a span: what the index knows, without opening a file.
  func mayHave(_ stream: StreamID, in span: Range<UTCTime>) -> Bool

  /// Reads the samples of a stream whose time lies in a span.
  ///
  /// - Parameters:
  ///   - stream: the stream.
  ///   - span: from the lower bound on, up to and without the upper bound.
  ///   - onProblem: told of files and records that could not be used; the rest is read nevertheless.
  /// - Returns: contiguous stretches in the order of time, as they are stored: they may overlap where the archive does,
  ///   and are not joined over a change of the rate. Nothing where there is no data.
  /// - Throws: what `onProblem` throws.
  func read(_ stream: StreamID, in span: Range<UTCTime>, onProblem: ProblemHandler) throws -> [Trace]
}

/// A stretch of a stream in a miniSEED file without a gap, from the headers alone.
public struct MiniSEEDSegment: Hashable, Sendable {
  /// The stream.
  public var id: StreamID
  /// The time of the first sample.
  public var start: UTCTime
  /// The time of the last sample, by the header of the last record.
  public var end: UTCTime
  /// Samples per second, by the first record.
  public var samplingRate: Double
  /// How many samples there are.
  public var sampleCount: Int
  /// How the samples of the first record are stored, such as `Steim2`.
  public var encoding: String
  /// How many records of version 2 it has.
  public var recordsOfVersion2: Int
  /// How many records of version 3 it has.
  public var recordsOfVersion3: Int
  /// How many bytes its records take.
  public var byteCount: Int
}

extension MiniSEEDFile {
  /// Reads the headers and says what stands in the file.
  ///
  /// Records are joined as by ``traces(in:of:onProblem:)``, which finds the same segments unless samples are damaged. The
  /// memory needed does not grow with the number of records.
  ///
  /// - Parameter onProblem: told of what is no record, and of headers that are wrong.
  /// - Returns: the segments, by stream in the order in which they appear, and in the order of the file.
  /// - Throws: ``FormatError`` with `inputOutput`, and what `onProblem` throws.
  public func summary(onProblem: ProblemHandler) throws -> [MiniSEEDSegment] {
    let input = try FileInput(path)
    let streams = MiniSEEDStreams()
    let scanner = MiniSEEDScanner(input, streams: streams)
    var segments: [[MiniSEEDSegment]] = []
    var last: [MiniSEEDPiece?] = []
    while let record = try scanner.next(onProblem) {
      let stream = Int(record.stream)
      while segments.count <= stream {
        segments.append([])
        last.append(nil)
      }
      guard let piece = MiniSEEDPiece(record, in: nil) else { continue }
      if let before = last[stream], before.isContinued(by: piece) {
        segments[stream][segments[stream].count - 1].add(record)
      } else {
        segments[stream].append(MiniSEEDSegment(streams.editions[stream].id, record))
      }
      last[stream] = piece
    }
    return segments.flatMap { $0 }
  }
}

extension MiniSEEDSegment {
  fileprivate init(_ id: StreamID, _ record: MiniSEEDRecord) {
    self.init(
      id: id, start: record.start, end: record.start, samplingRate: record.samplingRate, sampleCount: 0,
      encoding: record.encoding.name, recordsOfVersion2: 0, recordsOfVersion3: 0, byteCount: 0)
    add(record)
  }

  fileprivate mutating func add(_ record: MiniSEEDRecord) {
    let count = Int(record.sampleCount)
    end = record.samplingRate > 0 ? record.start.advanced(by: Double(count - 1) / record.samplingRate) : record.start
    sampleCount += count
    if record.version == 2 { recordsOfVersion2 += 1 } else { recordsOfVersion3 += 1 }
    byteCount += Int(record.length)
  }
}

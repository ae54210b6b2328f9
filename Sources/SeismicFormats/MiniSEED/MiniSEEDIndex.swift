/// The records of a file, by stream.
struct MiniSEEDIndex {
  /// The records of one stream, in the order of the file.
  struct Stream {
    var edition: MiniSEEDStreams.Edition
    var records: [MiniSEEDRecord] = []
    /// Whether each record begins and ends no earlier than the one before, so that times can be searched by halving.
    var isOrdered = true
    /// The end of the last record.
    fileprivate var end: UTCTime?
  }

  /// The streams, in the order in which they appear.
  private(set) var streams: [Stream] = []

  /// Reads the headers of a whole file.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`, and what `onProblem` throws.
  init(_ file: FileInput, onProblem: ProblemHandler) throws {
    let names = MiniSEEDStreams()
    let scanner = MiniSEEDScanner(file, streams: names)
    while let record = try scanner.next(onProblem) {
      while streams.count <= Int(record.stream) {
        streams.append(Stream(edition: names.editions[streams.count]))
        // Most files have records of one length and one stream.
        if streams.count == 1 {
          streams[0].records.reserveCapacity(min((file.size - record.offset) / Int(record.length) + 1, 1 << 16))
        }
      }
      streams[Int(record.stream)].append(record)
    }
  }
}

extension MiniSEEDIndex.Stream {
  fileprivate mutating func append(_ record: MiniSEEDRecord) {
    let recordEnd = record.start.advanced(by: record.duration)
    if let last = records.last, let end, record.start < last.start || recordEnd < end { isOrdered = false }
    end = recordEnd
    records.append(record)
  }

  /// The records among which those are that overlap a span.
  func candidates(in span: Range<UTCTime>?) -> ArraySlice<MiniSEEDRecord> {
    guard let span, isOrdered else { return records[...] }
    // A hundredth of an interval may be missing on either side; a whole one is left for it.
    let first = records.partition { record in
      record.start.advanced(by: record.duration + record.interval) >= span.lowerBound
    }
    let last = records.partition { record in record.start.advanced(by: -record.interval) >= span.upperBound }
    return first < last ? records[first..<last] : []
  }
}

extension MiniSEEDRecord {
  /// The time from one sample to the next; a second where there is no rate.
  fileprivate var interval: Double { samplingRate > 0 ? 1 / samplingRate : 1 }
}

extension [MiniSEEDRecord] {
  /// The first index from which on a condition holds that holds for all elements behind one for which it does.
  fileprivate func partition(_ condition: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

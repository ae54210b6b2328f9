extension ArchiveIndex {
  private static let columns =
    "path,size,modified,kind,network,station,location,channel,start,end,sampling_rate,samples"

  /// The index as a table (CSV), the same bytes for the same index: for other ranks, and to be kept for the next run.
  public var table: [UInt8] {
    let sink = TextSink(capacity: 128 * (segments.count + files.count) + 256)
    sink.append(text: Self.columns + "\n")
    var isNamed = [Bool](repeating: false, count: files.count)
    func put(_ file: Int) {
      sink.append(csv: files[file].path)
      sink.append(byte: 44)
      sink.append(files[file].size)
      sink.append(byte: 44)
      sink.append(Int(files[file].modified))
      sink.append(byte: 44)
      sink.append(text: files[file].kind.rawValue)
      isNamed[file] = true
    }
    for segment in segments {
      put(segment.file)
      for code in [segment.stream.network, segment.stream.station, segment.stream.location, segment.stream.channel] {
        sink.append(byte: 44)
        sink.append(csv: code)
      }
      for time in [segment.start, segment.end] {
        sink.append(byte: 44)
        sink.append(time, fractionDigits: 9)
      }
      sink.append(byte: 44)
      sink.append(segment.samplingRate)
      sink.append(byte: 44)
      sink.append(segment.count)
      sink.append(byte: 10)
    }
    for file in files.indices where !isNamed[file] {
      put(file)
      sink.append(text: ",,,,,,,,\n")
    }
    return Array(sink.bytes)
  }

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - table: the bytes.
  ///   - path: the file that they are from, for messages.
  /// - Throws: ``FormatError`` when it is no such table.
  public init(table: [UInt8], path: String) throws {
    var files: [File] = []
    var places: [String: Int] = [:]
    var segments: [Segment] = []
    var number = 0
    try table.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
        let line = Bytes(rebasing: bytes[start..<end])
        start = end + 1
        number += 1
        func failure(_ found: String, _ expected: String) -> FormatError {
          FormatError(
            .badData, file: path, at: .line(number), found: found, expected: expected,
            remedy: "delete the table; it is made anew")
        }
        if number == 1 {
          guard line.string == Self.columns else { throw failure("another header", Self.columns) }
          continue
        }
        if line.isEmpty { continue }
        let fields = SeismicFormats.fields(of: line, delimiter: 44)
        guard fields.count == 12, let size = Int(fields[1]), let modified = Int64(fields[2]),
          let kind = FileKind(rawValue: fields[3])
        else { throw failure(quoted(line.string), "path, size, time of change and kind of a file") }
        let file: Int
        if let place = places[fields[0]] {
          file = place
        } else {
          file = files.count
          places[fields[0]] = file
          files.append(File(path: fields[0], size: size, modified: modified, kind: kind))
        }
        if fields[8].isEmpty { continue }
        guard let from = UTCTime(fields[8]), let to = UTCTime(fields[9]), from <= to, let rate = Double(fields[10]),
          rate > 0, rate.isFinite, let count = Int(fields[11]), count > 0
        else { throw failure(quoted(line.string), "start, end, sampling rate and number of samples") }
        segments.append(
          Segment(
            stream: StreamID(network: fields[4], station: fields[5], location: fields[6], channel: fields[7]),
            start: from, end: to, samplingRate: rate, count: count, file: file))
      }
      guard number > 0 else {
        throw FormatError(.badData, file: path, found: "it is empty", expected: Self.columns)
      }
    }
    self.init(files: files, segments: segments)
  }
}

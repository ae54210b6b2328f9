/// Where the waveforms of a data set are: by station and time.
struct LabelledIndex: Hashable {
  /// What the components of a waveform have in common.
  struct Key: Hashable, Comparable {
    var station: StationID
    var location: String
    var sensor: String

    static func < (left: Key, right: Key) -> Bool {
      (left.station, left.location, left.sensor) < (right.station, right.location, right.sensor)
    }
  }

  private struct Entry: Hashable {
    var start: UTCTime
    var row: Int
  }

  private var numbers: [Key: Int] = [:]
  private var entries: [[Entry]] = []
  private var durations: [Double] = []
  private var components: [Set<String>] = []
  private(set) var streams: [StreamID] = []

  /// Takes a row in; a row without a time is not found by time.
  mutating func add(_ row: Int, _ key: Key, start: UTCTime?, duration: Double, components letters: String) {
    guard let start else { return }
    let number: Int
    if let known = numbers[key] {
      number = known
    } else {
      number = entries.count
      numbers[key] = number
      entries.append([])
      durations.append(0)
      components.append([])
    }
    entries[number].append(Entry(start: start, row: row))
    durations[number] = max(durations[number], duration.isFinite ? duration : 0)
    for letter in letters { components[number].insert(String(letter)) }
  }

  /// Sorts what was taken in.
  mutating func finish() {
    for number in entries.indices { entries[number].sort { ($0.start, $0.row) < ($1.start, $1.row) } }
    streams = numbers.sorted { $0.key < $1.key }.flatMap { key, number in
      components[number].sorted().map {
        StreamID(
          network: key.station.network, station: key.station.code, location: key.location, channel: key.sensor + $0)
      }
    }.sorted()
  }

  /// The rows that may have samples of a stream in a span, in the order of time.
  func rows(_ stream: StreamID, in span: Range<UTCTime>) -> [Int] {
    let key = Key(
      station: stream.stationID, location: stream.location, sensor: String(stream.channel.dropLast()))
    guard let number = numbers[key], components[number].contains(String(stream.channel.suffix(1))) else { return [] }
    let list = entries[number]
    let earliest = span.lowerBound.advanced(by: -durations[number])
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle].start < earliest { low = middle + 1 } else { high = middle }
    }
    return list[low...].prefix { $0.start < span.upperBound }.map(\.row)
  }
}

extension LabelledIndex {
  /// Puts the index behind other values.
  func put(to writer: ValueWriter) {
    writer.put(numbers.sorted { $0.value < $1.value }) { key, number in
      for text in [key.station.network, key.station.code, key.location, key.sensor] { writer.put(text) }
      writer.put(durations[number])
      writer.put(components[number].sorted()) { writer.put($0) }
      writer.put(entries[number]) {
        writer.put($0.start)
        writer.put($0.row)
      }
    }
  }

  /// Takes an index that was put among other values.
  init(from reader: inout ValueReader) {
    let keys = reader.list { reader in
      let key = Key(
        station: StationID(network: reader.text(), code: reader.text()), location: reader.text(), sensor: reader.text())
      durations.append(reader.number())
      components.append(Set(reader.list { $0.text() }))
      entries.append(reader.list { Entry(start: $0.time(), row: $0.integer()) })
      return key
    }
    for (number, key) in keys.enumerated() { numbers[key] = number }
    finish()
  }
}

extension LabelledWaveforms {
  /// Reads the samples of a stream in a span from the rows that the index tells of.
  func read(
    _ rows: [Int], _ stream: StreamID, in span: Range<UTCTime>, file: String, onProblem: ProblemHandler
  ) throws -> [Trace] {
    var traces: [Trace] = []
    for row in rows {
      let components: [Trace]
      do {
        components = try waveform(row)
      } catch let error as FormatError {
        try onProblem(
          Problem(file: file, found: error.found, expected: error.expected ?? "a waveform", action: "waveform left out")
        )
        continue
      }
      if let trace = components.first(where: { $0.id == stream })?.cut(to: span) { traces.append(trace) }
    }
    return traces
  }

  /// The traces of a waveform, vertical first.
  static func traces(
    _ row: LabelledWaveform, components: [(letter: Character, samples: [Float])], fallback: UTCTime = .epoch
  ) -> [Trace] {
    func rank(_ letter: Character) -> Int {
      "ZNE".firstIndex(of: letter).map { "ZNE".distance(from: "ZNE".startIndex, to: $0) } ?? 3
    }
    // Sorting is by rank alone and keeps the order of the others: there are few.
    let ordered = components.enumerated().sorted {
      (rank($0.element.letter), $0.offset) < (rank($1.element.letter), $1.offset)
    }
    return ordered.map { _, component in
      Trace(
        id: StreamID(
          network: row.station.network, station: row.station.code, location: row.location,
          channel: row.sensor + String(component.letter)),
        start: row.start ?? fallback, samplingRate: row.samplingRate, samples: .float32(component.samples))
    }
  }
}

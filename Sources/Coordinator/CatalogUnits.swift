import HSDLCompute
import SeismicFormats
import Worker

/// Brings the events of catalogs into the order of time, finds those that stand in them more than once, and cuts all into
/// units.
///
/// Rank 0 does it. Memory does not grow with the catalog: events are sorted in files of bounded size.
struct CatalogUnits {
  /// The units.
  private(set) var units: [CatalogUnit] = []
  private var eventCount = 0
  /// How many of the events are duplicates of others.
  private(set) var duplicateCount = 0
  /// What could not be read.
  private(set) var problems: [Problem] = []
  private let history: String
  private let folder: String
  /// Of problems beyond these only the number is told.
  static let problemLimit = 100_000
  /// Catalogs with more events than fill so many units have larger ones.
  static let unitLimit = 8192

  /// How the units are made.
  struct Settings {
    /// Whether events that stand more than once are brought together.
    var mergesDuplicates = true
    /// Whether something that cannot be read ends the job.
    var isStrict = false
    /// Events of a unit.
    var unitSize = 32
  }

  /// Reads the catalogs and writes the units.
  ///
  /// - Parameters:
  ///   - inventory: the stations; nil where none are known.
  ///   - travelTimes: between events and stations.
  ///   - folder: where intermediate files go.
  ///   - history: the file that tells when and where the events were.
  /// - Throws: ``FormatError``.
  init(
    _ catalogs: [String], settings: Settings, inventory: Inventory?, travelTimes: TravelTimes, folder: String,
    history: String
  ) throws {
    self.folder = folder
    self.history = history
    let sorted = try sort(catalogs, settings, EventSummaries(inventory: inventory))
    try cut(sorted, settings, DuplicateComparison(travelTimes: travelTimes))
  }

  /// Reads all events and writes them in files that are each in order.
  private mutating func sort(
    _ catalogs: [String], _ settings: Settings, _ summaries: EventSummaries
  ) throws -> [String] {
    let records = RecordWriter(prefix: "\(folder)/sorted", in: RecordBuffer())
    var problems: [Problem] = []
    var problemCount = 0
    func note(_ problem: Problem) throws {
      if settings.isStrict { throw problem.error }
      problemCount += 1
      if problems.count < Self.problemLimit { problems.append(problem) }
    }
    for path in catalogs {
      let reader = try CatalogFormat.open(path, onProblem: note).reader
      var isAny = false
      while true {
        let event: Event?
        do {
          event = try reader.next()
        } catch let error as FormatError where isAny && !settings.isStrict && error.kind == .badData {
          // A catalog that breaks off: what stands before is worth having.
          var (line, byte): (Int?, Int?)
          switch error.place {
          case .line(let place): line = place
          case .byte(let place): byte = place
          case nil: break
          }
          try note(
            Problem(
              file: error.file, line: line, byte: byte, found: error.found, expected: error.expected ?? "",
              action: "the rest of the file was left out"))
          break
        }
        guard let event else { break }
        isAny = true
        eventCount += 1
        var id = event.tableID
        try id.withUTF8 { id in
          try records.add(EventKey(time: event.time, id: id), hash: stableHash(id), label: .uncertain) { sink, end in
            QuakeMLEncoder(sink: sink).event(event)
            end()
            summaries.encode(event, to: sink)
            end()
            EventHistory.Entry(event)?.append(to: sink)
            end()
            end()
          }
        }
      }
    }
    try records.flush()
    if problemCount > problems.count {
      problems.append(
        Problem(
          file: catalogs.joined(separator: ", "), found: "\(problemCount - problems.count) more problems of this kind",
          expected: "", action: "not listed"))
    }
    self.problems = problems
    guard eventCount > 0 else {
      throw FormatError(
        .badData, file: catalogs.joined(separator: ", "), found: "there is no event in it", expected: "a catalog")
    }
    return records.files
  }

  /// An event that may still get duplicates.
  private struct Pending {
    var name: String
    var fragment: [UInt8]
    var history: [UInt8]
    var time: UTCTime?
    var pickCount: Int
  }

  /// Writes the events in the order of time as units, duplicates behind the events that they are entries of, and the
  /// history.
  private mutating func cut(_ sorted: [String], _ settings: Settings, _ comparison: DuplicateComparison) throws {
    let entries = try FileOutput(history, isDurable: false)
    var writer = UnitWriter(
      folder: folder, history: entries,
      // Enough units to go round on a large cluster, few enough files; the same on any number of ranks, so that another number can go on.
      size: max(settings.unitSize, min(512, eventCount / Self.unitLimit)))
    var search = DuplicateSearch(comparison)
    var pending: [Pending] = []
    var number = 0
    var duplicates = 0
    /// The time of the last event that waits and has one.
    var last: UTCTime?
    func flush(_ groups: [DuplicateGroup]) throws {
      var alternatives: [String: [String]] = [:]
      var isAlternative: Set<String> = []
      for group in groups {
        alternatives[group.preferred] = group.alternatives
        isAlternative.formUnion(group.alternatives)
      }
      var places: [String: Int] = [:]
      for (place, event) in pending.enumerated() { places[event.name] = place }
      for event in pending {
        try writer.writeHistory(event.history)
        guard !isAlternative.contains(event.name) else { continue }
        try writer.write(event.fragment, event.time, pickCount: event.pickCount, isDuplicate: false)
        for place in (alternatives[event.name] ?? []).compactMap({ places[$0] }).sorted() {
          duplicates += 1
          let other = pending[place]
          try writer.write(other.fragment, other.time, pickCount: other.pickCount, isDuplicate: true)
        }
      }
      pending.removeAll(keepingCapacity: true)
    }
    var merge = try RecordMerge(sorted)
    try merge.forEach { cursor in
      number += 1
      let summary = EventSummaries.decode(cursor.piece(1), suffix: "\u{1}\(number)")
      let groups = settings.mergesDuplicates ? summary.map { search.append($0) } ?? [] : []
      // Nothing that follows can be of one shock with what came before.
      let isComplete =
        summary.map { $0.time.timeInterval(since: last ?? $0.time) > comparison.longestTime } ?? (last == nil)
      if isComplete || !settings.mergesDuplicates {
        try flush(groups)
        last = nil
      }
      last = summary?.time ?? last
      pending.append(
        Pending(
          name: summary?.id ?? "\u{1}\(number)", fragment: Array(cursor.piece(0)), history: Array(cursor.piece(2)),
          time: summary?.time, pickCount: summary?.picks.count ?? 0))
    }
    try flush(search.finish())
    try writer.finish()
    try entries.commit()
    units = writer.units
    duplicateCount = duplicates
  }
}

/// Writes units one after the other.
private struct UnitWriter {
  let folder: String
  let history: FileOutput
  let size: Int
  private(set) var units: [CatalogUnit] = []
  private var writer: QuakeMLWriter?
  private let sink = TextSink(capacity: 1 << 16)

  init(folder: String, history: FileOutput, size: Int) {
    self.folder = folder
    self.history = history
    self.size = size
  }

  mutating func writeHistory(_ entry: [UInt8]) throws {
    entry.withUnsafeBufferPointer { sink.append($0) }
    if sink.count > 1 << 15 { try history.write(sink) }
  }

  mutating func write(_ fragment: [UInt8], _ time: UTCTime?, pickCount: Int, isDuplicate: Bool) throws {
    if writer == nil || !isDuplicate && (units.last?.count ?? 0) >= size {
      try writer?.finish(header: CatalogHeader())
      units.append(CatalogUnit(index: units.count, file: "\(folder)/unit-\(units.count).xml"))
      writer = try QuakeMLWriter("\(folder)/unit-\(units.count - 1).xml")
    }
    try fragment.withUnsafeBufferPointer { try writer?.write(fragment: $0) }
    let last = units.count - 1
    var checksum = Checksum()
    withUnsafeBytes(of: units[last].contentHash.littleEndian) { checksum.add($0) }
    fragment.withUnsafeBytes { checksum.add($0) }
    units[last].contentHash = checksum.value
    if isDuplicate { units[last].duplicates.append(units[last].count) }
    units[last].count += 1
    units[last].pickCount += pickCount
    if let time {
      let own = time.seconds...time.seconds + 1
      units[last].seconds =
        units[last].seconds.map {
          min($0.lowerBound, own.lowerBound)...max($0.upperBound, own.upperBound)
        } ?? own
    }
  }

  mutating func finish() throws {
    try writer?.finish(header: CatalogHeader())
    writer = nil
    try history.write(sink)
  }
}

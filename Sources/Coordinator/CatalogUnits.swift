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
  /// The number of events.
  private(set) var eventCount = 0
  /// How many of them are duplicates of others.
  private(set) var duplicateCount = 0
  /// What could not be read.
  private(set) var problems: [Problem] = []
  /// The file that tells when and where the events were.
  let history: String

  private let folder: String
  private let ranks: Int
  /// Problems beyond these are counted only.
  static let problemLimit = 100_000
  private(set) var problemCount = 0

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
  /// - Throws: ``FormatError``.
  init(_ catalogs: [String], settings: Settings, folder: String, history: String, ranks: Int) throws {
    self.folder = folder
    self.history = history
    self.ranks = ranks
    let sorted = try sort(catalogs, settings)
    try cut(sorted, settings)
  }

  /// Reads all events and writes them in files that are each in order.
  private mutating func sort(_ catalogs: [String], _ settings: Settings) throws -> [String] {
    let records = RecordWriter(prefix: "\(folder)/sorted", content: TextSink(capacity: 1 << 20))
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
            EventHistory.Entry(event)?.append(to: sink)
            end()
            end()
          }
        }
      }
    }
    try records.flush()
    self.problems = problems
    self.problemCount = problemCount
    guard eventCount > 0 else {
      throw FormatError(
        .badData, file: catalogs.joined(separator: ", "), found: "there is no event in it", expected: "a catalog")
    }
    return records.files
  }

  /// Writes the events in the order of time as units, and their history.
  private mutating func cut(_ sorted: [String], _ settings: Settings) throws {
    // Enough units to go round, few enough files.
    let size = max(settings.unitSize, min(512, eventCount / (64 * ranks)))
    let entries = try FileOutput(history, isDurable: false)
    let sink = TextSink(capacity: 1 << 16)
    var writer: QuakeMLWriter?
    var unit = CatalogUnit(index: 0, file: "")
    func finish() throws {
      guard let open = writer else { return }
      try open.finish(header: CatalogHeader())
      units.append(unit)
      writer = nil
    }
    var merge = try RecordMerge(sorted)
    try merge.forEach { cursor in
      if unit.count >= size { try finish() }
      if writer == nil {
        unit = CatalogUnit(index: units.count, file: "\(folder)/unit-\(units.count).xml")
        writer = try QuakeMLWriter(unit.file)
      }
      try writer?.write(fragment: cursor.piece(0))
      unit.count += 1
      let entry = cursor.piece(1)
      guard !entry.isEmpty else { return }
      sink.append(entry)
      if sink.count > 1 << 15 { try entries.write(sink) }
    }
    try finish()
    try entries.write(sink)
    try entries.commit()
  }
}

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
  init(_ catalogs: [String], settings: Settings, folder: String) throws {
    self.folder = folder
    history = "\(folder)/history"
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
            EventSummary(event).encode(to: sink)
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
}

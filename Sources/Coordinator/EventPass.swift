import SeismicFormats
import Worker

/// One pass of all ranks over the events of a job: every event's pieces of the output, in intermediate files.
protocol EventPass {
  /// Where this rank's time went.
  var times: StageTimes { get }
  /// Rows of pick tables that could be used; 0 for catalogs.
  var rowCount: Int { get }
  /// Events that were brought together from several entries.
  var joinedCount: Int { get }
  /// Stations of which waveforms were used, added over the events.
  var stationWindowCount: Int { get }
  /// Events that a network on waveforms took part in scoring.
  var deepCount: Int { get }

  /// The index of the archive, to be kept with the results; on rank 0 only, empty where there is none.
  var archiveIndex: [UInt8] { get }

  /// Hands out the events of all ranks in the order of the catalog.
  ///
  /// Rank 0 only.
  ///
  /// - Throws: ``FormatError``; what `body` throws.
  func forEachRecord(_ body: (RecordCursor) throws -> Void) throws

  /// Writes the windows that the discriminator sees of all events; nothing where there are none.
  ///
  /// Rank 0 only.
  ///
  /// - Throws: ``FormatError``.
  func writeEventWindows(to path: String) throws

  /// Writes the problems of all units in a fixed order.
  ///
  /// Rank 0 only.
  ///
  /// - Throws: ``FormatError``; `badData` when nothing could be used.
  func writeProblems(to path: String) throws -> ProblemTable
}

/// The table of problems, written and not yet named.
struct ProblemTable {
  /// The header line.
  static let header = "file,line,byte,event_id,problem,expected,action\n"

  /// The file.
  var file: FileOutput
  /// How many problems there are.
  var count: Int
  /// What the first problem is, in words; nil when there is none.
  var warning: String?

  /// Tells the user of the first of them.
  func warn(_ report: Reporter) {
    if let warning { report.warn(warning) }
  }
}

extension EventPass {
  var deepCount: Int { 0 }

  func writeEventWindows(to path: String) throws {}

  /// The name of the archive's index among the results.
  static var archiveIndexName: String { "archive-index.csv" }

  /// Writes the archive's index, if there is one.
  ///
  /// - Throws: ``FormatError``.
  func writeArchiveIndex(to folder: OutputFolder) throws {
    guard !archiveIndex.isEmpty else { return }
    let file = try FileOutput(folder.file(Self.archiveIndexName))
    try archiveIndex.withUnsafeBufferPointer { try file.write($0) }
    try file.commit()
  }
}

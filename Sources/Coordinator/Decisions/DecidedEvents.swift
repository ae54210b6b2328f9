import HSDLCompute
import SeismicFormats
import Worker

/// Keeps account of the decisions that events were found for, while the catalog is written.
struct DecidedEvents {
  /// Entries on which a decision counts.
  private(set) var count = 0
  /// Those of them whose label is another one than the model's.
  private(set) var overruledCount = 0
  /// Decisions on events that are not there.
  private(set) var unknownCount = 0
  private let decisions: Decisions?
  private let columns: EventColumns
  /// The decisions whose events have not come yet, by the hashes of their identifiers.
  private var open: [UInt64: Decision] = [:]
  private var warnings: [String] = []

  /// Begins with all decisions open.
  init(_ decisions: Decisions?, _ columns: EventColumns) {
    self.decisions = decisions
    self.columns = columns
    for decision in decisions?.sorted ?? [] { open[stableHash(decision.eventID)] = decision }
  }

  /// Takes note of an event of the catalog.
  mutating func see(_ cursor: RecordCursor) {
    guard let decisions, !decisions.isEmpty else { return }
    open[cursor.hash] = nil
    let fields = csvFields(Bytes(rebasing: cursor.piece(0).dropLast()))
    guard !columns.field("decided_by", of: fields).isEmpty else { return }
    count += 1
    if columns.field("label_by_model", of: fields) != cursor.label.rawValue { overruledCount += 1 }
  }

  /// What of the decisions could not be used.
  ///
  /// - Throws: ``FormatError`` for the first one if nothing may be left out.
  mutating func problems(isStrict: Bool) throws -> [Problem] {
    guard let decisions else { return [] }
    let unknown = open.values.sorted { $0.eventID < $1.eventID }.map { decision in
      Problem(
        file: decision.file, line: decision.line, eventID: decision.eventID,
        found: "it is decided \(decision.label.rawValue), but is not in the catalog",
        expected: "identifiers as in the column event_id of events.csv", action: "decides nothing")
    }
    unknownCount = unknown.count
    if isStrict, let first = unknown.first { throw first.error }
    let all = decisions.problems + unknown
    if let first = all.first {
      warnings.append(
        "\(all.count == 1 ? "1 decision" : "\(all.count) decisions") could not be used as it stands, first \(first.error); see problems.csv"
          .replacing("decisions could not be used as it stands", with: "decisions could not be used as they stand"))
    }
    if decisions.isEmpty { warnings.append("no decision stands in the files of --decisions") }
    return all
  }

  /// Tells the user of them.
  func warn(_ report: Reporter) { for warning in warnings { report.warn(warning) } }
}

extension ProblemTable {
  /// Adds problems behind the others.
  ///
  /// - Throws: ``FormatError``.
  mutating func add(_ problems: [Problem]) throws {
    guard !problems.isEmpty else { return }
    let sink = TextSink()
    for problem in problems {
      problem.appendRow(to: sink)
      if sink.count > 1 << 19 { try file.write(sink) }
    }
    try file.write(sink)
    count += problems.count
  }
}

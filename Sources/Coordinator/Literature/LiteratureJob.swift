public import MPI
public import SeismicFormats
import Worker

/// Reads a table of papers, checks it, puts models of one's own beside them, and counts.
public struct LiteratureJob: Sendable {
  /// The tables of papers; none for models alone.
  public var tables: [String]
  /// Model folders, or folders of them.
  public var models: [String] = []
  /// Which rows are wanted.
  public var filter = LiteratureFilter()
  /// Whether of rows with the same title only the first counts.
  public var takesTitlesOnce = false
  /// Whether the first thing that is not as it should be ends the work.
  public var isStrict = false
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false

  /// The files that the job writes.
  public static let files = ["inventory.csv", "counts.csv", "problems.csv", "inventory.html"]

  /// Creates a job.
  public init(tables: [String], output: String) {
    self.tables = tables
    self.output = output
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// Rows of the tables, those that could not be read among them.
    public var rows = 0
    /// Rows that could be read.
    public var readable = 0
    /// Distinct titles of them.
    public var titles = 0
    /// How many problems there are of each kind.
    public var problems: [LiteratureProblem.Kind: Int] = [:]
    /// What was counted.
    public var counts = LiteratureCounts([])
    /// The filter, in words.
    public var filter = ""

    /// As JSON.
    public var json: JSONValue {
      .object(
        [
          ("rows", .integer(rows)), ("readable_rows", .integer(readable)), ("distinct_titles", .integer(titles)),
          (
            "problems",
            .object(LiteratureProblem.Kind.allCases.map { ($0.rawValue, .integer(problems[$0] ?? 0)) })
          ), ("filter", .string(filter)),
        ] + counts.json)
    }
  }

  /// Runs the job; rank 0 does it all.
  ///
  /// - Returns: what came out; on ranks other than 0 nothing of use.
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> Outcome {
    var outcome = Outcome()
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, record: RunRecord(command: "inventory"), inputs: tables,
      over: communicator
    ) {
      try communicator.agreeOnRoot { outcome = try make(report) }
    }
    return outcome
  }

  private func make(_ report: Reporter) throws -> Outcome {
    var outcome = Outcome()
    let read = try tables.map { try LiteratureTable($0) }
    var entries = read.flatMap(\.entries)
    outcome.rows = read.reduce(0) { $0 + $1.rowCount }
    outcome.readable = entries.count { $0.model == nil }
    outcome.titles = Set(entries.filter { $0.model == nil }.map(\.titleKey)).count
    for table in read {
      if isStrict, let first = table.problems.first { throw first.error(file: table.file) }
      for problem in table.problems { outcome.problems[problem.kind, default: 0] += 1 }
    }
    let longNames = entries.count { $0.list(.modelType).words.contains("Neural Network") }
    let shortNames = entries.count { $0.list(.modelType).words.contains("ANN") }
    for path in models {
      for folder in try AnyModelCard.folders(at: path) {
        entries.append(try ModelEntry.read(folder, usesLongNames: longNames > shortNames))
      }
    }
    try filter.check(against: entries)
    entries = entries.filter { filter.matches($0) && !(takesTitlesOnce && $0.sameTitleAs != nil) }
    if entries.isEmpty { report.warn("no row is as asked for: \(filter.description)") }
    outcome.filter = filter.description
    outcome.counts = LiteratureCounts(entries)
    let folder = try OutputFolder(output, files: Self.files, overwrites: overwrites)
    try folder.write("inventory.csv", Self.text(entries))
    try folder.write("counts.csv", outcome.counts.table)
    try folder.write("problems.csv", Self.problems(read))
    try LiteraturePage(entries: entries, outcome: outcome, tables: tables).page.write(to: folder.file("inventory.html"))
    return outcome
  }

  private static func text(_ entries: [LiteratureEntry]) -> String {
    let sink = TextSink()
    sink.append(text: LiteratureTable.header)
    for entry in entries { LiteratureTable.append(entry, to: sink) }
    return sink.string
  }

  private static func problems(_ tables: [LiteratureTable]) -> String {
    let sink = TextSink()
    sink.append("file,line,column,kind,problem,expected,action\n")
    for table in tables {
      for problem in table.problems {
        LiteratureTable.append(cell: table.file, to: sink)
        sink.append(byte: 44)
        sink.append(problem.line)
        for text in [problem.column ?? "", problem.kind.rawValue, problem.found, problem.expected, problem.action] {
          sink.append(byte: 44)
          LiteratureTable.append(cell: text, to: sink)
        }
        sink.append(byte: 10)
      }
    }
    return sink.string
  }
}

extension LiteratureJob {
  /// What came out, for the user.
  public static func lines(_ outcome: Outcome, output: String) -> [String] {
    let counts = outcome.counts
    var lines: [String] = []
    if outcome.rows > 0 {
      lines.append(
        "\(counted(outcome.rows, "rows")), \(outcome.readable) of them readable, \(outcome.titles) distinct titles")
      let problems = LiteratureProblem.Kind.allCases.compactMap { kind in
        outcome.problems[kind].map { "\($0) \(kind.title)" }
      }
      if !problems.isEmpty {
        lines.append("not as it should be: \(problems.joined(separator: ", ")); see problems.csv")
      }
    }
    if !outcome.filter.isEmpty { lines.append("asked for: \(outcome.filter)") }
    lines.append("\(counted(counts.papers, "papers")), \(counted(counts.models, "models")) of your own")
    var rows = [["task", "papers", "models"]]
    for word in counts.tasks { rows.append([word.name, "\(word.papers)", "\(word.models)"]) }
    var types = [["network type", "papers", "models"]]
    for word in counts.networkTypes { types.append([word.name, "\(word.papers)", "\(word.models)"]) }
    if rows.count > 1 { lines += textTable(rows) }
    if types.count > 1 { lines += textTable(types) }
    lines.append("results in \(output)/\(files.reversed().joined(separator: ", "))")
    return lines
  }
}

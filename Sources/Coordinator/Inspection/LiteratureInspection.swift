import HSDLCompute
import SeismicFormats

/// A summary of a table of papers.
struct LiteratureInspection: Inspection {
  private let file: String
  private let byteCount: Int
  private let table: LiteratureTable
  private let counts: LiteratureCounts

  /// Reads the table; nil when the file is none.
  init?(_ path: String) throws {
    let input = try FileInput(path)
    guard LiteratureTable.isLiterature(prefix: try input.prefix(1 << 12)) else { return nil }
    file = path
    byteCount = input.size
    table = try LiteratureTable(path)
    counts = LiteratureCounts(table.entries)
  }

  private var problems: [(kind: LiteratureProblem.Kind, count: Int)] {
    LiteratureProblem.Kind.allCases.map { kind in (kind, table.problems.count { $0.kind == kind }) }
  }

  var json: JSONValue {
    .object(
      [
        ("file", .string(file)), ("format", .string("literature")), ("format_name", .string("table of papers")),
        ("bytes", .integer(byteCount)), ("rows", .integer(table.rowCount)),
      ] + counts.json + [
        ("problems", .object(problems.map { ($0.kind.rawValue, .integer($0.count)) }))
      ])
  }

  var lines: [String] {
    var lines = [
      "\(file): table of papers, \(byteCount) bytes",
      "\(counted(table.rowCount, "rows")), \(counted(counts.papers, "papers")), \(counts.titles) distinct titles, \(counted(counts.models, "models"))",
    ]
    if let first = counts.years.first, let last = counts.years.last {
      lines += factLines([("years", "\(first.name) to \(last.name)")])
    }
    lines += textTable(
      [["category", "papers"]] + counts.tree.map { [$0.name.isEmpty ? "none" : $0.name, "\($0.papers)"] })
    let found = problems.filter { $0.count > 0 }
    if !found.isEmpty {
      lines += textTable([["not as it should be", "count"]] + found.map { [$0.kind.title, "\($0.count)"] })
      lines.append("`hsdl-mpi inventory` names each with its line and column")
    }
    return lines
  }
}

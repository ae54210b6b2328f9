import SeismicFormats
import Worker

/// The page of a table of papers: one file that needs no network.
///
/// The text of the table goes through JSON into nodes of text, so that none of it can become part of the page's structure.
struct LiteraturePage {
  let entries: [LiteratureEntry]
  let outcome: LiteratureJob.Outcome
  let tables: [String]

  /// The page.
  var page: ReportPage {
    let counts = outcome.counts
    var page = ReportPage(title: "Machine learning in seismology: papers and models", subtitle: subtitle)
    var figures = [ReportPage.KeyFigure("papers", "\(counts.papers)")]
    figures.append(ReportPage.KeyFigure("distinct titles", "\(counts.titles)"))
    if let first = counts.years.first, let last = counts.years.last {
      figures.append(ReportPage.KeyFigure("years", "\(first.name)–\(last.name)"))
    }
    figures.append(ReportPage.KeyFigure("models of your own", "\(counts.models)"))
    let otherwise = "This needs JavaScript. The same numbers are in counts.csv, the rows in inventory.csv."
    page.sections = [ReportPage.Section("Summary", [.keyFigures(figures)])]
    if counts.models > 0 {
      page.sections.append(
        ReportPage.Section(
          "Models of your own", [.place(id: "inventory-models", otherwise: otherwise)]))
    }
    page.sections += [
      ReportPage.Section(
        "What is done",
        [
          .paragraph(
            "Category, sub-categories, task. The area of a paper that does several things is divided among them; the numbers count it for each. An area that is clicked is enlarged, and its papers are listed below."
          ), .place(id: "inventory-subjects", otherwise: otherwise),
        ]),
      ReportPage.Section(
        "Kinds of networks and years",
        [
          .paragraph(
            "Dark bars count what is chosen by the other figures and the search. A bar that is clicked chooses its papers."
          ),
          .place(id: "inventory-bars", otherwise: otherwise),
        ]), ReportPage.Section("Papers", [.place(id: "inventory-papers", otherwise: otherwise)]), checks,
      ReportPage.Section(
        "Files and sources",
        [
          .links(LiteratureJob.files.filter { $0.hasSuffix(".csv") }.map { ($0, $0) }),
          .paragraph(
            "Subjects and columns: S. M. Mousavi and G. C. Beroza (2022), Deep-learning seismology, Science 377, eabm4470."
          ),
          .data(id: "inventory-data", data),
        ]),
    ]
    page.scripts = [Self.script]
    return page
  }

  private var subtitle: String {
    var text = tables.isEmpty ? "Models of your own" : tables.joined(separator: ", ")
    if !outcome.filter.isEmpty { text += ", as asked for by \(outcome.filter)" }
    return text
  }

  /// What is not as it should be.
  private var checks: ReportPage.Section {
    let rows = LiteratureProblem.Kind.allCases.compactMap { kind in
      outcome.problems[kind].map { [kind.title, "\($0)"] }
    }
    let sum =
      "\(counted(outcome.rows, "rows")) with \(outcome.titles) distinct titles; \(outcome.readable) rows could be read."
    if rows.isEmpty { return ReportPage.Section("Checks", [.paragraph(sum), .paragraph("All is as it should be.")]) }
    return ReportPage.Section(
      "Checks",
      [
        .paragraph(sum),
        .table(ReportPage.Table("Not as it should be", columns: ["what", "count"], rows: rows)),
        .paragraph("Each is in problems.csv with its line and column. Rows that could be read count all the same."),
      ])
  }

  /// The columns of which the page shows the cells.
  private static let columns: [LiteratureColumn] = LiteratureColumn.allCases

  /// What the script works on.
  private var data: JSONValue {
    let rows = entries.map { entry -> JSONValue in
      var cells = Self.columns.map { column -> JSONValue in
        column.isList
          ? .array(entry.list(column).words.map { .string($0) }) : .string(entry[column])
      }
      cells += [
        entry.year.map { .integer($0) } ?? .null, entry.model.map { .string($0) } ?? .null, .integer(entry.line),
        entry.sameTitleAs.map { .integer($0) } ?? .null,
      ]
      return .array(cells)
    }
    return .object([
      ("columns", .array(Self.columns.map { .string($0.rawValue) })), ("rows", .array(rows)),
    ])
  }
}

import SeismicFormats
import Worker

/// The page of a table of papers: one file that needs no network.
///
/// All text of the table goes through JSON into nodes of text, so that none of it can become part of the page's structure.
struct LiteraturePage {
  let entries: [LiteratureEntry]
  let outcome: LiteratureJob.Outcome
  let tables: [String]

  /// The text of the page.
  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
    <title>Inventory of papers and models</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    \(Self.body)
    <script type="application/json" id="data">\(Self.inert(data.line))</script>
    <script>
    \(Self.script)
    </script>
    </body>
    </html>

    """
  }

  /// JSON in which nothing can end the element that it stands in.
  static func inert(_ json: String) -> String {
    var text = ""
    for character in json.unicodeScalars {
      switch character {
      case "<": text += "\\u003c"
      case ">": text += "\\u003e"
      case "&": text += "\\u0026"
      case "\u{2028}": text += "\\u2028"
      case "\u{2029}": text += "\\u2029"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
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
    let problems = LiteratureProblem.Kind.allCases.compactMap { kind -> JSONValue? in
      outcome.problems[kind].map { .array([.string(kind.title), .integer($0)]) }
    }
    return .object([
      ("columns", .array(Self.columns.map { .string($0.rawValue) })), ("rows", .array(rows)),
      ("tables", .array(tables.map { .string($0) })), ("filter", .string(outcome.filter)),
      ("row_count", .integer(outcome.rows)), ("titles", .integer(outcome.titles)), ("problems", .array(problems)),
    ])
  }

  private static let body = """
    <header>
    <h1>Machine learning in seismology: papers and models</h1>
    <p id="summary"></p>
    <p id="checks" class="small"></p>
    <noscript><p>The figures and the table of this page need JavaScript. The same numbers are in counts.csv and inventory.csv beside it.</p></noscript>
    </header>
    <main>
    <section id="ours-section" hidden>
    <h2>Models of your own, and the papers with the same task</h2>
    <div class="scroll"><table id="ours"></table></div>
    </section>
    <section>
    <h2>What is done</h2>
    <p class="small">Category, sub-categories, task. The area of a paper that does several things is divided among them; the numbers count it for each. Click an area to enlarge it and to see its papers below.</p>
    <nav id="path" aria-label="Place in the order of subjects"></nav>
    <figure><svg id="icicle" role="group" aria-label="Papers by category, sub-categories and task"></svg><button class="save" data-figure="icicle">Save as SVG</button></figure>
    </section>
    <div class="pair">
    <section>
    <h2>Kinds of networks</h2>
    <figure><svg id="types" role="group" aria-label="Papers by kind of network"></svg><button class="save" data-figure="types">Save as SVG</button></figure>
    </section>
    <section>
    <h2>Years</h2>
    <figure><svg id="years" role="group" aria-label="Papers by year"></svg><button class="save" data-figure="years">Save as SVG</button></figure>
    </section>
    </div>
    <section>
    <h2>Papers</h2>
    <div class="controls">
    <label>Search <input type="search" id="search" placeholder="words of any column"></label>
    <label><input type="checkbox" id="only-ours"> your own models only</label>
    <button id="reset">Show all</button>
    </div>
    <p id="shown" class="small" aria-live="polite"></p>
    <div class="scroll"><table id="papers"><thead></thead><tbody></tbody></table></div>
    <p><button id="more">Show more</button></p>
    </section>
    </main>
    <footer class="small"><p>Subjects and columns: S. M. Mousavi and G. C. Beroza (2022), Deep-learning seismology, Science 377, eabm4470.</p></footer>
    """
}

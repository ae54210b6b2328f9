public import SeismicFormats
import Worker

extension ReportPage {
  /// Writes the page to a file, which gets its name when it is whole.
  ///
  /// - Throws: ``FormatError``.
  public func write(to path: String) throws {
    let file = try FileOutput(path)
    try file.write(html)
    try file.commit()
  }

  /// The page as HTML.
  ///
  /// The same for the same page, byte for byte.
  public var html: TextSink {
    let sink = TextSink(capacity: 1 << 20)
    var tables = 0
    let body = TextSink(capacity: 1 << 20)
    for (index, section) in sections.enumerated() {
      body.append("<section aria-labelledby=\"section-")
      body.append(index + 1)
      body.append("\"><h2 id=\"section-")
      body.append(index + 1)
      body.append("\">")
      body.append(html: section.heading)
      body.append("</h2>\n")
      for block in section.blocks { write(block, to: body, &tables) }
      body.append("</section>\n")
    }
    var scripts = self.scripts
    if tables > 0 { scripts.insert(DataTableScript.text, at: 0) }
    head(scripts, to: sink)
    sink.append(body.bytes)
    sink.append("</main>\n")
    for script in scripts {
      sink.append("<script>")
      sink.append(script)
      sink.append("</script>\n")
    }
    sink.append("</body>\n</html>\n")
    return sink
  }

  private func head(_ scripts: [StaticString], to sink: TextSink) {
    sink.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    // Nothing is fetched, and no script runs but these: what got in here by mistake would do nothing.
    sink.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; ")
    sink.append("style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src ")
    if scripts.isEmpty { sink.append("'none'") }
    for (index, script) in scripts.enumerated() {
      if index > 0 { sink.append(byte: 32) }
      sink.append("'sha256-")
      sink.append(base64: sha256(of: Bytes(start: script.utf8Start, count: script.utf8CodeUnitCount)))
      sink.append("'")
    }
    sink.append("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    sink.append("<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n<title>")
    sink.append(html: title)
    sink.append("</title>\n<style>")
    sink.append(ReportStyle.text)
    sink.append("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">To the content</a>\n<header><h1>")
    sink.append(html: title)
    sink.append("</h1>\n")
    if !subtitle.isEmpty { element("p", subtitle, style: "subtitle", sink) }
    if sections.count > 1 {
      sink.append("<nav aria-label=\"Sections\"><ul>")
      for (index, section) in sections.enumerated() {
        sink.append("<li><a href=\"#section-")
        sink.append(index + 1)
        sink.append("\">")
        sink.append(html: section.heading)
        sink.append("</a></li>")
      }
      sink.append("</ul></nav>\n")
    }
    sink.append("</header>\n<main id=\"content\">\n")
  }

  /// Adds an element that holds text.
  private func element(_ name: StaticString, _ text: String, style: StaticString? = nil, _ sink: TextSink) {
    sink.append("<")
    sink.append(name)
    if let style {
      sink.append(" class=\"")
      sink.append(style)
      sink.append("\"")
    }
    sink.append(">")
    sink.append(html: text)
    sink.append("</")
    sink.append(name)
    sink.append(">")
  }

  private func write(_ block: Block, to sink: TextSink, _ tables: inout Int) {
    switch block {
    case .paragraph(let text): element("p", text, sink)
    case .heading(let text): element("h3", text, sink)
    case .note(let text): element("p", text, style: "note", sink)
    case .list(let points):
      sink.append("<ul>")
      for point in points { element("li", point, sink) }
      sink.append("</ul>")
    case .links(let links):
      sink.append("<ul>")
      for link in links {
        sink.append("<li>")
        write(link, to: sink)
        sink.append("</li>")
      }
      sink.append("</ul>")
    case .keyFigures(let figures): write(figures, to: sink)
    case .table(let table): write(table, to: sink)
    case .dataTable(let table):
      tables += 1
      table.write(to: sink, number: tables)
    case .pictures(let pictures):
      sink.append("<div class=\"pictures\">")
      for picture in pictures { write(picture, to: sink) }
      sink.append("</div>")
    case .drawing(let drawing): drawing.write(to: sink)
    case .facts(let facts):
      sink.append("<dl class=\"facts\">")
      for (name, value) in facts {
        element("dt", name, sink)
        element("dd", value, sink)
      }
      sink.append("</dl>")
    case .details(let summary, let blocks):
      sink.append("<details>")
      element("summary", summary, sink)
      for block in blocks { write(block, to: sink, &tables) }
      sink.append("</details>")
    case .group(let blocks):
      sink.append("<div class=\"group\">")
      for block in blocks { write(block, to: sink, &tables) }
      sink.append("</div>")
    case .place(let id, let otherwise):
      sink.append("<div id=\"")
      sink.append(id)
      sink.append("\"><noscript>")
      element("p", otherwise, style: "note", sink)
      sink.append("</noscript></div>")
    case .data(let id, let value):
      sink.append("<script type=\"application/json\" id=\"")
      sink.append(id)
      sink.append("\">")
      write(value, to: sink)
      sink.append("</script>")
    }
    sink.append(byte: 10)
  }

  private func write(_ figures: [KeyFigure], to sink: TextSink) {
    sink.append("<dl class=\"key-figures\">")
    for figure in figures {
      sink.append("<div")
      if let colour = figure.colour {
        sink.append(" style=\"border-top-color:")
        sink.append(text: colour.rgb.hex)
        sink.append("\"")
      }
      sink.append(">")
      element("dt", figure.name, sink)
      element("dd", figure.value, style: "value", sink)
      if !figure.interval.isEmpty { element("dd", figure.interval, style: "interval", sink) }
      sink.append("</div>")
    }
    sink.append("</dl>")
  }

  private func write(_ table: Table, to sink: TextSink) {
    // On a phone each row of many columns becomes a list of headings and values. Elements that are no table's any more to the eye keep
    // their roles for those who listen.
    let isWide = table.columns.count > 3
    sink.append(
      isWide ? "<div class=\"table-box wide\"><table role=\"table\">" : "<div class=\"table-box\"><table>")
    element("caption", table.caption, sink)
    sink.append(isWide ? "<thead role=\"rowgroup\"><tr role=\"row\">" : "<thead><tr>")
    for (index, column) in table.columns.enumerated() {
      sink.append("<th scope=\"col\"")
      if isWide { sink.append(" role=\"columnheader\"") }
      if table.numericColumns.contains(index) { sink.append(" class=\"number\"") }
      sink.append(">")
      sink.append(html: column)
      sink.append("</th>")
    }
    sink.append(isWide ? "</tr></thead><tbody role=\"rowgroup\">" : "</tr></thead><tbody>")
    for row in table.rows {
      sink.append(isWide ? "<tr role=\"row\">" : "<tr>")
      for (index, cell) in row.enumerated() {
        sink.append(index == 0 ? "<th scope=\"row\"" : "<td")
        if isWide {
          sink.append(index == 0 ? " role=\"rowheader\"" : " role=\"cell\" data-heading=\"")
          if index > 0 {
            sink.append(html: index < table.columns.count ? table.columns[index] : "")
            sink.append("\"")
          }
        }
        if table.numericColumns.contains(index) { sink.append(" class=\"number\"") }
        sink.append(">")
        sink.append(html: cell)
        sink.append(index == 0 ? "</th>" : "</td>")
      }
      sink.append("</tr>\n")
    }
    sink.append("</tbody></table></div>")
  }

  private func write(_ picture: Picture, to sink: TextSink) {
    sink.append("<figure><img alt=\"")
    sink.append(html: picture.alternative)
    sink.append("\" width=\"")
    sink.append(picture.width)
    sink.append("\" src=\"data:image/png;base64,")
    sink.append(base64: picture.png)
    sink.append("\"><figcaption>")
    sink.append(html: picture.caption)
    for link in picture.links {
      sink.append(byte: 32)
      write(link, to: sink)
    }
    sink.append("</figcaption></figure>")
  }

  private func write(_ link: (name: String, path: String), to sink: TextSink) {
    // Behind ./ nothing is taken for another kind of address.
    sink.append("<a href=\"./")
    sink.append(html: link.path)
    sink.append("\">")
    sink.append(html: link.name)
    sink.append("</a>")
  }

  /// Adds JSON that is safe inside an element.
  private func write(_ value: JSONValue, to sink: TextSink) {
    switch value {
    case .string(let text): sink.append(scriptJSON: text)
    case .array(let values):
      sink.append("[")
      for (index, value) in values.enumerated() {
        if index > 0 { sink.append(byte: 44) }
        write(value, to: sink)
      }
      sink.append("]")
    case .object(let pairs):
      sink.append("{")
      for (index, (key, value)) in pairs.enumerated() {
        if index > 0 { sink.append(byte: 44) }
        sink.append(scriptJSON: key)
        sink.append(byte: 58)
        write(value, to: sink)
      }
      sink.append("}")
    case .integer, .number, .boolean, .null: sink.append(text: value.line)
    }
  }
}

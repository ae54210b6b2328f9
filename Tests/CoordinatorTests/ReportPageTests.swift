import Coordinator
import Foundation
import SeismicFormats
import Testing

@Suite("Pages")
struct ReportPageTests {
  /// Texts that would do harm if they were taken for markup, script or data.
  static let hostile = [
    "<script>window.hurt = 1</script>", "</script><script>window.hurt = 2</script>", "\"><img src=x onerror=\"hurt\">",
    "' onmouseover='hurt", "<!-- ", "]]>", "a\u{2028}b", "a\u{202E}b\u{0}\u{1B}c", "&lt;", "\\u003cscript>",
    "javascript:hurt()",
    "\u{FEFF}", "\u{85}",
  ]

  @Test("Text stays text in elements and attributes")
  func html() {
    #expect(htmlText("a < b & c > \"d\" 'e'") == "a &lt; b &amp; c &gt; &quot;d&quot; &#39;e&#39;")
    #expect(htmlText("1\n2\t3") == "1\n2\t3")
    #expect(htmlText("\u{0}\u{1F}\u{7F}\u{9B}\u{202E}\u{2066}") == String(repeating: "\u{FFFD}", count: 6))
    #expect(htmlText("Ærø 地震") == "Ærø 地震")
  }

  @Test("JSON inside a page comes back as it was, and holds nothing that ends it", arguments: hostile)
  func json(_ text: String) throws {
    let sink = TextSink()
    sink.append(scriptJSON: text)
    for mark in ["<", ">", "&", "\u{2028}", "\u{0}"] { #expect(!sink.string.contains(mark)) }
    let back = try JSONSerialization.jsonObject(with: Data(sink.string.utf8), options: .fragmentsAllowed) as? String
    let unseen: Set<Unicode.Scalar> = ["\u{0}", "\u{1B}", "\u{202E}", "\u{FEFF}", "\u{85}"]
    let expected = String(String.UnicodeScalarView(text.unicodeScalars.map { unseen.contains($0) ? "\u{FFFD}" : $0 }))
    #expect(back == expected)
  }

  @Test("A page of hostile text has the elements of one of harmless text")
  func inert() {
    func page(_ text: String) -> String {
      var table = DataTable(
        text, rowName: text,
        columns: [
          DataTable.Column(text, .text([text, text]), meaning: text),
          DataTable.Column(text, .words([0, 0], of: [text])),
        ])
      table.colours = [text: .blue]
      var drawing = VectorDrawing(width: 10, height: 10, alternative: text, caption: text)
      drawing.text(text, x: 0, y: 0)
      drawing.rectangle(x: 0, y: 0, width: 1, height: 1, "axis", title: text)
      let page = ReportPage(
        title: text, subtitle: text,
        sections: [
          ReportPage.Section(
            text,
            [
              .paragraph(text), .heading(text), .note(text), .list([text]),
              .keyFigures([.init(text, text, interval: text)]),
              .table(.init(text, columns: [text, text], rows: [[text, text]])), .dataTable(table), .drawing(drawing),
              .facts([(text, text)]), .details(summary: text, [.paragraph(text)]), .links([(text, text)]),
              .pictures([.init(png: [1, 2], alternative: text, caption: text, links: [(text, text)])]),
              .place(id: "p", otherwise: text), .data(id: "d", .object([(text, .array([.string(text)]))])),
            ])
        ])
      return page.html.string
    }
    func marks(_ text: String) -> [Character: Int] {
      Dictionary(grouping: text.filter { "<>\"'".contains($0) }, by: { $0 }).mapValues(\.count)
    }
    let harmless = marks(page("harmless"))
    for text in Self.hostile {
      let made = marks(page(text))
      #expect(made["<"] == harmless["<"], "\(text)")
      #expect(made[">"] == harmless[">"], "\(text)")
      #expect(!page(text).contains("href=\"javascript"))
    }
  }

  @Test("No script runs that the page does not name, and nothing is fetched")
  func policy() {
    let plain = ReportPage(title: "t", sections: [.init("s", [.paragraph("p")])]).html.string
    #expect(plain.contains("default-src 'none'; img-src data:; "))
    #expect(plain.contains("script-src 'none'\""))
    let table = DataTable("c", rowName: "rows", columns: [DataTable.Column("a", .numbers([1, .nan], decimals: 1))])
    let page = ReportPage(title: "t", sections: [.init("s", [.dataTable(table)])]).html.string
    #expect(page.contains("script-src 'sha256-"))
    #expect(!page.contains("script-src 'unsafe-inline'"))
    #expect(page.contains("\"values\":[1,null]"))
    for address in ["http:", "https:", "src=\"//"] { #expect(!page.contains(address)) }
  }
}

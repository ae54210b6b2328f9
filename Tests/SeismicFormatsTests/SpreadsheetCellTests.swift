import SeismicFormats
import Testing

@Suite("Cells that spreadsheets open")
struct SpreadsheetCellTests {
  static func written(_ text: String) -> String {
    let sink = TextSink()
    sink.append(cell: text)
    return sink.string
  }

  @Test(
    "What would be a formula gets an apostrophe; numbers and other text do not",
    arguments: [
      ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd", "'+cmd"), ("-a", "'-a"), ("\t=1", "'\t=1"),
      ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("'=1", "''=1"), ("-12.5", "-12.5"), ("+3e4", "+3e4"), ("a=b", "a=b"),
      ("", ""),
      ("'quoted'", "'quoted'"), ("#1", "\"#1\""),
    ])
  func written(_ text: String, _ expected: String) { #expect(Self.written(text) == expected) }

  @Test("Whatever is written is read as it was")
  func roundTrip() {
    for head in ["", "'", "''", "=", "'=", "''=", "-", "'-", "+", "@", "'@x", "-5", "'-5", "+1e", "\"=", "a"] {
      for tail in ["", "x", "1", "'", ",", "\""] {
        let text = head + tail
        let line = Self.written(text) + ",end"
        #expect(Array(line.utf8).withUnsafeBufferPointer { csvFields($0) } == [text, "end"], "\(line)")
      }
    }
  }
}

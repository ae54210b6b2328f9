import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Files that are no pick tables, and damaged ones")
struct PickTableFileTests {
  private func error(_ body: () throws -> Void) -> FormatError? {
    do {
      try body()
      return nil
    } catch {
      return error as? FormatError
    }
  }

  @Test("a file that cannot be a pick table is refused for the right reason")
  func refused() throws {
    let folder = try TemporaryFolder()
    func opening(_ path: String) -> FormatError? { error { _ = try PickTable(path) } }
    #expect(opening(folder.path("absent.csv"))?.kind == .missing)
    #expect(opening(try folder.write("file", "x") + "/inside.csv")?.kind == .missing)
    #expect(opening(folder.url.path)?.kind == .unreadable)
    #expect(opening("/dev/null")?.kind == .unreadable)
    let empty = try #require(opening(try folder.write("empty.csv", "")))
    #expect(empty.kind == .badData && empty.found == "it is empty")
    for text in ["\u{FEFF}", "\n", "a,S,2024-08-02 16:56:23,0.5,no pick,no pick\n", "\u{0}\u{1}\u{2}"] {
      let error = try #require(opening(try folder.write("headless.csv", text)))
      #expect(error.kind == .badData && error.place == .line(1))
      #expect(error.found.hasPrefix("there is no header line"))
    }
    for (index, column) in PickTable.columns.enumerated() {
      var names = PickTable.columns
      names[index] = "other"
      let error = try #require(opening(try folder.write("short.csv", names.joined(separator: ",") + "\nx\n")))
      #expect(error.kind == .badData && error.place == .line(1))
      #expect(error.found == "the header has no column \(column)")
      #expect(error.description.contains("short.csv, line 1: "))
    }
  }

  @Test("a table of no rows has no groups", arguments: ["", "\n", "\r\n", "\n\n  \n"])
  func noRows(end: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("picks.csv", PickTable.columns.joined(separator: ",") + end)
    let content = try PickTableContent(path)
    #expect(content.groups.isEmpty && content.problems.isEmpty)
    #expect(try PickTableReader(path).next() == nil)
  }

  @Test("a line longer than any table has is refused, wherever a stretch begins")
  func veryLongLine() throws {
    let folder = try TemporaryFolder()
    let row = "a,S,2024-08-02 16:56:23,0.5,no pick,no pick\n"
    for blank in [" ", "x", ","] {
      let text = PickRows.header + row + String(repeating: blank, count: 5 << 20) + "\n" + row
      let path = try folder.write("long.csv", text)
      let table = try PickTable(path)
      let whole = try #require(
        error { try table.read(table.body, onProblem: { _ in }, onGroup: { _ in }) })
      #expect(whole.kind == .badData)
      #expect(whole.place == .byte(PickRows.header.utf8.count + row.utf8.count))
      // The row behind it cannot be given to an event without it.
      let end = text.utf8.count
      let behind = try #require(
        error { try table.read((end - row.utf8.count)..<end, onProblem: { _ in }, onGroup: { _ in }) })
      #expect(behind.kind == .badData)
      #expect(behind.place == .byte(PickRows.header.utf8.count + row.utf8.count))
    }
  }

  @Test("a line of a little less than the limit is read")
  func longLine() throws {
    let folder = try TemporaryFolder()
    let code = String(repeating: "S", count: (4 << 20) - 100)
    let path = try folder.write(
      "long.csv",
      PickRows.header + "a,\(code),2024-08-02 16:56:23,0.5,no pick,no pick\n"
        + "a,S,2024-08-02 16:56:23,0.5,no pick,no pick\n" + PickRows.padding)
    let content = try PickTableContent(path)
    #expect(content.groups.first?.rows.map(\.station.count) == [code.count, 1])
    #expect(content.problems.isEmpty)
  }

  private static let table =
    PickRows.header + PickRows.usual(events: 6, seed: 61).joined(separator: "\n") + "\n" + PickRows.padding.prefix(700)

  @Test("a table cut at any byte is read up to there, in any stretches alike")
  func truncation() throws {
    let folder = try TemporaryFolder()
    let bytes = Array(Self.table.utf8)
    let whole = try PickTableContent(try folder.write("whole.csv", bytes))
    for length in (PickRows.header.utf8.count)..<bytes.count {
      let path = try folder.write("cut.csv", Array(bytes[..<length]))
      let content = try PickTableContent(path)
      #expect(content.problems.count <= 1)
      // All rows but the last, whose number may be shorter now, are those of the whole table.
      let rows = content.groups.flatMap(\.rows)
      #expect(rows.dropLast() == whole.groups.flatMap(\.rows).prefix(max(0, rows.count - 1)))
      if length % 16 == 0 { #expect(try PickTableContent(path, segmentSize: 97) == content) }
    }
  }

  @Test("a table with bytes changed is read, in any stretches alike")
  func changedBytes() throws {
    let folder = try TemporaryFolder()
    let whole = Array(Self.table.utf8)
    // What has a meaning in a table does more harm than other bytes.
    let meaningful = Array(",\"\n\r \t0119no.:-TZ\u{0}\u{7F}".utf8) + [0xC3, 0xEF, 0xFF]
    var random = SeededGenerator(62)
    for round in 0..<3000 {
      var bytes = whole
      for _ in 0...random.below(4) {
        let place = PickRows.header.utf8.count + random.below(bytes.count - PickRows.header.utf8.count)
        switch random.below(3) {
        case 0: bytes[place] = meaningful[random.below(meaningful.count)]
        case 1: bytes[place] ^= 1 << UInt8(random.below(8))
        default: bytes.insert(meaningful[random.below(meaningful.count)], at: place)
        }
      }
      let path = try folder.write("changed.csv", bytes)
      let content = try PickTableContent(path)
      // A row never becomes several and never vanishes: it is used or told of.
      let lines = bytes.split(separator: 10).dropFirst().filter { $0.contains { $0 > 32 } }.count
      #expect(content.groups.reduce(0) { $0 + $1.rows.count } + content.problems.count == lines)
      let size = 20 + random.below(800)
      #expect(try PickTableContent(path, segmentSize: size) == content, "round \(round), stretches of \(size)")
    }
  }

  @Test("dates whose ten bytes reach over a line end are no dates, the fast way either")
  func dateOverLineEnd() throws {
    let folder = try TemporaryFolder()
    let good = "a,S,2024-08-02 16:56:23,0.5,no pick,no pick\n"
    for date in ["20240802\n\n", "2024-215\n\n", "\n20240802\n", "\n\n20240802", "20240802\r\n"] {
      let text = PickRows.header + good + "a,S,\(date) 16:56:23,0.5,no pick,no pick\n"
      let long = try PickTableContent(try folder.write("long.csv", text))
      let fast = try PickTableContent(try folder.write("fast.csv", text + PickRows.padding))
      #expect(fast.groups.first == long.groups.first)
      #expect(fast.problems.map(\.line) == long.problems.map(\.line))
      #expect(fast.problems.map(\.found) == long.problems.map(\.found))
    }
  }

  @Test("what a handler throws comes out")
  func handlers() throws {
    struct Deliberate: Error, Equatable {}
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "picks.csv", PickRows.header + "a,S,2024-08-02 16:56:23,7,no pick,no pick\n" + PickRows.padding)
    let table = try PickTable(path)
    #expect(throws: Deliberate()) {
      try table.read(table.body, onProblem: { _ in throw Deliberate() }, onGroup: { _ in })
    }
    #expect(throws: Deliberate()) {
      try table.read(table.body, onProblem: { _ in }, onGroup: { _ in throw Deliberate() })
    }
  }
}

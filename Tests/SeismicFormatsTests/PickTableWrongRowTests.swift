import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Wrong rows of a pick table")
struct PickTableWrongRowTests {
  struct Wrong: Sendable, CustomTestStringConvertible {
    var row: String
    var found: String
    var expected: String
    var event: String = "bad"
    var testDescription: String { row }
  }

  private static let number = "a number from 0 to 1"
  private static let numberOrNone = "a number from 0 to 1, or 'no pick'"
  private static let time = "a time as 2024-08-02 16:56:23.715"
  private static let both = "a time and a probability, or 'no pick' in both"
  private static let columns = "6, as in the header"

  static let rows: [Wrong] = [
    Wrong(row: "bad", found: "1 columns", expected: columns),
    Wrong(row: "bad,S,2024-08-02 16:56:23,0.5,no pick", found: "5 columns", expected: columns),
    Wrong(row: "bad,S,2024-08-02 16:56:23,0.5,no pick,no pick,", found: "7 columns", expected: columns),
    Wrong(row: "bad,S,2024-08-02 16:56:23,0.5,no pick,no pick,a,b,c", found: "9 columns", expected: columns),
    Wrong(row: "bad,,2024-08-02 16:56:23,0.5,no pick,no pick", found: "station is empty", expected: "a station code"),
    Wrong(row: "bad, ,2024-08-02 16:56:23,0.5,no pick,no pick", found: "station is empty", expected: "a station code"),
    Wrong(row: "bad,S,,0.5,no pick,no pick", found: "p_t is ''", expected: time),
    Wrong(row: "bad,S,no pick,0.5,no pick,no pick", found: "p_t is 'no pick'", expected: time),
    Wrong(row: "bad,S,no pick,no pick,no pick,no pick", found: "p_t is 'no pick'", expected: time),
    Wrong(
      row: "bad,S,2024-02-30 16:56:23.000000,0.5,no pick,no pick", found: "p_t is '2024-02-30 16:56:23.000000'",
      expected: time),
    Wrong(
      row: "bad,S,2024-08-02 24:00:01.000000,0.5,no pick,no pick", found: "p_t is '2024-08-02 24:00:01.000000'",
      expected: time),
    Wrong(
      row: "bad,S,2024-08-02 16:60:01.000000,0.5,no pick,no pick", found: "p_t is '2024-08-02 16:60:01.000000'",
      expected: time),
    Wrong(row: "bad,S,1722617783,0.5,no pick,no pick", found: "p_t is '1722617783'", expected: time),
    Wrong(row: "bad,S,2024-08-02 16:56:23,1.7,no pick,no pick", found: "p_prob is '1.7'", expected: number),
    Wrong(
      row: "bad,S,2024-08-02 16:56:23,1.000000000001,no pick,no pick", found: "p_prob is '1.000000000001'",
      expected: number),
    Wrong(row: "bad,S,2024-08-02 16:56:23,-0.1,no pick,no pick", found: "p_prob is '-0.1'", expected: number),
    Wrong(row: "bad,S,2024-08-02 16:56:23,nan,no pick,no pick", found: "p_prob is 'nan'", expected: number),
    Wrong(row: "bad,S,2024-08-02 16:56:23,inf,no pick,no pick", found: "p_prob is 'inf'", expected: number),
    Wrong(row: "bad,S,2024-08-02 16:56:23,,no pick,no pick", found: "p_prob is ''", expected: number),
    Wrong(row: "bad,S,2024-08-02 16:56:23,0.5x,no pick,no pick", found: "p_prob is '0.5x'", expected: number),
    Wrong(row: "bad,S,2024-08-02 16:56:23,no pick,no pick,no pick", found: "p_prob is 'no pick'", expected: number),
    Wrong(
      row: "bad,S,2024-08-02 16:56:23,0.5,no pick,0.5", found: "s_t is 'no pick' and s_prob is '0.5'", expected: both),
    Wrong(
      row: "bad,S,2024-08-02 16:56:23,0.5,2024-08-02 16:56:23,no pick",
      found: "s_t is '2024-08-02 16:56:23' and s_prob is 'no pick'", expected: both),
    Wrong(row: "bad,S,2024-08-02 16:56:23,0.5,,0.5", found: "s_t is '' and s_prob is '0.5'", expected: both),
    Wrong(row: "bad,S,2024-08-02 16:56:23,0.5,soon,0.5", found: "s_t is 'soon'", expected: "a time, or 'no pick'"),
    Wrong(
      row: "bad,S,2024-08-02 16:56:23,0.5,NO PICK,0.5", found: "s_t is 'NO PICK'", expected: "a time, or 'no pick'"),
    Wrong(
      row: "bad,S,2024-08-02 16:56:23,0.5,2024-08-02 16:56:23,1.7", found: "s_prob is '1.7'", expected: numberOrNone),
    Wrong(
      row: "bad,S,2024-08-02 16:56:23.000000,0.5,2024-08-02 16:56:23.000000,nan", found: "s_prob is 'nan'",
      expected: numberOrNone),
    Wrong(
      row: ",S,2024-08-02 16:56:23,0.5,no pick,no pick", found: "a row of 6 columns without event_id",
      expected: "6 columns, event_id among them", event: ""),
    Wrong(
      row: " ,S", found: "a row of 2 columns without event_id", expected: "6 columns, event_id among them", event: ""),
    Wrong(
      row: "bad,S,\(String(repeating: "9", count: 100)),0.5,no pick,no pick",
      found: "p_t is '\(String(repeating: "9", count: 37))…'", expected: time),
    Wrong(
      row: "bad,S\u{7},now\u{1B}[31m,0.5,no pick,no pick", found: "p_t is 'now [31m'", expected: time),
  ]

  @Test("a wrong row is told of with its line, what was found and what was expected", arguments: rows)
  func wrong(_ wrong: Wrong) throws {
    let folder = try TemporaryFolder()
    let good = PickRows.usual(events: 5, seed: 51)
    // Among the rows of one event, between events, first, last, and out of reach of the fast way.
    for (index, padding) in [(0, ""), (good.count, ""), (3, PickRows.padding), (0, PickRows.padding)] {
      var rows = good
      rows.insert(wrong.row, at: index)
      let text = PickRows.header + rows.joined(separator: "\n") + "\n"
      let path = try folder.write("picks.csv", text + padding)
      let content = try PickTableContent(path)
      let problem = try #require(content.problems.first)
      #expect(content.problems.count == 1)
      #expect(problem.line == index + 2)
      #expect(problem.byte == text.utf8.count - rows[index...].joined(separator: "\n").utf8.count - 1)
      #expect(problem.file == path)
      #expect(problem.eventID == wrong.event)
      #expect(problem.found == wrong.found)
      #expect(problem.expected == wrong.expected)
      #expect(problem.action == "row left out")
      #expect(content.groups.reduce(0) { $0 + $1.unusableRowCount } == (wrong.event.isEmpty ? 0 : 1))
      // Nothing else is lost.
      let read = content.groups.filter { $0.id.hasPrefix("event") }.reduce(0) { $0 + $1.rows.count }
      #expect(read == good.count)
    }
  }

  @Test("a file that ends in the middle of a row says so", arguments: 1...53)
  func cut(left: Int) throws {
    let folder = try TemporaryFolder()
    let last = "last,S,2024-08-02 16:56:23.000000,0.5,no pick,no pick"
    let path = try folder.write(
      "picks.csv",
      PickRows.header + PickRows.usual(events: 1, seed: 52, rowsEach: 2...2).joined(separator: "\n")
        + "\n" + last.prefix(left))
    let content = try PickTableContent(path)
    #expect(content.groups.first?.rows.count == 2)
    let group = try #require(content.groups.last)
    #expect(group.id == last.prefix(min(left, 4)))
    // Behind "no pick," nothing but another "no pick" can have stood.
    if left == last.count || left == last.count - 7 {
      #expect(content.problems.isEmpty)
      #expect(group.rows.count == 1 && group.rows.first?.sTime == nil)
      return
    }
    let problem = try #require(content.problems.first)
    #expect(content.problems.count == 1 && group.rows.isEmpty && group.unusableRowCount == 1)
    #expect(problem.line == 4)
    #expect(problem.found.hasSuffix(", and the file ends in the middle of the line"))
  }

  @Test("an event of too many rows is cut off and told of")
  func tooManyRows() throws {
    let folder = try TemporaryFolder()
    let row = "e,S,2024-08-02 16:56:23,0.5,no pick,no pick\n"
    let path = try folder.write(
      "picks.csv", PickRows.header + String(repeating: row, count: PickTable.rowLimit + 2) + PickRows.padding)
    let table = try PickTable(path)
    var problems: [Problem] = []
    var counts: [Int] = []
    try table.read(table.body, onProblem: { problems.append($0) }, onGroup: { counts.append($0.rows.count) })
    #expect(counts.first == PickTable.rowLimit)
    #expect(counts.count == 21)
    #expect(problems.map(\.line) == [PickTable.rowLimit, PickTable.rowLimit + 1])
    #expect(problems.first?.found == "more than 1000000 rows in one event")
  }
}

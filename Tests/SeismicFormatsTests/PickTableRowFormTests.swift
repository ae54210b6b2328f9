import SeismicFormats
import TestSupport
import Testing

@Suite("Forms of the rows of a pick table")
struct PickTableRowFormTests {
  private static let rows = PickRows.usual(events: 300, seed: 41)
  /// Rows with each form of number and time that is read.
  private static let forms: [String] = {
    var rows: [String] = []
    for decimals in 1...19 {
      rows.append("d\(decimals),S,2024-08-02 16:56:23,0.\("1234567890123456789".prefix(decimals)),no pick,no pick")
      rows.append("d\(decimals),S,2024-08-02 16:56:23,0.\("9999999999999999999".prefix(decimals)),no pick,no pick")
      rows.append("d\(decimals),S,2024-08-02 16:56:23,1.\("0000000000000000000".prefix(decimals)),no pick,no pick")
      rows.append(
        "d\(decimals),S,2024-08-02 16:56:23.\("1234567895123456789".prefix(decimals)),0,2024-08-02 16:56:29.9,1")
    }
    for probability in [
      "0", "1", "0.0", "1.0", ".5", "1.", "+0.5", "5e-1", "1E-3", "1e0", "0.5e0", "00.5", "-0", "0.006999999999999999",
      "0.1000000000000000055511151231257827021181583404541015625",
    ] {
      rows.append("p,S,2024-08-02 16:56:23,\(probability),2024-08-02 16:56:24,\(probability)")
    }
    for time in [
      "2024-08-02 16:56:23", "2024-08-02T16:56:23", "2024-08-02T16:56:23Z", "2024-08-02 16:56:23.5+02:00", "2024-08-02",
      "2024-08-02 16:56", "2024-215T16:56:23.25", "20240802T16:56:23.25", "20240802   16:56:23", "2016-12-31 23:59:60",
      "2024-12-31T24:00:00", "1969-12-31 23:59:59.999999999", "2024-02-29 00:00:00.000001", "2024-08-02 16:56:23 UTC",
    ] {
      rows.append("t,S,\(time),0.5,\(time),0.25")
    }
    for station in [
      "A", "TX.PB01..HHZ", "\u{C4}tna", String(repeating: "S", count: 31), String(repeating: "S", count: 32),
      String(repeating: "S", count: 600), "S+1", "S 1", "S-1", "(S)", "S'1", "S~1",
    ] {
      rows.append("s,\(station),2024-08-02 16:56:23,0.5,no pick,no pick")
      rows.append("\(station)-id,S,2024-08-02 16:56:23,0.5,no pick,no pick")
      rows.append("\(station)-id,S,2024-08-02 16:56:23,0.5,no pick,no pick")
    }
    rows.append("\(String(repeating: "i", count: 300)),S,2024-08-02 16:56:23,0.5,no pick,no pick")
    rows.append("m,S,2024-08-02 16:56:23,0.5,,")
    return rows
  }()

  /// The value of each row, taken apart the plain way.
  private func expected(_ rows: [String]) throws -> [PickTableContent.Group] {
    var groups: [PickTableContent.Group] = []
    for row in rows {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let hasS = fields[4] != "no pick" && !fields[4].isEmpty
      if groups.last?.id != fields[0] { groups.append(.init(id: fields[0], rows: [], unusableRowCount: 0)) }
      groups[groups.count - 1].rows.append(
        PickTableContent.Row(
          station: fields[1], hash: stableHash(fields[1]), pTime: try #require(UTCTime(fields[2])),
          pProbability: try #require(Double(fields[3].hasSuffix(".") ? fields[3] + "0" : fields[3])),
          sTime: hasS ? UTCTime(fields[4]) : nil,
          sProbability: hasS ? Double(fields[5].hasSuffix(".") ? fields[5] + "0" : fields[5]) : nil))
    }
    return groups
  }

  private func check(_ rows: [String], _ text: String, _ comment: Testing.Comment) throws {
    let folder = try TemporaryFolder()
    // With rows behind them the rows go the fast way, without they go the long way.
    for padding in text.utf8.last == 10 ? ["", PickRows.padding] : [""] {
      let content = try PickTableContent(try folder.write("picks.csv", text + padding))
      let groups = try expected(rows)
      #expect(content.problems == [], comment)
      #expect(content.groups.count >= groups.count, comment)
      for (read, wanted) in zip(content.groups, groups) { #expect(read == wanted, comment) }
    }
  }

  @Test("rows of the usual form are read as they stand")
  func usual() throws {
    try check(Self.rows, PickRows.header + Self.rows.joined(separator: "\n") + "\n", "usual rows")
  }

  @Test("every form of number, time and code is read, the fast way and the long way alike")
  func everyForm() throws {
    try check(Self.forms, PickRows.header + Self.forms.joined(separator: "\n") + "\n", "forms")
    // A usual row before each opens the group, so that the fast way meets the row itself.
    let led = Self.forms.flatMap { row in
      ["\(row.prefix { $0 != "," }),S,2024-08-02 16:56:23.000000,0.5,no pick,no pick", row]
    }
    try check(led, PickRows.header + led.joined(separator: "\n") + "\n", "forms behind usual rows")
  }

  @Test("line ends, a byte-order mark, blanks and capital letters in the header change nothing")
  func surroundings() throws {
    let rows = Self.rows.joined(separator: "\n") + "\n"
    try check(Self.rows, "\u{FEFF}" + PickRows.header + rows, "byte-order mark")
    try check(
      Self.rows, (PickRows.header + rows).split(separator: "\n").map { $0 + "\r\n" }.joined(), "carriage returns")
    try check(Self.rows, "Event_ID, station ,P_T,\"p_prob\",s_t,s_prob \n" + rows, "header")
    try check(Self.rows, PickRows.header + rows.split(separator: "\n").joined(separator: "\n\n") + "\n", "blank lines")
    let blanks = Self.rows.map { " " + $0.split(separator: ",").joined(separator: " ,\t") + " \n" }.joined()
    try check(Self.rows, PickRows.header + blanks, "blanks around fields")
    let quotes = Self.rows.map { "\"" + $0.split(separator: ",").joined(separator: "\",\"") + "\"\n" }.joined()
    try check(Self.rows, PickRows.header + quotes, "quotes")
    try check(Self.rows, PickRows.header + Self.rows.joined(separator: "\n"), "no line end at the end")
  }

  @Test("columns in any order and further columns change nothing")
  func columnOrder() throws {
    let folder = try TemporaryFolder()
    let usual = try PickTableContent(
      try folder.write("usual.csv", PickRows.header + Self.rows.joined(separator: "\n") + "\n"))
    var random = SeededGenerator(42)
    for round in 0..<8 {
      let names = (PickTable.columns + ["snr", "note"].prefix(round % 3)).shuffled(using: &random)
      var text = names.joined(separator: ",") + "\n"
      for row in Self.rows {
        let fields = Dictionary(uniqueKeysWithValues: zip(PickTable.columns, row.split(separator: ",")))
        text += names.map { String(fields[$0] ?? "7") }.joined(separator: ",") + "\n"
      }
      let path = try folder.write("other.csv", text)
      let other = try PickTableContent(path)
      #expect(other == usual, "\(names)")
      #expect(try PickTableContent(path, segmentSize: 777) == usual)
      #expect(Set(try PickTable(path).otherColumns) == Set(["snr", "note"].prefix(round % 3)))
    }
  }

  @Test("a group is copied whole, and keeps nothing of what it held before")
  func copies() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("picks.csv", PickRows.header + Self.rows.joined(separator: "\n") + "\n")
    let copy = PickGroup()
    let table = try PickTable(path)
    var seen = 0
    try table.read(table.body, onProblem: { _ in }) { group in
      copy.assign(group)
      seen += 1
      #expect(PickTableContent.Group(copy) == PickTableContent.Group(group))
      #expect(copy.firstTime == group.rows.map(\.pTime).min())
      #expect(copy.eventID == Array(group.eventName.utf8))
    }
    #expect(seen == 300)
    Array("new".utf8).withUnsafeBufferPointer { copy.begin($0) }
    #expect(copy.rows.isEmpty && copy.firstTime == nil && copy.eventName == "new" && copy.unusableRowCount == 0)
  }
}

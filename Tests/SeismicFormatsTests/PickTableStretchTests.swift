import SeismicFormats
import TestSupport
import Testing

@Suite("Stretches of a pick table")
struct PickTableStretchTests {
  /// A small table with everything that may stand between two groups.
  private static let small =
    PickRows.header + """
      a,S1,2024-08-02 16:56:23.715000,0.5,no pick,no pick
      a,S2,2024-08-02 16:56:24.715000,0.75,2024-08-02 16:56:30,0.25

      ,S3,2024-08-02 16:56:24.715000,0.75,no pick,no pick
      a,S3,2024-08-02 16:56:24.715000,1.75,no pick,no pick
      b,S1,2024-08-02 17:56:23.715000,0.5,no pick,no pick
      lonely
      b
      "c",S1,2024-08-02T17:56:23.715Z,0.5,,
      a,S1,2024-08-02 16:56:23.715000,0.5,no pick,no pick
      \u{20}\t
      nothing,S1,yesterday,0.5,no pick,no pick
      nothing,S1,yesterday,0.5,no pick,no pick
      ,,,,,
      b2,S1,2024-08-02 18:56:23.715000,0.125,no pick,no pick\r
      b2,S1,2024-08-02 18:56:23.715000,0.125,no pick,no pick
      """

  @Test("any size of stretch gives the same groups and the same problems with the same lines")
  func everySize() throws {
    let folder = try TemporaryFolder()
    for (name, text) in [("cut", Self.small), ("whole", Self.small + "\n"), ("blank", Self.small + "\n\n \n")] {
      let path = try folder.write(name, text)
      let whole = try PickTableContent(path)
      #expect(whole.groups.map(\.id) == ["a", "b", "lonely", "b", "c", "a", "nothing", "b2"])
      #expect(whole.groups.map(\.rows.count) == [2, 1, 0, 0, 1, 1, 0, 2])
      #expect(whole.groups.map(\.unusableRowCount) == [1, 0, 1, 1, 0, 0, 2, 0])
      #expect(whole.problems.map(\.line) == [5, 6, 8, 9, 13, 14, 15])
      for size in 1...(text.utf8.count + 1) {
        let content = try PickTableContent(path, segmentSize: size)
        #expect(content == whole, "stretches of \(size) bytes")
      }
    }
  }

  @Test("any size of stretch of a table long enough for the fast way gives the same")
  func randomSizes() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(31)
    var rows = PickRows.usual(events: 400, seed: 32, rowsEach: 0...9)
    for _ in 0..<60 {
      let bad = [
        "", "x", ",S,2024-08-02 16:56:23,0.5,no pick,no pick", "\(rows[random.below(rows.count)]),", " \(rows[0])",
        "event7,S\u{C3}\u{A9},2024-08-02 16:56:23,0.5,no pick,no pick",
        "\"e,v\",S,2024-08-02 16:56:23,1,no pick,no pick",
        "event9,S,2024-08-02 16:56:23,1.5,no pick,no pick", "event 9,S,2024-08-02 16:56:60,1,no pick,no pick",
      ]
      rows.insert(bad[random.below(bad.count)], at: random.below(rows.count))
    }
    let path = try folder.write("picks.csv", PickRows.header + rows.joined(separator: "\n") + "\n")
    let whole = try PickTableContent(path)
    #expect(whole.groups.count > 300)
    #expect(whole.problems.count > 20)
    let size = try PickTable(path).body.count
    var sizes = [1000, 4096, 5000, size - 1, size, size + 1, Int.max]
    for _ in 0..<60 { sizes.append(200 + random.below(size)) }
    for segmentSize in sizes {
      #expect(try PickTableContent(path, segmentSize: segmentSize) == whole, "stretches of \(segmentSize) bytes")
    }
  }

  @Test("a group longer than many stretches, and than what is looked back at, comes once")
  func longGroup() throws {
    let folder = try TemporaryFolder()
    let row = "long,S1,2024-08-02 16:56:23.715000,0.5,no pick,no pick\n"
    let text =
      PickRows.header + PickRows.padding + String(repeating: row, count: 400)
      + String(repeating: "\n", count: 10_000) + row + PickRows.padding
    let path = try folder.write("picks.csv", text)
    let whole = try PickTableContent(path)
    #expect(whole.groups.first { $0.id == "long" }?.rows.count == 401)
    for size in [701, 1 << 12, 1 << 13, 12_345] {
      #expect(try PickTableContent(path, segmentSize: size) == whole)
    }
  }

  @Test("the table's size and a stretch's size alone decide the stretches, and they cover the body")
  func cover() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("picks.csv", Self.small)
    let table = try PickTable(path)
    #expect(table.body == PickRows.header.utf8.count..<Self.small.utf8.count)
    for size in [-1, 0, 1, 2, 7, 100, Self.small.utf8.count, .max] {
      let segments = table.segments(ofSize: size)
      #expect(segments.first?.lowerBound == table.body.lowerBound)
      #expect(segments.last?.upperBound == table.body.upperBound)
      #expect(zip(segments, segments.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
      #expect(segments.allSatisfy { $0.count <= max(size, 1) && !$0.isEmpty })
    }
  }

  @Test("a stretch outside the body holds nothing")
  func outside() throws {
    let folder = try TemporaryFolder()
    let table = try PickTable(try folder.write("picks.csv", Self.small))
    let end = table.body.upperBound
    for segment in [0..<0, 0..<10, end..<end, end..<(end + 10), (end + 5)..<(end + 500)] {
      let summary = try table.read(segment, onProblem: { _ in }, onGroup: { _ in })
      #expect(summary.lineCount == 0 && summary.groupCount == 0)
    }
  }
}

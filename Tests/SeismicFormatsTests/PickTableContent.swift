import SeismicFormats

/// Everything that reading a pick table gives, to be compared.
struct PickTableContent: Equatable {
  struct Row: Equatable {
    var station: String
    var hash: UInt64
    var pTime: UTCTime
    var pProbability: Double
    var sTime: UTCTime?
    var sProbability: Double?
  }

  struct Group: Equatable {
    var id: String
    var rows: [Row]
    var unusableRowCount: Int
  }

  var groups: [Group] = []
  /// With line numbers counted from the first line of the file.
  var problems: [Problem] = []

  /// Reads a table stretch by stretch.
  ///
  /// - Parameter segmentSize: bytes in a stretch; nil reads all at once.
  init(_ path: String, segmentSize: Int? = nil) throws {
    let table = try PickTable(path)
    var lines = 1
    for segment in segmentSize.map(table.segments) ?? [table.body] {
      lines += try add(table, segment, linesBefore: lines).lineCount
    }
    // The rest of a group is read before the rows of nobody that stand in it, if a stretch ends in between.
    problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
  }

  /// Adds the groups that begin in one stretch.
  private mutating func add(
    _ table: PickTable, _ segment: Range<Int>, linesBefore: Int
  ) throws -> PickTable.Summary {
    var groups: [Group] = []
    var problems: [Problem] = []
    let summary = try table.read(
      segment,
      onProblem: { problem in
        var problem = problem
        problem.line = problem.line.map { $0 + linesBefore + 1 }
        problems.append(problem)
      },
      onGroup: { groups.append(Group($0)) })
    guard summary.groupCount == groups.count, summary.problemCount == problems.count,
      summary.rowCount == groups.reduce(0, { $0 + $1.rows.count })
    else { throw WrongSummary(summary: summary) }
    self.groups += groups
    self.problems += problems
    return summary
  }

  struct WrongSummary: Error {
    var summary: PickTable.Summary
  }
}

extension PickTableContent.Group {
  init(_ group: PickGroup) {
    id = group.eventName
    unusableRowCount = group.unusableRowCount
    rows = group.rows.map {
      PickTableContent.Row(
        station: group.stationCode($0), hash: $0.station, pTime: $0.pTime, pProbability: $0.pProbability,
        sTime: $0.hasS ? $0.sTime : nil, sProbability: $0.hasS ? $0.sProbability : nil)
    }
  }
}

/// Rows for pick tables.
enum PickRows {
  static let header = "event_id,station,p_t,p_prob,s_t,s_prob\n"

  /// Rows of the usual form of some events.
  static func usual(events: Int, seed: UInt64, rowsEach: ClosedRange<Int> = 1...4) -> [String] {
    var random = SeededGenerator(seed)
    var rows: [String] = []
    for event in 0..<events {
      for _ in 0..<Int.random(in: rowsEach, using: &random) {
        let second = random.below(50)
        let p = "2024-0\(1 + random.below(9))-1\(random.below(10)) 16:56:\(second < 10 ? "0" : "")\(second)"
        let s = p.dropLast(2) + "5\(random.below(10))"
        let hasS = random.below(3) > 0
        rows.append(
          "event\(event),ST\(random.below(30)),\(p).\(random.digits(6)),0.\(random.digits(1 + random.below(19))),"
            + (hasS ? "\(s).\(random.digits(6)),0.\(random.digits(3))" : "no pick,no pick"))
      }
    }
    return rows
  }

  /// Enough rows to put what stands before them out of reach of the file's end: only there the fast way is taken.
  static let padding: String = usual(events: 20, seed: 99).map { "padding-" + $0 + "\n" }.joined()
}

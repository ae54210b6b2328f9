import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import Worker

/// One pass of all ranks over the pick tables of a job: every event's pieces of the output, in intermediate files.
struct PickPass: EventPass {
  /// Where this rank's time went.
  let times: StageTimes
  /// Events whose rows did not stand together.
  let split: SplitEvents
  private let input: PickInput
  /// What the units came to; on rank 0 only.
  private let summaries: [PickScoring.UnitSummary]
  /// The units that could not be processed; on rank 0 only.
  private let setAside: [UnitSchedule.Failure]
  /// The intermediate files of split events; on rank 0 only.
  private let splitFiles: [String]

  /// Makes the pass.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  init(
    _ input: PickInput, model: ModelFolder?, features: FeatureSet = .picks, network: String, work: WorkFolder,
    isStrict: Bool, limits: SharingLimits = SharingLimits(), decisions: Decisions? = nil,
    over communicator: any Communicator, report: Reporter
  ) throws {
    self.input = input
    for remark in input.remarks { report.warn(remark) }
    let scoring = try communicator.agree {
      try PickScoring(
        input, model: model, features: features, network: network, folder: work.path, isStrict: isStrict,
        decisions: decisions)
    }
    var summaries = [PickScoring.UnitSummary?](repeating: nil, count: input.units.count)
    let progress = report.progress("units")
    var done = 0
    // What the tables hold stands in the job's identity.
    let names = input.units.map { unit in
      [unit.source, unit.range.lowerBound, unit.range.upperBound].reduce(UInt64(unit.index)) {
        mixed($0 ^ UInt64(bitPattern: Int64($1)))
      }
    }
    var setAside: [UnitSchedule.Failure] = []
    var settings = limits.settings(report)
    settings.describe = { input.words(of: $0) }
    let course = try UnitCourse(
      names, costs: input.units.map { Double($0.range.count) }, in: work, settings: settings, over: communicator,
      report: report,
      onRestored: { unit, payload in
        try scoring.restore(input.units[unit], try work.summary(PickScoring.UnitSummary.self, payload))
      })
    try course.run(
      work: { unit, poll in try UnitProduct(try scoring.score(input.units[unit], poll: poll), in: work) },
      onResult: { unit, payload in
        summaries[unit] = try work.summary(PickScoring.UnitSummary.self, payload)
        done += 1
        progress.update(done, input.units.count)
      },
      onSetAside: { failure in
        summaries[failure.unit] = try scoring.setAside(input.units[failure.unit], because: failure.description)
        setAside.append(failure)
        report.warn("\(input.words(of: failure.unit)) could not be processed: \(failure.description); see problems.csv")
      })
    progress.finish()
    self.setAside = setAside
    self.summaries = summaries.compactMap { $0 }

    split = try SplitEvents(scoring.seen, over: communicator)
    var files: [String] = []
    if !split.hashes.isEmpty {
      report.note("the rows of \(split.hashes.count) events do not stand together; reading them again")
      files = try scoring.score("split-\(communicator.rank)") { [split] add in
        try split.bringTogether(input, over: communicator) { group, _ in try add(group) }
      }
    }
    splitFiles = try communicator.gatherv(Array(files.joined(separator: "\n").utf8)).flatMap { bytes in
      bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
    }
    times = scoring.times
  }

  var joinedCount: Int { split.hashes.count }
  var archiveIndex: [UInt8] { [] }
  var stationWindowCount: Int { 0 }
  var rowCount: Int { summaries.reduce(0) { $0 + $1.rowCount } }
  private var problemCount: Int { summaries.reduce(0) { $0 + $1.problemCount } }

  func forEachRecord(_ body: (RecordCursor) throws -> Void) throws {
    let whole = Set(splitFiles)
    var merge = try RecordMerge(summaries.flatMap(\.files) + splitFiles)
    try merge.forEach { cursor in
      // The parts of an event that was brought together later do not count.
      if split.contains(cursor.hash) && !whole.contains(cursor.path) { return }
      try body(cursor)
    }
  }

  /// Writes the problems of all units, in the order of files and lines.
  ///
  /// Rank 0 only.
  ///
  /// - Throws: ``FormatError``; `badData` when nothing in the tables could be used.
  func writeProblems(to path: String) throws -> ProblemTable {
    let output = try FileOutput(path)
    try output.write(ProblemTable.header)
    var first: (file: String, line: Int, text: String)?
    var linesBefore = 1
    var source = -1
    let sink = TextSink()
    for (unit, summary) in zip(input.units, summaries) {
      if unit.source != source {
        source = unit.source
        linesBefore = 1
      }
      defer { linesBefore += summary.lineCount }
      guard !summary.problemFile.isEmpty else { continue }
      let file = input.sources[unit.source].path
      try TextLines.forEach(in: summary.problemFile) { line in
        // The number of the row in its unit, a tab, and the rest of the row of the table.
        guard let tab = line.firstIndex(of: 9), let number = parseInteger(UnsafeBufferPointer(rebasing: line[..<tab]))
        else { return }
        let row = UnsafeBufferPointer(rebasing: line[(tab + 1)...])
        let place = number + linesBefore + 1
        if first == nil {
          let parts = csvFields(row)
          first = (file, place, parts.count > 3 ? "\(parts[2]); expected \(parts[3])" : row.string)
        }
        sink.append(cell: file)
        sink.append(byte: 44)
        sink.append(place)
        sink.append(byte: 44)
        sink.append(row)
        sink.append(byte: 10)
        if sink.count > 1 << 19 { try output.write(sink) }
      }
    }
    for failure in setAside {
      let unit = input.units[failure.unit]
      Problem(
        file: input.sources[unit.source].path, byte: unit.range.lowerBound,
        found: "\(input.words(of: failure.unit)): \(failure.description)", expected: "a unit that can be processed",
        action: "its events are uncertain"
      ).appendRow(to: sink)
    }
    try output.write(sink)
    guard rowCount > 0 else {
      if let first {
        throw FormatError(
          .badData, file: first.file, at: .line(first.line), found: first.text,
          remedy: "no row of the tables could be used")
      }
      throw FormatError(
        .badData, file: input.sources.map(\.path).joined(separator: ", "),
        found: "there is no row behind the header", expected: "rows of picks")
    }
    let warning = first.map { first in
      "\(problemCount == 1 ? "1 row" : "\(problemCount) rows") could not be used, first \(first.file), line "
        + "\(first.line): \(first.text); see problems.csv"
    }
    return ProblemTable(file: output, count: problemCount + setAside.count, warning: warning)
  }
}

extension PickInput {
  /// A unit in words: its number, and which part of which table it is.
  fileprivate func words(of number: Int) -> String {
    guard units.indices.contains(number) else { return "unit \(number)" }
    let unit = units[number]
    return "unit \(number) (\(sources[unit.source].path), bytes \(unit.range.lowerBound) to \(unit.range.upperBound))"
  }
}

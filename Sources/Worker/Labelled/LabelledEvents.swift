public import HSDLCompute
public import MPI
import SeismicFormats

/// Features of labelled events, shared out over the ranks.
public struct LabelledEvents: Sendable {
  /// This rank's events.
  public var table: FeatureTable
  /// When each of them was, in seconds since 1970; NaN where that is not known.
  public var times: [Double]
  /// The number of the table of features in which each of them stands; empty for pick tables.
  public var tables: [Int] = []
  /// The number of rows of all ranks' tables.
  public var rowCount: Int
  /// What the user should know of the tables.
  public var remarks: [String]

  init(table: FeatureTable, times: [Double], tables: [Int] = [], rowCount: Int, remarks: [String]) {
    self.table = table
    self.tables = tables
    self.times = times
    self.rowCount = rowCount
    self.remarks = remarks
  }

  /// Reads tables of real and of fake events.
  ///
  /// Every event lies on one rank, whole. Collective.
  ///
  /// - Parameters:
  ///   - real: tables of real events.
  ///   - fake: tables of fake events.
  ///   - features: which features.
  /// - Throws: ``AgreedFailure`` on all ranks: when a table cannot be read, a row cannot be used, or an event stands in two
  ///   tables.
  public init(
    real: [String], fake: [String], features: FeatureSet, over communicator: any Communicator
  ) throws {
    let input = try communicator.agree {
      let paths = real.map { ($0, UInt8?(1)) } + fake.map { ($0, UInt8?(0)) }
      let whole = try PickInput(paths, unitSize: 1 << 40).byteCount
      // Enough units to go round, but not so many that the borders cost.
      return try PickInput(paths, unitSize: max(1 << 16, whole / (8 * communicator.size) + 1))
    }
    let places = try features.places(in: .picks)
    var table = FeatureTable(features: features)
    var times: [Double] = []
    var hashes: [UInt64] = []
    let seen = SeenEvents()
    var rows = 0
    let extractor = PickFeatures()
    var values = [Double](repeating: 0, count: PickFeatures.count)

    func add(_ group: PickGroup, label: UInt8?) {
      values.withUnsafeMutableBufferPointer { extractor.compute(group.rows, into: $0) }
      table.append(id: group.eventName, label: label, values: places.map { values[$0] })
      times.append(group.firstTime?.timeInterval(since: .epoch) ?? .nan)
      hashes.append(stableHash(group.idBytes))
    }

    try communicator.agree {
      let tables = OpenTables(input)
      // Neighbouring units for each rank: it opens few files and meets few borders.
      let mine = input.units.filter { $0.index * communicator.size / input.units.count == communicator.rank }
      for unit in mine {
        let source = input.sources[unit.source]
        let summary = try tables.table(of: unit).read(
          unit.range,
          onProblem: { problem in throw try Self.located(problem, unit: unit).error },
          onGroup: { group in
            add(group, label: source.label)
            seen.add([hashes[hashes.count - 1]], unit: unit.index)
          })
        rows += summary.rowCount
      }
    }
    remarks = input.remarks
    rowCount = try communicator.allreduce(rows, .sum)
    let split = try SplitEvents(seen, over: communicator)
    try Self.requireOneSource(split, input, table, hashes, over: communicator)
    if !split.hashes.isEmpty {
      let whole = table.ids.indices.filter { !split.contains(hashes[$0]) }
      table = table.rows(whole)
      times = whole.map { times[$0] }
      try split.bringTogether(input, over: communicator) { group, source in
        add(group, label: input.sources[source].label)
      }
    }
    self.table = table
    self.times = times
  }

  /// A problem with its line number in the file.
  static func located(_ problem: Problem, unit: PickInput.Unit) throws -> Problem {
    var problem = problem
    guard let line = problem.line else { return problem }
    // The lines before the unit are counted only now that somebody wants to know.
    let before = try FileInput(problem.file).lineCount(upTo: unit.range.lowerBound)
    problem.line = line + before + 1
    return problem
  }

  /// An event that stands in two tables is a mistake of whoever made them.
  private static func requireOneSource(
    _ split: SplitEvents, _ input: PickInput, _ table: FeatureTable, _ hashes: [UInt64],
    over communicator: any Communicator
  ) throws {
    func sources(_ hash: UInt64) -> [Int] {
      Set((split.units[hash] ?? []).map { input.units[$0].source }).sorted()
    }
    let conflicts = split.hashes.filter { sources($0).count > 1 }
    guard let first = conflicts.first else { return }
    // Whoever has the event says its name.
    let name = hashes.firstIndex(of: first).map { table.ids[$0] } ?? ""
    let names = try communicator.allgatherv(Array(name.utf8)).map { String(decoding: $0, as: UTF8.self) }
    let event = quoted(names.first { !$0.isEmpty } ?? "?")
    let files = sources(first).map { input.sources[$0] }
    let isBoth = Set(files.map(\.label)).count > 1
    let others = conflicts.count == 1 ? "" : ", and so do \(conflicts.count - 1) other events"
    throw AgreedFailure(
      rank: 0, exitCode: ExitStatus.badData.rawValue,
      description: isBoth
        ? "event \(event) is in a table of real events (\(files.first { $0.label == 1 }?.path ?? "")) and in one of "
          + "fake events (\(files.first { $0.label == 0 }?.path ?? ""))\(others); an event must have one label: remove it from one of them"
        : "event \(event) stands in two tables (\(files.map(\.path).joined(separator: ", ")))\(others); give each event once"
    )
  }

  /// The events of all ranks on every rank, in the order of identifiers.
  ///
  /// Collective.
  ///
  /// - Throws: ``CommunicatorError``.
  public func gathered(over communicator: any Communicator) throws -> FeatureTable {
    try gatheredWithTimes(over: communicator).table
  }

  /// As ``gathered(over:)``, with the times of the events.
  ///
  /// Collective.
  ///
  /// - Throws: ``CommunicatorError``.
  public func gatheredWithTimes(
    over communicator: any Communicator
  ) throws -> (table: FeatureTable, times: [Double]) {
    let ids = try communicator.allgatherFlat(Array(table.ids.joined(separator: "\n").utf8))
    let labels = try communicator.allgatherFlat(table.labels).values
    let values = try communicator.allgatherFlat(table.values).values
    let times = try communicator.allgatherFlat(times).values
    var names: [String] = []
    var start = 0
    for count in ids.counts {
      if count > 0 {
        names += ids.values[start..<start + count].split(separator: 10, omittingEmptySubsequences: false)
          .map { String(decoding: $0, as: UTF8.self) }
      }
      start += count
    }
    let order = names.indices.sorted { names[$0] < names[$1] }
    let all = FeatureTable(features: table.features, ids: names, labels: labels, values: values)
    return (all.rows(order), order.map { times[$0] })
  }
}

public import HSDLCompute
public import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the time went, in seconds.
public struct StageTimes: Sendable, Equatable {
  /// Reading and parsing tables.
  public var reading = 0.0
  /// Reading waveforms.
  public var waveforms = 0.0
  /// Computing features.
  public var features = 0.0
  /// Scoring and explaining.
  public var scoring = 0.0
  /// Writing events and intermediate files.
  public var writing = 0.0
  /// Bringing the ranks' events into one order and writing the catalog.
  public var gathering = 0.0

  /// Creates zero times.
  public init() {}

  /// The times in a fixed order, to be sent and added.
  public var values: [Double] { [reading, waveforms, features, scoring, writing, gathering] }

  /// Takes times in the order of ``values``.
  public init(values: [Double]) {
    guard values.count == 6 else { return }
    (reading, waveforms, features) = (values[0], values[1], values[2])
    (scoring, writing, gathering) = (values[3], values[4], values[5])
  }

  /// Adds other times to these.
  public mutating func add(_ other: StageTimes) {
    self = StageTimes(values: zip(values, other.values).map { $0 + $1 })
  }

  /// Their names, in the order of ``values``.
  public static let names = ["reading", "waveforms", "features", "scoring", "writing", "gathering"]
}

/// Seconds on a clock that only goes forward.
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Extracts features of the events of pick tables, and scores the events if there is a model; unit by unit, on one rank.
public final class PickScoring {
  /// Where the time has gone so far.
  public private(set) var times = StageTimes()
  /// The groups that this rank has read.
  public let seen: SeenEvents

  /// The hashes of those of the present unit, which may yet fail.
  private var seenInUnit: [UInt64] = []

  private let input: PickInput
  private let tables: OpenTables
  private let model: ModelFolder?
  private let writer: EventWriter?
  private let folder: String
  private let places: [Int]
  private let written: [Int]
  private let extractor: PickFeatures
  private let isStrict: Bool

  /// So many events are scored at a time: enough to be fast, few enough to fit into the cache.
  static let batchSize = 512

  /// Events that wait to be scored together; the objects are used again and again.
  private let waiting = (0..<batchSize).map { _ in PickGroup() }
  private var waitingCount = 0
  private var features = [Double](repeating: .nan, count: batchSize * PickFeatures.count)
  private var values: [Double] = []
  /// Records on their way to an intermediate file.
  private let buffer = RecordBuffer()
  private let problems = TextSink()
  /// Why the present unit's events cannot be scored; nil where they can.
  private var failure: String?
  /// When the present stage began.
  private var moment = 0.0

  /// Prepares to score.
  ///
  /// - Parameters:
  ///   - input: the tables.
  ///   - model: the model; without one only features come out.
  ///   - features: the features that come out.
  ///   - network: the network code of stations whose code does not say it.
  ///   - folder: where intermediate files go.
  ///   - isStrict: whether a row that cannot be used ends the work.
  ///   - decisions: what persons have decided; nil where nobody was asked.
  /// - Throws: ``ComputeError`` with `unknownFeature` when the model needs a feature that picks do not have.
  public init(
    _ input: PickInput, model: ModelFolder?, features: FeatureSet, network: String, folder: String, isStrict: Bool,
    decisions: Decisions? = nil
  ) throws {
    self.input = input
    self.model = model
    self.folder = folder
    self.isStrict = isStrict
    tables = OpenTables(input)
    seen = SeenEvents(spillingTo: folder)
    writer = model.map { EventWriter(card: $0.card, network: network, decisions: decisions) }
    places = try model?.ensemble.features.places(in: .picks) ?? []
    written = try features.places(in: .picks)
    extractor = PickFeatures(FeatureSet(features.definitions + (model?.ensemble.features.definitions ?? [])))
  }

  /// What a unit came to.
  public struct UnitSummary: Sendable, Equatable, Codable {
    /// Rows that could be used.
    public var rowCount: Int
    /// Lines of the table that begin in the unit.
    public var lineCount: Int
    /// Rows that could not be used.
    public var problemCount: Int
    /// Intermediate files of events, in order within each.
    public var files: [String]
    /// The intermediate file of problems; empty when there are none.
    public var problemFile: String
  }

  /// Scores the events that begin in a unit.
  ///
  /// - Parameter poll: called now and then.
  /// - Throws: ``FormatError``, ``ComputeError``; what `poll` throws.
  public func score(_ unit: PickInput.Unit, poll: () throws -> Void) throws -> UnitSummary {
    // A unit that failed has left its events here, and what it has seen will be seen again.
    waitingCount = 0
    values.removeAll(keepingCapacity: true)
    seenInUnit.removeAll(keepingCapacity: true)
    let summary = try read(unit, poll: poll)
    seen.add(seenInUnit, unit: unit.index)
    return summary
  }

  /// Writes the events of a unit that could not be scored: with nothing known of them, so that none is lost.
  ///
  /// - Parameter reason: why not.
  /// - Throws: ``FormatError``.
  public func setAside(_ unit: PickInput.Unit, because reason: String) throws -> UnitSummary {
    failure = reason
    defer { failure = nil }
    return try score(unit) {}
  }

  private func read(_ unit: PickInput.Unit, poll: () throws -> Void) throws -> UnitSummary {
    let records = RecordWriter(prefix: "\(folder)/unit-\(unit.index)", in: buffer)
    problems.removeAll()
    moment = monotonicSeconds()
    let summary = try tables.table(of: unit).read(
      unit.range,
      onProblem: { problem in
        if isStrict { throw try LabelledEvents.located(problem, unit: unit).error }
        append(problem)
      },
      onGroup: { group in
        account(\.reading)
        seenInUnit.append(stableHash(group.idBytes))
        try add(group, to: records)
        if seenInUnit.count % Self.batchSize == 0 { try poll() }
      })
    account(\.reading)
    try scoreBatch(to: records)
    moment = monotonicSeconds()
    try records.flush()
    var problemFile = ""
    if problems.count > 0 {
      problemFile = "\(folder)/problems-\(unit.index)"
      let output = try FileOutput(problemFile, isDurable: false)
      try output.write(problems)
      try output.commit()
    }
    account(\.writing)
    return UnitSummary(
      rowCount: summary.rowCount, lineCount: summary.lineCount, problemCount: summary.problemCount,
      files: records.files,
      problemFile: problemFile)
  }

  /// Takes up a unit that an earlier run has done, as far as later steps need to know of it.
  ///
  /// - Throws: ``FormatError`` when its intermediate files cannot be read.
  public func restore(_ unit: PickInput.Unit, _ summary: UnitSummary) throws {
    // There is one record for each group.
    var hashes: [UInt64] = []
    for file in summary.files {
      guard let cursor = try RecordCursor(file, bufferSize: 1 << 20) else { continue }
      repeat { hashes.append(cursor.hash) } while try cursor.advance()
    }
    seen.add(hashes, unit: unit.index)
  }

  /// Scores events that were brought together from several units.
  ///
  /// - Parameter name: of the intermediate files.
  /// - Returns: the intermediate files.
  public func score(_ name: String, _ produce: ((PickGroup) throws -> Void) throws -> Void) throws -> [String] {
    let records = RecordWriter(prefix: "\(folder)/\(name)", in: buffer)
    try produce { try add($0, to: records) }
    try scoreBatch(to: records)
    try records.flush()
    return records.files
  }

  /// Takes the time since a moment for a stage, and begins the next.
  private func account(_ stage: WritableKeyPath<StageTimes, Double>) {
    let now = monotonicSeconds()
    times[keyPath: stage] += now - moment
    moment = now
  }

  private func add(_ group: PickGroup, to records: RecordWriter) throws {
    if let failure { return try addUnscored(group, because: failure, to: records) }
    let place = waitingCount * PickFeatures.count
    features.withUnsafeMutableBufferPointer {
      extractor.compute(
        group.rows, into: UnsafeMutableBufferPointer(rebasing: $0[place..<place + PickFeatures.count]))
    }
    account(\.features)
    guard model != nil else {
      let time = group.firstTime
      try records.add(EventKey(time: time, id: group.idBytes), hash: stableHash(group.idBytes), label: .uncertain) {
        sink, end in
        end()
        features.withUnsafeBufferPointer {
          EventWriter.featuresRow(
            group.idBytes, time, UnsafeBufferPointer(rebasing: $0[..<PickFeatures.count]), written, to: sink)
        }
        end()
        end()
        end()
      }
      account(\.writing)
      return
    }
    for feature in places { values.append(features[place + feature]) }
    waiting[waitingCount].assign(group)
    waitingCount += 1
    if waitingCount == Self.batchSize { try scoreBatch(to: records) }
  }

  /// What a person has decided on an event.
  private func decision(on group: PickGroup) -> Decision? {
    guard let decisions = writer?.decisions, !decisions.isEmpty else { return nil }
    return decisions[group.eventName]
  }

  private func addUnscored(_ group: PickGroup, because failure: String, to records: RecordWriter) throws {
    let time = group.firstTime
    let nothing = [Double](repeating: .nan, count: PickFeatures.count)
    let decision = self.decision(on: group)
    try nothing.withUnsafeBufferPointer { features in
      try records.add(
        EventKey(time: time, id: group.idBytes), hash: stableHash(group.idBytes), label: decision?.label ?? .uncertain
      ) { sink, end in
        let event = model.map { model in
          EventWriter.Scored(
            group: group, time: time, features: features, probability: .nan,
            memberProbabilities: model.ensemble.members.map { _ in .nan }, contributions: [], values: [],
            label: .uncertain, decision: decision)
        }
        var reason = EventWriter.unprocessed(failure)
        if let event {
          reason = writer?.decided(decision, on: decision?.eventID, over: event.label, reason) ?? reason
        }
        if let event { writer?.eventsRow(event, reason: reason, to: sink) }
        end()
        EventWriter.featuresRow(group.idBytes, time, features, written, to: sink)
        end()
        if let event { writer?.quakeML(event, reason: reason, to: QuakeMLEncoder(sink: sink)) }
        end()
        end()
      }
    }
  }

  private func scoreBatch(to records: RecordWriter) throws {
    guard waitingCount > 0, let model, let writer else { return }
    moment = monotonicSeconds()
    let scores = try values.withUnsafeBufferPointer { try model.ensemble.scores($0) }
    account(\.scoring)
    try features.withUnsafeBufferPointer { features in
      for index in 0..<waitingCount {
        let row = UnsafeBufferPointer(
          rebasing: features[index * PickFeatures.count..<(index + 1) * PickFeatures.count])
        try add(index, waiting[index], row, scores, model, writer, to: records)
      }
    }
    waitingCount = 0
    values.removeAll(keepingCapacity: true)
    account(\.writing)
  }

  private func add(
    _ index: Int, _ group: PickGroup, _ features: UnsafeBufferPointer<Double>, _ scores: ShallowEnsemble.Scores,
    _ model: ModelFolder, _ writer: EventWriter, to records: RecordWriter
  ) throws {
    let width = places.count
    let isEmpty = group.rows.isEmpty
    let probability = isEmpty ? .nan : scores.probabilities[index]
    let time = group.firstTime
    let event = EventWriter.Scored(
      group: group, time: time, features: features, probability: probability,
      memberProbabilities: scores.memberProbabilities.map { isEmpty ? .nan : $0[index] },
      contributions: scores.contributions[index * width..<(index + 1) * width],
      values: Array(values[index * width..<(index + 1) * width]), label: model.card.costs.label(probability),
      decision: self.decision(on: group))
    let reason = writer.reason(event)
    try records.add(
      EventKey(time: time, id: group.idBytes), hash: stableHash(group.idBytes),
      label: event.decision?.label ?? event.label
    ) { sink, end in
      writer.eventsRow(event, reason: reason, to: sink)
      end()
      EventWriter.featuresRow(group.idBytes, time, features, written, to: sink)
      end()
      writer.quakeML(event, reason: reason, to: QuakeMLEncoder(sink: sink))
      end()
      end()
    }
  }

  /// A problem as a line of an intermediate file: the line's number in the unit, then the rest of its row.
  private func append(_ problem: Problem) {
    let sink = problems
    sink.append(problem.line ?? -1)
    sink.append(byte: 9)
    sink.append(problem.byte ?? -1)
    sink.append(byte: 44)
    sink.append(cell: problem.eventID)
    for text in [problem.found, problem.expected, problem.action] {
      sink.append(byte: 44)
      sink.append(cell: text.replacingNewlines())
    }
    sink.append(byte: 10)
  }
}

extension String {
  fileprivate func replacingNewlines() -> String {
    contains("\n") ? String(map { $0.isNewline ? " " : $0 }) : self
  }
}

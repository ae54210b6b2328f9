public import HSDLCompute
public import SeismicFormats

/// Extracts features of the events of a catalog, and scores the events if there is a model; unit by unit, on one rank.
public final class CatalogScoring {
  /// Where the time has gone so far.
  public private(set) var times = StageTimes()

  private let extractor: EventFeatures
  private let history: String
  private let model: ModelFolder?
  private let deep: (any DeepScoring)?
  private var deepCount = 0
  private let writer: EventWriter?
  private let folder: String
  private let places: [Int]
  private let written: [Int]
  private let sufficient: [Int]
  private let isStrict: Bool
  private let catalog: String
  private let windowLabels: [String: Label]?
  private let windowPicker: String
  private var windowWriter: EventWindowWriter?

  /// So many events are scored at a time.
  static let batchSize = 64

  /// An event that waits to be scored.
  private struct Waiting {
    var event: Event
    var id: String
    var duplicateOf: String?
    var alternatives: [Event] = []
    var unusablePickCount: Int
    var remarks: [String]
    var isEmpty: Bool
    var stationRows: [UInt8]
    /// The network's log-odds; NaN where it has nothing to look at.
    var deepLogOdds: Double
  }

  private var waiting: [Waiting] = []
  /// What is being done, in words: for whoever wants to know where the work is at.
  public private(set) var activity = ""
  /// What happened in the time of the unit and before it.
  private var around: [EventHistory.Entry] = []
  private var nextAround = 0
  private var neighbours = NeighbourEvents()
  private var features: [Double] = []
  /// Records on their way to an intermediate file.
  private let buffer = RecordBuffer()
  private let problems = TextSink()
  private var moment = 0.0

  /// Prepares to score.
  ///
  /// - Parameters:
  ///   - extractor: computes the features.
  ///   - history: the file of ``EventHistory``.
  ///   - model: the model; without one only features come out.
  ///   - deep: the network of a hybrid model; without one its models on features score alone. `extractor` must make windows
  ///     for it.
  ///   - features: the features that come out.
  ///   - folder: where intermediate files go.
  ///   - isStrict: whether trouble with a waveform file ends the work.
  ///   - catalog: what is named as the file of an event's trouble.
  ///   - windowLabels: what events are known to be, if the windows that `extractor` makes are to be written, a store for each unit;
  ///     nil where none are written.
  ///   - windowPicker: the hash of the picker that was asked about them.
  ///   - decisions: what persons have decided; nil where nobody was asked.
  /// - Throws: ``ComputeError`` with `unknownFeature` when the model needs a feature that this version does not have.
  public init(
    _ extractor: EventFeatures, history: String, model: ModelFolder?, deep: (any DeepScoring)? = nil,
    features: FeatureSet, folder: String,
    isStrict: Bool, catalog: String = "", windowLabels: [String: Label]? = nil, windowPicker: String = "",
    decisions: Decisions? = nil
  ) throws {
    self.windowLabels = windowLabels
    self.windowPicker = windowPicker
    self.extractor = extractor
    self.catalog = catalog
    self.history = history
    self.model = model
    self.deep = model?.hybrid == nil ? nil : deep
    self.folder = folder
    self.isStrict = isStrict
    writer = model.map { EventWriter(card: $0.card, network: "", decisions: decisions) }
    places = try model?.ensemble.features.places(in: .known) ?? []
    written = try features.places(in: .known)
    sufficient = try model.map { try Self.sufficient($0.ensemble.features).places(in: .known) } ?? []
  }

  /// Of a model's features those of which one is enough for an event to be scored without picks and waveforms.
  ///
  /// What the catalog says of an origin's quality is. A place and a time alone are only for a model that looks at nothing else:
  /// to one that looks at picks, an event without any is one of which nothing is known, not one of which they tell something.
  private static func sufficient(_ features: FeatureSet) -> FeatureSet {
    features.looksAtRecords ? features.intersection(FeatureSet(QualityFeatures.definitions)) : features
  }

  /// What a unit came to.
  public struct UnitSummary: Sendable, Equatable, Codable {
    /// Stations of which waveforms were used, added over the events.
    public var stationWindowCount: Int
    /// Events that a network on waveforms took part in scoring.
    public var deepCount: Int
    /// Intermediate files of events, in order within each.
    public var files: [String]
    /// The intermediate file of problems; empty when there are none.
    public var problemFile: String
    /// The store of the windows of the unit's events; nil where none are written.
    public var windowFile: String?
  }

  /// Scores the events of a unit.
  ///
  /// - Parameter poll: called now and then.
  /// - Throws: ``FormatError``, ``ComputeError``; what `poll` throws.
  public func score(_ unit: CatalogUnit, poll: () throws -> Void) throws -> UnitSummary {
    moment = monotonicSeconds()
    let records = RecordWriter(prefix: "\(folder)/scored-\(unit.index)", in: buffer)
    problems.removeAll()
    // A unit that failed has left what it was at.
    waiting.removeAll(keepingCapacity: true)
    features.removeAll(keepingCapacity: true)
    windowWriter = nil
    extractor.beginUnit()
    deepCount = 0
    let windowFile = windowLabels.map { _ in "\(folder)/windows-\(unit.index)" }
    windowWriter = try windowFile.map { try EventWindowWriter($0, picker: windowPicker, isDurable: false) }
    around = []
    nextAround = 0
    neighbours = NeighbourEvents()
    if let seconds = unit.seconds {
      around = try EventHistory.entries(
        history,
        in: UTCTime(seconds: seconds.lowerBound).advanced(
          by: -NeighbourEvents.span - 60)..<UTCTime(seconds: seconds.upperBound))
    }
    let duplicates = Set(unit.duplicates)
    let reader = try QuakeMLReader(unit.file)
    var number = 0
    while let event = try reader.next() {
      let isDuplicate = duplicates.contains(number)
      // A batch ends before an event of its own, so that an event and its duplicates are written together.
      if !isDuplicate && waiting.count >= Self.batchSize { try scoreBatch(to: records) }
      try add(event, isDuplicate: isDuplicate)
      number += 1
      try poll()
    }
    try scoreBatch(to: records)
    moment = monotonicSeconds()
    try records.flush()
    try windowWriter?.finish()
    windowWriter = nil
    let problemFile = try writeProblems(of: unit)
    account(\.writing)
    return UnitSummary(
      stationWindowCount: extractor.stationWindowCount, deepCount: deepCount, files: records.files,
      problemFile: problemFile, windowFile: windowFile)
  }

  /// Writes the events of a unit that could not be scored: with nothing known of them, so that none is lost.
  ///
  /// - Parameter reason: why not.
  /// - Throws: ``FormatError``.
  public func setAside(_ unit: CatalogUnit, because reason: String) throws -> UnitSummary {
    let records = RecordWriter(prefix: "\(folder)/scored-\(unit.index)", in: buffer)
    let duplicates = Set(unit.duplicates)
    let nothing = [Double](repeating: .nan, count: FeatureSet.known.count)
    var group: [Waiting] = []
    problems.removeAll()
    func flush() throws {
      let decided = try decision(on: group.map(\.id))
      for entry in group {
        guard let model, let writer else {
          try write(entry, nothing[...], label: .uncertain, to: records) { _ in }
          continue
        }
        var scored = EventWriter.ScoredEvent(
          event: entry.event, id: entry.id, duplicateOf: entry.duplicateOf, alternatives: entry.alternatives,
          features: nothing[...], probability: .nan, shallow: .nan, deep: .nan, deepMove: 0,
          memberProbabilities: model.ensemble.members.map { _ in .nan },
          contributions: [Double](repeating: 0, count: places.count)[...],
          values: [Double](repeating: .nan, count: places.count), label: .uncertain, unusablePickCount: 0,
          remarks: [], failure: reason)
        scored.decision = decided
        let words = writer.reason(scored)
        try write(entry, nothing[...], label: decided?.label ?? .uncertain, to: records) { piece in
          switch piece {
          case .events(let sink): writer.eventsRow(scored, reason: words, to: sink)
          case .quakeML(let sink): writer.quakeML(scored, reason: words, to: QuakeMLEncoder(sink: sink))
          }
        }
      }
      group.removeAll(keepingCapacity: true)
    }
    let reader = try QuakeMLReader(unit.file)
    var number = 0
    while let event = try reader.next() {
      let isDuplicate = duplicates.contains(number) && !group.isEmpty
      number += 1
      if isDuplicate { group[0].alternatives.append(event) } else { try flush() }
      group.append(
        Waiting(
          event: event, id: event.tableID, duplicateOf: isDuplicate ? group[0].id : nil, unusablePickCount: 0,
          remarks: [], isEmpty: true, stationRows: [], deepLogOdds: .nan))
    }
    try flush()
    try records.flush()
    return UnitSummary(
      stationWindowCount: 0, deepCount: 0, files: records.files, problemFile: try writeProblems(of: unit),
      windowFile: nil)
  }

  /// Writes what of the unit could not be used.
  ///
  /// - Returns: the intermediate file; empty when there is nothing to tell.
  private func writeProblems(of unit: CatalogUnit) throws -> String {
    guard problems.count > 0 else { return "" }
    let path = "\(folder)/event-problems-\(unit.index)"
    let output = try FileOutput(path, isDurable: false)
    try output.write(problems)
    try output.commit()
    return path
  }

  /// What persons have decided on a shock, given the identifiers of its entries, the one that is kept first.
  private func decision(on ids: [String]) throws -> Decision? {
    guard let found = writer?.decisions?.onShock(ids) else { return nil }
    for other in found.others {
      try note(
        Problem(
          file: other.file, line: other.line, eventID: other.eventID,
          found:
            "\(other.label.rawValue), but \(found.decision.eventID), another entry of this event, is decided \(found.decision.label.rawValue)",
          expected: "one decision on each shock", action: "the decision on \(found.decision.eventID) counts"))
    }
    return found.decision
  }

  private func account(_ stage: WritableKeyPath<StageTimes, Double>) {
    let now = monotonicSeconds()
    times[keyPath: stage] += now - moment
    moment = now
  }

  private func note(_ problem: Problem) throws {
    var problem = problem
    // Of events it is not known any more which catalog they came from.
    if problem.file.isEmpty { problem.file = catalog }
    if isStrict { throw problem.error }
    problem.appendRow(to: problems)
  }

  private func add(_ event: Event, isDuplicate: Bool) throws {
    account(\.reading)
    let id = event.tableID
    activity = "event \(id)"
    let place = features.count
    features.append(contentsOf: repeatElement(.nan, count: FeatureSet.known.count))
    // The window goes on with the events of the unit, so what an event sees does not depend on where the unit begins.
    while let time = event.time, nextAround < around.count, around[nextAround].time <= time {
      let entry = around[nextAround]
      neighbours.append(
        NeighbourEvents.Event(
          time: entry.time, latitude: entry.latitude, longitude: entry.longitude, magnitude: entry.magnitude))
      nextAround += 1
    }
    let outcome = try features.withUnsafeMutableBufferPointer {
      try extractor.compute(
        event, id: id, neighbours: neighbours, into: UnsafeMutableBufferPointer(rebasing: $0[place...]), onProblem: note
      )
    }
    times.waveforms += outcome.readingSeconds
    moment += outcome.readingSeconds
    account(\.features)
    if let windows = outcome.windows {
      try windowWriter?.add(
        EventWindowEntry(id: id, time: event.time, label: windowLabels?[id] ?? .uncertain), windows)
    }
    account(\.writing)
    var deepLogOdds = Double.nan
    if let deep, let windows = outcome.windows {
      deepLogOdds = try deep.logit(of: windows)
      if !deepLogOdds.isNaN { deepCount += 1 }
      account(\.scoring)
    }
    let isEmpty = outcome.isEmpty && !sufficient.contains { !features[place + $0].isNaN }
    var original: String?
    if isDuplicate, let place = waiting.lastIndex(where: { $0.duplicateOf == nil }) {
      original = waiting[place].id
      waiting[place].alternatives.append(event)
    }
    waiting.append(
      Waiting(
        event: event, id: id, duplicateOf: original, unusablePickCount: outcome.unusablePickCount,
        remarks: outcome.remarks, isEmpty: isEmpty, stationRows: outcome.stationRows,
        deepLogOdds: deepLogOdds))
  }

  private func scoreBatch(to records: RecordWriter) throws {
    guard !waiting.isEmpty else { return }
    moment = monotonicSeconds()
    defer {
      waiting.removeAll(keepingCapacity: true)
      features.removeAll(keepingCapacity: true)
    }
    let width = FeatureSet.known.count
    guard let model, let writer else {
      for (index, entry) in waiting.enumerated() {
        try write(entry, features[index * width..<(index + 1) * width], label: .uncertain, to: records) { _ in }
      }
      return account(\.writing)
    }
    var values: [Double] = []
    values.reserveCapacity(waiting.count * places.count)
    for index in waiting.indices { for place in places { values.append(features[index * width + place]) } }
    let scores = try values.withUnsafeBufferPointer { try self.scores($0, model) }
    account(\.scoring)
    var decided: Decision?
    for (index, entry) in waiting.enumerated() {
      // An event's other entries stand right behind it.
      if entry.duplicateOf == nil {
        let others = waiting[(index + 1)...].prefix { $0.duplicateOf != nil }
        decided = try decision(on: [entry.id] + others.map(\.id))
      }
      let own = index * places.count..<(index + 1) * places.count
      let probability = entry.isEmpty ? .nan : scores.probabilities[index]
      var scored = EventWriter.ScoredEvent(
        event: entry.event, id: entry.id, duplicateOf: entry.duplicateOf, alternatives: entry.alternatives,
        features: features[index * width..<(index + 1) * width], probability: probability,
        shallow: entry.isEmpty ? .nan : scores.shallow[index], deep: scores.deep[index],
        deepMove: scores.deepContributions[index],
        memberProbabilities: scores.memberProbabilities.map { entry.isEmpty ? .nan : $0[index] },
        contributions: scores.contributions[own], values: Array(values[own]),
        label: model.card.costs.label(probability), unusablePickCount: entry.unusablePickCount,
        remarks: entry.remarks)
      // One shock, one verdict: other entries share the label of the one that is kept.
      if let original = entry.duplicateOf, let place = waiting[..<index].lastIndex(where: { $0.id == original }) {
        scored.label = model.card.costs.label(waiting[place].isEmpty ? .nan : scores.probabilities[place])
      }
      scored.decision = decided
      let reason = writer.reason(scored)
      try write(entry, scored.features, label: decided?.label ?? scored.label, to: records) { piece in
        switch piece {
        case .events(let sink): writer.eventsRow(scored, reason: reason, to: sink)
        case .quakeML(let sink): writer.quakeML(scored, reason: reason, to: QuakeMLEncoder(sink: sink))
        }
      }
    }
    account(\.writing)
  }

  /// Scores the events that wait, by features and, where there is one, by the network.
  private func scores(_ values: UnsafeBufferPointer<Double>, _ model: ModelFolder) throws -> HybridModel.Scores {
    guard let hybrid = model.hybrid else {
      let own = try model.ensemble.scores(values)
      let count = own.probabilities.count
      return HybridModel.Scores(
        probabilities: own.probabilities, shallow: own.probabilities,
        deep: [Double](repeating: .nan, count: count), memberProbabilities: own.memberProbabilities,
        contributions: own.contributions, deepContributions: [Double](repeating: 0, count: count))
    }
    return try hybrid.scores(values, deepLogOdds: waiting.map(\.deepLogOdds))
  }

  private enum Piece {
    case events(TextSink)
    case quakeML(TextSink)
  }

  private func write(
    _ entry: Waiting, _ features: ArraySlice<Double>, label: Label, to records: RecordWriter, _ pieces: (Piece) -> Void
  ) throws {
    var id = entry.id
    try id.withUTF8 { id in
      try records.add(EventKey(time: entry.event.time, id: id), hash: stableHash(id), label: label) { sink, end in
        pieces(.events(sink))
        end()
        features.withUnsafeBufferPointer {
          EventWriter.featuresRow(id, entry.event.time, $0, written, to: sink)
        }
        end()
        pieces(.quakeML(sink))
        end()
        entry.stationRows.withUnsafeBufferPointer { sink.append($0) }
        end()
      }
    }
  }
}

extension Problem {
  /// Adds the problem's row of `problems.csv`.
  public func appendRow(to sink: TextSink) {
    sink.append(cell: file)
    sink.append(byte: 44)
    if let line { sink.append(line) }
    sink.append(byte: 44)
    if let byte { sink.append(byte) }
    for text in [eventID, found, expected, action] {
      sink.append(byte: 44)
      sink.append(cell: text.contains(where: \.isNewline) ? String(text.map { $0.isNewline ? " " : $0 }) : text)
    }
    sink.append(byte: 10)
  }
}

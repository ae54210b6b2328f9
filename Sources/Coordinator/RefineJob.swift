import Foundation
import HSDLCompute
public import MPI
import SeismicFormats
public import Worker

/// Scores every event of an automatic catalog and writes the refined catalog.
public struct RefineJob: Sendable {
  /// The events.
  public var source: EventSource
  /// The model's folder.
  public var model: String
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false
  /// The network code of stations whose code does not say it.
  public var network = ""
  /// Files of what persons have decided: tables, and catalogs that were worked on.
  public var decisions: [String] = []
  /// Whether a row that cannot be used ends the job.
  public var isStrict = false
  /// What becomes of units that fail, and of ranks that stall.
  public var sharing = SharingLimits()
  /// Makes the network of a hybrid model, given its folder, ready to score; called by all ranks together.
  public var deepScoring: DeepScoringSource = Self.scorer
  /// About how many bytes of a table a unit has.
  public var unitSize = 4 << 20
  /// How long the job may run.
  public var limits = RunLimits()
  /// Whether a page for people and its figures are made of the results.
  public var writesReport = false

  /// Makes a network ready to score, given the folder with its files; each rank gets its own.
  public typealias DeepScoringSource =
    @Sendable (_ folder: String, _ communicator: any Communicator) throws -> EventScorer

  /// The files that the job writes.
  public static let files = [
    "events.csv", "features.csv", "station_features.csv", "refined.xml", "rejected.xml", "problems.csv", "review.csv",
    "run.json", RefinementReport.name,
  ]

  /// A discriminator from its folder.
  static let scorer: DeepScoringSource = { folder, communicator in
    let loaded = try DiscriminatorFolder.load(folder, over: communicator)
    return EventScorer(
      network: try communicator.agree { try loaded.discriminator() }, maximumStations: loaded.card.maximumStations,
      picker: loaded.card.picker)
  }

  /// Creates a job.
  public init(_ source: EventSource, model: String, output: String) {
    self.source = source
    self.model = model
    self.output = output
  }

  /// What a run came to, as rank 0 knows it.
  public struct Outcome: Sendable, Equatable {
    /// Events in all.
    public var events = 0
    /// Events taken for real.
    public var real = 0
    /// Events taken for fake.
    public var fake = 0
    /// Events to be looked at.
    public var uncertain = 0
    /// Entries on which a person's decision counts.
    public var decided = 0
    /// Entries whose label is another one than the model's, because a person has decided so.
    public var overruled = 0
    /// Decisions on events that are not there.
    public var unknownDecisions = 0
    /// Rows of the tables that could be used.
    public var rows = 0
    /// Things that could not be used: rows, files, records.
    public var problems = 0
    /// Events of pick tables whose rows did not stand together; entries of catalogs that were merged into others.
    public var joinedEvents = 0
    /// Stations of which waveforms were used, added over the events.
    public var stationWindows = 0
    /// Events that a network on waveforms took part in scoring.
    public var deepEvents = 0
    /// Where the time went, added over the ranks.
    public var times = StageTimes()
    /// Seconds from begin to end.
    public var elapsed = 0.0
  }

  /// Runs the job on all ranks.
  ///
  /// - Returns: what came of it; on rank 0 only.
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> Outcome {
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, goesOn: true, over: communicator
    ) {
      try refine(over: communicator, report: report)
    }
  }

  private func refine(over communicator: any Communicator, report: Reporter) throws -> Outcome {
    let begin = monotonicSeconds()
    StopSignals.install(isTalking: communicator.isRoot)
    var record = RunRecord(command: "refine")
    var tables: PickInput?
    if case .picks(let picks) = source {
      tables = try communicator.agree { try PickInput(picks.map { ($0, nil) }, unitSize: unitSize) }
    }
    let folder = try ModelFolder.load(model, over: communicator)
    record.models = [(model, folder.card.hash)]
    let decided = try self.decided(over: communicator)
    let deep = try network(of: folder, over: communicator, report)
    try communicator.agree {
      try sharing.plan(hasArchive: source.hasArchive, hasNetwork: deep != nil).require(sharing.memory)
    }
    var surroundings: (Surroundings, problems: [Problem])?
    if case .catalog(let input) = source {
      let needed = folder.card.features.map(\.name).filter(FeatureSet.waveforms.names.contains)
      if let first = needed.first, input.archive == nil {
        try communicator.agree {
          throw JobError(
            .usage,
            "\(model): the model takes \(counted(needed.count, "features")) of waveforms (\(first), …); give --archive and --stations, or a model of picks"
          )
        }
      }
      surroundings = try CatalogPass.surroundings(
        input, model: folder, features: catalogFeatures(of: folder), isStrict: isStrict,
        budget: sharing.archiveBudget(hasNetwork: deep != nil),
        over: communicator, report: report)
    }
    var identity = JobIdentity(command: "refine", version: programVersion)
    record.inputs = try source.describe(
      in: &identity, archive: surroundings?.0.archiveHash, unitSize: unitSize, over: communicator)
    identity.add("model", folder.card.hash)
    if !decisions.isEmpty {
      let files = try InputFile.hashed(decisions, over: communicator)
      identity.add("decisions", files: files)
      record.inputs += files
    }
    identity.add("network code", network)
    identity.add("strictness", isStrict)
    record.identity = identity
    guard
      let work = try WorkFolder.open(
        in: output, for: identity, limits: limits, overwrites: overwrites, over: communicator, report: report)
    else { return Outcome() }
    return try work.use(over: communicator) {
      let pass: any EventPass
      switch source {
      case .picks(let picks):
        let input = try tables ?? PickInput(picks.map { ($0, nil) }, unitSize: unitSize)
        pass = try PickPass(
          input, model: folder, network: network, work: work, isStrict: isStrict, limits: sharing,
          decisions: decided, over: communicator, report: report)
      case .catalog(let input):
        guard let surroundings else { return Outcome() }
        pass = try CatalogPass(
          input, model: folder, deep: deep, features: catalogFeatures(of: folder), surroundings: surroundings,
          work: work, isStrict: isStrict, limits: sharing, decisions: decided, over: communicator, report: report)
      }
      try sharing.tellMemory(over: communicator, report)
      var outcome = Outcome()
      try communicator.agreeOnRoot {
        let start = monotonicSeconds()
        let doubtful: DoubtfulEvents
        (outcome, doubtful) = try gather(pass, folder, decided, work, report)
        if writesReport {
          try makeReport(doubtful, surroundings?.0, RunFacts(record, card: folder.card), work, report)
        }
        outcome.times.gathering = monotonicSeconds() - start
      }
      let times = try communicator.gatherv(pass.times.values)
      for own in times { outcome.times.add(StageTimes(values: own)) }
      outcome.elapsed = monotonicSeconds() - begin
      record.details = details(outcome, folder, ranks: communicator.size)
      record.outputs = Self.files.filter {
        // The report can be made again at any time, and is no reason to do the job again.
        $0 != RunRecord.name && $0 != RefinementReport.name
          && ($0 != StationFeatureFile.name || source.writesStationFeatures)
      }
      record.resumedCount = work.resumedCount
      try record.write(to: output, over: communicator)
      if communicator.isRoot { summarize(outcome, folder, report) }
      return outcome
    }
  }

  /// What `features.csv` has of events of catalogs: the usual ones, and what else the model looks at.
  private func catalogFeatures(of folder: ModelFolder) -> FeatureSet { .all.adding(folder.ensemble.features) }

  /// What persons have decided; nil where nobody was asked.
  ///
  /// Collective.
  private func decided(over communicator: any Communicator) throws -> Decisions? {
    guard !decisions.isEmpty else { return nil }
    let decided = try Decisions(decisions, over: communicator)
    // Problems are known to rank 0 alone.
    try communicator.agreeOnRoot {
      if isStrict, let first = decided.problems.first { throw first.error }
    }
    return decided
  }

  /// The network of a hybrid model, ready to score; nil where there is none, or nothing for it to look at.
  ///
  /// Collective.
  private func network(
    of folder: ModelFolder, over communicator: any Communicator, _ report: Reporter
  ) throws -> EventScorer? {
    guard let own = folder.card.hybrid else { return nil }
    guard case .catalog(let input) = source, input.archive != nil else {
      report.warn("there are no waveforms, so the model's network takes no part; features alone decide")
      return nil
    }
    var scorer = try deepScoring("\(model)/\(own.folder)", communicator)
    if let picker = own.picker { scorer.pickerFolder = "\(model)/\(picker.folder)" }
    return scorer
  }

  /// Writes the catalog from the ranks' intermediate files.
  ///
  /// Rank 0 only.
  private func gather(
    _ pass: any EventPass, _ folder: ModelFolder, _ decisions: Decisions?, _ work: WorkFolder, _ report: Reporter
  ) throws -> (Outcome, DoubtfulEvents) {
    var outcome = Outcome()
    let wantsRecords = writesReport && source.hasArchive
    outcome.joinedEvents = pass.joinedCount
    outcome.rows = pass.rowCount
    outcome.stationWindows = pass.stationWindowCount
    outcome.deepEvents = pass.deepCount
    let results = try OutputFolder(output, files: [], overwrites: true)
    RunRecord.withdraw(in: output)
    RefinementReport.remove(from: output)
    var problems = try pass.writeProblems(to: results.file("problems.csv"))
    let writer = EventWriter(card: folder.card, network: network, decisions: decisions)
    let header = source.isCatalog ? writer.catalogEventsHeader : writer.eventsHeader
    let columns = EventColumns(header)
    var doubtful = DoubtfulEvents(columns, costs: folder.card.costs)
    let review = try ReviewTable(columns, costs: folder.card.costs, work: work, in: results)
    var decided = DecidedEvents(decisions, columns)
    let events = try FileOutput(results.file("events.csv"))
    let features = try FileOutput(results.file("features.csv"))
    let kept = try QuakeMLWriter(results.file("refined.xml"), header: writer.header(kept: true))
    let rejected = try QuakeMLWriter(results.file("rejected.xml"), header: writer.header(kept: false))
    try events.write(header)
    try features.write(EventWriter.featuresHeader(source.isCatalog ? catalogFeatures(of: folder) : .picks))
    let stations = try StationFeatureFile(source, in: results)
    let eventsSink = TextSink(capacity: 1 << 20)
    let featuresSink = TextSink(capacity: 1 << 20)
    try pass.forEachRecord { cursor in
      if wantsRecords { doubtful.add(row: outcome.events, line: cursor.piece(0), fragment: cursor.piece(2)) }
      outcome.events += 1
      switch cursor.label {
      case .real: outcome.real += 1
      case .fake: outcome.fake += 1
      case .uncertain: outcome.uncertain += 1
      }
      decided.see(cursor)
      if cursor.label == .uncertain { try review.add(cursor.piece(0)) }
      eventsSink.append(cursor.piece(0))
      featuresSink.append(cursor.piece(1))
      try stations?.write(cursor.piece(3))
      try (cursor.label == .fake ? rejected : kept).write(fragment: cursor.piece(2))
      if eventsSink.count > 1 << 19 { try events.write(eventsSink) }
      if featuresSink.count > 1 << 19 { try features.write(featuresSink) }
    }
    try events.write(eventsSink)
    try features.write(featuresSink)
    try problems.add(try decided.problems(isStrict: isStrict))
    outcome.problems = problems.count
    outcome.decided = decided.count
    outcome.overruled = decided.overruledCount
    outcome.unknownDecisions = decided.unknownCount
    // The catalog gets its names when all of it is written.
    try problems.file.commit()
    try review.finish()
    try stations?.commit()
    try pass.writeArchiveIndex(to: results)
    try features.commit()
    try rejected.finish(header: writer.header(kept: false))
    try kept.finish(header: writer.header(kept: true))
    try events.commit()
    problems.warn(report)
    decided.warn(report)
    return (outcome, doubtful)
  }

  /// Makes figures and page; results are whole already, and are not lost for want of them.
  ///
  /// Rank 0 only.
  private func makeReport(
    _ doubtful: DoubtfulEvents, _ surroundings: Surroundings?, _ facts: RunFacts, _ work: WorkFolder, _ report: Reporter
  ) throws {
    report.note("making the report")
    do {
      if case .catalog(let input) = source, let surroundings {
        if let inventory = surroundings.inventory { try MapStations(inventory).write(to: output) }
        let sections = try doubtful.sections(input, surroundings, scratch: "\(work.path)/doubtful.xml")
        try RecordSection.write(sections, to: output)
      }
      try RefinementReport(output: output, facts: facts).write(report)
    } catch let error as FormatError where error.kind != .inputOutput && error.kind != .cannotCreate {
      report.warn("the report could not be made: \(error); hsdl-mpi report \(output) tries again")
    }
  }

  private func details(_ outcome: Outcome, _ folder: ModelFolder, ranks: Int) -> [(String, JSONValue)] {
    source.record + [
      ("model", .string(model)), ("model_hash", .string(folder.card.hash)),
      ("model_kind", .string(folder.card.kind)), ("events_scored_by_network", .integer(outcome.deepEvents)),
      ("decision", RunFacts.decision(folder.card)), ("ranks", .integer(ranks)),
      ("events", .integer(outcome.events)), ("real", .integer(outcome.real)), ("fake", .integer(outcome.fake)),
      ("uncertain", .integer(outcome.uncertain)),
    ]
      + (decisions.isEmpty
        ? []
        : [
          ("decisions", .array(decisions.map { .string($0) })), ("decided", .integer(outcome.decided)),
          ("overruled", .integer(outcome.overruled)), ("unknown_decisions", .integer(outcome.unknownDecisions)),
        ]) + [
        (source.isCatalog ? "duplicates" : "split_events", .integer(outcome.joinedEvents)),
        (
          source.isCatalog ? "station_windows" : "rows",
          .integer(source.isCatalog ? outcome.stationWindows : outcome.rows)
        ),
        (source.isCatalog ? "problems" : "unusable_rows", .integer(outcome.problems)),
        ("elapsed_s", .number(outcome.elapsed)),
        (
          "stages_s",
          .object(zip(StageTimes.names, outcome.times.values).map { ($0, .number(($1 * 1000).rounded() / 1000)) })
        ),
      ]
  }

  private func summarize(_ outcome: Outcome, _ folder: ModelFolder, _ report: Reporter) {
    let thresholds = folder.card.thresholds
    report.say(
      "\(counted(outcome.events, "events")): \(outcome.real) real, \(outcome.uncertain) uncertain, \(outcome.fake) fake"
    )
    if !decisions.isEmpty {
      report.say(
        "\(outcome.decided) of these \(outcome.decided == 1 ? "was" : "were") decided by persons, \(outcome.overruled) of them against the model"
      )
    }
    if source.isCatalog && outcome.joinedEvents > 0 {
      let isOne = outcome.joinedEvents == 1
      report.say(
        "\(outcome.joinedEvents) of these \(isOne ? "is another entry" : "are other entries") of events that are there, "
          + "merged into them")
    }
    report.say(
      "real from P = \(fixed(thresholds.real, decimals: 3)), fake below P = \(fixed(thresholds.fake, decimals: 3)); model \(folder.card.shortHash)"
    )
    if folder.hybrid != nil {
      report.say("\(outcome.deepEvents) of them by features and waveforms, the others by features alone")
    }
    let total = outcome.times.values.reduce(0, +)
    let shares = zip(StageTimes.names, outcome.times.values).map {
      "\($0) \(fixed(100 * $1 / max(total, 1e-9), decimals: 0)) %"
    }
    report.note(
      "\(fixed(outcome.elapsed, decimals: 1)) s, \(fixed(Double(outcome.events) / max(outcome.elapsed, 1e-9), decimals: 0)) events/s; \(shares.joined(separator: ", "))"
    )
    report.say(
      "kept in \(output)/refined.xml, rejected in rejected.xml, all with reasons in events.csv\(writesReport ? "; for people: report.html" : "")"
    )
    if outcome.uncertain > 0 {
      report.note(
        "the uncertain ones stand in \(output)/review.csv, the most doubtful first: fill in label, who and why, and give it with --decisions"
      )
    }
  }
}

import Foundation
import HSDLCompute
public import MPI
public import SeismicFormats
public import Worker

/// Picks P and S arrivals in an archive of continuous waveforms.
///
/// A unit is a day of a station; the picks are the same for any number of ranks.
public struct PickJob: Sendable {
  /// The waveforms: `sds:PATH` or `files:PATH`.
  public var archive: String
  /// The index of the archive's files that an earlier run has kept; nil looks through all.
  public var archiveIndex: String?
  /// Files that describe the stations; without them amplitudes are in counts and components as they are called.
  public var stations: [String] = []
  /// The model's folder, as `makePicker` takes it.
  public var model: String
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false
  /// Whether anything that cannot be used ends the job.
  public var isStrict = false
  /// Picks before this are left out; nil for none.
  public var start: UTCTime?
  /// Picks from this on are left out; nil for none.
  public var end: UTCTime?
  /// Streams that are picked; all where there is none.
  public var streams: [StreamPattern] = []
  /// How the picker's usual settings are changed.
  public var changes = PickSettingChanges()
  /// How long the job may run.
  public var limits = RunLimits()
  /// What becomes of station-days that fail, and of ranks that stall.
  public var sharing = SharingLimits()
  /// Loads the picker; collective, called once on each rank.
  public var makePicker: @Sendable (_ model: String, _ communicator: any Communicator) throws -> PickerModel

  /// The files that the job writes.
  public static let files = ["picks.csv", "problems.csv", "run.json", indexName]
  static let indexName = "archive-index.csv"

  /// Creates a job.
  public init(
    archive: String, model: String, output: String,
    makePicker: @escaping @Sendable (_ model: String, _ communicator: any Communicator) throws -> PickerModel
  ) {
    self.archive = archive
    self.model = model
    self.output = output
    self.makePicker = makePicker
  }

  /// What a run came to, as rank 0 knows it.
  public struct Outcome: Sendable, Equatable {
    /// Days of stations with data.
    public var stationDays = 0
    /// Stations with data.
    public var stations = 0
    /// Picks of P.
    public var p = 0
    /// Picks of S.
    public var s = 0
    /// Windows that were put through the network.
    public var windows = 0
    /// Days of data, in blocks of ten minutes that have any.
    public var dataDays = 0.0
    /// Things that could not be used.
    public var problems = 0
    /// Seconds that reading took, added over the ranks.
    public var readingSeconds = 0.0
    /// Seconds that the network took, added over the ranks.
    public var networkSeconds = 0.0
    /// Seconds that the units took, added over the ranks.
    public var unitSeconds = 0.0
    /// Seconds from begin to end.
    public var elapsed = 0.0
  }

  var span: Range<UTCTime> {
    // The times that dates can be written of.
    let lower = start ?? UTCTime(seconds: -62_135_596_800)
    return lower..<max(lower, end ?? UTCTime(seconds: 253_402_300_800))
  }

  func units(_ opened: any WaveformArchive, over communicator: any Communicator) throws -> [PickingDay] {
    try communicator.agree {
      let units = PickingDay.all(in: opened, patterns: streams, span: span)
      guard units.isEmpty else { return units }
      let isContinuous = opened is SDSArchive || opened is FileArchive
      throw FormatError(
        .badData, file: archive,
        found: isContinuous
          ? "there is nothing to be picked: \(counted(opened.streams.count, "streams")), none of them fits in the time"
          : "it holds windows that were cut out, not continuous data",
        expected: isContinuous ? "streams that fit --streams, --from and --to" : "sds:PATH or files:PATH",
        remedy: isContinuous ? "`inspect` says what there is" : nil)
    }
  }

  /// Runs the job on all ranks.
  ///
  /// - Returns: what came of it; on rank 0 only.
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> Outcome {
    try OutputFolder.prepare(output, files: Self.files, overwrites: overwrites, goesOn: true, over: communicator) {
      try pick(over: communicator, report: report)
    }
  }

  private func pick(over communicator: any Communicator, report: Reporter) throws -> Outcome {
    let begin = monotonicSeconds()
    StopSignals.install(isTalking: communicator.isRoot)
    try communicator.agree { try sharing.plan(hasArchive: true, hasNetwork: true).require(sharing.memory) }
    var record = RunRecord(command: "pick")
    let picker = try makePicker(model, communicator)
    let settings = changes.applied(to: picker.network.description)
    let isRoot = communicator.isRoot
    var found: [Problem] = []
    let note: ProblemHandler = { problem in
      if isStrict { throw problem.error }
      if isRoot { found.append(problem) }
    }
    try communicator.agree { if let objection = settings.objection { throw JobError(.usage, objection) } }
    let inventory = try Inventory.open(stations, over: communicator, onProblem: note)
    let (opened, index, hash) = try Surroundings.open(
      archive, known: archiveIndex, budget: sharing.archiveBudget(hasNetwork: true), over: communicator, report: report,
      onProblem: note)
    let units = try self.units(opened, over: communicator)
    var identity = JobIdentity(command: "pick", version: programVersion)
    identity.add("archive", archive)
    identity.add("content of the archive", hash)
    record.inputs = try InputFile.hashed(stations, over: communicator)
    identity.add("stations", files: record.inputs)
    identity.add("model", picker.hash)
    identity.addFields(of: settings)
    identity.add("time", "\(start?.description ?? "") to \(end?.description ?? "")")
    identity.add("streams", streams.map(\.text).joined(separator: " "))
    identity.add("strictness", isStrict)
    record.identity = identity
    record.models = [(model, picker.hash)]
    guard
      let work = try WorkFolder.open(
        in: output, for: identity, limits: limits, overwrites: overwrites, over: communicator, report: report)
    else { return Outcome() }
    return try work.use(over: communicator) {
      let picking = try communicator.agree {
        try StationDayPicking(
          picker, settings, archive: opened, inventory: inventory, span: span, folder: work.path, isStrict: isStrict)
      }
      var summaries = [StationDayPicking.UnitSummary?](repeating: nil, count: units.count)
      let progress = report.progress("station-days")
      var done = 0
      let names = units.enumerated().map { place, unit in
        Checksum(of: "\(place) \(unit.day) \(unit.station) \(unit.streams)").value
      }
      var sharingSettings = sharing.settings(report)
      sharingSettings.describe = { units.indices.contains($0) ? units[$0].words : "unit \($0)" }
      sharingSettings.activity = { picking.activity }
      let course = try UnitCourse(
        names, costs: units.map { Double(1 + min($0.streams.count, 3)) * ($0.span.clamped(to: span).seconds) },
        in: work, settings: sharingSettings, over: communicator, report: report)
      try course.run(
        work: { unit, poll in try UnitProduct(try picking.pick(units[unit], number: unit, poll: poll), in: work) },
        onResult: { unit, payload in
          summaries[unit] = try work.summary(StationDayPicking.UnitSummary.self, payload)
          done += 1
          progress.update(done, units.count)
        },
        onSetAside: { failure in
          let words = units[failure.unit].words
          summaries[failure.unit] = StationDayPicking.UnitSummary()
          found.append(
            Problem(
              file: archive, found: "\(words): \(failure.description)", expected: "a station-day that can be picked",
              action: "it has no picks"))
          report.warn("\(words) could not be picked: \(failure.description); see problems.csv")
        })
      progress.finish()
      try sharing.tellMemory(over: communicator, report)
      var outcome = Outcome()
      try communicator.agreeOnRoot {
        outcome = try gather(units, summaries.compactMap { $0 }, found, index, report)
        outcome.elapsed = monotonicSeconds() - begin
      }
      record.details = details(outcome, picker, settings, ranks: communicator.size)
      record.outputs = Self.files.filter {
        $0 != RunRecord.name && ($0 != Self.indexName || archive.hasPrefix("files:"))
      }
      record.resumedCount = work.resumedCount
      try record.write(to: output, over: communicator)
      if communicator.isRoot { summarize(outcome, report) }
      return outcome
    }
  }

  /// Writes the tables from the units' files.
  ///
  /// Rank 0 only.
  private func gather(
    _ units: [PickingDay], _ summaries: [StationDayPicking.UnitSummary], _ found: [Problem], _ index: [UInt8],
    _ report: Reporter
  ) throws -> Outcome {
    var outcome = Outcome()
    // An archive's index may name days of which there is nothing in the end.
    let withData = zip(units, summaries).filter { $0.1.dataSeconds > 0 }.map(\.0)
    outcome.stationDays = withData.count
    outcome.stations = Set(withData.map(\.station)).count
    for summary in summaries {
      outcome.p += summary.pCount
      outcome.s += summary.sCount
      outcome.windows += summary.windowCount
      outcome.dataDays += summary.dataSeconds / 86_400
      outcome.readingSeconds += summary.readingSeconds
      outcome.networkSeconds += summary.networkSeconds
      outcome.unitSeconds += summary.seconds
    }
    let results = try OutputFolder(output, files: [], overwrites: true)
    RunRecord.withdraw(in: output)
    let problems = try ProblemTable(found, files: summaries.map(\.problemFile), path: results.file("problems.csv"))
    outcome.problems = problems.count
    let picks = try FileOutput(results.file("picks.csv"))
    try picks.write(StationPickTable.header)
    let sink = TextSink(capacity: 1 << 20)
    // Units stand by day: the files of a day are merged, and days follow each other.
    var first = 0
    while first < units.count {
      let end = units[first...].firstIndex { $0.day != units[first].day } ?? units.count
      var merge = try RecordMerge(summaries[first..<end].flatMap(\.files))
      try merge.forEach { cursor in
        sink.append(cursor.piece(0))
        if sink.count > 1 << 19 { try picks.write(sink) }
      }
      first = end
    }
    try picks.write(sink)
    if !index.isEmpty {
      let file = try FileOutput(results.file(Self.indexName))
      try index.withUnsafeBufferPointer { try file.write($0) }
      try file.commit()
    }
    try problems.file.commit()
    try picks.commit()
    problems.warn(report)
    return outcome
  }

  private func details(
    _ outcome: Outcome, _ picker: PickerModel, _ settings: PickSettings, ranks: Int
  ) -> [(String, JSONValue)] {
    func rounded(_ seconds: Double) -> JSONValue { .number((seconds * 1000).rounded() / 1000) }
    let description = picker.network.description
    return [
      ("archive", .string(archive)),
      ("stations", .array(stations.map { .string($0) })), ("model", .string(model)),
      ("model_hash", .string(picker.hash)), ("architecture", .string(description.architecture)),
      ("from", start.map { .string($0.description) } ?? .null), ("to", end.map { .string($0.description) } ?? .null),
      ("streams", .array(streams.map { .string($0.text) })), ("p_threshold", .number(settings.pThreshold)),
      ("s_threshold", .number(settings.sThreshold)), ("detection_threshold", .number(settings.detectionThreshold)),
      ("overlap", .number(settings.overlap)), ("stack", .string(settings.stack.rawValue)),
      ("s_choice", .string(settings.sChoice.rawValue)), ("ranks", .integer(ranks)),
      ("station_days", .integer(outcome.stationDays)), ("picked_stations", .integer(outcome.stations)),
      ("data_days", rounded(outcome.dataDays)), ("windows", .integer(outcome.windows)),
      ("p_picks", .integer(outcome.p)), ("s_picks", .integer(outcome.s)), ("problems", .integer(outcome.problems)),
      ("elapsed_s", rounded(outcome.elapsed)),
      (
        "stages_s",
        .object([
          ("reading", rounded(outcome.readingSeconds)), ("network", rounded(outcome.networkSeconds)),
          ("signal", rounded(outcome.unitSeconds - outcome.readingSeconds - outcome.networkSeconds)),
        ])
      ),
    ]
  }

  private func summarize(_ outcome: Outcome, _ report: Reporter) {
    report.say(
      "\(counted(outcome.p, "P_picks")), \(counted(outcome.s, "S_picks")) at \(counted(outcome.stations, "stations")) in \(counted(outcome.stationDays, "station-days"))"
    )
    let days = max(outcome.dataDays, 1e-9)
    report.note(
      "\(fixed(outcome.elapsed, decimals: 1)) s; a day of data: reading \(fixed(outcome.readingSeconds / days, decimals: 2)) s, network \(fixed(outcome.networkSeconds / days, decimals: 2)) s, all else \(fixed((outcome.unitSeconds - outcome.readingSeconds - outcome.networkSeconds) / days, decimals: 2)) s"
    )
    report.say("picks in \(output)/picks.csv")
  }
}

extension PickingDay {
  /// The station and the day.
  fileprivate var words: String { "\(station) on \("\(span.lowerBound)".prefix(10))" }
}

extension Range where Bound == UTCTime {
  /// How long the span is, in s.
  fileprivate var seconds: Double { upperBound.timeInterval(since: lowerBound) }
}

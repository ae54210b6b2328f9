import Foundation
public import HSDLCompute
public import MPI
import SeismicFormats
import Worker

/// Makes a synthetic network's waveform archive, its earthquakes, and the catalog that an automatic system made of it.
///
/// A unit is a day of a station, or a day of the catalogs; all ranks make units, and the files are the same for any number
/// of ranks.
public struct SynthJob: Sendable {
  /// What everything is made from.
  public var settings = SyntheticSettings()
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false
  /// How long the job may run.
  public var limits = RunLimits()

  /// Creates a job.
  public init(output: String) { self.output = output }

  /// What the job has made.
  public struct Outcome: Sendable, Equatable {
    /// Earthquakes in `truth.xml`.
    public var earthquakes = 0
    /// Automatic events by what they are.
    public var events: [EventKind: Int] = [:]
    /// Samples in the archive.
    public var samples = 0
    /// Bytes of the archive.
    public var bytes = 0

    /// Automatic events of a label.
    public func count(label: String) -> Int {
      EventKind.allCases.filter { $0.label == label }.reduce(0) { $0 + (events[$1] ?? 0) }
    }
  }

  /// The files that the job writes, and the archive's folder.
  public static let files = [
    "archive", "stations.xml", "truth.xml", "automatic.xml", "labels.csv", "velocity.csv", "synth.json", "run.json",
  ]

  /// Runs the job on all ranks.
  ///
  /// - Returns: on rank 0 what was made.
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  @discardableResult
  public func run(over communicator: any Communicator, report: Reporter) throws -> Outcome {
    let world = try communicator.agree {
      if let objection = settings.objection { throw JobError(.usage, objection) }
      return try SyntheticWorld(settings)
    }
    return try OutputFolder.prepare(output, files: Self.files, overwrites: overwrites, goesOn: true, over: communicator)
    {
      try make(world, over: communicator, report: report)
    }
  }

  private func make(_ world: SyntheticWorld, over communicator: any Communicator, report: Reporter) throws -> Outcome {
    let begin = monotonicSeconds()
    StopSignals.install(isTalking: communicator.isRoot)
    var record = RunRecord(command: "synth")
    var identity = JobIdentity(command: "synth", version: programVersion)
    identity.addFields(of: settings)
    record.identity = identity
    guard
      let work = try WorkFolder.open(
        in: output, for: identity, limits: limits, overwrites: overwrites, over: communicator, report: report)
    else { return Outcome() }
    return try work.use(over: communicator) {
      let outcome = try make(world, work, over: communicator, report: report)
      try communicator.agreeOnRoot {
        try SyntheticCatalogDay.merge(days: settings.dayCount, from: work.path, to: output)
        try writeDescriptions(world, outcome)
      }
      record.outputs = Self.files.filter { $0 != RunRecord.name }
      record.details = [
        ("seed", .string(String(settings.seed))), ("earthquakes", .integer(outcome.earthquakes)),
        ("events", .integer(outcome.events.values.reduce(0, +))), ("samples", .integer(outcome.samples)),
        ("bytes", .integer(outcome.bytes)),
      ]
      record.resumedCount = work.resumedCount
      try record.write(to: output, over: communicator)
      tell(outcome, world, seconds: monotonicSeconds() - begin, report)
      return outcome
    }
  }

  /// Makes the archive, and the pieces of the catalogs in the work folder.
  private func make(
    _ world: SyntheticWorld, _ work: WorkFolder, over communicator: any Communicator, report: Reporter
  ) throws -> Outcome {
    let archive = SyntheticArchive(world, folder: "\(output)/archive")
    try communicator.agreeOnRoot {
      RunRecord.withdraw(in: output)
      try archive.prepare(goesOn: work.ledger?.hasUnits == true)
    }
    let (days, stations) = (settings.dayCount, settings.stationCount)
    let stationDays = days * stations
    // The catalogs' days cost little and come last.
    let costs = (0..<stationDays + days).map { unit in unit < stationDays ? archive.cost(unit) : Double(1) }
    let progress = report.progress("station-days")
    var outcome = Outcome()
    var done = 0
    // All follows from the settings, which the job's identity tells of.
    let names = costs.indices.map { mixed(UInt64($0) &+ 1) }
    let course = try UnitCourse(names, costs: costs, in: work, over: communicator, report: report)
    try course.run(
      work: { unit, poll in
        if unit < stationDays { return try archive.write(unit, poll: poll) }
        try poll()
        return try SyntheticCatalogDay(world, day: unit - stationDays, folder: work.path).write()
      },
      onResult: { unit, payload in
        let numbers = UnitNumbers(payload).values
        if unit < stationDays {
          done += 1
          outcome.samples += numbers.first ?? 0
          outcome.bytes += numbers.last ?? 0
          progress.update(done, stationDays)
        } else {
          outcome.earthquakes += numbers.first ?? 0
          for (kind, count) in zip(EventKind.allCases, numbers.dropFirst()) where count > 0 {
            outcome.events[kind, default: 0] += count
          }
        }
      })
    progress.finish()
    return outcome
  }

  private func writeDescriptions(_ world: SyntheticWorld, _ outcome: Outcome) throws {
    try StationXMLWriter.write(world.network.inventory, to: "\(output)/stations.xml", created: settings.epoch)
    let folder = try OutputFolder(output, files: [], overwrites: true)
    let table = TextSink()
    table.append("depth_km,p_km_s,s_km_s\n")
    for node in world.region.model.nodes {
      for (place, value) in [node.depth, node.p, node.s].enumerated() {
        if place > 0 { table.append(byte: 44) }
        table.append(value)
      }
      table.append(byte: 10)
    }
    try folder.write("velocity.csv", table.string)
    try folder.write("synth.json", description(world, outcome).text)
  }

  private func description(_ world: SyntheticWorld, _ outcome: Outcome) -> JSONValue {
    let errors = settings.errors
    return .object([
      ("program_version", .string(programVersion)), ("seed", .string(String(settings.seed))),
      ("start", .string(settings.start.description)), ("end", .string(settings.end.description)),
      ("stations", .integer(settings.stationCount)), ("sampling_rate", .number(settings.samplingRate)),
      ("region_km", .number(settings.regionSize)), ("latitude", .number(world.region.latitude)),
      ("longitude", .number(world.region.longitude)), ("events_per_day", .number(settings.eventsPerDay)),
      ("earthquakes_per_day", .number(world.sequence.rate)),
      ("magnitude_minimum", .number(settings.magnitudes.lowerBound)),
      ("magnitude_maximum", .number(settings.magnitudes.upperBound)), ("b_value", .number(settings.bValue)),
      (
        "automatic_errors",
        .object([
          ("noise", .number(errors.noise)), ("glitches", .number(errors.glitches)),
          ("calibrations", .number(errors.calibrations)), ("teleseisms", .number(errors.teleseisms)),
          ("mixed", .number(errors.mixed)), ("duplicates", .number(errors.duplicates)),
          ("splits", .number(errors.splits)), ("mislocated", .number(errors.mislocated)),
          ("epicentre_km", .number(errors.epicentre)), ("depth_km", .number(errors.depth)),
          ("magnitude", .number(errors.magnitude)), ("outliers", .number(errors.outliers)),
          ("strays", .number(errors.strays)),
        ])
      ),
      (
        "counts",
        .object(
          [
            ("earthquakes", .integer(outcome.earthquakes)), ("real", .integer(outcome.count(label: "real"))),
            ("fake", .integer(outcome.count(label: "fake"))),
            ("duplicate", .integer(outcome.count(label: "duplicate"))), ("samples", .integer(outcome.samples)),
          ])
      ),
      ("counts_by_reason", .object(EventKind.allCases.map { ($0.rawValue, .integer(outcome.events[$0] ?? 0)) })),
    ])
  }

  private func tell(_ outcome: Outcome, _ world: SyntheticWorld, seconds: Double, _ report: Reporter) {
    let automatic = outcome.events.values.reduce(0, +)
    report.say(
      "\(counted(settings.stationCount, "stations")) about \(world.region.latitude), \(world.region.longitude), "
        + "\(settings.start.description) to \(settings.end.description)")
    report.say(
      "\(counted(outcome.earthquakes, "earthquakes")) in truth.xml; \(counted(automatic, "events")) in automatic.xml: "
        + "\(outcome.count(label: "real")) real, \(outcome.count(label: "fake")) fake, "
        + "\(outcome.count(label: "duplicate")) duplicates")
    for kind in EventKind.allCases { report.say("  \(kind.rawValue): \(outcome.events[kind] ?? 0)") }
    report.say("results in \(output): \(Self.files.joined(separator: ", "))")
    let rate = Double(outcome.samples) / max(seconds, 1e-9) / 1e6
    report.note(
      "\(fixed(Double(outcome.samples) / 1e6, decimals: 1)) million samples in \(fixed(Double(outcome.bytes) / 1e6, decimals: 1)) MB, "
        + "\(fixed(seconds, decimals: 1)) s, \(fixed(rate, decimals: 1)) million samples/s")
  }
}

/// Whole numbers that a unit sends to rank 0.
struct UnitNumbers {
  var values: [Int]

  init(_ values: [Int]) { self.values = values }

  init(_ text: String) { values = text.split(separator: " ").compactMap { Int($0) } }

  var text: String { values.map { String($0) }.joined(separator: " ") }
}

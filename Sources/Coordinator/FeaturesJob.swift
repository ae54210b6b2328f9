public import HSDLCompute
public import MPI
import SeismicFormats
import Worker

/// Extracts features of the events of catalogs or pick tables; of labelled ones also how the features differ between real and fake
/// events, how they go together, and their principal components.
public struct FeaturesJob: Sendable {
  /// Events of which nothing is known; nil for labelled ones.
  public var source: EventSource?
  /// Pick tables of real events.
  public var real: [String] = []
  /// Pick tables of fake events.
  public var fake: [String] = []
  /// The features that are wanted; nil for all that there are.
  public var chosenFeatures: FeatureSet?
  /// The features whose principal components are wanted; nil for HSDL's eight, or all where those are not wanted.
  public var components: FeatureSet?
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false
  /// Whether a row that cannot be used ends the job; always so for labelled tables.
  public var isStrict = false
  /// What becomes of units that fail, and of ranks that stall.
  public var sharing = SharingLimits()
  /// About how many bytes of a table a unit has.
  public var unitSize = 4 << 20
  /// How long the job may run.
  public var limits = RunLimits()

  /// Creates a job.
  public init(output: String) { self.output = output }

  /// The name of the store of windows that the discriminator sees.
  public static let windowsName = "event_windows.bin"

  private var isLabelled: Bool { source == nil }

  private var features: FeatureSet { chosenFeatures ?? (source?.isCatalog ?? false ? .all : .picks) }

  /// The files that the job writes.
  public var files: [String] {
    ["features.csv", "features.json"]
      + (isLabelled ? ["t_test.csv", "correlation.csv", "pca.csv"] : ["problems.csv"])
      + (source?.writesStationFeatures ?? false ? [StationFeatureFile.name] : [])
      + (source?.writesEventWindows ?? false ? [Self.windowsName] : [])
  }

  /// Runs the job on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    try OutputFolder.prepare(output, files: files, overwrites: overwrites, goesOn: !isLabelled, over: communicator) {
      if let source {
        try run(source, over: communicator, report: report)
      } else {
        try runLabelled(over: communicator, report: report)
      }
    }
  }

  private func run(_ source: EventSource, over communicator: any Communicator, report: Reporter) throws {
    let begin = monotonicSeconds()
    StopSignals.install(isTalking: communicator.isRoot)
    try communicator.agree {
      try sharing.plan(hasArchive: source.hasArchive, hasNetwork: source.writesEventWindows).require(sharing.memory)
    }
    var record = RunRecord(command: "features")
    var tables: PickInput?
    var surroundings: (Surroundings, problems: [Problem])?
    switch source {
    case .picks(let picks):
      tables = try communicator.agree { try PickInput(picks.map { ($0, nil) }, unitSize: unitSize) }
    case .catalog(let input):
      surroundings = try CatalogPass.surroundings(
        input, model: nil, features: features, isStrict: isStrict,
        budget: sharing.archiveBudget(hasNetwork: source.writesEventWindows), over: communicator, report: report)
    }
    var identity = JobIdentity(command: "features", version: programVersion)
    record.inputs = try source.describe(
      in: &identity, archive: surroundings?.0.archiveHash, unitSize: unitSize, over: communicator)
    identity.add("features", features.names.joined(separator: ","))
    identity.add("strictness", isStrict)
    record.identity = identity
    guard
      let work = try WorkFolder.open(
        in: output, for: identity, limits: limits, overwrites: overwrites, over: communicator, report: report)
    else { return }
    try work.use(over: communicator) {
      let pass: any EventPass
      if let tables {
        pass = try PickPass(
          tables, model: nil, features: features, network: "", work: work, isStrict: isStrict, limits: sharing,
          over: communicator, report: report)
      } else if let surroundings, case .catalog(let input) = source {
        pass = try CatalogPass(
          input, model: nil, features: features, surroundings: surroundings, work: work, isStrict: isStrict,
          limits: sharing, over: communicator, report: report)
      } else {
        return
      }
      try sharing.tellMemory(over: communicator, report)
      var events = 0
      var problemCount = 0
      try communicator.agreeOnRoot { (events, problemCount) = try gather(pass, source, report) }
      let elapsed = monotonicSeconds() - begin
      record.details =
        source.record + [
          ("events", .integer(events)), ("problems", .integer(problemCount)), ("features", .integer(features.count)),
          (source.isCatalog ? "duplicates" : "split_events", .integer(pass.joinedCount)),
          (
            source.isCatalog ? "station_windows" : "rows",
            .integer(source.isCatalog ? pass.stationWindowCount : pass.rowCount)
          ),
        ]
      record.outputs = files
      record.resumedCount = work.resumedCount
      try record.write(to: output, over: communicator)
      let basis =
        source.isCatalog ? counted(pass.stationWindowCount, "station_windows") : counted(pass.rowCount, "rows")
      report.say(
        "\(counted(features.count, "features")) of \(counted(events, "events")) (\(basis)) in \(output)/features.csv")
      report.note(
        "\(fixed(elapsed, decimals: 1)) s, \(fixed(Double(events) / max(elapsed, 1e-9), decimals: 0)) events/s")
    }
  }

  /// Writes the tables from the units' files; rank 0 only.
  private func gather(
    _ pass: any EventPass, _ source: EventSource, _ report: Reporter
  ) throws -> (events: Int, problems: Int) {
    var events = 0
    let folder = try OutputFolder(output, files: [], overwrites: true)
    RunRecord.withdraw(in: output)
    let problems = try pass.writeProblems(to: folder.file("problems.csv"))
    let file = try FileOutput(folder.file("features.csv"))
    try file.write(EventWriter.featuresHeader(features))
    let sink = TextSink(capacity: 1 << 20)
    let stations = try StationFeatureFile(source, in: folder)
    try pass.forEachRecord { cursor in
      events += 1
      try stations?.write(cursor.piece(3))
      sink.append(cursor.piece(1))
      if sink.count > 1 << 19 { try file.write(sink) }
    }
    try file.write(sink)
    try folder.write("features.json", definitions.text)
    if source.writesEventWindows { try pass.writeEventWindows(to: folder.file(Self.windowsName)) }
    try problems.file.commit()
    try stations?.commit()
    try pass.writeArchiveIndex(to: folder)
    try file.commit()
    problems.warn(report)
    return (events, problems.count)
  }

  private func runLabelled(over communicator: any Communicator, report: Reporter) throws {
    let components =
      components ?? (FeatureSet.hsdl8.definitions.allSatisfy(features.definitions.contains) ? .hsdl8 : features)
    let picks = try LabelledEvents(real: real, fake: fake, features: features, over: communicator)
    for remark in picks.remarks { report.warn(remark) }
    let table = try picks.gathered(over: communicator)
    let selected = try communicator.agree { try TrainingRows(table.selecting(components)) }
    let pca = try communicator.agree { try PrincipalComponents(selected, over: SingleRank()) }
    try communicator.agreeOnRoot {
      let folder = try OutputFolder(output, files: [], overwrites: true)
      try folder.write("features.json", definitions.text)
      try folder.write("t_test.csv", Self.tTests(table))
      try folder.write("correlation.csv", Self.correlations(table))
      try folder.write("pca.csv", Self.components(pca, components))
      try folder.write("features.csv", Self.features(table))
    }
    var record = RunRecord(command: "features")
    record.inputs = try InputFile.listed(real + fake, over: communicator)
    record.outputs = files
    record.details = [("events", .integer(table.count)), ("features", .integer(features.count))]
    try record.write(to: output, over: communicator)
    let realCount = table.labels.reduce(0) { $0 + Int($1) }
    report.say(
      "\(features.count) features of \(table.count) events (\(realCount) real, \(table.count - realCount) fake)")
    let shares = pca.explainedVariance.prefix(2).map { fixed($0, decimals: 4) }.joined(separator: " + ")
    report.say(
      "two principal components of \(components.count) features explain \(shares) = "
        + "\(fixed(pca.explainedVariance.prefix(2).reduce(0, +), decimals: 4)) of the variance")
    report.say("results in \(output): \(files.joined(separator: ", "))")
  }

  private var definitions: JSONValue {
    .object([
      (
        "features",
        .array(
          features.definitions.map {
            .object([
              ("name", .string($0.name)), ("unit", .string($0.unit)), ("meaning", .string($0.meaning)),
              ("imputation", .string($0.imputation.rawValue)),
            ])
          })
      )
    ])
  }

  private static func features(_ table: FeatureTable) -> String {
    let sink = TextSink()
    sink.append(text: "event_id,type,\(table.features.names.joined(separator: ","))\n")
    for event in 0..<table.count {
      sink.append(cell: table.ids[event])
      sink.append(byte: 44)
      sink.append(Int(table.labels[event]))
      for value in table.row(event) {
        sink.append(byte: 44)
        sink.append(value)
      }
      sink.append(byte: 10)
    }
    return sink.string
  }

  private static func tTests(_ table: FeatureTable) -> String {
    let sink = TextSink()
    sink.append("feature,real_n,real_mean,real_sd,fake_n,fake_mean,fake_sd,t,p_value,p_value_welch\n")
    for (place, definition) in table.features.definitions.enumerated() {
      let column = table.column(place)
      func values(_ label: UInt8) -> [Double] { column.indices.filter { table.labels[$0] == label }.map { column[$0] } }
      let test = StudentTTest(values(1), values(0))
      sink.append(text: definition.name)
      let numbers = [
        Double(test.counts.first), test.means.first, test.deviations.first, Double(test.counts.second),
        test.means.second, test.deviations.second, test.t, test.pValue, test.welchPValue,
      ]
      for number in numbers {
        sink.append(byte: 44)
        sink.append(number)
      }
      sink.append(byte: 10)
    }
    return sink.string
  }

  private static func correlations(_ table: FeatureTable) -> String {
    let sink = TextSink()
    sink.append(text: "feature,\(table.features.names.joined(separator: ","))\n")
    let matrix = correlationMatrix((0..<table.width).map { table.column($0) })
    for (name, row) in zip(table.features.names, matrix) {
      sink.append(text: name)
      for value in row {
        sink.append(byte: 44)
        sink.append(value)
      }
      sink.append(byte: 10)
    }
    return sink.string
  }

  private static func components(_ pca: PrincipalComponents, _ features: FeatureSet) -> String {
    let sink = TextSink()
    sink.append(text: "component,explained_variance,\(features.names.joined(separator: ","))\n")
    for (number, loadings) in pca.loadings.enumerated() {
      sink.append(number + 1)
      for value in [pca.explainedVariance[number]] + loadings {
        sink.append(byte: 44)
        sink.append(value)
      }
      sink.append(byte: 10)
    }
    return sink.string
  }
}

import Foundation
import HSDLCompute
public import MPI
import SeismicFormats
import Worker

/// Shows the whole way on synthetic networks: a model is trained on one whose truth is known, refines the automatic
/// catalog of another from its waveforms, and what comes out is compared with the truth.
public struct DemoJob: Sendable {
  /// Where everything goes; replaced if it is there from an earlier demo.
  public var output: String
  /// What everything is made from.
  public var seed: UInt64 = 1
  /// The number of stations of each network.
  public var stations = 12
  /// How long the archive of each network is, in hours.
  public var hours = 12.0
  /// Earthquakes a day that the automatic system declares.
  public var eventsPerDay = 900.0

  /// Creates a demo.
  public init(output: String) { self.output = output }

  /// The network looks at so many stations of an event.
  private static let windowStations = 20

  private var training: String { "\(output)/training" }
  private var network: String { "\(output)/network" }

  /// Runs the demo on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    let options = "--stations \(stations) --days \(hours / 24) --events-per-day \(Int(eventsPerDay)) --sampling-rate 50"
    report.say(
      "1. A synthetic network that an analyst has worked on: waveforms, stations, an automatic catalog, labels.")
    report.say("   hsdl-mpi synth --seed \(seed) \(options) --output training")
    try synthesize(seed, training, over: communicator, report: report)

    report.say("")
    report.say("2. Features of the picks, the origin and the waveforms of every event of its catalog.")
    let labels = "\(training)/labels.csv"
    report.say(
      "   hsdl-mpi features \(Self.inputOptions("training")) --event-windows \(Self.windowStations) --labels training/labels.csv --output training/features"
    )
    var features = FeaturesJob(output: "\(training)/features")
    var source = input(training)
    source.windowStations = Self.windowStations
    source.windowLabels = [labels]
    features.source = .catalog(source)
    features.overwrites = true
    try features.run(over: communicator, report: report)

    report.say("")
    report.say("3. Models on the features, joined with the network on waveforms that comes with the program.")
    let discriminator = try communicator.agree { "\(try ShippedModels.folder(.event))/deep" }
    report.say(
      "   hsdl-mpi train hybrid --feature-table training/features/features.csv --labels training/labels.csv --event-windows training/features/event_windows.bin --discriminator models/event/deep --output model"
    )
    var train = TrainHybridJob(
      .features(tables: ["\(training)/features/features.csv"], labels: [labels]), output: "\(output)/model")
    train.windows = ["\(training)/features/event_windows.bin"]
    train.discriminator = discriminator
    train.overwrites = true
    train.settings.seed = seed
    let model = try train.run(over: communicator, report: report)

    report.say("")
    report.say("4. Another network, in another region, that the model has never seen.")
    report.say("   hsdl-mpi synth --seed \(seed + 1000) \(options) --output network")
    try synthesize(seed + 1000, network, over: communicator, report: report)

    report.say("")
    report.say(
      "5. hsdl-mpi refine \(Self.inputOptions("network")) --model model --output refined   (\(counted(communicator.size, "ranks")))"
    )
    var refine = RefineJob(.catalog(input(network)), model: "\(output)/model", output: "\(output)/refined")
    refine.overwrites = true
    refine.writesReport = true
    try refine.run(over: communicator, report: report)

    report.say("")
    report.say("6. What came of it, compared with the truth:")
    try communicator.agreeOnRoot { try compare(model, report) }
  }

  private func synthesize(
    _ seed: UInt64, _ folder: String, over communicator: any Communicator, report: Reporter
  ) throws {
    var synth = SynthJob(output: folder)
    synth.settings.seed = seed
    synth.settings.stationCount = stations
    synth.settings.days = hours / 24
    synth.settings.eventsPerDay = eventsPerDay
    synth.settings.samplingRate = 50
    synth.overwrites = true
    try synth.run(over: communicator, report: report)
  }

  private func input(_ folder: String) -> CatalogInput {
    CatalogInput(
      catalogs: ["\(folder)/automatic.xml"], archive: "sds:\(folder)/archive", stations: ["\(folder)/stations.xml"],
      velocityModel: "\(folder)/velocity.csv")
  }

  private static func inputOptions(_ folder: String) -> String {
    "--catalog \(folder)/automatic.xml --archive sds:\(folder)/archive --stations \(folder)/stations.xml "
      + "--velocity-model \(folder)/velocity.csv"
  }

  private func compare(_ model: ModelFolder, _ report: Reporter) throws {
    let truth = try Self.rows(of: "\(network)/labels.csv", columns: ["event_id", "label", "reason", "truth_id"])
    let events = try Self.rows(
      of: "\(output)/refined/events.csv", columns: ["event_id", "label", "probability_real", "reason", "duplicate_of"])
    var known: [String: [String]] = [:]
    for row in truth { known[row[0]] = row }
    var counts: [String: [String: Int]] = [:]
    var kinds: [String] = []
    var probabilities: [Double] = []
    var labels: [UInt8] = []
    var example: [String: String] = [:]
    var merged = (found: 0, right: 0)
    for row in events {
      guard let entry = known[row[0]] else { continue }
      let kind = "\(entry[1]): \(entry[2])"
      if !kinds.contains(kind) { kinds.append(kind) }
      let isMerged = !row[4].isEmpty
      if isMerged {
        merged.found += 1
        // Which of the entries of an event is kept is a matter of choice; that both are of one event is not.
        if let other = known[row[4]], !entry[3].isEmpty, other[3] == entry[3] { merged.right += 1 }
      }
      counts[kind, default: [:]][isMerged ? "merged" : row[1], default: 0] += 1
      guard entry[1] == "real" || entry[1] == "fake" else { continue }
      probabilities.append(Double(row[2]) ?? .nan)
      labels.append(entry[1] == "real" ? 1 : 0)
      if row[1] == entry[1], !isMerged, example[row[1]] == nil {
        example[row[1]] = "\(row[0]), P(real) \(row[2]): \(row[3])"
      }
    }
    var rows = [["truth", "events", "kept as real", "to be looked at", "rejected", "merged"]]
    for kind in kinds.sorted(by: { ($1.hasPrefix("fake") ? 0 : 1, $0) < ($0.hasPrefix("fake") ? 0 : 1, $1) }) {
      let own = counts[kind] ?? [:]
      rows.append(
        [kind, "\(own.values.reduce(0, +))"]
          + ["real", "uncertain", "fake", "merged"].map { "\(own[$0] ?? 0)" })
    }
    for line in textTable(rows) { report.say("   \(line)") }
    let metrics = BinaryMetrics(probabilities: probabilities, labels: labels)
    let duplicates = truth.count { $0[1] == "duplicate" }
    report.say("")
    report.say(
      "   ROC-AUC \(fixed(metrics.rocAUC, decimals: 4)), Brier score \(fixed(metrics.brier, decimals: 4)), calibration error "
        + "\(fixed(metrics.calibrationError, decimals: 4)) on \(labels.count) events that are real or fake.")
    report.say(
      "   \(counted(merged.found, "entries")) merged into other entries of their event, \(merged.right) of them rightly; the catalog held \(duplicates)."
        .replacing("entrie ", with: "entry "))
    report.say("")
    report.say("   Why, for one event of each kind:")
    for label in ["real", "fake"] {
      if let words = example[label] { report.say("   \(label): \(words)") }
    }
    report.say("")
    report.say("   Everything is in \(output): training/, model/, network/, refined/events.csv, refined/refined.xml.")
  }

  /// Some columns of a table.
  private static func rows(of path: String, columns: [String]) throws -> [[String]] {
    var places: [Int]?
    var rows: [[String]] = []
    try TextLines.forEach(in: path) { line in
      let fields = csvFields(line)
      guard let places else {
        places = columns.map { fields.firstIndex(of: $0) ?? .max }
        return
      }
      rows.append(places.map { $0 < fields.count ? fields[$0] : "" })
    }
    return rows
  }
}

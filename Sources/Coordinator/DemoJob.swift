import Foundation
import HSDLCompute
public import MPI
import SeismicFormats
import Worker

/// Shows the whole way on a synthetic network: an automatic catalog whose truth is known is refined, and what comes out is
/// compared with the truth.
public struct DemoJob: Sendable {
  /// Where everything goes; replaced if it is there from an earlier demo.
  public var output: String
  /// What everything is made from.
  public var seed: UInt64 = 1
  /// Labelled events of the training period.
  public var trainingEvents = 1500
  /// Events of the automatic catalog that is refined.
  public var catalogEvents = 4000

  /// Creates a demo.
  public init(output: String) { self.output = output }

  private var real: String { "\(output)/training/real.csv" }
  private var fake: String { "\(output)/training/fake.csv" }
  private var automatic: String { "\(output)/automatic.csv" }

  /// Runs the demo on all ranks.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    report.say("1. A synthetic network of 40 stations: an analyst has labelled \(trainingEvents) events;")
    report.say("   after that the automatic system has declared \(catalogEvents) more.")
    var truth: [String: SyntheticPicks.Kind] = [:]
    try communicator.agreeOnRoot { truth = try write() }

    report.say("")
    report.say("2. hsdl-mpi train shallow --real training/real.csv --fake training/fake.csv --output model")
    var training = TrainJob(.picks(real: [real], fake: [fake]), output: "\(output)/model")
    training.features = .picks
    training.overwrites = true
    training.settings.seed = seed
    let model = try training.run(over: communicator, report: report)

    report.say("")
    report.say(
      "3. hsdl-mpi refine --picks automatic.csv --model model --output refined   (\(counted(communicator.size, "ranks")))"
    )
    var refine = RefineJob(.picks([automatic]), model: "\(output)/model", output: "\(output)/refined")
    refine.overwrites = true
    refine.network = "SY"
    // Small units, so that every rank gets some.
    refine.unitSize = 1 << 17
    let outcome = try refine.run(over: communicator, report: report)

    report.say("")
    report.say("4. What came of it, compared with the truth:")
    try communicator.agreeOnRoot { try compare(truth, outcome, model, report) }
  }

  /// Writes the tables and returns what the events of the automatic catalog really are.
  private func write() throws -> [String: SyntheticPicks.Kind] {
    try makeFolder("\(output)/training")
    let picks = SyntheticPicks(seed: seed)
    let tables = [(real, SyntheticPicks.Kind.earthquake.label), (fake, UInt8(0))]
    var sinks = [TextSink(), TextSink()]
    for sink in sinks { sink.append(text: SyntheticPicks.header) }
    for number in 0..<trainingEvents {
      let event = picks.event(number)
      sinks[event.kind == .earthquake ? 0 : 1].append(text: event.rows)
    }
    for (table, sink) in zip(tables, sinks) {
      let file = try FileOutput(table.0)
      try file.write(sink)
      try file.commit()
    }
    sinks = [TextSink(), TextSink()]
    sinks[0].append(text: SyntheticPicks.header)
    sinks[1].append("event_id,truth\n")
    var truth: [String: SyntheticPicks.Kind] = [:]
    for number in trainingEvents..<trainingEvents + catalogEvents {
      let event = picks.event(number)
      truth[event.id] = event.kind
      sinks[0].append(text: event.rows)
      sinks[1].append(text: "\(event.id),\(event.kind.rawValue)\n")
    }
    for (path, sink) in zip([automatic, "\(output)/truth.csv"], sinks) {
      let file = try FileOutput(path)
      try file.write(sink)
      try file.commit()
    }
    return truth
  }

  private func compare(
    _ truth: [String: SyntheticPicks.Kind], _ outcome: RefineJob.Outcome, _ model: ModelFolder, _ report: Reporter
  ) throws {
    var counts: [SyntheticPicks.Kind: [Label: Int]] = [:]
    var probabilities: [Double] = []
    var labels: [UInt8] = []
    var example: [Label: String] = [:]
    var isHeader = true
    try TextLines.forEach(in: "\(output)/refined/events.csv") { line in
      defer { isHeader = false }
      guard !isHeader else { return }
      let fields = csvFields(line)
      guard fields.count > 10, let kind = truth[fields[0]], let label = Label(rawValue: fields[6]) else { return }
      counts[kind, default: [:]][label, default: 0] += 1
      probabilities.append(Double(fields[7]) ?? .nan)
      labels.append(kind.label)
      let isRight = (label == .real) == (kind == .earthquake) && label != .uncertain
      if isRight && example[label] == nil { example[label] = "\(fields[0]), P(real) \(fields[7]): \(fields[10])" }
    }
    func count(_ kinds: [SyntheticPicks.Kind], _ labels: [Label]) -> Int {
      kinds.reduce(0) { sum, kind in labels.reduce(sum) { $0 + (counts[kind]?[$1] ?? 0) } }
    }
    let fakes = SyntheticPicks.Kind.allCases.filter { $0 != .earthquake }
    let all = Label.allCases
    var rows = [["truth", "events", "kept as real", "to be looked at", "rejected"]]
    for kind in SyntheticPicks.Kind.allCases {
      rows.append([
        kind.rawValue, "\(count([kind], all))", "\(count([kind], [.real]))", "\(count([kind], [.uncertain]))",
        "\(count([kind], [.fake]))",
      ])
    }
    for line in textTable(rows) { report.say("   \(line)") }
    let (real, total) = (count([.earthquake], all), outcome.events)
    let (kept, keptReal) = (count(SyntheticPicks.Kind.allCases, [.real]), count([.earthquake], [.real]))
    func percent(_ part: Int, _ whole: Int) -> String {
      "\(fixed(100 * Double(part) / Double(max(whole, 1)), decimals: 1)) %"
    }
    let metrics = BinaryMetrics(probabilities: probabilities, labels: labels)
    report.say("")
    report.say("   The automatic catalog held \(total) events, \(percent(total - real, total)) of them false.")
    report.say(
      "   Of those labelled real \(percent(kept - keptReal, kept)) are false; \(count([.earthquake], [.fake])) of \(real) earthquakes"
        + " (\(percent(count([.earthquake], [.fake]), real))) were rejected,")
    report.say(
      "   \(percent(count(fakes, [.fake]), total - real)) of the false events were, and"
        + " \(percent(count(SyntheticPicks.Kind.allCases, [.uncertain]), total)) of all are left for a person to look at."
    )
    report.say(
      "   ROC-AUC \(fixed(metrics.rocAUC, decimals: 4)), Brier score \(fixed(metrics.brier, decimals: 4)), calibration error "
        + "\(fixed(metrics.calibrationError, decimals: 4)).")
    report.say("")
    report.say("   Why, for one event of each kind:")
    for label in [Label.real, .fake] {
      if let words = example[label] { report.say("   \(label.rawValue): \(words)") }
    }
    report.say("")
    report.say(
      "   Everything is in \(output): automatic.csv, truth.csv, model/, refined/events.csv, refined/refined.xml.")
  }
}

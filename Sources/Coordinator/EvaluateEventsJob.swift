import Foundation
public import HSDLCompute
public import MPI
import SeismicFormats
import Worker

/// Tells how good the probabilities of a refined catalog are, by labels of its events.
public struct EvaluateEventsJob: Sendable {
  /// Tables of events, as `refine` writes them: `events.csv`.
  public var events: [String]
  /// Tables that say what the events are.
  public var labels: [String]
  /// What errors cost.
  public var costs = DecisionCosts.usual
  /// Of the draws for intervals.
  public var seed: UInt64 = 42
  /// Where the results go.
  public var output: String
  /// Whether results there may be replaced.
  public var overwrites = false

  /// Whether figures are drawn.
  public var drawsFigures = true

  /// The files that the job writes.
  public static let files = ScoredEvents.files

  /// Creates a job.
  public init(events: [String], labels: [String], output: String) {
    self.events = events
    self.labels = labels
    self.output = output
  }

  /// Runs the job; rank 0 does it all.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    try OutputFolder.prepare(
      output, files: Self.files, overwrites: overwrites, record: RunRecord(command: "evaluate"),
      inputs: events + labels, over: communicator
    ) {
      try communicator.agreeOnRoot { try evaluate(report) }
    }
  }

  /// The events that have a label.
  private struct Table {
    var ids: [String] = []
    var labels: [UInt8] = []
    var times: [Double] = []
    /// By column, the probability of each event; NaN where there is none.
    var probabilities: [[Double]] = []
  }

  private func evaluate(_ report: Reporter) throws {
    let known = try LabelledEvents.labels(labels)
    let (names, table, left) = try read(known)
    guard !table.ids.isEmpty else {
      throw FormatError(
        .badData, file: labels.joined(separator: ", "),
        found: "no event of \(events.joined(separator: ", ")) is labelled real or fake",
        expected: "the identifiers of its column event_id")
    }
    if left > 0 {
      report.warn("\(left) events are labelled neither real nor fake, or are other entries, and are left out")
    }
    var models = zip(names, table.probabilities).map { (name: $0, probabilities: $1) }
      .filter { $0.probabilities.contains { !$0.isNaN } }
    // Without a network the probability is that by features.
    let isHybrid = models.contains { $0.name == "deep" }
    if !isHybrid { models.removeAll { $0.name == "hybrid" } }
    // Each is compared with those before it, and what is asked is how the combination differs from its parts.
    let parts = ["shallow", "deep", "hybrid"]
    models =
      parts.compactMap { part in models.first { $0.name == part } } + models.filter { !parts.contains($0.name) }
    var scored = ScoredEvents(ids: table.ids, labels: table.labels, times: table.times, models: models)
    scored.costs = costs
    scored.seed = seed
    scored.drawsFigures = drawsFigures
    try scored.write(
      to: OutputFolder(output, files: Self.files, overwrites: overwrites), mode: "refined",
      inputs: [("events", events), ("labels", labels)], report)
  }

  /// Reads the tables.
  ///
  /// - Returns: the names of the models, the events with a label, and how many others there are.
  private func read(_ known: [String: Label]) throws -> (names: [String], table: Table, left: Int) {
    var names: [String] = []
    var table = Table()
    var left = 0
    var seen: Set<String> = []
    for (order, path) in events.enumerated() {
      try FileInput(path).requireContent(expected: "a table of events")
      var places: [Int] = []
      var (id, time, duplicate) = (0, 0, Int?.none)
      var width = 0
      var number = 0
      try TextLines.forEach(in: path) { line in
        number += 1
        if line.isEmpty { return }
        let fields = csvFields(line)
        if number == 1 {
          let own = fields.filter { $0.hasPrefix("probability_") }.map(Self.model)
          guard let idPlace = fields.firstIndex(of: "event_id"), let timePlace = fields.firstIndex(of: "time"),
            own.contains("hybrid"), order == 0 || own == names
          else {
            throw FormatError(
              .badData, file: path, at: .line(1), found: "the header line is \(quoted(line.string))",
              expected: order == 0
                ? "events.csv as `refine` writes it, with columns event_id, time and probability_real"
                : "the same columns as in \(events[0])")
          }
          names = own
          places = fields.indices.filter { fields[$0].hasPrefix("probability_") }
          (id, time, duplicate, width) = (idPlace, timePlace, fields.firstIndex(of: "duplicate_of"), fields.count)
          if order == 0 { table.probabilities = [[Double]](repeating: [], count: places.count) }
          return
        }
        guard fields.count == width else {
          throw FormatError(
            .badData, file: path, at: .line(number), found: "\(fields.count) fields", expected: "\(width)")
        }
        guard seen.insert(fields[id]).inserted else {
          throw FormatError(
            .badData, file: path, at: .line(number), found: "event \(quoted(fields[id])) stands twice",
            expected: "each event once")
        }
        guard let label = known[fields[id]], duplicate.map({ fields[$0].isEmpty }) ?? true else {
          left += 1
          return
        }
        table.ids.append(fields[id])
        table.labels.append(label == .real ? 1 : 0)
        table.times.append(UTCTime(fields[time])?.timeInterval(since: .epoch) ?? .nan)
        for (column, place) in places.enumerated() {
          let text = fields[place]
          guard let value = text.isEmpty ? .nan : Double(text), value.isNaN || (0...1).contains(value) else {
            throw FormatError(
              .badData, file: path, at: .line(number), found: "a probability is \(quoted(text))",
              expected: "a number from 0 to 1")
          }
          table.probabilities[column].append(value)
        }
      }
    }
    return (names, table, left)
  }

  /// The name of the model whose probability a column holds.
  private static func model(_ column: String) -> String {
    let name = String(column.dropFirst("probability_".count))
    return name == "real" ? "hybrid" : name
  }
}

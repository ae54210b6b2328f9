import HSDLCompute
import Worker

/// Says how good models are on events that they were not trained on, as lines for the user and as JSON.
struct ValidationReport {
  private let validation: ModelCard.Validation

  init(_ validation: ModelCard.Validation) { self.validation = validation }

  /// The models, the best known names first.
  private var names: [String] {
    let order = ["hybrid", "shallow", "deep"]
    return validation.models.keys.sorted {
      let (a, b) = (order.firstIndex(of: $0) ?? order.count, order.firstIndex(of: $1) ?? order.count)
      return a != b ? a < b : $0 < $1
    }
  }

  /// Tables of measures with intervals, of differences, and of decisions.
  var lines: [String] {
    let (measures, decisions) = tables
    return textTable(measures) + textTable(decisions)
  }

  /// The same tables for a page.
  var blocks: [ModelReport.Result] {
    let (measures, decisions) = tables
    func table(_ caption: String, _ rows: [[String]]) -> ModelReport.Result {
      // Words with blanks can be broken where there is little room.
      let columns = rows[0].map { $0.replacing("_", with: " ") }
      return .table(ReportPage.Table(caption, columns: columns, rows: Array(rows.dropFirst())))
    }
    return [
      table("Measures with 95 % intervals (blocks of time drawn with replacement)", measures),
      table("What the thresholds do", decisions),
    ]
  }

  private var tables: (measures: [[String]], decisions: [[String]]) {
    func cell(_ interval: BlockBootstrap.Interval?) -> String {
      guard let interval else { return "-" }
      return
        "\(fixed(interval.value, decimals: 4)) [\(fixed(interval.lower, decimals: 4)), \(fixed(interval.upper, decimals: 4))]"
    }
    var rows = [["model", "events"] + BlockBootstrap.measures]
    var decisions = [["model", "lost real", "kept fake", "to look at", "cost", "expected cost"]]
    for name in names {
      guard let own = validation.models[name] else { continue }
      rows.append([name, "\(own.events)"] + BlockBootstrap.measures.map { cell(own.intervals[$0]) })
      decisions.append([
        name, "\(own.decisions.lostReal)", "\(own.decisions.keptFake)", "\(own.decisions.reviewed)",
        fixed(own.decisions.cost, decimals: 1), fixed(own.decisions.expectedCost, decimals: 1),
      ])
    }
    for name in validation.differences.keys.sorted() where Self.isTold(name) {
      rows.append([name, ""] + BlockBootstrap.measures.map { cell(validation.differences[name]?[$0]) })
    }
    return (rows, decisions)
  }

  /// Differences that the user is told of: those of the hybrid.
  private static func isTold(_ difference: String) -> Bool {
    difference == "hybrid - shallow" || difference == "hybrid - deep"
  }

  /// What is known of a model, for `metrics.json`.
  func json(of name: String) -> [(String, JSONValue)] {
    guard let own = validation.models[name] else { return [] }
    return [
      ("n_scored", .integer(own.events)), ("interval_95", Self.object(own.intervals)),
      (
        "brier_parts",
        .object([
          ("reliability", .number(own.brier.reliability)), ("resolution", .number(own.brier.resolution)),
          ("uncertainty", .number(own.brier.uncertainty)), ("within_bins", .number(own.brier.within)),
        ])
      ),
      ("reliability", Self.table(own.reliability)), ("adaptive_reliability", Self.table(own.adaptiveReliability)),
      (
        "decisions",
        .object([
          ("kept_real", .integer(own.decisions.keptReal)), ("lost_real", .integer(own.decisions.lostReal)),
          ("reviewed_real", .integer(own.decisions.reviewedReal)), ("kept_fake", .integer(own.decisions.keptFake)),
          ("rejected_fake", .integer(own.decisions.rejectedFake)),
          ("reviewed_fake", .integer(own.decisions.reviewedFake)), ("cost", .number(own.decisions.cost)),
          ("expected_cost", .number(own.decisions.expectedCost)),
        ])
      ),
    ]
  }

  /// Differences between models, for `metrics.json`.
  var differences: JSONValue {
    .object(validation.differences.keys.sorted().map { ($0, Self.object(validation.differences[$0] ?? [:])) })
  }

  private static func object(_ intervals: [String: BlockBootstrap.Interval]) -> JSONValue {
    .object(
      BlockBootstrap.measures.compactMap { name in
        intervals[name].map {
          (name, .object([("value", .number($0.value)), ("lower", .number($0.lower)), ("upper", .number($0.upper))]))
        }
      })
  }

  private static func table(_ table: ReliabilityTable) -> JSONValue {
    .array(
      table.bins.map { bin in
        .object([
          ("lower", .number(bin.lower)), ("upper", .number(bin.upper)), ("count", .integer(bin.count)),
          ("real", .integer(bin.real)), ("mean_probability", bin.meanProbability.map { .number($0) } ?? .null),
          ("observed", bin.observed.map { .number($0) } ?? .null),
          ("wilson_95", .array([.number(bin.wilsonLower), .number(bin.wilsonUpper)])),
        ])
      })
  }
}

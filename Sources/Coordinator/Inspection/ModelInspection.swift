import HSDLCompute
import SeismicFormats
import Worker

/// A summary of a model folder, whose files are checked against the hashes of its card.
struct ModelInspection: Inspection {
  private let folder: String
  private let card: AnyModelCard

  /// Reads the card.
  ///
  /// - Throws: ``FormatError`` when a file is missing or is not the one that the card names.
  init(_ path: String) throws {
    folder = path
    card = try AnyModelCard.read(path)
  }

  /// What there is to say, for both forms: a name for machines, one for people, and the value.
  private var facts: [(key: String, name: String, value: JSONValue)] {
    switch card {
    case .model(let card):
      let training = card.training
      return [
        ("made_of", "made of", .array(card.parts.map { .string($0) })),
        ("features", "features", .integer(card.features.count)),
        ("events", "trained on events", .integer(training.events)),
        ("real_events", "real events of these", .integer(training.realEvents)),
        ("files", "from", .array((training.realFiles + training.fakeFiles).map { .string($0) })),
        ("real_from", "real from probability", .number(card.thresholds.real)),
        ("fake_below", "fake below probability", .number(card.thresholds.fake)),
        ("cost_lost", "cost of a lost earthquake", .number(card.costs.lostReal)),
        ("cost_kept", "cost of a false event kept", .number(card.costs.keptFake)),
        ("cost_review", "cost of a look", .number(card.costs.review)), ("scoring", "scores by", .string(card.scoring)),
      ]
    case .picker(let card):
      let own = card.description
      return [
        ("architecture", "architecture", .string(own.architecture)),
        ("parameters", "parameters", .integer(Self.parameters(card.layout))),
        ("window_samples", "samples a window", .integer(own.windowLength)),
        ("sampling_rate_hz", "sampling rate, Hz", .number(own.samplingRate)),
        ("components", "components", .string(own.componentOrder)),
        ("outputs", "outputs", .array(own.outputs.map { .string($0.rawValue) })),
      ]
        + card.training.text.sorted { $0.key < $1.key }.map { Self.fact($0.key, .string($0.value)) }
        + card.training.numbers.sorted { $0.key < $1.key }.map { Self.fact($0.key, .number($0.value)) }
    case .discriminator(let card):
      return [
        ("parameters", "parameters", .integer(Self.parameters(card.layout))),
        ("maximum_stations", "stations at most", .integer(card.maximumStations)),
        ("window_samples", "samples a window", .integer(card.windows.length)),
        ("sampling_rate_hz", "sampling rate, Hz", .number(card.windows.samplingRate)),
        ("attributes", "attributes of a station", .integer(card.attributes.count)),
        ("picker", "picker", card.picker.map { .string(String($0.prefix(12))) } ?? .string("none")),
      ] + card.training.sorted { $0.key < $1.key }.map { Self.fact($0.key, .string($0.value)) }
    }
  }

  private static func fact(_ key: String, _ value: JSONValue) -> (key: String, name: String, value: JSONValue) {
    (key, key.split(separator: "_").joined(separator: " "), value)
  }

  private static func parameters(_ layout: [TensorSpecification]) -> Int {
    layout.filter { $0.role == .weight }.reduce(0) { $0 + $1.count }
  }

  /// What it is, in words.
  private var title: String {
    switch card {
    case .model(let card): card.hybrid == nil ? "model on features" : "hybrid model on features and waveforms"
    case .picker: "picker of P and S"
    case .discriminator: "event discriminator on waveforms"
    }
  }

  private var kind: String {
    switch card {
    case .model(let card): card.kind
    case .picker: "picker"
    case .discriminator: "discriminator"
    }
  }

  /// Measures by model; a network alone has one row.
  private var scores: [(name: String, values: [String: Double])] {
    switch card {
    case .model(let card): card.scores.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    case .picker(let card): [("picker", card.scores)]
    case .discriminator(let card): [("discriminator", card.scores)]
    }
  }

  var json: JSONValue {
    .object(
      [
        ("file", .string(folder)), ("format", .string("model")), ("format_name", .string(title)),
        ("kind", .string(kind)), ("program_version", .string(card.programVersion)), ("hash", .string(card.hash)),
      ] + facts.map { ($0.key, $0.value) } + [
        (
          "scores",
          .object(
            scores.map { name, values in
              (name, .object(values.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }))
            })
        )
      ])
  }

  var lines: [String] {
    var lines = ["\(folder): \(title), made by hsdl-mpi \(card.programVersion)"]
    lines.append("card \(card.hash.prefix(12)); all files are those that it names")
    lines += factLines(facts.map { ($0.name, Self.text($0.value)) })
    let measures = ["accuracy", "precision", "recall", "f1", "roc_auc", "brier", "expected_calibration_error"]
    let table = scores.filter { row in measures.contains { row.values[$0] != nil } }
    if !table.isEmpty {
      lines += textTable(
        [["scores"] + measures.map { $0 == "expected_calibration_error" ? "calibration error" : $0 }]
          + table.map { row in
            [row.name] + measures.map { row.values[$0].map { fixed($0, decimals: 4) } ?? "-" }
          })
    } else {
      for row in scores where !row.values.isEmpty {
        lines += factLines(row.values.sorted { $0.key < $1.key }.map { ($0.key, CatalogInspection.short($0.value)) })
      }
    }
    return lines
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): CatalogInspection.short(number)
    case .array(let values): values.map(text).joined(separator: ", ")
    default: value.line
    }
  }
}

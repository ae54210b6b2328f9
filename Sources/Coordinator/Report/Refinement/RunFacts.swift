import Foundation
import HSDLCompute
import SeismicFormats
import Worker

/// What a page tells of the run that made the results: only what is the same for every run of the same job.
struct RunFacts: Equatable {
  var version = ""
  var commit = ""
  /// Path, bytes and hash of each input.
  var inputs: [[String]] = []
  /// Path and hash of each model.
  var models: [[String]] = []
  /// What the results depend on.
  var settings: [[String]] = []
  /// From which probability on an event is real, and below which it is fake.
  var thresholds: (real: Double, fake: Double)?
  var costs: DecisionCosts?

  /// The facts of a run that is going on.
  init(_ record: RunRecord, card: ModelCard) {
    version = programVersion
    commit = buildCommit
    inputs = record.inputs.map { [$0.path, "\($0.size)", $0.hash] }
    models = record.models.map { [$0.path, $0.hash] }
    settings = (record.identity?.parts ?? []).map { [$0.name, $0.value] }
    thresholds = (card.thresholds.real, card.thresholds.fake)
    costs = card.costs
  }

  static func == (left: RunFacts, right: RunFacts) -> Bool { left.lines.elementsEqual(right.lines) { $0 == $1 } }

  /// What a run has left as its record.
  ///
  /// - Throws: ``FormatError`` where there is no record.
  private static func record(in output: String) throws -> [String: Any] {
    let path = "\(output)/\(RunRecord.name)"
    let input = try FileInput(path)
    let bytes = try input.prefix(min(input.size, 64 << 20))
    guard let content = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
      throw refusal(path, "it is not JSON")
    }
    return content
  }

  private static func refusal(_ path: String, _ found: String) -> FormatError {
    FormatError(
      .badData, file: path, found: found, expected: "the record of a run of refine, evaluate, train or learning-curve",
      remedy: "give the output folder of one of these that has ended")
  }

  /// The command that a folder's record is of.
  ///
  /// - Throws: ``FormatError`` where there is no record.
  static func command(recordedIn output: String) throws -> String { try record(in: output)["command"] as? String ?? "" }

  /// The facts that a run has left in its record.
  ///
  /// - Throws: ``FormatError`` where there is no record, or it is not one of `refine`.
  init(recordedIn output: String) throws {
    let content = try Self.record(in: output)
    let command = content["command"] as? String ?? ""
    guard command == "refine" else {
      throw Self.refusal("\(output)/\(RunRecord.name)", "it is of the command \(quoted(command))")
    }
    version = content["version"] as? String ?? ""
    commit = content["git_commit"] as? String ?? ""
    for entry in content["inputs"] as? [[String: Any]] ?? [] {
      inputs.append([
        entry["path"] as? String ?? "", (entry["bytes"] as? Int).map { "\($0)" } ?? "",
        entry["xxh64"] as? String ?? "",
      ])
    }
    for entry in content["models"] as? [[String: Any]] ?? [] {
      models.append([entry["path"] as? String ?? "", entry["sha256"] as? String ?? ""])
    }
    settings = (content["identity"] as? [[String]] ?? []).filter { $0.count == 2 }
    if let decision = content["decision"] as? [String: Any] {
      func number(_ name: String) -> Double? { (decision[name] as? NSNumber)?.doubleValue }
      if let real = number("real_from"), let fake = number("fake_below") { thresholds = (real, fake) }
      if let lost = number("cost_lost_real"), let kept = number("cost_kept_fake"), let review = number("cost_review") {
        costs = DecisionCosts(lostReal: lost, keptFake: kept, review: review)
      }
    }
  }

  /// How a run's record keeps the decision.
  static func decision(_ card: ModelCard) -> JSONValue {
    .object([
      ("real_from", .number(card.thresholds.real)), ("fake_below", .number(card.thresholds.fake)),
      ("cost_lost_real", .number(card.costs.lostReal)), ("cost_kept_fake", .number(card.costs.keptFake)),
      ("cost_review", .number(card.costs.review)),
    ])
  }

  /// The model, in a few words.
  var modelWords: String {
    guard let model = models.first else { return "a model" }
    return "model \(model[1].prefix(12))"
  }

  /// Whether the model is the one that comes with the program.
  var isShippedModel: Bool {
    guard let own = try? ShippedModels.folder(.event), let model = models.first else { return false }
    return URL(fileURLWithPath: own).standardizedFileURL == URL(fileURLWithPath: model[0]).standardizedFileURL
  }

  /// What costs were weighed, in words.
  var costWords: String {
    guard let costs else { return "" }
    func text(_ value: Double) -> String {
      let sink = TextSink()
      sink.append(value)
      return sink.string
    }
    return
      ", where a lost earthquake costs \(text(costs.lostReal)), a false event that is kept \(text(costs.keptFake)), and a look \(text(costs.review))"
  }

  /// The facts as lines.
  var lines: [(name: String, value: String)] {
    var lines = [("Program", "hsdl-mpi \(version)\(commit.isEmpty ? "" : ", commit \(commit)")")]
    for model in models { lines.append(("Model", "\(model[0]) (SHA-256 \(model[1]))")) }
    for input in inputs { lines.append(("Input", "\(input[0]) (\(input[1]) bytes, XXH64 \(input[2]))")) }
    for setting in settings where !["command", "program", "model"].contains(setting[0]) && !setting[1].isEmpty {
      // Inputs stand above.
      if inputs.contains(where: { setting[1].hasPrefix("\($0[0]) (") }) { continue }
      lines.append((setting[0], setting[1]))
    }
    return lines.map { (name: $0.0, value: $0.1) }
  }
}

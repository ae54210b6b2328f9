import Foundation
import SeismicFormats

/// A summary of the folder that a job has written to, or is writing to.
struct RunInspection: Inspection {
  /// Whether a folder is one.
  static func isThere(in folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(RunRecord.name)") || WorkFolder.hasLedger(folder)
  }

  private struct Record: Decodable {
    struct File: Decodable {
      var name: String?
      var path: String?
      var bytes: Int?
    }
    struct Model: Decodable { var path: String? }
    var program: String?
    var command: String?
    var arguments: [String]?
    var ranks: Int?
    var elapsedS: Double?
    var started: String?
    var hosts: [String]?
    var peakMemoryBytes: [Int]?
    var inputs: [File]?
    var models: [Model]?
    var outputs: [File]?
    var resumed: Int?
    var events: Int?
    var problems: Int?
  }

  private let folder: String
  private let record: Record?
  private let state: UnitLedger.Content?

  /// Reads the record and the ledger.
  ///
  /// - Throws: ``FormatError``.
  init(_ path: String) throws {
    folder = path
    let file = "\(path)/\(RunRecord.name)"
    if FileManager.default.fileExists(atPath: file) {
      let input = try FileInput(file)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      guard input.size <= 1 << 26,
        let found = try? decoder.decode(Record.self, from: Data(try input.prefix(input.size)))
      else {
        throw FormatError(
          .badData, file: file, found: "it is not the record of a run", expected: "JSON as this program writes it",
          remedy: "give the folder of results as it was written")
      }
      record = found
    } else {
      record = nil
    }
    state = try WorkFolder.hasLedger(path) ? WorkFolder.content(in: path) : nil
  }

  /// Whether a file of results has the size that it was written with; nil where the record tells none.
  private func isWhole(_ file: Record.File) -> Bool? {
    guard let name = file.name, let bytes = file.bytes else { return nil }
    return (try? FileInput("\(folder)/\(name)"))?.size == bytes
  }

  var json: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    func whole(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    var pairs: [(String, JSONValue)] = [
      ("file", .string(folder)), ("format", .string("run")), ("format_name", .string("folder of results")),
      ("is_finished", .boolean(record != nil && state == nil)), ("command", text(record?.command ?? command)),
    ]
    if let record {
      pairs += [
        ("program", text(record.program)), ("arguments", .array((record.arguments ?? []).map { .string($0) })),
        ("started", text(record.started)), ("elapsed_s", record.elapsedS.map { .number($0) } ?? .null),
        ("ranks", whole(record.ranks)), ("hosts", .array(Set(record.hosts ?? []).sorted().map { .string($0) })),
        ("peak_memory_bytes", whole(record.peakMemoryBytes?.max())), ("events", whole(record.events)),
        ("problems", whole(record.problems)),
        ("inputs", .array((record.inputs ?? []).compactMap(\.path).map { .string($0) })),
        ("models", .array((record.models ?? []).compactMap(\.path).map { .string($0) })),
        (
          "outputs",
          .array(
            (record.outputs ?? []).map { file in
              .object([
                ("name", text(file.name)), ("bytes", whole(file.bytes)),
                ("is_whole", isWhole(file).map { .boolean($0) } ?? .null),
              ])
            })
        ),
      ]
    }
    if let state {
      pairs += [
        ("units_done", .integer(state.entries.count)), ("starts", .integer(state.startCount)),
        ("damaged_lines", .integer(state.damagedLineCount)),
      ]
    }
    return .object(pairs)
  }

  /// The command of a job that is not at its end.
  private var command: String? { state?.identity?.parts.first { $0.name == "command" }?.value }

  var lines: [String] {
    var lines: [String] = []
    if let state {
      lines.append("\(folder): work of `\(command ?? "a job")` that is not at its end")
      lines += factLines([
        ("units that are done", "\(state.entries.count)"),
        ("started so far", state.startCount == 1 ? "once" : "\(state.startCount) times"),
      ])
      if state.damagedLineCount > 0 {
        lines.append(
          "\(counted(state.damagedLineCount, "lines")) of the ledger are damaged; their units are done again")
      }
      lines.append("the same command goes on")
      return lines
    }
    guard let record else { return lines }
    lines.append("\(folder): results of `\(record.command ?? "a job")`, \(record.program ?? "hsdl-mpi")")
    var facts: [(name: String, value: String)] = []
    if let words = record.arguments { facts.append(("command line", words.joined(separator: " "))) }
    if let started = record.started { facts.append(("started", started)) }
    if let seconds = record.elapsedS { facts.append(("took", Progress.duration(seconds))) }
    if let ranks = record.ranks {
      facts.append(("ran on", "\(counted(ranks, "ranks")), \(counted(Set(record.hosts ?? []).count, "hosts"))"))
    }
    if let memory = record.peakMemoryBytes?.max() { facts.append(("memory of a rank", sizeText(memory))) }
    if let events = record.events { facts.append(("events", "\(events)")) }
    if let problems = record.problems { facts.append(("could not be used", "\(problems), see problems.csv")) }
    for input in record.inputs ?? [] {
      if let path = input.path { facts.append(("input", path + (input.bytes.map { ", \(sizeText($0))" } ?? ""))) }
    }
    for model in record.models ?? [] { if let path = model.path { facts.append(("model", path)) } }
    lines += factLines(facts)
    let rows = (record.outputs ?? []).compactMap { file -> [String]? in
      guard let name = file.name else { return nil }
      let state = isWhole(file).map { $0 ? "as written" : "missing or changed" } ?? ""
      return [name, file.bytes.map { "\($0)" } ?? "", state]
    }
    if !rows.isEmpty { lines += textTable([["result", "bytes", ""]] + rows) }
    return lines
  }
}

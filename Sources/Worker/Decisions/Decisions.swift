import Foundation
import HSDLCompute
public import MPI
public import SeismicFormats

/// What persons have decided on events, one decision an event.
public struct Decisions: Sendable {
  /// The decisions, by the event's identifier in tables.
  public private(set) var byID: [String: Decision] = [:]
  /// What of the files could not be used, in their order.
  public private(set) var problems: [Problem] = []

  /// Nothing is decided.
  public init() {}

  /// Reads tables of decisions, and catalogs that a person has worked on.
  ///
  /// Of two decisions on an event the later counts, if both tell their time; two that say the same are one.
  ///
  /// - Parameter paths: tables with the columns `event_id`, `label`, `who` and `why`; QuakeML or SeisComP XML.
  /// - Throws: ``FormatError`` when a file cannot be read, a row is malformed, or two decisions contradict each other.
  public init(_ paths: [String]) throws {
    for path in paths {
      let found = try Self.isXML(path) ? DecisionCatalog.read(path) : DecisionTable.read(path)
      problems += found.problems
      for decision in found.decisions { try add(decision) }
    }
  }

  /// Reads them on rank 0 and hands them to all ranks; problems are rank 0's.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public init(_ paths: [String], over communicator: any Communicator) throws {
    guard !paths.isEmpty else { return }
    var read = Decisions()
    try communicator.agreeOnRoot { read = try Decisions(paths) }
    let fields = read.sorted.flatMap(\.fields)
    let text = try communicator.broadcast(Array(fields.joined(separator: "\0").utf8))
    let all = String(decoding: text, as: UTF8.self).split(separator: "\0", omittingEmptySubsequences: false)
      .map(String.init)
    problems = read.problems
    for start in stride(from: 0, to: all.count - 1, by: Decision.fieldCount) {
      guard let decision = Decision(fields: all[start..<min(start + Decision.fieldCount, all.count)]) else { continue }
      byID[decision.eventID] = decision
    }
  }

  /// The decision on an event; nil where there is none.
  public subscript(id: String) -> Decision? { byID.isEmpty ? nil : byID[id] }

  /// Whether nothing is decided.
  public var isEmpty: Bool { byID.isEmpty }
  /// The number of events that are decided on.
  public var count: Int { byID.count }

  /// The decisions in the order of their events' identifiers.
  public var sorted: [Decision] { byID.values.sorted { $0.eventID < $1.eventID } }

  /// Whether a file holds decisions: XML, or a table with the columns `event_id`, `label`, `who` and `why`.
  ///
  /// - Throws: ``FormatError`` when it cannot be read.
  public static func isDecisionFile(_ path: String) throws -> Bool {
    // Whoever wants another table says better what is missing from an empty file.
    guard try FileInput(path).size > 0 else { return false }
    return try isXML(path) || DecisionTable.isOne(path)
  }

  private static func isXML(_ path: String) throws -> Bool {
    let input = try FileInput(path)
    try input.requireContent(expected: "decisions")
    let bytes = try input.prefix(1024)
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return bytes.contains(60) && bytes.contains(63)
    }
    let text = bytes.drop { $0 <= 32 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    return text.first == 60
  }

  private mutating func add(_ decision: Decision) throws {
    guard let earlier = byID[decision.eventID] else {
      byID[decision.eventID] = decision
      return
    }
    func note(_ left: Decision, _ found: String, _ action: String) {
      problems.append(
        Problem(
          file: left.file, line: left.line, eventID: left.eventID, found: found, expected: "one decision on each event",
          action: action))
    }
    if decision.saysTheSame(as: earlier) {
      return note(decision, "the decision stands in \(earlier.place) too", "counted once")
    }
    if let before = earlier.time, let now = decision.time, before != now {
      let (left, counts) = before < now ? (earlier, decision) : (decision, earlier)
      byID[decision.eventID] = counts
      return note(
        left, "\(left.label.rawValue), but \(counts.label.rawValue) by a later decision in \(counts.place)",
        "the later one counts")
    }
    guard decision.label == earlier.label else {
      throw FormatError(
        .badData, file: decision.file, at: decision.line.map { .line($0) },
        found:
          "event \(quoted(decision.eventID)) is \(decision.label.rawValue) here and \(earlier.label.rawValue) in \(earlier.place)",
        expected: "one decision on each event", remedy: "remove one, or give both a time: the later one counts")
    }
    note(decision, "\(earlier.place) decides the same, with another reason", "the first one counts")
  }
}

extension Decisions {
  /// The decision on a shock, given the identifiers of all its entries, the one that is kept first.
  ///
  /// A decision on any entry counts for the shock. Where entries have decisions with different labels the latest counts, else that on the entry
  /// that stands first.
  ///
  /// - Returns: the decision, and those that it puts aside.
  func onShock(_ ids: some Sequence<String>) -> (decision: Decision, others: [Decision])? {
    guard !byID.isEmpty else { return nil }
    let all = ids.compactMap { byID[$0] }
    guard var best = all.first else { return nil }
    for decision in all.dropFirst() where decision.label != best.label {
      if let now = decision.time, let before = best.time, now > before { best = decision }
    }
    return (best, all.filter { $0.label != best.label })
  }
}

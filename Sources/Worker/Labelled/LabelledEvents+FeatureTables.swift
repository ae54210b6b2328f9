public import HSDLCompute
public import MPI
import SeismicFormats

extension LabelledEvents {
  /// Reads tables of features, as `features` and `refine` write them, and what the events are known to be.
  ///
  /// Every event lies on the rank that the hash of its identifier names. Collective.
  ///
  /// - Parameters:
  ///   - featureTables: tables with a column `event_id` and one for each feature.
  ///   - labels: tables with the columns `event_id` and `label`: `real` or `fake` (or 1 or 0), and files of ``Decisions``, which overrule the
  ///     others. Events with another label, or with none, are left out.
  ///   - features: which features; nil for all that the first table has.
  /// - Throws: ``AgreedFailure`` on all ranks: when a table cannot be read, a feature is in none, a number is none, an event
  ///   stands twice, or no event has a label.
  public init(
    featureTables: [String], labels: [String], features: FeatureSet?, over communicator: any Communicator
  ) throws {
    let share = Share(rank: communicator.rank, size: communicator.size)
    var known = Known()
    var table = FeatureTable(features: .picks)
    var times: [Double] = []
    var tables: [Int] = []
    var counts = [0, 0, 0]
    try communicator.agree {
      known = try Self.known(labels, share)
      let chosen = try features ?? FeatureTableFile(featureTables.first ?? "").knownFeatures
      table = FeatureTable(features: chosen)
      var seen: Set<String> = []
      for (number, path) in featureTables.enumerated() {
        let file = try FeatureTableFile(path)
        try file.forEachRow(of: chosen) { id, line, time, values in
          counts[0] += 1
          let name = id.string
          guard share.holds(stableHash(id)) else { return }
          guard seen.insert(name).inserted else {
            throw FormatError(
              .badData, file: path, at: .line(line), found: "event \(quoted(name)) stands twice",
              expected: "each event once")
          }
          guard let label = known.labels[name] else {
            counts[1] += 1
            return
          }
          guard let label else {
            counts[2] += 1
            return
          }
          table.append(id: name, label: label, values: try values())
          times.append(time()?.timeInterval(since: .epoch) ?? .nan)
          tables.append(number)
        }
      }
    }
    // All ranks have read all rows, and each has told its own.
    let rows = counts[0]
    let left = try communicator.allreduce(Array(counts[1...]), .sum)
    let total = try communicator.allreduce(table.count, .sum)
    guard total > 0 else {
      throw AgreedFailure(
        rank: 0, exitCode: ExitStatus.badData.rawValue,
        description: "\(labels.joined(separator: ", ")): none of the \(rows) events of "
          + "\(featureTables.joined(separator: ", ")) is labelled real or fake; expected the identifiers of its column event_id"
      )
    }
    var remarks = known.remarks
    if left[0] > 0 { remarks.append("\(left[0]) of \(rows) events have no label and are left out") }
    if left[1] > 0 {
      remarks.append("\(left[1]) of \(rows) events are labelled neither real nor fake and are left out")
    }
    let order = table.ids.indices.sorted { table.ids[$0] < table.ids[$1] }
    self.init(
      table: table.rows(order), times: order.map { times[$0] }, tables: order.map { tables[$0] }, rowCount: rows,
      remarks: remarks)
  }

  /// The events that fall to a rank.
  private struct Share {
    var rank: Int
    var size: Int

    func holds(_ hash: UInt64) -> Bool { hash % UInt64(size) == UInt64(rank) }
  }

  /// What events are known to be, by identifier; those that are labelled neither real nor fake are left out.
  ///
  /// - Parameter paths: tables with the columns `event_id` and `label`, and files of ``Decisions``, which overrule the others.
  /// - Throws: ``FormatError``.
  public static func labels(_ paths: [String]) throws -> [String: Label] {
    try known(paths, Share(rank: 0, size: 1)).labels.compactMapValues { value in
      value.map { $0 == 1 ? .real : .fake }
    }
  }

  /// What events are known to be.
  private struct Known {
    /// By identifier, 1 or 0; nil for an event that is labelled something else.
    var labels: [String: UInt8?] = [:]
    /// What the user should know of the files.
    var remarks: [String] = []
  }

  private static func known(_ paths: [String], _ share: Share) throws -> Known {
    var known = Known()
    var decided: [String] = []
    for path in paths {
      if try Decisions.isDecisionFile(path) {
        decided.append(path)
      } else {
        try readLabels(path, share, into: &known.labels)
      }
    }
    guard !decided.isEmpty else { return known }
    // A person's word counts, whatever a table says.
    let decisions = try Decisions(decided)
    for decision in decisions.byID.values where share.holds(stableHash(decision.eventID)) {
      let label: UInt8? =
        switch decision.label {
        case .real: 1
        case .fake: 0
        case .uncertain: nil
        }
      known.labels.updateValue(label, forKey: decision.eventID)
    }
    if let first = decisions.problems.first {
      let others = decisions.problems.count - 1
      known.remarks.append(
        first.error.description + (others > 0 ? "; and \(others) more such things" : "") + "; \(first.action)")
    }
    if decisions.isEmpty { known.remarks.append("\(decided.joined(separator: ", ")): there is no decision in it") }
    return known
  }

  private static func readLabels(_ path: String, _ share: Share, into known: inout [String: UInt8?]) throws {
    var places: (id: Int, label: Int)?
    var number = 0
    try FileInput(path).requireContent(expected: "a table of labels")
    try TextLines.forEach(in: path) { line in
      number += 1
      if line.isEmpty { return }
      let fields = csvFields(line)
      guard let columns = places else {
        let names = fields.map { $0.lowercased() }
        guard let id = names.firstIndex(of: "event_id"), let label = names.firstIndex(of: "label") else {
          throw FormatError(
            .badData, file: path, at: .line(1), found: "the header line is \(quoted(line.string))",
            expected: "the columns event_id and label")
        }
        places = (id, label)
        return
      }
      guard fields.count > max(columns.id, columns.label) else {
        throw FormatError(
          .badData, file: path, at: .line(number), found: "\(counted(fields.count)) in the row",
          expected: "at least \(max(columns.id, columns.label) + 1)")
      }
      guard share.holds(stableHash(fields[columns.id])) else { return }
      let label: UInt8? =
        switch fields[columns.label].lowercased() {
        case "real", "1", "earthquake": 1
        case "fake", "0", "not existing": 0
        default: nil
        }
      if let before = known[fields[columns.id]], before != label {
        throw FormatError(
          .badData, file: path, at: .line(number),
          found: "event \(quoted(fields[columns.id])) has two labels", expected: "one")
      }
      known[fields[columns.id]] = label
    }
  }

  private static func counted(_ fields: Int) -> String { fields == 1 ? "1 field" : "\(fields) fields" }
}

/// A table of features in a file.
struct FeatureTableFile {
  let path: String
  private let names: [String]
  private let idPlace: Int
  private let timePlace: Int?

  /// Reads the header line.
  ///
  /// - Throws: ``FormatError``.
  init(_ path: String) throws {
    self.path = path
    let input = try FileInput(path)
    try input.requireContent(expected: "a table of features")
    let reader = LineReader(input)
    names = try reader.next().map { csvFields($0.bytes) } ?? []
    guard let place = names.firstIndex(of: "event_id") else {
      throw FormatError(
        .badData, file: path, at: .line(1), found: "there is no column event_id",
        expected: "a table of features, as `features` writes it")
    }
    idPlace = place
    timePlace = names.firstIndex(of: "time")
  }

  /// The columns that are features of this program, in its order.
  var knownFeatures: FeatureSet {
    get throws {
      let columns = Set(names)
      let definitions = FeatureSet.known.definitions.filter { columns.contains($0.name) }
      guard !definitions.isEmpty else {
        throw FormatError(
          .badData, file: path, at: .line(1), found: "no column is a feature", expected: "names as in features.json")
      }
      return FeatureSet(definitions)
    }
  }

  /// Hands out the rows; times and values are read when they are asked for; a time that cannot be read is none.
  ///
  /// - Throws: ``FormatError`` when a feature has no column, or a number is none; what `body` throws.
  func forEachRow(
    of features: FeatureSet,
    _ body: (_ id: Bytes, _ line: Int, _ time: () -> UTCTime?, _ values: () throws -> [Double]) throws -> Void
  ) throws {
    let places = try features.definitions.map { definition in
      guard let place = names.firstIndex(of: definition.name) else {
        throw FormatError(
          .badData, file: path, at: .line(1), found: "there is no column \(definition.name)",
          remedy: "compute the features anew, or choose others with --features")
      }
      return place
    }
    let reader = LineReader(try FileInput(path))
    _ = try reader.next()
    while let line = try reader.next() {
      if line.bytes.isEmpty { continue }
      let number = line.number
      let fields = csvFields(line.bytes)
      guard fields.count == names.count else {
        throw FormatError(
          .badData, file: path, at: .line(number), found: "\(fields.count) fields", expected: "\(names.count)")
      }
      var id = fields[idPlace]
      try id.withUTF8 { id in
        try body(id, number, { timePlace.flatMap { UTCTime(fields[$0]) } }) {
          try places.map { place in
            let text = fields[place]
            if text.isEmpty || text.lowercased() == "nan" { return .nan }
            guard let value = Double(text), value.isFinite else {
              throw FormatError(
                .badData, file: path, at: .line(number), found: "\(names[place]) is \(quoted(text))",
                expected: "a number")
            }
            return value
          }
        }
      }
    }
  }
}

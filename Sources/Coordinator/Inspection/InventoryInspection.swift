import HSDLCompute
import SeismicFormats

/// A summary of what a file says of stations.
public struct InventoryInspection: Inspection {
  private let file: String
  private let format: InventoryFormat
  private let byteCount: Int
  private let inventory: Inventory
  private let problemCount: Int
  private let firstProblem: Problem?

  init(_ path: String) throws {
    file = path
    format = try InventoryFormat.recognise(path)
    byteCount = try FileInput(path).size
    let problems = ProblemCount()
    inventory = try Inventory.open(path, onProblem: problems.add)
    problemCount = problems.count
    firstProblem = problems.first
  }

  /// Whether there is no station.
  var isEmpty: Bool { inventory.stations.isEmpty }

  private var stationIDs: [StationID] { Set(inventory.stations.map(\.id)).sorted() }

  private var ranges: [(what: String, low: Double, high: Double)] {
    let values: [(String, [Double])] = [
      ("latitude", inventory.stations.map(\.latitude)), ("longitude", inventory.stations.map(\.longitude)),
      ("elevation_m", inventory.stations.map(\.elevation)),
      ("sampling_rate_hz", inventory.stations.flatMap { $0.channels.compactMap(\.samplingRate) }),
    ]
    return values.compactMap { name, values in
      guard let low = values.min(), let high = values.max() else { return nil }
      return (name, low, high)
    }
  }

  private var counts: [(what: String, count: Int)] {
    let channels = inventory.stations.flatMap(\.channels)
    return [
      ("networks", Set(inventory.stations.map(\.id.network)).count), ("stations", stationIDs.count),
      ("station_epochs", inventory.stations.count), ("channel_epochs", channels.count),
      ("channels_with_sensitivity", channels.count { $0.sensitivity != nil }),
      ("channels_with_orientation", channels.count { $0.azimuth != nil && $0.dip != nil }),
    ]
  }

  public var json: JSONValue {
    var pairs: [(String, JSONValue)] = [
      ("file", .string(file)), ("format", .string(format.rawValue)), ("format_name", .string(format.name)),
      ("bytes", .integer(byteCount)),
    ]
    pairs += counts.map { ($0.what, .integer($0.count)) }
    pairs += ranges.map { ($0.what, .array([.number($0.low), .number($0.high)])) }
    pairs.append(("station_codes", .array(stationIDs.map { .string($0.description) })))
    pairs.append(("problems", .integer(problemCount)))
    if let first = firstProblem { pairs.append(("first_problem", .string(first.error.description))) }
    return .object(pairs)
  }

  public var lines: [String] {
    var lines = ["\(file): \(format.name), \(byteCount) bytes"]
    lines.append(counts.filter { $0.count > 0 }.map { counted($0.count, $0.what) }.joined(separator: ", "))
    lines += factLines(
      ranges.map {
        (
          quantityName($0.what),
          $0.low == $0.high
            ? CatalogInspection.short($0.low)
            : "\(CatalogInspection.short($0.low)) to \(CatalogInspection.short($0.high))"
        )
      })
    lines += Self.columns(stationIDs.map(\.description))
    if problemCount > 0 {
      lines.append("\(problemCount) could not be understood, first: \(firstProblem?.error.description ?? "")")
    }
    return lines
  }

  /// Words in columns, as many as go into a line of 80; of more than 60 those that are left out are counted.
  private static func columns(_ words: [String]) -> [String] {
    let shown = Array(words.prefix(60))
    guard let width = shown.map(\.count).max() else { return [] }
    let perLine = max(1, 78 / (width + 2))
    var lines = stride(from: 0, to: shown.count, by: perLine).map { start in
      shown[start..<min(start + perLine, shown.count)].enumerated().map { place, word in
        (place > 0 ? "  " : "") + word
          + (place == perLine - 1 || start + place == shown.count - 1
            ? "" : String(repeating: " ", count: width - word.count))
      }.joined()
    }
    if words.count > shown.count { lines.append("and \(words.count - shown.count) more; --json lists them all") }
    return lines
  }
}

import Foundation
import HSDLCompute
import SeismicFormats

/// A summary of what is in a file.
public protocol Inspection: Sendable {
  /// The summary as JSON.
  var json: JSONValue { get }
  /// The summary for a person.
  var lines: [String] { get }
}

extension CatalogInspection: Inspection {}

/// Recognises a file by its content and says what is in it.
///
/// - Parameter onProgress: told how many bytes of how many are read.
/// - Throws: ``FormatError``.
public func inspect(
  _ path: String, onProgress: @escaping (_ done: Int, _ of: Int) -> Void = { _, _ in }
) throws -> any Inspection {
  var isFolder: ObjCBool = false
  let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  if !isThere || !isFolder.boolValue {
    if let waveforms = try WaveformInspection(path) { return waveforms }
    if (try? InventoryFormat.recognise(path)) != nil, (try? CatalogFormat.recognise(path)) == nil {
      return try InventoryInspection(path)
    }
  }
  do {
    return try CatalogInspection(path, onProgress: onProgress)
  } catch {
    // A SeisComP document may describe stations instead of events.
    guard (try? InventoryFormat.recognise(path)) == .seisComP, let stations = try? InventoryInspection(path),
      !stations.isEmpty
    else { throw error }
    return stations
  }
}

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
    for range in ranges {
      lines.append(
        "\(range.what.split(separator: "_").joined(separator: " ")) \(fixed(range.low, decimals: 4)) to \(fixed(range.high, decimals: 4))"
      )
    }
    if problemCount > 0 {
      lines.append("\(problemCount) could not be understood, first: \(firstProblem?.error.description ?? "")")
    }
    return lines
  }
}

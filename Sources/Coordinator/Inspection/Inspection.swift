import Foundation
import HSDLCompute
import SeismicFormats
import Worker

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
  if isThere, isFolder.boolValue {
    // What the program has made itself; a folder of S-files is a catalog.
    if AnyModelCard.isThere(in: path) { return try ModelInspection(path) }
    if RunInspection.isThere(in: path) { return try RunInspection(path) }
    if let archive = try ArchiveInspection(path) { return archive }
  } else {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let folder = path == name ? "." : String(path.dropLast(name.utf8.count + 1))
    if isThere, name == "card.json" { return try ModelInspection(folder.isEmpty ? "/" : folder) }
    if isThere, name == RunRecord.name, RunInspection.isThere(in: folder) { return try RunInspection(folder) }
    if let waveforms = try WaveformInspection(path) { return waveforms }
    if let arrays = try ArrayInspection(path) { return arrays }
    if let papers = try LiteratureInspection(path) { return papers }
    if (try? InventoryFormat.recognise(path)) != nil, (try? CatalogFormat.recognise(path)) == nil {
      return try InventoryInspection(path)
    }
    if (try? CatalogFormat.recognise(path)) == nil, let table = try ColumnInspection(path) { return table }
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

/// Facts below each other: names in a column, and what there is to say behind them.
func factLines(_ facts: [(name: String, value: String)]) -> [String] {
  let width = facts.map(\.name.count).max() ?? 0
  return facts.map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  " + $0.value }
}

/// A number of bytes for a person: `417.8 kB (417792 bytes)`.
func sizeText(_ bytes: Int) -> String {
  guard bytes >= 1000 else { return "\(bytes) bytes" }
  let (divisor, unit): (Double, String) =
    bytes >= 1_000_000_000 ? (1e9, "GB") : bytes >= 1_000_000 ? (1e6, "MB") : (1e3, "kB")
  return "\(fixed(Double(bytes) / divisor, decimals: 1)) \(unit) (\(bytes) bytes)"
}

/// The name of a quantity for a person: `depth_km` is `depth, km`.
func quantityName(_ name: String) -> String {
  let units = ["km", "m", "hz", "s", "deg"]
  var words = name.split(separator: "_").map(String.init)
  guard words.count > 1, let last = words.last, units.contains(last) else { return words.joined(separator: " ") }
  words.removeLast()
  return "\(words.joined(separator: " ")), \(last == "hz" ? "Hz" : last)"
}

import Foundation
import HSDLCompute
import SeismicFormats

/// A summary of an archive in the SeisComP data structure, by the names of its files.
struct ArchiveInspection: Inspection {
  private let folder: String
  private var streams: Set<String> = []
  private var stations: Set<String> = []
  private var days: (first: String, last: String)?
  private var files = 0
  private var bytes = 0

  /// Reads names and sizes; nil when no file of the folder is named as such archives name theirs.
  init?(_ path: String) throws {
    folder = path
    let years = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    for year in years where year.count == 4 && year.allSatisfy(\.isNumber) {
      guard let names = FileManager.default.enumerator(atPath: "\(path)/\(year)") else { continue }
      while let name = names.nextObject() as? String {
        // NET.STA.LOC.CHA.D.YEAR.DAY
        let parts = (name.split(separator: "/").last ?? "").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 7, parts[4] == "D", parts[5].count == 4, parts[6].count == 3 else { continue }
        files += 1
        bytes += (names.fileAttributes?[.size] as? Int) ?? 0
        stations.insert("\(parts[0]).\(parts[1])")
        streams.insert(parts[..<4].joined(separator: "."))
        let day = "\(parts[5]).\(parts[6])"
        days = days.map { (min($0.first, day), max($0.last, day)) } ?? (day, day)
      }
    }
    guard files > 0 else { return nil }
  }

  var json: JSONValue {
    .object([
      ("file", .string(folder)), ("format", .string("sds")), ("format_name", .string("SeisComP data structure")),
      ("bytes", .integer(bytes)), ("files", .integer(files)), ("stations", .integer(stations.count)),
      ("first_day", days.map { .string($0.first) } ?? .null), ("last_day", days.map { .string($0.last) } ?? .null),
      ("streams", .array(streams.sorted().map { .string($0) })),
    ])
  }

  var lines: [String] {
    var facts: [(name: String, value: String)] = [("size", sizeText(bytes))]
    if let days { facts.append(("days (year.day)", "\(days.first) to \(days.last)")) }
    return [
      "\(folder): archive in the SeisComP data structure; --archive sds:\(folder)",
      "\(counted(stations.count, "stations")), \(counted(streams.count, "streams")), \(counted(files, "files"))",
    ] + factLines(facts)
  }
}

import Foundation
import SeismicFormats

/// What could not be used, by kind: how often, and the first of each.
struct ProblemSummary {
  private struct Kind {
    var count = 0
    var place: String
    var found: String
  }

  private var kinds: [[String]: Kind] = [:]
  private var total = 0
  /// Kinds beyond this are counted together.
  private static let limit = 40

  /// Reads a table of problems; none where it is not there.
  ///
  /// - Throws: ``FormatError``.
  init(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    var isHead = true
    var kinds: [[String]: Kind] = [:]
    var total = 0
    try TextLines.forEach(in: path) { line in
      defer { isHead = false }
      let fields = csvFields(line)
      guard !isHead, fields.count >= 7 else { return }
      total += 1
      var key = [fields[5], fields[6]]
      if kinds[key] == nil, kinds.count >= Self.limit { key = ["others", ""] }
      let place =
        fields[0] + (fields[1].isEmpty ? "" : ", line \(fields[1])") + (fields[2].isEmpty ? "" : ", byte \(fields[2])")
      kinds[key, default: Kind(place: place, found: fields[4])].count += 1
    }
    self.kinds = kinds
    self.total = total
  }

  /// The section of a page; nil where there is nothing to tell.
  var section: ReportPage.Section? {
    guard total > 0 else {
      return ReportPage.Section("What could not be used", [.paragraph("Everything could be used.")])
    }
    let rows = kinds.sorted {
      $0.value.count != $1.value.count ? $0.value.count > $1.value.count : $0.key.lexicographicallyPrecedes($1.key)
    }.map { key, kind in
      [key[0], grouped(kind.count), key[1], String(kind.found.prefix(160)), String(kind.place.prefix(160))]
    }
    return ReportPage.Section(
      "What could not be used",
      [
        .table(
          ReportPage.Table(
            "\(counted(total, "problems")) by kind; all of them, each with its place, are in problems.csv.",
            columns: ["Expected", "how often", "what was done", "found first", "where"], rows: rows, numericColumns: [1]
          )),
        .links([("Problems (CSV)", "problems.csv")]),
      ])
  }
}

import HSDLCompute
import SeismicFormats

/// A summary of a table that is no catalog, column by column: features, labels, scores, histories, velocity models.
struct ColumnInspection: Inspection {
  private struct Column {
    var name: String
    var filled = 0
    var numbers = 0
    var low = Double.infinity
    var high = -Double.infinity
    /// Up to a few different words.
    var words: [String: Int] = [:]
    var hasMoreWords = false
  }

  /// What the first column of a table of this program or of its inputs is called.
  private static let firstColumns: Set<String> = [
    "event_id", "file", "feature", "name", "epoch", "depth_km", "model", "level", "station", "trace_name", "type",
  ]

  private let file: String
  private let byteCount: Int
  private var columns: [Column] = []
  private var rows = 0
  private var uneven = 0

  /// Reads the table; nil when its first line is not the header line of one that the program knows.
  init?(_ path: String) throws {
    file = path
    let input = try FileInput(path)
    byteCount = input.size
    let reader = LineReader(input)
    guard let header = try reader.next() else { return nil }
    let names = csvFields(header.bytes)
    guard names.count > 1, names.count <= 10_000, let first = names.first, Self.firstColumns.contains(first),
      names.allSatisfy({ !$0.isEmpty && Double($0) == nil })
    else { return nil }
    columns = names.map { Column(name: $0) }
    while let line = try reader.next() {
      if line.bytes.isEmpty { continue }
      rows += 1
      let fields = csvFields(line.bytes)
      if fields.count != columns.count { uneven += 1 }
      for (index, field) in fields.prefix(columns.count).enumerated() where !field.isEmpty && field != "NaN" {
        columns[index].filled += 1
        if let value = Double(field), value.isFinite {
          columns[index].numbers += 1
          columns[index].low = min(columns[index].low, value)
          columns[index].high = max(columns[index].high, value)
        } else if columns[index].words[field] != nil || columns[index].words.count < 8 {
          columns[index].words[field, default: 0] += 1
        } else {
          columns[index].hasMoreWords = true
        }
      }
    }
  }

  var json: JSONValue {
    .object([
      ("file", .string(file)), ("format", .string("table")), ("format_name", .string("table")),
      ("bytes", .integer(byteCount)), ("rows", .integer(rows)), ("rows_of_other_length", .integer(uneven)),
      (
        "columns",
        .array(
          columns.map { column in
            .object([
              ("name", .string(column.name)), ("filled", .integer(column.filled)),
              ("numbers", .integer(column.numbers)), ("minimum", column.numbers > 0 ? .number(column.low) : .null),
              ("maximum", column.numbers > 0 ? .number(column.high) : .null),
            ])
          })
      ),
    ])
  }

  var lines: [String] {
    var lines = [
      "\(file): table, \(byteCount) bytes", "\(counted(rows, "rows")), \(counted(columns.count, "columns"))",
    ]
    if uneven > 0 { lines.append("\(counted(uneven, "rows")) have not as many cells as the header line") }
    let table = columns.map { column -> [String] in
      let isNumeric = column.numbers > 0 && column.numbers == column.filled
      let words = column.words.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
      let text =
        column.hasMoreWords || words.contains { $0.key.count > 24 }
        ? "text" : words.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
      return [
        column.name, "\(column.filled)", isNumeric ? CatalogInspection.short(column.low) : "",
        isNumeric ? CatalogInspection.short(column.high) : "", isNumeric ? "" : text,
      ]
    }
    return lines + textTable([["column", "filled", "from", "to", ""]] + table)
  }
}

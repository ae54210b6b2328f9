extension LiteratureTable {
  /// The columns of a table that this program writes: those of the published one, the folder of a model, the line that a row came from, and the line of
  /// the first row with the same title.
  public static var header: String {
    (LiteratureColumn.allCases.map(\.rawValue) + OwnColumn.allCases.map(\.rawValue)).joined(separator: ",") + "\n"
  }

  /// Writes a row: blanks taken off, lists as Python writes them.
  public static func append(_ entry: LiteratureEntry, to sink: TextSink) {
    for column in LiteratureColumn.allCases {
      append(cell: entry[column], to: sink)
      sink.append(byte: 44)
    }
    append(cell: entry.model ?? "", to: sink)
    sink.append(byte: 44)
    if entry.line > 0 { sink.append(entry.line) }
    sink.append(byte: 44)
    if let other = entry.sameTitleAs { sink.append(other) }
    sink.append(byte: 10)
  }

  /// Writes a cell; one that a spreadsheet would compute with gets an apostrophe before it.
  public static func append(cell text: String, to sink: TextSink) {
    if let first = text.first, "=+-@".contains(first) {
      sink.append(csv: "'" + text)
    } else {
      sink.append(csv: text)
    }
  }
}

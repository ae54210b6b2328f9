import SeismicFormats

/// A table that sorts and filters in the page, and stays quick with 100,000 rows: only what is seen is in the document.
///
/// Its rows are embedded by columns, as JSON.
public struct DataTable: Sendable {
  /// A column.
  public struct Column: Sendable {
    /// What its rows hold.
    public enum Values: Sendable {
      /// Text.
      case text([String])
      /// Numbers, shown with so many decimals; NaN where there is none.
      case numbers([Double], decimals: Int)
      /// Times, in microseconds since 1970; nil where there is none.
      case times([Int64?])
      /// Few different words, by their places among them.
      case words([UInt8], of: [String])
    }

    /// The heading.
    public var heading: String
    /// The rows.
    public var values: Values
    /// What the heading means, in a sentence; empty for nothing.
    public var meaning: String
    /// Whether rows can be chosen by it: numbers by a range, words by ticking them, text by searching.
    public var isFilter: Bool
    /// The width in CSS pixels; 0 for a column that is shown only of the row that was chosen.
    public var width: Int

    /// Creates a column.
    public init(_ heading: String, _ values: Values, meaning: String = "", isFilter: Bool = false, width: Int = 90) {
      self.heading = heading
      self.values = values
      self.meaning = meaning
      self.isFilter = isFilter
      self.width = width
    }

    var count: Int {
      switch values {
      case .text(let rows): rows.count
      case .numbers(let rows, _): rows.count
      case .times(let rows): rows.count
      case .words(let rows, _): rows.count
      }
    }
  }

  /// What the table shows.
  public var caption: String
  /// The columns, all of the same length.
  public var columns: [Column]
  /// What a row is called, in the plural.
  public var rowName: String
  /// The column that the rows are sorted by at first, upwards or downwards; nil for the order they come in.
  public var order: (column: Int, isUpwards: Bool)?
  /// Colours of words, by word.
  public var colours: [String: FigureColour] = [:]

  /// Creates a table.
  public init(_ caption: String, rowName: String, columns: [Column], order: (column: Int, isUpwards: Bool)? = nil) {
    self.caption = caption
    self.rowName = rowName
    self.columns = columns
    self.order = order
  }

  /// The number of rows.
  public var rowCount: Int { columns.map(\.count).min() ?? 0 }

  /// Adds the element and its data.
  ///
  /// - Parameter number: tells the tables of a page apart.
  func write(to sink: TextSink, number: Int) {
    sink.append("<div class=\"data-table\" data-source=\"data-table-")
    sink.append(number)
    sink.append("\"><noscript><p class=\"note\">Sorting and filtering need scripts, which are off.")
    sink.append("</p></noscript></div>\n")
    sink.append("<script type=\"application/json\" id=\"data-table-")
    sink.append(number)
    sink.append("\">{\"caption\":")
    sink.append(scriptJSON: caption)
    sink.append(",\"rows\":")
    sink.append(rowCount)
    sink.append(",\"rowName\":")
    sink.append(scriptJSON: rowName)
    if let order {
      sink.append(",\"order\":[")
      sink.append(order.column)
      sink.append(order.isUpwards ? ",1]" : ",-1]")
    }
    sink.append(",\"columns\":[")
    for (index, column) in columns.enumerated() {
      if index > 0 { sink.append(byte: 44) }
      write(column, to: sink)
    }
    sink.append("]}</script>\n")
  }

  private func write(_ column: Column, to sink: TextSink) {
    sink.append("\n{\"heading\":")
    sink.append(scriptJSON: column.heading)
    sink.append(",\"meaning\":")
    sink.append(scriptJSON: column.meaning)
    sink.append(",\"width\":")
    sink.append(column.width)
    if column.isFilter { sink.append(",\"filter\":true") }
    func list<Row>(_ rows: [Row], _ write: (Row) -> Void) {
      sink.append(",\"values\":[")
      for index in 0..<rowCount {
        if index > 0 { sink.append(byte: 44) }
        write(rows[index])
      }
      sink.append("]}")
    }
    switch column.values {
    case .text(let rows):
      sink.append(",\"kind\":\"text\"")
      list(rows) { sink.append(scriptJSON: $0) }
    case .numbers(let rows, let decimals):
      sink.append(",\"kind\":\"number\",\"decimals\":")
      sink.append(max(0, min(decimals, 12)))
      list(rows) { value in
        if value.isFinite { sink.append(value) } else { sink.append("null") }
      }
    case .times(let rows):
      sink.append(",\"kind\":\"time\"")
      // Milliseconds, which are what a browser's clock knows.
      list(rows) { value in
        if let value { sink.append(Int((Double(value) / 1000).rounded(.down))) } else { sink.append("null") }
      }
    case .words(let rows, let words):
      sink.append(",\"kind\":\"word\",\"words\":[")
      for (index, word) in words.enumerated() {
        if index > 0 { sink.append(byte: 44) }
        sink.append(scriptJSON: word)
      }
      sink.append("],\"colours\":[")
      for (index, word) in words.enumerated() {
        if index > 0 { sink.append(byte: 44) }
        sink.append(scriptJSON: colours[word]?.rgb.hex ?? "")
      }
      sink.append("]")
      list(rows) { sink.append(Int($0)) }
    }
  }
}

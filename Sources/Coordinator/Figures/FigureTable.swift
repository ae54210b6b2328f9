import SeismicFormats

/// The data of a figure as a table.
public struct FigureTable: Sendable, Hashable, Codable {
  /// A cell.
  public enum Cell: Sendable, Hashable, Codable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral
  {
    case text(String)
    case number(Double)
    case integer(Int)
    case empty

    public init(stringLiteral value: String) { self = .text(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
  }

  /// The names of the columns.
  public var columns: [String]
  /// The rows.
  public var rows: [[Cell]]

  /// Creates a table.
  public init(columns: [String], rows: [[Cell]] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// The table as comma-separated text.
  var text: String {
    let sink = TextSink()
    for (place, column) in columns.enumerated() {
      if place > 0 { sink.append(byte: 44) }
      sink.append(cell: column)
    }
    sink.append(byte: 10)
    for row in rows {
      for (place, cell) in row.enumerated() {
        if place > 0 { sink.append(byte: 44) }
        switch cell {
        case .text(let text): sink.append(cell: text)
        case .number(let number): sink.append(number)
        case .integer(let number): sink.append(number)
        case .empty: break
        }
      }
      sink.append(byte: 10)
    }
    return sink.string
  }
}

extension Figure {
  /// The figure's data: its own table, or what the panels draw, a row for each point, bar, bin, box or cell.
  var data: FigureTable {
    if let table { return table }
    var result = FigureTable(columns: ["panel", "series", "kind", "x", "y", "lower", "upper", "value"])
    for (number, panel) in panels.enumerated() {
      let (title, layers) =
        switch panel {
        case .plot(let plot): (plot.title ?? Self.axes(plot), plot.layers)
        case .map(let map): (map.title ?? "map", map.layers)
        }
      let name = title.isEmpty ? "\(number + 1)" : title
      for layer in layers {
        for row in Self.rows(layer) { result.rows.append([.text(name), .text(layer.name)] + row) }
      }
    }
    return result
  }

  private static func axes(_ plot: PlotPanel) -> String {
    [plot.y.words, plot.x.words].filter { !$0.isEmpty }.joined(separator: " against ")
  }

  private static func rows(_ layer: FigureLayer) -> [[FigureTable.Cell]] {
    func at(_ values: [Double]?, _ place: Int) -> FigureTable.Cell {
      guard let values, place < values.count else { return .empty }
      return .number(values[place])
    }
    switch layer.content {
    case .points(let points):
      return points.x.indices.map { place in
        [
          "point", at(points.x, place), at(points.y, place),
          at(points.yInterval?.lower ?? points.xInterval?.lower, place),
          at(points.yInterval?.upper ?? points.xInterval?.upper, place), at(points.values ?? points.sizes, place),
        ]
      }
    case .line(let x, let y), .steps(let x, let y):
      return x.indices.map { ["line", at(x, $0), at(y, $0), .empty, .empty, .empty] }
    case .band(let x, let lower, let upper):
      return x.indices.map { ["band", at(x, $0), .empty, at(lower, $0), at(upper, $0), .empty] }
    case .histogram(let edges, let counts):
      return counts.indices.map {
        ["bin", .empty, .empty, at(edges, $0), at(edges, $0 + 1), at(counts, $0)]
      }
    case .bars(let bars):
      return bars.places.indices.map { place in
        [
          "bar", bars.areHorizontal ? at(bars.lengths, place) : at(bars.places, place),
          bars.areHorizontal ? at(bars.places, place) : at(bars.lengths, place), at(bars.interval?.lower, place),
          at(bars.interval?.upper, place), .empty,
        ]
      }
    case .boxes(let boxes):
      return boxes.flatMap { box -> [[FigureTable.Cell]] in
        [
          [
            "box", .number(box.place), .number(box.marks.median), .number(box.marks.first), .number(box.marks.third),
            .empty,
          ],
          ["whiskers", .number(box.place), .empty, .number(box.marks.low), .number(box.marks.high), .empty],
        ]
      }
    case .cells(let cells):
      let columns = max(1, cells.xEdges.count - 1)
      return cells.values.indices.map { place in
        let (row, column) = (place / columns, place % columns)
        guard row + 1 < cells.yEdges.count else {
          return ["cell", .empty, .empty, .empty, .empty, at(cells.values, place)]
        }
        return [
          "cell", .number((cells.xEdges[column] + cells.xEdges[column + 1]) / 2),
          .number((cells.yEdges[row] + cells.yEdges[row + 1]) / 2), .empty, .empty, at(cells.values, place),
        ]
      }
    case .guide, .words: return []
    }
  }
}

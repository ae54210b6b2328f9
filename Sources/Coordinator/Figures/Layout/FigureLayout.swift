/// Puts a figure on paper: title, legend, panels in rows and columns, with room for all words.
struct FigureLayout {
  /// Sizes of letters, in points.
  enum LetterSize {
    static let title = 11.0
    static let panel = 9.0
    static let label = 8.5
    static let mark = 7.5
    static let legend = 8.5
    static let least = 5.5
  }

  /// The page of a figure.
  static func page(_ figure: Figure) -> Page {
    var page = Page()
    page.title = figure.title
    let panels = figure.panels.map(PanelSketch.init)
    let columns = min(figure.columns, max(1, panels.count))
    let rows = stride(from: 0, to: panels.count, by: columns).map {
      Array(panels[$0..<min($0 + columns, panels.count)])
    }

    // Frames in a column begin at one place, those in a row at one height.
    var lefts = [Double](repeating: 0, count: columns)
    var rights = [Double](repeating: 0, count: columns)
    for row in rows {
      for (column, panel) in row.enumerated() {
        lefts[column] = max(lefts[column], panel.left)
        rights[column] = max(rights[column], panel.right)
      }
    }
    // All frames are equally wide, so that one shape makes them equally high.
    let width = max(
      1, (Page.width - 0.4 - lefts.reduce(0, +) - rights.reduce(0, +)) / Double(columns))
    var heights: [(above: Double, frames: [Double], below: Double)] = []
    for row in rows {
      heights.append(
        (
          row.map(\.above).max() ?? 0, row.map { $0.height(width: width, columns: columns) },
          row.map { $0.below(width: width) }.max() ?? 0
        ))
    }
    let title = TextMetrics.lines(figure.title, into: Page.width - 1, size: LetterSize.title, isBold: true)
    let titleHeight = Double(title.count) * TextMetrics.height(size: LetterSize.title)
    let legend = Legend(figure, width: Page.width - 1)
    page.height =
      0.25 + titleHeight + legend.height
      + heights.reduce(0) { $0 + $1.above + ($1.frames.max() ?? 0) + $1.below + 0.2 } + 0.2
    // Whole points, as Ghostscript wants them.
    page.height = (page.height * 72 / 2.54).rounded(.up) * 2.54 / 72
    var top = page.height - 0.25
    for line in title {
      page.words.append(
        Page.Words(
          x: 0.5, y: top - TextMetrics.height(size: LetterSize.title) / 2, text: .plain(line), size: LetterSize.title,
          isBold: true))
      top -= TextMetrics.height(size: LetterSize.title)
    }
    legend.draw(on: &page, left: 0.5, top: top)
    top -= legend.height
    for (row, sizes) in zip(rows, heights) {
      top -= sizes.above
      var x = 0.2
      for (column, panel) in row.enumerated() {
        x += lefts[column]
        let frame = panel.frame(x: x, top: top, width: width, height: sizes.frames[column])
        panel.draw(on: &page, in: frame)
        x += width + rights[column]
      }
      top -= (sizes.frames.max() ?? 0) + sizes.below + 0.2
    }
    return page
  }
}

/// A panel before it has a place: how much room its words need.
enum PanelSketch {
  case plot(PlotSketch)
  case map(MapSketch)

  init(_ panel: FigurePanel) {
    switch panel {
    case .plot(let plot): self = .plot(PlotSketch(plot))
    case .map(let map): self = .map(MapSketch(map))
    }
  }

  /// Room left of the frame, in cm.
  var left: Double {
    switch self {
    case .plot(let plot): plot.left
    case .map(let map): map.left
    }
  }

  /// Room right of the frame.
  var right: Double {
    switch self {
    case .plot(let plot): plot.right
    case .map(let map): map.right
    }
  }

  /// Room above the frame.
  var above: Double {
    switch self {
    case .plot(let plot): plot.panel.title == nil ? 0.25 : 0.65
    case .map: 0.65
    }
  }

  /// The height of a frame of a width.
  func height(width: Double, columns: Int) -> Double {
    switch self {
    case .plot(let plot): plot.height(width: width, columns: columns)
    case .map(let map): map.height(width: width)
    }
  }

  /// Room below a frame of a width.
  func below(width: Double) -> Double {
    switch self {
    case .plot(let plot): plot.below(width: width)
    case .map: 0.6
    }
  }

  /// The frame in the room that it has.
  func frame(x: Double, top: Double, width: Double, height: Double) -> Page.Frame {
    switch self {
    case .plot: Page.Frame(x: x, y: top - height, width: width, height: height)
    case .map(let map): map.frame(x: x, top: top, width: width, height: height)
    }
  }

  /// Draws the panel.
  func draw(on page: inout Page, in frame: Page.Frame) {
    switch self {
    case .plot(let plot): plot.draw(on: &page, in: frame)
    case .map(let map): map.draw(on: &page, in: frame)
    }
  }
}

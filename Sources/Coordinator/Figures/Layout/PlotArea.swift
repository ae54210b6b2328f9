import Foundation

/// A frame with axes, in which layers are drawn; what lies outside is cut off.
struct PlotArea {
  let frame: Page.Frame
  let x: AxisPlacing
  let y: AxisPlacing
  let colourScale: ColourScale?
  /// More symbols of a layer than this are not drawn; every second, third … is left out.
  ///
  /// The table has them all.
  static let mostSymbols = 40_000

  private func atX(_ value: Double) -> Double? { x.share(value).map { frame.x + $0 * frame.width } }
  private func atY(_ value: Double) -> Double? { y.share(value).map { frame.y + $0 * frame.height } }

  /// As ``atX(_:)``, with values for which there is no place, or one outside, put at the edge.
  private func edgeX(_ value: Double) -> Double { edge(x.share(value), value, x) * frame.width + frame.x }
  private func edgeY(_ value: Double) -> Double { edge(y.share(value), value, y) * frame.height + frame.y }

  private func edge(_ share: Double?, _ value: Double, _ axis: AxisPlacing) -> Double {
    if let share { return min(1, max(0, share)) }
    return (value == .infinity) == axis.axis.isReversed ? 0 : value == .infinity ? 1 : axis.axis.isReversed ? 1 : 0
  }

  private func holds(_ x: Double, _ y: Double) -> Bool {
    x >= frame.x - 1e-6 && x <= frame.right + 1e-6 && y >= frame.y - 1e-6 && y <= frame.top + 1e-6
  }

  func draw(_ layers: [FigureLayer], on page: inout Page) {
    // What is filled must not hide the outlines of its neighbours.
    var outlines: [Page.Shape] = []
    var taken: [Page.Frame] = []
    for layer in layers {
      switch layer.content {
      case .points(let points): draw(points, layer.style, on: &page)
      case .line(let xs, let ys):
        var run: [(x: Double, y: Double)] = []
        for (a, b) in zip(xs, ys) {
          if let px = atX(a), let py = atY(b) {
            run.append((px, py))
          } else {
            drawLine(run, layer.style.pen, on: &page)
            run = []
          }
        }
        drawLine(run, layer.style.pen, on: &page)
      case .steps(let xs, let ys):
        var run: [(x: Double, y: Double)] = []
        for place in ys.indices where place < xs.count {
          guard let px = atX(xs[place]), let py = atY(ys[place]) else { continue }
          if let last = run.last { run.append((px, last.y)) }
          run.append((px, py))
        }
        if xs.count > ys.count, let px = atX(xs[ys.count]), let last = run.last { run.append((px, last.y)) }
        drawLine(run, layer.style.pen, on: &page)
      case .band(let xs, let lower, let upper):
        let places = xs.indices.filter {
          $0 < lower.count && $0 < upper.count && xs[$0].isFinite && lower[$0].isFinite && upper[$0].isFinite
        }
        guard places.count > 1 else { continue }
        var points = places.map { (x: edgeX(xs[$0]), y: edgeY(lower[$0])) }
        points += places.reversed().map { (x: edgeX(xs[$0]), y: edgeY(upper[$0])) }
        page.shapes.append(Page.Shape(points: points + [points[0]], fill: layer.style.paleColour, pen: nil))
      case .histogram(let edges, let counts):
        let outline = outline(edges, counts)
        guard outline.count > 2 else { continue }
        page.shapes.append(Page.Shape(points: outline, fill: layer.style.paleColour, pen: nil))
        outlines.append(Page.Shape(points: outline, fill: nil, pen: layer.style.pen))
      case .bars(let bars): draw(bars, layer.style, on: &page)
      case .boxes(let boxes): for box in boxes { draw(box, layer.style, on: &page) }
      case .cells(let cells): draw(cells, on: &page)
      case .guide(let guide):
        let pen = layer.style.pen
        switch guide {
        case .vertical(let value):
          if let at = atX(value) { drawLine([(at, frame.y), (at, frame.top)], pen, on: &page) }
        case .horizontal(let value):
          if let at = atY(value) { drawLine([(frame.x, at), (frame.right, at)], pen, on: &page) }
        case .diagonal:
          let (low, high) = (max(x.lower, y.lower), min(x.upper, y.upper))
          guard low < high, let x0 = atX(low), let y0 = atY(low), let x1 = atX(high), let y1 = atY(high) else {
            continue
          }
          drawLine([(x0, y0), (x1, y1)], pen, on: &page)
        }
      case .words(let words): for word in words { draw(word, layer.style, on: &page, &taken) }
      }
    }
    page.shapes += outlines
  }

  private func outline(_ edges: [Double], _ counts: [Double]) -> [(x: Double, y: Double)] {
    guard edges.count > counts.count, !counts.isEmpty else { return [] }
    let base = y.axis.scale == .logarithmic ? (y.axis.isReversed ? frame.top : frame.y) : edgeY(0)
    var points = [(x: edgeX(edges[0]), y: base)]
    for (place, count) in counts.enumerated() {
      let height = y.axis.scale == .logarithmic && count <= 0 ? base : edgeY(count)
      points.append((edgeX(edges[place]), height))
      points.append((edgeX(edges[place + 1]), height))
    }
    points.append((edgeX(edges[counts.count]), base))
    points.append(points[0])
    return points
  }

  private func draw(_ points: FigurePoints, _ style: FigureStyle, on page: inout Page) {
    let count = min(points.x.count, points.y.count)
    let stride = max(1, (count + Self.mostSymbols - 1) / Self.mostSymbols)
    let thin = Page.Pen(width: 0.7, colour: style.colour.rgb)
    for place in Swift.stride(from: 0, to: count, by: stride) {
      guard let px = atX(points.x[place]), let py = atY(points.y[place]), holds(px, py) else { continue }
      if let interval = points.yInterval, place < interval.lower.count, place < interval.upper.count,
        interval.lower[place].isFinite, interval.upper[place].isFinite
      {
        let (low, high) = (edgeY(interval.lower[place]), edgeY(interval.upper[place]))
        page.line(px, low, px, high, thin)
        for end in [low, high] { page.line(px - 0.06, end, px + 0.06, end, thin) }
      }
      if let interval = points.xInterval, place < interval.lower.count, place < interval.upper.count,
        interval.lower[place].isFinite, interval.upper[place].isFinite
      {
        let (low, high) = (edgeX(interval.lower[place]), edgeX(interval.upper[place]))
        page.line(low, py, high, py, thin)
        for end in [low, high] { page.line(end, py - 0.06, end, py + 0.06, thin) }
      }
      var fill: RGB?
      if let values = points.values, let colourScale, place < values.count {
        fill = values[place].isFinite ? colourScale.colour(values[place]) : RGB(190, 190, 190)
      }
      let size = points.sizes.flatMap { place < $0.count && $0[place].isFinite ? min(3, max(0.02, $0[place])) : nil }
      page.symbols.append(PlotSketch.symbol(style, x: px, y: py, fill: fill, size: size))
    }
  }

  private func draw(_ bars: FigureBars, _ style: FigureStyle, on page: inout Page) {
    let outline = Page.Pen(width: 0.5, colour: style.colour.rgb)
    let dark = Page.Pen(width: 0.8, colour: RGB(0, 0, 0))
    for (place, length) in zip(bars.places.indices, bars.lengths) where length.isFinite {
      let (low, high) = (bars.places[place] - bars.width / 2, bars.places[place] + bars.width / 2)
      let interval = bars.interval.flatMap {
        place < $0.lower.count && place < $0.upper.count && $0.lower[place].isFinite && $0.upper[place].isFinite
          ? ($0.lower[place], $0.upper[place]) : nil
      }
      if bars.areHorizontal {
        let (a, b, bottom, top) = (edgeX(0), edgeX(length), edgeY(low), edgeY(high))
        page.rectangle(
          Page.Frame(x: min(a, b), y: min(bottom, top), width: abs(b - a), height: abs(top - bottom)),
          fill: style.barColour, pen: outline)
        if let interval {
          page.line(edgeX(interval.0), (bottom + top) / 2, edgeX(interval.1), (bottom + top) / 2, dark)
        }
      } else {
        let (a, b, left, right) = (edgeY(0), edgeY(length), edgeX(low), edgeX(high))
        page.rectangle(
          Page.Frame(x: min(left, right), y: min(a, b), width: abs(right - left), height: abs(b - a)),
          fill: style.barColour, pen: outline)
        if let interval {
          page.line((left + right) / 2, edgeY(interval.0), (left + right) / 2, edgeY(interval.1), dark)
        }
      }
    }
  }

  private func draw(_ box: FigureBox, _ style: FigureStyle, on page: inout Page) {
    let marks = box.marks
    guard [marks.low, marks.first, marks.median, marks.third, marks.high, box.place].allSatisfy(\.isFinite) else {
      return
    }
    let pen = Page.Pen(width: 0.8, colour: style.colour.rgb)
    let (left, middle, right) = (edgeX(box.place - box.width / 2), edgeX(box.place), edgeX(box.place + box.width / 2))
    page.line(middle, edgeY(marks.low), middle, edgeY(marks.first), pen)
    page.line(middle, edgeY(marks.third), middle, edgeY(marks.high), pen)
    for end in [marks.low, marks.high] {
      page.line((left + middle) / 2, edgeY(end), (right + middle) / 2, edgeY(end), pen)
    }
    let (bottom, top) = (edgeY(marks.first), edgeY(marks.third))
    page.rectangle(
      Page.Frame(x: left, y: min(bottom, top), width: right - left, height: abs(top - bottom)), fill: style.paleColour,
      pen: pen)
    page.line(left, edgeY(marks.median), right, edgeY(marks.median), Page.Pen(width: 1.8, colour: style.colour.rgb))
  }

  private func draw(_ cells: FigureCells, on page: inout Page) {
    guard let colourScale else { return }
    let (columns, rows) = (cells.xEdges.count - 1, cells.yEdges.count - 1)
    guard columns > 0, rows > 0 else { return }
    for row in 0..<rows {
      let (bottom, top) = (edgeY(cells.yEdges[row]), edgeY(cells.yEdges[row + 1]))
      var column = 0
      while column < columns, row * columns + column < cells.values.count {
        let value = cells.values[row * columns + column]
        let begin = column
        let colour = colourScale.colour(value)
        column += 1
        guard value.isFinite else { continue }
        // Neighbours of one colour are one shape; each reaches a little under the next, so that no seam is seen.
        while column < columns, row * columns + column < cells.values.count,
          cells.values[row * columns + column].isFinite,
          colourScale.colour(cells.values[row * columns + column]) == colour
        { column += 1 }
        let (left, right) = (edgeX(cells.xEdges[begin]), edgeX(cells.xEdges[column]))
        let overlap = 0.02
        page.rectangle(
          Page.Frame(
            x: min(left, right), y: min(bottom, top),
            width: min(abs(right - left) + overlap, frame.right - min(left, right)),
            height: min(abs(top - bottom) + overlap, frame.top - min(bottom, top))), fill: colour, pen: nil)
      }
    }
    guard let words = cells.words else { return }
    for place in words.indices where place < rows * columns && place < cells.values.count {
      let (row, column) = (place / columns, place % columns)
      let (left, right) = (edgeX(cells.xEdges[column]), edgeX(cells.xEdges[column + 1]))
      let (bottom, top) = (edgeY(cells.yEdges[row]), edgeY(cells.yEdges[row + 1]))
      let fitting = TextMetrics.fitted(words[place], into: abs(right - left) * 0.86, size: 8, least: 4.5)
      let isDark = cells.values[place].isFinite && colourScale.colour(cells.values[place]).luminance < 0.5
      page.words.append(
        Page.Words(
          x: (left + right) / 2, y: (bottom + top) / 2, text: .plain(fitting.text),
          size: min(fitting.size, max(4.5, abs(top - bottom) * 72 / 2.54 * 0.7)),
          colour: isDark ? RGB(255, 255, 255) : RGB(0, 0, 0), anchor: .centre))
    }
  }

  /// Draws words on the side that is asked for, or another one where other words stand there; not at all where there is no room.
  private func draw(
    _ words: FigureWords, _ style: FigureStyle, on page: inout Page, _ taken: inout [Page.Frame]
  ) {
    guard let px = atX(words.x), let py = atY(words.y), holds(px, py) else { return }
    let sides: [FigureWords.Side] = words.side == .centre ? [.centre] : [words.side, .left, .right, .above, .below]
    for side in sides {
      let (dx, dy, anchor): (Double, Double, Page.Anchor) =
        switch side {
        case .right: (0.2, 0, .leftMiddle)
        case .left: (-0.2, 0, .rightMiddle)
        case .above: (0, 0.18, .centreBottom)
        case .below: (0, -0.18, .centreTop)
        case .centre: (0, 0, .centre)
        }
      let placed = Page.Words(
        x: px + dx, y: py + dy, text: .plain(words.text), size: 6.5, colour: style.colour.rgb, anchor: anchor,
        hasPlate: true)
      let plate = placed.plateFrame
      guard plate.x >= frame.x, plate.right <= frame.right, plate.y >= frame.y, plate.top <= frame.top,
        !taken.contains(where: { $0.overlaps(plate) })
      else { continue }
      taken.append(plate)
      page.words.append(placed)
      return
    }
  }

  /// Draws what of a line is inside.
  func drawLine(_ points: [(x: Double, y: Double)], _ pen: Page.Pen, on page: inout Page) {
    guard points.count > 1 else { return }
    var run: [(x: Double, y: Double)] = []
    for (from, to) in zip(points, points.dropFirst()) {
      guard let (a, b) = clipped(from, to) else {
        if run.count > 1 { page.shapes.append(Page.Shape(points: run, fill: nil, pen: pen)) }
        run = []
        continue
      }
      if let last = run.last, last.x == a.x, last.y == a.y {
        run.append(b)
      } else {
        if run.count > 1 { page.shapes.append(Page.Shape(points: run, fill: nil, pen: pen)) }
        run = [a, b]
      }
    }
    if run.count > 1 { page.shapes.append(Page.Shape(points: run, fill: nil, pen: pen)) }
  }

  /// The part of a straight line that is inside (Liang and Barsky, 1984).
  private func clipped(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double)
  ) -> (
    (x: Double, y: Double), (x: Double, y: Double)
  )? {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    var (enter, leave) = (0.0, 1.0)
    for (p, q) in [
      (-dx, from.x - frame.x), (dx, frame.right - from.x), (-dy, from.y - frame.y), (dy, frame.top - from.y),
    ] {
      if abs(p) < 1e-12 {
        if q < -1e-9 { return nil }
      } else if p < 0 {
        enter = max(enter, q / p)
      } else {
        leave = min(leave, q / p)
      }
    }
    guard enter <= leave else { return nil }
    return (
      enter == 0 ? from : (from.x + enter * dx, from.y + enter * dy),
      leave == 1 ? to : (from.x + leave * dx, from.y + leave * dy)
    )
  }
}

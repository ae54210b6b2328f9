import Foundation

/// A plot before it has a place, and how it is drawn when it has one.
struct PlotSketch {
  let panel: PlotPanel
  let x: AxisPlacing
  let y: AxisPlacing

  init(_ panel: PlotPanel) {
    self.panel = panel
    let extent = LayerExtent(panel.layers)
    x = AxisPlacing(panel.x, values: extent.x, startsAtZero: extent.xStartsAtZero)
    y = AxisPlacing(panel.y, values: extent.y, startsAtZero: extent.yStartsAtZero)
  }

  static let markSize = FigureLayout.LetterSize.mark
  private static let longestMark = 4.2
  /// No frame is higher, in cm.
  private static let mostHeight = 22.0

  /// Room left of the frame.
  var left: Double {
    // Which marks there will be depends on the height, which is not known yet: room for the widest of all.
    let labels = (1...Int(Self.mostHeight)).flatMap {
      y.ticks(length: Double($0), isHorizontal: false, size: Self.markSize).labels
    }
    let widest = panel.y.hasNumbers ? labels.map { TextMetrics.width($0, size: Self.markSize) }.max() ?? 0 : 0
    return min(widest, Self.longestMark) + (widest > 0 ? 0.2 : 0.05) + (panel.y.words.isEmpty ? 0.1 : 0.5)
  }

  /// Room right of the frame.
  var right: Double {
    guard let scale = panel.colourScale, scale.hasBar else { return 0.45 }
    return 0.3 + 0.3 + 0.95 + (scale.words.isEmpty ? 0 : 0.45)
  }

  /// The height of a frame of a width.
  func height(width: Double, columns: Int) -> Double {
    if let aspect = panel.aspect { return min(Self.mostHeight, max(1, width * aspect)) }
    if case .categories(let names) = panel.y.scale { return min(20, Double(max(1, names.count)) * 0.5 + 0.3) }
    return columns == 1 ? min(8.5, width * 0.5) : width * 0.78
  }

  /// Whether names below the frame must be turned, and by which share of their length they then reach down.
  private func marksAreTurned(width: Double) -> Bool {
    guard case .categories(let names) = panel.x.scale else { return false }
    let slot = width / Double(max(1, names.count))
    return names.contains { TextMetrics.width($0, size: Self.markSize) > slot - 0.12 }
  }

  /// Room below a frame of a width.
  func below(width: Double) -> Double {
    let label = panel.x.words.isEmpty ? 0.05 : 0.5
    guard panel.x.hasNumbers else { return label + 0.1 }
    return markHeight(width: width) + label
  }

  private func markHeight(width: Double) -> Double {
    guard marksAreTurned(width: width), case .categories(let names) = panel.x.scale else { return 0.48 }
    let widest = names.map { TextMetrics.width($0, size: Self.markSize) }.max() ?? 0
    return min(widest, Self.longestMark) * Self.turnedSine + 0.45
  }

  private static let turn = 40.0
  private static let turnedSine = 0.643

  /// Draws frame, marks, layers, title and the bar of colours.
  func draw(on page: inout Page, in frame: Page.Frame) {
    let area = PlotArea(frame: frame, x: x, y: y, colourScale: panel.colourScale)
    drawGrid(on: &page, in: frame)
    area.draw(panel.layers, on: &page)
    page.rectangle(frame, fill: nil, pen: Page.Pen(width: 0.7, colour: RGB(0, 0, 0)))
    drawMarks(on: &page, in: frame)
    drawWords(on: &page, in: frame)
    if let scale = panel.colourScale, scale.hasBar { ColourBar(scale: scale).draw(on: &page, beside: frame) }
  }

  /// Filled, so that it lies under all that is filled later.
  private static func drawFaint(_ frame: Page.Frame, on page: inout Page) {
    page.rectangle(frame, fill: RGB(226, 226, 226), pen: nil)
  }

  private static let markPen = Page.Pen(width: 0.6, colour: RGB(0, 0, 0))

  private func drawGrid(on page: inout Page, in frame: Page.Frame) {
    let hasCells = panel.layers.contains { if case .cells = $0.content { true } else { false } }
    guard !hasCells else { return }
    if !isNamed(panel.x) {
      for place in x.ticks(length: frame.width, isHorizontal: true, size: Self.markSize).places {
        guard let share = x.share(place), share > 0.001, share < 0.999 else { continue }
        Self.drawFaint(
          Page.Frame(x: frame.x + share * frame.width - 0.006, y: frame.y, width: 0.012, height: frame.height),
          on: &page)
      }
    }
    if !isNamed(panel.y) {
      for place in y.ticks(length: frame.height, isHorizontal: false, size: Self.markSize).places {
        guard let share = y.share(place), share > 0.001, share < 0.999 else { continue }
        Self.drawFaint(
          Page.Frame(x: frame.x, y: frame.y + share * frame.height - 0.006, width: frame.width, height: 0.012),
          on: &page)
      }
    }
  }

  private func isNamed(_ axis: FigureAxis) -> Bool { if case .categories = axis.scale { true } else { false } }

  private func drawMarks(on page: inout Page, in frame: Page.Frame) {
    let isTurned = marksAreTurned(width: frame.width)
    let below = x.ticks(length: frame.width, isHorizontal: true, size: Self.markSize)
    for place in below.minor {
      guard let share = x.share(place) else { continue }
      page.line(frame.x + share * frame.width, frame.y, frame.x + share * frame.width, frame.y - 0.05, Self.markPen)
    }
    for (place, label) in zip(below.places, below.labels) {
      guard let share = x.share(place), (-0.001...1.001).contains(share) else { continue }
      let at = frame.x + share * frame.width
      page.line(at, frame.y, at, frame.y - 0.09, Self.markPen)
      guard panel.x.hasNumbers else { continue }
      if isTurned {
        let text = fitted(label, into: Self.longestMark)
        page.words.append(
          Page.Words(
            x: at + 0.08, y: frame.y - 0.14, text: text, size: Self.markSize, angle: Self.turn, anchor: .rightTop))
      } else {
        page.words.append(
          Page.Words(x: at, y: frame.y - 0.16, text: label, size: Self.markSize, anchor: .centreTop))
      }
    }
    let left = y.ticks(length: frame.height, isHorizontal: false, size: Self.markSize)
    for place in left.minor {
      guard let share = y.share(place) else { continue }
      page.line(frame.x, frame.y + share * frame.height, frame.x - 0.05, frame.y + share * frame.height, Self.markPen)
    }
    for (place, label) in zip(left.places, left.labels) {
      guard let share = y.share(place), (-0.001...1.001).contains(share) else { continue }
      let at = frame.y + share * frame.height
      page.line(frame.x, at, frame.x - 0.09, at, Self.markPen)
      guard panel.y.hasNumbers else { continue }
      page.words.append(
        Page.Words(
          x: frame.x - 0.15, y: at, text: fitted(label, into: Self.longestMark), size: Self.markSize,
          anchor: .rightMiddle))
    }
  }

  private func fitted(_ label: Page.Line, into room: Double) -> Page.Line {
    guard case .plain(let text) = label else { return label }
    return .plain(TextMetrics.fitted(text, into: room, size: Self.markSize, least: Self.markSize).text)
  }

  private func drawWords(on page: inout Page, in frame: Page.Frame) {
    if let title = panel.title {
      let (text, size) = TextMetrics.fitted(
        title, into: frame.width + 0.4, size: FigureLayout.LetterSize.panel, least: 6.5, isBold: true)
      page.words.append(
        Page.Words(x: frame.x, y: frame.top + 0.28, text: .plain(text), size: size, isBold: true))
    }
    let least = FigureLayout.LetterSize.least
    if !panel.x.words.isEmpty {
      let (text, size) = TextMetrics.fitted(
        panel.x.words, into: frame.width + 0.6, size: FigureLayout.LetterSize.label, least: least)
      let marks = panel.x.hasNumbers ? markHeight(width: frame.width) : 0.12
      page.words.append(
        Page.Words(
          x: frame.x + frame.width / 2, y: frame.y - marks - 0.2, text: .plain(text), size: size, anchor: .centre))
    }
    if !panel.y.words.isEmpty {
      let (text, size) = TextMetrics.fitted(
        panel.y.words, into: frame.height + 0.4, size: FigureLayout.LetterSize.label, least: least)
      page.words.append(
        Page.Words(
          x: frame.x - left + 0.22, y: frame.y + frame.height / 2, text: .plain(text), size: size, angle: 90,
          anchor: .centre))
    }
  }

  /// A symbol of a style at a place of the page.
  static func symbol(_ style: FigureStyle, x: Double, y: Double, fill: RGB? = nil, size: Double? = nil) -> Page.Symbol {
    let colour = fill ?? style.colour.rgb
    let isLines = style.symbol == .cross || style.symbol == .plus
    return Page.Symbol(
      x: x, y: y, symbol: style.symbol, size: size ?? style.size, fill: isLines || !style.isFilled ? nil : colour,
      pen: isLines || !style.isFilled
        ? Page.Pen(width: 0.9, colour: colour)
        : Page.Pen(width: 0.25, colour: colour.mixed(with: RGB(0, 0, 0), 0.35)))
  }
}

/// The bar that says what colours stand for.
struct ColourBar {
  let scale: ColourScale

  func draw(on page: inout Page, beside frame: Page.Frame) {
    let height = min(frame.height, 7)
    let bar = Page.Frame(x: frame.right + 0.3, y: frame.y + (frame.height - height) / 2, width: 0.3, height: height)
    let parts = 64
    for part in 0..<parts {
      let value =
        scale.range.lowerBound + (Double(part) + 0.5) / Double(parts)
        * (scale.range.upperBound - scale.range.lowerBound)
      let bottom = bar.y + Double(part) / Double(parts) * height
      page.rectangle(
        Page.Frame(x: bar.x, y: bottom, width: bar.width, height: bar.top - bottom), fill: scale.colour(value), pen: nil
      )
    }
    page.rectangle(bar, fill: nil, pen: Page.Pen(width: 0.5, colour: RGB(0, 0, 0)))
    let axis = AxisPlacing(FigureAxis(scale.label, range: scale.range), values: [], startsAtZero: false)
    let ticks = axis.ticks(length: height, isHorizontal: false, size: PlotSketch.markSize)
    for (place, label) in zip(ticks.places, ticks.labels) {
      guard let share = axis.share(place) else { continue }
      let y = bar.y + share * height
      page.line(bar.right, y, bar.right + 0.07, y, Page.Pen(width: 0.5, colour: RGB(0, 0, 0)))
      page.words.append(Page.Words(x: bar.right + 0.12, y: y, text: label, size: PlotSketch.markSize))
    }
    guard !scale.words.isEmpty else { return }
    let (text, size) = TextMetrics.fitted(
      scale.words, into: frame.height + 0.4, size: FigureLayout.LetterSize.label, least: FigureLayout.LetterSize.least)
    page.words.append(
      Page.Words(
        x: bar.right + 1.12, y: frame.y + frame.height / 2, text: .plain(text), size: size, angle: 90, anchor: .centre))
  }
}

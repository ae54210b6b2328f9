/// The legend of a figure: an entry for each name of a layer, above the panels, so that it hides nothing.
struct Legend {
  private struct Entry {
    var name: String
    var samples: [FigureLayer]
    var width: Double
    var text: String
  }

  private let rows: [[Entry]]
  private static let sample = 0.75
  private static let rowHeight = 0.48

  /// The height in cm.
  var height: Double { rows.isEmpty ? 0 : Double(rows.count) * Self.rowHeight + 0.15 }

  init(_ figure: Figure, width: Double) {
    var names: [String] = []
    var samples: [String: [FigureLayer]] = [:]
    for panel in figure.panels {
      let layers =
        switch panel {
        case .plot(let plot): plot.layers
        case .map(let map): map.layers
        }
      for layer in layers where layer.isInLegend && !layer.name.isEmpty && Self.hasSample(layer) {
        if samples[layer.name] == nil { names.append(layer.name) }
        let known = samples[layer.name] ?? []
        if !known.contains(where: { Self.kind($0) == Self.kind(layer) }) { samples[layer.name] = known + [layer] }
      }
    }
    var rows: [[Entry]] = []
    var room = 0.0
    for name in names {
      let text = TextMetrics.fitted(
        name, into: width - Self.sample - 0.3, size: FigureLayout.LetterSize.legend,
        least: FigureLayout.LetterSize.legend
      ).text
      let entry = Entry(
        name: name, samples: samples[name] ?? [],
        width: Self.sample + 0.15 + TextMetrics.width(text, size: FigureLayout.LetterSize.legend) + 0.5, text: text)
      if rows.isEmpty || room < entry.width {
        rows.append([])
        room = width + 0.5
      }
      rows[rows.count - 1].append(entry)
      room -= entry.width
    }
    self.rows = rows
  }

  private static func hasSample(_ layer: FigureLayer) -> Bool {
    switch layer.content {
    case .cells, .words: false
    default: true
    }
  }

  private static func kind(_ layer: FigureLayer) -> Int {
    switch layer.content {
    case .points: 0
    case .line, .steps, .guide: 1
    case .band: 2
    case .histogram: 3
    case .bars, .boxes: 4
    case .cells, .words: 5
    }
  }

  func draw(on page: inout Page, left: Double, top: Double) {
    for (number, row) in rows.enumerated() {
      let y = top - (Double(number) + 0.5) * Self.rowHeight - 0.08
      var x = left
      for entry in row {
        // Bands lie under lines, lines under symbols.
        for layer in entry.samples.sorted(by: { Self.kind($0) > Self.kind($1) }) {
          Self.draw(layer, on: &page, x: x, y: y)
        }
        page.words.append(
          Page.Words(x: x + Self.sample + 0.15, y: y, text: .plain(entry.text), size: FigureLayout.LetterSize.legend))
        x += entry.width
      }
    }
  }

  private static func draw(_ layer: FigureLayer, on page: inout Page, x: Double, y: Double) {
    let style = layer.style
    let box = Page.Frame(x: x + 0.1, y: y - 0.13, width: sample - 0.2, height: 0.26)
    switch layer.content {
    case .points(let points):
      var shown = style
      shown.size = max(style.size, 0.16)
      if points.values != nil { shown.colour = .grey }
      page.symbols.append(PlotSketch.symbol(shown, x: x + sample / 2, y: y))
    case .line, .steps, .guide: page.line(x, y, x + sample, y, style.pen)
    case .band: page.rectangle(box, fill: style.paleColour, pen: nil)
    case .histogram: page.rectangle(box, fill: style.paleColour, pen: style.pen)
    case .bars: page.rectangle(box, fill: style.barColour, pen: Page.Pen(width: 0.5, colour: style.colour.rgb))
    case .boxes: page.rectangle(box, fill: style.paleColour, pen: Page.Pen(width: 0.8, colour: style.colour.rgb))
    case .cells, .words: break
    }
  }
}

extension FigureStyle {
  /// The pen of lines.
  var pen: Page.Pen { Page.Pen(width: width, colour: colour.rgb, dash: dash) }
  /// The colour of what lies under lines.
  var paleColour: RGB { colour.rgb.mixed(with: RGB(255, 255, 255), 0.72) }
  /// The colour of bars.
  var barColour: RGB { colour.rgb.mixed(with: RGB(255, 255, 255), 0.25) }
}

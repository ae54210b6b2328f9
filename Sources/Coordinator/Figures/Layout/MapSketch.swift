import Foundation
import HSDLCompute

/// A map before it has a place, and how it is drawn when it has one.
struct MapSketch {
  let panel: MapPanel
  let region: MapRegion

  private static let highest = 15.0

  init(_ panel: MapPanel) {
    self.panel = panel
    if let region = panel.region {
      self.region = region
    } else {
      let extent = LayerExtent(panel.layers)
      region =
        MapRegion(longitudes: extent.x, latitudes: extent.y)
        ?? MapRegion(west: -180, east: 180, south: -75, north: 75)
    }
  }

  /// Room left of the frame.
  var left: Double { 1.25 }

  /// Room right of the frame.
  var right: Double {
    guard let scale = panel.colourScale, scale.hasBar else { return 0.6 }
    return 0.3 + 0.3 + 0.95 + (scale.words.isEmpty ? 0 : 0.45)
  }

  /// The height of a frame of a width.
  func height(width: Double) -> Double { min(Self.highest, width * region.aspect) }

  /// The frame in the room that it has: less wide where the region is high.
  func frame(x: Double, top: Double, width: Double, height: Double) -> Page.Frame {
    let own = min(width, height / max(region.aspect, 1e-9))
    return Page.Frame(x: x + (width - own) / 2, y: top - height, width: own, height: height)
  }

  /// Draws coasts, layers, marks, title and a scale of distance.
  func draw(on page: inout Page, in frame: Page.Frame) {
    page.rectangle(frame, fill: nil, pen: Page.Pen(width: 0.8, colour: RGB(0, 0, 0)))
    if panel.hasCoasts { page.coasts.append(Page.Coast(region: region, frame: frame)) }
    let heights = (region.height(region.south), region.height(region.north))
    let area = PlotArea(
      frame: frame,
      x: AxisPlacing(FigureAxis("", range: region.west...region.east), values: [], startsAtZero: false),
      y: AxisPlacing(FigureAxis("", range: heights.0...heights.1), values: [], startsAtZero: false),
      colourScale: panel.colourScale)
    area.draw(panel.layers.compactMap(projected), on: &page)
    drawMarks(on: &page, in: frame)
    drawScale(on: &page, in: frame)
    if let title = panel.title {
      let (text, size) = TextMetrics.fitted(
        title, into: frame.width * 0.6, size: FigureLayout.LetterSize.panel, least: 6.5, isBold: true)
      page.words.append(Page.Words(x: frame.x, y: frame.top + 0.28, text: .plain(text), size: size, isBold: true))
    }
    if let scale = panel.colourScale, scale.hasBar { ColourBar(scale: scale).draw(on: &page, beside: frame) }
  }

  /// A layer with latitudes turned into heights of the projection.
  private func projected(_ layer: FigureLayer) -> FigureLayer? {
    var layer = layer
    switch layer.content {
    case .points(var points):
      points.x = points.x.map(region.turned)
      points.y = points.y.map(rise)
      points.xInterval = nil
      points.yInterval = nil
      layer.content = .points(points)
    case .line(let longitudes, let latitudes):
      // A line does not go round the world from one edge of the map to the other.
      var (x, y): ([Double], [Double]) = ([], [])
      for (longitude, latitude) in zip(longitudes, latitudes) {
        let turned = region.turned(longitude)
        if let last = x.last, abs(turned - last) > 180 {
          x.append(.nan)
          y.append(.nan)
        }
        x.append(turned)
        y.append(rise(latitude))
      }
      layer.content = .line(x: x, y: y)
    case .words(let words):
      layer.content = .words(
        words.map { FigureWords(x: region.turned($0.x), y: rise($0.y), $0.text, side: $0.side) })
    default: return nil
    }
    return layer
  }

  private func rise(_ latitude: Double) -> Double { abs(latitude) > 90 ? .nan : region.height(latitude) }

  private func drawMarks(on page: inout Page, in frame: Page.Frame) {
    let pen = Page.Pen(width: 0.6, colour: RGB(0, 0, 0))
    let size = PlotSketch.markSize
    let below = AxisTicks.degrees(
      region.west, region.east, count: max(1, min(6, Int(frame.width / 1.9))), letters: ("E", "W"))
    for (place, label) in zip(below.places, below.labels) {
      let at = frame.x + (place - region.west) / (region.east - region.west) * frame.width
      page.line(at, frame.y, at, frame.y - 0.1, pen)
      page.words.append(Page.Words(x: at, y: frame.y - 0.17, text: label, size: size, anchor: .centreTop))
    }
    let left = AxisTicks.degrees(
      region.south, region.north, count: max(1, min(6, Int(frame.height / 1.2))), letters: ("N", "S"))
    let (bottom, top) = (region.height(region.south), region.height(region.north))
    for (place, label) in zip(left.places, left.labels) {
      let at = frame.y + (region.height(place) - bottom) / (top - bottom) * frame.height
      guard at.isFinite, at >= frame.y - 1e-6, at <= frame.top + 1e-6 else { continue }
      page.line(frame.x, at, frame.x - 0.1, at, pen)
      page.words.append(Page.Words(x: frame.x - 0.16, y: at, text: label, size: size, anchor: .rightMiddle))
    }
  }

  /// A bar of a round number of kilometres, true in the middle of the map.
  private func drawScale(on page: inout Page, in frame: Page.Frame) {
    let latitude = (region.south + region.north) / 2
    let width = (region.east - region.west) * 111.19 * cos(latitude * .pi / 180)
    guard width > 0, region.east - region.west < 120 else { return }
    var length = AxisTicks.niceStep(width / 5)
    if length / width * frame.width > frame.width / 3 { length /= 2 }
    let paper = length / width * frame.width
    let y = frame.top + 0.22
    let pen = Page.Pen(width: 1, colour: RGB(0, 0, 0))
    page.line(frame.right - paper, y, frame.right, y, pen)
    for end in [frame.right - paper, frame.right] { page.line(end, y - 0.06, end, y + 0.06, pen) }
    let isFar = length >= 1
    let number = isFar ? length : length * 1000
    let text = "\(fixed(number, decimals: number == number.rounded() ? 0 : 1)) \(isFar ? "km" : "m")"
    page.words.append(
      Page.Words(
        x: frame.right - paper - 0.12, y: y, text: .plain(text), size: PlotSketch.markSize, anchor: .rightMiddle))
  }
}

/// What layers need of the axes of their panel.
struct LayerExtent {
  /// Values along the x axis.
  var x: [Double] = []
  /// Values along the y axis.
  var y: [Double] = []
  /// Whether lengths are drawn along the x axis.
  var xStartsAtZero = false
  /// Whether lengths are drawn along the y axis.
  var yStartsAtZero = false

  init(_ layers: [FigureLayer]) {
    for layer in layers {
      switch layer.content {
      case .points(let points):
        x += points.x
        y += points.y
        if let interval = points.xInterval { x += interval.lower + interval.upper }
        if let interval = points.yInterval { y += interval.lower + interval.upper }
      case .line(let places, let values), .steps(let places, let values):
        x += places
        y += values
      case .band(let places, let lower, let upper):
        x += places
        y += lower + upper
      case .histogram(let edges, let counts):
        x += edges
        y += counts
        yStartsAtZero = true
      case .bars(let bars):
        let lengths = bars.lengths + (bars.interval.map { $0.lower + $0.upper } ?? [])
        let places = bars.places.flatMap { [$0 - bars.width / 2, $0 + bars.width / 2] }
        if bars.areHorizontal {
          x += lengths
          y += places
          xStartsAtZero = true
        } else {
          x += places
          y += lengths
          yStartsAtZero = true
        }
      case .boxes(let boxes):
        for box in boxes {
          x += [box.place - box.width, box.place + box.width]
          y += [box.marks.low, box.marks.high]
        }
      case .cells(let cells):
        x += cells.xEdges
        y += cells.yEdges
      case .words(let words):
        x += words.map(\.x)
        y += words.map(\.y)
      case .guide: break
      }
    }
  }
}

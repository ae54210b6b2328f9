/// A figure on paper: shapes, symbols and words at places in cm from the lower left corner.
struct Page {
  /// The width of all pages, in cm: 1600 dots at 200 dots an inch.
  static let width = 20.32
  /// Dots an inch of pictures.
  static let resolution = 200

  /// The title, for the PDF.
  var title = ""
  /// The height in cm.
  var height = 0.0
  /// Coasts, lowest.
  var coasts: [Coast] = []
  /// Polygons and lines, in the order in which they are drawn.
  var shapes: [Shape] = []
  /// Symbols, above the shapes.
  var symbols: [Symbol] = []
  /// Words, on top.
  var words: [Words] = []

  /// A rectangle.
  struct Frame {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
    var right: Double { x + width }
    var top: Double { y + height }

    /// Whether it has room in common with another one.
    func overlaps(_ other: Frame) -> Bool {
      x < other.right && other.x < right && y < other.top && other.y < top
    }
  }

  /// The coasts and borders of a region, in a frame.
  struct Coast {
    var region: MapRegion
    var frame: Frame
  }

  /// A pen: width in points.
  struct Pen: Equatable {
    var width: Double
    var colour: RGB
    var dash = FigureStyle.Dash.solid
  }

  /// A polygon or a line.
  struct Shape {
    var points: [(x: Double, y: Double)]
    var fill: RGB?
    var pen: Pen?
  }

  /// A symbol.
  struct Symbol {
    var x: Double
    var y: Double
    var symbol: FigureStyle.Symbol
    /// The diameter in cm.
    var size: Double
    var fill: RGB?
    var pen: Pen?
  }

  /// Words in one line.
  struct Words {
    var x: Double
    var y: Double
    var text: Line
    /// In points.
    var size: Double
    var isBold = false
    var colour = RGB(0, 0, 0)
    /// Degrees against the clock.
    var angle = 0.0
    var anchor = Anchor.leftMiddle
    /// Whether they stand on a white plate, so that they can be read above symbols.
    var hasPlate = false

    /// Where the plate lies.
    var plateFrame: Frame {
      guard case .plain(let text) = text else { return Frame(x: x, y: y, width: 0, height: 0) }
      let (width, height) = (TextMetrics.width(text, size: size) + 0.06, TextMetrics.height(size: size) * 0.9)
      let left =
        switch anchor {
        case .leftMiddle, .leftBottom: x - 0.03
        case .rightMiddle, .rightTop: x + 0.03 - width
        case .centre, .centreTop, .centreBottom: x - width / 2
        }
      let bottom =
        switch anchor {
        case .leftMiddle, .rightMiddle, .centre: y - height / 2
        case .centreTop, .rightTop: y - height
        case .centreBottom, .leftBottom: y
        }
      return Frame(x: left, y: bottom, width: width, height: height)
    }

    /// The plate.
    var plate: Shape {
      let (l, b, r, t) = (plateFrame.x, plateFrame.y, plateFrame.right, plateFrame.top)
      return Shape(points: [(l, b), (r, b), (r, t), (l, t), (l, b)], fill: RGB(255, 255, 255), pen: nil)
    }
  }

  /// Text, or a power of ten.
  enum Line: Equatable {
    case plain(String)
    case power(Int)
  }

  /// Which point of the words is put at the place.
  enum Anchor: String {
    case leftMiddle = "LM"
    case rightMiddle = "RM"
    case centre = "CM"
    case centreTop = "CT"
    case centreBottom = "CB"
    case rightTop = "RT"
    case leftBottom = "LB"
  }

  /// Adds a rectangle.
  mutating func rectangle(_ frame: Frame, fill: RGB?, pen: Pen?) {
    let (l, b, r, t) = (frame.x, frame.y, frame.right, frame.top)
    shapes.append(Shape(points: [(l, b), (r, b), (r, t), (l, t), (l, b)], fill: fill, pen: pen))
  }

  /// Adds a straight line.
  mutating func line(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, _ pen: Pen) {
    shapes.append(Shape(points: [(x0, y0), (x1, y1)], fill: nil, pen: pen))
  }
}

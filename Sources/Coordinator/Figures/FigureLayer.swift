/// One thing that is drawn in a panel.
public struct FigureLayer: Sendable, Hashable, Codable {
  /// What it is called in the legend and in the table; layers of one name are one entry of the legend.
  public var name: String
  /// How it looks.
  public var style: FigureStyle
  /// What is drawn.
  public var content: Content
  /// Whether the legend tells of it.
  public var isInLegend: Bool

  /// Creates a layer.
  public init(_ name: String, _ style: FigureStyle, _ content: Content, isInLegend: Bool = true) {
    self.name = name
    self.style = style
    self.content = content
    self.isInLegend = isInLegend
  }

  /// What can be drawn.
  ///
  /// Places that are not finite are left out.
  public enum Content: Sendable, Hashable, Codable {
    /// Symbols; with values they are coloured by the panel's scale.
    case points(FigurePoints)
    /// A line through points in the order given; a place that is not finite breaks it.
    case line(x: [Double], y: [Double])
    /// Steps: the value `y[i]` holds from `x[i]` to `x[i + 1]`.
    case steps(x: [Double], y: [Double])
    /// A band between two lines.
    case band(x: [Double], lower: [Double], upper: [Double])
    /// How many there are between `edges[i]` and `edges[i + 1]`.
    case histogram(edges: [Double], counts: [Double])
    /// Bars from nothing to a length, at places of the other axis.
    case bars(FigureBars)
    /// Boxes from quartile to quartile with the median, whiskers, at places of the x axis.
    case boxes([FigureBox])
    /// Cells coloured by the panel's scale.
    case cells(FigureCells)
    /// A straight line across the panel.
    case guide(FigureGuide)
    /// Words.
    case words([FigureWords])
  }
}

/// Symbols at places.
public struct FigurePoints: Sendable, Hashable, Codable {
  /// Where they stand on the x axis; longitudes of a map.
  public var x: [Double]
  /// Where they stand on the y axis; latitudes of a map.
  public var y: [Double]
  /// What colours them; nil for the layer's style.
  public var values: [Double]?
  /// Diameters in cm; nil for the layer's style.
  public var sizes: [Double]?
  /// Ends of the horizontal bars of error; nil for none.
  public var xInterval: FigureInterval?
  /// Ends of the vertical bars of error; nil for none.
  public var yInterval: FigureInterval?

  /// Creates points.
  public init(
    x: [Double], y: [Double], values: [Double]? = nil, sizes: [Double]? = nil,
    xInterval: (lower: [Double], upper: [Double])? = nil, yInterval: (lower: [Double], upper: [Double])? = nil
  ) {
    self.x = x
    self.y = y
    self.values = values
    self.sizes = sizes
    self.xInterval = xInterval.map(FigureInterval.init)
    self.yInterval = yInterval.map(FigureInterval.init)
  }
}

/// Ends of bars of error, by point.
public struct FigureInterval: Sendable, Hashable, Codable {
  /// The lower ends.
  public var lower: [Double]
  /// The upper ends.
  public var upper: [Double]

  /// Creates ends.
  public init(lower: [Double], upper: [Double]) {
    self.lower = lower
    self.upper = upper
  }
}

/// Bars from nothing to a length.
public struct FigureBars: Sendable, Hashable, Codable {
  /// Their middles, on the axis that they stand on.
  public var places: [Double]
  /// Their lengths, on the other axis.
  public var lengths: [Double]
  /// Their width, in units of the axis that they stand on.
  public var width: Double
  /// Whether they lie, standing on the y axis.
  public var areHorizontal: Bool
  /// Ends of the bars of error; nil for none.
  public var interval: FigureInterval?

  /// Creates bars.
  public init(
    places: [Double], lengths: [Double], width: Double = 0.7, areHorizontal: Bool = false,
    interval: (lower: [Double], upper: [Double])? = nil
  ) {
    self.places = places
    self.lengths = lengths
    self.width = width
    self.areHorizontal = areHorizontal
    self.interval = interval.map(FigureInterval.init)
  }
}

/// A box from quartile to quartile, with the median and whiskers.
public struct FigureBox: Sendable, Hashable, Codable {
  /// Its middle on the x axis.
  public var place: Double
  /// Its width in units of the x axis.
  public var width: Double
  /// The end of the lower whisker, the first quartile, the median, the third quartile, the end of the upper whisker.
  public var marks: Marks

  /// Creates a box.
  public init(
    place: Double, width: Double = 0.5,
    marks: (low: Double, first: Double, median: Double, third: Double, high: Double)
  ) {
    self.place = place
    self.width = width
    self.marks = Marks(low: marks.low, first: marks.first, median: marks.median, third: marks.third, high: marks.high)
  }

  /// Where a box and its whiskers begin and end.
  public struct Marks: Sendable, Hashable, Codable {
    /// The end of the lower whisker.
    public var low: Double
    /// The first quartile.
    public var first: Double
    /// The median.
    public var median: Double
    /// The third quartile.
    public var third: Double
    /// The end of the upper whisker.
    public var high: Double
  }
}

/// Cells in rows, coloured by the panel's scale.
public struct FigureCells: Sendable, Hashable, Codable {
  /// The edges of the columns on the x axis, one more than there are columns.
  public var xEdges: [Double]
  /// The edges of the rows on the y axis, one more than there are rows.
  public var yEdges: [Double]
  /// The values, row after row; cells that are not finite stay empty.
  public var values: [Double]
  /// Words in the cells; nil for none.
  public var words: [String]?

  /// Creates cells.
  public init(xEdges: [Double], yEdges: [Double], values: [Double], words: [String]? = nil) {
    self.xEdges = xEdges
    self.yEdges = yEdges
    self.values = values
    self.words = words
  }

  /// Creates cells around whole numbers, as categories have them: the first row at 0.
  public init(columns: Int, rows: Int, values: [Double], words: [String]? = nil) {
    self.init(
      xEdges: (0...max(1, columns)).map { Double($0) - 0.5 }, yEdges: (0...max(1, rows)).map { Double($0) - 0.5 },
      values: values, words: words)
  }
}

/// A straight line across a panel.
public enum FigureGuide: Sendable, Hashable, Codable {
  /// At a place of the x axis.
  case vertical(Double)
  /// At a place of the y axis.
  case horizontal(Double)
  /// Where x and y are the same.
  case diagonal
}

/// Words at a place.
public struct FigureWords: Sendable, Hashable, Codable {
  /// Where, on the x axis.
  public var x: Double
  /// Where, on the y axis.
  public var y: Double
  /// The words.
  public var text: String
  /// Which side of the place they stand on.
  public var side: Side

  /// Sides of a place.
  public enum Side: String, Sendable, Codable {
    case right, left, above, below, centre
  }

  /// Creates words.
  public init(x: Double, y: Double, _ text: String, side: Side = .right) {
    self.x = x
    self.y = y
    self.text = text
    self.side = side
  }
}

/// A figure: panels that show the same or related things, with one legend, a title, and words for those who cannot see it.
///
/// It is a value that knows nothing of how it is drawn: ``FigureDrawer`` makes PNG, PDF and a table of it.
public struct Figure: Sendable, Hashable, Codable {
  /// The name of its files, without ending: small letters, digits, `-` and `_`; anything else becomes `_`.
  public let name: String
  /// What it is called.
  public var title: String
  /// What is to be seen, in a sentence or two, for those who cannot see it.
  public var altText: String
  /// Its panels, row by row.
  public var panels: [FigurePanel]
  /// How many panels stand side by side.
  public var columns: Int
  /// Its data where they are told better than by the points of the panels; nil for those.
  public var table: FigureTable?

  /// Creates a figure.
  ///
  /// - Parameters:
  ///   - name: the name of its files, without ending.
  ///   - title: what it is called.
  ///   - altText: what is to be seen, in words.
  ///   - columns: how many panels stand side by side; nil for as many as look well.
  ///   - panels: its panels, row by row.
  ///   - table: its data where they are told better than by the points of the panels.
  public init(
    _ name: String, title: String, altText: String, columns: Int? = nil, panels: [FigurePanel],
    table: FigureTable? = nil
  ) {
    let safe = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "_" }
    self.name = safe.isEmpty ? "figure" : String(String(safe).prefix(80))
    self.title = title
    self.altText = altText
    self.panels = panels
    self.columns = max(1, columns ?? (panels.count < 2 ? 1 : panels.count < 5 ? 2 : panels.count < 10 ? 3 : 4))
    self.table = table
  }
}

/// A part of a figure.
public enum FigurePanel: Sendable, Hashable, Codable {
  /// Axes and what is drawn between them.
  case plot(PlotPanel)
  /// A map.
  case map(MapPanel)
}

/// Axes, and layers drawn between them, the first one lowest.
public struct PlotPanel: Sendable, Hashable, Codable {
  /// What stands above it; nil for nothing.
  public var title: String?
  /// The axis below.
  public var x: FigureAxis
  /// The axis on the left.
  public var y: FigureAxis
  /// What is drawn.
  public var layers: [FigureLayer]
  /// Height over width of the frame; nil for what looks well.
  public var aspect: Double?
  /// The scale of colours that layers with values use; nil where there is none.
  public var colourScale: ColourScale?

  /// Creates a panel.
  public init(
    title: String? = nil, x: FigureAxis, y: FigureAxis, layers: [FigureLayer], aspect: Double? = nil,
    colourScale: ColourScale? = nil
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.aspect = aspect
    self.colourScale = colourScale
  }
}

/// A map in Mercator's projection (plate carrée where it goes beyond 80 degrees), with coasts.
public struct MapPanel: Sendable, Hashable, Codable {
  /// What stands above it; nil for nothing.
  public var title: String?
  /// What it shows; nil for what holds all points.
  public var region: MapRegion?
  /// What is drawn: points, lines and words at longitude and latitude in degrees.
  ///
  /// Other layers are left out.
  public var layers: [FigureLayer]
  /// Whether coasts and borders are drawn.
  public var hasCoasts: Bool
  /// The scale of colours that layers with values use; nil where there is none.
  public var colourScale: ColourScale?

  /// Creates a map.
  public init(
    title: String? = nil, region: MapRegion? = nil, layers: [FigureLayer], hasCoasts: Bool = true,
    colourScale: ColourScale? = nil
  ) {
    self.title = title
    self.region = region
    self.layers = layers
    self.hasCoasts = hasCoasts
    self.colourScale = colourScale
  }
}

/// How a layer looks: colour, symbol, line.
///
/// Series differ in shape as well as in colour.
public struct FigureStyle: Sendable, Hashable, Codable {
  /// Symbols.
  public enum Symbol: String, Sendable, CaseIterable, Codable {
    case circle = "c"
    case triangle = "t"
    case square = "s"
    case diamond = "d"
    case cross = "x"
    case plus = "+"
    case invertedTriangle = "i"
    case star = "a"
  }

  /// How a line is broken.
  public enum Dash: String, Sendable, CaseIterable, Codable {
    case solid, dashed, dotted, dashDotted, longDashed
  }

  /// The colour.
  public var colour: FigureColour
  /// The symbol.
  public var symbol: Symbol
  /// Whether the symbol is filled.
  public var isFilled = true
  /// The symbol's diameter, in cm.
  public var size = 0.16
  /// How the line is broken.
  public var dash: Dash
  /// The line's width, in points.
  public var width = 1.2

  /// Creates a style.
  public init(
    _ colour: FigureColour, _ symbol: Symbol = .circle, isFilled: Bool = true, size: Double = 0.16,
    dash: Dash = .solid, width: Double = 1.2
  ) {
    self.colour = colour
    self.symbol = symbol
    self.isFilled = isFilled
    self.size = size
    self.dash = dash
    self.width = width
  }

  /// Real events, what is kept.
  public static let real = FigureStyle(.blue, .circle)
  /// False events, what is rejected.
  public static let fake = FigureStyle(.vermilion, .cross, dash: .dashed)
  /// What needs a look.
  public static let uncertain = FigureStyle(.orange, .diamond, dash: .dotted)
  /// Stations.
  public static let station = FigureStyle(.black, .invertedTriangle, size: 0.2)
  /// Lines that only guide the eye.
  public static let guide = FigureStyle(.grey, .plus, dash: .dashed, width: 0.7)
  /// What the rest is compared with.
  public static let black = FigureStyle(.black, .circle)

  /// The style of the nth of several series; they begin again after eight, with other dashes.
  public static func series(_ number: Int) -> FigureStyle {
    let colours: [FigureColour] = [.blue, .vermilion, .green, .purple, .orange, .sky, .black, .grey]
    let symbols: [Symbol] = [.circle, .square, .triangle, .diamond, .invertedTriangle, .star, .cross, .plus]
    let place = abs(number)
    let dashes = Dash.allCases
    return FigureStyle(
      colours[place % colours.count], symbols[place % symbols.count],
      dash: dashes[(place + place / colours.count) % dashes.count])
  }
}

/// Colours that the colour-blind can tell apart (Okabe and Ito, 2008), with black and grey.
public enum FigureColour: String, Sendable, Hashable, CaseIterable, Codable {
  case black, grey, orange, sky, green, yellow, blue, vermilion, purple, white

  /// Red, green and blue, 0 to 255.
  public var rgb: RGB {
    switch self {
    case .black: RGB(0, 0, 0)
    case .grey: RGB(120, 120, 120)
    case .orange: RGB(230, 159, 0)
    case .sky: RGB(86, 180, 233)
    case .green: RGB(0, 158, 115)
    case .yellow: RGB(240, 228, 66)
    case .blue: RGB(0, 114, 178)
    case .vermilion: RGB(213, 94, 0)
    case .purple: RGB(204, 121, 167)
    case .white: RGB(255, 255, 255)
    }
  }
}

/// A colour by red, green and blue, 0 to 255.
public struct RGB: Sendable, Hashable {
  /// Red.
  public let red: Int
  /// Green.
  public let green: Int
  /// Blue.
  public let blue: Int

  /// Creates a colour; parts are brought into 0 to 255.
  public init(_ red: Int, _ green: Int, _ blue: Int) {
    self.red = min(255, max(0, red))
    self.green = min(255, max(0, green))
    self.blue = min(255, max(0, blue))
  }

  /// The colour mixed with another one: 0 is this one, 1 the other.
  func mixed(with other: RGB, _ share: Double) -> RGB {
    func mix(_ a: Int, _ b: Int) -> Int { Int((Double(a) + (Double(b) - Double(a)) * share).rounded()) }
    return RGB(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }

  /// How bright it looks, 0 to 1, as ITU-R BT 709 weighs colours.
  var luminance: Double { (0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue)) / 255 }

  /// The hexadecimal form, `#rrggbb`.
  public var hex: String {
    let digits = String((1 << 24) | (red << 16) | (green << 8) | blue, radix: 16)
    return "#" + digits.dropFirst()
  }
}

/// How values become colours, and what the bar beside the panel says.
public struct ColourScale: Sendable, Hashable, Codable {
  /// Rows of colours.
  public enum Palette: String, Sendable, Codable {
    /// From white to dark blue.
    case sequential
    /// From blue over white to vermilion; the middle is the middle of the range.
    case diverging
    /// Vermilion for 0, white for a half, blue for 1: the probability that an event is real.
    case probability
  }

  /// The row of colours.
  public var palette: Palette
  /// Which values the ends stand for.
  public var range: ClosedRange<Double>
  /// What is counted.
  public var label: String
  /// The unit; empty where there is none.
  public var unit: String
  /// Whether the bar is drawn.
  public var hasBar: Bool

  /// Creates a scale.
  public init(
    _ palette: Palette, _ range: ClosedRange<Double>, label: String, unit: String = "", hasBar: Bool = true
  ) {
    self.palette = palette
    self.range = range
    self.label = label
    self.unit = unit
    self.hasBar = hasBar
  }

  /// Label and unit.
  var words: String { unit.isEmpty ? label : "\(label) (\(unit))" }

  /// The colour of a value; those beyond the ends have the colours of the ends.
  public func colour(_ value: Double) -> RGB {
    let span = range.upperBound - range.lowerBound
    let place = span > 0 ? min(1, max(0, (value - range.lowerBound) / span)) : 0.5
    let stops: [RGB]
    switch palette {
    case .sequential: stops = [RGB(255, 255, 255), RGB(158, 202, 225), RGB(66, 130, 186), RGB(8, 48, 107)]
    case .diverging:
      stops = [RGB(0, 90, 160), RGB(148, 196, 224), RGB(250, 250, 250), RGB(244, 177, 122), RGB(190, 70, 0)]
    case .probability:
      stops = [RGB(242, 176, 130), RGB(249, 219, 194), RGB(252, 252, 252), RGB(198, 222, 239), RGB(138, 189, 224)]
    }
    let scaled = place * Double(stops.count - 1)
    let lower = min(stops.count - 2, Int(scaled))
    return stops[lower].mixed(with: stops[lower + 1], scaled - Double(lower))
  }
}

import HSDLCompute
import SeismicFormats

/// A page as the records that GMT's modules read.
///
/// All places are cm on the page.
enum GMTFiles {
  /// Polygons that are filled, for `gmt plot`.
  ///
  /// They are apart from lines: once GMT has filled one, it closes all lines that follow.
  static func fills(_ page: Page) -> String { shapes(page.shapes.filter { $0.fill != nil }) }

  /// Lines, for `gmt plot`.
  static func lines(_ page: Page) -> String { shapes(page.shapes.filter { $0.fill == nil }) }

  /// White plates under words, for `gmt plot`.
  static func plates(_ page: Page) -> String { shapes(page.words.filter(\.hasPlate).map(\.plate)) }

  private static func shapes(_ shapes: [Page.Shape]) -> String {
    let sink = TextSink()
    for shape in shapes where shape.points.count > 1 {
      sink.append("> ")
      if let fill = shape.fill {
        append(fill: fill, pen: shape.pen, to: sink)
      } else if let pen = shape.pen {
        sink.append(text: "-W\(Self.pen(pen))")
      }
      sink.append(byte: 10)
      for point in shape.points {
        append(point.x, to: sink)
        sink.append(byte: 32)
        append(point.y, to: sink)
        sink.append(byte: 10)
      }
    }
    return sink.string
  }

  /// Symbols, for `gmt plot -S`.
  static func symbols(_ page: Page) -> String {
    let sink = TextSink()
    var last: (RGB?, Page.Pen?)?
    for symbol in page.symbols {
      if last == nil || last?.0 != symbol.fill || last?.1 != symbol.pen {
        sink.append("> ")
        append(fill: symbol.fill, pen: symbol.pen, to: sink)
        sink.append(byte: 10)
        last = (symbol.fill, symbol.pen)
      }
      for value in [symbol.x, symbol.y, symbol.size] {
        append(value, to: sink)
        sink.append(byte: 32)
      }
      sink.append(text: symbol.symbol.rawValue)
      sink.append(byte: 10)
    }
    return sink.string
  }

  /// Words, for `gmt text -F+f+a+j`.
  static func words(_ page: Page) -> String {
    let sink = TextSink()
    for words in page.words {
      append(words.x, to: sink)
      sink.append(byte: 32)
      append(words.y, to: sink)
      sink.append(
        text: " \(fixed(words.size, decimals: 1))p,Helvetica\(words.isBold ? "-Bold" : ""),\(colour(words.colour)) "
          + "\(fixed(words.angle, decimals: 0)) \(words.anchor.rawValue) \(GMTText.escaped(words.text))\n")
    }
    return sink.string
  }

  private static func append(_ value: Double, to sink: TextSink) { sink.append(text: fixed(value, decimals: 4)) }

  private static func append(fill: RGB?, pen: Page.Pen?, to sink: TextSink) {
    sink.append(text: fill.map { "-G\(colour($0))" } ?? "-G-")
    sink.append(text: pen.map { " -W\(Self.pen($0))" } ?? " -W-")
  }

  static func colour(_ colour: RGB) -> String { "\(colour.red)/\(colour.green)/\(colour.blue)" }

  static func pen(_ pen: Page.Pen) -> String {
    let pattern =
      switch pen.dash {
      case .solid: ""
      case .dashed: ",4_2"
      case .dotted: ",1_1.5"
      case .dashDotted: ",5_2_1_2"
      case .longDashed: ",8_3"
      }
    return "\(fixed(pen.width, decimals: 2))p,\(colour(pen.colour))\(pattern)"
  }
}

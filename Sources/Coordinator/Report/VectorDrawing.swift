import HSDLCompute
import SeismicFormats

/// A drawing of lines and words, written as SVG.
///
/// Colours come from the page's style by class, so that a drawing is readable on dark and on light. Coordinates are in CSS pixels, the origin at
/// the left top, written to a tenth.
public struct VectorDrawing: Sendable {
  /// The width.
  public var width: Double
  /// The height.
  public var height: Double
  /// What it shows, for those who do not see it.
  public var alternative: String
  /// What stands below it; empty for nothing.
  public var caption: String
  /// Whether it may become wider than the window, which then scrolls, instead of smaller.
  public var keepsSize = false
  private(set) var content: [UInt8] = []

  /// Where words stand relative to their place.
  public enum Anchor: String, Sendable {
    /// They begin there.
    case start
    /// Their middle is there.
    case middle
    /// They end there.
    case end
  }

  /// Creates an empty drawing.
  public init(width: Double, height: Double, alternative: String, caption: String = "") {
    self.width = width
    self.height = height
    self.alternative = alternative
    self.caption = caption
  }

  private mutating func add(_ body: (TextSink) -> Void) {
    let sink = TextSink(capacity: 256)
    body(sink)
    content.append(contentsOf: sink.bytes)
  }

  private static func number(_ value: Double, _ sink: TextSink) {
    let rounded = (value.isFinite ? min(max(value, -1e6), 1e6) : 0) * 10
    sink.append(rounded.rounded() / 10 + 0)
  }

  /// Adds a line.
  ///
  /// - Parameter style: its class in the page's style.
  public mutating func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ style: StaticString
  ) {
    add { sink in
      sink.append("<path class=\"")
      sink.append(style)
      sink.append("\" d=\"M")
      Self.number(start.x, sink)
      sink.append(byte: 32)
      Self.number(start.y, sink)
      sink.append("L")
      Self.number(end.x, sink)
      sink.append(byte: 32)
      Self.number(end.y, sink)
      sink.append("\"/>")
    }
  }

  /// Adds a line through points.
  public mutating func line(through points: some Sequence<(x: Double, y: Double)>, _ style: StaticString) {
    add { sink in
      sink.append("<path class=\"")
      sink.append(style)
      sink.append("\" d=\"")
      var isFirst = true
      for point in points {
        sink.append(isFirst ? "M" : "L")
        isFirst = false
        Self.number(point.x, sink)
        sink.append(byte: 32)
        Self.number(point.y, sink)
      }
      sink.append("\"/>")
    }
  }

  /// Adds a rectangle.
  public mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ style: StaticString, title: String = ""
  ) {
    add { sink in
      sink.append("<rect class=\"")
      sink.append(style)
      for (name, value) in [("\" x=\"", x), ("\" y=\"", y), ("\" width=\"", width), ("\" height=\"", height)] {
        sink.append(text: name)
        Self.number(value, sink)
      }
      sink.append("\">")
      if !title.isEmpty {
        sink.append("<title>")
        sink.append(html: title)
        sink.append("</title>")
      }
      sink.append("</rect>")
    }
  }

  /// Adds words.
  ///
  /// - Parameter turned: whether they run upwards.
  public mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, _ style: StaticString = "label", turned: Bool = false
  ) {
    add { sink in
      sink.append("<text class=\"")
      sink.append(style)
      sink.append("\" text-anchor=\"")
      sink.append(text: anchor.rawValue)
      if turned {
        sink.append("\" transform=\"rotate(-90 ")
        Self.number(x, sink)
        sink.append(byte: 32)
        Self.number(y, sink)
        sink.append(")")
      }
      sink.append("\" x=\"")
      Self.number(x, sink)
      sink.append("\" y=\"")
      Self.number(y, sink)
      sink.append("\">")
      sink.append(html: text)
      sink.append("</text>")
    }
  }

  /// Adds the drawing as an element.
  func write(to sink: TextSink) {
    sink.append("<figure class=\"drawing")
    if keepsSize { sink.append(" wide") }
    sink.append("\">")
    open("", to: sink)
    content.withUnsafeBufferPointer { sink.append($0) }
    sink.append("</svg>")
    if !caption.isEmpty {
      sink.append("<figcaption>")
      sink.append(html: caption)
      sink.append("</figcaption>")
    }
    sink.append("</figure>\n")
  }

  /// The drawing as a file of its own, on white.
  var file: String {
    let sink = TextSink(capacity: content.count + 2048)
    open(" xmlns=\"http://www.w3.org/2000/svg\"", to: sink)
    sink.append("<style>")
    sink.append(ReportStyle.drawing)
    sink.append("</style><rect width=\"100%\" height=\"100%\" style=\"fill:#fff\"/>")
    content.withUnsafeBufferPointer { sink.append($0) }
    sink.append("</svg>\n")
    return sink.string
  }

  private func open(_ attributes: StaticString, to sink: TextSink) {
    sink.append("<svg")
    sink.append(attributes)
    sink.append(" role=\"img\" viewBox=\"0 0 ")
    Self.number(width, sink)
    sink.append(byte: 32)
    Self.number(height, sink)
    sink.append("\" width=\"")
    Self.number(width, sink)
    sink.append("\" height=\"")
    Self.number(height, sink)
    sink.append("\" aria-label=\"")
    sink.append(html: alternative)
    sink.append("\">")
  }
}

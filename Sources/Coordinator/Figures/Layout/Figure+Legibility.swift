#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Figure {
  /// What of the figure's words could not be read where it is drawn: those that reach beyond the paper, and those that lie on others; a
  /// sentence each, none for a figure that can be read.
  ///
  /// Words are taken to be as wide as in Helvetica and as high as its capitals.
  public var illegibleWords: [String] {
    let page = FigureLayout.page(self)
    var faults: [String] = []
    let placed = page.words.compactMap { words -> (text: String, outline: Outline)? in
      guard case .plain(let text) = words.text, text.contains(where: { !$0.isWhitespace }) else { return nil }
      return (text, Outline(words, text))
    }
    for (text, outline) in placed where !outline.lies(inWidth: Page.width, height: page.height) {
      faults.append("'\(text)' reaches beyond the paper")
    }
    for (place, (text, outline)) in placed.enumerated() {
      for (other, otherOutline) in placed[..<place] where outline.overlaps(otherOutline) {
        faults.append("'\(text)' lies on '\(other)'")
      }
    }
    return faults
  }
}

/// The four corners of a line of words.
private struct Outline {
  var corners: [(x: Double, y: Double)]
  /// The directions of its edges.
  var axes: [(x: Double, y: Double)]

  init(_ words: Page.Words, _ text: String) {
    let width = TextMetrics.width(text, size: words.size, isBold: words.isBold)
    let height = words.size * 0.72 * 2.54 / 72
    let left =
      switch words.anchor {
      case .leftMiddle, .leftBottom: 0.0
      case .rightMiddle, .rightTop: -width
      case .centre, .centreTop, .centreBottom: -width / 2
      }
    let bottom =
      switch words.anchor {
      case .leftMiddle, .rightMiddle, .centre: -height / 2
      case .centreTop, .rightTop: -height
      case .centreBottom, .leftBottom: 0.0
      }
    let (sine, cosine) = (sin(words.angle * .pi / 180), cos(words.angle * .pi / 180))
    corners = [
      (left, bottom), (left + width, bottom), (left + width, bottom + height), (left, bottom + height),
    ].map { (x: words.x + $0.0 * cosine - $0.1 * sine, y: words.y + $0.0 * sine + $0.1 * cosine) }
    axes = [(cosine, sine), (-sine, cosine)]
  }

  func lies(inWidth width: Double, height: Double) -> Bool {
    corners.allSatisfy { (-1e-6...width + 1e-6).contains($0.x) && (-1e-6...height + 1e-6).contains($0.y) }
  }

  /// Whether the two have room in common: there is no edge along which they lie apart.
  func overlaps(_ other: Outline) -> Bool {
    for axis in axes + other.axes {
      let own = corners.map { $0.x * axis.x + $0.y * axis.y }
      let others = other.corners.map { $0.x * axis.x + $0.y * axis.y }
      guard let least = own.min(), let most = own.max(), let otherLeast = others.min(), let otherMost = others.max(),
        least < otherMost - 1e-9, otherLeast < most - 1e-9
      else { return false }
    }
    return true
  }
}

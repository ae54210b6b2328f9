/// How wide words are in Helvetica, so that they can be given room before anything is drawn.
enum TextMetrics {
  /// Widths of the printable ASCII characters from the blank on, in thousandths of the size (Adobe font metrics).
  private static let widths: [Double] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,  //
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,  //
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,  //
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,  //
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,  //
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]

  /// The width in cm of a line of text.
  ///
  /// - Parameter size: in points.
  static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
    var sum = 0.0
    for scalar in text.unicodeScalars {
      let place = Int(scalar.value) - 32
      sum += widths.indices.contains(place) ? widths[place] : 600
    }
    return sum / 1000 * size * (isBold ? 1.08 : 1) * 2.54 / 72
  }

  /// The width in cm of a line of text or a power of ten.
  static func width(_ line: Page.Line, size: Double) -> Double {
    switch line {
    case .plain(let text): width(text, size: size)
    case .power(let exponent): width("10", size: size) + width("\(exponent)", size: size * 0.7)
    }
  }

  /// The height in cm that a line of text takes.
  static func height(size: Double) -> Double { size * 1.25 * 2.54 / 72 }

  /// The text so that it fits: in smaller letters, and cut with `...` where that does not help.
  static func fitted(
    _ text: String, into room: Double, size: Double, least: Double, isBold: Bool = false
  ) -> (text: String, size: Double) {
    let full = width(text, size: size, isBold: isBold)
    if full <= room { return (text, size) }
    let smaller = size * room / full
    if smaller >= least { return (text, (smaller * 10).rounded(.down) / 10) }
    var cut = Substring(text)
    while !cut.isEmpty, width(cut + "...", size: least, isBold: isBold) > room { cut.removeLast() }
    return (cut + "...", least)
  }

  /// The text in lines that fit, broken between words.
  static func lines(_ text: String, into room: Double, size: Double, isBold: Bool = false) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      let longer = line.isEmpty ? String(word) : "\(line) \(word)"
      if line.isEmpty || width(longer, size: size, isBold: isBold) <= room {
        line = longer
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { fitted($0, into: room, size: size, least: size * 0.7, isBold: isBold).text }
  }

  private static func width(_ text: Substring, size: Double, isBold: Bool) -> Double {
    width(String(text), size: size, isBold: isBold)
  }
}

extension VelocityModel {
  /// Reads a model from a file.
  ///
  /// What it is, is seen from its content and its name:
  /// - `.nd` (named discontinuities): lines of depth, Vp, Vs and more, with `mantle`, `outer-core`, `inner-core` between;
  ///   velocity is linear between lines.
  /// - `.tvel`: two lines of comment, then depth, Vp, Vs, density; linear too.
  /// - SEISAN's `STATION0.HYP`: the block of Vp and depth of layers; Vs from the ratio Vp/Vs that stands below it.
  /// - tables, separated by commas, semicolons or blanks, with the columns' names in a first line or a comment (`depth`,
  ///   `vp`, `vs`, gradients as in NonLinLoc's `LAYER` lines), or else depth, Vp, Vs in this order. They are tops of layers,
  ///   unless a depth stands twice or gradients are given.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - interpolation: how velocity goes on between the lines, where the file's own way shall not hold.
  ///   - onProblem: is told of S velocities that the file does not have: Vp/√3 is taken.
  /// - Throws: ``FormatError``, with the line, when a depth is out of order, a velocity is not between 0 and 15 km/s, or Vs
  ///   is not below Vp; what `onProblem` throws.
  public static func open(
    _ path: String, interpolation: Interpolation? = nil, onProblem: ProblemHandler = { throw $0.error }
  ) throws -> VelocityModel {
    let input = try FileInput(path)
    try input.requireContent(expected: "an Earth model")
    var lines: [(number: Int, text: String)] = []
    let reader = LineReader(input)
    while let line = try reader.next() {
      guard lines.count < 100_000 else {
        throw FormatError(
          .badData, file: path, at: .line(line.number), found: "a line more", expected: "at most 100000 lines")
      }
      lines.append((line.number, line.bytes.trimmed.string))
    }
    let fileName = path.split(separator: "/").last.map(String.init) ?? path
    let lowerName = fileName.lowercased()
    var content: Content
    if lines.contains(where: { $0.text.hasPrefix("RESET TEST") }) {
      content = try stationFile(path)
    } else if lowerName.hasSuffix(".tvel") {
      content = try table(path, Array(lines.dropFirst(2)), isNamed: false, onProblem)
      content.interpolation = .linear
    } else {
      let words: Set<String> = ["mantle", "outer-core", "inner-core", "crust", "moho", "cmb", "icocb", "iocb"]
      let marks = lines.filter { words.contains($0.text.lowercased()) }
      let isDiscontinuous = !marks.isEmpty || lowerName.hasSuffix(".nd")
      content = try table(
        path, lines.filter { !words.contains($0.text.lowercased()) }, isNamed: !isDiscontinuous, onProblem)
      if isDiscontinuous { content.interpolation = .linear }
    }
    try check(content.lines, path)
    var nodes: [Node] = []
    for line in content.lines where nodes.last != line.node { nodes.append(line.node) }
    let dot = fileName.lastIndex(of: ".") ?? fileName.endIndex
    return VelocityModel(
      name: String(dot == fileName.startIndex ? fileName[...] : fileName[..<dot]), nodes: nodes,
      interpolation: interpolation ?? content.interpolation)
  }

  /// What a file says.
  struct Content {
    var lines: [(number: Int, node: Node)] = []
    var interpolation = Interpolation.layers
  }

  private static func check(_ lines: [(number: Int, node: Node)], _ path: String) throws {
    guard !lines.isEmpty else {
      throw FormatError(
        .badData, file: path, found: "no line with depth and velocities", expected: "an Earth model",
        remedy: "give depth in km, Vp and Vs in km/s in each line")
    }
    var depth = -Double.infinity
    for (number, node) in lines {
      func fail(_ found: String, _ expected: String) -> FormatError {
        FormatError(.badData, file: path, at: .line(number), found: found, expected: expected)
      }
      guard node.depth >= -12, node.depth <= 6400 else {
        throw fail("the depth \(node.depth)", "a depth in km, from -12 to 6400")
      }
      guard node.depth >= depth else {
        throw fail("the depth \(node.depth) after \(depth)", "depths that do not decrease")
      }
      guard node.p > 0, node.p < 15, node.s >= 0 else {
        throw fail("the velocities \(node.p) and \(node.s)", "velocities in km/s, above 0 and below 15")
      }
      guard node.s < node.p else { throw fail("Vs \(node.s) and Vp \(node.p)", "Vs below Vp") }
      depth = node.depth
    }
  }

  /// A file in which model lines stand between others, in fixed columns.
  private static func stationFile(_ path: String) throws -> Content {
    // Stations follow the first empty line, the model the second, the third is followed by start depth, distances, Vp/Vs.
    var content = Content()
    var ratio: Double?
    var block = 0
    let reader = LineReader(try FileInput(path))
    while let line = try reader.next() {
      let text = line.bytes.trimmed
      if text.isEmpty {
        block += 1
        continue
      }
      if block == 2 {
        let words = text.string.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count >= 2, let p = number(words[0]), let depth = number(words[1]) else {
          throw FormatError(
            .badData, file: path, at: .line(line.number), found: quoted(text.string),
            expected: "Vp and depth of a layer")
        }
        content.lines.append((line.number, Node(depth: depth, p: p, s: 0)))
      } else if block == 3 {
        let bytes = line.bytes
        if bytes.count > 15 { ratio = parseDecimal(Bytes(rebasing: bytes[15..<min(20, bytes.count)])) }
        guard let ratio, ratio > 1, ratio < 5 else {
          throw FormatError(
            .badData, file: path, at: .line(line.number), found: quoted(text.string),
            expected: "the ratio Vp/Vs in columns 16 to 20")
        }
        break
      }
    }
    guard let ratio else {
      throw FormatError(
        .badData, file: path, found: "no line with Vp/Vs behind the velocity model",
        expected: "a STATION0.HYP of SEISAN")
    }
    for index in content.lines.indices { content.lines[index].node.s = content.lines[index].node.p / ratio }
    return content
  }

  private static func number(_ word: some StringProtocol) -> Double? {
    var text = String(word)
    return text.withUTF8 { parseDecimal($0) }
  }

  /// Where the numbers stand in a line.
  private struct Columns {
    var depth = 0
    var p = 1
    var s: Int? = 2
    var gradientP: Int?
    var gradientS: Int?
    var depthUnit = 1.0
    var velocityUnit = 1.0

    init() {}

    /// Nil when depth and Vp are not among the names.
    init?(_ names: [String]) {
      var depth: Int?
      var p: Int?
      s = nil
      for (index, name) in names.enumerated() {
        let lower = name.lowercased()
        var plain = lower.filter { $0.isLetter }
        // A gradient in km/s per km is no velocity.
        let isGradient = plain.contains("grad")
        let isMetric = lower.contains("m/s") && !lower.contains("km/s")
        for unit in ["kms", "km", "ms", "m", "top"] where plain.count > unit.count && plain.hasSuffix(unit) {
          plain.removeLast(unit.count)
        }
        if depth == nil, plain.hasSuffix("depth") || ["z", "dep", "h", "top"].contains(plain) {
          depth = index
          if lower.contains("(m)") { depthUnit = 0.001 }
        } else if ["vp", "p", "vpgrad", "pvelocity", "velp", "alpha", "pvel"].contains(plain) {
          if isGradient { gradientP = index } else if p == nil { p = index }
          if isMetric { velocityUnit = 0.001 }
        } else if ["vs", "s", "vsgrad", "svelocity", "vels", "beta", "svel"].contains(plain) {
          if isGradient { gradientS = index } else if s == nil { s = index }
        }
      }
      guard let depth, let p else { return nil }
      self.depth = depth
      self.p = p
    }
  }

  private static func table(
    _ path: String, _ lines: [(number: Int, text: String)], isNamed: Bool, _ onProblem: ProblemHandler
  ) throws -> Content {
    var columns: Columns?
    var rows: [(number: Int, node: Node, gradientP: Double, gradientS: Double)] = []
    var lacksS = false
    for (number, text) in lines where !text.isEmpty {
      let isComment = text.hasPrefix("#") || text.hasPrefix("//") || text.hasPrefix("*")
      var words = Self.words(text)
      if words.first?.uppercased() == "LAYER" { words.removeFirst() }
      if isComment {
        // The names may stand in brackets behind what the table is.
        if isNamed, rows.isEmpty {
          let inner = text.split(separator: "(", maxSplits: 1).last.map(String.init) ?? text
          columns = Columns(Self.words(inner.filter { !"#()*".contains($0) })) ?? columns
        }
        continue
      }
      if rows.isEmpty, isNamed, words.first.flatMap({ Self.number($0) }) == nil, let named = Columns(words) {
        columns = named
        continue
      }
      let places = columns ?? Columns()
      func value(_ place: Int) throws -> Double {
        guard place < words.count, let value = Self.number(words[place]) else {
          throw FormatError(
            .badData, file: path, at: .line(number), found: quoted(text),
            expected: "a number in column \(place + 1) (depth, Vp and Vs)")
        }
        return value
      }
      let p = try value(places.p) * places.velocityUnit
      var s = p / 3.0.squareRoot()
      if let place = places.s, place < words.count || columns != nil {
        s = try value(place) * places.velocityUnit
      } else if !lacksS {
        lacksS = true
        try onProblem(
          Problem(
            file: path, line: number, found: "no S velocity", expected: "depth, Vp and Vs", action: "took Vp/√3"))
      }
      rows.append(
        (
          number, Node(depth: try value(places.depth) * places.depthUnit, p: p, s: s),
          try places.gradientP.map(value) ?? 0, try places.gradientS.map(value) ?? 0
        ))
    }
    var content = Content()
    let hasGradients = rows.contains { $0.gradientP != 0 || $0.gradientS != 0 }
    for (index, row) in rows.enumerated() {
      content.lines.append((row.number, row.node))
      if index > 0, row.node.depth == rows[index - 1].node.depth, row.node != rows[index - 1].node {
        content.interpolation = .linear
      }
      if hasGradients, index + 1 < rows.count {
        let thickness = rows[index + 1].node.depth - row.node.depth
        content.lines.append(
          (
            row.number,
            Node(
              depth: rows[index + 1].node.depth, p: row.node.p + row.gradientP * thickness,
              s: row.node.s + row.gradientS * thickness)
          ))
      }
    }
    if hasGradients { content.interpolation = .linear }
    return content
  }

  private static func words(_ text: String) -> [String] {
    if text.contains(",") || text.contains(";") {
      return text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == ";" }
        .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }
    return text.split { $0 == " " || $0 == "\t" }.map(String.init)
  }
}

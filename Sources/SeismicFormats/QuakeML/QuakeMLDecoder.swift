/// Turns the elements of QuakeML into value types.
///
/// What it does not know is kept as it stood. What it knows and cannot understand is kept too, and reported.
struct QuakeMLDecoder {
  let tree: XMLTree
  let file: String
  let report: (Problem) throws -> Void
  /// The event that is being read, for reports.
  var eventID = ""

  // MARK: Pieces

  func tag(_ node: Int32) -> QuakeMLTag { tree.nodes[Int(node)].tag }

  func string(_ node: Int32) -> String { tree.bytes(node).string }

  /// The value of an attribute; empty where it is missing.
  func attribute(_ node: Int32, _ tag: QuakeMLTag) -> String? {
    for attribute in tree.attributes(node) where attribute.tag == tag { return tree.value(attribute).string }
    return nil
  }

  /// Keeps the attributes that are not among those expected.
  func keepAttributes(_ node: Int32, except known: [QuakeMLTag], _ extras: inout Extras?) {
    for attribute in tree.attributes(node) where attribute.tag == .unknown || !known.contains(attribute.tag) {
      extras = extras ?? Extras()
      extras?.attributes.append(tree.foreign(attribute))
    }
  }

  /// Keeps an element that has no place.
  func keep(_ node: Int32, _ extras: inout Extras?) {
    extras = extras ?? Extras()
    extras?.elements.append(tree.foreign(node))
  }

  /// Keeps an element that could not be understood, and says so.
  func keepBad(_ node: Int32, _ expected: String, _ extras: inout Extras?) throws {
    let name = tree.name(tree.nodes[Int(node)].name)
    let text = string(node)
    try report(
      Problem(
        file: file, line: Int(tree.nodes[Int(node)].line), eventID: eventID,
        found: text.isEmpty ? "<\(name)> is not complete" : "<\(name)> is \(quoted(text))", expected: expected,
        action: "kept as it stood, not used"))
    keep(node, &extras)
  }

  func real(_ node: Int32, into value: inout Double?, _ extras: inout Extras?) throws {
    guard let number = parseDecimal(tree.bytes(node)) else { return try keepBad(node, "a number", &extras) }
    value = number
  }

  func integer(_ node: Int32, into value: inout Int?, _ extras: inout Extras?) throws {
    let bytes = tree.bytes(node)
    if let number = parseInteger(bytes) {
      value = number
    } else if let number = parseDecimal(bytes), number == number.rounded(), abs(number) < 1e15 {
      // Some producers write counts as 12.0.
      value = Int(number)
    } else {
      try keepBad(node, "a whole number", &extras)
    }
  }

  func boolean(_ node: Int32, into value: inout Bool?, _ extras: inout Extras?) throws {
    let bytes = tree.bytes(node)
    if bytes.equals("true") || bytes.equals("1") {
      value = true
    } else if bytes.equals("false") || bytes.equals("0") {
      value = false
    } else {
      try keepBad(node, "true or false", &extras)
    }
  }

  func time(_ node: Int32, into value: inout UTCTime?, _ extras: inout Extras?) throws {
    guard let time = UTCTime(bytes: tree.bytes(node)) else {
      return try keepBad(node, "a time as 2024-08-02T16:56:23.715Z", &extras)
    }
    value = time
  }

  /// A word from a list; others are kept and reported.
  func word(_ node: Int32, among known: Set<String>) throws -> String {
    let text = string(node)
    if !known.contains(text) {
      try report(
        Problem(
          file: file, line: Int(tree.nodes[Int(node)].line), eventID: eventID,
          found: "<\(tree.name(tree.nodes[Int(node)].name))> is \(quoted(text))",
          expected: known.count <= 8
            ? "one of \(known.sorted().joined(separator: ", "))" : "one of QuakeML's \(known.count) words for it",
          action: "kept as it stood"))
    }
    return text
  }

  /// A word of one of QuakeML's lists.
  func word(_ node: Int32, _ list: QuakeMLWords) throws -> String { try word(node, among: list.words) }

  /// Reads the children of a quantity.
  ///
  /// `parse` reads its value.
  func quantity<Value>(_ node: Int32, _ parse: (Bytes) -> Value?) throws -> Quantity<Value>? {
    var value: Value?
    var errors = QuantityErrors()
    var extras: Extras?
    for child in tree.children(node) {
      switch tag(child) {
      case .value: value = parse(tree.bytes(child))
      case .uncertainty: try real(child, into: &errors.uncertainty, &extras)
      case .lowerUncertainty: try real(child, into: &errors.lowerUncertainty, &extras)
      case .upperUncertainty: try real(child, into: &errors.upperUncertainty, &extras)
      case .confidenceLevel: try real(child, into: &errors.confidenceLevel, &extras)
      default: keep(child, &extras)
      }
    }
    keepAttributes(node, except: [], &extras)
    guard let value else { return nil }
    var result = Quantity(value)
    if !errors.isEmpty { result.errors = errors }
    result.extras = extras
    return result
  }

  func realQuantity(_ node: Int32) throws -> RealQuantity? { try quantity(node, parseDecimal) }
  func timeQuantity(_ node: Int32) throws -> TimeQuantity? { try quantity(node) { UTCTime(bytes: $0) } }
  func integerQuantity(_ node: Int32) throws -> IntegerQuantity? {
    try quantity(node) { bytes in
      parseInteger(bytes)
        ?? parseDecimal(bytes).flatMap { $0 == $0.rounded() && abs($0) < 1e15 ? Int($0) : nil }
    }
  }

  func realQuantity(_ node: Int32, into value: inout RealQuantity?, _ extras: inout Extras?) throws {
    guard let quantity = try realQuantity(node) else {
      return try keepBad(node, "a quantity whose <value> is a number", &extras)
    }
    value = quantity
  }

  func creationInfo(_ node: Int32) throws -> CreationInfo {
    var info = CreationInfo()
    for child in tree.children(node) {
      switch tag(child) {
      case .agencyID: info.agencyID = string(child)
      case .agencyURI: info.agencyURI = string(child)
      case .author: info.author = string(child)
      case .authorURI: info.authorURI = string(child)
      case .creationTime: try time(child, into: &info.creationTime, &info.extras)
      case .version: info.version = string(child)
      default: keep(child, &info.extras)
      }
    }
    keepAttributes(node, except: [], &info.extras)
    return info
  }

  func comment(_ node: Int32) throws -> Comment {
    var comment = Comment("", id: attribute(node, .id))
    for child in tree.children(node) {
      switch tag(child) {
      case .text: comment.text = string(child)
      case .creationInfo: comment.creationInfo = try creationInfo(child)
      default: keep(child, &comment.extras)
      }
    }
    keepAttributes(node, except: [.id], &comment.extras)
    return comment
  }

  func waveformID(_ node: Int32) -> WaveformStreamID {
    let uri = string(node)
    var stream = WaveformStreamID(
      networkCode: attribute(node, .networkCode) ?? "", stationCode: attribute(node, .stationCode) ?? "",
      locationCode: attribute(node, .locationCode), channelCode: attribute(node, .channelCode),
      resourceURI: uri.isEmpty ? nil : uri)
    for child in tree.children(node) { keep(child, &stream.extras) }
    keepAttributes(
      node, except: [.networkCode, .stationCode, .locationCode, .channelCode], &stream.extras)
    return stream
  }

  /// Reports that an element cannot stand without something that is missing or not understood.
  func incomplete(_ node: Int32, needs what: String) throws {
    try report(
      Problem(
        file: file, line: Int(tree.nodes[Int(node)].line), eventID: eventID,
        found: "<\(tree.name(tree.nodes[Int(node)].name))> has no usable \(what)",
        expected: "\(what) in each <\(tree.name(tree.nodes[Int(node)].name))>",
        action: "kept as it stood, not used"))
  }
}

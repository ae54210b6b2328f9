/// Reads the overall sensitivity out of a StationXML response.
struct StationXMLResponse {
  private let decoder: StationXMLDecoder
  private let tree: XMLTree
  private let subject: String

  init(_ decoder: StationXMLDecoder, _ tree: XMLTree, _ subject: String) {
    self.decoder = decoder
    self.tree = tree
    self.subject = subject
  }

  private var names: ElementNames<StationXMLDecoder.Tag> { decoder.names }

  private func number(_ node: Int32, _ tag: StationXMLDecoder.Tag) -> Double? {
    names.child(node, tag).flatMap { parseDecimal(tree.bytes($0)) }
  }

  private func units(_ node: Int32, _ tag: StationXMLDecoder.Tag) -> String? {
    guard let units = names.child(node, tag), let name = names.child(units, .name) else { return nil }
    let text = tree.bytes(name).string.uppercased()
    return text.isEmpty ? nil : text
  }

  /// The stated overall sensitivity; where it is missing or cannot be used, the product of the stages' gains.
  ///
  /// nil where neither is known; reported unless the response is a polynomial or says nothing.
  func sensitivity(_ node: Int32) throws -> Sensitivity? {
    if let stated = names.child(node, .instrumentSensitivity) {
      if let value = number(stated, .value), value != 0 {
        return Sensitivity(
          value: value, frequency: number(stated, .frequency), inputUnits: units(stated, .inputUnits) ?? "",
          outputUnits: units(stated, .outputUnits) ?? "")
      }
      let text = names.child(stated, .value).map { tree.bytes($0).string } ?? ""
      let product = product(node)
      try decoder.checks.report(
        names.line(stated), subject, "the instrument sensitivity is \(text.isEmpty ? "empty" : quoted(text))",
        "a number that is not 0",
        product == nil ? "taken as not stated" : "the product of the stages' gains is taken")
      return product
    }
    if names.child(node, .instrumentPolynomial) != nil { return nil }
    let product = product(node)
    if product == nil, names.child(node, .stage) != nil {
      try decoder.checks.report(
        names.line(node), subject, "there is no instrument sensitivity, and not every stage has a gain",
        "<InstrumentSensitivity>", "taken as not stated")
    }
    return product
  }

  /// The product of all stages' gains; nil where a stage has none.
  private func product(_ node: Int32) -> Sensitivity? {
    var value = 1.0
    var frequency: Double?
    var inputUnits: String?
    var outputUnits: String?
    var count = 0
    for stage in tree.children(node) where names.tag(stage) == .stage {
      guard let gain = names.child(stage, .stageGain), let factor = number(gain, .value) else { return nil }
      value *= factor
      if count == 0 { frequency = number(gain, .frequency) }
      for filter in tree.children(stage) {
        switch names.tag(filter) {
        case .polesZeros, .coefficients, .responseList, .fir, .polynomial:
          inputUnits = inputUnits ?? units(filter, .inputUnits)
          outputUnits = units(filter, .outputUnits) ?? outputUnits
        default: break
        }
      }
      count += 1
    }
    guard count > 0, value != 0, value.isFinite else { return nil }
    return Sensitivity(
      value: value, frequency: frequency, inputUnits: inputUnits ?? "", outputUnits: outputUnits ?? "")
  }
}

/// Where SCML's words differ from QuakeML's: elements are renamed in the tree before they are decoded, values are
/// changed behind.
struct SCMLTranslation {
  private let tree: XMLTree
  private static let namespace = "http://geofon.gfz-potsdam.de/ns/seiscomp3-schema/0.13"

  init(_ tree: XMLTree) { self.tree = tree }

  private func tag(_ node: Int32) -> QuakeMLTag { tree.nodes[Int(node)].tag }
  private func isNamed(_ node: Int32, _ name: String) -> Bool { tree.name(tree.nodes[Int(node)].name) == name }
  private func isTrue(_ node: Int32) -> Bool { tree.bytes(node).equals("true") || tree.bytes(node).equals("1") }

  /// Marks what only SeisComP knows, so that it is kept as foreign.
  func prepare(_ node: Int32) {
    for child in tree.children(node) {
      // QuakeML's comments have their identifier as an attribute, its streams the URI as text; both are put there later.
      if tag(child) == .unknown { makeForeign(child) } else { prepare(child) }
    }
  }

  private func makeForeign(_ node: Int32) {
    tree.makeForeign(node, prefix: "scs", namespace: Self.namespace)
    for child in tree.children(node) { makeForeign(child) }
  }

  /// Takes an element out of what is decoded, and out of what is kept.
  func leaveOut(_ node: Int32) {
    tree.setTag(node, .unknown)
    tree.makeForeign(node, prefix: "scs", namespace: Self.leftOut)
  }

  private static let leftOut = "left out"

  private func removeLeftOut(_ extras: inout Extras?, named names: Set<String> = []) {
    extras?.elements.removeAll { $0.namespace == Self.leftOut || names.contains($0.name) }
    if extras?.isEmpty ?? false { extras = nil }
  }

  func prepareMagnitude(_ node: Int32) {
    for child in tree.children(node) where tag(child) == .magnitude { tree.setTag(child, .mag) }
    prepare(node)
  }

  /// The unit in QuakeML's words, where the document has another.
  func prepareAmplitude(_ node: Int32) -> String? {
    var unit: String?
    for child in tree.children(node) {
      if tag(child) == .amplitude { tree.setTag(child, .genericAmplitude) }
      if tag(child) == .unit, !QuakeMLWords.amplitudeUnit.words.contains(tree.bytes(child).string) {
        unit = "other"
        tree.setTag(child, .unknown)
      }
    }
    prepare(node)
    return unit
  }

  /// The type in QuakeML's words, where the document has another.
  func prepareEvent(_ node: Int32) -> String? {
    var type: String?
    for child in tree.children(node) {
      if isNamed(child, "originReference") || isNamed(child, "focalMechanismReference") {
        leaveOut(child)
        continue
      }
      guard tag(child) == .type else { continue }
      let word = tree.bytes(child).string
      if QuakeMLWords.eventType.words.contains(word) { continue }
      switch word {
      case "induced earthquake": type = "induced or triggered event"
      case "meteor impact": type = "meteorite"
      case "quarry_blast": type = "quarry blast"
      default: type = "other event"
      }
      tree.setTag(child, .unknown)
    }
    prepareKeepingLeftOut(node)
    return type
  }

  private func prepareKeepingLeftOut(_ node: Int32) {
    for child in tree.children(node) {
      if tag(child) != .unknown {
        prepare(child)
      } else if tree.nodes[Int(child)].namespace < 0 {
        makeForeign(child)
      }
    }
  }

  /// The origins and focal mechanisms that an event refers to.
  func references(_ node: Int32) -> (origins: [String], mechanisms: [String]) {
    var origins: [String] = []
    var mechanisms: [String] = []
    for child in tree.children(node) {
      if isNamed(child, "originReference") { origins.append(tree.bytes(child).string) }
      if isNamed(child, "focalMechanismReference") { mechanisms.append(tree.bytes(child).string) }
    }
    return (origins, mechanisms)
  }

  func prepareOrigin(_ node: Int32) {
    for child in tree.children(node) {
      switch tag(child) {
      case .uncertainty:
        tree.setTag(child, .originUncertainty)
        for part in tree.children(child)
        where tag(part) == .preferredDescription && tree.bytes(part).equals("probability density function") {
          tree.setTag(part, .unknown)
        }
      case .evaluationStatus where tree.bytes(child).equals("reported"): tree.setTag(child, .unknown)
      case .arrival: prepareArrival(child)
      default: break
      }
    }
    prepareKeepingLeftOut(node)
  }

  /// SCML has one weight, and says what it was used for.
  private func prepareArrival(_ node: Int32) {
    var weight: Int32?
    var time: Int32?
    var statements = 0
    for child in tree.children(node) {
      if tag(child) == .weight { weight = child }
      if isNamed(child, "timeUsed") { time = child }
      if isNamed(child, "timeUsed") || isNamed(child, "horizontalSlownessUsed") || isNamed(child, "backazimuthUsed") {
        statements += 1
      }
      if isNamed(child, "takeOffAngle") { tree.setTag(child, .takeoffAngle) }
    }
    guard let weight else { return }
    let isUsed = time.map(isTrue) ?? (statements == 0)
    tree.setTag(weight, isUsed ? .timeWeight : .unknown)
  }

  // MARK: Behind the decoding

  func complete(_ origin: inout Origin) {
    func metres(_ value: inout Double?) { value = value.map(metresOfKilometres) }
    if var depth = origin.depth {
      depth.value = metresOfKilometres(depth.value)
      metres(&depth.errors[\.uncertainty])
      metres(&depth.errors[\.lowerUncertainty])
      metres(&depth.errors[\.upperUncertainty])
      origin.depth = depth
    }
    for place in origin.uncertainties.indices {
      // The axes of the ellipsoid are in metres already.
      metres(&origin.uncertainties[place].horizontalUncertainty)
      metres(&origin.uncertainties[place].minHorizontalUncertainty)
      metres(&origin.uncertainties[place].maxHorizontalUncertainty)
    }
    for place in origin.arrivals.indices {
      if origin.arrivals[place].publicID.isEmpty {
        origin.arrivals[place].publicID = "\(origin.publicID)/arrival/\(place + 1)"
      }
      complete(&origin.arrivals[place].comments)
    }
    complete(&origin.comments)
    removeLeftOut(&origin.extras)
  }

  /// Comments have their identifier as an element.
  func complete(_ comments: inout [Comment]) {
    for place in comments.indices {
      guard let id = comments[place].extras?.elements.first(where: { $0.name == "id" }) else { continue }
      comments[place].id = comments[place].id ?? id.text
      removeLeftOut(&comments[place].extras, named: ["id"])
    }
  }

  /// Streams have their URI as an element.
  func complete(_ stream: inout WaveformStreamID) {
    guard let uri = stream.extras?.elements.first(where: { $0.name == "resourceURI" }) else { return }
    stream.resourceURI = stream.resourceURI ?? uri.text
    removeLeftOut(&stream.extras, named: ["resourceURI"])
  }

  func complete(_ event: inout Event) { removeLeftOut(&event.extras) }
}

extension Optional<QuantityErrors> {
  /// One of the errors, where there are any.
  fileprivate subscript(path: WritableKeyPath<QuantityErrors, Double?>) -> Double? {
    get { self?[keyPath: path] ?? nil }
    set { self?[keyPath: path] = newValue }
  }
}

/// Kilometres as metres: the double next to the decimal number, where the product could be its neighbour.
func metresOfKilometres(_ kilometres: Double) -> Double {
  guard abs(kilometres) < 8000 else { return kilometres * 1000 }
  return (kilometres * 1e12).rounded() / 1e9
}

/// Reads FDSN StationXML (1.0, 1.1, 1.2) station by station.
///
/// Codes, epochs, coordinates, orientations, sampling rates and overall sensitivities are read; the stages of the
/// responses only where the overall sensitivity is not stated. Memory is bounded by the largest station, so networks
/// with full responses of any size can be read.
///
/// What cannot be used is left out and reported with its line: a station without code or coordinates, a channel
/// without code. A channel without usable coordinates has its station's.
public final class StationXMLReader {
  /// How many bytes of the file have been read, for progress.
  public var position: Int { file?.position ?? 0 }

  private let path: String
  private let handleProblem: ProblemHandler
  private var file: XMLSubtreeFile<Station>?
  private var decoder: StationXMLDecoder?
  private var network: StationXMLDecoder.Network?
  private var seen: [StationID: [Epoch]] = [:]

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError`` when it cannot be opened or is empty.
  public init(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws {
    self.path = path
    handleProblem = onProblem
    file = try XMLSubtreeFile(
      path, expected: "a StationXML document", onOpening: { [unowned self] in try self.open($0) },
      onSubtree: { [unowned self] tree, node in try self.take(tree, node) })
  }

  /// The next station epoch; nil at the end.
  ///
  /// - Throws: ``FormatError`` when the file cannot be read on; stations that could be read have been returned before.
  public func next() throws -> Station? { try file?.next() }

  /// The remaining stations, all at once.
  ///
  /// - Throws: ``FormatError``.
  public func readAll() throws -> Inventory {
    var stations: [Station] = []
    while let station = try next() { stations.append(station) }
    return Inventory(stations: stations)
  }

  private func open(_ element: XMLSubtreeParser.Opening) throws {
    let checks = InventoryChecks(file: path, handleProblem: handleProblem)
    func attribute(_ name: String) -> String? {
      element.attributes.first { $0.name == name && $0.namespace == nil }?.value
    }
    if element.depth == 0 {
      guard element.name == "FDSNStationXML" else {
        throw FormatError(
          .badData, file: path, at: .line(element.line), found: "the document is a <\(element.name)>",
          expected: "<FDSNStationXML>", remedy: "use `inspect` to see what the file is")
      }
      try examineRoot(element, version: attribute("schemaVersion"), checks)
      return
    }
    network = nil
    guard element.name == "Network" else { return }
    let code = attribute("code").map { trimmed($0) } ?? ""
    if code.isEmpty {
      try checks.report(
        element.line, "", "a network has no code", "one in each <Network>", "its stations are read without network code"
      )
    }
    var epoch = Epoch()
    func time(_ name: String) throws -> UTCTime? {
      guard let text = attribute(name) else { return nil }
      if let time = UTCTime(text) { return time }
      try checks.report(
        element.line, "network \(code)", "\(name) is \(quoted(text))", "a time as 2024-08-02T16:56:23", "left out")
      return nil
    }
    epoch.start = try time("startDate")
    epoch.end = try time("endDate")
    if let start = epoch.start, let end = epoch.end, end < start {
      try checks.report(
        element.line, "network \(code)", "it ends at \(end), before it begins", "an end after the start",
        "kept as it stood")
    }
    network = StationXMLDecoder.Network(code: code, epoch: epoch)
  }

  /// Says what is unusual about the document; it is read all the same.
  private func examineRoot(
    _ element: XMLSubtreeParser.Opening, version: String?, _ checks: InventoryChecks
  ) throws {
    let known = "http://www.fdsn.org/xml/station/"
    if let namespace = element.namespace {
      if !namespace.hasPrefix(known) {
        try checks.report(
          element.line, "", "the namespace is \(quoted(namespace))", "\(known)1", "read as StationXML")
      }
      file?.setNativeNamespace(namespace.hasPrefix(known) ? known : namespace)
    } else {
      try checks.report(element.line, "", "the document has no namespace", "\(known)1", "read as StationXML")
    }
    guard let version, ["1", "1.0", "1.1", "1.2"].contains(version) else {
      return try checks.report(
        element.line, "", version.map { "schemaVersion is \(quoted($0))" } ?? "there is no schemaVersion",
        "1.0, 1.1 or 1.2", "read as StationXML 1.2")
    }
  }

  private func take(_ tree: XMLTree, _ node: Int32) throws {
    guard let network else { return }
    let decoder = decoder ?? StationXMLDecoder(tree, InventoryChecks(file: path, handleProblem: handleProblem))
    self.decoder = decoder
    guard let station = try decoder.station(node, of: network) else { return }
    let earlier = seen[station.id] ?? []
    if earlier.contains(where: { InventoryChecks.overlap($0, station.epoch) }) {
      try decoder.checks.report(
        decoder.names.line(node), "station \(station.id)", "its epoch overlaps another of the same station",
        "epochs that follow each other", "both kept; the one that begins later holds")
    }
    seen[station.id, default: []].append(station.epoch)
    file?.append(station)
  }
}

/// Text without blanks at its ends.
func trimmed(_ text: String) -> String {
  var text = text
  return text.withUTF8 { $0.trimmed.string }
}

/// Reads the inventory of a SeisComP XML document.
///
/// A stream's overall gain is taken where it is stated; else it is the product of the gains of its sensor's response,
/// its data logger and the filters behind it. These may stand behind the stations, so the whole inventory is held until
/// the end; SeisComP's inventories are a tenth of the size of StationXML with responses.
public enum SeisComPInventoryReader {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of what could not be used: a station without code or coordinates, a sensor location without.
  /// - Throws: ``FormatError`` when it cannot be opened, is no SeisComP document, or breaks off.
  public static func read(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws -> Inventory {
    let content = SeisComPInventory(InventoryChecks(file: path, handleProblem: onProblem))
    let document = try SCMLDocument(path, onProblem: onProblem) { section, tree, node in
      if section == "Inventory" { try content.take(tree, node) }
    }
    try document.read()
    guard document.sections.contains("Inventory") else {
      throw FormatError(
        .badData, file: path, found: "there is no <Inventory>", expected: "a SeisComP inventory",
        remedy: "give a file with stations")
    }
    return try content.inventory()
  }
}

/// What has been read of a SeisComP inventory.
private final class SeisComPInventory {
  enum Tag: String, CaseIterable {
    case sensor, datalogger, responsePAZ, responseFIR, responseFAP, responseIIR, network, station, sensorLocation
    case stream, code, publicID, start, end, latitude, longitude, elevation, description, depth, azimuth, dip, gain
    case gainFrequency, gainUnit, unit, response, sampleRateNumerator, sampleRateDenominator, decimation
    case digitalFilterChain, analogueFilterChain
  }

  private struct Sensor {
    var response: String
    var unit: String
  }

  private struct Logger {
    var gain: Double?
    /// The filters behind it by sampling rate.
    var chains: [(rate: Double?, filters: [String])] = []
  }

  /// A stream without a stated gain.
  private struct Open {
    var station: Int
    var channel: Int
    var sensor: String
    var logger: String
    var frequency: Double?
    var line: Int
  }

  private let checks: InventoryChecks
  private var names: ElementNames<Tag>?
  private var sensors: [String: Sensor] = [:]
  private var loggers: [String: Logger] = [:]
  private var gains: [String: Double] = [:]
  private var stations: [Station] = []
  private var open: [Open] = []
  /// Streams with a stated gain whose unit the sensor tells.
  private var withoutUnit: [(station: Int, channel: Int, sensor: String)] = []

  init(_ checks: InventoryChecks) { self.checks = checks }

  func take(_ tree: XMLTree, _ node: Int32) throws {
    let names = names ?? ElementNames(tree)
    self.names = names
    let id = names.attribute(node, .publicID) ?? ""
    func number(_ tag: Tag) -> Double? { names.child(node, tag).flatMap { parseDecimal(tree.bytes($0)) } }
    switch names.tag(node) {
    case .sensor:
      let unit = names.child(node, .unit).map { tree.bytes($0).string } ?? ""
      sensors[id] = Sensor(response: names.attribute(node, .response) ?? "", unit: unit.uppercased())
    case .datalogger:
      var logger = Logger(gain: number(.gain))
      for child in tree.children(node) where names.tag(child) == .decimation {
        let rate = ratio(names.attribute(child, .sampleRateNumerator), names.attribute(child, .sampleRateDenominator))
        var filters: [String] = []
        for chain in tree.children(child)
        where names.tag(chain) == .digitalFilterChain || names.tag(chain) == .analogueFilterChain {
          filters += tree.bytes(chain).string.split { $0 == " " || $0 == "\n" || $0 == "\t" }.map(String.init)
        }
        logger.chains.append((rate, filters))
      }
      loggers[id] = logger
    case .responsePAZ, .responseFIR, .responseFAP, .responseIIR: gains[id] = number(.gain)
    case .network: try network(tree, node, names)
    default: break
    }
  }

  private func ratio(_ numerator: String?, _ denominator: String?) -> Double? {
    guard let above = numerator.flatMap(Double.init), let below = denominator.map(Double.init) ?? 1, below > 0,
      above.isFinite, above >= 0
    else { return nil }
    return above / below
  }

  private func network(_ tree: XMLTree, _ node: Int32, _ names: ElementNames<Tag>) throws {
    let code = names.attribute(node, .code) ?? ""
    if code.isEmpty {
      try checks.report(
        names.line(node), "", "a network has no code", "one in each <network>", "its stations are read without")
    }
    let reader = Element(tree: tree, names: names, checks: checks)
    let epoch = try reader.epoch(node, "network \(code)")
    for child in tree.children(node) where names.tag(child) == .station {
      let stationCode = names.attribute(child, .code) ?? ""
      guard !stationCode.isEmpty else {
        try checks.report(names.line(child), "network \(code)", "a station has no code", "one in each", "left out")
        continue
      }
      let id = StationID(network: code, code: stationCode)
      guard let place = try reader.place(child, "station \(id)", "the station is left out") else { continue }
      var station = Station(
        id: id, latitude: place.latitude, longitude: place.longitude, elevation: place.elevation ?? 0,
        epoch: try reader.epoch(child, "station \(id)"))
      station.siteName = names.child(child, .description).map { tree.bytes($0).string } ?? ""
      try checks.examine(station, line: names.line(child), network: epoch)
      for location in tree.children(child) where names.tag(location) == .sensorLocation {
        try sensorLocation(location, reader, &station)
      }
      stations.append(station)
    }
  }

  private func sensorLocation(
    _ node: Int32, _ reader: Element, _ station: inout Station
  ) throws {
    let (tree, names) = (reader.tree, reader.names)
    let code = names.attribute(node, .code) ?? ""
    let subject = "sensor location \(station.id).\(code)"
    let place = try reader.place(node, subject, "the station's coordinates are taken")
    for child in tree.children(node) where names.tag(child) == .stream {
      let channelCode = names.attribute(child, .code) ?? ""
      guard !channelCode.isEmpty else {
        try checks.report(names.line(child), subject, "a stream has no code", "one in each <stream>", "left out")
        continue
      }
      var channel = Channel(
        location: code == "--" ? "" : code, code: channelCode, latitude: place?.latitude ?? station.latitude,
        longitude: place?.longitude ?? station.longitude, elevation: place?.elevation ?? station.elevation)
      let name = InventoryChecks.name(channel, station.id)
      channel.epoch = try reader.epoch(child, name)
      channel.depth = try reader.number(child, .depth, name) ?? 0
      channel.azimuth = try reader.number(child, .azimuth, name, within: 0...360)
      channel.dip = try reader.number(child, .dip, name, within: -90...90)
      channel.samplingRate = ratio(
        names.child(child, .sampleRateNumerator).map { tree.bytes($0).string },
        names.child(child, .sampleRateDenominator).map { tree.bytes($0).string })
      let sensor = names.attribute(child, .sensor) ?? ""
      let frequency = try reader.number(child, .gainFrequency, name)
      if let gain = try reader.number(child, .gain, name), gain != 0 {
        let unit = names.child(child, .gainUnit).map { tree.bytes($0).string.uppercased() } ?? ""
        if unit.isEmpty { withoutUnit.append((stations.count, station.channels.count, sensor)) }
        channel.sensitivity = Sensitivity(value: gain, frequency: frequency, inputUnits: unit)
      } else {
        open.append(
          Open(
            station: stations.count, channel: station.channels.count, sensor: sensor,
            logger: names.attribute(child, .datalogger) ?? "", frequency: frequency, line: names.line(child)))
      }
      try checks.examine(channel, of: station, line: names.line(child))
      station.channels.append(channel)
    }
  }

  /// The inventory, with the gains that are not stated made of those of the parts.
  func inventory() throws -> Inventory {
    for entry in withoutUnit {
      stations[entry.station].channels[entry.channel].sensitivity?.inputUnits = sensors[entry.sensor]?.unit ?? ""
    }
    for entry in open {
      let channel = stations[entry.station].channels[entry.channel]
      guard let sensor = sensors[entry.sensor], let logger = loggers[entry.logger],
        let first = gains[sensor.response], let gain = logger.gain
      else {
        if !entry.sensor.isEmpty || !entry.logger.isEmpty {
          try checks.report(
            entry.line, InventoryChecks.name(channel, stations[entry.station].id), "there is no gain",
            "a gain, or the gains of sensor and data logger", "taken as not stated")
        }
        continue
      }
      let chain = logger.chains.first { $0.rate == channel.samplingRate }?.filters ?? []
      let product = chain.reduce(first * gain) { $0 * (gains[$1] ?? 1) }
      guard product.isFinite, product != 0 else { continue }
      stations[entry.station].channels[entry.channel].sensitivity = Sensitivity(
        value: product, frequency: entry.frequency, inputUnits: sensor.unit)
    }
    return Inventory(stations: stations)
  }

  /// Reads the pieces that several objects have.
  struct Element {
    let tree: XMLTree
    let names: ElementNames<Tag>
    let checks: InventoryChecks

    func number(
      _ node: Int32, _ tag: Tag, _ subject: String, within range: ClosedRange<Double>? = nil
    ) throws -> Double? {
      guard let child = names.child(node, tag) else { return nil }
      if let value = parseDecimal(tree.bytes(child)), range?.contains(value) ?? true { return value }
      // SeisComP writes empty elements for what it does not know.
      if tree.bytes(child).isEmpty { return nil }
      try checks.report(
        names.line(child), subject, "<\(tag.rawValue)> is \(quoted(tree.bytes(child).string))",
        range.map { "\(Int($0.lowerBound)) to \(Int($0.upperBound))" } ?? "a number", "left out")
      return nil
    }

    func epoch(_ node: Int32, _ subject: String) throws -> Epoch {
      func time(_ tag: Tag) throws -> UTCTime? {
        guard let child = names.child(node, tag), !tree.bytes(child).isEmpty else { return nil }
        if let time = UTCTime(bytes: tree.bytes(child)) { return time }
        try checks.report(
          names.line(child), subject, "<\(tag.rawValue)> is \(quoted(tree.bytes(child).string))",
          "a time as 2024-08-02T16:56:23Z", "left out")
        return nil
      }
      return Epoch(start: try time(.start), end: try time(.end))
    }

    func place(
      _ node: Int32, _ subject: String, _ action: String
    ) throws -> (latitude: Double, longitude: Double, elevation: Double?)? {
      let latitude = try number(node, .latitude, subject, within: -90...90)
      let longitude = try number(node, .longitude, subject, within: -180...360).flatMap(InventoryChecks.longitude)
      guard let latitude, let longitude else {
        try checks.report(
          names.line(node), subject, "there is no usable \(latitude == nil ? "latitude" : "longitude")",
          "latitude and longitude", action)
        return nil
      }
      return (latitude, longitude, try number(node, .elevation, subject))
    }
  }
}

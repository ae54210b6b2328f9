/// Turns StationXML's elements into value types.
final class StationXMLDecoder {
  /// A network that is being read.
  struct Network {
    var code: String
    var epoch: Epoch
  }

  /// The names that are looked for.
  enum Tag: String, CaseIterable {
    case station = "Station"
    case channel = "Channel"
    case latitude = "Latitude"
    case longitude = "Longitude"
    case elevation = "Elevation"
    case depth = "Depth"
    case site = "Site"
    case name = "Name"
    case azimuth = "Azimuth"
    case dip = "Dip"
    case sampleRate = "SampleRate"
    case sampleRateRatio = "SampleRateRatio"
    case numberSamples = "NumberSamples"
    case numberSeconds = "NumberSeconds"
    case response = "Response"
    case instrumentSensitivity = "InstrumentSensitivity"
    case instrumentPolynomial = "InstrumentPolynomial"
    case value = "Value"
    case frequency = "Frequency"
    case inputUnits = "InputUnits"
    case outputUnits = "OutputUnits"
    case stage = "Stage"
    case stageGain = "StageGain"
    case polesZeros = "PolesZeros"
    case coefficients = "Coefficients"
    case responseList = "ResponseList"
    case fir = "FIR"
    case polynomial = "Polynomial"
    case code, startDate, endDate, locationCode
  }

  let names: ElementNames<Tag>
  let checks: InventoryChecks
  private let tree: XMLTree

  init(_ tree: XMLTree, _ checks: InventoryChecks) {
    self.tree = tree
    self.checks = checks
    names = ElementNames(tree)
  }

  private func text(_ node: Int32) -> String { tree.bytes(node).string }

  /// The number in an element; what is none is reported.
  private func number(_ node: Int32, _ subject: String, _ action: String = "left out") throws -> Double? {
    if let value = parseDecimal(tree.bytes(node)) { return value }
    try checks.report(
      names.line(node), subject, "<\(tree.name(tree.nodes[Int(node)].name))> is \(quoted(text(node)))", "a number",
      action)
    return nil
  }

  private func epoch(_ node: Int32, _ subject: String) throws -> Epoch {
    func time(_ tag: Tag) throws -> UTCTime? {
      guard let text = names.attribute(node, tag) else { return nil }
      if let time = UTCTime(text) { return time }
      try checks.report(
        names.line(node), subject, "\(tag.rawValue) is \(quoted(text))", "a time as 2024-08-02T16:56:23", "left out")
      return nil
    }
    return Epoch(start: try time(.startDate), end: try time(.endDate))
  }

  /// A station with its channels; nil where the element is none, or lacks what is required.
  func station(_ node: Int32, of network: Network) throws -> Station? {
    guard names.tag(node) == .station else { return nil }
    let code = names.attribute(node, .code) ?? ""
    let line = names.line(node)
    guard !code.isEmpty else {
      try checks.report(line, "network \(network.code)", "a station has no code", "one in each <Station>", "left out")
      return nil
    }
    let id = StationID(network: network.code, code: code)
    let subject = "station \(id)"
    guard let place = try place(node, subject, "the station is left out") else { return nil }
    if place.elevation == nil {
      try checks.report(line, subject, "there is no elevation", "one in each <Station>", "taken as 0 m")
    }
    var station = Station(
      id: id, latitude: place.latitude, longitude: place.longitude, elevation: place.elevation ?? 0,
      epoch: try epoch(node, subject))
    if let site = names.child(node, .site), let name = names.child(site, .name) { station.siteName = text(name) }
    try checks.examine(station, line: line, network: network.epoch)
    var lines: [(channel: Channel, line: Int)] = []
    for child in tree.children(node) where names.tag(child) == .channel {
      guard let channel = try channel(child, of: station) else { continue }
      lines.append((channel, names.line(child)))
    }
    try checks.examineOverlaps(lines, of: id)
    station.channels = lines.map(\.channel)
    return station
  }

  private struct Place {
    var latitude: Double
    var longitude: Double
    var elevation: Double?
  }

  /// Where a station or channel is; nil, and reported, where latitude or longitude cannot be used.
  private func place(_ node: Int32, _ subject: String, _ action: String) throws -> Place? {
    var latitude: Double?
    var longitude: Double?
    var elevation: Double?
    var isReported = false
    for child in tree.children(node) {
      switch names.tag(child) {
      case .latitude:
        let value = try number(child, subject, action)
        if let value, InventoryChecks.isLatitude(value) {
          latitude = value
        } else {
          if let value {
            try checks.report(names.line(child), subject, "the latitude is \(value)", "-90 to 90", action)
          }
          isReported = true
        }
      case .longitude:
        let value = try number(child, subject, action)
        longitude = value.flatMap(InventoryChecks.longitude)
        if let value, longitude == nil {
          try checks.report(names.line(child), subject, "the longitude is \(value)", "-180 to 180", action)
        } else if let value, value != longitude {
          try checks.report(
            names.line(child), subject, "the longitude is \(value)", "-180 to 180", "taken as \(value - 360)")
        }
        if longitude == nil { isReported = true }
      case .elevation: elevation = try number(child, subject, "taken as not stated")
      default: break
      }
    }
    guard let latitude, let longitude else {
      if !isReported {
        try checks.report(
          names.line(node), subject, "there is no \(latitude == nil ? "latitude" : "longitude")",
          "latitude and longitude", action)
      }
      return nil
    }
    return Place(latitude: latitude, longitude: longitude, elevation: elevation)
  }

  private func channel(_ node: Int32, of station: Station) throws -> Channel? {
    let code = names.attribute(node, .code) ?? ""
    let line = names.line(node)
    guard !code.isEmpty else {
      try checks.report(line, "station \(station.id)", "a channel has no code", "one in each <Channel>", "left out")
      return nil
    }
    var location = names.attribute(node, .locationCode)
    if location == nil {
      try checks.report(
        line, "channel \(station.id)..\(code)", "there is no locationCode", "one in each <Channel>", "taken as blank")
    }
    if location == "--" { location = "" }
    var channel = Channel(
      location: location ?? "", code: code, latitude: station.latitude, longitude: station.longitude,
      elevation: station.elevation)
    let subject = InventoryChecks.name(channel, station.id)
    if let place = try place(node, subject, "the station's coordinates are taken") {
      channel.latitude = place.latitude
      channel.longitude = place.longitude
      if let elevation = place.elevation {
        channel.elevation = elevation
      } else {
        try checks.report(line, subject, "there is no elevation", "one in each <Channel>", "the station's is taken")
      }
    }
    channel.epoch = try epoch(node, subject)
    for child in tree.children(node) {
      switch names.tag(child) {
      case .depth: channel.depth = try number(child, subject, "taken as 0 m") ?? 0
      case .azimuth: channel.azimuth = try angle(child, subject, within: 0...360)
      case .dip: channel.dip = try angle(child, subject, within: -90...90)
      case .sampleRate: channel.samplingRate = try rate(try number(child, subject), child, subject)
      case .sampleRateRatio where channel.samplingRate == nil:
        if let samples = names.child(child, .numberSamples).flatMap({ parseDecimal(tree.bytes($0)) }),
          let seconds = names.child(child, .numberSeconds).flatMap({ parseDecimal(tree.bytes($0)) }), seconds > 0
        {
          channel.samplingRate = try rate(samples / seconds, child, subject)
        }
      case .response: channel.sensitivity = try StationXMLResponse(self, tree, subject).sensitivity(child)
      default: break
      }
    }
    try checks.examine(channel, of: station, line: line)
    return channel
  }

  private func angle(_ node: Int32, _ subject: String, within range: ClosedRange<Double>) throws -> Double? {
    guard let value = try number(node, subject) else { return nil }
    if range.contains(value) { return value }
    try checks.report(
      names.line(node), subject, "<\(tree.name(tree.nodes[Int(node)].name))> is \(value)",
      "\(Int(range.lowerBound)) to \(Int(range.upperBound))", "left out")
    return nil
  }

  private func rate(_ value: Double?, _ node: Int32, _ subject: String) throws -> Double? {
    guard let value else { return nil }
    if value.isFinite && value >= 0 { return value }
    try checks.report(names.line(node), subject, "the sampling rate is \(value)", "a number from 0", "left out")
    return nil
  }
}

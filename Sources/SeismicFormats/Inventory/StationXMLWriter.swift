/// Writes an inventory as StationXML 1.1.
public enum StationXMLWriter {
  /// Writes a file, which has its name only when it is whole.
  ///
  /// Networks stand in the order of their first station; the stations of a network in the order of the inventory.
  /// Numbers have the fewest digits that give the same double again. Where a sensitivity's frequency is not stated, 0 is
  /// written, because the schema wants one.
  ///
  /// - Parameters:
  ///   - inventory: the stations.
  ///   - path: the file.
  ///   - source: who sends the document; becomes `Source`.
  ///   - created: when it was made; a parameter, so that equal inventories can give equal files.
  /// - Throws: ``FormatError``: `cannotCreate` or `inputOutput`; `badData` when a station or channel has coordinates that
  ///   are no numbers.
  public static func write(
    _ inventory: Inventory, to path: String, source: String = "hsdl-mpi", created: UTCTime
  ) throws {
    let output = try FileOutput(path)
    let sink = TextSink(capacity: 1 << 18)
    sink.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    sink.append("<FDSNStationXML xmlns=\"http://www.fdsn.org/xml/station/1\" schemaVersion=\"1.1\">\n")
    sink.append("  <Source>")
    sink.append(xml: source)
    sink.append("</Source>\n  <Created>")
    sink.append(text: created.description)
    sink.append("</Created>\n")
    var networks: [String] = []
    var members: [String: [Int]] = [:]
    for (place, station) in inventory.stations.enumerated() {
      if members[station.id.network] == nil { networks.append(station.id.network) }
      members[station.id.network, default: []].append(place)
    }
    for network in networks {
      sink.append("  <Network")
      attribute("code", network, sink)
      sink.append(">\n")
      for place in members[network] ?? [] {
        try write(inventory.stations[place], to: sink, path)
        if sink.count > 1 << 17 { try output.write(sink) }
      }
      sink.append("  </Network>\n")
    }
    sink.append("</FDSNStationXML>\n")
    try output.write(sink)
    try output.commit()
  }

  private static func attribute(_ name: StaticString, _ value: String, _ sink: TextSink) {
    sink.append(byte: 32)
    sink.append(name)
    sink.append("=\"")
    sink.append(xml: value, isAttribute: true)
    sink.append(byte: 34)
  }

  private static func attributes(_ epoch: Epoch, _ sink: TextSink) {
    if let start = epoch.start { attribute("startDate", start.description, sink) }
    if let end = epoch.end { attribute("endDate", end.description, sink) }
  }

  private static func element(_ indent: Int, _ name: StaticString, _ value: Double, _ sink: TextSink) {
    for _ in 0..<indent { sink.append(byte: 32) }
    sink.append(byte: 60)
    sink.append(name)
    sink.append(byte: 62)
    sink.append(value)
    sink.append("</")
    sink.append(name)
    sink.append(">\n")
  }

  private static func require(_ values: [Double], _ name: String, _ path: String) throws {
    guard values.allSatisfy(\.isFinite) else {
      throw FormatError(
        .badData, file: path, found: "\(name) has coordinates that are no numbers", expected: "numbers",
        remedy: "leave it out of the inventory")
    }
  }

  private static func write(_ station: Station, to sink: TextSink, _ path: String) throws {
    try require([station.latitude, station.longitude, station.elevation], "station \(station.id)", path)
    sink.append("    <Station")
    attribute("code", station.id.code, sink)
    attributes(station.epoch, sink)
    sink.append(">\n")
    element(6, "Latitude", station.latitude, sink)
    element(6, "Longitude", station.longitude, sink)
    element(6, "Elevation", station.elevation, sink)
    sink.append("      <Site>\n        <Name>")
    sink.append(xml: station.siteName)
    sink.append("</Name>\n      </Site>\n")
    for channel in station.channels { try write(channel, of: station.id, to: sink, path) }
    sink.append("    </Station>\n")
  }

  private static func write(_ channel: Channel, of id: StationID, to sink: TextSink, _ path: String) throws {
    try require(
      [channel.latitude, channel.longitude, channel.elevation, channel.depth], InventoryChecks.name(channel, id), path)
    sink.append("      <Channel")
    attribute("code", channel.code, sink)
    attributes(channel.epoch, sink)
    attribute("locationCode", channel.location, sink)
    sink.append(">\n")
    element(8, "Latitude", channel.latitude, sink)
    element(8, "Longitude", channel.longitude, sink)
    element(8, "Elevation", channel.elevation, sink)
    element(8, "Depth", channel.depth, sink)
    if let azimuth = channel.azimuth, azimuth.isFinite { element(8, "Azimuth", azimuth, sink) }
    if let dip = channel.dip, dip.isFinite { element(8, "Dip", dip, sink) }
    if let rate = channel.samplingRate, rate.isFinite { element(8, "SampleRate", rate, sink) }
    if let sensitivity = channel.sensitivity, sensitivity.value.isFinite {
      sink.append("        <Response>\n          <InstrumentSensitivity>\n")
      element(12, "Value", sensitivity.value, sink)
      element(12, "Frequency", sensitivity.frequency.flatMap { $0.isFinite ? $0 : nil } ?? 0, sink)
      sink.append("            <InputUnits>\n              <Name>")
      sink.append(xml: sensitivity.inputUnits)
      sink.append("</Name>\n            </InputUnits>\n            <OutputUnits>\n              <Name>")
      sink.append(xml: sensitivity.outputUnits)
      sink.append("</Name>\n            </OutputUnits>\n")
      sink.append("          </InstrumentSensitivity>\n        </Response>\n")
    }
    sink.append("      </Channel>\n")
  }
}

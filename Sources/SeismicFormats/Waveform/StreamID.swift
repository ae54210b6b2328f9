/// The four codes that name a stream of samples: `NET.STA.LOC.CHA`.
public struct StreamID: Hashable, Sendable {
  /// Network code; empty where it is not known.
  public var network: String
  /// Station code.
  public var station: String
  /// Location code; often empty.
  public var location: String
  /// Channel code: band, instrument and component.
  public var channel: String

  /// Creates a name.
  public init(network: String, station: String, location: String = "", channel: String) {
    self.network = network
    self.station = station
    self.location = location
    self.channel = channel
  }

  /// The station that the stream belongs to: `NET.STA`.
  public var stationID: StationID { StationID(network: network, code: station) }
}

extension StreamID: Comparable {
  public static func < (left: StreamID, right: StreamID) -> Bool {
    (left.network, left.station, left.location, left.channel)
      < (right.network, right.station, right.location, right.channel)
  }
}

extension StreamID: CustomStringConvertible {
  public var description: String { "\(network).\(station).\(location).\(channel)" }
}

/// The two codes that name a station: `NET.STA`.
///
/// Networks may use the same station code, so neither alone is enough.
public struct StationID: Hashable, Sendable {
  /// Network code; empty where it is not known.
  public var network: String
  /// Station code.
  public var code: String

  /// Creates a name.
  public init(network: String, code: String) {
    self.network = network
    self.code = code
  }
}

extension StationID: Comparable {
  public static func < (left: StationID, right: StationID) -> Bool {
    (left.network, left.code) < (right.network, right.code)
  }
}

extension StationID: CustomStringConvertible {
  public var description: String { "\(network).\(code)" }
}

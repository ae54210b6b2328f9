import Synchronization

/// Where the stations and channels of an inventory stand, by their codes.
struct InventoryIndex: Sendable {
  /// A channel: its station's place in the inventory, and its own in the station.
  struct Place: Sendable {
    var station: Int
    var channel: Int
  }

  /// A channel code at a station, whatever the location code.
  struct AnyLocation: Hashable {
    var station: StationID
    var channel: String
  }

  private(set) var stations: [StationID: [Int]] = [:]
  private(set) var stationsByCode: [String: [Int]] = [:]
  private(set) var channels: [StreamID: [Place]] = [:]
  private(set) var channelsOfAnyLocation: [AnyLocation: [Place]] = [:]

  init(_ list: [Station]) {
    stations.reserveCapacity(list.count)
    for (index, station) in list.enumerated() {
      stations[station.id, default: []].append(index)
      stationsByCode[station.id.code, default: []].append(index)
      for (place, channel) in station.channels.enumerated() {
        let stream = StreamID(
          network: station.id.network, station: station.id.code, location: channel.location, channel: channel.code)
        let entry = Place(station: index, channel: place)
        channels[stream, default: []].append(entry)
        channelsOfAnyLocation[AnyLocation(station: station.id, channel: channel.code), default: []].append(entry)
      }
    }
  }
}

/// An index that is made when it is first asked for; copies of an inventory share it.
final class LazyInventoryIndex: Sendable {
  private let content = Mutex<InventoryIndex?>(nil)

  func index(of stations: [Station]) -> InventoryIndex {
    content.withLock { content in
      if let content { return content }
      let made = InventoryIndex(stations)
      content = made
      return made
    }
  }
}

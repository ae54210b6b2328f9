extension Inventory {
  /// A station that was looked for.
  public struct StationMatch: Hashable, Sendable {
    /// The station, in the epoch that was chosen.
    public var station: Station
    /// Whether no epoch of the station held the time, so that the nearest was taken.
    public var isOutsideEpoch: Bool
    /// Whether the network code was not known or is another one, so that the station code alone was compared.
    public var isOtherNetwork: Bool
  }

  /// A channel that was looked for.
  public struct ChannelMatch: Hashable, Sendable {
    /// The station that the channel belongs to, in its epoch.
    public var station: Station
    /// The channel, in the epoch that was chosen.
    public var channel: Channel
    /// Whether no epoch of the channel held the time, so that the nearest was taken.
    public var isOutsideEpoch: Bool
    /// Whether the channel has another location code than was asked for.
    public var isOtherLocation: Bool
    /// Whether the channel has another band code than was asked for: `HHZ` for `EHZ`.
    public var isOtherChannel: Bool
  }

  /// The stations whose epoch holds an instant, in the order of the inventory.
  public func stations(at time: UTCTime) -> [Station] { stations.filter { $0.epoch.contains(time) } }

  /// A station as it was at a time.
  ///
  /// Of several epochs that hold the time the one that began last is taken; when none does, the nearest one.
  ///
  /// - Returns: nil where there is no such station.
  public func station(_ id: StationID, at time: UTCTime) -> Station? { match(id, at: time)?.station }

  /// A station as it was at a time, and how well it fits.
  ///
  /// A name without network code fits the one network that has such a station; where several have, none is chosen.
  ///
  /// - Returns: nil where there is no such station.
  public func match(_ id: StationID, at time: UTCTime) -> StationMatch? {
    let index = lazyIndex.index(of: stations)
    var places = index.stations[id] ?? []
    var isOtherNetwork = false
    if places.isEmpty {
      let others = index.stationsByCode[id.code] ?? []
      // Either side may not know the network.
      let candidates = id.network.isEmpty ? others : others.filter { stations[$0].id.network.isEmpty }
      guard let first = candidates.first,
        candidates.allSatisfy({ stations[$0].id.network == stations[first].id.network })
      else { return nil }
      places = candidates
      isOtherNetwork = true
    }
    guard let (place, isOutside) = Self.best(places, at: time, epoch: { stations[$0].epoch }) else { return nil }
    return StationMatch(station: stations[place], isOutsideEpoch: isOutside, isOtherNetwork: isOtherNetwork)
  }

  /// A channel as it was at a time.
  ///
  /// Catalogs and archives often disagree about the location code of an instrument. The rule is: the channel with the
  /// same location code whose epoch holds the time; else the one with another location code (blank before `00` before
  /// the others in order) whose epoch holds it; else, by the same preference, the nearest epoch. Where the station has no
  /// channel of that code, the one of the same component and instrument with the highest sampling rate stands for it:
  /// pickers write `EHZ` for what the archive calls `HHZ`.
  ///
  /// - Returns: nil where the station has no such channel.
  public func channel(_ stream: StreamID, at time: UTCTime) -> ChannelMatch? {
    let index = lazyIndex.index(of: stations)
    let location = stream.location == "--" ? "" : stream.location
    var stationID = stream.stationID
    if index.stations[stationID] == nil {
      guard let match = match(stationID, at: time) else { return nil }
      stationID = match.station.id
    }
    let exact = StreamID(
      network: stationID.network, station: stationID.code, location: location, channel: stream.channel)
    func epoch(_ place: InventoryIndex.Place) -> Epoch { stations[place.station].channels[place.channel].epoch }
    func result(_ place: InventoryIndex.Place, _ isOutside: Bool) -> ChannelMatch {
      let station = stations[place.station]
      let channel = station.channels[place.channel]
      return ChannelMatch(
        station: station, channel: channel, isOutsideEpoch: isOutside, isOtherLocation: channel.location != location,
        isOtherChannel: channel.code != stream.channel)
    }
    let same = Self.best(index.channels[exact] ?? [], at: time, epoch: epoch)
    if let same, !same.isOutside { return result(same.place, false) }
    let all = index.channelsOfAnyLocation[.init(station: stationID, channel: stream.channel)] ?? []
    let others = all.filter { stations[$0.station].channels[$0.channel].location != location }
    // Stable: among equal location codes the inventory's order stays.
    let ordered = others.enumerated().sorted { left, right in
      let first = stations[left.element.station].channels[left.element.channel].location
      let second = stations[right.element.station].channels[right.element.channel].location
      if first == second { return left.offset < right.offset }
      return Self.rank(first) == Self.rank(second) ? first < second : Self.rank(first) < Self.rank(second)
    }.map(\.element)
    for place in ordered where epoch(place).contains(time) {
      let location = stations[place.station].channels[place.channel].location
      let alike = ordered.filter { stations[$0.station].channels[$0.channel].location == location }
      if let found = Self.best(alike, at: time, epoch: epoch) { return result(found.place, false) }
    }
    if let same { return result(same.place, true) }
    if let other = Self.best(ordered, at: time, epoch: epoch) { return result(other.place, true) }
    let alike = alike(stream, index.stations[stationID] ?? [])
    return (alike.first { epoch($0).contains(time) }).map { result($0, false) }
      ?? Self.best(alike, at: time, epoch: epoch).map { result($0.place, true) }
  }

  /// The channels of a station's epochs that measure the same component with the same kind of instrument, those of the
  /// highest sampling rate first.
  private func alike(_ stream: StreamID, _ places: [Int]) -> [InventoryIndex.Place] {
    let wanted = Array(stream.channel.utf8)
    guard wanted.count == 3 else { return [] }
    var found: [(place: InventoryIndex.Place, channel: Channel)] = []
    for station in places {
      for (place, channel) in stations[station].channels.enumerated() {
        let code = Array(channel.code.utf8)
        guard code.count == 3, code[1] == wanted[1], code[2] == wanted[2] else { continue }
        found.append((InventoryIndex.Place(station: station, channel: place), channel))
      }
    }
    return found.enumerated().sorted { left, right in
      let (first, second) = (left.element.channel, right.element.channel)
      let (fast, slow) = (first.samplingRate ?? 0, second.samplingRate ?? 0)
      if fast != slow { return fast > slow }
      if first.code != second.code { return first.code < second.code }
      if first.location != second.location {
        let (one, other) = (Self.rank(first.location), Self.rank(second.location))
        return one == other ? first.location < second.location : one < other
      }
      return left.offset < right.offset
    }.map(\.element.place)
  }

  private static func rank(_ location: String) -> Int { location.isEmpty ? 0 : location == "00" ? 1 : 2 }

  /// Of several epochs the one to use: that which holds the time and began last, else the nearest; the first of equals.
  private static func best<Place>(
    _ places: [Place], at time: UTCTime, epoch: (Place) -> Epoch
  ) -> (place: Place, isOutside: Bool)? {
    var inside: (place: Place, start: UTCTime?)?
    var outside: (place: Place, gap: Double)?
    for place in places {
      let epoch = epoch(place)
      if epoch.contains(time) {
        guard let best = inside else {
          inside = (place, epoch.start)
          continue
        }
        if let start = epoch.start, best.start.map({ $0 < start }) ?? true { inside = (place, start) }
      } else {
        let before = epoch.start.map { $0.timeInterval(since: time) } ?? 0
        let after = epoch.end.map { time.timeInterval(since: $0) } ?? 0
        let gap = max(before, after, 0)
        if outside.map({ gap < $0.gap }) ?? true { outside = (place, gap) }
      }
    }
    if let inside { return (inside.place, false) }
    return outside.map { ($0.place, true) }
  }
}

extension Inventory {
  /// This inventory with the stations of another behind its own; see ``merging(_:)-(_)``.
  public func merging(_ other: Inventory) -> Inventory { Inventory.merging([self, other]) }

  /// Several inventories as one.
  ///
  /// Entries of the same station with the same epoch become one, with the coordinates of the first and the channels of
  /// all; of channels with the same codes and epoch the first is kept. The order is that of first appearance.
  public static func merging(_ inventories: [Inventory]) -> Inventory {
    struct StationKey: Hashable {
      var id: StationID
      var epoch: Epoch
    }
    struct ChannelKey: Hashable {
      var place: Int
      var location: String
      var code: String
      var epoch: Epoch
    }
    var result: [Station] = []
    var places: [StationKey: Int] = [:]
    var known: Set<ChannelKey> = []
    func key(_ channel: Channel, _ place: Int) -> ChannelKey {
      ChannelKey(place: place, location: channel.location, code: channel.code, epoch: channel.epoch)
    }
    for inventory in inventories {
      for station in inventory.stations {
        let stationKey = StationKey(id: station.id, epoch: station.epoch)
        let place: Int
        if let there = places[stationKey] {
          place = there
          if result[place].siteName.isEmpty { result[place].siteName = station.siteName }
        } else {
          place = result.count
          places[stationKey] = place
          var bare = station
          bare.channels = []
          result.append(bare)
        }
        for channel in station.channels where known.insert(key(channel, place)).inserted {
          result[place].channels.append(channel)
        }
      }
    }
    return Inventory(stations: result)
  }
}

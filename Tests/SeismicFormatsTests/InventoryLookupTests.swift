import SeismicFormats
import TestSupport
import Testing

@Suite("Looking up stations and channels")
struct InventoryLookupTests {
  static func time(_ year: Int) -> UTCTime { UTCTime(year: year, month: 1, day: 1) ?? .epoch }

  static func station(_ id: String, _ start: Int?, _ end: Int?, latitude: Double, _ channels: [Channel] = []) -> Station
  {
    let parts = id.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    return Station(
      id: StationID(network: parts[0], code: parts[1]), latitude: latitude, longitude: 0,
      epoch: Epoch(start: start.map(time), end: end.map(time)), channels: channels)
  }

  static func channel(_ location: String, _ code: String, _ start: Int?, _ end: Int?, depth: Double) -> Channel {
    Channel(
      location: location, code: code, latitude: 0, longitude: 0, depth: depth,
      epoch: Epoch(start: start.map(time), end: end.map(time)))
  }

  @Test("of a station's epochs the one that holds the time, else the nearest")
  func epochs() {
    let inventory = Inventory(stations: [
      Self.station("A.B", 2000, 2005, latitude: 1), Self.station("A.B", 2010, 2012, latitude: 2),
      Self.station("A.B", 2011, nil, latitude: 3), Self.station("C.B", nil, nil, latitude: 4),
    ])
    let id = StationID(network: "A", code: "B")
    func found(_ year: Int) -> Double? { inventory.station(id, at: Self.time(year))?.latitude }
    #expect(found(2000) == 1 && found(2004) == 1 && found(2010) == 2)
    // Where two hold, the later one.
    #expect(found(2011) == 3 && found(2030) == 3)
    #expect(found(1990) == 1 && found(2005) == 1 && found(2007) == 1 && found(2009) == 2)
    #expect(inventory.match(id, at: Self.time(2007))?.isOutsideEpoch == true)
    #expect(inventory.match(id, at: Self.time(2010))?.isOutsideEpoch == false)
    #expect(inventory.stations(at: Self.time(2011)).map(\.latitude) == [2, 3, 4])
    #expect(inventory.station(StationID(network: "A", code: "X"), at: .epoch) == nil)
    // Two networks have a B; no choice is made.
    #expect(inventory.station(StationID(network: "", code: "B"), at: .epoch) == nil)
    #expect(inventory.station(StationID(network: "X", code: "B"), at: .epoch) == nil)
  }

  @Test("a network that one side does not know is passed over")
  func unknownNetwork() {
    let named = Inventory(stations: [Self.station("A.B", nil, nil, latitude: 1)])
    #expect(named.match(StationID(network: "", code: "B"), at: .epoch)?.isOtherNetwork == true)
    let bare = Inventory(stations: [Self.station(".B", nil, nil, latitude: 2)])
    #expect(bare.match(StationID(network: "A", code: "B"), at: .epoch)?.station.latitude == 2)
    #expect(bare.match(StationID(network: "", code: "B"), at: .epoch)?.isOtherNetwork == false)
  }

  @Test("location codes: the same, else blank, 00 and the others in order, inside their epochs first")
  func locations() {
    let channels = [
      Self.channel("20", "HHZ", nil, nil, depth: 1), Self.channel("10", "HHZ", nil, nil, depth: 2),
      Self.channel("00", "HHZ", 2010, 2012, depth: 3), Self.channel("00", "HHZ", 2012, 2014, depth: 4),
      Self.channel("", "BHZ", 2010, 2012, depth: 5), Self.channel("30", "BHZ", 2014, 2016, depth: 6),
    ]
    var inventory = Inventory(stations: [Self.station("A.B", nil, nil, latitude: 1, channels)])
    func find(_ location: String, _ code: String, _ year: Int) -> Inventory.ChannelMatch? {
      inventory.channel(
        StreamID(network: "A", station: "B", location: location, channel: code), at: Self.time(year))
    }
    #expect(find("00", "HHZ", 2010)?.channel.depth == 3)
    #expect(find("00", "HHZ", 2013)?.channel.depth == 4)
    #expect(find("00", "HHZ", 2013)?.isOtherLocation == false)
    #expect(find("", "HHZ", 2011)?.channel.depth == 3)
    #expect(find("--", "HHZ", 2020)?.channel.depth == 2)
    #expect(find("", "HHZ", 2020)?.isOtherLocation == true)
    // Another location that holds the time is better than the same one outside its epoch.
    #expect(find("", "BHZ", 2015)?.channel.depth == 6)
    #expect(find("", "BHZ", 2013)?.channel.depth == 5)
    #expect(find("", "BHZ", 2013)?.isOutsideEpoch == true)
    #expect(find("", "EHE", 2013) == nil && find("", "ENZ", 2013) == nil)
    // Another band of the same instrument and component: the fastest, then by name.
    #expect(find("", "EHZ", 2015)?.channel.depth == 6)
    #expect(find("", "EHZ", 2015)?.isOtherChannel == true)
    #expect(find("", "EHZ", 2011)?.channel.depth == 5)
    inventory.stations[0].channels[1].samplingRate = 100
    #expect(find("", "EHZ", 2011)?.channel.depth == 2)
    // The index follows a change.
    inventory.stations[0].channels.append(Self.channel("", "EHZ", nil, nil, depth: 7))
    #expect(find("00", "EHZ", 2013)?.channel.depth == 7)
  }

  @Test("inventories are put together")
  func merging() {
    let one = Inventory(stations: [
      Self.station("A.B", 2000, nil, latitude: 1, [Self.channel("", "HHZ", nil, nil, depth: 1)])
    ])
    let other = Inventory(stations: [
      Self.station(
        "A.B", 2000, nil, latitude: 9,
        [Self.channel("", "HHZ", nil, nil, depth: 9), Self.channel("", "HHN", nil, nil, depth: 2)]),
      Self.station("A.B", 2005, nil, latitude: 3),
    ])
    let both = one.merging(other)
    #expect(both.stations.map(\.latitude) == [1, 3])
    #expect(both.stations[0].channels.map(\.depth) == [1, 2])
    #expect(Inventory.merging([both, one, other]) == both)
    #expect(Inventory.merging([]) == Inventory())
  }

  @Test(
    "picks with other location codes than the inventory's find their channels",
    .enabled(if: SharedData.has("archive/antilles-2010"), "the shared data is not here"))
  func antilles() throws {
    let inventory = try Inventory.open(SharedData.path("archive/antilles-2010/inventory.xml"))
    let event = try #require(
      try CatalogFormat.open(SharedData.path("archive/antilles-2010/cdsa20100421051050GL.xml")).reader.next())
    var found: [String: Int] = [:]
    for pick in event.picks {
      let stream = pick.waveformID
      let id = StreamID(
        network: stream.networkCode, station: stream.stationCode, location: stream.locationCode ?? "",
        channel: stream.channelCode ?? "")
      guard let match = inventory.channel(id, at: pick.time.value) else { continue }
      #expect(match.station.id == id.stationID && match.isOtherChannel && !match.isOutsideEpoch)
      found["\(id.stationID) \(match.channel.code) \(match.channel.samplingRate ?? 0)", default: 0] += 1
    }
    // Of 382 picks those at the four stations of the inventory, all called EHZ.
    #expect(found == ["CU.ANWB BHZ 40.0": 8, "CU.BBGH BHZ 40.0": 6, "WI.DHS HHZ 100.0": 8, "G.FDF BHZ 20.0": 16])
  }

  @Test("an inventory goes to other ranks as bytes; cut or changed bytes make none, or another one, and never trap")
  func bytes() throws {
    let sensitivity = Sensitivity(value: 1e9, frequency: nil, inputUnits: "M/S", outputUnits: "COUNTS")
    var full = Self.channel("00", "HHZ", 2010, nil, depth: .nan)
    (full.azimuth, full.dip, full.samplingRate, full.sensitivity) = (-0.0, -90, 100, sensitivity)
    var station = Self.station(
      "A.Ö", 2000, 2005, latitude: 0.1 + 0.2, [full, Self.channel("", "EHZ", nil, nil, depth: 3)])
    station.siteName = "Straße, 1\n"
    full.depth = 5
    for inventory in [
      Inventory(), Inventory(stations: [Self.station("A.B", nil, nil, latitude: 1, [full]), station]),
    ] {
      let bytes = inventory.bytes
      // Written again, as NaN is not equal to itself.
      #expect(try #require(Inventory(bytes: bytes)).bytes == bytes)
      for length in 0..<bytes.count { #expect(Inventory(bytes: Array(bytes[..<length])) == nil) }
      #expect(Inventory(bytes: bytes + [0]) == nil)
      for place in bytes.indices {
        var changed = bytes
        changed[place] ^= 0xFF
        _ = Inventory(bytes: changed)
      }
    }
    let plain = Inventory(stations: [Self.station("A.B", nil, 2030, latitude: 1, [full])])
    #expect(Inventory(bytes: plain.bytes) == plain)
  }
}

import HSDLCompute
import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The stations of a job: where they stand, and which streams the archive has of them.
struct StationNetwork {
  /// A station as an event sees it.
  struct Site {
    var id: StationID
    var latitude: Double
    var longitude: Double
    /// In metres.
    var elevation: Double
    /// Epicentral, in km.
    var distance: Double
    /// From the epicentre to the station, in degrees.
    var azimuth: Double
    /// From the station to the epicentre, in degrees.
    var backazimuth: Double
    /// The archive's streams, sorted; empty where it has none.
    var streams: [StreamID]
  }

  let inventory: Inventory
  let archive: (any WaveformArchive)?
  /// All stations that are known by any source, sorted.
  private let ids: [StationID]
  private let streams: [StationID: [StreamID]]
  private let byCode: [String: [StationID]]

  init(inventory: Inventory?, archive: (any WaveformArchive)?) {
    self.inventory = inventory ?? Inventory()
    self.archive = archive
    var streams: [StationID: [StreamID]] = [:]
    for stream in archive?.streams ?? [] { streams[stream.stationID, default: []].append(stream) }
    self.streams = streams
    ids = Set(self.inventory.stations.map(\.id)).union(streams.keys).sorted()
    byCode = Dictionary(grouping: ids, by: \.code)
  }

  /// The station that a pick means: networks are often left out or differ between a catalog and an archive.
  ///
  /// A station of the archive goes before one of the inventory alone: Nordic files and SEISAN's stations know no networks,
  /// and then the inventory has a station of the pick's very name that is not the one with the waveforms.
  func resolved(_ id: StationID) -> StationID? {
    let candidates = byCode[id.code] ?? []
    if streams[id] != nil { return id }
    let recorded = candidates.filter {
      streams[$0] != nil && ($0.network.isEmpty || id.network.isEmpty)
    }
    if recorded.count == 1 { return recorded[0] }
    if candidates.contains(id) { return id }
    // Where either side does not know the network, or only one network has such a station.
    let likely = id.network.isEmpty ? candidates : candidates.filter { $0.network.isEmpty }
    if likely.count == 1 { return likely[0] }
    return candidates.count == 1 ? candidates[0] : nil
  }

  /// The station of a pick: a number that tells stations apart, and where it stood; nil where that is not known.
  func station(of id: StationID, at time: UTCTime) -> (number: UInt64, station: Station?) {
    let own = resolved(id) ?? id
    return (stableHash(own.description), inventory.station(own, at: time))
  }

  /// The stations around an epicentre whose place is known, by distance.
  ///
  /// - Parameter distance: in km.
  func sites(around place: EpicentralPlace, at time: UTCTime, within distance: Double) -> [Site] {
    // A degree of latitude has at least 110.5 km.
    let latitudes = place.latitude - distance / 110...place.latitude + distance / 110
    var sites: [Site] = []
    for id in ids {
      guard let match = inventory.match(id, at: time) else { continue }
      // A station that is not in the archive counts while it stood.
      let own = streams[id] ?? []
      if own.isEmpty && match.isOutsideEpoch { continue }
      let station = match.station
      guard latitudes.contains(station.latitude) else { continue }
      let path = Geodesic(
        fromLatitude: place.latitude, longitude: place.longitude, toLatitude: station.latitude,
        longitude: station.longitude)
      guard path.distance <= distance else { continue }
      sites.append(
        Site(
          id: id, latitude: station.latitude, longitude: station.longitude, elevation: station.elevation,
          distance: path.distance, azimuth: path.azimuth, backazimuth: path.backAzimuth, streams: own))
    }
    return sites.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
  }

  /// What the inventory says of a station's streams at a time.
  ///
  /// Location codes and epochs often differ between an inventory and an archive; the nearest entry is taken as the stream's.
  func channels(of site: Site, at time: UTCTime) -> [Channel] {
    site.streams.compactMap { stream in
      guard var channel = inventory.channel(stream, at: time)?.channel else { return nil }
      channel.location = stream.location
      channel.epoch = Epoch()
      return channel
    }
  }
}

/// Where an event was, as far as a catalog says it sensibly.
struct EpicentralPlace {
  var latitude: Double
  var longitude: Double
  /// In km below sea level; 0 where the catalog does not say.
  var depth: Double
  /// The same; NaN where the catalog does not say, or says what cannot be.
  var statedDepth: Double

  /// Takes the place from an origin; nil where its coordinates are none.
  init?(_ origin: Origin) {
    guard (-90...90).contains(origin.latitude.value), (-360...360).contains(origin.longitude.value) else { return nil }
    latitude = origin.latitude.value
    longitude = origin.longitude.value
    let stated = (origin.depth?.value ?? .nan) / 1000
    statedDepth = Self.depths.contains(stated) ? stated : .nan
    depth = statedDepth.isNaN ? 0 : min(statedDepth, Self.maximumDepth)
  }

  /// Deeper sources are looked at as if they were here, in km.
  static let maximumDepth = 700.0
  /// Where earthquakes are, in km.
  static let depths = -10.0...750.0
}

/// How uncertain a location is, as far as a catalog says, in km and s; NaN where it does not.
struct OriginUncertainties {
  var horizontal = Double.nan
  var depth = Double.nan
  var time = Double.nan

  init(_ origin: Origin) {
    for stated in origin.uncertainties {
      if let value = stated.horizontalUncertainty ?? stated.maxHorizontalUncertainty, value.isFinite, value >= 0 {
        horizontal = value / 1000
        break
      }
    }
    if horizontal.isNaN {
      let latitude = origin.latitude.errors?.uncertainty ?? .nan
      let longitude = origin.longitude.errors?.uncertainty ?? .nan
      // A degree has 111.2 km on the mean sphere.
      let east = longitude * cos(origin.latitude.value * .pi / 180)
      horizontal = 111.2 * (latitude * latitude + east * east).squareRoot()
    }
    if let value = origin.depth?.errors?.uncertainty, value.isFinite, value >= 0 { depth = value / 1000 }
    if let value = origin.time.errors?.uncertainty, value.isFinite, value >= 0 { time = value }
  }
}

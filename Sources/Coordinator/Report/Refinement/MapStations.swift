import Foundation
import SeismicFormats

/// The stations that the map of a refined catalog shows: those of the inventory that lie among the epicentres or not far from them.
struct MapStations: Equatable {
  /// A station.
  struct Station: Equatable {
    /// Network and station code.
    var id: String
    var latitude: Double
    var longitude: Double
  }

  /// The stations, in the order of their codes.
  var stations: [Station]

  /// Where they are kept below the output folder, so that the report can be made again.
  static let name = "\(FigureDrawer.folderName)/stations.csv"

  /// The stations of an inventory, each once, where it stood last.
  init(_ inventory: Inventory) {
    var last: [String: (start: UTCTime?, station: Station)] = [:]
    for station in inventory.stations
    where abs(station.latitude) <= 90 && abs(station.longitude) <= 360 {
      let id = station.id.description
      if let known = last[id], let start = known.start, station.epoch.start.map({ $0 < start }) ?? true { continue }
      last[id] = (
        station.epoch.start, Station(id: id, latitude: station.latitude, longitude: station.longitude)
      )
    }
    stations = last.keys.sorted().compactMap { last[$0]?.station }
  }

  /// Those in a region that is widened by a quarter of its width and height on each side; beyond, they would make the events a dot.
  func near(_ region: MapRegion) -> [Station] {
    let room = (east: (region.east - region.west) / 4, north: (region.north - region.south) / 4)
    guard region.east - region.west + 2 * room.east < 360 else { return stations }
    let wide = MapRegion(
      west: region.west - room.east, east: region.east + room.east, south: region.south - room.north,
      north: region.north + room.north)
    return stations.filter {
      (wide.west...wide.east).contains(wide.turned($0.longitude)) && (wide.south...wide.north).contains($0.latitude)
    }
  }

  /// Writes them; an older file goes where there are none.
  ///
  /// - Throws: ``FormatError``.
  func write(to output: String) throws {
    Self.remove(from: output)
    guard !stations.isEmpty else { return }
    let sink = TextSink()
    sink.append("station,latitude,longitude\n")
    for station in stations {
      sink.append(cell: station.id)
      for value in [station.latitude, station.longitude] {
        sink.append(byte: 44)
        sink.append(value)
      }
      sink.append(byte: 10)
    }
    try makeFolder("\(output)/\(FigureDrawer.folderName)")
    let file = try FileOutput("\(output)/\(Self.name)")
    try file.write(sink)
    try file.commit()
  }

  /// Removes what an earlier run has left.
  static func remove(from output: String) { unlink("\(output)/\(name)") }

  /// Reads what ``write(to:)`` has left; none where there is nothing.
  ///
  /// - Throws: ``FormatError``.
  init(readFrom output: String) throws {
    stations = []
    let path = "\(output)/\(Self.name)"
    guard FileManager.default.fileExists(atPath: path) else { return }
    var line = 0
    try TextLines.forEach(in: path) { bytes in
      line += 1
      guard line > 1 else { return }
      let fields = csvFields(bytes)
      guard fields.count == 3, let latitude = Double(fields[1]), let longitude = Double(fields[2]),
        abs(latitude) <= 90, abs(longitude) <= 360
      else {
        throw FormatError(
          .badData, file: path, at: .line(line), found: "it is not as it was written",
          expected: "station, latitude, longitude", remedy: "remove it to make a map without stations")
      }
      stations.append(Station(id: fields[0], latitude: latitude, longitude: longitude))
    }
  }
}

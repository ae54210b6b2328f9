/// What a column of a station table holds.
enum StationTableColumn: Hashable {
  case network, station, stationName, location, channel, components, latitude, longitude
  case elevation, elevationMetres, elevationKilometres, depth, azimuth, dip, samplingRate
  case gain, gainFrequency, gainUnits, start, end, site, place
  case other

  /// What a column of a given name holds; capitals, blanks and signs in the name mean nothing.
  init(name: String) {
    let plain = String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    self = Self.meanings[plain] ?? .other
  }

  private static let meanings: [String: StationTableColumn] = [
    "network": .network, "net": .network, "networkcode": .network, "nw": .network,
    "station": .station, "stationcode": .station, "sta": .station, "stationid": .station, "code": .station,
    "stacode": .station, "id": .station, "name": .stationName, "stationname": .stationName,
    "location": .location, "loc": .location, "locationcode": .location,
    "channel": .channel, "cha": .channel, "chan": .channel, "channelcode": .channel,
    "component": .components, "components": .components,
    "latitude": .latitude, "lat": .latitude, "latitudewgs84": .latitude, "latitudedeg": .latitude,
    "longitude": .longitude, "lon": .longitude, "lng": .longitude, "long": .longitude,
    "longitudewgs84": .longitude, "longitudedeg": .longitude,
    "elevation": .elevation, "elev": .elevation, "elv": .elevation, "altitude": .elevation, "height": .elevation,
    "elevationm": .elevationMetres, "elevm": .elevationMetres, "elvm": .elevationMetres,
    "altitudem": .elevationMetres, "heightm": .elevationMetres,
    "elevationkm": .elevationKilometres, "elevkm": .elevationKilometres, "elvkm": .elevationKilometres,
    "altitudekm": .elevationKilometres, "heightkm": .elevationKilometres,
    "depth": .depth, "localdepth": .depth, "azimuth": .azimuth, "azi": .azimuth, "dip": .dip,
    "samplerate": .samplingRate, "samplingrate": .samplingRate,
    "scale": .gain, "sensitivity": .gain, "gain": .gain, "response": .gain,
    "scalefreq": .gainFrequency, "scalefrequency": .gainFrequency,
    "scaleunits": .gainUnits, "type": .gainUnits, "unit": .gainUnits, "units": .gainUnits,
    "starttime": .start, "startdate": .start, "start": .start, "begin": .start, "ondate": .start,
    "endtime": .end, "enddate": .end, "end": .end, "offdate": .end,
    "sitename": .site, "site": .site, "place": .place, "description": .place,
  ]
}

/// How a station table is laid out.
struct StationTableLayout {
  var delimiter: UInt8
  var columns: [StationTableColumn]
  var names: [String]
  /// Whether the first line is a row.
  var isHeaderless = false
  /// Metres in a unit of a column `elevation` whose name does not say the unit.
  var elevationUnit = 1.0

  /// The layout that the first line of a file tells of; nil when it is no station table.
  init?(firstLine: Bytes) {
    let line = firstLine.trimmed
    guard !line.isEmpty else { return nil }
    for delimiter in [44, 124, 9, 59, 32] as [UInt8] {
      var names = Self.split(line, delimiter)
      guard names.count >= 3 else { continue }
      if names[0].hasPrefix("#") { names[0].removeFirst() }
      var columns = names.map(StationTableColumn.init(name:))
      // A table of events has coordinates too.
      let isEvents = names.contains {
        ["time", "origintime", "magnitude", "mag", "eventid", "evid", "phase", "phasetype"].contains(
          $0.lowercased().filter { $0.isLetter })
      }
      if isEvents { continue }
      // "Name" is the code where nothing else is, and the name of the place beside a code.
      let isNamed = !columns.contains(.station)
      for place in columns.indices where columns[place] == .stationName { columns[place] = isNamed ? .station : .site }
      if columns.contains(.site) {
        for place in columns.indices where columns[place] == .place { columns[place] = .other }
      }
      guard columns.contains(.station), columns.contains(.latitude), columns.contains(.longitude) else { continue }
      self.init(delimiter: delimiter, columns: columns, names: names)
      if isNamed && columns.contains(.elevation) && !columns.contains(.network) { elevationUnit = 1000 }
      return
    }
    self.init(headerless: Self.split(line, 32))
  }

  private init(delimiter: UInt8, columns: [StationTableColumn], names: [String]) {
    self.delimiter = delimiter
    self.columns = columns
    self.names = names
  }

  /// REAL's `longitude latitude network station channel elevation[km]`, or `station latitude longitude elevation[m]`.
  private init?(headerless words: [String]) {
    func isNumber(_ index: Int, _ limit: Double) -> Bool {
      var word = words[index]
      return word.withUTF8(parseDecimal).map { abs($0) <= limit } ?? false
    }
    if words.count == 6, isNumber(0, 360), isNumber(1, 90), !isNumber(3, 1e9), !isNumber(4, 1e9), isNumber(5, 10) {
      let columns: [StationTableColumn] = [
        .longitude, .latitude, .network, .station, .channel, .elevationKilometres,
      ]
      self.init(
        delimiter: 32, columns: columns,
        names: ["longitude", "latitude", "network", "station", "channel", "elevation"])
    } else if (3...5).contains(words.count), !isNumber(0, 1e9), isNumber(1, 90), isNumber(2, 360),
      (3..<words.count).allSatisfy({ isNumber($0, .greatestFiniteMagnitude) })
    {
      let columns: [StationTableColumn] = [.station, .latitude, .longitude, .elevationMetres, .gain]
      let names = ["station", "latitude", "longitude", "elevation", "gain"]
      self.init(delimiter: 32, columns: Array(columns[..<words.count]), names: Array(names[..<words.count]))
    } else {
      return nil
    }
    isHeaderless = true
  }

  /// Cuts a line into fields; blanks may be any number.
  static func split(_ line: Bytes, _ delimiter: UInt8) -> [String] {
    delimiter == 32
      ? line.split { $0 == 32 || $0 == 9 }.map { String(decoding: $0, as: UTF8.self) }
      : fields(of: line, delimiter: delimiter).map(trimmed)
  }
}

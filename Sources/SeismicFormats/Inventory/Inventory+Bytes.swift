extension Inventory {
  /// The inventory as bytes, for other ranks of a job: read once, handed around, and the same again.
  public var bytes: [UInt8] {
    let writer = ValueWriter()
    writer.put(stations.count)
    for station in stations {
      for text in [station.id.network, station.id.code, station.siteName] { writer.put(text) }
      for value in [station.latitude, station.longitude, station.elevation] { writer.put(value) }
      writer.put(optional: station.epoch.start)
      writer.put(optional: station.epoch.end)
      writer.put(station.channels.count)
      for channel in station.channels {
        writer.put(channel.location)
        writer.put(channel.code)
        for value in [channel.latitude, channel.longitude, channel.elevation, channel.depth] {
          writer.put(value)
        }
        for value in [channel.azimuth, channel.dip, channel.samplingRate] { writer.put(optional: value) }
        writer.put(optional: channel.epoch.start)
        writer.put(optional: channel.epoch.end)
        writer.put(optional: channel.sensitivity?.value)
        guard let sensitivity = channel.sensitivity else { continue }
        writer.put(optional: sensitivity.frequency)
        writer.put(sensitivity.inputUnits)
        writer.put(sensitivity.outputUnits)
      }
    }
    return writer.bytes
  }

  /// Takes an inventory from ``bytes``; nil where they are others.
  public init?(bytes: [UInt8]) {
    var reader = ValueReader(bytes)
    let stations: [Station] = reader.list { reader in
      var station = Station(
        id: StationID(network: reader.text(), code: reader.text()), latitude: 0, longitude: 0)
      station.siteName = reader.text()
      station.latitude = reader.number()
      station.longitude = reader.number()
      station.elevation = reader.number()
      station.epoch = Epoch(start: reader.optional { $0.time() }, end: reader.optional { $0.time() })
      station.channels = reader.list { reader in
        var channel = Channel(location: reader.text(), code: reader.text(), latitude: 0, longitude: 0)
        channel.latitude = reader.number()
        channel.longitude = reader.number()
        channel.elevation = reader.number()
        channel.depth = reader.number()
        channel.azimuth = reader.optional { $0.number() }
        channel.dip = reader.optional { $0.number() }
        channel.samplingRate = reader.optional { $0.number() }
        channel.epoch = Epoch(start: reader.optional { $0.time() }, end: reader.optional { $0.time() })
        channel.sensitivity = reader.optional { reader in
          let value = reader.number()
          let frequency = reader.optional { $0.number() }
          return Sensitivity(
            value: value, frequency: frequency, inputUnits: reader.text(), outputUnits: reader.text())
        }
        return channel
      }
      return station
    }
    guard reader.isWhole else { return nil }
    self.init(stations: stations)
  }
}

extension Inventory {
  /// The inventory as bytes, for other ranks of a job: read once, handed around, and the same again.
  public var bytes: [UInt8] {
    let sink = TextSink()
    func put(_ text: String) {
      sink.append(binary: Int64(text.utf8.count))
      sink.append(text: text)
    }
    func put(_ value: Double?) {
      sink.append(byte: value == nil ? 0 : 1)
      if let value { sink.append(binary: value.bitPattern) }
    }
    func put(_ time: UTCTime?) {
      sink.append(byte: time == nil ? 0 : 1)
      guard let time else { return }
      sink.append(binary: time.seconds)
      sink.append(binary: time.nanoseconds)
    }
    sink.append(binary: Int64(stations.count))
    for station in stations {
      for text in [station.id.network, station.id.code, station.siteName] { put(text) }
      for value in [station.latitude, station.longitude, station.elevation] { sink.append(binary: value.bitPattern) }
      put(station.epoch.start)
      put(station.epoch.end)
      sink.append(binary: Int64(station.channels.count))
      for channel in station.channels {
        put(channel.location)
        put(channel.code)
        for value in [channel.latitude, channel.longitude, channel.elevation, channel.depth] {
          sink.append(binary: value.bitPattern)
        }
        for value in [channel.azimuth, channel.dip, channel.samplingRate] { put(value) }
        put(channel.epoch.start)
        put(channel.epoch.end)
        put(channel.sensitivity?.value)
        guard let sensitivity = channel.sensitivity else { continue }
        put(sensitivity.frequency)
        put(sensitivity.inputUnits)
        put(sensitivity.outputUnits)
      }
    }
    return Array(sink.bytes)
  }

  /// Takes an inventory from ``bytes``; nil where they are others.
  public init?(bytes: [UInt8]) {
    var reader = Reader(bytes: bytes)
    let stations: [Station] = reader.list { reader in
      var station = Station(
        id: StationID(network: reader.text(), code: reader.text()), latitude: 0, longitude: 0)
      station.siteName = reader.text()
      station.latitude = reader.number()
      station.longitude = reader.number()
      station.elevation = reader.number()
      station.epoch = reader.epoch()
      station.channels = reader.list { reader in
        var channel = Channel(location: reader.text(), code: reader.text(), latitude: 0, longitude: 0)
        channel.latitude = reader.number()
        channel.longitude = reader.number()
        channel.elevation = reader.number()
        channel.depth = reader.number()
        channel.azimuth = reader.optional { $0.number() }
        channel.dip = reader.optional { $0.number() }
        channel.samplingRate = reader.optional { $0.number() }
        channel.epoch = reader.epoch()
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

  /// Takes values from bytes one after the other; behind the end there are only zeros.
  private struct Reader {
    let bytes: [UInt8]
    private var place = 0
    private var isShort = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Whether all bytes were taken, and there were enough of them.
    var isWhole: Bool { !isShort && place == bytes.count }

    private mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number {
      guard bytes.count - place >= MemoryLayout<Number>.size else {
        isShort = true
        return 0
      }
      defer { place += MemoryLayout<Number>.size }
      return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Number.self) }
    }

    mutating func number() -> Double { Double(bitPattern: integer(UInt64.self)) }

    mutating func text() -> String {
      let count = integer(Int64.self)
      guard count >= 0, count <= bytes.count - place else {
        isShort = true
        return ""
      }
      defer { place += Int(count) }
      return String(decoding: bytes[place..<place + Int(count)], as: UTF8.self)
    }

    mutating func optional<Value>(_ body: (inout Reader) -> Value) -> Value? {
      integer(UInt8.self) == 1 ? body(&self) : nil
    }

    mutating func epoch() -> Epoch {
      func time(_ reader: inout Reader) -> UTCTime {
        let seconds = reader.integer(Int64.self)
        return UTCTime(seconds: seconds, nanoseconds: Int64(reader.integer(Int32.self)))
      }
      let start = optional(time)
      return Epoch(start: start, end: optional(time))
    }

    mutating func list<Element>(_ body: (inout Reader) -> Element) -> [Element] {
      let count = integer(Int64.self)
      var list: [Element] = []
      // Each takes at least a byte, so a count that lies ends soon.
      while list.count < count, !isShort { list.append(body(&self)) }
      return list
    }
  }
}

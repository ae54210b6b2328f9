/// Stations and their channels, as they were from when to when.
///
/// Looking up a station or channel by its codes takes the same time however many there are: an index is made at the
/// first look and kept until the stations change.
public struct Inventory: Sendable {
  /// The stations, one entry an epoch.
  public var stations: [Station] { didSet { lazyIndex = LazyInventoryIndex() } }
  /// Where the stations and channels stand by their codes.
  var lazyIndex = LazyInventoryIndex()

  /// Creates an inventory.
  public init(stations: [Station] = []) { self.stations = stations }
}

extension Inventory: Hashable {
  public static func == (left: Inventory, right: Inventory) -> Bool { left.stations == right.stations }
  public func hash(into hasher: inout Hasher) { hasher.combine(stations) }
}

/// From when to when something held.
public struct Epoch: Hashable, Sendable {
  /// The first instant; nil for always before.
  public var start: UTCTime?
  /// The end, which does not belong to it; nil for still now.
  public var end: UTCTime?

  /// Creates an epoch.
  public init(start: UTCTime? = nil, end: UTCTime? = nil) {
    self.start = start
    self.end = end
  }

  /// Whether an instant lies in it.
  public func contains(_ time: UTCTime) -> Bool {
    (start.map { $0 <= time } ?? true) && (end.map { time < $0 } ?? true)
  }
}

/// A place where instruments stand, during one epoch.
public struct Station: Hashable, Sendable {
  /// Network and station code.
  public var id: StationID
  /// Latitude, in degrees north.
  public var latitude: Double
  /// Longitude, in degrees east.
  public var longitude: Double
  /// Height of the ground above sea level, in metres.
  public var elevation: Double
  /// From when to when.
  public var epoch: Epoch
  /// What the place is called; empty where it is not stated.
  public var siteName: String
  /// The channels, one entry an epoch; empty where the file says nothing of them.
  public var channels: [Channel]

  /// Creates a station.
  public init(
    id: StationID, latitude: Double, longitude: Double, elevation: Double = 0, epoch: Epoch = Epoch(),
    siteName: String = "", channels: [Channel] = []
  ) {
    self.id = id
    self.latitude = latitude
    self.longitude = longitude
    self.elevation = elevation
    self.epoch = epoch
    self.siteName = siteName
    self.channels = channels
  }
}

/// One component of an instrument, during one epoch.
public struct Channel: Hashable, Sendable {
  /// Location code.
  public var location: String
  /// Channel code.
  public var code: String
  /// Latitude, in degrees north.
  public var latitude: Double
  /// Longitude, in degrees east.
  public var longitude: Double
  /// Height of the instrument above sea level, in metres; add the depth for that of the ground.
  public var elevation: Double
  /// How deep the instrument is under the ground, in metres.
  public var depth: Double
  /// Where the component points, in degrees clockwise from north; nil where it is not stated.
  public var azimuth: Double?
  /// How it is inclined, in degrees down from the horizontal: -90 is up; nil where it is not stated.
  public var dip: Double?
  /// Samples per second; nil where it is not stated.
  public var samplingRate: Double?
  /// The overall gain; nil where it is not stated.
  public var sensitivity: Sensitivity?
  /// From when to when.
  public var epoch: Epoch

  /// Creates a channel.
  public init(
    location: String, code: String, latitude: Double, longitude: Double, elevation: Double = 0, depth: Double = 0,
    azimuth: Double? = nil, dip: Double? = nil, samplingRate: Double? = nil, sensitivity: Sensitivity? = nil,
    epoch: Epoch = Epoch()
  ) {
    self.location = location
    self.code = code
    self.latitude = latitude
    self.longitude = longitude
    self.elevation = elevation
    self.depth = depth
    self.azimuth = azimuth
    self.dip = dip
    self.samplingRate = samplingRate
    self.sensitivity = sensitivity
    self.epoch = epoch
  }
}

/// Counts per unit of ground motion, at a frequency.
public struct Sensitivity: Hashable, Sendable {
  /// Output per input: counts per `inputUnits`.
  public var value: Double
  /// At which frequency, in Hz; nil where it is not stated.
  public var frequency: Double?
  /// What is measured: `M/S`, `M/S**2`, `M`; as written, in capitals.
  public var inputUnits: String
  /// What comes out: `COUNTS`; as written, in capitals.
  public var outputUnits: String

  /// Creates a sensitivity.
  public init(value: Double, frequency: Double? = nil, inputUnits: String = "M/S", outputUnits: String = "COUNTS") {
    self.value = value
    self.frequency = frequency
    self.inputUnits = inputUnits
    self.outputUnits = outputUnits
  }
}

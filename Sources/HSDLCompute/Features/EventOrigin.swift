public import SeismicFormats

/// What features of origins are computed from: one event, its phases and the stations that could have seen it.
public struct EventOrigin: Sendable {
  /// An arrival that belongs to the event.
  public struct Phase: Sendable {
    /// Which station, by any number that tells stations apart.
    public var station: UInt64
    /// The wave.
    public var wave: Wave
    /// When it arrived.
    public var time: UTCTime
    /// Latitude of the station, in degrees north; NaN where it is not known.
    public var latitude: Double
    /// Longitude of the station, in degrees east.
    public var longitude: Double
    /// Height of the station, in m above sea level.
    public var elevation: Double

    /// Creates a phase.
    public init(
      station: UInt64, wave: Wave, time: UTCTime, latitude: Double, longitude: Double, elevation: Double = 0
    ) {
      self.station = station
      self.wave = wave
      self.time = time
      self.latitude = latitude
      self.longitude = longitude
      self.elevation = elevation
    }
  }

  /// A station that was running.
  public struct RunningStation: Sendable {
    /// Which station, by the same number as in phases.
    public var station: UInt64
    /// Latitude, in degrees north.
    public var latitude: Double
    /// Longitude, in degrees east.
    public var longitude: Double

    /// Creates a station.
    public init(station: UInt64, latitude: Double, longitude: Double) {
      self.station = station
      self.latitude = latitude
      self.longitude = longitude
    }
  }

  /// Origin time.
  public var time: UTCTime
  /// Latitude of the epicentre, in degrees north.
  public var latitude: Double
  /// Longitude of the epicentre, in degrees east.
  public var longitude: Double
  /// Depth, in km below sea level; NaN where it is not stated.
  public var depth: Double
  /// Magnitude; NaN where it is not stated.
  public var magnitude: Double
  /// Magnitudes of the stations; may be empty.
  public var stationMagnitudes: [Double]
  /// Horizontal uncertainty, in km; NaN where it is not stated.
  public var horizontalError: Double
  /// Uncertainty of the depth, in km; NaN where it is not stated.
  public var depthError: Double
  /// The arrivals, in any order.
  public var phases: [Phase]
  /// The stations that were running at the time, each once, in any order; empty where it is not known.
  public var running: [RunningStation]

  /// Creates an origin.
  public init(
    time: UTCTime, latitude: Double, longitude: Double, depth: Double = .nan, magnitude: Double = .nan,
    stationMagnitudes: [Double] = [], horizontalError: Double = .nan, depthError: Double = .nan, phases: [Phase] = [],
    running: [RunningStation] = []
  ) {
    self.time = time
    self.latitude = latitude
    self.longitude = longitude
    self.depth = depth
    self.magnitude = magnitude
    self.stationMagnitudes = stationMagnitudes
    self.horizontalError = horizontalError
    self.depthError = depthError
    self.phases = phases
    self.running = running
  }
}

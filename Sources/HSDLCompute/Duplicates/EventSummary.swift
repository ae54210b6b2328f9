public import SeismicFormats

/// What is compared when events are searched for duplicates.
public struct EventSummary: Sendable {
  /// A pick of the event.
  public struct Pick: Sendable {
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

    /// Creates a pick.
    public init(station: UInt64, wave: Wave, time: UTCTime, latitude: Double = .nan, longitude: Double = .nan) {
      self.station = station
      self.wave = wave
      self.time = time
      self.latitude = latitude
      self.longitude = longitude
    }
  }

  /// The event's name; no two events have the same.
  public var id: String
  /// Origin time.
  public var time: UTCTime
  /// Latitude, in degrees north.
  public var latitude: Double
  /// Longitude, in degrees east.
  public var longitude: Double
  /// Depth, in km below sea level; NaN where it is not stated.
  public var depth: Double
  /// Uncertainty of the origin time, in s; NaN where it is not stated.
  public var timeError: Double
  /// Horizontal uncertainty, in km; NaN where it is not stated.
  public var horizontalError: Double
  /// Root mean square residual, in s; NaN where it is not stated.
  public var rms: Double
  /// When the event was entered; nil where it is not stated.
  public var created: UTCTime?
  /// The picks; the earliest of a station and wave counts.
  public var picks: [Pick]

  /// Creates a summary.
  public init(
    id: String, time: UTCTime, latitude: Double, longitude: Double, depth: Double = .nan, timeError: Double = .nan,
    horizontalError: Double = .nan, rms: Double = .nan, created: UTCTime? = nil, picks: [Pick] = []
  ) {
    self.id = id
    self.time = time
    self.latitude = latitude
    self.longitude = longitude
    self.depth = depth
    self.timeError = timeError
    self.horizontalError = horizontalError
    self.rms = rms
    self.created = created
    // Sorted once, so that picks of two events are compared by walking along both.
    let sorted = picks.sorted { a, b in
      if a.station != b.station { return a.station < b.station }
      if a.wave != b.wave { return a.wave == .p }
      return a.time < b.time
    }
    var kept: [Pick] = []
    for pick in sorted where kept.last?.station != pick.station || kept.last?.wave != pick.wave { kept.append(pick) }
    self.picks = kept
  }
}

/// Events that are the same shock.
public struct DuplicateGroup: Hashable, Sendable {
  /// The event to keep: the one with most picks; of these the one with the smallest residuals, the one that was entered
  /// first, the one whose name comes first.
  public var preferred: String
  /// The others, by their names.
  public var alternatives: [String]

  /// Creates a group.
  public init(preferred: String, alternatives: [String]) {
    self.preferred = preferred
    self.alternatives = alternatives
  }
}

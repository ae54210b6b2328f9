public import SeismicFormats

/// The components of one sensor over one span, on one time grid, ready for computing.
public struct StationRecord: Sendable {
  /// One component.
  public struct Component: Sendable {
    /// The channel that it comes from.
    public var channel: String
    /// The samples, as many as the record says; where they are missing, a straight line between the neighbours, or the
    /// nearest sample at the ends.
    public var samples: [Double]
    /// Which samples are missing, in order, not touching each other.
    public var missing: [Range<Int>]
    /// Which samples are at the digitizer's rail, in order.
    public var clipped: [Range<Int>]

    /// Creates a component.
    public init(channel: String, samples: [Double], missing: [Range<Int>] = [], clipped: [Range<Int>] = []) {
      self.channel = channel
      self.samples = samples
      self.missing = missing
      self.clipped = clipped
    }
  }

  /// The station.
  public var station: StationID
  /// The time of the first sample.
  public var start: UTCTime
  /// Samples per second.
  public var samplingRate: Double
  /// The number of samples of each component.
  public var count: Int
  /// Up; nil where there is none.
  public var vertical: Component?
  /// North, or the first horizontal component; nil where there is none.
  public var north: Component?
  /// East, or the second horizontal component; nil where there is none.
  public var east: Component?
  /// Whether the horizontal components point north and east (rotated where the inventory says how they stand).
  public var isOriented: Bool
  /// Counts per unit of motion by which the samples were divided; nil when they are counts still.
  ///
  /// Each component was divided by its own; this is that of the first one, vertical first.
  public var sensitivity: Double?
  /// The unit that the samples have after that, as the inventory writes it: `M/S`, `M/S**2`; nil for counts.
  public var inputUnits: String?

  /// Creates a record.
  public init(
    station: StationID, start: UTCTime, samplingRate: Double, count: Int, vertical: Component? = nil,
    north: Component? = nil, east: Component? = nil, isOriented: Bool = false, sensitivity: Double? = nil,
    inputUnits: String? = nil
  ) {
    self.station = station
    self.start = start
    self.samplingRate = samplingRate
    self.count = count
    self.vertical = vertical
    self.north = north
    self.east = east
    self.isOriented = isOriented
    self.sensitivity = sensitivity
    self.inputUnits = inputUnits
  }
}

/// What a data set for training says of one waveform: where and when it was recorded, what is in it, and what made it.
public struct LabelledWaveform: Hashable, Sendable {
  /// What the waveform shows.
  public enum Category: Hashable, Sendable {
    /// An earthquake.
    case earthquake
    /// No event.
    case noise
    /// Something else, as it is written: an explosion, a quarry blast.
    case other(String)
    /// It is not stated.
    case unknown
  }

  /// Which part of a study it is for.
  public enum Split: String, Hashable, Sendable {
    /// For fitting.
    case train
    /// For choosing settings.
    case development = "dev"
    /// For the figures at the end.
    case test
  }

  /// An arrival within the waveform.
  public struct Arrival: Hashable, Sendable {
    /// At which sample, counted from 0, at the waveform's own rate; may lie between samples, and outside of it.
    public var sample: Double
    /// Who made it: `manual`, `automatic`, `autopicker`; empty where it is not stated.
    public var status: String
    /// How sure it is, from 0 to 1; nil where it is not stated.
    public var weight: Double?

    /// Creates an arrival.
    public init(sample: Double, status: String = "", weight: Double? = nil) {
      self.sample = sample
      self.status = status
      self.weight = weight
    }
  }

  /// What made the waveform.
  public struct Source: Hashable, Sendable {
    /// The event's identifier; empty where it is not stated.
    public var id = ""
    /// The origin time.
    public var time: UTCTime?
    /// In degrees north.
    public var latitude: Double?
    /// In degrees east.
    public var longitude: Double?
    /// Below sea level, in metres.
    public var depth: Double?
    /// The magnitude.
    public var magnitude: Double?
    /// Which magnitude it is, as written: `ml`; empty where it is not stated.
    public var magnitudeType = ""
    /// From the epicentre to the station, in metres.
    public var distance: Double?
    /// From the station to the epicentre, in degrees clockwise from north, as written: some data sets have it wrong.
    public var backAzimuth: Double?

    /// Creates a source of which nothing is known.
    public init() {}
  }

  /// Its name in the data set.
  public var name: String
  /// The station.
  public var station: StationID
  /// The location code; often empty.
  public var location = ""
  /// Band and instrument code: `HH`; empty where it is not stated.
  public var sensor = ""
  /// The time of the first sample; nil where it is not stated.
  public var start: UTCTime?
  /// Samples per second.
  public var samplingRate: Double
  /// What it shows.
  public var category: Category = .unknown
  /// The arrival of P; nil where there is none.
  public var p: Arrival?
  /// The arrival of S; nil where there is none.
  public var s: Arrival?
  /// The sample at which the coda ends; nil where it is not stated.
  public var codaEnd: Double?
  /// Signal-to-noise ratios, in decibels: one, or one a component in the order of the data set; empty where not stated.
  public var snr: [Double] = []
  /// What made it.
  public var source = Source()
  /// Where the station is; nil where it is not stated.
  public var place: Station?
  /// Which part of a study it is for; nil where it is not stated.
  public var split: Split?
  /// Everything else that is stated, by the name that it has there, in that order.
  public var columns: [Event.Column] = []

  /// Creates a row of which only the name is known.
  public init(name: String, station: StationID = StationID(network: "", code: ""), samplingRate: Double = 0) {
    self.name = name
    self.station = station
    self.samplingRate = samplingRate
  }
}

/// Waveforms with labels, row by row, for training and for tests.
///
/// A data set belongs to one rank and is used by one thread at a time. Only what is needed to find a row is kept in memory.
public protocol LabelledWaveforms: AnyObject {
  /// The number of waveforms.
  var count: Int { get }

  /// What is said of a waveform.
  ///
  /// - Parameter index: 0 ..< ``count``, in the order of the data set.
  /// - Throws: ``FormatError``, also for an index outside.
  func row(_ index: Int) throws -> LabelledWaveform

  /// A waveform: its components, vertical first, then north, then east, then others in the order of the data set.
  ///
  /// - Parameter index: 0 ..< ``count``.
  /// - Returns: traces of the same length and rate; their time is 1970 where the start is not stated.
  /// - Throws: ``FormatError``, also for an index outside.
  func waveform(_ index: Int) throws -> [Trace]
}

/// An arrival that a picker found at a station.
public struct StationPick: Sendable, Hashable {
  /// The codes of the sensor; the channel is band and instrument without a component: `HH`.
  public var sensor: StreamID
  /// The phase: `P` or `S`.
  public var phase: String
  /// When the wave arrived.
  public var time: UTCTime
  /// The picker's probability, 0 to 1.
  public var score: Double
  /// The width of the picker's curve at half its height, in s; nil where it is not known.
  public var uncertainty: Double?
  /// Signal to noise, in dB; nil where it is not known.
  public var signalToNoise: Double?
  /// The largest motion around the pick, in the unit of the input; nil where it is not known.
  public var amplitude: Double?
  /// The name of the detection that the pick belongs to, the same for P and S; empty for none.
  public var detection: String
  /// The first digits of the hash of the picker's model; empty where it is not known.
  public var model: String

  /// Describes a pick.
  public init(
    sensor: StreamID, phase: String, time: UTCTime, score: Double, uncertainty: Double? = nil,
    signalToNoise: Double? = nil, amplitude: Double? = nil, detection: String = "", model: String = ""
  ) {
    self.sensor = sensor
    self.phase = phase
    self.time = time
    self.score = score
    self.uncertainty = uncertainty
    self.signalToNoise = signalToNoise
    self.amplitude = amplitude
    self.detection = detection
    self.model = model
  }
}

extension StationPick {
  /// The time as a table holds it: to the nearest microsecond.
  public var tableTime: UTCTime {
    UTCTime(seconds: time.seconds, nanoseconds: (Int64(time.nanoseconds) + 500) / 1000 * 1000)
  }

  /// Whether the pick stands before another in a table: by time, then by the sensor's text, then by phase.
  public func comesFirst(before other: StationPick) -> Bool {
    let (left, right) = (tableTime, other.tableTime)
    if left != right { return left < right }
    if sensor != other.sensor {
      return sensor.description.utf8.lexicographicallyPrecedes(other.sensor.description.utf8)
    }
    return phase < other.phase
  }
}

/// The time at which a phase was seen at a station.
public struct Pick: Hashable, Sendable {
  /// Resource identifier.
  public var publicID: String
  /// The time.
  public var time: TimeQuantity
  /// The stream that it was seen on.
  public var waveformID: WaveformStreamID
  /// Which phase it is thought to be.
  public var phaseHint: String?
  /// How sure the picker is, 0 to 1.
  public var probability: Double?
  /// Resource identifier of the filter.
  public var filterID: String?
  /// Resource identifier of the picker.
  public var methodID: String?
  /// Horizontal slowness, in s/deg.
  public var horizontalSlowness: RealQuantity?
  /// Direction that the wave came from, in degrees clockwise from north.
  public var backazimuth: RealQuantity?
  /// Resource identifier of the method for the slowness.
  public var slownessMethodID: String?
  /// `emergent`, `impulsive` or `questionable`.
  public var onset: String?
  /// `positive`, `negative` or `undecidable`.
  public var polarity: String?
  /// Whether a person or a program made it.
  public var evaluationMode: EvaluationMode?
  /// How far it has been looked at.
  public var evaluationStatus: EvaluationStatus?
  /// Remarks.
  public var comments: [Comment] = []
  /// Who made it.
  public var creationInfo: CreationInfo?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a pick.
  public init(publicID: String, time: TimeQuantity, waveformID: WaveformStreamID) {
    self.publicID = publicID
    self.time = time
    self.waveformID = waveformID
  }
}

/// A pick that an origin explains as one of its phases.
public struct Arrival: Hashable, Sendable {
  /// Resource identifier.
  public var publicID: String
  /// Resource identifier of the pick.
  public var pickID: String
  /// The phase.
  public var phase: String
  /// Correction of the travel time, in seconds.
  public var timeCorrection: Double?
  /// Azimuth from the epicentre to the station, in degrees.
  public var azimuth: Double?
  /// Epicentral distance, in degrees.
  public var distance: Double?
  /// Angle at which the ray leaves the source, in degrees from down.
  public var takeoffAngle: RealQuantity?
  /// Observed minus computed arrival time, in seconds.
  public var timeResidual: Double?
  /// Residual of the horizontal slowness, in s/deg.
  public var horizontalSlownessResidual: Double?
  /// Residual of the backazimuth, in degrees.
  public var backazimuthResidual: Double?
  /// Weight of the time in the location.
  public var timeWeight: Double?
  /// Weight of the horizontal slowness.
  public var horizontalSlownessWeight: Double?
  /// Weight of the backazimuth.
  public var backazimuthWeight: Double?
  /// Resource identifier of the Earth model.
  public var earthModelID: String?
  /// Remarks.
  public var comments: [Comment] = []
  /// Who made it.
  public var creationInfo: CreationInfo?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an arrival.
  public init(publicID: String, pickID: String, phase: String) {
    self.publicID = publicID
    self.pickID = pickID
    self.phase = phase
  }
}

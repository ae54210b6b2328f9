/// The size of an earthquake on some scale.
public struct Magnitude: Hashable, Sendable {
  /// Resource identifier.
  public var publicID: String
  /// The value.
  public var mag: RealQuantity
  /// The scale, such as `ML` or `Mw`.
  public var type: String?
  /// Number of stations.
  public var stationCount: Int?
  /// Largest angle without a station, in degrees.
  public var azimuthalGap: Double?
  /// Resource identifier of the origin that distances were taken from.
  public var originID: String?
  /// Resource identifier of the method.
  public var methodID: String?
  /// The station magnitudes that it was made of.
  public var stationMagnitudeContributions: [StationMagnitudeContribution] = []
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

  /// Creates a magnitude.
  public init(publicID: String, mag: RealQuantity) {
    self.publicID = publicID
    self.mag = mag
  }
}

/// What one station magnitude adds to a magnitude.
public struct StationMagnitudeContribution: Hashable, Sendable {
  /// Resource identifier of the station magnitude.
  public var stationMagnitudeID: String
  /// Its residual.
  public var residual: Double?
  /// Its weight.
  public var weight: Double?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a contribution.
  public init(stationMagnitudeID: String) { self.stationMagnitudeID = stationMagnitudeID }
}

/// The size of an earthquake as one station saw it.
public struct StationMagnitude: Hashable, Sendable {
  /// Resource identifier.
  public var publicID: String
  /// The value.
  public var mag: RealQuantity
  /// Resource identifier of the origin; required by QuakeML, often missing.
  public var originID: String?
  /// The scale.
  public var type: String?
  /// Resource identifier of the amplitude.
  public var amplitudeID: String?
  /// Resource identifier of the method.
  public var methodID: String?
  /// The stream it was measured on.
  public var waveformID: WaveformStreamID?
  /// Remarks.
  public var comments: [Comment] = []
  /// Who made it.
  public var creationInfo: CreationInfo?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a station magnitude.
  public init(publicID: String, mag: RealQuantity) {
    self.publicID = publicID
    self.mag = mag
  }
}

/// An amplitude measured on a waveform.
public struct Amplitude: Hashable, Sendable {
  /// Resource identifier.
  public var publicID: String
  /// The value, in `unit`.
  public var genericAmplitude: RealQuantity
  /// What kind of amplitude, such as `AML`.
  public var type: String?
  /// `point`, `mean`, `duration`, `period`, `integral` or `other`.
  public var category: String?
  /// Unit, such as `m` or `m/s`.
  public var unit: String?
  /// Resource identifier of the method.
  public var methodID: String?
  /// Dominant period, in seconds.
  public var period: RealQuantity?
  /// Signal-to-noise ratio.
  public var snr: Double?
  /// The window it was measured in.
  public var timeWindow: TimeWindow?
  /// Resource identifier of the pick.
  public var pickID: String?
  /// The stream it was measured on.
  public var waveformID: WaveformStreamID?
  /// Resource identifier of the filter.
  public var filterID: String?
  /// When the amplitude was reached.
  public var scalingTime: TimeQuantity?
  /// Which magnitude it is meant for.
  public var magnitudeHint: String?
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

  /// Creates an amplitude.
  public init(publicID: String, genericAmplitude: RealQuantity) {
    self.publicID = publicID
    self.genericAmplitude = genericAmplitude
  }
}

/// Where and when an earthquake began.
public struct Origin: Hashable, Sendable {
  /// Resource identifier.
  public var publicID: String
  /// Origin time.
  public var time: TimeQuantity
  /// Latitude, in degrees north.
  public var latitude: RealQuantity
  /// Longitude, in degrees east.
  public var longitude: RealQuantity
  /// Depth, in metres, positive down.
  public var depth: RealQuantity?
  /// How the depth was found.
  public var depthType: String?
  /// Whether the time was held fixed.
  public var timeFixed: Bool?
  /// Whether the epicentre was held fixed.
  public var epicenterFixed: Bool?
  /// Resource identifier of the reference system.
  public var referenceSystemID: String?
  /// Resource identifier of the location method.
  public var methodID: String?
  /// Resource identifier of the Earth model.
  public var earthModelID: String?
  /// Known parts of the time of a historical earthquake.
  public var compositeTimes: [CompositeTime] = []
  /// Numbers that tell how good the location is.
  public var quality: OriginQuality?
  /// `hypocenter`, `centroid`, `amplitude`, `macroseismic`, `rupture start` or `rupture end`.
  public var type: String?
  /// Name of the region.
  public var region: String?
  /// Whether a person or a program made it.
  public var evaluationMode: EvaluationMode?
  /// How far it has been looked at.
  public var evaluationStatus: EvaluationStatus?
  /// The uncertainty of the location; QuakeML allows several.
  public var uncertainties: [OriginUncertainty] = []
  /// The picks that the location explains.
  public var arrivals: [Arrival] = []
  /// Remarks.
  public var comments: [Comment] = []
  /// Who made it.
  public var creationInfo: CreationInfo?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an origin.
  public init(publicID: String, time: TimeQuantity, latitude: RealQuantity, longitude: RealQuantity) {
    self.publicID = publicID
    self.time = time
    self.latitude = latitude
    self.longitude = longitude
  }
}

/// Numbers that tell how good a location is.
public struct OriginQuality: Hashable, Sendable {
  /// Phases associated, used or not.
  public var associatedPhaseCount: Int?
  /// Phases used.
  public var usedPhaseCount: Int?
  /// Stations with an associated phase.
  public var associatedStationCount: Int?
  /// Stations with a used phase.
  public var usedStationCount: Int?
  /// Depth phases used.
  public var depthPhaseCount: Int?
  /// Root mean square of the travel-time residuals, in seconds.
  public var standardError: Double?
  /// Largest angle without a station, in degrees.
  public var azimuthalGap: Double?
  /// Largest angle without a station when any one station is left out, in degrees.
  public var secondaryAzimuthalGap: Double?
  /// Ground-truth level, such as GT5.
  public var groundTruthLevel: String?
  /// Distance of the farthest station, in degrees.
  public var maximumDistance: Double?
  /// Distance of the nearest station, in degrees.
  public var minimumDistance: Double?
  /// Median of the station distances, in degrees.
  public var medianDistance: Double?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an empty statement.
  public init() {}
}

/// The uncertainty of a location.
///
/// Lengths in metres, angles in degrees.
public struct OriginUncertainty: Hashable, Sendable {
  /// Radius of a circle.
  public var horizontalUncertainty: Double?
  /// Minor half-axis of an ellipse.
  public var minHorizontalUncertainty: Double?
  /// Major half-axis of an ellipse.
  public var maxHorizontalUncertainty: Double?
  /// Azimuth of the major half-axis.
  public var azimuthMaxHorizontalUncertainty: Double?
  /// An ellipsoid.
  public var confidenceEllipsoid: ConfidenceEllipsoid?
  /// Which of these to prefer.
  public var preferredDescription: String?
  /// Confidence level, in percent.
  public var confidenceLevel: Double?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an empty statement.
  public init() {}
}

/// An ellipsoid around a hypocentre.
///
/// Lengths in metres, angles in degrees.
public struct ConfidenceEllipsoid: Hashable, Sendable {
  /// Largest half-axis.
  public var semiMajorAxisLength: Double
  /// Smallest half-axis.
  public var semiMinorAxisLength: Double
  /// The other half-axis.
  public var semiIntermediateAxisLength: Double
  /// Plunge of the major axis.
  public var majorAxisPlunge: Double
  /// Azimuth of the major axis.
  public var majorAxisAzimuth: Double
  /// Rotation about the major axis.
  public var majorAxisRotation: Double
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an ellipsoid.
  public init(
    semiMajorAxisLength: Double, semiMinorAxisLength: Double, semiIntermediateAxisLength: Double,
    majorAxisPlunge: Double, majorAxisAzimuth: Double, majorAxisRotation: Double
  ) {
    self.semiMajorAxisLength = semiMajorAxisLength
    self.semiMinorAxisLength = semiMinorAxisLength
    self.semiIntermediateAxisLength = semiIntermediateAxisLength
    self.majorAxisPlunge = majorAxisPlunge
    self.majorAxisAzimuth = majorAxisAzimuth
    self.majorAxisRotation = majorAxisRotation
  }
}

/// How the fault moved.
public struct FocalMechanism: Hashable, Sendable {
  /// Resource identifier.
  public var publicID: String
  /// The streams it was made of.
  public var waveformIDs: [WaveformStreamID] = []
  /// Resource identifier of the origin that triggered it.
  public var triggeringOriginID: String?
  /// Largest angle without a station, in degrees.
  public var azimuthalGap: Double?
  /// Number of polarities.
  public var stationPolarityCount: Int?
  /// Share of polarities that do not fit, 0 to 1.
  public var misfit: Double?
  /// How evenly the polarities cover the focal sphere.
  public var stationDistributionRatio: Double?
  /// Resource identifier of the method.
  public var methodID: String?
  /// The two nodal planes.
  public var nodalPlanes: NodalPlanes?
  /// The principal axes.
  public var principalAxes: PrincipalAxes?
  /// The moment tensor.
  public var momentTensor: MomentTensor?
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

  /// Creates a focal mechanism.
  public init(publicID: String) { self.publicID = publicID }
}

/// The two planes that may have moved.
public struct NodalPlanes: Hashable, Sendable {
  /// The first.
  public var nodalPlane1: NodalPlane?
  /// The second.
  public var nodalPlane2: NodalPlane?
  /// Which of them is preferred, 1 or 2.
  public var preferredPlane: Int?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an empty pair.
  public init() {}
}

/// A plane and the direction of slip on it.
///
/// Angles in degrees.
public struct NodalPlane: Hashable, Sendable {
  /// Strike, clockwise from north.
  public var strike: RealQuantity
  /// Dip.
  public var dip: RealQuantity
  /// Rake.
  public var rake: RealQuantity
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a plane.
  public init(strike: RealQuantity, dip: RealQuantity, rake: RealQuantity) {
    self.strike = strike
    self.dip = dip
    self.rake = rake
  }
}

/// The principal axes of a moment tensor.
public struct PrincipalAxes: Hashable, Sendable {
  /// Tension axis.
  public var tAxis: PrincipalAxis?
  /// Pressure axis.
  public var pAxis: PrincipalAxis?
  /// Neutral axis.
  public var nAxis: PrincipalAxis?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an empty set.
  public init() {}
}

/// An axis.
///
/// Angles in degrees, length in newton metres.
public struct PrincipalAxis: Hashable, Sendable {
  /// Azimuth.
  public var azimuth: RealQuantity
  /// Plunge.
  public var plunge: RealQuantity
  /// Length.
  public var length: RealQuantity
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an axis.
  public init(azimuth: RealQuantity, plunge: RealQuantity, length: RealQuantity) {
    self.azimuth = azimuth
    self.plunge = plunge
    self.length = length
  }
}

/// A moment tensor and how it was found.
public struct MomentTensor: Hashable, Sendable {
  /// Resource identifier; required by QuakeML, not always there.
  public var publicID: String?
  /// Resource identifier of the origin that came out of the inversion.
  public var derivedOriginID: String?
  /// Resource identifier of the moment magnitude.
  public var momentMagnitudeID: String?
  /// Scalar moment, in newton metres.
  public var scalarMoment: RealQuantity?
  /// The six elements.
  public var tensor: Tensor?
  /// Variance.
  public var variance: Double?
  /// Variance reduction, in percent.
  public var varianceReduction: Double?
  /// Share of the double couple, 0 to 1.
  public var doubleCouple: Double?
  /// Share of the compensated linear vector dipole, 0 to 1.
  public var clvd: Double?
  /// Share of the isotropic part, 0 to 1.
  public var iso: Double?
  /// Resource identifier of the Green's functions.
  public var greensFunctionID: String?
  /// Resource identifier of the filter.
  public var filterID: String?
  /// Source time function.
  public var sourceTimeFunction: SourceTimeFunction?
  /// The data that were used.
  public var dataUsed: [DataUsed] = []
  /// Resource identifier of the method.
  public var methodID: String?
  /// `teleseismic` or `regional`.
  public var category: String?
  /// `general`, `zero trace` or `double couple`.
  public var inversionType: String?
  /// Remarks.
  public var comments: [Comment] = []
  /// Who made it.
  public var creationInfo: CreationInfo?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an empty moment tensor.
  public init(publicID: String?) { self.publicID = publicID }
}

/// The six elements of a moment tensor, in newton metres (r up, t south, p east).
public struct Tensor: Hashable, Sendable {
  /// Element rr.
  public var mrr: RealQuantity
  /// Element tt.
  public var mtt: RealQuantity
  /// Element pp.
  public var mpp: RealQuantity
  /// Element rt.
  public var mrt: RealQuantity
  /// Element rp.
  public var mrp: RealQuantity
  /// Element tp.
  public var mtp: RealQuantity
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a tensor.
  public init(
    mrr: RealQuantity, mtt: RealQuantity, mpp: RealQuantity, mrt: RealQuantity, mrp: RealQuantity,
    mtp: RealQuantity
  ) {
    self.mrr = mrr
    self.mtt = mtt
    self.mpp = mpp
    self.mrt = mrt
    self.mrp = mrp
    self.mtp = mtp
  }
}

/// How the moment was released in time.
///
/// All in seconds.
public struct SourceTimeFunction: Hashable, Sendable {
  /// `box car`, `triangle`, `trapezoid` or `unknown`.
  public var type: String
  /// Duration.
  public var duration: Double
  /// Rise time.
  public var riseTime: Double?
  /// Decay time.
  public var decayTime: Double?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a source time function.
  public init(type: String, duration: Double) {
    self.type = type
    self.duration = duration
  }
}

/// Data that went into a moment tensor.
public struct DataUsed: Hashable, Sendable {
  /// `P waves`, `body waves`, `surface waves`, `mantle waves`, `combined` or `unknown`.
  public var waveType: String
  /// Number of stations.
  public var stationCount: Int?
  /// Number of components.
  public var componentCount: Int?
  /// Shortest period, in seconds.
  public var shortestPeriod: Double?
  /// Longest period, in seconds.
  public var longestPeriod: Double?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a statement.
  public init(waveType: String) { self.waveType = waveType }
}

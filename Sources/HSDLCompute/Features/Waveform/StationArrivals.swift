/// When waves arrive at a station, and how the station lies to the epicentre.
///
/// Times are in seconds after the first sample of the station's record. NaN where something is not known; features
/// that need it are NaN then.
public struct StationArrivals: Sendable, Equatable {
  /// The P pick, or the predicted arrival where there is none.
  public var p: Double
  /// The S pick, or the predicted arrival where there is none.
  public var s: Double
  /// The P arrival that the origin and the velocity model predict.
  public var predictedP: Double
  /// The S arrival that the origin and the velocity model predict.
  public var predictedS: Double
  /// Whether ``p`` is a pick.
  public var isPPicked: Bool
  /// Whether ``s`` is a pick.
  public var isSPicked: Bool
  /// Epicentral distance in km.
  public var distance: Double
  /// Hypocentral distance in km.
  public var hypocentralDistance: Double
  /// The direction from the epicentre to the station, degrees clockwise from north.
  public var azimuth: Double
  /// The direction from the station to the epicentre, degrees clockwise from north.
  public var backazimuth: Double

  /// Creates arrivals.
  public init(
    p: Double, s: Double, predictedP: Double, predictedS: Double, isPPicked: Bool, isSPicked: Bool, distance: Double,
    hypocentralDistance: Double, azimuth: Double, backazimuth: Double
  ) {
    self.p = p
    self.s = s
    self.predictedP = predictedP
    self.predictedS = predictedS
    self.isPPicked = isPPicked
    self.isSPicked = isSPicked
    self.distance = distance
    self.hypocentralDistance = hypocentralDistance
    self.azimuth = azimuth
    self.backazimuth = backazimuth
  }
}

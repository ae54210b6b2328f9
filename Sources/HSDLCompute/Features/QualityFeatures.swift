public import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the catalog itself says of how good an origin and its magnitude are.
///
/// Nothing is computed anew, so events need neither picks nor waveforms; in exchange the numbers mean what the program that
/// located the events means by them, and compare among events of one program and one set of its settings alone.
public enum QualityFeatures {
  /// What the features are, in the order in which they are computed.
  public static let definitions: [FeatureDefinition] = [
    FeatureDefinition(
      "stated_phases_n", "Phases that the catalog says the origin rests on", phrase: "% phases stated", decimals: 0),
    FeatureDefinition(
      "stated_stations_n", "Stations that the catalog says the origin rests on", phrase: "% stations stated",
      decimals: 0),
    FeatureDefinition(
      "stated_gap", unit: "deg", "Azimuthal gap that the catalog states", phrase: "stated gap % degrees", decimals: 0),
    FeatureDefinition(
      "stated_distance_min_km", unit: "km", "Distance of the nearest station that the catalog states",
      phrase: "stated nearest station at % km", decimals: 1),
    FeatureDefinition(
      "stated_rms", unit: "s", "Root mean square of the residuals that the catalog states",
      phrase: "stated residuals % s"),
    FeatureDefinition(
      "time_error_s", unit: "s", "Uncertainty of the origin time that the catalog states", phrase: "time error % s"),
    FeatureDefinition(
      "latitude_error_km", unit: "km", "Uncertainty of the latitude that the catalog states",
      phrase: "latitude error % km", decimals: 1),
    FeatureDefinition(
      "longitude_error_km", unit: "km", "Uncertainty of the longitude that the catalog states",
      phrase: "longitude error % km", decimals: 1),
    FeatureDefinition(
      "depth_fixed",
      "1 where the depth was held fixed, 0 where it was found; needs a type or an uncertainty of the depth",
      phrase: "depth fixed (1) or found (0): %", decimals: 0),
    FeatureDefinition(
      "magnitude_error", "Uncertainty of the magnitude that the catalog states", phrase: "magnitude error %"),
    FeatureDefinition(
      "magnitude_stations_n", "Stations that the catalog says the magnitude rests on",
      phrase: "% stations of the magnitude stated", decimals: 0),
  ]

  /// How many features there are.
  public static var count: Int { definitions.count }

  /// The features of an origin and the magnitude that goes with it, in the order of ``definitions``; NaN for what is not stated,
  /// and for what cannot be: a negative count, an error below zero.
  public static func compute(_ origin: Origin, magnitude: Magnitude?) -> [Double] {
    let quality = origin.quality
    let kilometresPerDegree = 111.195
    let latitude = origin.latitude.value
    return [
      count(quality?.usedPhaseCount), count(quality?.usedStationCount), possible(quality?.azimuthalGap),
      possible(quality?.minimumDistance) * kilometresPerDegree, possible(quality?.standardError),
      possible(origin.time.errors?.uncertainty),
      possible(origin.latitude.errors?.uncertainty) * kilometresPerDegree,
      possible(origin.longitude.errors?.uncertainty) * kilometresPerDegree * max(0, cos(latitude * .pi / 180)),
      depthFixed(origin), possible(magnitude?.mag.errors?.uncertainty), count(magnitude?.stationCount),
    ]
  }

  private static func count(_ value: Int?) -> Double { possible(value.map(Double.init)) }

  private static func possible(_ value: Double?) -> Double {
    guard let value, value.isFinite, value >= 0 else { return .nan }
    return value
  }

  private static func depthFixed(_ origin: Origin) -> Double {
    if let type = origin.depthType { return type == "operator assigned" ? 1 : 0 }
    return possible(origin.depth?.errors?.uncertainty).isNaN ? .nan : 0
  }
}

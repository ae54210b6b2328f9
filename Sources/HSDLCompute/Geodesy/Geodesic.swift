#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The shortest way between two places on the WGS84 ellipsoid.
public struct Geodesic: Hashable, Sendable {
  /// Its length, in km.
  public var distance: Double
  /// The direction in which it leaves the first place, in degrees clockwise from north, 0 ..< 360.
  public var azimuth: Double
  /// The direction from the second place back to the first, in degrees clockwise from north, 0 ..< 360.
  public var backAzimuth: Double

  private static let equatorialRadius = 6378.137
  private static let flattening = 1 / 298.257223563

  /// Computes the way (the inverse problem; Vincenty, 1975), to well below 1 m.
  ///
  /// Where the iteration does not settle, within about half a degree of the antipode, a sphere of 6371 km is used (up to
  /// 20 km of error). Places that are no numbers give NaN; equal places give 0 in all three.
  ///
  /// - Parameters:
  ///   - latitude: of the first place, in degrees north on the ellipsoid.
  ///   - longitude: of the first place, in degrees east.
  ///   - otherLatitude: of the second place.
  ///   - otherLongitude: of the second place.
  public init(
    fromLatitude latitude: Double, longitude: Double, toLatitude otherLatitude: Double,
    longitude otherLongitude: Double
  ) {
    let radians = Double.pi / 180
    guard latitude.isFinite, longitude.isFinite, otherLatitude.isFinite, otherLongitude.isFinite else {
      (distance, azimuth, backAzimuth) = (.nan, .nan, .nan)
      return
    }
    let (a, f) = (Self.equatorialRadius, Self.flattening)
    let b = a * (1 - f)
    let difference = remainder(otherLongitude - longitude, 360) * radians
    let u1 = atan((1 - f) * tan(latitude * radians))
    let u2 = atan((1 - f) * tan(otherLatitude * radians))
    let (sin1, cos1) = (sin(u1), cos(u1))
    let (sin2, cos2) = (sin(u2), cos(u2))
    var lambda = difference
    for _ in 0..<100 {
      let (sinLambda, cosLambda) = (sin(lambda), cos(lambda))
      let east = cos2 * sinLambda
      let north = cos1 * sin2 - sin1 * cos2 * cosLambda
      let sinSigma = (east * east + north * north).squareRoot()
      guard sinSigma > 0 else { break }
      let cosSigma = sin1 * sin2 + cos1 * cos2 * cosLambda
      let sigma = atan2(sinSigma, cosSigma)
      let sinAlpha = cos1 * cos2 * sinLambda / sinSigma
      let cosSquare = 1 - sinAlpha * sinAlpha
      // Along the equator the middle latitude has no meaning, and no weight.
      let cosMiddle = cosSquare > 1e-15 ? cosSigma - 2 * sin1 * sin2 / cosSquare : 0
      let c = f / 16 * cosSquare * (4 + f * (4 - 3 * cosSquare))
      let next =
        difference + (1 - c) * f * sinAlpha
        * (sigma + c * sinSigma * (cosMiddle + c * cosSigma * (2 * cosMiddle * cosMiddle - 1)))
      guard abs(next) <= Double.pi + 0.1 else { break }
      guard abs(next - lambda) < 1e-13 else {
        lambda = next
        continue
      }
      let square = cosSquare * (a * a - b * b) / (b * b)
      let bigA = 1 + square / 16384 * (4096 + square * (-768 + square * (320 - 175 * square)))
      let bigB = square / 1024 * (256 + square * (-128 + square * (74 - 47 * square)))
      let inner = cosSigma * (2 * cosMiddle * cosMiddle - 1)
      let outer = bigB / 6 * cosMiddle * (4 * sinSigma * sinSigma - 3) * (4 * cosMiddle * cosMiddle - 3)
      let correction = bigB * sinSigma * (cosMiddle + bigB / 4 * (inner - outer))
      distance = b * bigA * (sigma - correction)
      azimuth = Self.turn(atan2(east, north))
      backAzimuth = Self.turn(atan2(-cos1 * sinLambda, sin1 * cos2 - cos1 * sin2 * cosLambda))
      return
    }
    let (sinLambda, cosLambda) = (sin(difference), cos(difference))
    let east = cos2 * sinLambda
    let north = cos1 * sin2 - sin1 * cos2 * cosLambda
    let sigma = atan2((east * east + north * north).squareRoot(), sin1 * sin2 + cos1 * cos2 * cosLambda)
    distance = 6371 * sigma
    guard sigma > 0 else {
      (azimuth, backAzimuth) = (0, 0)
      return
    }
    azimuth = Self.turn(atan2(east, north))
    backAzimuth = Self.turn(atan2(-cos1 * sinLambda, sin1 * cos2 - cos1 * sin2 * cosLambda))
  }

  private static func turn(_ radians: Double) -> Double {
    let degrees = radians * 180 / Double.pi
    let turned = degrees < 0 ? degrees + 360 : degrees
    return turned < 360 ? turned : 0
  }

  /// The distance in km on a sphere of 6371 km: fast, and within 0.6 percent of the ellipsoid's.
  @inline(__always)
  public static func sphericalDistance(
    fromLatitude latitude: Double, longitude: Double, toLatitude otherLatitude: Double,
    longitude otherLongitude: Double
  ) -> Double {
    let radians = Double.pi / 180
    let s = sin(0.5 * (otherLatitude - latitude) * radians)
    let t = sin(0.5 * (otherLongitude - longitude) * radians)
    let h = s * s + cos(latitude * radians) * cos(otherLatitude * radians) * t * t
    return 2 * EarthShape.radius * asin(min(1, h.squareRoot()))
  }
}

/// How the ground moves in a window, from the covariance of three components (Flinn, 1965), as ObsPy's `flinn`.
public struct Polarization: Sendable, Equatable {
  /// The direction of the largest motion, clockwise from north, 0 to 180 degrees: up and down cannot be told apart.
  public var azimuth: Double
  /// The angle of the largest motion from the vertical, 0 to 90 degrees.
  public var incidence: Double
  /// 1 on a line: 1 less the root of the middle over the largest eigenvalue (Montalbetti and Kanasewich, 1970).
  public var rectilinearity: Double
  /// 1 in a plane: 1 less twice the smallest over the sum of the others (Jurkevics, 1988).
  public var planarity: Double

  /// Measures the motion; nil when nothing moves, or with fewer than two samples.
  ///
  /// Samples at which all components are zero do not count. The shortest component says how many samples there are.
  public init?(vertical: [Double], north: [Double], east: [Double]) {
    var covariance = Covariance()
    let count = min(vertical.count, north.count, east.count)
    for index in 0..<count { covariance.add(SIMD4(vertical[index], north[index], east[index], 0)) }
    covariance.beginSecondPass()
    for index in 0..<count { covariance.addDeviation(SIMD4(vertical[index], north[index], east[index], 0)) }
    self.init(covariance)
  }

  /// The covariance of up, north and east in two passes over the samples.
  struct Covariance {
    private var sum = SIMD4<Double>()
    private var count = 0.0
    private var squares = SIMD4<Double>()
    private var products = SIMD4<Double>()

    /// Counts a sample: up, north, east and zero.
    @inline(__always)
    mutating func add(_ sample: SIMD4<Double>) {
      let moves = sample[0] != 0 || sample[1] != 0 || sample[2] != 0
      sum += sample
      count += moves ? 1 : 0
    }

    mutating func beginSecondPass() { if count > 0 { sum /= count } }

    /// Adds a sample's products; call for the samples that were counted, after the first pass.
    @inline(__always)
    mutating func addDeviation(_ sample: SIMD4<Double>) {
      guard sample[0] != 0 || sample[1] != 0 || sample[2] != 0 else { return }
      let deviation = sample - sum
      squares += deviation * deviation
      products += deviation * SIMD4(deviation[1], deviation[2], deviation[0], 0)
    }

    /// East, north and up, as ObsPy orders them.
    var matrix: SymmetricMatrix3? {
      guard count > 1 else { return nil }
      let scale = 1 / (count - 1)
      return SymmetricMatrix3(
        xx: squares[2] * scale, yy: squares[1] * scale, zz: squares[0] * scale, xy: products[1] * scale,
        xz: products[2] * scale, yz: products[0] * scale)
    }
  }

  init?(_ covariance: Covariance) {
    guard let (values, principal) = covariance.matrix?.eigenvalues(), values[0] > 0 else { return nil }
    // Rounding may leave eigenvalues of zero a little below it.
    let (middle, least) = (max(values[1], 0), max(values[2], 0))
    rectilinearity = 1 - (middle / values[0]).squareRoot()
    planarity = 1 - 2 * least / (middle + values[0])
    let horizontal = (principal[0] * principal[0] + principal[1] * principal[1]).squareRoot()
    incidence = arctangent(horizontal, abs(principal[2])) * 180 / .pi
    var azimuth = arctangent(principal[0], principal[1]) * 180 / .pi
    if azimuth < 0 { azimuth += 180 }
    if azimuth >= 180 { azimuth -= 180 }
    self.azimuth = azimuth
  }
}

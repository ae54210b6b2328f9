#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a component points.
public struct Orientation: Hashable, Sendable {
  /// In degrees clockwise from north.
  public var azimuth: Double
  /// In degrees down from the horizontal; -90 is up.
  public var dip: Double

  /// Creates an orientation.
  public init(azimuth: Double, dip: Double) {
    self.azimuth = azimuth
    self.dip = dip
  }

  /// Up, north and east parts of a vector of length 1 in this direction.
  var vector: (up: Double, north: Double, east: Double) {
    let (a, d) = (azimuth * .pi / 180, dip * .pi / 180)
    // What is meant to be zero is zero.
    func rounded(_ value: Double) -> Double { abs(value) < 1e-15 ? 0 : value }
    return (rounded(-sin(d)), rounded(cos(d) * cos(a)), rounded(cos(d) * sin(a)))
  }

  /// Whether it is within 0.1 degrees of another one.
  func isNear(_ other: Orientation) -> Bool {
    let (a, b) = (vector, other.vector)
    return a.up * b.up + a.north * b.north + a.east * b.east >= cos(0.1 * .pi / 180)
  }

  /// The axes of a station's record.
  static let axes = [
    Orientation(azimuth: 0, dip: -90), Orientation(azimuth: 0, dip: 0), Orientation(azimuth: 90, dip: 0),
  ]
}

/// Turns components to up, north and east.
enum ComponentRotation {
  /// The least volume that the three directions, or area that the two, may span.
  static let smallestDeterminant = 0.1

  /// The inverse of the matrix whose rows are the directions, in up, north, east; nil where they are too near a plane.
  static func inverse(_ orientations: [Orientation]) -> [[Double]]? {
    guard orientations.count == 3 else { return nil }
    let rows = orientations.map { [$0.vector.up, $0.vector.north, $0.vector.east] }
    func minor(_ i: Int, _ j: Int) -> Double {
      let (a, b) = ((i + 1) % 3, (i + 2) % 3)
      let (c, d) = ((j + 1) % 3, (j + 2) % 3)
      return rows[a][c] * rows[b][d] - rows[a][d] * rows[b][c]
    }
    let determinant = (0..<3).reduce(0) { $0 + rows[0][$1] * minor(0, $1) }
    guard abs(determinant) >= smallestDeterminant else { return nil }
    return (0..<3).map { axis in (0..<3).map { minor($0, axis) / determinant } }
  }

  /// Applies a matrix of rows to components of the same length.
  static func apply(_ matrix: [[Double]], _ components: [[Double]]) -> [[Double]] {
    let count = components.map(\.count).min() ?? 0
    return matrix.map { row in
      [Double](unsafeUninitializedCapacity: count) { output, initialized in
        for index in 0..<count { output[index] = 0 }
        for (factor, component) in zip(row, components) where factor != 0 {
          component.withUnsafeBufferPointer { component in
            for index in 0..<count { output[index] += factor * component[index] }
          }
        }
        initialized = count
      }
    }
  }
}

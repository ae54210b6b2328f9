import Foundation
import HSDLCompute
import Testing

@Suite("Geodesics")
struct GeodesicTests {
  // ObsPy 1.5's gps2dist_azimuth: latitude, longitude, latitude, longitude, metres, azimuth, back azimuth.
  static let references: [[Double]] = [
    [2.10425, 162.16693, 2.10763, 162.16551, 405.758, 337.088178, 157.088126],
    [-13.64789, 117.97293, -13.64359, 117.93199, 4455.076, 276.125187, 96.134846],
    [45.12533, 13.73159, 45.13736, 13.72339, 1484.431, 334.245991, 154.240179],
    [-8.27738, -131.74499, -8.30167, -131.76446, 3437.641, 218.603317, 38.606124],
    [44.56491, -79.05285, 44.64880, -78.97229, 11304.947, 34.422508, 214.479080],
    [40.01261, 14.84167, 40.00392, 14.85371, 1409.907, 133.181884, 313.189624],
    [2.86021, -138.28838, 3.03278, -138.21790, 20628.365, 22.322019, 202.325642],
    [74.27899, -165.74656, 74.26841, -165.86046, 3643.966, 251.146498, 71.036862],
    [25.15641, 126.94782, 25.04348, 127.10782, 20419.563, 127.746348, 307.814220],
    [1.69027, 3.92000, 0.96618, 4.57734, 108453.712, 137.574414, 317.589651],
  ]

  @Test("as ObsPy has them, to 1 m")
  func references() {
    for row in Self.references {
      let way = Geodesic(fromLatitude: row[0], longitude: row[1], toLatitude: row[2], longitude: row[3])
      #expect(abs(way.distance * 1000 - row[4]) < 0.01 + 1e-7 * row[4], "\(row)")
      #expect(abs(way.azimuth - row[5]) < 1e-4, "\(row)")
      #expect(abs(way.backAzimuth - row[6]) < 1e-4, "\(row)")
      let sphere = Geodesic.sphericalDistance(
        fromLatitude: row[0], longitude: row[1], toLatitude: row[2], longitude: row[3])
      #expect(abs(sphere / way.distance - 1) < 0.006)
    }
  }

  @Test("equator, meridian, poles, date line, equal places")
  func special() {
    let equator = Geodesic(fromLatitude: 0, longitude: 179.5, toLatitude: 0, longitude: -179.5)
    #expect(abs(equator.distance - 6378.137 * Double.pi / 180) < 1e-6)
    #expect(abs(equator.azimuth - 90) < 1e-9)
    #expect(abs(equator.backAzimuth - 270) < 1e-9)
    let quarter = Geodesic(fromLatitude: 0, longitude: 7, toLatitude: 90, longitude: 0)
    #expect(abs(quarter.distance - 10001.96573) < 1e-4)
    #expect(quarter.azimuth < 1e-9)
    let none = Geodesic(fromLatitude: 47, longitude: 8, toLatitude: 47, longitude: 368)
    #expect(none.distance == 0)
    #expect(none.azimuth == 0)
  }

  @Test("antipodes are about half way round, whatever the direction")
  func antipodes() {
    for (latitude, longitude) in [(0.0, 180.0), (0.1, 179.9), (-0.2, 179.7), (0, 179.99)] {
      let way = Geodesic(fromLatitude: 0, longitude: 0, toLatitude: latitude, longitude: longitude)
      #expect(abs(way.distance - 20000) < 40)
    }
    #expect(Geodesic(fromLatitude: .nan, longitude: 0, toLatitude: 0, longitude: 0).distance.isNaN)
    #expect(Geodesic(fromLatitude: 0, longitude: 0, toLatitude: .infinity, longitude: 0).azimuth.isNaN)
  }
}

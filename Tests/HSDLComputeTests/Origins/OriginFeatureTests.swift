import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("Origin features")
struct OriginFeatureTests {
  static let noon = UTCTime(seconds: 1_500_033_600)
  static let travelTimes = Result {
    try TravelTimes(
      model: VelocityModel(name: "half space", nodes: [.init(depth: 0, p: 6, s: 3.5)], interpolation: .layers),
      shape: .flat)
  }

  private func place(_ name: String) throws -> Int {
    try #require(OriginFeatures.definitions.firstIndex { $0.name == name })
  }

  /// Stations around the epicentre at 0°, 0°, by azimuth and distance.
  private func origin(_ stations: [(azimuth: Double, distance: Double)], residuals: [Double]) -> EventOrigin {
    var origin = EventOrigin(time: Self.noon, latitude: 0, longitude: 0, depth: 8, magnitude: 2)
    for (index, station) in stations.enumerated() {
      let latitude = station.distance * cos(station.azimuth * .pi / 180) / 110.574
      let longitude = station.distance * sin(station.azimuth * .pi / 180) / 111.320
      let distance = Geodesic(fromLatitude: 0, longitude: 0, toLatitude: latitude, longitude: longitude).distance
      origin.phases.append(
        .init(
          station: UInt64(index), wave: .p, time: Self.noon.advanced(by: hypot(distance, 8) / 6 + residuals[index]),
          latitude: latitude, longitude: longitude))
      origin.running.append(.init(station: UInt64(index), latitude: latitude, longitude: longitude))
    }
    return origin
  }

  @Test("gaps, distances, residuals of four stations")
  func four() throws {
    var origin = origin([(10, 20), (100, 10), (200, 40), (250, 30)], residuals: [0.1, -0.1, 0.3, -0.5])
    origin.stationMagnitudes = [2, 2.2, 1.7]
    origin.running.append(.init(station: 90, latitude: 0.1, longitude: 0.1))
    origin.running.append(.init(station: 91, latitude: 1, longitude: 1))
    let extractor = OriginFeatures(try Self.travelTimes.get())
    let values = extractor.compute(origin, neighbours: NeighbourEvents())
    #expect(values.count == OriginFeatures.count)
    for (name, expected, tolerance) in [
      ("depth_km", 8.0, 0), ("magnitude", 2, 0), ("magnitude_mad", 0.2, 1e-9), ("azimuthal_gap", 120, 0.5),
      ("secondary_gap", 210, 0.5), ("distance_min_km", 10, 0.05), ("distance_median_km", 25, 0.05),
      ("residual_rms", 0.3, 1e-3), ("residual_p_mad", 0.2, 2e-3), ("residual_max", 0.5, 2e-3), ("phases_n", 4, 0),
      ("participation", 0.8, 1e-12), ("hour_sin", 0, 1e-9), ("hour_cos", -1, 1e-9),
    ] {
      let value = values[try place(name)]
      #expect(abs(value - expected) <= tolerance, "\(name): \(value)")
    }
    for name in ["residual_s_mad", "horizontal_error_km", "neighbour_eta", "neighbour_time_log10"] {
      let value = values[try place(name)]
      #expect(value.isNaN, "\(name)")
    }
    origin.phases.reverse()
    origin.running.reverse()
    let again = extractor.compute(origin, neighbours: NeighbourEvents())
    #expect(zip(values, again).allSatisfy { $0.bitPattern == $1.bitPattern })
  }

  @Test("few stations, none, and unknown places")
  func few() throws {
    let extractor = OriginFeatures(try Self.travelTimes.get())
    let one = extractor.compute(origin([(10, 20)], residuals: [0]), neighbours: NeighbourEvents())
    #expect(try one[place("azimuthal_gap")] == 360)
    #expect(try one[place("participation")] == 1)
    let two = extractor.compute(origin([(10, 20), (100, 20)], residuals: [0, 0]), neighbours: NeighbourEvents())
    #expect(try abs(two[place("azimuthal_gap")] - 270) < 0.5)
    #expect(try two[place("secondary_gap")] == 360)
    let none = extractor.compute(origin([], residuals: []), neighbours: NeighbourEvents())
    #expect(try none[place("phases_n")] == 0)
    #expect(try none[place("azimuthal_gap")].isNaN)
    var nowhere = origin([(10, 20)], residuals: [0])
    nowhere.latitude = .nan
    let values = extractor.compute(nowhere, neighbours: NeighbourEvents())
    #expect(try values[place("phases_n")] == 1)
    #expect(try values[place("distance_min_km")].isNaN)
  }

  @Test("neighbours: the nearest in time and in time, space and magnitude; however the catalog is cut")
  func neighbours() {
    var window = NeighbourEvents()
    let time = Self.noon
    func add(_ seconds: Double, _ kilometres: Double, _ magnitude: Double) {
      window.append(
        .init(time: time.advanced(by: -seconds), latitude: kilometres / 111.195, longitude: 0, magnitude: magnitude))
    }
    add(40 * 86_400, 0, 9)
    add(20 * 86_400, 10, 5)
    add(86_400, 10, 1)
    add(3600, 100, .nan)
    let (timeLog10, eta) = window.nearest(time: time, latitude: 0, longitude: 0)
    #expect(abs(timeLog10) < 1e-9)
    #expect(abs(eta - (log10(20 / 365.25) + 1.6 - 5)) < 1e-4)
    var cut = NeighbourEvents()
    cut.append(.init(time: time.advanced(by: -20 * 86_400), latitude: 10 / 111.195, longitude: 0, magnitude: 5))
    cut.append(.init(time: time.advanced(by: -86_400), latitude: 10 / 111.195, longitude: 0, magnitude: 1))
    cut.append(.init(time: time.advanced(by: 0), latitude: 0, longitude: 0, magnitude: 1))
    #expect(cut.nearest(time: time, latitude: 0, longitude: 0) == (timeLog10, eta))
    #expect(NeighbourEvents().nearest(time: time, latitude: 0, longitude: 0).eta.isNaN)
  }
}

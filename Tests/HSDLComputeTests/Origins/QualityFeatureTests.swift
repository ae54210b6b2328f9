import HSDLCompute
import SeismicFormats
import Testing

@Suite("Features of what catalogs state")
struct QualityFeatureTests {
  private func values(_ origin: Origin, _ magnitude: Magnitude?) -> [String: Double] {
    let values = QualityFeatures.compute(origin, magnitude: magnitude)
    #expect(values.count == QualityFeatures.count)
    return Dictionary(uniqueKeysWithValues: zip(QualityFeatures.definitions.map(\.name), values))
  }

  private func origin(latitude: Double = 60) -> Origin {
    Origin(
      publicID: "o", time: TimeQuantity(UTCTime(seconds: 0)), latitude: RealQuantity(latitude),
      longitude: RealQuantity(10))
  }

  @Test("each value in its unit")
  func all() {
    var origin = origin()
    origin.time.errors = QuantityErrors(uncertainty: 0.4)
    origin.latitude.errors = QuantityErrors(uncertainty: 0.01)
    origin.longitude.errors = QuantityErrors(uncertainty: 0.01)
    origin.depth = RealQuantity(5000, uncertainty: 700)
    var quality = OriginQuality()
    quality.usedPhaseCount = 12
    quality.usedStationCount = 7
    quality.azimuthalGap = 123
    quality.minimumDistance = 0.1
    quality.standardError = 0.25
    origin.quality = quality
    var magnitude = Magnitude(publicID: "m", mag: RealQuantity(1.2, uncertainty: 0.3))
    magnitude.stationCount = 4
    let values = values(origin, magnitude)
    for (name, expected) in [
      ("stated_phases_n", 12), ("stated_stations_n", 7), ("stated_gap", 123), ("stated_distance_min_km", 11.1195),
      ("stated_rms", 0.25), ("time_error_s", 0.4), ("latitude_error_km", 1.11195), ("longitude_error_km", 0.555975),
      ("depth_fixed", 0), ("magnitude_error", 0.3), ("magnitude_stations_n", 4),
    ] {
      #expect(abs((values[name] ?? .nan) - expected) < 1e-9, "\(name): \(values[name] ?? .nan)")
    }
  }

  @Test("what is not stated, or cannot be, is missing")
  func missing() {
    #expect(values(origin(), nil).values.allSatisfy { $0.isNaN })
    var origin = origin(latitude: 90)
    var quality = OriginQuality()
    quality.usedPhaseCount = -1
    quality.standardError = .infinity
    quality.azimuthalGap = -5
    origin.quality = quality
    origin.longitude.errors = QuantityErrors(uncertainty: 2)
    origin.latitude.errors = QuantityErrors(uncertainty: .nan)
    let values = values(origin, Magnitude(publicID: "m", mag: RealQuantity(1)))
    #expect(abs(values["longitude_error_km"] ?? .nan) < 1e-9)
    #expect(values.filter { !$0.value.isNaN }.keys.sorted() == ["longitude_error_km"])
  }

  @Test("a depth is fixed where somebody has assigned it")
  func depth() {
    for (type, expected) in [("operator assigned", 1.0), ("from location", 0)] {
      var origin = origin()
      origin.depthType = type
      #expect(values(origin, nil)["depth_fixed"] == expected)
    }
  }

  @Test("the sets: 120 unasked, these behind them, the catalog's uncertainties among them")
  func sets() throws {
    #expect(FeatureSet.all.count == 120)
    #expect(Array(FeatureSet.known.names.prefix(120)) == FeatureSet.all.names)
    #expect(Set(FeatureSet.known.names).count == 120 + QualityFeatures.count)
    #expect(try FeatureSet("quality").names.suffix(2) == ["horizontal_error_km", "depth_error_km"])
    #expect(try FeatureSet("origin,quality").count == OriginFeatures.count + QualityFeatures.count)
    #expect(try FeatureSet("stated_phases_n").names == ["stated_phases_n"])
    #expect(!(try FeatureSet("origin,quality").looksAtRecords))
    #expect(try FeatureSet("quality,p_n").looksAtRecords)
    #expect(FeatureSet.all.adding(.quality).names == FeatureSet.known.names)
  }
}

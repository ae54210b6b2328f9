import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Features of an event's origin and of how its phases fit it.
///
/// Gaps, distances and residuals are computed anew from the stations' places; what an origin's quality says is not used.
/// A residual is observed minus origin time minus predicted time; no median is taken off. Of several phases of one wave
/// at one station the earliest counts.
public struct OriginFeatures: Sendable {
  /// What the features are, in the order in which they are computed.
  public static let definitions: [FeatureDefinition] = [
    FeatureDefinition("depth_km", unit: "km", "Depth below sea level", phrase: "depth % km", decimals: 1),
    FeatureDefinition("magnitude", "Magnitude", phrase: "magnitude %", decimals: 1),
    FeatureDefinition(
      "magnitude_mad", "Median absolute deviation of the stations' magnitudes; needs two",
      phrase: "scatter of station magnitudes %"),
    FeatureDefinition(
      "azimuthal_gap", unit: "deg", "Largest angle between neighbouring stations with phases, seen from the epicentre",
      phrase: "azimuthal gap % degrees", decimals: 0),
    FeatureDefinition(
      "secondary_gap", unit: "deg", "Largest angle between stations with phases that only one station fills",
      phrase: "secondary gap % degrees", decimals: 0),
    FeatureDefinition(
      "distance_min_km", unit: "km", "Epicentral distance of the nearest station with a phase",
      phrase: "nearest station at % km", decimals: 1),
    FeatureDefinition(
      "distance_median_km", unit: "km", "Median epicentral distance of the stations with phases",
      phrase: "stations at % km", decimals: 1),
    FeatureDefinition(
      "residual_rms", unit: "s", "Root mean square of the residuals, about zero", phrase: "residuals % s"),
    FeatureDefinition(
      "residual_p_mad", unit: "s", "Median absolute deviation of the P residuals", phrase: "scatter of P residuals % s"),
    FeatureDefinition(
      "residual_s_mad", unit: "s", "Median absolute deviation of the S residuals", phrase: "scatter of S residuals % s"),
    FeatureDefinition("residual_max", unit: "s", "Largest absolute residual", phrase: "largest residual % s"),
    FeatureDefinition(
      "horizontal_error_km", unit: "km", "Horizontal uncertainty that the catalog states",
      phrase: "horizontal error % km", decimals: 1),
    FeatureDefinition(
      "depth_error_km", unit: "km", "Uncertainty of the depth that the catalog states", phrase: "depth error % km",
      decimals: 1),
    FeatureDefinition(
      "phases_n", "Number of phases: P and S of a station count once each", imputation: .zero, phrase: "% phases",
      decimals: 0),
    FeatureDefinition(
      "participation",
      "Stations with a P phase, divided by the stations that were running and are not further than the farthest of them",
      phrase: "P at % of the running stations"),
    FeatureDefinition(
      "hour_sin", "Sine of the local mean solar hour, midnight at 0 degrees", phrase: "hour of the day (sine) %"),
    FeatureDefinition(
      "hour_cos", "Cosine of the local mean solar hour, midnight at 0 degrees", phrase: "hour of the day (cosine) %"),
    FeatureDefinition(
      "neighbour_time_log10", "log10 of the days since the latest earlier event within 50 km and 30 days",
      phrase: "log10 of days since the last event nearby %"),
    FeatureDefinition(
      "neighbour_eta",
      "log10 of the nearest-neighbour distance t r^1.6 10^-m to an event of the last 30 days, in years and km "
        + "(Zaliapin and Ben-Zion, 2013)", phrase: "nearest-neighbour distance (log10) %", decimals: 1),
  ]

  /// How many features there are.
  public static var count: Int { definitions.count }

  private let travelTimes: TravelTimes?

  /// Creates an extractor.
  ///
  /// - Parameter travelTimes: for residuals; without, they are NaN.
  public init(_ travelTimes: TravelTimes?) { self.travelTimes = travelTimes }

  private struct Seen {
    var phase: EventOrigin.Phase
    var distance: Double
    var azimuth: Double
  }

  /// Computes the features of an event, in the order of ``definitions``.
  ///
  /// - Parameters:
  ///   - origin: the event; the order of its phases and stations makes no difference.
  ///   - neighbours: the events before it.
  /// - Returns: ``count`` numbers; NaN where something is missing. Where the depth is not known, 10 km are taken
  ///   for predicted times.
  public func compute(_ origin: EventOrigin, neighbours: NeighbourEvents) -> [Double] {
    var values = [Double](repeating: .nan, count: Self.count)
    values[0] = origin.depth
    values[1] = origin.magnitude
    let magnitudes = origin.stationMagnitudes.filter(\.isFinite)
    if magnitudes.count >= 2 { values[2] = medianAbsoluteDeviation(magnitudes) }
    let phases = Self.earliest(origin.phases)
    values[11] = origin.horizontalError
    values[12] = origin.depthError
    values[13] = Double(phases.count)
    guard origin.latitude.isFinite, origin.longitude.isFinite else { return values }

    var seen: [Seen] = []
    for phase in phases {
      let way = Geodesic(
        fromLatitude: origin.latitude, longitude: origin.longitude, toLatitude: phase.latitude,
        longitude: phase.longitude)
      if way.distance.isFinite { seen.append(Seen(phase: phase, distance: way.distance, azimuth: way.azimuth)) }
    }
    var stations: [Seen] = []
    for phase in seen where stations.last?.phase.station != phase.phase.station { stations.append(phase) }
    (values[3], values[4]) = Self.gaps(stations.map(\.azimuth))
    let distances = stations.map(\.distance)
    values[5] = distances.min() ?? .nan
    values[6] = median(distances)
    fillResiduals(&values, origin, seen)
    values[14] = Self.participation(origin, seen)
    (values[15], values[16]) = Self.hour(origin.time, longitude: origin.longitude)
    let nearest = neighbours.nearest(time: origin.time, latitude: origin.latitude, longitude: origin.longitude)
    values[17] = nearest.timeLog10
    values[18] = nearest.eta
    return values
  }

  /// The earliest phase of each station and wave, by station, P first.
  private static func earliest(_ phases: [EventOrigin.Phase]) -> [EventOrigin.Phase] {
    let sorted = phases.sorted { a, b in
      if a.station != b.station { return a.station < b.station }
      if a.wave != b.wave { return a.wave == .p }
      return a.time < b.time
    }
    var result: [EventOrigin.Phase] = []
    for phase in sorted where result.last?.station != phase.station || result.last?.wave != phase.wave {
      result.append(phase)
    }
    return result
  }

  /// The largest angle without station, and the largest that one station alone interrupts.
  static func gaps(_ azimuths: [Double]) -> (primary: Double, secondary: Double) {
    let sorted = azimuths.sorted()
    guard !sorted.isEmpty else { return (.nan, .nan) }
    guard sorted.count > 1 else { return (360, 360) }
    var primary = 0.0
    var secondary = 0.0
    for index in sorted.indices {
      // Going round: the stations after the last are the first ones, one turn on.
      func azimuth(_ place: Int) -> Double { place < sorted.count ? sorted[place] : sorted[place - sorted.count] + 360 }
      primary = max(primary, azimuth(index + 1) - sorted[index])
      secondary = max(secondary, sorted.count == 2 ? 360 : azimuth(index + 2) - sorted[index])
    }
    return (primary, secondary)
  }

  private func fillResiduals(_ values: inout [Double], _ origin: EventOrigin, _ seen: [Seen]) {
    guard let travelTimes else { return }
    let depth = origin.depth.isFinite ? origin.depth : 10
    var residuals: [[Double]] = [[], []]
    for phase in seen {
      let predicted = travelTimes.time(
        phase.phase.wave, distance: phase.distance, depth: depth, elevation: phase.phase.elevation)
      let residual = phase.phase.time.timeInterval(since: origin.time) - predicted
      if residual.isFinite { residuals[phase.phase.wave == .p ? 0 : 1].append(residual) }
    }
    // Sorted, so that the sum does not depend on how stations are numbered.
    let all = (residuals[0] + residuals[1]).sorted { abs($0) < abs($1) }
    guard let largest = all.last else { return }
    values[7] = (all.reduce(0) { $0 + $1 * $1 } / Double(all.count)).squareRoot()
    if residuals[0].count >= 2 { values[8] = medianAbsoluteDeviation(residuals[0]) }
    if residuals[1].count >= 2 { values[9] = medianAbsoluteDeviation(residuals[1]) }
    values[10] = abs(largest)
  }

  private static func participation(_ origin: EventOrigin, _ seen: [Seen]) -> Double {
    let picked = seen.filter { $0.phase.wave == .p }
    guard let farthest = picked.map(\.distance).max(), !origin.running.isEmpty else { return .nan }
    // Stations are compared by number, in order; no hashing.
    let stations = picked.map(\.phase.station).sorted()
    var count = stations.count
    for station in origin.running {
      var low = 0
      var high = stations.count
      while low < high {
        let middle = (low + high) / 2
        if stations[middle] < station.station { low = middle + 1 } else { high = middle }
      }
      if low < stations.count, stations[low] == station.station { continue }
      let distance = Geodesic(
        fromLatitude: origin.latitude, longitude: origin.longitude, toLatitude: station.latitude,
        longitude: station.longitude
      ).distance
      if distance <= farthest { count += 1 }
    }
    return Double(stations.count) / Double(count)
  }

  private static func hour(_ time: UTCTime, longitude: Double) -> (sine: Double, cosine: Double) {
    let secondOfDay = Double(((time.seconds % 86_400) + 86_400) % 86_400) + Double(time.nanoseconds) * 1e-9
    let turn = 2 * Double.pi * (secondOfDay / 86_400 + longitude / 360)
    return (sin(turn), cos(turn))
  }
}

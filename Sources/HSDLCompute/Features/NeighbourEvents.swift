public import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The earlier events among which an event's nearest neighbours are looked for.
///
/// Only events of the last ``span`` count, so what comes out does not depend on how a catalog is cut into units, as long
/// as each unit is given the events of that span before it. Events of the very same time are not earlier.
public struct NeighbourEvents: Sendable {
  /// An earlier event.
  public struct Event: Hashable, Sendable {
    /// Origin time.
    public var time: UTCTime
    /// Latitude, in degrees north.
    public var latitude: Double
    /// Longitude, in degrees east.
    public var longitude: Double
    /// Magnitude; NaN where it is not stated.
    public var magnitude: Double

    /// Creates an event.
    public init(time: UTCTime, latitude: Double, longitude: Double, magnitude: Double) {
      self.time = time
      self.latitude = latitude
      self.longitude = longitude
      self.magnitude = magnitude
    }
  }

  /// How far back neighbours are looked for, in s: 30 days.
  public static let span = 30.0 * 86_400
  /// How far away an event may be to count for the time since the last one, in km.
  public static let vicinity = 50.0
  /// The fractal dimension of epicentres in the nearest-neighbour distance.
  public static let fractalDimension = 1.6
  /// The slope of the distribution of magnitudes in the nearest-neighbour distance.
  public static let slopeOfMagnitudes = 1.0
  /// The least distance that counts, in km: nearer, locations say nothing.
  public static let leastDistance = 0.1
  /// The least time that counts, in s.
  public static let leastTime = 0.1

  private var events: [Event] = []
  private var first = 0

  /// Creates an empty window.
  public init() {}

  /// Adds the next event; events come in the order of time.
  ///
  /// Events that have left the span are forgotten. One that comes too late is taken in at its place.
  public mutating func append(_ event: Event) {
    var place = events.count
    while place > first, events[place - 1].time > event.time { place -= 1 }
    events.insert(event, at: place)
    guard let last = events.last else { return }
    while first < events.count, last.time.timeInterval(since: events[first].time) > Self.span { first += 1 }
    if first > 64, first > events.count / 2 {
      events.removeFirst(first)
      first = 0
    }
  }

  /// The distances of an event to its nearest earlier neighbours.
  ///
  /// - Returns:
  ///   - timeLog10: log10 of the time, in days, since the latest earlier event within ``vicinity``;
  ///   - eta: log10 of the smallest `t · r^1.6 · 10^(-m)` over earlier events (Zaliapin and Ben-Zion, 2013), with t in years,
  ///     r the distance of epicentres in km, m the magnitude of the earlier event, 0 where it is not stated.
  ///
  ///   NaN where there is no such event.
  public func nearest(time: UTCTime, latitude: Double, longitude: Double) -> (timeLog10: Double, eta: Double) {
    var timeLog10 = Double.nan
    var eta = Double.infinity
    guard latitude.isFinite, longitude.isFinite else { return (.nan, .nan) }
    for event in events[first...].reversed() {
      let elapsed = time.timeInterval(since: event.time)
      guard elapsed > 0 else { continue }
      guard elapsed <= Self.span else { break }
      let seconds = max(elapsed, Self.leastTime)
      let distance = Geodesic.sphericalDistance(
        fromLatitude: latitude, longitude: longitude, toLatitude: event.latitude, longitude: event.longitude)
      guard distance.isFinite else { continue }
      if timeLog10.isNaN, distance <= Self.vicinity { timeLog10 = log10(seconds / 86_400) }
      let magnitude = event.magnitude.isFinite ? event.magnitude : 0
      eta = min(
        eta,
        log10(seconds / (365.25 * 86_400)) + Self.fractalDimension * log10(max(distance, Self.leastDistance))
          - Self.slopeOfMagnitudes * magnitude)
    }
    return (timeLog10, eta.isFinite ? eta : .nan)
  }
}

import Foundation

/// What a map shows, in degrees; east is greater than west, so that it may lie across the date line.
public struct MapRegion: Sendable, Hashable, Codable {
  /// The western edge, -180 to 180.
  public var west: Double
  /// The eastern edge; beyond 180 where the map crosses the date line.
  public var east: Double
  /// The southern edge.
  public var south: Double
  /// The northern edge.
  public var north: Double

  /// Creates a region; it is given at least a hundredth of a degree each way.
  public init(west: Double, east: Double, south: Double, north: Double) {
    self.west = west
    self.east = max(east, west + 0.01)
    self.south = max(-90, min(south, 89.99))
    self.north = min(90, max(north, self.south + 0.01))
  }

  /// The smallest region that holds all points, with some room around them.
  ///
  /// - Returns: nil where there is no point.
  public init?(longitudes: [Double], latitudes: [Double], margin: Double = 0.06) {
    let points = zip(longitudes, latitudes).filter {
      $0.isFinite && $1.isFinite && abs($1) <= 90 && abs($0) <= 540
    }
    guard let first = points.first else { return nil }
    // The widest gap between neighbours on the circle is what the map leaves out.
    let turned = points.map { Self.wrapped($0.0) }.sorted()
    var (west, width) = (turned[0], turned[turned.count - 1] - turned[0])
    var gap = 360 - width
    for (left, right) in zip(turned, turned.dropFirst()) where right - left > gap {
      gap = right - left
      west = right
      width = 360 - gap
    }
    var (south, north) = (first.1, first.1)
    for (_, latitude) in points {
      south = min(south, latitude)
      north = max(north, latitude)
    }
    let stretch = max(0.2, cos((south + north) / 2 * .pi / 180))
    // Neither a line nor a dot: at least a third as wide as high, and the other way round.
    let height = max(north - south, width * stretch / 3, 0.02)
    let middle = (south + north) / 2
    let room = margin * max(height, width * stretch)
    let fullWidth = min(360, max(width, height / stretch / 3) + 2 * room / stretch)
    let centre = west + width / 2
    self.init(
      west: Self.wrapped(centre - fullWidth / 2), east: Self.wrapped(centre - fullWidth / 2) + fullWidth,
      south: middle - height / 2 - room, north: middle + height / 2 + room)
  }

  /// A longitude in -180 to 180.
  static func wrapped(_ longitude: Double) -> Double {
    let turned = (longitude + 180).truncatingRemainder(dividingBy: 360)
    return (turned < 0 ? turned + 360 : turned) - 180
  }

  /// A longitude as the map counts it: from west on.
  func turned(_ longitude: Double) -> Double {
    let away = (longitude - west).truncatingRemainder(dividingBy: 360)
    let place = west + (away < 0 ? away + 360 : away)
    return place > east && place - 360 >= west ? place - 360 : place
  }

  /// Whether Mercator's projection will do.
  var isMercator: Bool { south > -80 && north < 80 }

  /// Height over width on paper.
  var aspect: Double { (height(north) - height(south)) / (east - west) }

  /// The height of a latitude in the projection, in degrees of longitude.
  func height(_ latitude: Double) -> Double {
    isMercator ? log(tan(.pi / 4 + latitude * .pi / 360)) * 180 / .pi : latitude
  }
}

public import SeismicFormats

/// Where a synthetic network stands: a place on Earth, layers below it, and faults on which its earthquakes are.
public struct SyntheticRegion: Sendable {
  /// A plane on which earthquakes gather.
  struct Fault: Sendable {
    var x: Double
    var y: Double
    var depth: Double
    /// Of the strike from north, clockwise, in radians.
    var strike: Double
    /// Half the length along the strike, in km.
    var halfLength: Double
    /// Half the width down the dip, in km.
    var halfWidth: Double
    /// The share of the background's earthquakes, not normalised.
    var weight: Double
    /// Where on it earthquakes gather, from -1 to 1 along the strike.
    var clusters: [Double]
  }

  /// The latitude of the centre, in degrees.
  public let latitude: Double
  /// The longitude of the centre, in degrees.
  public let longitude: Double
  /// The side of the square with the stations, in km.
  public let size: Double
  /// The layers.
  public let model: VelocityModel
  /// The quality factor of S waves; that of P waves is higher.
  public let qualityS: Double
  /// The quality factor of P waves.
  public let qualityP: Double
  let faults: [Fault]

  /// Makes the region of a seed.
  public init(_ settings: SyntheticSettings) {
    var random = SplitMix64(seed: settings.seed, stream: SyntheticStream.region)
    latitude = (random.uniform() < 0.5 ? -1 : 1) * ((100 * random.uniform(18...56)).rounded() / 100)
    longitude = (100 * random.uniform(-165...165)).rounded() / 100
    size = settings.regionSize
    model = Self.layers(&random)
    qualityS = random.uniform(180...500)
    qualityP = qualityS * random.uniform(1.3...2)
    let half = settings.regionSize / 2
    faults = (0..<4 + random.index(4)).map { _ in
      Fault(
        x: half * random.uniform(-0.75...0.75), y: half * random.uniform(-0.75...0.75), depth: random.uniform(4...14),
        strike: .pi * random.uniform(), halfLength: half * random.uniform(0.08...0.35),
        halfWidth: random.uniform(1...4), weight: random.factor(0.8),
        clusters: (0..<1 + random.index(4)).map { _ in random.uniform(-1...1) })
    }
  }

  /// Layers with velocities and thicknesses within what is found in continental crust.
  private static func layers(_ random: inout SplitMix64) -> VelocityModel {
    let scale = random.uniform(0.95...1.05)
    let ratio = random.uniform(1.69...1.79)
    let crust = random.uniform(28...42)
    let tops = [-3, random.uniform(1...3), random.uniform(5...9), random.uniform(14...20), crust]
    let velocities = [4.4, 5.5, 6.0, 6.5, 8.0]
    func rounded(_ value: Double) -> Double { (100 * value).rounded() / 100 }
    let nodes = zip(tops, velocities).enumerated().map { place, pair in
      let p = rounded(pair.1 * scale * (1 + 0.02 * random.normal()))
      // Sediments have less shear strength.
      return VelocityModel.Node(depth: rounded(pair.0), p: p, s: rounded(p / (ratio + (place == 0 ? 0.08 : 0))))
    }
    return VelocityModel(name: "synthetic", nodes: nodes, interpolation: .layers)
  }

  /// Latitude and longitude of a point `x` km east and `y` km north of the centre.
  public func geographic(x: Double, y: Double) -> (latitude: Double, longitude: Double) {
    let phi = latitude + y / 111.19
    let width = 111.19 * max(0.05, cosine(radians: phi * .pi / 180))
    var lambda = longitude + x / width
    if lambda > 180 { lambda -= 360 }
    if lambda < -180 { lambda += 360 }
    return (phi, lambda)
  }

  /// A place of the background: near a fault's clusters, along the fault, or anywhere.
  func hypocentre(_ random: inout SplitMix64) -> (x: Double, y: Double, depth: Double) {
    let half = size / 2
    let total = faults.reduce(0) { $0 + $1.weight }
    var choice = random.uniform() * total * 1.25
    for fault in faults {
      choice -= fault.weight
      guard choice < 0 else { continue }
      let along =
        random.uniform() < 0.7
        ? fault.clusters[random.index(fault.clusters.count)] + 0.12 * random.normal() : random.uniform(-1...1)
      let across = 0.6 * random.normal()
      let depth = fault.depth + fault.halfWidth * random.uniform(-1...1) + 0.3 * random.normal()
      let (north, east) = (cosine(radians: fault.strike), sine(radians: fault.strike))
      return (
        fault.x + along * fault.halfLength * east + across * north,
        fault.y + along * fault.halfLength * north - across * east, min(max(depth, 0.5), 25)
      )
    }
    return (half * random.uniform(-1.1...1.1), half * random.uniform(-1.1...1.1), random.uniform(2...18))
  }
}

import SeismicFormats

/// The waves of an earthquake at a station.
public struct SyntheticArrival: Sendable {
  /// The station's number.
  public var station: Int
  /// Along the surface, in km.
  public var distance: Double
  /// From the source to the station, in radians from north, clockwise.
  public var azimuth: Double
  /// The onset of P, in seconds after the settings' epoch.
  public var p: Double
  /// The onset of S, in seconds after the settings' epoch.
  public var s: Double
  /// From the vertical, at the station, in radians.
  public var incidence: Double
  /// The spectrum of P.
  public var spectrumP: WaveSpectrum
  /// The spectrum of S.
  public var spectrumS: WaveSpectrum
  /// The amplitude of P on the vertical in the 1.5 s after its onset over that of the noise, in the picker's band.
  public var ratioP: Double
  /// The same of S on the horizontals, over noise and the coda of P.
  public var ratioS: Double

  /// Creates an arrival.
  public init(
    station: Int, distance: Double, azimuth: Double, p: Double, s: Double, incidence: Double, spectrumP: WaveSpectrum,
    spectrumS: WaveSpectrum, ratioP: Double, ratioS: Double
  ) {
    self.station = station
    self.distance = distance
    self.azimuth = azimuth
    self.p = p
    self.s = s
    self.incidence = incidence
    self.spectrumP = spectrumP
    self.spectrumS = spectrumS
    self.ratioP = ratioP
    self.ratioS = ratioS
  }
}

/// Travel times, attenuation and radiation between a synthetic region and its network.
public struct WavePaths: Sendable {
  private let settings: SyntheticSettings
  private let region: SyntheticRegion
  private let network: SyntheticNetwork
  private let times: TravelTimes
  private static let maximumDepth = 65.0

  /// Prepares travel times for the region.
  ///
  /// - Throws: what ``TravelTimes`` throws.
  public init(_ settings: SyntheticSettings, region: SyntheticRegion, network: SyntheticNetwork) throws {
    self.settings = settings
    self.region = region
    self.network = network
    times = try TravelTimes(
      model: region.model, maximumDistance: 2.2 * settings.regionSize + 100, maximumDepth: Self.maximumDepth)
  }

  /// The travel time to a station, in s.
  func time(_ phase: Wave, x: Double, y: Double, depth: Double, to station: Int) -> Double {
    let site = network.stations[station]
    return time(phase, separation(x, y, site).distance, depth, site)
  }

  private func time(_ phase: Wave, _ distance: Double, _ depth: Double, _ site: SyntheticStation) -> Double {
    times.time(
      phase, distance: min(distance, times.maximumDistance), depth: min(depth, Self.maximumDepth),
      elevation: site.elevation)
  }

  private func separation(_ x: Double, _ y: Double, _ site: SyntheticStation) -> (distance: Double, azimuth: Double) {
    let place = region.geographic(x: x, y: y)
    let way = Geodesic(
      fromLatitude: place.latitude, longitude: place.longitude, toLatitude: site.latitude, longitude: site.longitude)
    return (way.distance, way.azimuth * .pi / 180)
  }

  /// How far a station is along the surface, in km, and in which direction, in radians from north, clockwise.
  func direction(x: Double, y: Double, to station: Int) -> (distance: Double, azimuth: Double) {
    separation(x, y, network.stations[station])
  }

  /// P and S velocity at a depth, in km/s.
  private func velocities(_ depth: Double) -> VelocityModel.Node {
    region.model.nodes.last { $0.depth <= depth } ?? region.model.nodes[0]
  }

  /// The waves of an earthquake at a station.
  public func arrival(_ event: SyntheticEarthquake, at station: Int) -> SyntheticArrival {
    let site = network.stations[station]
    var random = SplitMix64(seed: settings.seed, stream: SyntheticStream.path, event.key, UInt64(station))
    let (distance, azimuth) = separation(event.x, event.y, site)
    func time(_ phase: Wave, _ distance: Double) -> Double { self.time(phase, distance, event.depth, site) }
    // What layers do not explain: a part that stays with the station and the neighbourhood, and a part of each path.
    let travelP = max(0.05, time(.p, distance) * (1 + 0.006 * random.normal()))
    let travelS = max(travelP * 1.3, time(.s, distance) * (1 + 0.008 * random.normal()))
    let source = BruneSource(magnitude: event.magnitude, stressDrop: event.stressDrop)
    let rock = velocities(event.depth)
    let height = event.depth + site.elevation / 1000
    let range = (distance * distance + height * height).squareRoot()
    // Beyond 80 km waves that the Moho sends back make up for the distance.
    let spreading = range <= 80 ? range : (80 * range).squareRoot()
    let corner = source.cornerFrequency(velocity: rock.s)
    let radiationP = 0.52 * random.factor(0.35)
    let radiationS = 0.63 * random.factor(0.3)
    let spectrumP = WaveSpectrum(
      level: source.lowFrequencyLevel(velocity: rock.p, distance: spreading, radiation: radiationP)
        * site.amplification.squareRoot(),
      corner: 1.3 * corner, attenuation: travelP / region.qualityP + 0.6 * site.kappa)
    let spectrumS = WaveSpectrum(
      level: source.lowFrequencyLevel(velocity: rock.s, distance: spreading, radiation: radiationS)
        * site.amplification,
      corner: corner, attenuation: travelS / region.qualityS + site.kappa)
    let slowness = times.slowness(
      .p, distance: min(distance, times.maximumDistance), depth: event.depth, elevation: site.elevation)
    let incidence = arcsine(min(0.95, slowness * region.model.nodes[0].p * 0.8))
    let noise = site.pickerNoise(at: event.time + travelP)
    let energyP = 0.7 * spectrumP.energy(network.pickerBand) / 1.5
    let energyS = 0.6 * spectrumS.energy(network.pickerBand) / 2
    let vertical = cosine(radians: incidence)
    // What is left of P's coda when S comes.
    let codaP = 0.02 * energyP * exponentialFunction(-(travelS - travelP) / 2)
    let noiseS = (noise * noise * site.noise.horizontal * site.noise.horizontal + codaP).squareRoot()
    return SyntheticArrival(
      station: station, distance: distance, azimuth: azimuth, p: event.time + travelP, s: event.time + travelS,
      incidence: incidence, spectrumP: spectrumP, spectrumS: spectrumS,
      ratioP: vertical * energyP.squareRoot() / noise, ratioS: 0.7 * energyS.squareRoot() / noiseS)
  }

  /// The waves of an earthquake at all stations where something of them can be seen, by the numbers of the stations.
  func arrivals(_ event: SyntheticEarthquake, above ratio: Double = 0.3) -> [SyntheticArrival] {
    network.stations.indices.lazy.map { arrival(event, at: $0) }.filter { max($0.ratioP, $0.ratioS) > ratio }
  }
}

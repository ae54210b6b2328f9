public import SeismicFormats

/// A station of a synthetic network.
public struct SyntheticStation: Sendable {
  /// How its components stand.
  public enum Orientation: Hashable, Sendable {
    /// Up, north and east.
    case zne
    /// Up, and two horizontals of which the first points so many degrees from north, clockwise.
    case z12(azimuth: Double)
    /// Up only.
    case vertical
  }

  /// Its name.
  public var id: StationID
  /// East of the region's centre, in km.
  public var x: Double
  /// North of the region's centre, in km.
  public var y: Double
  /// Degrees.
  public var latitude: Double
  /// Degrees.
  public var longitude: Double
  /// Metres.
  public var elevation: Double
  /// How its components stand.
  public var orientation: Orientation
  /// Counts per m/s.
  public var sensitivity: Double
  /// How many times the ground below it makes waves larger.
  public var amplification: Double
  /// The attenuation time of the ground below it, in s.
  public var kappa: Double
  /// Its noise.
  public var noise: NoiseModel
  /// How often something local disturbs it, a day.
  var disturbancesPerDay: Double
  /// Its noise in the band of the picker; see ``NoiseModel/bandLevels(_:samplingRate:)``.
  var pickerNoise: (rest: Double, cultural: Double)

  /// The channels' codes: the last letters of the components, in the order of the lanes of the synthesis.
  public var components: [Character] {
    switch orientation {
    case .zne: ["Z", "N", "E"]
    case .z12: ["Z", "1", "2"]
    case .vertical: ["Z"]
    }
  }

  /// Root mean square of the noise in the picker's band, in m/s.
  ///
  /// - Parameter time: seconds after a midnight.
  func pickerNoise(at time: Double) -> Double {
    let cultural = noise.culturalFactor(at: time) * pickerNoise.cultural
    return (pickerNoise.rest * pickerNoise.rest + cultural * cultural).squareRoot()
  }
}

/// The stations of a seed.
public struct SyntheticNetwork: Sendable {
  /// The network's code.
  public static let code = "SY"

  /// The stations, in the order of their names.
  public let stations: [SyntheticStation]
  /// The frequencies in which the automatic system picks, in Hz.
  public let pickerBand: ClosedRange<Double>
  private let samplingRate: Double
  private let start: UTCTime

  /// Makes the network.
  public init(_ settings: SyntheticSettings, region: SyntheticRegion) {
    samplingRate = settings.samplingRate
    start = settings.epoch
    let band = 2...max(3, min(20, 0.4 * settings.samplingRate))
    pickerBand = band
    var places: [(x: Double, y: Double)] = []
    var stations: [SyntheticStation] = []
    let half = settings.regionSize / 2
    let digits = max(3, String(settings.stationCount).utf8.count)
    for number in 0..<settings.stationCount {
      var random = SplitMix64(seed: settings.seed, stream: SyntheticStream.station, UInt64(number))
      // Of a few places that farthest from the stations that are there already: networks are neither grids nor clumps.
      var place = (x: 0.0, y: 0.0)
      var best = -1.0
      for _ in 0..<3 {
        let x = half * random.uniform(-1...1)
        let y = half * random.uniform(-1...1)
        let nearest = places.reduce(Double.infinity) {
          min($0, ($1.x - x) * ($1.x - x) + ($1.y - y) * ($1.y - y))
        }
        if nearest > best { (place, best) = ((x, y), nearest) }
      }
      places.append(place)
      let position = region.geographic(x: place.x, y: place.y)
      let loudness = random.uniform()
      let noise = NoiseModel(loudness: loudness, longitude: position.longitude, &random)
      let kind = random.uniform()
      let orientation: SyntheticStation.Orientation =
        kind < 0.72 ? .zne : kind < 0.88 ? .z12(azimuth: random.uniform(0...359).rounded()) : .vertical
      let text = String(number + 1)
      let code = "S" + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
      stations.append(
        SyntheticStation(
          id: StationID(network: Self.code, code: code), x: place.x, y: place.y, latitude: position.latitude,
          longitude: position.longitude, elevation: (10 * random.uniform(0...1600)).rounded() / 10,
          orientation: orientation, sensitivity: (1e6 * 100 * powerOfTen(random.uniform(0.2...1.1))).rounded(),
          amplification: random.factor(0.3) * (1 + 0.8 * loudness), kappa: random.uniform(0.012...0.04), noise: noise,
          disturbancesPerDay: 6 + 60 * loudness * loudness * random.uniform(),
          pickerNoise: noise.bandLevels(band, samplingRate: settings.samplingRate)))
    }
    self.stations = stations
  }

  /// The channel of a component.
  func channelCode(_ component: Character) -> String { (samplingRate >= 80 ? "HH" : "BH") + String(component) }

  /// The stream of a component of a station.
  public func stream(_ station: Int, _ component: Character) -> StreamID {
    StreamID(network: Self.code, station: stations[station].id.code, channel: channelCode(component))
  }

  /// The network as an inventory, with the directions and sensitivities of all channels.
  public var inventory: Inventory {
    Inventory(
      stations: stations.map { station in
        var result = Station(
          id: station.id, latitude: station.latitude, longitude: station.longitude, elevation: station.elevation,
          epoch: Epoch(start: start.advanced(by: -30 * 86_400)), siteName: "Synthetic site \(station.id.code)")
        for component in station.components {
          var azimuth = component == "E" ? 90.0 : 0
          if case .z12(let first) = station.orientation, component != "Z" {
            azimuth = component == "1" ? first : (first + 90).truncatingRemainder(dividingBy: 360)
          }
          result.channels.append(
            Channel(
              location: "", code: channelCode(component), latitude: station.latitude, longitude: station.longitude,
              elevation: station.elevation, depth: 0, azimuth: azimuth, dip: component == "Z" ? -90 : 0,
              samplingRate: samplingRate, sensitivity: Sensitivity(value: station.sensitivity, frequency: 1),
              epoch: result.epoch))
        }
        return result
      })
  }
}

/// What the discriminator sees of an event: a window of three components and some attributes of each station in range: those
/// with picks first, then those without, each the nearest first.
///
/// Windows have 1024 samples at 25 Hz, of the band 1–10 Hz, and begin 8 s before the *predicted* P: of an event whose origin is
/// wrong the onsets do not stand where they should. 25 Hz keep what tells local earthquakes from noise up to hypocentral
/// distances of 250 km, where S is 33 s behind P, at a quarter of the work and the room of 100 Hz. Samples are divided by the
/// standard deviation of the station's three components and rounded to 1/512 of it, so that what is stored and what is scored at once
/// are the same numbers.
public struct EventWindows: Sendable, Equatable {
  /// Samples per second.
  public static let samplingRate = 25.0
  /// Samples of a window.
  public static let length = 1024
  /// Components of a window: up, north, east.
  public static let componentCount = 3
  /// The sample at which P is predicted.
  public static let predictedP = 200
  /// The pass band, in Hz.
  public static let band = (low: 1.0, high: 10.0)
  /// Whole numbers of the samples for one standard deviation.
  public static let scale: Float = 512
  /// At most so many stations.
  public static let maximumStations = 64
  /// Numbers of a station's window.
  public static let windowSize = componentCount * length

  /// The number of stations.
  public private(set) var stationCount = 0
  /// Samples times ``scale``, stations × components × ``length``; zero where they are missing.
  public internal(set) var samples: [Int16] = []
  /// Which components each station has: bit 0 for up, 1 for north, 2 for east.
  public internal(set) var components: [UInt8] = []
  /// Attributes, stations × ``StationAttribute/count``.
  public private(set) var attributes: [Float] = []

  /// Windows of no station.
  public init() {}

  /// Windows as they were stored.
  ///
  /// - Returns: nil where numbers do not fit together, or attributes are not finite.
  public init?(samples: [Int16], components: [UInt8], attributes: [Float]) {
    let count = components.count
    guard count <= Self.maximumStations, samples.count == count * Self.windowSize,
      attributes.count == count * StationAttribute.count, attributes.allSatisfy(\.isFinite),
      components.allSatisfy({ $0 > 0 && $0 < 8 })
    else { return nil }
    stationCount = count
    self.samples = samples
    self.components = components
    self.attributes = attributes
  }

  /// Adds a station.
  mutating func append(samples: UnsafeBufferPointer<Int16>, components: UInt8, attributes: [Float]) {
    self.samples.append(contentsOf: samples)
    self.components.append(components)
    self.attributes.append(contentsOf: attributes)
    stationCount += 1
  }

  /// An attribute of a station.
  public subscript(_ attribute: StationAttribute, station: Int) -> Float {
    get { attributes[station * StationAttribute.count + attribute.rawValue] }
    set { attributes[station * StationAttribute.count + attribute.rawValue] = newValue }
  }

  /// Whether a station has a pick.
  func isPicked(_ station: Int) -> Bool { self[.hasP, station] > 0 || self[.hasS, station] > 0 }

  /// The stations at some places, in their order.
  public func selecting(_ stations: [Int]) -> EventWindows {
    var selected = EventWindows()
    let width = StationAttribute.count
    for station in stations where station >= 0 && station < stationCount {
      selected.samples += samples[station * Self.windowSize..<(station + 1) * Self.windowSize]
      selected.components.append(components[station])
      selected.attributes += attributes[station * width..<(station + 1) * width]
      selected.stationCount += 1
    }
    return selected
  }
}

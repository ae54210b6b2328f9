/// Labelled events for training the discriminator, all filled up to one number of stations.
public struct EventMicroBatch: Sendable {
  /// Events in it.
  public let count: Int
  /// Places for stations of each event.
  public let places: Int
  /// Events × places × channels × samples; zero where there is no station.
  public var windows: [Float]
  /// Events × places × attributes.
  public var attributes: [Float]
  /// Events × places: 1 where there is no station.
  public let absent: [Float]
  /// Events × places: 0 where there is a station with a pick, else 1.
  public let unpicked: [Float]
  /// Events × 2: the number of stations of each event, 1 for filling, and 1 more than that of stations with a pick.
  public let counts: [Float]
  /// 1 for real events, 0 for fake ones.
  public let targets: [Float]
  /// The weight of each event; 0 for filling.
  public let weights: [Float]
  /// The name of each event.
  public let names: [String]

  /// Puts events together.
  ///
  /// - Parameters:
  ///   - events: windows, 1 for a real event, weight, name. An event without stations gets weight 0.
  ///   - filling: up to so many events are filled up with ones of weight 0.
  public init(_ events: [(windows: EventWindows, target: Float, weight: Float, name: String)], filling: Int = 0) {
    let count = max(events.count, filling, 1)
    let places = max(1, events.reduce(0) { max($0, $1.windows.stationCount) })
    let width = DiscriminatorArchitecture.inputAttributes
    var windows = [Float](repeating: 0, count: count * places * DiscriminatorInput.size)
    var attributes = [Float](repeating: 0, count: count * places * width)
    var absent = [Float](repeating: 1, count: count * places)
    var unpicked = absent
    var counts = [Float](repeating: 1, count: 2 * count)
    windows.withUnsafeMutableBufferPointer { windows in
      attributes.withUnsafeMutableBufferPointer { attributes in
        guard let window = windows.baseAddress, let attribute = attributes.baseAddress else { return }
        for (number, event) in events.enumerated() {
          counts[2 * number] = Float(max(1, event.windows.stationCount))
          for station in 0..<event.windows.stationCount {
            let place = number * places + station
            absent[place] = 0
            if event.windows.isPicked(station) {
              unpicked[place] = 0
              counts[2 * number + 1] += 1
            }
            DiscriminatorInput.write(
              event.windows, station: station, window: window + place * DiscriminatorInput.size,
              attributes: attribute + place * width)
          }
        }
      }
    }
    self.count = count
    self.places = places
    self.windows = windows
    self.attributes = attributes
    self.absent = absent
    self.unpicked = unpicked
    self.counts = counts
    let missing = count - events.count
    targets = events.map(\.target) + [Float](repeating: 0, count: missing)
    weights = events.map { $0.windows.stationCount > 0 ? $0.weight : 0 } + [Float](repeating: 0, count: missing)
    names = events.map(\.name) + [String](repeating: "", count: missing)
  }
}

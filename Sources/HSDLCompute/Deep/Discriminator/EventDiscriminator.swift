/// Says of an event by its waveforms whether it is real.
public protocol DeepScoring: AnyObject {
  /// The logarithm of the odds that an event is real, not calibrated.
  ///
  /// Depends on the event alone, not on what was scored before.
  ///
  /// - Throws: ``ComputeError``.
  func logit(of event: EventWindows) throws -> Double
}

/// A trained event discriminator.
///
/// Runs on tensors of fixed shape, filled up with zeros, so that a logit does not depend on how many stations other events have. An
/// object belongs to one thread.
public final class EventDiscriminator: DeepScoring {
  /// The sizes of its layers.
  public let architecture: DiscriminatorArchitecture
  /// Its numbers.
  public let parameters: NetworkParameters
  private let network: DiscriminatorNetwork
  private let pass: ForwardPass
  private var windows: [Float]
  private var attributes: [Float]

  /// So many stations go through the convolutions at a time.
  static let batchSize = 8

  /// Puts a discriminator together.
  ///
  /// - Throws: ``ComputeError`` when the parameters are not those of the architecture.
  public init(_ architecture: DiscriminatorArchitecture, _ parameters: NetworkParameters) throws {
    try architecture.validate()
    guard parameters.layout == architecture.layout else {
      throw ComputeError.badModel(reason: "the tensors are not those of a discriminator of these sizes")
    }
    self.architecture = architecture
    self.parameters = parameters
    network = DiscriminatorNetwork(architecture: architecture)
    pass = try ForwardPass(evaluating: parameters)
    windows = [Float](repeating: 0, count: Self.batchSize * DiscriminatorInput.size)
    attributes = [Float](repeating: 0, count: Self.batchSize * DiscriminatorArchitecture.inputAttributes)
  }

  public func logit(of event: EventWindows) throws -> Double {
    guard event.stationCount > 0 else { return .nan }
    return try Tensor.withoutRecording {
      let places = EventWindows.maximumStations
      var embedded = [Float](repeating: 0, count: places * architecture.width)
      var absent = [Float](repeating: 1, count: places)
      for first in stride(from: 0, to: event.stationCount, by: Self.batchSize) {
        try embed(event, first..<min(first + Self.batchSize, event.stationCount), into: &embedded)
      }
      var unpicked = absent
      var counts: [Float] = [Float(event.stationCount), 1]
      for station in 0..<event.stationCount {
        absent[station] = 0
        if event.isPicked(station) {
          unpicked[station] = 0
          counts[1] += 1
        }
      }
      let logits = try network.logits(
        Batch([Tensor(embedded, [1, places, architecture.width])]), absent: Batch([Tensor(absent, [1, places])]),
        unpicked: Batch([Tensor(unpicked, [1, places])]), counts: Batch([Tensor(counts, [1, 2])]), pass)
      return Double(try logits.tensors.first?.values().first ?? .nan)
    }
  }

  private func embed(_ event: EventWindows, _ stations: Range<Int>, into embedded: inout [Float]) throws {
    let (size, width) = (DiscriminatorInput.size, DiscriminatorArchitecture.inputAttributes)
    windows.withUnsafeMutableBufferPointer { windows in
      attributes.withUnsafeMutableBufferPointer { attributes in
        windows.update(repeating: 0)
        attributes.update(repeating: 0)
        guard let window = windows.baseAddress, let attribute = attributes.baseAddress else { return }
        for (place, station) in stations.enumerated() {
          DiscriminatorInput.write(
            event, station: station, window: window + place * size, attributes: attribute + place * width)
        }
      }
    }
    let shape = [Self.batchSize, DiscriminatorArchitecture.inputChannels, EventWindows.length]
    let values = try network.stations(
      Batch([Tensor(windows, shape)]), Batch([Tensor(attributes, [Self.batchSize, width])]), pass)
    guard let numbers = try values.tensors.first?.values() else { return }
    let used = stations.count * architecture.width
    embedded.replaceSubrange(
      stations.lowerBound * architecture.width..<stations.lowerBound * architecture.width + used,
      with: numbers[..<used])
  }
}

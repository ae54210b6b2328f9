public import HSDLCompute

/// A network that scores events by their waveforms, and what it must be shown of them.
public struct EventScorer {
  /// The network.
  public var network: any DeepScoring
  /// At most so many stations of an event are shown to it, those with picks first, the nearest of them: as many as in its training.
  public var maximumStations: Int

  /// Puts a scorer together.
  public init(network: any DeepScoring, maximumStations: Int) {
    self.network = network
    self.maximumStations = maximumStations
  }
}

public import HSDLCompute

/// A network that scores events by their waveforms, and what it must be shown of them.
public struct EventScorer {
  /// The network.
  public var network: any DeepScoring
  /// At most so many stations of an event are shown to it, those with picks first, the nearest of them: as many as in its training.
  public var maximumStations: Int
  /// The hash of the picker that is asked about the windows; nil for none.
  public var picker: String?
  /// The folder of a copy of that picker, beside the network; nil where there is none.
  public var pickerFolder: String?

  /// Puts a scorer together.
  public init(
    network: any DeepScoring, maximumStations: Int, picker: String? = nil, pickerFolder: String? = nil
  ) {
    self.picker = picker
    self.pickerFolder = pickerFolder
    self.network = network
    self.maximumStations = maximumStations
  }
}

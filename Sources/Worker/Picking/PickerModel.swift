public import HSDLCompute

/// A picker that is ready to work, and what picks say of it.
public struct PickerModel {
  /// The network; it belongs to one thread.
  public var network: any PickerNetwork
  /// The hash of the model's folder.
  public var hash: String

  /// Puts a picker and its hash together.
  ///
  /// - Parameter description: what the model's card says of the picker, where it says more than the network knows: pass band, blind ends;
  ///   nil takes the network's own.
  public init(network: any PickerNetwork, hash: String, description: PickerDescription? = nil) {
    self.network = description.map { DescribedPicker(network, $0) } ?? network
    self.hash = hash
  }

  /// The first digits of the hash.
  public var shortHash: String { String(hash.prefix(12)) }
}

/// Settings that replace a picker's usual ones; nil leaves what is usual.
public struct PickSettingChanges: Sendable, Equatable {
  /// What P must reach.
  public var pThreshold: Double?
  /// What S must reach.
  public var sThreshold: Double?
  /// What the detection must reach.
  public var detectionThreshold: Double?
  /// By how much windows overlap, as a part of their length.
  public var overlap: Double?
  /// How windows that overlap are put together.
  public var stack: PickSettings.Stack?
  /// Which S is taken where a detection holds several.
  public var sChoice: PickSettings.SChoice?
  /// Windows that the network is given at a time.
  public var batchSize: Int?

  /// Changes nothing.
  public init() {}

  /// The settings of a picker with these changes.
  public func applied(to description: PickerDescription) -> PickSettings {
    var settings = PickSettings(description)
    settings.pThreshold = pThreshold ?? settings.pThreshold
    settings.sThreshold = sThreshold ?? settings.sThreshold
    settings.detectionThreshold = detectionThreshold ?? settings.detectionThreshold
    settings.overlap = overlap ?? settings.overlap
    settings.stack = stack ?? settings.stack
    settings.sChoice = sChoice ?? settings.sChoice
    settings.batchSize = batchSize ?? settings.batchSize
    return settings
  }
}

/// A network under another description of its surroundings.
private final class DescribedPicker: PickerNetwork {
  let description: PickerDescription
  private let network: any PickerNetwork

  init(_ network: any PickerNetwork, _ description: PickerDescription) {
    self.network = network
    self.description = description
  }

  func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>
  ) throws {
    try network.probabilities(windows, count: count, into: probabilities)
  }
}

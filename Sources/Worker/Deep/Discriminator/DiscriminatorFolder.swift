public import HSDLCompute

/// A trained event discriminator in a folder: `card.json` and `model.safetensors`.
public typealias DiscriminatorFolder = NetworkFolder<DiscriminatorCard>

extension NetworkFolder where Card == DiscriminatorCard {
  /// The discriminator, ready to score.
  ///
  /// - Throws: ``ComputeError``.
  public func discriminator() throws -> EventDiscriminator { try EventDiscriminator(card.architecture, parameters) }
}

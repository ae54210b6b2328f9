/// The name and shape of one tensor of a network.
public struct TensorSpecification: Sendable, Hashable, Codable {
  /// What a tensor is for.
  public enum Role: String, Sendable, Codable {
    /// Fitted by gradients.
    case weight
    /// Kept by the network itself: running means and variances of batch normalisation.
    case statistic
  }

  /// Its name, as it stands in files of weights: `encoder.convs.0.weight`.
  public var name: String
  /// Its extents, slowest first; empty for a single number.
  public var shape: [Int]
  /// What it is for.
  public var role: Role

  /// Describes a tensor.
  public init(_ name: String, _ shape: [Int], _ role: Role = .weight) {
    self.name = name
    self.shape = shape
    self.role = role
  }

  /// How many numbers it has.
  public var count: Int { shape.reduce(1, *) }
}

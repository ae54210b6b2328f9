/// A layered Earth: velocities by depth.
public struct VelocityModel: Hashable, Sendable {
  /// A depth at which velocities are stated.
  public struct Node: Hashable, Sendable {
    /// Depth below sea level, in km, positive down; may be negative for rock above it.
    public var depth: Double
    /// P velocity just below, in km/s, unless the next node has the same depth.
    public var p: Double
    /// S velocity, in km/s; 0 in liquids.
    public var s: Double

    /// Creates a node.
    public init(depth: Double, p: Double, s: Double) {
      self.depth = depth
      self.p = p
      self.s = s
    }
  }

  /// How velocities go on between nodes.
  public enum Interpolation: Hashable, Sendable {
    /// Each node is the top of a layer of constant velocity.
    case layers
    /// Velocity is linear between nodes; two nodes at one depth are a discontinuity (`.nd`, `.tvel`).
    case linear
  }

  /// What the model is called.
  public var name: String
  /// Nodes in the order of depth; at least one.
  public var nodes: [Node]
  /// How velocities go on between them; below the last node they stay as they are.
  public var interpolation: Interpolation

  /// Creates a model.
  public init(name: String, nodes: [Node], interpolation: Interpolation) {
    self.name = name
    self.nodes = nodes
    self.interpolation = interpolation
  }
}

/// An axis: what it counts, in which unit, and how.
public struct FigureAxis: Sendable, Hashable, Codable {
  /// How places on it are found.
  public enum Scale: Sendable, Hashable, Codable {
    /// Evenly.
    case linear
    /// By the decimal logarithm; values that are not positive are left out.
    case logarithmic
    /// Names at 0, 1, 2 ….
    case categories([String])
    /// Seconds since 1970-01-01, UTC; marks stand at whole days, hours, minutes ….
    case time
  }

  /// What is counted.
  public var label: String
  /// The unit; empty where there is none.
  public var unit: String
  /// How places are found.
  public var scale: Scale
  /// From where to where; nil for what holds all that is drawn.
  public var range: ClosedRange<Double>?
  /// Whether it runs backwards, as depths do.
  public var isReversed: Bool
  /// Whether marks have numbers; a grid of small panels does not need them on all.
  public var hasNumbers: Bool

  /// Creates an axis.
  public init(
    _ label: String, unit: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil,
    isReversed: Bool = false, hasNumbers: Bool = true
  ) {
    self.label = label
    self.unit = unit
    self.scale = scale
    self.range = range
    self.isReversed = isReversed
    self.hasNumbers = hasNumbers
  }

  /// Label and unit.
  var words: String { unit.isEmpty ? label : label.isEmpty ? unit : "\(label) (\(unit))" }
}

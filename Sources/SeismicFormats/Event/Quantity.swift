/// How uncertain a value is.
///
/// All in the unit of the value, except the confidence level.
public struct QuantityErrors: Hashable, Sendable {
  /// One standard deviation, or what the producer means by "uncertainty".
  public var uncertainty: Double?
  /// How far below the value the truth may lie.
  public var lowerUncertainty: Double?
  /// How far above the value the truth may lie.
  public var upperUncertainty: Double?
  /// The confidence level of the uncertainties, in percent.
  public var confidenceLevel: Double?

  /// Creates a statement of uncertainty.
  public init(
    uncertainty: Double? = nil, lowerUncertainty: Double? = nil, upperUncertainty: Double? = nil,
    confidenceLevel: Double? = nil
  ) {
    self.uncertainty = uncertainty
    self.lowerUncertainty = lowerUncertainty
    self.upperUncertainty = upperUncertainty
    self.confidenceLevel = confidenceLevel
  }

  /// Whether nothing is stated.
  public var isEmpty: Bool {
    uncertainty == nil && lowerUncertainty == nil && upperUncertainty == nil && confidenceLevel == nil
  }
}

/// A value and how uncertain it is (QuakeML's RealQuantity, IntegerQuantity and TimeQuantity).
public struct Quantity<Value: Hashable & Sendable>: Hashable, Sendable {
  /// The value.
  public var value: Value
  /// Its uncertainty; nil when nothing is stated.
  public var errors: QuantityErrors?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a quantity.
  public init(_ value: Value, uncertainty: Double? = nil) {
    self.value = value
    self.errors = uncertainty.map { QuantityErrors(uncertainty: $0) }
  }
}

/// A real number with uncertainty.
public typealias RealQuantity = Quantity<Double>
/// A whole number with uncertainty.
public typealias IntegerQuantity = Quantity<Int>
/// A time with uncertainty, in seconds.
public typealias TimeQuantity = Quantity<UTCTime>

/// Parts of a date that are known of a historical earthquake.
public struct CompositeTime: Hashable, Sendable {
  /// Year.
  public var year: IntegerQuantity?
  /// Month, 1 to 12.
  public var month: IntegerQuantity?
  /// Day of the month.
  public var day: IntegerQuantity?
  /// Hour.
  public var hour: IntegerQuantity?
  /// Minute.
  public var minute: IntegerQuantity?
  /// Second, with fraction.
  public var second: RealQuantity?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an empty date.
  public init() {}
}

/// A span of time around a reference.
public struct TimeWindow: Hashable, Sendable {
  /// Seconds before the reference that the window begins.
  public var begin: Double
  /// Seconds after the reference that the window ends.
  public var end: Double
  /// The reference.
  public var reference: UTCTime
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a window.
  public init(begin: Double, end: Double, reference: UTCTime) {
    self.begin = begin
    self.end = end
    self.reference = reference
  }
}

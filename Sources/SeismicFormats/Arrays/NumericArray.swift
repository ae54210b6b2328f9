/// An array of numbers of any number of dimensions, as files of arrays hold them.
public struct NumericArray: Sendable, Hashable {
  /// What kind of numbers a file holds; in memory all are of single precision.
  public enum ElementType: String, Sendable, Hashable, Codable {
    /// True or false, one byte each.
    case boolean = "bool"
    /// Whole numbers with sign.
    case int8, int16, int32, int64
    /// Whole numbers without sign.
    case uint8, uint16, uint32, uint64
    /// Half precision, as IEEE 754 has it.
    case float16
    /// The upper half of a number of single precision.
    case bfloat16
    /// Single precision.
    case float32
    /// Double precision.
    case float64

    /// Bytes of a number.
    public var size: Int {
      switch self {
      case .boolean, .int8, .uint8: 1
      case .int16, .uint16, .float16, .bfloat16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }
  }

  /// Its extents, slowest first; empty for a single number.
  public var shape: [Int]
  /// The numbers, the last index fastest.
  ///
  /// Whole numbers above 2²⁴ and numbers of double precision are rounded to the nearest; what is too large becomes infinite.
  public var values: [Float]
  /// What the numbers were where they came from.
  public var type: ElementType

  /// Creates an array.
  public init(shape: [Int], values: [Float], type: ElementType = .float32) {
    self.shape = shape
    self.values = values
    self.type = type
  }

  /// The shape in words: `3 × 4`, or `a single number`.
  public var shapeText: String { Self.text(of: shape) }

  /// A shape in words.
  public static func text(of shape: [Int]) -> String {
    shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: " × ")
  }

  /// How many elements an array of a shape has; nil where it cannot be held in memory, or an extent is negative.
  static func count(of shape: [Int]) -> Int? {
    // An extent of zero makes the array empty, whatever the others are.
    guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
    if shape.contains(0) { return 0 }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product < 1 << 56 else { return nil }
      count = product
    }
    return count
  }
}

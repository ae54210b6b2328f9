/// The machine type of the elements of a message.
public enum Datatype: UInt8, Sendable, CaseIterable {
  case int8
  case uint8
  case int32
  case uint32
  case int64
  case uint64
  case float32
  case float64

  /// The size of one element, in bytes.
  public var size: Int {
    switch self {
    case .int8, .uint8: 1
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}

/// A value that can travel in a message: a number of fixed size.
public protocol MessageElement: BitwiseCopyable, Comparable, Sendable {
  /// The machine type that stands for this type in a message.
  static var datatype: Datatype { get }
  /// The value that a fresh buffer is filled with.
  static var zero: Self { get }
}

extension Int8: MessageElement {
  public static var datatype: Datatype { .int8 }
}
extension UInt8: MessageElement {
  public static var datatype: Datatype { .uint8 }
}
extension Int32: MessageElement {
  public static var datatype: Datatype { .int32 }
}
extension UInt32: MessageElement {
  public static var datatype: Datatype { .uint32 }
}
extension Int64: MessageElement {
  public static var datatype: Datatype { .int64 }
}
extension UInt64: MessageElement {
  public static var datatype: Datatype { .uint64 }
}
extension Int: MessageElement {
  public static var datatype: Datatype { .int64 }
}
extension UInt: MessageElement {
  public static var datatype: Datatype { .uint64 }
}
extension Float: MessageElement {
  public static var datatype: Datatype { .float32 }
}
extension Double: MessageElement {
  public static var datatype: Datatype { .float64 }
}

extension Array where Element: MessageElement {
  /// An array whose elements are about to be overwritten.
  static func unset(count: Int) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { $1 = count }
  }

  /// The arrays one after the other.
  static func concatenation(_ parts: [[Element]]) -> [Element] {
    var all: [Element] = []
    all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { all.append(contentsOf: part) }
    return all
  }
}

/// How the contributions of the ranks become one value.
public enum ReductionOperation: UInt8, Sendable, CaseIterable {
  /// Sum. Integers wrap on overflow.
  case sum
  /// Product. Integers wrap on overflow.
  case product
  /// The smallest contribution.
  case minimum
  /// The largest contribution.
  case maximum
  /// Bitwise and; integers only.
  case bitwiseAnd
  /// Bitwise or; integers only.
  case bitwiseOr

  /// Whether the operation is defined for elements of a machine type.
  public func applies(to datatype: Datatype) -> Bool {
    switch self {
    case .sum, .product, .minimum, .maximum: true
    case .bitwiseAnd, .bitwiseOr: datatype != .float32 && datatype != .float64
    }
  }
}

extension ReductionOperation {
  /// Combines `count` elements of `source` into `destination`: `destination[i] = destination[i] op source[i]`.
  func combine(
    _ source: UnsafeRawPointer, into destination: UnsafeMutableRawPointer, count: Int, datatype: Datatype
  ) {
    switch datatype {
    case .int8: combineIntegers(source, destination, count, Int8.self)
    case .uint8: combineIntegers(source, destination, count, UInt8.self)
    case .int32: combineIntegers(source, destination, count, Int32.self)
    case .uint32: combineIntegers(source, destination, count, UInt32.self)
    case .int64: combineIntegers(source, destination, count, Int64.self)
    case .uint64: combineIntegers(source, destination, count, UInt64.self)
    case .float32: combineFloats(source, destination, count, Float.self)
    case .float64: combineFloats(source, destination, count, Double.self)
    }
  }

  @inline(__always)
  private func combineIntegers<T: FixedWidthInteger & BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer, _ count: Int, _ type: T.Type
  ) {
    switch self {
    case .sum: each(source, destination, count, type) { $0 &+ $1 }
    case .product: each(source, destination, count, type) { $0 &* $1 }
    case .minimum: each(source, destination, count, type) { min($0, $1) }
    case .maximum: each(source, destination, count, type) { max($0, $1) }
    case .bitwiseAnd: each(source, destination, count, type) { $0 & $1 }
    case .bitwiseOr: each(source, destination, count, type) { $0 | $1 }
    }
  }

  @inline(__always)
  private func combineFloats<T: BinaryFloatingPoint & BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer, _ count: Int, _ type: T.Type
  ) {
    switch self {
    case .sum: each(source, destination, count, type) { $0 + $1 }
    case .product: each(source, destination, count, type) { $0 * $1 }
    case .minimum: each(source, destination, count, type) { $1 < $0 ? $1 : $0 }
    case .maximum: each(source, destination, count, type) { $1 > $0 ? $1 : $0 }
    case .bitwiseAnd, .bitwiseOr: break
    }
  }

  @inline(__always)
  private func each<T: BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer, _ count: Int, _ type: T.Type,
    _ operation: (T, T) -> T
  ) {
    let stride = MemoryLayout<T>.stride
    for index in 0..<count {
      let offset = index * stride
      let left = destination.loadUnaligned(fromByteOffset: offset, as: T.self)
      let right = source.loadUnaligned(fromByteOffset: offset, as: T.self)
      destination.storeBytes(of: operation(left, right), toByteOffset: offset, as: T.self)
    }
  }
}

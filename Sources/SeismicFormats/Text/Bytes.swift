/// A stretch of bytes of a file.
public typealias Bytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer where Element == UInt8 {
  /// The bytes without blanks, tabs, line ends at both ends.
  @inlinable
  public var trimmed: UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = count
    while start < end, self[start] <= 32 { start += 1 }
    while end > start, self[end - 1] <= 32 { end -= 1 }
    return UnsafeBufferPointer(rebasing: self[start..<end])
  }

  /// The bytes as text; bytes that are not UTF-8 are replaced.
  @inlinable
  public var string: String { String(decoding: self, as: UTF8.self) }

  /// Whether the bytes are those of an ASCII literal.
  @inlinable
  func equals(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    guard count > 0, let base = baseAddress else { return true }
    for index in 0..<count where base[index] != literal.utf8Start[index] { return false }
    return true
  }

  /// Whether the bytes begin with those of an ASCII literal.
  @inlinable
  func begins(with literal: StaticString) -> Bool {
    count >= literal.utf8CodeUnitCount
      && UnsafeBufferPointer(rebasing: self[..<literal.utf8CodeUnitCount]).equals(literal)
  }

  /// Whether both hold the same bytes.
  @inlinable
  func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}

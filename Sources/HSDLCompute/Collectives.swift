/// What a method needs of the other ranks when its data lie spread over them.
///
/// Methods know nothing of MPI; whoever runs them on several ranks supplies this. All ranks call the same operations in
/// the same order.
public protocol Collectives: AnyObject {
  /// This rank's number, 0 ..< size.
  var rank: Int { get }
  /// The number of ranks.
  var size: Int { get }
  /// Every rank's bytes, in rank order, on every rank.
  func allgather(_ bytes: [UInt8]) throws -> [[UInt8]]
  /// Sends part r to rank r and returns what the ranks sent here, in rank order.
  func alltoall(_ parts: [[UInt8]]) throws -> [[UInt8]]
  /// Sums over the ranks; wraps on overflow.
  func sum(_ values: [Int64]) throws -> [Int64]
  /// Smallest values over the ranks.
  func minimum(_ values: [Double]) throws -> [Double]
  /// Largest values over the ranks.
  func maximum(_ values: [Double]) throws -> [Double]
}

/// One rank on its own.
public final class SingleRank: Collectives {
  public let rank = 0
  public let size = 1

  /// Creates it.
  public init() {}

  public func allgather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }
  public func alltoall(_ parts: [[UInt8]]) -> [[UInt8]] { parts }
  public func sum(_ values: [Int64]) -> [Int64] { values }
  public func minimum(_ values: [Double]) -> [Double] { values }
  public func maximum(_ values: [Double]) -> [Double] { values }
}

extension Collectives {
  /// Sums one whole number over the ranks.
  func sum(_ value: Int) throws -> Int { Int(try sum([Int64(value)])[0]) }

  /// Every rank's numbers, in rank order, on every rank.
  func allgather(_ values: [Double]) throws -> [[Double]] {
    try allgather(values.withUnsafeBytes { Array($0) }).map { bytes in
      [Double](unsafeUninitializedCapacity: bytes.count / 8) { buffer, count in
        count = bytes.count / 8
        UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes.prefix(count * 8))
      }
    }
  }

  /// Every rank's numbers, in rank order, on every rank.
  func allgather(_ values: [UInt64]) throws -> [[UInt64]] {
    try allgather(values.withUnsafeBytes { Array($0) }).map { bytes in
      [UInt64](unsafeUninitializedCapacity: bytes.count / 8) { buffer, count in
        count = bytes.count / 8
        UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes.prefix(count * 8))
      }
    }
  }
}

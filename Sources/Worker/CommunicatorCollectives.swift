public import HSDLCompute
public import MPI

/// Lets the methods talk over a communicator.
public final class CommunicatorCollectives: Collectives {
  private let communicator: any Communicator

  /// Wraps a communicator.
  public init(_ communicator: any Communicator) { self.communicator = communicator }

  public var rank: Int { communicator.rank }
  public var size: Int { communicator.size }

  public func allgather(_ bytes: [UInt8]) throws -> [[UInt8]] { try communicator.allgatherv(bytes) }
  public func alltoall(_ parts: [[UInt8]]) throws -> [[UInt8]] { try communicator.alltoallv(parts) }
  public func sum(_ values: [Int64]) throws -> [Int64] { try communicator.allreduce(values, .sum) }
  public func minimum(_ values: [Double]) throws -> [Double] { try communicator.allreduce(values, .minimum) }
  public func maximum(_ values: [Double]) throws -> [Double] { try communicator.allreduce(values, .maximum) }
}

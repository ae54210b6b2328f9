/// A group of ranks that exchange messages.
///
/// Two kinds exist: ``MPICommunicator`` (processes, over MPI) and ``InProcessCommunicator`` (threads of one
/// process, for tests). Code that takes a `Communicator` runs on both.
///
/// This protocol holds the untyped layer, in bytes, that each kind must supply. Use the typed operations of its
/// extension: they work out sizes and cut long messages.
///
/// A communicator is used from one thread at a time. Every collective operation must be called by all ranks, in the
/// same order.
public protocol Communicator: AnyObject, Sendable {
  /// This rank's number, 0 ..< size.
  var rank: Int { get }
  /// The number of ranks.
  var size: Int { get }
  /// The longest message, in bytes, that is sent in one piece; longer ones are cut. Equal on all ranks.
  var messageLimit: Int { get }

  /// Makes another communicator of the same ranks, whose operations mix with none of this one's.
  ///
  /// The order of the operations on one communicator says nothing about the order on the other. Collective. A
  /// communicator takes some of MPI's room for as long as the program runs: make few.
  func duplicate() throws -> any Communicator

  /// Waits until every rank has come here.
  func barrier() throws

  /// Copies `bytes` of `root` into `bytes` of every other rank.
  func broadcastBytes(_ bytes: UnsafeMutableRawBufferPointer, root: Int) throws

  /// Collects every rank's bytes on `root`, in rank order, without gaps.
  ///
  /// - Parameters:
  ///   - send: this rank's part, `counts[rank]` bytes.
  ///   - receive: room for all parts on `root`; not used elsewhere.
  ///   - counts: the number of bytes of each rank, the same on all ranks.
  func gatherBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int], root: Int) throws

  /// Collects every rank's bytes on every rank, in rank order, without gaps. `counts` as in `gatherBytes`.
  func allgatherBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int]) throws

  /// Hands each rank its part of `root`'s bytes, which hold the parts in rank order, without gaps.
  func scatterBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int], root: Int) throws

  /// Sends part r of `send` to rank r; part r of `receive` comes from rank r.
  ///
  /// - Parameters:
  ///   - sendCounts: bytes for each rank.
  ///   - receiveCounts: bytes from each rank.
  func alltoallBytes(
    _ send: UnsafeRawBufferPointer, sendCounts: [Int], into receive: UnsafeMutableRawBufferPointer,
    receiveCounts: [Int]) throws

  /// Replaces `count` elements with their reduction over the ranks, on every rank.
  func allreduceBytes(
    _ buffer: UnsafeMutableRawPointer, count: Int, datatype: Datatype, operation: ReductionOperation) throws

  /// Reduces `counts.sum` elements over the ranks and leaves part `rank` of the result in `receive`.
  func reduceScatterBytes(
    _ send: UnsafeRawPointer, into receive: UnsafeMutableRawPointer, counts: [Int], datatype: Datatype,
    operation: ReductionOperation) throws

  /// Starts the reduction of `count` elements in place. The memory must stay where it is until the operation ends.
  func startAllreduceBytes(
    _ buffer: UnsafeMutableRawPointer, count: Int, datatype: Datatype, operation: ReductionOperation
  ) throws -> any PendingOperation

  /// Sends one piece of at most ``messageLimit`` bytes.
  func sendPiece(_ bytes: UnsafeRawBufferPointer, to destination: Int, tag: Int) throws

  /// Receives one piece into `bytes`, which must have room for it, and returns its length.
  func receivePiece(_ bytes: UnsafeMutableRawBufferPointer, from source: Int, tag: Int) throws -> Int

  /// The next piece that a receive from `source` (nil: any rank) with `tag` (nil: any tag) would take; nil when none
  /// has come yet.
  func probeNow(source: Int?, tag: Int?) throws -> MessageStatus?

  /// Gives way for a moment while waiting for a message.
  func pause(attempt: Int) throws
}

/// An operation that was started and may not have ended.
public protocol PendingOperation: AnyObject {
  /// Whether the operation has ended; drives it forward.
  func test() throws -> Bool
  /// Returns when the operation has ended.
  func wait() throws
}

/// What is known of a message before it is received.
public struct MessageStatus: Sendable, Equatable {
  /// The rank that sent it.
  public var source: Int
  /// The tag that it was sent with.
  public var tag: Int
  /// The length of its first piece, in bytes; the whole message, unless it is longer than the message limit.
  public var byteCount: Int

  /// Creates a status.
  public init(source: Int, tag: Int, byteCount: Int) {
    self.source = source
    self.tag = tag
    self.byteCount = byteCount
  }
}

extension Communicator {
  /// Whether this is rank 0, the one that writes files and talks.
  public var isRoot: Bool { rank == 0 }

  func requireRank(_ rank: Int, _ role: String) throws {
    guard rank >= 0 && rank < size else {
      throw CommunicatorError.invalidArgument("\(role) rank \(rank) does not exist; there are \(size) ranks")
    }
  }
}

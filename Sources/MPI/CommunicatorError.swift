/// What can go wrong between ranks.
public enum CommunicatorError: Error, Equatable, Sendable {
  /// An MPI function failed; `text` is MPI's own.
  case mpi(function: String, code: Int32, text: String)
  /// Another rank gave up, so the operation can never finish.
  case abandoned(byRank: Int, reason: String)
  /// The ranks did not call the same operation with matching arguments.
  case mismatch(String)
  /// An argument that no communicator can accept.
  case invalidArgument(String)
  /// The buffer belongs to a request that is not finished.
  case bufferInFlight
  /// A received message does not hold whole elements of the type that was asked for.
  case wrongElementSize(bytes: Int, elementSize: Int)
}

extension CommunicatorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .mpi(let function, let code, let text):
      "\(function) failed (MPI error \(code)): \(text)"
    case .abandoned(let rank, let reason):
      "rank \(rank) gave up: \(reason)"
    case .mismatch(let what):
      "the ranks disagree: \(what)"
    case .invalidArgument(let what):
      what
    case .bufferInFlight:
      "the buffer belongs to a request that is not finished; wait for the request first"
    case .wrongElementSize(let bytes, let elementSize):
      "a message of \(bytes) bytes does not hold whole elements of \(elementSize) bytes"
    }
  }
}

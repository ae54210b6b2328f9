/// An error with the exit code that a program should end with because of it.
public protocol ExitCoded: Error {
  /// The exit code of the program, in the manner of `sysexits.h`.
  var exitCode: Int32 { get }
}

/// An error that every rank knows of: all ranks throw it at the same place, so the job can end in order.
public struct AgreedFailure: ExitCoded, CustomStringConvertible, Equatable {
  /// The lowest rank on which the error arose.
  public var rank: Int
  /// The exit code of the error on that rank.
  public var exitCode: Int32
  /// The text of the error on that rank.
  public var description: String

  /// Creates a failure.
  public init(rank: Int, exitCode: Int32, description: String) {
    self.rank = rank
    self.exitCode = exitCode
    self.description = description
  }
}

extension Communicator {
  /// Runs `body` on every rank; if it throws on any, all ranks throw the error of the lowest such rank.
  ///
  /// `body` must not call collective operations that the other ranks would wait for when it throws. Without this, a rank
  /// that throws would leave the others waiting, and the whole job has to be aborted.
  ///
  /// - Returns: what `body` returned on this rank.
  /// - Throws: ``AgreedFailure`` on all ranks; ``CommunicatorError`` when the communication itself fails.
  public func agree<Result>(_ body: () throws -> Result) throws -> Result {
    var result: Result?
    var failure: (any Error)?
    do {
      result = try body()
    } catch let error as CommunicatorError {
      throw error
    } catch {
      failure = error
    }
    let failing = try allreduce(failure == nil ? size : rank, .minimum)
    if failing < size {
      let mine = failing == rank ? failure : nil
      let code = try broadcast((mine as? any ExitCoded)?.exitCode ?? 70, root: failing)
      let text = try broadcast(mine.map { "\($0)" } ?? "", root: failing)
      throw AgreedFailure(rank: failing, exitCode: code, description: text)
    }
    // No rank failed, so this one has a result.
    guard let result else { throw CommunicatorError.mismatch("agree ended without a result") }
    return result
  }

  /// Runs `body` on rank 0 alone; if it throws there, all ranks throw its error.
  ///
  /// - Throws: as ``agree(_:)``.
  public func agreeOnRoot(_ body: () throws -> Void) throws {
    try agree { if isRoot { try body() } }
  }
}

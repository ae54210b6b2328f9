public import MPI
import Worker

/// Shares out units of work over the ranks, one at a time, costliest first.
///
/// Rank 0 hands out the units and works too. A rank asks for its next unit before it begins the present one, so it does not
/// wait for rank 0 between units. Who does which unit is decided by who is free; results must not depend on it.
public struct UnitSharing {
  private let communicator: any Communicator
  private let order: [Int]

  private enum Tag {
    static let request = 11
    static let assignment = 12
    static let result = 13
  }

  /// Plans the sharing.
  ///
  /// - Parameters:
  ///   - costs: what each unit roughly costs; only their order matters.
  ///   - finished: units that are done already and are not handed out; empty for none. The same on all ranks.
  public init(costs: [Double], finished: [Bool] = [], over communicator: any Communicator) {
    self.communicator = communicator
    order = costs.indices.filter { !finished.indices.contains($0) || !finished[$0] }
      .sorted { costs[$0] != costs[$1] ? costs[$0] > costs[$1] : $0 < $1 }
  }

  /// Does all units.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - shouldStop: asked on rank 0 between units and while it waits; when it is true no more units are handed out, and those that run end.
  ///   - work: does a unit and returns what rank 0 must know of it. It calls `poll` now and then, so that rank 0 can answer
  ///     the others while it works itself.
  ///   - onResult: told on rank 0 of each unit that is done, in no particular order.
  /// - Returns: false on all ranks when it was stopped before the end.
  /// - Throws: when units fail, ``AgreedFailure`` of the first of them on all ranks, after the units before it have ended; else
  ///   ``CommunicatorError``.
  @discardableResult
  public func run(
    shouldStop: @escaping () -> Bool = { false },
    work: (_ unit: Int, _ poll: () throws -> Void) throws -> [UInt8],
    onResult: @escaping (_ unit: Int, _ result: [UInt8]) throws -> Void
  ) throws -> Bool {
    var failure: AgreedFailure?
    var isComplete = true
    if communicator.isRoot {
      (failure, isComplete) = try coordinate(shouldStop, work, onResult)
    } else {
      try assist(work)
    }
    let code = try communicator.broadcast(failure?.exitCode ?? 0)
    guard code != 0 else { return try communicator.broadcast(isComplete ? 1 : 0) == 1 }
    let rank = try communicator.broadcast(failure?.rank ?? 0)
    throw AgreedFailure(rank: rank, exitCode: code, description: try communicator.broadcast(failure?.description ?? ""))
  }

  private func coordinate(
    _ shouldStop: @escaping () -> Bool, _ work: (Int, () throws -> Void) throws -> [UInt8],
    _ onResult: @escaping (Int, [UInt8]) throws -> Void
  ) throws -> (failure: AgreedFailure?, isComplete: Bool) {
    var isComplete = true
    var next = 0
    var underWay = 0
    var dismissed = 0
    var failure: AgreedFailure?
    // Of several units that fail the first one counts, whoever was faster: the message is the same for any number of ranks.
    var failedUnit = Int.max
    func take() -> Int? {
      if next < order.count, shouldStop() {
        next = order.count
        isComplete = false
      }
      while next < order.count {
        defer { next += 1 }
        if order[next] < failedUnit { return order[next] }
      }
      return nil
    }
    func fail(_ unit: Int, rank: Int, exitCode: Int32, _ description: String) {
      guard unit < failedUnit else { return }
      failedUnit = unit
      failure = AgreedFailure(rank: rank, exitCode: exitCode, description: description)
    }
    func fail(_ unit: Int, _ error: any Error) {
      fail(
        unit, rank: 0, exitCode: (error as? any ExitCoded)?.exitCode ?? ExitStatus.internalError.rawValue, "\(error)")
    }
    func serve() throws {
      while let status = try communicator.probeNow(source: nil, tag: Tag.result) {
        let bytes = try communicator.receive(UInt8.self, from: status.source, tag: Tag.result).values
        let result = UnitReply(bytes)
        underWay -= 1
        if result.exitCode != 0 {
          fail(
            result.unit, rank: status.source, exitCode: result.exitCode,
            String(decoding: result.payload, as: UTF8.self))
        } else {
          do { try onResult(result.unit, result.payload) } catch { fail(result.unit, error) }
        }
      }
      while let status = try communicator.probeNow(source: nil, tag: Tag.request) {
        _ = try communicator.receive(UInt8.self, from: status.source, tag: Tag.request)
        let unit = take()
        if unit == nil { dismissed += 1 } else { underWay += 1 }
        try communicator.send([unit ?? -1], to: status.source, tag: Tag.assignment)
      }
    }
    var attempt = 0
    while true {
      try serve()
      if let unit = take() {
        attempt = 0
        do {
          let payload = try work(unit, serve)
          try onResult(unit, payload)
        } catch let error as CommunicatorError {
          throw error
        } catch {
          fail(unit, error)
        }
      } else if dismissed == communicator.size - 1 && underWay == 0 {
        return (failure, isComplete)
      } else {
        try communicator.pause(attempt: attempt)
        attempt += 1
      }
    }
  }

  private func assist(_ work: (Int, () throws -> Void) throws -> [UInt8]) throws {
    try communicator.send([UInt8](), to: 0, tag: Tag.request)
    while true {
      let unit = try communicator.receive(Int.self, from: 0, tag: Tag.assignment).values.first ?? -1
      guard unit >= 0 else { return }
      try communicator.send([UInt8](), to: 0, tag: Tag.request)
      var reply: UnitReply
      do {
        reply = UnitReply(unit: unit, exitCode: 0, payload: try work(unit) {})
      } catch let error as CommunicatorError {
        throw error
      } catch {
        reply = UnitReply(
          unit: unit, exitCode: (error as? any ExitCoded)?.exitCode ?? ExitStatus.internalError.rawValue,
          payload: Array("\(error)".utf8))
      }
      try communicator.send(reply.bytes, to: 0, tag: Tag.result)
    }
  }
}

/// What a rank says of a unit that it has done.
private struct UnitReply {
  var unit: Int
  var exitCode: Int32
  var payload: [UInt8]

  init(unit: Int, exitCode: Int32, payload: [UInt8]) {
    self.unit = unit
    self.exitCode = exitCode
    self.payload = payload
  }

  init(_ bytes: [UInt8]) {
    unit = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
    exitCode = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: Int32.self) }
    payload = Array(bytes.dropFirst(12))
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    withUnsafeBytes(of: Int64(unit)) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: exitCode) { bytes.append(contentsOf: $0) }
    return bytes + payload
  }
}

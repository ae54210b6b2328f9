import Foundation

/// Ranks that are threads of one process.
///
/// Collective code can be tested with it without MPI. It behaves as ``MPICommunicator`` does, except that it is
/// stricter: ranks that call different operations, or sizes that do not fit, are an error on every rank instead of
/// undefined, and a rank that throws makes the others throw instead of wait for ever.
public final class InProcessCommunicator: Communicator, @unchecked Sendable {
  /// This rank's number.
  public let rank: Int
  /// The number of ranks.
  public var size: Int { hub.size }
  /// Messages longer than this are cut into pieces, as over MPI.
  public let messageLimit: Int

  private let hub: Hub
  private var startedReductions = 0
  private var duplicates = 0

  private init(rank: Int, hub: Hub, messageLimit: Int) {
    self.rank = rank
    self.hub = hub
    self.messageLimit = messageLimit
  }

  /// Runs `body` on `ranks` threads at once, each with its own rank.
  ///
  /// - Parameters:
  ///   - ranks: the number of ranks, at least 1.
  ///   - messageLimit: the longest message that is sent in one piece, in bytes.
  ///   - body: what each rank does.
  /// - Returns: what the ranks returned, in rank order.
  /// - Throws: the error of the rank that threw first; `invalidArgument` for no ranks.
  public static func run<Result: Sendable>(
    ranks: Int, messageLimit: Int = 1 << 30, _ body: @escaping @Sendable (InProcessCommunicator) throws -> Result
  ) throws -> [Result] {
    guard ranks >= 1, messageLimit >= 1 else {
      throw CommunicatorError.invalidArgument("at least one rank and one byte a message are needed")
    }
    let hub = Hub(size: ranks)
    let outcomes = Outcomes<Result>(count: ranks)
    let threads = (0..<ranks).map { rank in
      let thread = Thread {
        let communicator = InProcessCommunicator(rank: rank, hub: hub, messageLimit: messageLimit)
        do {
          outcomes.set(rank, .success(try body(communicator)))
          hub.leave(rank)
        } catch {
          outcomes.set(rank, .failure(error))
          hub.abandon(byRank: rank, reason: "\(error)")
        }
        outcomes.finished.signal()
      }
      thread.stackSize = 16 << 20
      return thread
    }
    threads.forEach { $0.start() }
    threads.forEach { _ in outcomes.finished.wait() }
    if let first = hub.abandonedBy, case .failure(let error)? = outcomes.values[first] { throw error }
    return try outcomes.values.compactMap { try $0?.get() }
  }

  public func duplicate() throws -> any Communicator {
    try hub.meet(rank, Contribution(call: "duplicate")) { _ in }
    defer { duplicates += 1 }
    return InProcessCommunicator(rank: rank, hub: hub.child(duplicates), messageLimit: messageLimit)
  }

  // MARK: Collectives: every rank puts down what it has, all look, and nobody leaves before all have looked.

  public func barrier() throws {
    try hub.meet(rank, Contribution(call: "barrier")) { _ in }
  }

  public func broadcastBytes(_ bytes: UnsafeMutableRawBufferPointer, root: Int) throws {
    let mine = Contribution(
      call: "broadcast from \(root), \(bytes.count) bytes", memory: UnsafeRawPointer(bytes.baseAddress))
    try hub.meet(rank, mine) { all in
      guard rank != root, let source = all[root].memory else { return }
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: source, count: bytes.count))
    }
  }

  public func gatherBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int], root: Int
  ) throws {
    try requireCount(send.count, counts[rank])
    let mine = Contribution(call: "gather \(counts) on \(root)", memory: send.baseAddress)
    try hub.meet(rank, mine) { all in
      if rank == root { collect(all, counts, receive) }
    }
  }

  public func allgatherBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int]
  ) throws {
    try requireCount(send.count, counts[rank])
    try hub.meet(rank, Contribution(call: "allgather \(counts)", memory: send.baseAddress)) { all in
      collect(all, counts, receive)
    }
  }

  private func collect(_ all: [Contribution], _ counts: [Int], _ receive: UnsafeMutableRawBufferPointer) {
    var start = 0
    for (contribution, count) in zip(all, counts) {
      if let memory = contribution.memory, let base = receive.baseAddress {
        (base + start).copyMemory(from: memory, byteCount: count)
      }
      start += count
    }
  }

  public func scatterBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int], root: Int
  ) throws {
    try requireCount(receive.count, counts[rank])
    let mine = Contribution(call: "scatter \(counts) from \(root)", memory: send.baseAddress)
    try hub.meet(rank, mine) { all in
      if let source = all[root].memory, let base = receive.baseAddress {
        base.copyMemory(from: source + counts[..<rank].reduce(0, +), byteCount: counts[rank])
      }
    }
  }

  public func alltoallBytes(
    _ send: UnsafeRawBufferPointer, sendCounts: [Int], into receive: UnsafeMutableRawBufferPointer,
    receiveCounts: [Int]
  ) throws {
    let mine = Contribution(call: "alltoall", memory: send.baseAddress, counts: sendCounts)
    try hub.meet(rank, mine) { all in
      var start = 0
      for (source, contribution) in all.enumerated() {
        let count = contribution.counts[rank]
        try requireCount(count, receiveCounts[source])
        if let memory = contribution.memory, let base = receive.baseAddress {
          (base + start).copyMemory(
            from: memory + contribution.counts[..<rank].reduce(0, +), byteCount: count)
        }
        start += count
      }
    }
  }

  public func allreduceBytes(
    _ buffer: UnsafeMutableRawPointer, count: Int, datatype: Datatype, operation: ReductionOperation
  ) throws {
    let mine = Contribution(
      call: "allreduce \(operation) of \(count) \(datatype)", memory: UnsafeRawPointer(buffer))
    let bytes = count * datatype.size
    let result = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: 16)
    defer { result.deallocate() }
    try hub.meet(rank, mine) { all in
      reduce(all, result, offset: 0, count: count, datatype, operation)
    }
    // All ranks have read; only now may the contribution be overwritten.
    buffer.copyMemory(from: result, byteCount: bytes)
  }

  /// Reduces in rank order.
  private func reduce(
    _ all: [Contribution], _ result: UnsafeMutableRawPointer, offset: Int, count: Int, _ datatype: Datatype,
    _ operation: ReductionOperation
  ) {
    for (index, contribution) in all.enumerated() {
      guard let memory = contribution.memory else { continue }
      let part = memory + offset * datatype.size
      if index == 0 {
        result.copyMemory(from: part, byteCount: count * datatype.size)
      } else {
        operation.combine(part, into: result, count: count, datatype: datatype)
      }
    }
  }

  public func reduceScatterBytes(
    _ send: UnsafeRawPointer, into receive: UnsafeMutableRawPointer, counts: [Int], datatype: Datatype,
    operation: ReductionOperation
  ) throws {
    let mine = Contribution(call: "reduceScatter \(operation) of \(counts) \(datatype)", memory: send)
    try hub.meet(rank, mine) { all in
      reduce(
        all, receive, offset: counts[..<rank].reduce(0, +), count: counts[rank], datatype, operation)
    }
  }

  public func startAllreduceBytes(
    _ buffer: UnsafeMutableRawPointer, count: Int, datatype: Datatype, operation: ReductionOperation
  ) throws -> any PendingOperation {
    let number = startedReductions
    startedReductions += 1
    try hub.contribute(
      to: number, rank: rank, call: "iallreduce \(operation) of \(count) \(datatype)",
      bytes: Array(UnsafeRawBufferPointer(start: buffer, count: count * datatype.size)))
    return PendingReduction(
      hub: hub, number: number, destination: buffer, count: count, datatype: datatype, operation: operation)
  }

  private func requireCount(_ given: Int, _ agreed: Int) throws {
    guard given == agreed else {
      throw CommunicatorError.mismatch("rank \(rank) has \(given) bytes where \(agreed) were agreed")
    }
  }

  // MARK: Messages

  public func sendPiece(_ bytes: UnsafeRawBufferPointer, to destination: Int, tag: Int) throws {
    try hub.post(Message(source: rank, tag: tag, bytes: Array(bytes)), to: destination)
  }

  public func receivePiece(_ bytes: UnsafeMutableRawBufferPointer, from source: Int, tag: Int) throws -> Int {
    let message = try hub.take(rank, source, tag)
    guard message.bytes.count <= bytes.count else {
      throw CommunicatorError.mismatch(
        "a piece of \(message.bytes.count) bytes does not fit into \(bytes.count)")
    }
    bytes.copyBytes(from: message.bytes)
    return message.bytes.count
  }

  public func probeNow(source: Int?, tag: Int?) throws -> MessageStatus? {
    try hub.look(rank, source, tag)
  }

  public func pause(attempt: Int) throws {
    try hub.throwIfAbandoned()
    Backoff.pause(attempt: attempt)
  }
}

/// What one rank brings to a collective operation.
private struct Contribution: @unchecked Sendable {
  var call = ""
  var memory: UnsafeRawPointer?
  var counts: [Int] = []
}

private struct Message {
  var source: Int
  var tag: Int
  var bytes: [UInt8]
}

/// Where the threads meet.
private final class Hub: @unchecked Sendable {
  let size: Int
  private let condition = NSCondition()
  private var contributions: [Contribution]
  private var arrived = 0
  private var generation = 0
  private var mailboxes: [[Message]]
  private var reductions: [Int: [Int: (call: String, bytes: [UInt8])]] = [:]
  private var reductionReads: [Int: Int] = [:]
  private var failure: CommunicatorError?
  private var left: Set<Int> = []
  private(set) var abandonedBy: Int?
  /// Where the same threads meet with other communicators, in the order in which those were made.
  private var children: [Hub] = []

  init(size: Int) {
    self.size = size
    contributions = [Contribution](repeating: Contribution(), count: size)
    mailboxes = [[Message]](repeating: [], count: size)
  }

  private func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    condition.lock()
    defer { condition.unlock() }
    return try body()
  }

  /// A rank gives up: everyone who waits, or will wait, throws.
  func abandon(byRank rank: Int, reason: String) {
    locked {
      if failure == nil {
        failure = .abandoned(byRank: rank, reason: reason)
        abandonedBy = rank
      }
      condition.broadcast()
      for child in children { child.abandon(byRank: rank, reason: reason) }
    }
  }

  /// The meeting place of the duplicate of a number, made by the rank that comes first.
  func child(_ number: Int) -> Hub {
    locked {
      while children.count <= number {
        let child = Hub(size: size)
        child.failure = failure
        child.left = left
        children.append(child)
      }
      return children[number]
    }
  }

  /// A rank is done.
  ///
  /// Others that wait for it would wait for ever.
  func leave(_ rank: Int) {
    locked {
      _ = left.insert(rank)
      condition.broadcast()
      for child in children { child.leave(rank) }
    }
  }

  func throwIfAbandoned() throws {
    try locked { if let failure { throw failure } }
  }

  /// Waits, with the lock held, until all ranks have arrived.
  private func arrive() throws {
    if let failure { throw failure }
    arrived += 1
    if arrived == size {
      arrived = 0
      generation += 1
      condition.broadcast()
      return
    }
    let mine = generation
    while generation == mine {
      if let failure { throw failure }
      if !left.isEmpty {
        throw CommunicatorError.mismatch("ranks \(left.sorted()) ended while others still communicate")
      }
      condition.wait()
    }
  }

  func meet(_ rank: Int, _ mine: Contribution, _ body: ([Contribution]) throws -> Void) throws {
    let all = try locked {
      contributions[rank] = mine
      try arrive()
      return contributions
    }
    if let other = all.first(where: { $0.call != all[0].call }) {
      throw CommunicatorError.mismatch("rank 0 calls \(all[0].call), another rank \(other.call)")
    }
    try body(all)
    try locked { try arrive() }
  }

  func contribute(to number: Int, rank: Int, call: String, bytes: [UInt8]) throws {
    try locked {
      if let failure { throw failure }
      if let other = reductions[number]?.values.first, other.call != call {
        throw CommunicatorError.mismatch("rank \(rank) calls \(call), another rank \(other.call)")
      }
      reductions[number, default: [:]][rank] = (call, bytes)
      condition.broadcast()
    }
  }

  /// The contributions to a started reduction in rank order; nil while some are missing and `wait` is false.
  func collect(_ number: Int, wait: Bool) throws -> [[UInt8]]? {
    try locked {
      while (reductions[number]?.count ?? 0) < size {
        if let failure { throw failure }
        if !wait { return nil }
        if let gone = left.first(where: { reductions[number]?[$0] == nil }) {
          throw CommunicatorError.mismatch("rank \(gone) ended while others still communicate")
        }
        condition.wait()
      }
      let all = reductions[number] ?? [:]
      reductionReads[number, default: 0] += 1
      if reductionReads[number] == size {
        reductions[number] = nil
        reductionReads[number] = nil
      }
      return (0..<size).map { all[$0]?.bytes ?? [] }
    }
  }

  func post(_ message: Message, to destination: Int) throws {
    try locked {
      if let failure { throw failure }
      mailboxes[destination].append(message)
      condition.broadcast()
    }
  }

  private func index(_ rank: Int, _ source: Int?, _ tag: Int?) -> Int? {
    mailboxes[rank].firstIndex {
      (source == nil || $0.source == source) && (tag == nil || $0.tag == tag)
    }
  }

  func look(_ rank: Int, _ source: Int?, _ tag: Int?) throws -> MessageStatus? {
    try locked {
      if let failure { throw failure }
      guard let index = index(rank, source, tag) else { return nil }
      let message = mailboxes[rank][index]
      return MessageStatus(source: message.source, tag: message.tag, byteCount: message.bytes.count)
    }
  }

  func take(_ rank: Int, _ source: Int, _ tag: Int) throws -> Message {
    try locked {
      while true {
        if let failure { throw failure }
        if let index = index(rank, source, tag) { return mailboxes[rank].remove(at: index) }
        condition.wait()
      }
    }
  }
}

/// A reduction that the ranks finish in their own time.
private final class PendingReduction: PendingOperation {
  private let hub: Hub
  private let number: Int
  private let destination: UnsafeMutableRawPointer
  private let count: Int
  private let datatype: Datatype
  private let operation: ReductionOperation
  private var done = false

  init(
    hub: Hub, number: Int, destination: UnsafeMutableRawPointer, count: Int, datatype: Datatype,
    operation: ReductionOperation
  ) {
    self.hub = hub
    self.number = number
    self.destination = destination
    self.count = count
    self.datatype = datatype
    self.operation = operation
  }

  func test() throws -> Bool { try finish(wait: false) }
  func wait() throws { _ = try finish(wait: true) }

  private func finish(wait: Bool) throws -> Bool {
    if done { return true }
    guard let all = try hub.collect(number, wait: wait) else { return false }
    for (index, bytes) in all.enumerated() {
      bytes.withUnsafeBytes { source in
        guard let base = source.baseAddress else { return }
        if index == 0 {
          destination.copyMemory(from: base, byteCount: source.count)
        } else {
          operation.combine(base, into: destination, count: count, datatype: datatype)
        }
      }
    }
    done = true
    return true
  }
}

private final class Outcomes<Value: Sendable>: @unchecked Sendable {
  let finished = DispatchSemaphore(value: 0)
  private let lock = NSLock()
  private(set) var values: [Result<Value, any Error>?]

  init(count: Int) { values = [Result<Value, any Error>?](repeating: nil, count: count) }

  func set(_ index: Int, _ value: Result<Value, any Error>) {
    lock.lock()
    values[index] = value
    lock.unlock()
  }
}

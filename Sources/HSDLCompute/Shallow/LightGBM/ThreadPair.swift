import Foundation

/// Two threads of this rank as two ranks.
final class ThreadPair: Collectives {
  let rank: Int
  let size = 2
  private let meeting: Meeting

  private init(rank: Int, meeting: Meeting) {
    self.rank = rank
    self.meeting = meeting
  }

  /// Where the two hand over what the other needs.
  private final class Meeting: @unchecked Sendable {
    private let condition = NSCondition()
    private var brought: [[[UInt8]]] = [[], []]
    private var taken: [[[UInt8]]] = [[], []]
    private var count = 0
    private var round = 0
    private var isOver = false

    struct Abandoned: Error {}

    func exchange(_ rank: Int, _ parts: [[UInt8]]) throws -> [[[UInt8]]] {
      condition.lock()
      defer { condition.unlock() }
      guard !isOver else { throw Abandoned() }
      let own = round
      brought[rank] = parts
      count += 1
      if count == 2 {
        taken = brought
        count = 0
        round += 1
        condition.broadcast()
      }
      while round == own && !isOver { condition.wait() }
      guard round != own else { throw Abandoned() }
      return taken
    }

    /// Lets the other go when one will not come any more.
    func end() {
      condition.lock()
      isOver = true
      condition.broadcast()
      condition.unlock()
    }
  }

  private final class Outcome<Value>: @unchecked Sendable {
    var result: Swift.Result<Value, any Error>?
  }

  /// Runs `body` on both threads and returns what the first one came to.
  ///
  /// - Throws: what `body` throws.
  static func run<Value>(_ body: @escaping @Sendable (ThreadPair) throws -> Value) throws -> Value {
    let meeting = Meeting()
    @Sendable func work(_ rank: Int) -> Swift.Result<Value, any Error> {
      let result = Swift.Result { try body(ThreadPair(rank: rank, meeting: meeting)) }
      if case .failure = result { meeting.end() }
      return result
    }
    let second = Outcome<Value>()
    let isDone = DispatchSemaphore(value: 0)
    let thread = Thread {
      second.result = work(1)
      isDone.signal()
    }
    thread.stackSize = 64 << 20
    thread.start()
    let first = work(0)
    isDone.wait()
    // The one that was left waiting tells nothing of why.
    for case .failure(let error)? in [first, second.result] where !(error is Meeting.Abandoned) { throw error }
    return try first.get()
  }

  func allgather(_ bytes: [UInt8]) throws -> [[UInt8]] { try meeting.exchange(rank, [bytes]).map { $0[0] } }

  func alltoall(_ parts: [[UInt8]]) throws -> [[UInt8]] { try meeting.exchange(rank, parts).map { $0[rank] } }

  func sum(_ values: [Int64]) throws -> [Int64] { try combine(values) { $0 &+ $1 } }
  func minimum(_ values: [Double]) throws -> [Double] { try combine(values) { min($0, $1) } }
  func maximum(_ values: [Double]) throws -> [Double] { try combine(values) { max($0, $1) } }

  private func combine<Number>(_ values: [Number], _ operation: (Number, Number) -> Number) throws -> [Number] {
    let all = try allgather(values.withUnsafeBytes { Array($0) })
    return all[0].withUnsafeBytes { first in
      all[1].withUnsafeBytes { second in
        zip(first.bindMemory(to: Number.self), second.bindMemory(to: Number.self)).map(operation)
      }
    }
  }
}

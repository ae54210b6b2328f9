import Foundation

/// Makes batches ahead on a thread of its own, a few at most, while those made before are worked on.
///
/// Batches come out in the order in which they are made. An error in making one comes out in its place, after those before it, and again
/// on every later call. Whoever stops early calls ``stop()``, or lets the object go: the thread ends before either returns.
public final class BatchPrefetch<Batch> {
  /// What both threads see, under the lock.
  private final class Queue: @unchecked Sendable {
    let condition = NSCondition()
    let depth: Int
    var waiting: [Batch] = []
    var failure: (any Error)?
    var isStopped = false
    var isFinished = false
    /// Makes the next batch; on the making thread only, and gone when that ends.
    var make: (() throws -> Batch?)?

    init(depth: Int, make: @escaping () throws -> Batch?) {
      self.depth = depth
      self.make = make
    }

    func run() {
      while true {
        let outcome = Result { try make?() }
        condition.lock()
        defer { condition.unlock() }
        switch outcome {
        case .success(let batch?): waiting.append(batch)
        case .success(nil): isFinished = true
        case .failure(let error):
          failure = error
          isFinished = true
        }
        condition.broadcast()
        while waiting.count >= depth, !isStopped { condition.wait() }
        if isStopped || isFinished { break }
      }
      condition.lock()
      isFinished = true
      make = nil
      condition.broadcast()
      condition.unlock()
    }
  }

  private let queue: Queue
  private let ended = DispatchSemaphore(value: 0)
  private var isJoined = false

  /// Starts making batches.
  ///
  /// - Parameters:
  ///   - depth: how many may wait to be taken; at least 1.
  ///   - make: makes the next one, nil when there are no more; called on the new thread alone until that has ended, so what it
  ///     uses must not be used elsewhere meanwhile.
  public init(depth: Int = 2, make: @escaping () throws -> Batch?) {
    let queue = Queue(depth: max(depth, 1), make: make)
    self.queue = queue
    let ended = ended
    let thread = Thread {
      queue.run()
      ended.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit { stop() }

  /// The next batch; waits until it is made.
  ///
  /// Nil when there are no more, or it was stopped.
  ///
  /// - Throws: what making it threw.
  public func next() throws -> Batch? {
    queue.condition.lock()
    defer { queue.condition.unlock() }
    while queue.waiting.isEmpty, !queue.isFinished, !queue.isStopped { queue.condition.wait() }
    if queue.isStopped { return nil }
    if !queue.waiting.isEmpty {
      let batch = queue.waiting.removeFirst()
      queue.condition.broadcast()
      return batch
    }
    if let failure = queue.failure { throw failure }
    return nil
  }

  /// Ends the making; batches that were not taken are lost.
  ///
  /// Waits until the thread has ended.
  public func stop() {
    queue.condition.lock()
    queue.isStopped = true
    queue.waiting = []
    queue.condition.broadcast()
    queue.condition.unlock()
    if !isJoined {
      ended.wait()
      isJoined = true
    }
  }
}

/// An operation under way on a ``MessageBuffer``.
///
/// The request keeps the buffer's memory alive: a request that is let go is waited for first.
public final class Request<Element: MessageElement> {
  private var pending: (any PendingOperation)?
  private let buffer: MessageBuffer<Element>

  init(pending: any PendingOperation, buffer: MessageBuffer<Element>) {
    self.pending = pending
    self.buffer = buffer
  }

  deinit {
    // The memory may not go before MPI is done with it. An error cannot be reported from here; whoever wants to hear
    // of it calls `wait`.
    if let pending {
      try? pending.wait()
      buffer.endFlight()
    }
  }

  /// Whether the operation has ended; also drives it forward.
  ///
  /// - Throws: ``CommunicatorError``.
  public func test() throws -> Bool {
    guard let pending else { return true }
    guard try pending.test() else { return false }
    finish()
    return true
  }

  /// Waits for the operation.
  ///
  /// - Returns: the buffer, which holds the result.
  /// - Throws: ``CommunicatorError``.
  @discardableResult
  public func wait() throws -> MessageBuffer<Element> {
    if let pending {
      try pending.wait()
      finish()
    }
    return buffer
  }

  private func finish() {
    pending = nil
    buffer.endFlight()
  }
}

/// Memory for a message whose operation goes on while other work is done.
///
/// Its address never changes, and while a ``Request`` owns it, access throws instead of racing with MPI.
public final class MessageBuffer<Element: MessageElement> {
  private let memory: UnsafeMutableBufferPointer<Element>
  /// Whether a request owns the memory now.
  public private(set) var isInFlight = false

  /// The number of elements.
  public var count: Int { memory.count }

  /// Creates a buffer of zeros.
  public init(count: Int) {
    memory = .allocate(capacity: count)
    memory.initialize(repeating: .zero)
  }

  /// Creates a buffer that holds `values`.
  public convenience init(_ values: [Element]) {
    self.init(count: values.count)
    _ = memory.update(fromContentsOf: values)
  }

  deinit { memory.deallocate() }

  /// Calls `body` with the memory.
  ///
  /// - Throws: `bufferInFlight` while a request owns the buffer; what `body` throws.
  public func withElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    guard !isInFlight else { throw CommunicatorError.bufferInFlight }
    return try body(memory)
  }

  /// The values as an array.
  ///
  /// - Throws: `bufferInFlight` while a request owns the buffer.
  public func values() throws -> [Element] {
    try withElements { Array($0) }
  }

  func beginFlight() throws -> UnsafeMutableRawPointer {
    guard !isInFlight else { throw CommunicatorError.bufferInFlight }
    isInFlight = true
    guard let base = memory.baseAddress else {
      // A buffer of no elements still needs an address for MPI.
      return UnsafeMutableRawPointer(bitPattern: MemoryLayout<Element>.alignment)
        ?? UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }
    return UnsafeMutableRawPointer(base)
  }

  func endFlight() { isInFlight = false }
}

extension Communicator {
  /// Reduces arrays of equal length, element by element, over the ranks.
  ///
  /// The order in which floating-point contributions are added depends on the number of ranks; sums that reach a file
  /// are made of integers.
  ///
  /// - Returns: the reduction, the same bits on every rank.
  /// - Throws: ``CommunicatorError``.
  public func allreduce<Element: MessageElement>(
    _ values: [Element], _ operation: ReductionOperation
  ) throws -> [Element] {
    try requireOperation(operation, Element.datatype)
    var result = values
    let count = result.count
    try result.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress, count > 0 else { return }
      try allreduceBytes(base, count: count, datatype: Element.datatype, operation: operation)
    }
    return result
  }

  /// Reduces one value over the ranks.
  public func allreduce<Element: MessageElement>(
    _ value: Element, _ operation: ReductionOperation
  ) throws -> Element {
    try requireOperation(operation, Element.datatype)
    var result = value
    try withUnsafeMutablePointer(to: &result) {
      try allreduceBytes($0, count: 1, datatype: Element.datatype, operation: operation)
    }
    return result
  }

  /// Starts a reduction in place and returns at once.
  ///
  /// The request keeps the buffer alive, and the buffer refuses access until the request has ended.
  ///
  /// - Parameter buffer: this rank's contribution; holds the reduction when the request has ended.
  /// - Throws: ``CommunicatorError``; `bufferInFlight` when an earlier request still owns the buffer.
  public func iallreduce<Element: MessageElement>(
    _ buffer: MessageBuffer<Element>, _ operation: ReductionOperation
  ) throws -> Request<Element> {
    try requireOperation(operation, Element.datatype)
    let base = try buffer.beginFlight()
    do {
      let pending = try startAllreduceBytes(
        base, count: buffer.count, datatype: Element.datatype, operation: operation)
      return Request(pending: pending, buffer: buffer)
    } catch {
      buffer.endFlight()
      throw error
    }
  }

  func requireOperation(_ operation: ReductionOperation, _ datatype: Datatype) throws {
    guard operation.applies(to: datatype) else {
      throw CommunicatorError.invalidArgument("\(operation) is not defined for \(datatype) elements")
    }
  }
}

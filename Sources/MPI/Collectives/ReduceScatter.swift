extension Communicator {
  /// Reduces arrays of equal length over the ranks and gives each rank its part of the result.
  ///
  /// - Parameters:
  ///   - values: this rank's contribution, `counts.sum` elements.
  ///   - counts: how many elements of the result each rank gets; the same on all ranks.
  /// - Returns: `counts[rank]` elements.
  /// - Throws: ``CommunicatorError``.
  public func reduceScatter<Element: MessageElement>(
    _ values: [Element], counts: [Int], _ operation: ReductionOperation
  ) throws -> [Element] {
    try requireOperation(operation, Element.datatype)
    guard counts.count == size, counts.allSatisfy({ $0 >= 0 }), counts.reduce(0, +) == values.count else {
      throw CommunicatorError.invalidArgument(
        "reduceScatter needs \(size) counts that add up to \(values.count) elements; got \(counts)")
    }
    var result = [Element].unset(count: counts[rank])
    try values.withUnsafeBytes { send in
      try result.withUnsafeMutableBytes { receive in
        // An empty array has no address; any will do for zero elements, but MPI wants two different ones.
        let nowhere = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 8)
        defer { nowhere.deallocate() }
        try reduceScatterBytes(
          send.baseAddress ?? UnsafeRawPointer(nowhere), into: receive.baseAddress ?? nowhere + 8, counts: counts,
          datatype: Element.datatype, operation: operation)
      }
    }
    return result
  }
}

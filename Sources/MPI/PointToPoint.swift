#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Communicator {
  /// Sends values to one rank.
  ///
  /// Returns when the values may be changed again.
  ///
  /// A message longer than ``messageLimit`` travels as pieces of exactly that length and a shorter last one.
  ///
  /// - Parameters:
  ///   - values: any number of values, or none.
  ///   - tag: 0 ..< 32768, to tell kinds of messages apart.
  /// - Throws: ``CommunicatorError``.
  public func send<Element: MessageElement>(_ values: [Element], to destination: Int, tag: Int = 0) throws {
    try requireRank(destination, "destination")
    try requireTag(tag)
    try values.withUnsafeBytes { bytes in
      var start = 0
      repeat {
        let length = min(messageLimit, bytes.count - start)
        try sendPiece(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]), to: destination, tag: tag)
        start += length
        // A piece of full length says that more follows, even if that is nothing.
        if length < messageLimit { break }
      } while true
    }
  }

  /// Receives the values of one message.
  ///
  /// - Parameters:
  ///   - type: the type of the values.
  ///   - source: the sender; nil takes a message from any rank.
  ///   - tag: the tag; nil takes any.
  /// - Returns: the values, and who sent them with which tag.
  /// - Throws: ``CommunicatorError``.
  public func receive<Element: MessageElement>(
    _ type: Element.Type, from source: Int? = nil, tag: Int? = nil
  ) throws -> (values: [Element], status: MessageStatus) {
    let first = try probe(source: source, tag: tag)
    guard first.byteCount < messageLimit else {
      return (try receivePieces(first), first)
    }
    try requireWhole(first.byteCount, Element.self) { _ = try receivePieces(first) as [UInt8] }
    var values = [Element].unset(count: first.byteCount / MemoryLayout<Element>.size)
    _ = try values.withUnsafeMutableBytes { try receivePiece($0, from: first.source, tag: first.tag) }
    return (values, first)
  }

  /// Receives all pieces of a message, however many follow the first.
  private func receivePieces<Element: MessageElement>(_ first: MessageStatus) throws -> [Element] {
    var length = 0
    var memory: UnsafeMutableRawPointer?
    defer { free(memory) }
    var piece = first
    while true {
      guard let grown = realloc(memory, max(length + piece.byteCount, 1)) else {
        throw CommunicatorError.invalidArgument("no memory for a message of \(length + piece.byteCount) bytes")
      }
      memory = grown
      let room = UnsafeMutableRawBufferPointer(start: grown + length, count: piece.byteCount)
      length += try receivePiece(room, from: piece.source, tag: piece.tag)
      if piece.byteCount < messageLimit { break }
      piece = try probe(source: first.source, tag: first.tag)
    }
    try requireWhole(length, Element.self) {}
    var values = [Element].unset(count: length / MemoryLayout<Element>.size)
    values.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(start: memory, count: length)) }
    return values
  }

  private func requireWhole<Element: MessageElement>(
    _ bytes: Int, _ type: Element.Type, orElse drain: () throws -> Void
  ) throws {
    let width = MemoryLayout<Element>.size
    if bytes % width != 0 {
      try drain()
      throw CommunicatorError.wrongElementSize(bytes: bytes, elementSize: width)
    }
  }

  /// Waits until a message has come, without receiving it.
  ///
  /// - Parameters:
  ///   - source: the sender; nil for any.
  ///   - tag: the tag; nil for any.
  /// - Throws: ``CommunicatorError``.
  public func probe(source: Int? = nil, tag: Int? = nil) throws -> MessageStatus {
    if let source { try requireRank(source, "source") }
    if let tag { try requireTag(tag) }
    var attempt = 0
    while true {
      if let status = try probeNow(source: source, tag: tag) { return status }
      try pause(attempt: attempt)
      attempt += 1
    }
  }

  private func requireTag(_ tag: Int) throws {
    guard tag >= 0 && tag < 32768 else {
      throw CommunicatorError.invalidArgument("tag \(tag) is outside 0 ..< 32768")
    }
  }
}

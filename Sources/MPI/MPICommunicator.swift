import CMPI

/// Ranks that are processes, over MPI.
///
/// Every wait is a non-blocking call and tries with a yield between them: MPI's blocking calls may spin and take the
/// processor from the very rank that is waited for.
public final class MPICommunicator: Communicator, @unchecked Sendable {
  /// This rank's number.
  public let rank: Int
  /// The number of ranks.
  public let size: Int
  /// The longest message in bytes that is sent in one piece.
  public let messageLimit: Int

  private let communicator: MPI_Comm
  /// Carries the pieces of long collectives, apart from the user's messages.
  private let bulk: MPI_Comm

  /// Messages to this rank itself.
  ///
  /// MPI need not take one in before it is received, and MPICH does not.
  private var toSelf: [(tag: Int, bytes: [UInt8])] = []

  /// MPI counts are 32-bit; pieces stay well below.
  public static let defaultMessageLimit = 1 << 30

  /// Makes a communicator with the ranks of `parent` whose messages mix with no other's.
  ///
  /// Collective.
  init(duplicating parent: MPI_Comm, messageLimit: Int = defaultMessageLimit) throws {
    guard messageLimit >= 1 && messageLimit <= Self.defaultMessageLimit else {
      throw CommunicatorError.invalidArgument(
        "a message limit of \(messageLimit) bytes is outside 1 ... \(Self.defaultMessageLimit)")
    }
    let own = try Self.copy(parent)
    let second = try Self.copy(parent)
    for handle in [own, second] {
      try Self.check(MPI_Comm_set_errhandler(handle, CMPI_ERRORS_RETURN()), "MPI_Comm_set_errhandler")
    }
    var rank: Int32 = 0
    var size: Int32 = 0
    try Self.check(MPI_Comm_rank(own, &rank), "MPI_Comm_rank")
    try Self.check(MPI_Comm_size(own, &size), "MPI_Comm_size")
    self.communicator = own
    self.bulk = second
    self.rank = Int(rank)
    self.size = Int(size)
    self.messageLimit = messageLimit
  }

  private static func copy(_ parent: MPI_Comm) throws -> MPI_Comm {
    // MPI writes the handle when the request ends, so it needs a place that stays.
    let handle = UnsafeMutablePointer<MPI_Comm>.allocate(capacity: 1)
    defer { handle.deallocate() }
    handle.initialize(to: CMPI_COMM_NULL())
    var request = CMPI_REQUEST_NULL()
    try check(MPI_Comm_idup(parent, handle, &request), "MPI_Comm_idup")
    try finish(&request, "MPI_Comm_idup")
    return handle.pointee
  }

  /// Makes another communicator of the same ranks.
  ///
  /// Collective.
  ///
  /// - Parameter messageLimit: the longest message that is sent in one piece, 1 ... 2^30 bytes.
  /// - Throws: ``CommunicatorError``.
  public func duplicate(messageLimit: Int) throws -> MPICommunicator {
    try MPICommunicator(duplicating: communicator, messageLimit: messageLimit)
  }

  public func duplicate() throws -> any Communicator { try duplicate(messageLimit: messageLimit) }

  static func check(_ code: Int32, _ function: String) throws {
    guard code != MPI_SUCCESS else { return }
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
    var length: Int32 = 0
    MPI_Error_string(code, &text, &length)
    let message = String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw CommunicatorError.mpi(
      function: function, code: code, text: message.split(separator: "\n").joined(separator: "; "))
  }

  /// Starts an operation and waits for it.
  private func complete(_ function: String, _ start: (inout MPI_Request) -> Int32) throws {
    var request = CMPI_REQUEST_NULL()
    try Self.check(start(&request), function)
    try Self.finish(&request, function)
  }

  fileprivate static func finish(_ request: inout MPI_Request, _ function: String) throws {
    var attempt = 0
    while true {
      var flag: Int32 = 0
      try check(MPI_Test(&request, &flag, CMPI_STATUS_IGNORE()), function)
      if flag != 0 { return }
      Backoff.pause(attempt: attempt)
      attempt += 1
    }
  }

  /// The pieces, as offset and length, that `bytes` bytes are cut into.
  private func pieces(_ bytes: Int) -> some Sequence<(offset: Int, length: Int)> {
    stride(from: 0, to: bytes, by: messageLimit).lazy.map { [messageLimit] offset in
      (offset: offset, length: min(messageLimit, bytes - offset))
    }
  }

  private func sendBulk(_ bytes: UnsafeRawBufferPointer, to destination: Int) throws {
    for (offset, length) in pieces(bytes.count) {
      try complete("MPI_Isend") {
        MPI_Isend(
          bytes.baseAddress.map { $0 + offset }, Int32(length), CMPI_BYTE(), Int32(destination), 0, bulk, &$0)
      }
    }
  }

  private func receiveBulk(_ bytes: UnsafeMutableRawBufferPointer, from source: Int) throws {
    for (offset, length) in pieces(bytes.count) {
      try complete("MPI_Irecv") {
        MPI_Irecv(
          bytes.baseAddress.map { $0 + offset }, Int32(length), CMPI_BYTE(), Int32(source), 0, bulk, &$0)
      }
    }
  }

  /// Lends MPI the counts and displacements for as long as an operation takes: it may read them until the end.
  private func withLayout(
    _ counts: [Int], _ starts: [Int],
    _ body: (UnsafePointer<Int32>?, UnsafePointer<Int32>?) throws -> Void
  ) throws {
    try counts.map(Int32.init).withUnsafeBufferPointer { lengths in
      try starts.map(Int32.init).withUnsafeBufferPointer { places in
        try body(lengths.baseAddress, places.baseAddress)
      }
    }
  }

  private func offsets(_ counts: [Int]) -> [Int] {
    var next = 0
    return counts.map { count in
      defer { next += count }
      return next
    }
  }

  public func barrier() throws {
    try complete("MPI_Ibarrier") { MPI_Ibarrier(communicator, &$0) }
  }

  public func broadcastBytes(_ bytes: UnsafeMutableRawBufferPointer, root: Int) throws {
    for (offset, length) in pieces(bytes.count) {
      try complete("MPI_Ibcast") {
        MPI_Ibcast(
          bytes.baseAddress.map { $0 + offset }, Int32(length), CMPI_BYTE(), Int32(root), communicator, &$0)
      }
    }
  }

  public func gatherBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int], root: Int
  ) throws {
    let starts = offsets(counts)
    if counts.reduce(0, +) <= messageLimit {
      try withLayout(counts, starts) { lengths, places in
        try complete("MPI_Igatherv") {
          MPI_Igatherv(
            send.baseAddress, Int32(send.count), CMPI_BYTE(), receive.baseAddress, lengths, places, CMPI_BYTE(),
            Int32(root), communicator, &$0)
        }
      }
    } else if rank == root {
      for source in 0..<size {
        let part = UnsafeMutableRawBufferPointer(
          rebasing: receive[starts[source]..<starts[source] + counts[source]])
        if source == rank { part.copyMemory(from: send) } else { try receiveBulk(part, from: source) }
      }
    } else {
      try sendBulk(send, to: root)
    }
  }

  public func allgatherBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int]
  ) throws {
    let starts = offsets(counts)
    if counts.reduce(0, +) <= messageLimit {
      try withLayout(counts, starts) { lengths, places in
        try complete("MPI_Iallgatherv") {
          MPI_Iallgatherv(
            send.baseAddress, Int32(send.count), CMPI_BYTE(), receive.baseAddress, lengths, places, CMPI_BYTE(),
            communicator, &$0)
        }
      }
    } else {
      for source in 0..<size {
        let part = UnsafeMutableRawBufferPointer(
          rebasing: receive[starts[source]..<starts[source] + counts[source]])
        if source == rank { part.copyMemory(from: send) }
        try broadcastBytes(part, root: source)
      }
    }
  }

  public func scatterBytes(
    _ send: UnsafeRawBufferPointer, into receive: UnsafeMutableRawBufferPointer, counts: [Int], root: Int
  ) throws {
    let starts = offsets(counts)
    if counts.reduce(0, +) <= messageLimit {
      try withLayout(counts, starts) { lengths, places in
        try complete("MPI_Iscatterv") {
          MPI_Iscatterv(
            send.baseAddress, lengths, places, CMPI_BYTE(), receive.baseAddress, Int32(receive.count),
            CMPI_BYTE(), Int32(root), communicator, &$0)
        }
      }
    } else if rank == root {
      for destination in 0..<size {
        let part = UnsafeRawBufferPointer(
          rebasing: send[starts[destination]..<starts[destination] + counts[destination]])
        if destination == rank {
          receive.copyMemory(from: part)
        } else {
          try sendBulk(part, to: destination)
        }
      }
    } else {
      try receiveBulk(receive, from: root)
    }
  }

  public func alltoallBytes(
    _ send: UnsafeRawBufferPointer, sendCounts: [Int], into receive: UnsafeMutableRawBufferPointer,
    receiveCounts: [Int]
  ) throws {
    let sendStarts = offsets(sendCounts)
    let receiveStarts = offsets(receiveCounts)
    // The ranks must choose the same way, and no rank knows all the totals.
    let largest = try allreduce(max(send.count, receive.count), .maximum)
    if largest <= messageLimit {
      try withLayout(sendCounts, sendStarts) { sendLengths, sendPlaces in
        try withLayout(receiveCounts, receiveStarts) { receiveLengths, receivePlaces in
          try complete("MPI_Ialltoallv") {
            MPI_Ialltoallv(
              send.baseAddress, sendLengths, sendPlaces, CMPI_BYTE(), receive.baseAddress, receiveLengths,
              receivePlaces, CMPI_BYTE(), communicator, &$0)
          }
        }
      }
      return
    }
    // Step s pairs each rank with the one s places on: it sends there and receives from s places back.
    for step in 0..<size {
      let destination = (rank + step) % size
      let source = (rank - step + size) % size
      let outgoing = UnsafeRawBufferPointer(
        rebasing: send[sendStarts[destination]..<sendStarts[destination] + sendCounts[destination]])
      let incoming = UnsafeMutableRawBufferPointer(
        rebasing: receive[receiveStarts[source]..<receiveStarts[source] + receiveCounts[source]])
      if step == 0 {
        incoming.copyMemory(from: outgoing)
        continue
      }
      var requests: [MPI_Request] = []
      for (offset, length) in pieces(incoming.count) {
        var request = CMPI_REQUEST_NULL()
        let code = MPI_Irecv(
          incoming.baseAddress.map { $0 + offset }, Int32(length), CMPI_BYTE(), Int32(source), 0, bulk, &request)
        try Self.check(code, "MPI_Irecv")
        requests.append(request)
      }
      try sendBulk(outgoing, to: destination)
      for index in requests.indices { try Self.finish(&requests[index], "MPI_Irecv") }
    }
  }

  public func allreduceBytes(
    _ buffer: UnsafeMutableRawPointer, count: Int, datatype: Datatype, operation: ReductionOperation
  ) throws {
    try PendingPieces(startAllreduce(buffer, count, datatype, operation)).wait()
  }

  public func startAllreduceBytes(
    _ buffer: UnsafeMutableRawPointer, count: Int, datatype: Datatype, operation: ReductionOperation
  ) throws -> any PendingOperation {
    PendingPieces(try startAllreduce(buffer, count, datatype, operation))
  }

  private func startAllreduce(
    _ buffer: UnsafeMutableRawPointer, _ count: Int, _ datatype: Datatype, _ operation: ReductionOperation
  ) throws -> [MPI_Request] {
    let step = max(1, messageLimit / datatype.size)
    return try stride(from: 0, to: count, by: step).map { start in
      var request = CMPI_REQUEST_NULL()
      let code = MPI_Iallreduce(
        CMPI_IN_PLACE(), buffer + start * datatype.size, Int32(min(step, count - start)), datatype.handle,
        operation.handle, communicator, &request)
      try Self.check(code, "MPI_Iallreduce")
      return request
    }
  }

  public func reduceScatterBytes(
    _ send: UnsafeRawPointer, into receive: UnsafeMutableRawPointer, counts: [Int], datatype: Datatype,
    operation: ReductionOperation
  ) throws {
    if counts.reduce(0, +) * datatype.size <= messageLimit {
      try withLayout(counts, []) { lengths, _ in
        try complete("MPI_Ireduce_scatter") {
          MPI_Ireduce_scatter(send, receive, lengths, datatype.handle, operation.handle, communicator, &$0)
        }
      }
      return
    }
    let starts = offsets(counts)
    let step = max(1, messageLimit / datatype.size)
    for destination in 0..<size {
      for start in stride(from: 0, to: counts[destination], by: step) {
        try complete("MPI_Ireduce") {
          MPI_Ireduce(
            send + (starts[destination] + start) * datatype.size,
            destination == rank ? receive + start * datatype.size : nil,
            Int32(min(step, counts[destination] - start)), datatype.handle, operation.handle,
            Int32(destination), communicator, &$0)
        }
      }
    }
  }

  public func sendPiece(_ bytes: UnsafeRawBufferPointer, to destination: Int, tag: Int) throws {
    if destination == rank {
      toSelf.append((tag, Array(bytes)))
      return
    }
    try complete("MPI_Isend") {
      MPI_Isend(
        bytes.baseAddress, Int32(bytes.count), CMPI_BYTE(), Int32(destination), Int32(tag), communicator, &$0)
    }
  }

  public func receivePiece(_ bytes: UnsafeMutableRawBufferPointer, from source: Int, tag: Int) throws -> Int {
    if source == rank {
      guard let index = toSelf.firstIndex(where: { $0.tag == tag }), toSelf[index].bytes.count <= bytes.count else {
        throw CommunicatorError.mismatch("a receive from this rank itself that nothing was sent for")
      }
      let piece = toSelf.remove(at: index).bytes
      bytes.copyBytes(from: piece)
      return piece.count
    }
    // The caller has probed, so the piece is here and its length is that of `bytes`.
    try complete("MPI_Irecv") {
      MPI_Irecv(
        bytes.baseAddress, Int32(bytes.count), CMPI_BYTE(), Int32(source), Int32(tag), communicator, &$0)
    }
    return bytes.count
  }

  public func probeNow(source: Int?, tag: Int?) throws -> MessageStatus? {
    if source == nil || source == rank, let mine = toSelf.first(where: { tag == nil || $0.tag == tag }) {
      return MessageStatus(source: rank, tag: mine.tag, byteCount: mine.bytes.count)
    }
    if source == rank { return nil }
    var flag: Int32 = 0
    var status = MPI_Status()
    let code = MPI_Iprobe(
      source.map(Int32.init) ?? CMPI_ANY_SOURCE(), tag.map(Int32.init) ?? CMPI_ANY_TAG(), communicator, &flag,
      &status)
    try Self.check(code, "MPI_Iprobe")
    guard flag != 0 else { return nil }
    var count: Int32 = 0
    try Self.check(MPI_Get_count(&status, CMPI_BYTE(), &count), "MPI_Get_count")
    return MessageStatus(source: Int(status.MPI_SOURCE), tag: Int(status.MPI_TAG), byteCount: Int(count))
  }

  public func pause(attempt: Int) throws {
    Backoff.pause(attempt: attempt)
  }
}

/// The pieces of one long reduction.
private final class PendingPieces: PendingOperation {
  private var requests: [MPI_Request]

  init(_ requests: [MPI_Request]) { self.requests = requests }

  func test() throws -> Bool {
    while let last = requests.indices.last {
      var flag: Int32 = 0
      try MPICommunicator.check(MPI_Test(&requests[last], &flag, CMPI_STATUS_IGNORE()), "MPI_Test")
      if flag == 0 { return false }
      requests.removeLast()
    }
    return true
  }

  func wait() throws {
    for index in requests.indices { try MPICommunicator.finish(&requests[index], "MPI_Iallreduce") }
    requests = []
  }
}

extension Datatype {
  fileprivate var handle: MPI_Datatype {
    switch self {
    case .int8: CMPI_INT8()
    case .uint8: CMPI_UINT8()
    case .int32: CMPI_INT32()
    case .uint32: CMPI_UINT32()
    case .int64: CMPI_INT64()
    case .uint64: CMPI_UINT64()
    case .float32: CMPI_FLOAT()
    case .float64: CMPI_DOUBLE()
    }
  }
}

extension ReductionOperation {
  fileprivate var handle: MPI_Op {
    switch self {
    case .sum: CMPI_SUM()
    case .product: CMPI_PROD()
    case .minimum: CMPI_MIN()
    case .maximum: CMPI_MAX()
    case .bitwiseAnd: CMPI_BAND()
    case .bitwiseOr: CMPI_BOR()
    }
  }
}

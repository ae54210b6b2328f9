import MPI

/// All claims.
///
/// Run by threads as ranks and, under `mpirun`, by processes; with a message limit so small that every message is cut,
/// and with the usual one.
public let communicatorChecks: [Check] = [
  Check("broadcast from every root, of every small length") { comm in
    for root in 0..<comm.size {
      for length in 0...9 {
        let values = comm.rank == root ? (0..<length).map { Int32($0 * 7 + root) } : [-1]
        try expectEqual(try comm.broadcast(values, root: root), (0..<length).map { Int32($0 * 7 + root) })
      }
    }
    try expectEqual(try comm.broadcast(comm.rank == 0 ? "Erdbeben, ζώνη" : ""), "Erdbeben, ζώνη")
    try expectEqual(try comm.broadcast(comm.rank == comm.size - 1 ? 2.5 : 0, root: comm.size - 1), 2.5)
  },

  Check("gather and allgather, in rank order") { comm in
    for root in 0..<comm.size {
      let values = try comm.gather(UInt64(comm.rank * comm.rank), root: root)
      try expectEqual(values, comm.rank == root ? (0..<comm.size).map { UInt64($0 * $0) } : [])
    }
    try expectEqual(try comm.allgather(Float(comm.rank)), (0..<comm.size).map(Float.init))
  },

  Check("gatherv and allgatherv of uneven parts, empty ones included") { comm in
    for shift in 0...comm.size {
      // Rank r gives (r + shift) mod size values, so each rank is the empty one in turn.
      func part(_ rank: Int) -> [Double] {
        (0..<(rank + shift) % comm.size).map { Double(rank * 100 + $0) + 0.5 }
      }
      let expected = (0..<comm.size).map(part)
      for root in 0..<comm.size {
        try expectEqual(try comm.gatherv(part(comm.rank), root: root), comm.rank == root ? expected : [])
      }
      try expectEqual(try comm.allgatherv(part(comm.rank)), expected)
      let (flat, counts) = try comm.allgatherFlat(part(comm.rank))
      try expectEqual(flat, Array(expected.joined()))
      try expectEqual(counts, expected.map(\.count))
    }
  },

  Check("scatterv of uneven parts, empty ones included") { comm in
    for root in 0..<comm.size {
      let parts = (0..<comm.size).map { rank in (0..<rank * 2).map { Int16Like(rank * 10 + $0) } }
      let mine = try comm.scatterv(comm.rank == root ? parts.map { $0.map(\.value) } : [], root: root)
      try expectEqual(mine, parts[comm.rank].map(\.value))
    }
    let error = try expectThrows {
      _ = try comm.scatterv([[Int32]](repeating: [1], count: comm.size + 1))
    }
    try expect("\(error)".contains("one part for each"), "\(error)")
  },

  Check("alltoallv transposes") { comm in
    let parts = (0..<comm.size).map { to in
      (0..<(comm.rank + 2 * to) % 5).map { Int64(comm.rank * 10_000 + to * 100 + $0) }
    }
    let received = try comm.alltoallv(parts)
    for from in 0..<comm.size {
      let expected = (0..<(from + 2 * comm.rank) % 5).map { Int64(from * 10_000 + comm.rank * 100 + $0) }
      try expectEqual(received[from], expected)
    }
  },

  Check("allreduce of every type and operation") { comm in
    try allreduceEach(comm, Int8.self, Int8.init)
    try allreduceEach(comm, UInt8.self, UInt8.init)
    try allreduceEach(comm, Int32.self, Int32.init)
    try allreduceEach(comm, UInt32.self, UInt32.init)
    try allreduceEach(comm, Int64.self, Int64.init)
    try allreduceEach(comm, UInt64.self, UInt64.init)
    try allreduceEach(comm, Int.self) { $0 }
    try allreduceEach(comm, Float.self, Float.init)
    try allreduceEach(comm, Double.self, Double.init)
    let bits = try comm.allreduce(UInt32(1) << UInt32(comm.rank), .bitwiseOr)
    try expectEqual(bits, (UInt32(1) << UInt32(comm.size)) - 1)
    try expectEqual(try comm.allreduce(UInt8.max - UInt8(1 << comm.rank), .bitwiseAnd), ~UInt8((1 << comm.size) - 1))
    let error = try expectThrows { _ = try comm.allreduce(1.5, .bitwiseOr) }
    try expect("\(error)".contains("not defined"), "\(error)")
  },

  Check("allreduce gives the same bits on every rank") { comm in
    let values = (0..<1000).map { 1 / Double(($0 &* 2_654_435_761 + comm.rank) % 997 + 1) }
    let sums = try comm.allreduce(values, .sum)
    for other in try comm.allgatherv(sums) { try expectEqual(other.map(\.bitPattern), sums.map(\.bitPattern)) }
  },

  Check("reduceScatter of uneven parts, empty ones included") { comm in
    let counts = (0..<comm.size).map { ($0 * 3 + 1) % 4 }
    let total = counts.reduce(0, +)
    let values = (0..<total).map { Int64($0 * (comm.rank + 1)) }
    let start = counts[..<comm.rank].reduce(0, +)
    let factor = Int64(comm.size * (comm.size + 1) / 2)
    try expectEqual(
      try comm.reduceScatter(values, counts: counts, .sum),
      (start..<start + counts[comm.rank]).map { Int64($0) * factor })
    let none = [Int](repeating: 0, count: comm.size)
    try expectEqual(try comm.reduceScatter([Double](), counts: none, .sum), [])
    let error = try expectThrows {
      _ = try comm.reduceScatter([Int32](repeating: 1, count: comm.size), counts: none, .sum)
    }
    try expect("\(error)".contains("add up"), "\(error)")
  },

  Check("send and receive in a ring, of every small length") { comm in
    let next = (comm.rank + 1) % comm.size
    let previous = (comm.rank + comm.size - 1) % comm.size
    for length in [0, 1, 2, 3, 5, 8, 13, 100] {
      try comm.send((0..<length).map { Int32(comm.rank * 1000 + $0) }, to: next, tag: length)
      let (values, status) = try comm.receive(Int32.self, from: previous, tag: length)
      try expectEqual(values, (0..<length).map { Int32(previous * 1000 + $0) })
      try expectEqual(status.source, previous)
      try expectEqual(status.tag, length)
    }
  },

  Check("messages of one sender and tag arrive in order; tags and senders are told apart") { comm in
    try comm.barrier()
    if comm.isRoot {
      for round in 0..<3 { for rank in 0..<comm.size where rank != 0 { try comm.send([round], to: rank, tag: 5) } }
      for rank in 0..<comm.size where rank != 0 { try comm.send([99], to: rank, tag: 6) }
      var senders: [Int] = []
      for _ in 1..<max(comm.size, 1) {
        let status = try comm.probe(tag: 7)
        let (values, taken) = try comm.receive(Int.self, from: status.source, tag: status.tag)
        try expectEqual(taken.source, status.source)
        try expectEqual(values, [taken.source * 11])
        senders.append(taken.source)
      }
      try expectEqual(senders.sorted(), Array(1..<max(comm.size, 1)))
    } else {
      // The one with the other tag came last and is taken first.
      try expectEqual(try comm.receive(Int.self, from: 0, tag: 6).values, [99])
      for round in 0..<3 { try expectEqual(try comm.receive(Int.self, tag: 5).values, [round]) }
      try comm.send([comm.rank * 11], to: 0, tag: 7)
    }
    try comm.barrier()
    try expect(try comm.probeNow(source: nil, tag: nil) == nil, "a message is left over")
  },

  Check("a message that does not hold whole elements is an error") { comm in
    try comm.send([UInt8](repeating: 1, count: 7), to: comm.rank, tag: 1)
    let error = try expectThrows { _ = try comm.receive(Double.self, from: comm.rank, tag: 1) }
    try expectEqual(error as? CommunicatorError, .wrongElementSize(bytes: 7, elementSize: 8))
  },

  Check("iallreduce runs beside other work; its buffer is out of reach until the end") { comm in
    var requests: [Request<Double>] = []
    for bucket in 0..<5 {
      let buffer = MessageBuffer<Double>((0..<100 * bucket).map { Double($0 + comm.rank) })
      requests.append(try comm.iallreduce(buffer, .sum))
      try expect(buffer.isInFlight, "a started buffer is in flight")
      let error = try expectThrows { _ = try buffer.values() }
      try expectEqual(error as? CommunicatorError, .bufferInFlight)
      let again = try expectThrows { _ = try comm.iallreduce(buffer, .sum) }
      try expectEqual(again as? CommunicatorError, .bufferInFlight)
      // Collectives in between do not disturb those under way.
      try expectEqual(try comm.allreduce(1, .sum), comm.size)
    }
    let offset = comm.size * (comm.size - 1) / 2
    for (bucket, request) in requests.enumerated() {
      if bucket % 2 == 0 { while try !request.test() { try comm.pause(attempt: 0) } }
      try expectEqual(
        try request.wait().values(), (0..<100 * bucket).map { Double($0 * comm.size + offset) })
    }
  },

  Check("a duplicate's operations mix with none of the original's, in whatever order each rank calls them") { comm in
    let other = try comm.duplicate()
    try expectEqual(other.rank, comm.rank)
    try expectEqual(other.size, comm.size)
    try expectEqual(other.messageLimit, comm.messageLimit)
    for round in 0..<3 {
      let buffers = (0..<4).map { _ in MessageBuffer<Double>([Double]((0..<50).map { Double($0 + comm.rank + round) }))
      }
      var requests: [Request<Double>] = []
      // Ranks of odd number start the reductions before they sum on the original, the others between the sums.
      if comm.rank % 2 == 1 { requests = try buffers.map { try other.iallreduce($0, .sum) } }
      for number in 0..<4 {
        try expectEqual(try comm.allreduce(number, .sum), number * comm.size)
        if comm.rank % 2 == 0 { requests.append(try other.iallreduce(buffers[number], .sum)) }
      }
      let offset = comm.size * (comm.size - 1) / 2
      for request in requests {
        try expectEqual(try request.wait().values(), (0..<50).map { Double(($0 + round) * comm.size + offset) })
      }
    }
    let third = try other.duplicate()
    try expectEqual(try third.allgather(comm.rank), Array(0..<comm.size))
  },

  Check("a request that is let go is waited for, and its memory outlives it") { comm in
    for _ in 0..<50 {
      let buffer = MessageBuffer<Int32>([Int32](repeating: 1, count: 1000))
      // The buffer's only other owner goes away at once.
      _ = try comm.iallreduce(buffer, .sum)
      try expectEqual(try buffer.values(), [Int32](repeating: Int32(comm.size), count: 1000))
    }
  },

  Check("agree: the error of the lowest failing rank reaches all") { comm in
    struct Bad: ExitCoded, CustomStringConvertible {
      var exitCode: Int32
      var description: String
    }
    try expectEqual(try comm.agree { comm.rank * 2 }, comm.rank * 2)
    for lowest in 0..<comm.size {
      let error = try expectThrows {
        try comm.agree {
          if comm.rank >= lowest { throw Bad(exitCode: Int32(60 + comm.rank), description: "rank \(comm.rank)") }
        }
      }
      try expectEqual(
        error as? AgreedFailure,
        AgreedFailure(rank: lowest, exitCode: Int32(60 + lowest), description: "rank \(lowest)"))
    }
    var ran = false
    try comm.agreeOnRoot { ran = true }
    try expectEqual(ran, comm.isRoot)
  },

  Check("ranks and tags that do not exist are errors") { comm in
    for bad in [-1, comm.size] {
      _ = try expectThrows { try comm.send([1], to: bad) }
      _ = try expectThrows { _ = try comm.broadcast([1], root: bad) }
      _ = try expectThrows { _ = try comm.gatherv([1], root: bad) }
      _ = try expectThrows { _ = try comm.probe(source: bad) }
    }
    _ = try expectThrows { try comm.send([1], to: comm.rank, tag: -1) }
    _ = try expectThrows { try comm.send([1], to: comm.rank, tag: 40_000) }
  },
]

/// Lets a check compare values that were built with their position in mind.
private struct Int16Like {
  var value: Int32
  init(_ value: Int) { self.value = Int32(value) }
}

private func allreduceEach<T: MessageElement & Numeric>(
  _ comm: any Communicator, _ type: T.Type, _ make: (Int) -> T
) throws {
  for length in [0, 1, 2, 7] {
    let mine = (0..<length).map { make($0 + comm.rank) }
    func expected(_ combine: (T, T) -> T) -> [T] {
      (0..<length).map { index in
        (1..<comm.size).reduce(make(index)) { combine($0, make(index + $1)) }
      }
    }
    try expectEqual(try comm.allreduce(mine, .sum), expected { $0 + $1 })
    try expectEqual(try comm.allreduce(mine, .minimum), expected { min($0, $1) })
    try expectEqual(try comm.allreduce(mine, .maximum), expected { max($0, $1) })
    let small = (0..<length).map { make(1 + ($0 + comm.rank) % 2) }
    let product = (0..<length).map { index in
      (0..<comm.size).reduce(make(1)) { $0 * make(1 + (index + $1) % 2) }
    }
    try expectEqual(try comm.allreduce(small, .product), product)
  }
}

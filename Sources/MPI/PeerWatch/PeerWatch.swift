import Foundation

/// Notices that other ranks can no longer be reached, where MPI would wait for them for ever.
///
/// MPICH does not notice that a host, or the link to it, is gone: every rank would hang until the end of the walltime. So each
/// rank has a thread that sends a datagram to rank 0 now and then, and rank 0's thread answers. The threads do not care
/// what the ranks compute, so a long computation is never taken for a lost link. A rank is watched from its first answer
/// on: where datagrams do not get through at all nobody is watched.
public final class PeerWatch: @unchecked Sendable {
  private enum Kind: UInt8 {
    case ping, answer, farewell
  }

  private let lock = NSLock()
  private let rank: Int
  private let hosts: [String]
  private let token: UInt64
  private let socket: DatagramSocket
  private let seconds: Double
  private let interval: Double
  private let onLoss: @Sendable (String) -> Void
  /// When each rank was last heard of; nil for one that is not watched.
  ///
  /// Ranks other than 0 know only of rank 0.
  private var heard: [Double?]
  /// Where each rank answers.
  private var places: [NetworkAddress?]
  /// Where rank 0 may be.
  private let candidates: [NetworkAddress]
  private var isEnded = false
  /// Ranks that have said farewell: a late ping does not bring them back.
  private var gone: Set<Int> = []

  /// Begins to watch.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - seconds: a rank that is not heard of for so long is lost.
  ///   - onLoss: told on the watching thread which rank is lost, in words; once for each loss. It should end the process at once and
  ///     not through MPI, which would wait for that rank too.
  /// - Returns: nil on all ranks where there is nobody to watch, or rank 0 gets no socket; nil on a rank that gets none.
  /// - Throws: ``CommunicatorError``.
  public static func start(
    over communicator: any Communicator, seconds: Double, onLoss: @escaping @Sendable (String) -> Void
  ) throws -> PeerWatch? {
    guard communicator.size > 1, seconds > 0 else { return nil }
    let socket = DatagramSocket()
    var contact: [UInt64] = []
    if communicator.isRoot, let socket {
      contact =
        [UInt64.random(in: .min ... .max), UInt64(socket.port)] + NetworkAddress.ownAddresses().map(UInt64.init)
    }
    contact = try communicator.broadcast(contact)
    let hosts = try communicator.allgatherv(Array(ownHostName().utf8)).map { String(decoding: $0, as: UTF8.self) }
    guard contact.count > 2, let socket else { return nil }
    let port = UInt16(truncatingIfNeeded: contact[1])
    let watch = PeerWatch(
      rank: communicator.rank, hosts: hosts, token: contact[0], socket: socket, seconds: seconds,
      candidates: contact.dropFirst(2).map { NetworkAddress(address: UInt32(truncatingIfNeeded: $0), port: port) },
      onLoss: onLoss)
    watch.begin()
    return watch
  }

  private init(
    rank: Int, hosts: [String], token: UInt64, socket: DatagramSocket, seconds: Double, candidates: [NetworkAddress],
    onLoss: @escaping @Sendable (String) -> Void
  ) {
    self.rank = rank
    self.hosts = hosts
    self.token = token
    self.socket = socket
    self.seconds = seconds
    self.candidates = candidates
    self.onLoss = onLoss
    interval = min(10, max(0.02, seconds / 20))
    heard = [Double?](repeating: nil, count: hosts.count)
    places = [NetworkAddress?](repeating: nil, count: hosts.count)
  }

  /// Ends the watch, and tells those who watch this rank that it has not been lost.
  public func end() {
    locked { isEnded = true }
    let places = rank == 0 ? locked { self.places.compactMap { $0 } } : candidates
    // One of them will arrive.
    for _ in 0..<3 { for place in places { send(.farewell, to: place) } }
  }

  /// Falls silent, as if the link were gone: for tests.
  package func cut() { locked { isEnded = true } }

  private func locked<Result>(_ body: () -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body()
  }

  private func begin() {
    let thread = Thread { [self] in watch() }
    thread.stackSize = 1 << 19
    thread.start()
  }

  private func watch() {
    var lastTurn = Self.now()
    var nextPing = lastTurn
    while !locked({ isEnded }) {
      let now = Self.now()
      // A process that was suspended has not listened: what it did not hear says nothing.
      if now - lastTurn > seconds / 2 { forgive(now) }
      lastTurn = now
      if rank != 0, now >= nextPing {
        nextPing = now + interval
        ping(now)
      }
      if let lost = lost(now) {
        guard !locked({ isEnded }) else { return }
        onLoss(lost)
      }
      // All that has come is read before anybody is judged.
      var next = socket.receive(within: interval / 2)
      while let message = next {
        take(message.bytes, from: message.from)
        next = socket.receive(within: 0)
      }
    }
  }

  private func ping(_ now: Double) {
    let known = locked { heard[0].map { now - $0 < seconds / 2 } ?? false ? places[0] : nil }
    for place in known.map({ [$0] }) ?? candidates { send(.ping, to: place) }
  }

  private func forgive(_ now: Double) {
    locked { for other in heard.indices where heard[other] != nil { heard[other] = now } }
  }

  private func lost(_ now: Double) -> String? {
    let late = locked { heard.indices.filter { heard[$0].map { now - $0 >= seconds } ?? false } }
    guard let first = late.first else { return nil }
    // Told once; the others are watched on, and answered.
    locked { for other in late { heard[other] = nil } }
    let others = late.count > 1 ? " and \(late.count - 1) more" : ""
    return
      "rank \(first) (\(hosts[first]))\(others) has not been heard of for \(Self.text(seconds)) s: that host, or the "
      + "link to it, is gone"
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds < 1e9 ? "\(Int(seconds))" : "\(seconds)"
  }

  /// Layout of a datagram: the job's token (8 bytes), the sender's rank (4), what it is (1).
  private func send(_ kind: Kind, to place: NetworkAddress) {
    var bytes: [UInt8] = []
    withUnsafeBytes(of: token.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: rank).bigEndian) { bytes.append(contentsOf: $0) }
    bytes.append(kind.rawValue)
    socket.send(bytes, to: place)
  }

  private func take(_ bytes: [UInt8], from place: NetworkAddress) {
    guard bytes.count == 13, let kind = Kind(rawValue: bytes[12]) else { return }
    let (token, sender) = bytes.withUnsafeBytes {
      (
        UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        Int(UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
      )
    }
    // Datagrams of other jobs, or of nobody, say nothing.
    guard token == self.token, sender < hosts.count, sender != rank else { return }
    let now = Self.now()
    switch kind {
    case .ping where rank == 0:
      locked { (heard[sender], places[sender]) = (gone.contains(sender) ? nil : now, place) }
      send(.answer, to: place)
    case .answer where sender == 0:
      locked { (heard[0], places[0]) = (gone.contains(0) ? nil : now, place) }
    case .farewell:
      locked {
        heard[sender] = nil
        gone.insert(sender)
      }
    default: break
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// The name of this machine.
func ownHostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "unknown host" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

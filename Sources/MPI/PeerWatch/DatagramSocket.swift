#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A place on the network, of IPv4, in the byte order of the network.
struct NetworkAddress: Hashable, Sendable {
  var address: UInt32
  var port: UInt16

  /// The addresses of this machine's interfaces that are up, that of the machine itself last.
  static func ownAddresses() -> [UInt32] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var addresses: [UInt32] = []
    var local: [UInt32] = []
    var next = list
    while let entry = next {
      next = entry.pointee.ifa_next
      guard let address = entry.pointee.ifa_addr, Int32(address.pointee.sa_family) == AF_INET else { continue }
      let flags = Int32(bitPattern: UInt32(entry.pointee.ifa_flags))
      guard flags & Int32(IFF_UP) != 0 else { continue }
      let own = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
      if flags & Int32(IFF_LOOPBACK) != 0 { local.append(own) } else { addresses.append(own) }
    }
    return addresses + local
  }
}

/// A socket for datagrams, on any interface and a port that the system chooses.
final class DatagramSocket: @unchecked Sendable {
  private let descriptor: Int32
  /// The port, in the byte order of the network.
  let port: UInt16

  /// Opens a socket; nil where the system gives none.
  init?() {
    #if canImport(Glibc)
      let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
      let type = SOCK_DGRAM
    #endif
    let own = socket(AF_INET, type, 0)
    guard own >= 0 else { return nil }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = 0
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(own, $0, length) == 0 && getsockname(own, $0, &length) == 0
      }
    }
    guard isBound else {
      close(own)
      return nil
    }
    descriptor = own
    port = address.sin_port
  }

  deinit { close(descriptor) }

  /// Sends a datagram; what does not get away is lost, as datagrams may be.
  func send(_ bytes: [UInt8], to place: NetworkAddress) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = place.address
    address.sin_port = place.port
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(
          descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// Waits for a datagram, but not longer than so many seconds.
  func receive(within seconds: Double) -> (bytes: [UInt8], from: NetworkAddress)? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, Int32(max(0, min(seconds, 60)) * 1000)) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 64)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let count = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        recvfrom(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT), $0, &length)
      }
    }
    guard count >= 0 else { return nil }
    return (Array(bytes.prefix(count)), NetworkAddress(address: address.sin_addr.s_addr, port: address.sin_port))
  }
}

public import HSDLCompute
public import SeismicFormats

/// What the index of a store of windows says of an event.
public struct EventWindowEntry: Sendable, Equatable {
  /// The event's identifier in tables.
  public var id: String
  /// Its time; nil where it has none.
  public var time: UTCTime?
  /// What it is known to be; `uncertain` where that is not known.
  public var label: Label
  /// The number of its stations.
  public var stationCount: Int

  /// Describes an event.
  public init(id: String, time: UTCTime?, label: Label, stationCount: Int = 0) {
    self.id = id
    self.time = time
    self.label = label
    self.stationCount = stationCount
  }
}

/// The layout of a store of windows, all numbers little-endian.
///
/// - 80 bytes: `hsdl-mpi`, version (4), numbers of attributes (2) and samples (2), and the hash of the picker that was asked (64; zeros for none).
/// - For each event: attributes of all stations (4 bytes each), components of all stations (1 each), samples of all stations (2 each).
/// - For each event, in the order of time and identifier: seconds (8), nanoseconds (4), label (4), place of its windows (8), their checksum
///   (8), stations (4), length of the identifier (4); then all identifiers.
/// - 40 bytes: place of the index (8), events (8), bytes of identifiers (8), checksum of the index (8), `windows.`.
enum EventWindowLayout {
  static let version: UInt32 = 2
  static let headerSize = 80
  /// Letters of the hash of a picker.
  static let hashSize = 64
  static let entrySize = 40
  static let footerSize = 40
  static let magic = Array("hsdl-mpi".utf8)
  static let endMagic = Array("windows.".utf8)
  static let stationSize = 4 * StationAttribute.count + 1 + 2 * EventWindows.windowSize
  /// Longer identifiers are none.
  static let longestID = 1 << 16

  static func header(picker: String) -> [UInt8] {
    var hash = Array(picker.utf8.prefix(hashSize))
    hash += [UInt8](repeating: 0, count: hashSize - hash.count)
    return beginning + hash
  }

  /// What every file of this version begins with.
  static var beginning: [UInt8] {
    var bytes = magic
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: version >> UInt32(shift))) }
    for number in [UInt16(StationAttribute.count), UInt16(EventWindows.length)] {
      bytes += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
    }
    return bytes
  }

  /// A checksum against damage, eight bytes at a time.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var place = 0
    while place + 8 <= bytes.count {
      hash =
        (hash ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
        &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 29
      place += 8
    }
    for index in place..<bytes.count { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3 }
    return mixed(hash ^ UInt64(bytes.count))
  }
}

/// What the header of a record says, with all places checked to lie inside the record.
struct MiniSEEDRecord {
  /// Where the record begins in the file.
  var offset = 0
  /// The time of the first sample, with the time correction.
  var start = UTCTime.epoch
  /// Samples per second; 0 where the record has none.
  var samplingRate = 0.0
  /// The length of the record in bytes.
  var length: Int32 = 0
  /// Where the samples begin in the record.
  var dataOffset: Int32 = 0
  /// How many bytes there are for samples.
  var dataLength: Int32 = 0
  /// How many samples there are; no more than there is room for.
  var sampleCount: Int32 = 0
  /// The stream, as a number of ``MiniSEEDStreams``.
  var stream: Int32 = 0
  /// How the samples are stored.
  var encoding = MiniSEEDEncoding.steim1
  /// The version of miniSEED: 2 or 3.
  var version: UInt8 = 2
  /// Whether the samples are stored with the highest byte first.
  var isBigEndian = true
  /// Leap seconds during the record: 1, 0 or -1.
  var leapSeconds: Int8 = 0

  /// The length of the record in time, in seconds: up to where the next sample would be.
  var duration: Double { samplingRate > 0 ? Double(sampleCount) / samplingRate : 0 }
}

/// What a header says that is not kept for each record.
struct MiniSEEDHeaderDetails {
  /// The number of samples that the record claims.
  var claimedCount = 0
  /// Whether the record says how long it is.
  var hasLength = false
  /// Whether the chain of blockettes leads out of the header or back.
  var isChainBroken = false
  /// Whether the record's encoding stands in it.
  var hasEncoding = false
}

/// The streams of a file, by number, in the order in which they appear.
///
/// Records of one stream whose quality differs (R, D, Q or M; in version 3 the publication version) are told apart, as
/// ObsPy does: they are other editions of the same data, and must not be joined.
final class MiniSEEDStreams {
  /// A stream in one edition.
  struct Edition: Hashable {
    var id: StreamID
    /// Quality of version 2, as R, D, Q, M = 1, 2, 3, 4; or publication version of version 3.
    var quality: UInt8
  }

  private struct Codes: Hashable {
    var first: UInt64
    var second: UInt32
    var quality: UInt8
  }

  /// The streams.
  private(set) var editions: [Edition] = []
  private var numbers: [Edition: Int32] = [:]
  private var numbersByCodes: [Codes: Int32] = [:]
  private var numbersByIdentifier: [[UInt8]: Int32] = [:]
  // Most records are of the stream of the record before.
  private var lastCodes = Codes(first: 0, second: 0, quality: 0)
  private var lastNumber: Int32 = -1
  private var lastIdentifier: [UInt8] = []
  private var lastIdentifierNumber: Int32 = -1

  /// The number of the stream of a record of version 2, of which there must be 48 bytes.
  @inline(__always)
  func number(header bytes: Bytes) -> Int32 {
    let raw = UnsafeRawBufferPointer(bytes)
    let codes = Codes(
      first: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
      second: raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self), quality: bytes[6])
    if codes == lastCodes, lastNumber >= 0 { return lastNumber }
    return lookUp(codes, bytes)
  }

  private func lookUp(_ codes: Codes, _ bytes: Bytes) -> Int32 {
    let number: Int32
    if let known = numbersByCodes[codes] {
      number = known
    } else {
      let id = StreamID(
        network: code(bytes, 18..<20), station: code(bytes, 8..<13), location: code(bytes, 13..<15),
        channel: code(bytes, 15..<18))
      let quality: UInt8 =
        switch bytes[6] {
        case 82: 1
        case 68: 2
        case 81: 3
        default: 4
        }
      number = self.number(Edition(id: id, quality: quality))
      numbersByCodes[codes] = number
    }
    lastCodes = codes
    lastNumber = number
    return number
  }

  private func code(_ bytes: Bytes, _ range: Range<Int>) -> String {
    var text = ""
    for byte in bytes[range] {
      if byte == 0 { break }
      if byte > 32, byte < 127 { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    }
    return text
  }

  /// The number of the stream of a record of version 3.
  ///
  /// - Parameters:
  ///   - identifier: such as `FDSN:NET_STA_LOC_B_S_SS`.
  ///   - publication: the publication version.
  func number(identifier: Bytes, publication: UInt8) -> Int32 {
    if lastIdentifierNumber >= 0, lastIdentifier.count == identifier.count + 1, lastIdentifier.last == publication,
      lastIdentifier.withUnsafeBufferPointer({ Bytes(rebasing: $0.dropLast()).isSame(as: identifier) })
    {
      return lastIdentifierNumber
    }
    let key = Array(identifier) + [publication]
    let number: Int32
    if let known = numbersByIdentifier[key] {
      number = known
    } else {
      number = self.number(Edition(id: Self.streamID(identifier), quality: publication))
      numbersByIdentifier[key] = number
    }
    lastIdentifier = key
    lastIdentifierNumber = number
    return number
  }

  /// Takes a source identifier apart (FDSN source identifiers 1.0): band, source and subsource make the channel.
  ///
  /// An identifier of another form becomes the station, as a whole.
  static func streamID(_ identifier: Bytes) -> StreamID {
    let text = identifier.string
    guard text.hasPrefix("FDSN:") else { return StreamID(network: "", station: text, channel: "") }
    let parts = text.dropFirst(5).split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6 else {
      return parts.count == 2
        ? StreamID(network: parts[0], station: parts[1], channel: "")
        : StreamID(network: "", station: text, channel: "")
    }
    // Single letters stand together, as they always did; longer ones are kept apart.
    let isShort = parts[3].count <= 1 && parts[4].count <= 1 && parts[5].count <= 1
    let channel = isShort ? parts[3] + parts[4] + parts[5] : parts[3...].joined(separator: "_")
    return StreamID(network: parts[0], station: parts[1], location: parts[2], channel: channel)
  }

  private func number(_ edition: Edition) -> Int32 {
    if let known = numbers[edition] { return known }
    let number = Int32(truncatingIfNeeded: editions.count)
    editions.append(edition)
    numbers[edition] = number
    return number
  }
}

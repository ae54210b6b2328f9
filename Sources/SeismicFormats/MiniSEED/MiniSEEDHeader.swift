/// Reads the headers of records (SEED manual 2.4, chapter 8; FDSN miniSEED 3).
enum MiniSEEDHeader {
  /// No record is shorter.
  static let shortest = 128
  /// Records of version 3 that would be longer are taken for damaged, as libmseed does.
  static let longest3 = 10 << 20
  /// No record of version 2 is longer: 2^23 bytes.
  static let longestExponent: UInt8 = 23

  @inline(__always)
  private static func isSequence(_ bytes: Bytes) -> Bool {
    for index in 0..<6 {
      let byte = bytes[index]
      guard byte &- 48 < 10 || byte == 32 || byte == 0 else { return false }
    }
    return true
  }

  /// Whether a record of version 2 with data begins here.
  @inline(__always)
  static func isVersion2(_ bytes: Bytes) -> Bool {
    guard bytes.count >= 48 else { return false }
    let quality = bytes[6]
    return (quality == 68 || quality == 82 || quality == 81 || quality == 77) && (bytes[7] == 32 || bytes[7] == 0)
      && isSequence(bytes) && bytes[24] < 24 && bytes[25] < 60 && bytes[26] <= 60 && byteOrder2(bytes) != nil
  }

  /// Whether the numbers of a header of version 2 have the highest byte first: in which order the date is one.
  @inline(__always)
  static func byteOrder2(_ bytes: Bytes) -> Bool? {
    let (a, b, c, d) = (UInt16(bytes[20]), UInt16(bytes[21]), UInt16(bytes[22]), UInt16(bytes[23]))
    if isPlausible(year: a << 8 | b, day: c << 8 | d) { return true }
    return isPlausible(year: b << 8 | a, day: d << 8 | c) ? false : nil
  }

  @inline(__always)
  private static func isPlausible(year: UInt16, day: UInt16) -> Bool {
    year >= 1900 && year <= 2100 && day >= 1 && day <= 366
  }

  /// Whether a record of version 3 begins here.
  @inline(__always)
  static func isVersion3(_ bytes: Bytes) -> Bool {
    guard bytes.count >= 40, bytes[0] == 77, bytes[1] == 83, bytes[2] == 3 else { return false }
    let raw = UnsafeRawBufferPointer(bytes)
    let day = raw.little16(10)
    let year = raw.little16(8)
    return bytes[12] < 24 && bytes[13] < 60 && bytes[14] <= 60 && day >= 1 && day <= 366 && year >= 1 && year <= 9999
      && raw.little32(4) < 1_000_000_000 && Int(raw.little32(36)) <= longest3
  }

  /// Whether a blank record begins here: nothing but spaces behind the sequence number, as between data on old media.
  static func isBlank(_ bytes: Bytes) -> Bool {
    guard bytes.count >= 48, isSequence(bytes) else { return false }
    for index in 6..<48 where bytes[index] != 32 { return false }
    return true
  }

  /// Whether a control header of full SEED begins here: volume, abbreviations, station or time span.
  static func isControl(_ bytes: Bytes) -> Bool {
    guard bytes.count >= 8, isSequence(bytes) else { return false }
    return [86, 65, 83, 84].contains(bytes[6]) && (bytes[7] == 32 || bytes[7] == 42)
  }

  /// Whether anything that is known begins here.
  static func isStart(_ bytes: Bytes) -> Bool {
    isVersion3(bytes) || isVersion2(bytes) || isBlank(bytes) || isControl(bytes)
  }

  /// Reads a header of version 2, but for its stream.
  ///
  /// - Parameters:
  ///   - bytes: from the begin of the record on, at least its header and blockettes; ``isVersion2(_:)`` must hold.
  ///   - details: what is not kept.
  /// - Returns: the record; its `length` is 0 where the record does not say, and then its data are not yet bounded.
  @inline(__always)
  static func version2(_ bytes: Bytes, _ details: inout MiniSEEDHeaderDetails) -> MiniSEEDRecord {
    var record = MiniSEEDRecord()
    let raw = UnsafeRawBufferPointer(bytes)
    let isBig = byteOrder2(bytes) ?? true
    record.isBigEndian = isBig
    let activity = bytes[36]
    record.leapSeconds = (activity & 0x10 != 0 ? 1 : 0) - (activity & 0x20 != 0 ? 1 : 0)
    details = MiniSEEDHeaderDetails(claimedCount: Int(raw.half(30, isBig)))
    var rate = nominalRate(
      factor: Int16(bitPattern: raw.half(32, isBig)), multiplier: Int16(bitPattern: raw.half(34, isBig)))
    // Units of 0.1 ms.
    var fraction = Int64(raw.half(28, isBig))
    let correction = Int32(bitPattern: raw.word(40, isBig))
    if activity & 0x02 == 0 { fraction += Int64(correction) }
    var microseconds: Int64 = 0
    record.dataOffset = Int32(raw.half(44, isBig))
    var place = Int(raw.half(46, isBig))
    // The chain only leads forward, so it ends.
    while place != 0 {
      guard place >= 48, place + 8 <= bytes.count else {
        details.isChainBroken = true
        break
      }
      let type = raw.half(place, isBig)
      let next = Int(raw.half(place + 2, isBig))
      switch type {
      case 1000 where !details.hasEncoding:
        details.hasEncoding = true
        record.encoding = MiniSEEDEncoding(code: bytes[place + 4])
        // Some writers leave something else here; then the header's order holds.
        switch bytes[place + 5] {
        case 0: record.isBigEndian = false
        case 1: record.isBigEndian = true
        default: break
        }
        let exponent = bytes[place + 6]
        if exponent >= 7, exponent <= longestExponent {
          record.length = 1 << Int32(exponent)
          details.hasLength = true
        }
      case 1001: microseconds = Int64(Int8(bitPattern: bytes[place + 5]))
      case 100:
        let actual = Double(Float(bitPattern: raw.word(place + 4, isBig)))
        if actual > 0, actual.isFinite { rate = actual }
      default: break
      }
      guard next == 0 || next >= place + 4 else {
        details.isChainBroken = true
        break
      }
      place = next
    }
    record.samplingRate = rate
    let seconds = secondsSinceEpoch(
      year: Int(raw.half(20, isBig)), day: Int(raw.half(22, isBig)), hour: bytes[24], minute: bytes[25],
      second: bytes[26])
    record.start = UTCTime(seconds: seconds, nanoseconds: fraction * 100_000 + microseconds * 1000)
    return record
  }

  /// Reads a header of version 3, but for its stream.
  ///
  /// - Parameters:
  ///   - bytes: at least 40; ``isVersion3(_:)`` must hold.
  ///   - details: what is not kept.
  static func version3(_ bytes: Bytes, _ details: inout MiniSEEDHeaderDetails) -> MiniSEEDRecord {
    var record = MiniSEEDRecord()
    let raw = UnsafeRawBufferPointer(bytes)
    record.version = 3
    record.encoding = MiniSEEDEncoding(code: bytes[15])
    // Steim's words have the highest byte first, everything else the lowest.
    record.isBigEndian = record.encoding == .steim1 || record.encoding == .steim2
    let stated = Double(bitPattern: raw.little64(16))
    let rate = stated < 0 ? -1 / stated : stated
    record.samplingRate = rate > 0 && rate.isFinite ? rate : 0
    details = MiniSEEDHeaderDetails(
      claimedCount: Int(raw.little32(24)), hasLength: true, isChainBroken: false, hasEncoding: true)
    let header = 40 + Int(bytes[33]) + Int(raw.little16(34))
    record.dataOffset = Int32(truncatingIfNeeded: header)
    record.dataLength = Int32(truncatingIfNeeded: raw.little32(36))
    record.length = record.dataOffset + record.dataLength
    let seconds = secondsSinceEpoch(
      year: Int(raw.little16(8)), day: Int(raw.little16(10)), hour: bytes[12], minute: bytes[13], second: bytes[14])
    record.start = UTCTime(seconds: seconds, nanoseconds: Int64(raw.little32(4)))
    return record
  }

  @inline(__always)
  private static func secondsSinceEpoch(year: Int, day: Int, hour: UInt8, minute: UInt8, second: UInt8) -> Int64 {
    let days = Calendar.daysSinceEpoch(year: year, month: 1, day: 1) + day - 1
    return Int64(days) * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
  }

  /// Samples per second from the two numbers of version 2: positive ones multiply, negative ones divide.
  @inline(__always)
  static func nominalRate(factor: Int16, multiplier: Int16) -> Double {
    let factor = Double(factor)
    let multiplier = Double(multiplier)
    var rate = factor < 0 ? -1 / factor : factor
    if multiplier > 0 { rate *= multiplier } else if multiplier < 0 { rate /= -multiplier }
    return rate
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func little16(_ place: Int) -> UInt16 { UInt16(littleEndian: loadUnaligned(fromByteOffset: place, as: UInt16.self)) }
  @inline(__always)
  func little32(_ place: Int) -> UInt32 { UInt32(littleEndian: loadUnaligned(fromByteOffset: place, as: UInt32.self)) }
  @inline(__always)
  func little64(_ place: Int) -> UInt64 { UInt64(littleEndian: loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
  @inline(__always)
  fileprivate func half(_ place: Int, _ isBig: Bool) -> UInt16 {
    isBig ? little16(place).byteSwapped : little16(place)
  }
  @inline(__always)
  fileprivate func word(_ place: Int, _ isBig: Bool) -> UInt32 {
    isBig ? little32(place).byteSwapped : little32(place)
  }
}

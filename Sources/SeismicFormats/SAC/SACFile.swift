/// A waveform file of SAC (Seismic Analysis Code), binary, of header version 6 or 7, in either byte order.
///
/// Only time series with even spacing are read: what other programs exchange. A header word of -12345 means that the value
/// is not known.
public struct SACFile: Sendable {
  /// The path, as it was given.
  public let path: String
  /// The stream: KNETWK, KSTNM, KHOLE, KCMPNM.
  public let stream: StreamID
  /// The time of the first sample: reference time + B.
  public let start: UTCTime
  /// Samples per second.
  public let samplingRate: Double
  /// The number of samples.
  public let count: Int
  /// The station, with this one channel; nil where the header has no coordinates.
  public let station: Station?
  private let isBigEndian: Bool

  /// The bytes of a header; the samples follow.
  static let headerSize = 632
  /// The bytes behind the samples in version 7.
  static let footerSize = 176
  /// The header's word for a value that is not known.
  static let undefined: Float = -12345

  /// The byte order that the first bytes of a SAC file tell of; nil for other files.
  static func byteOrder(prefix: Bytes) -> (isBigEndian: Bool, version: Int)? {
    guard prefix.count >= headerSize else { return nil }
    for isBigEndian in [false, true] {
      let raw = RawBytes(bytes: Array(prefix[..<headerSize]), isBigEndian: isBigEndian)
      let version = raw.int32(280 + 6 * 4)
      let type = raw.int32(280 + 15 * 4)
      // The logical words are 0 or 1; together with the version this is what tells a SAC file.
      guard version == 6 || version == 7, (1...100).contains(type) || type == -12345,
        [0, 1, -12345].contains(raw.int32(280 + 35 * 4)), raw.int32(280 + 9 * 4) >= 0
      else { continue }
      return (isBigEndian, Int(version))
    }
    return nil
  }

  /// Whether the first bytes of a file, 632 or more, are those of a SAC file.
  public static func isSAC(prefix: Bytes) -> Bool { byteOrder(prefix: prefix) != nil }

  /// Reads a header.
  ///
  /// - Throws: ``FormatError``: `missing`, `unreadable`, `badData` for anything but a SAC file and for one that is longer or
  ///   shorter than its header says, `unsupported` for spectra and for uneven spacing.
  public init(_ path: String) throws {
    let input = try FileInput(path)
    try input.requireContent(expected: "a SAC file")
    let header = try input.prefix(Self.headerSize)
    guard let (isBigEndian, version) = header.withUnsafeBufferPointer(Self.byteOrder) else {
      throw FormatError(
        .badData, file: path, found: "it has no header of a SAC file",
        expected: "\(Self.headerSize) bytes with a header version of 6 or 7",
        remedy: "convert SAC's text form to its binary form")
    }
    let raw = RawBytes(bytes: header, isBigEndian: isBigEndian)
    self.path = path
    self.isBigEndian = isBigEndian
    func word(_ index: Int) -> Int { Int(raw.int32(280 + 4 * index)) }
    func real(_ index: Int) -> Double? {
      let value = raw.float(4 * index)
      return value == Self.undefined || !value.isFinite ? nil : Double(value)
    }
    func text(_ index: Int) -> String { Self.text(header[(440 + 8 * index)..<(448 + 8 * index)]) }

    let type = word(15)
    guard type == 1 || type == -12345 || (type == 4 && word(35) == 1) else {
      throw FormatError(
        .unsupported, file: path, at: .byte(280 + 15 * 4), found: "file type \(type)", expected: "a time series (1)")
    }
    guard word(35) != 0 else {
      throw FormatError(
        .unsupported, file: path, at: .byte(280 + 35 * 4), found: "samples at uneven spacing (LEVEN is false)",
        expected: "even spacing", remedy: "interpolate them in SAC")
    }
    count = word(9)
    let expected = Self.headerSize + 4 * count + (version == 7 ? Self.footerSize : 0)
    guard input.size == expected else {
      throw FormatError(
        .badData, file: path, at: .byte(280 + 9 * 4), found: "\(input.size) bytes",
        expected: "\(expected) bytes for \(count) samples", remedy: "check that the file was copied whole")
    }

    var footer: RawBytes?
    if version == 7 {
      var bytes = [UInt8](repeating: 0, count: Self.footerSize)
      let length = try bytes.withUnsafeMutableBytes { try input.read(at: expected - Self.footerSize, into: $0) }
      if length == bytes.count { footer = RawBytes(bytes: bytes, isBigEndian: isBigEndian) }
    }
    /// A value of the footer, which has them in double precision.
    func precise(_ index: Int) -> Double? {
      guard let value = footer?.double(8 * index), value.isFinite, value != Double(Self.undefined) else { return nil }
      return value
    }

    let rate = precise(0).map { $0 > 0 ? Self.nearWhole(1 / $0) : 0 } ?? Self.rate(interval: raw.float(0))
    guard rate > 0, rate.isFinite, rate <= 1e9 else {
      throw FormatError(
        .badData, file: path, at: .byte(0), found: "a sampling interval of \(raw.float(0)) s",
        expected: "a number above zero")
    }
    samplingRate = rate
    guard
      let reference = UTCTime(
        year: word(0), month: nil, day: word(1), hour: word(2), minute: word(3), second: word(4), nanosecond: 0),
      (0...999).contains(word(5)) || word(5) == -12345
    else {
      throw FormatError(
        .badData, file: path, at: .byte(280),
        found: word(0) == -12345
          ? "no reference time"
          : "a reference time of \(word(0))-\(word(1)) \(word(2)):\(word(3)):\(word(4)).\(word(5))",
        expected: "year, day, hour, minute, second and millisecond", remedy: "set NZYEAR to NZMSEC in SAC")
    }
    let milliseconds = word(5) == -12345 ? 0 : word(5)
    let begin = precise(1) ?? real(5) ?? 0
    guard abs(begin) < 1e9 else {
      throw FormatError(.badData, file: path, at: .byte(20), found: "B is \(begin) s", expected: "a time in seconds")
    }
    // B of version 6 has 24 bits: more than microseconds are not in it.
    let shift = precise(1) == nil ? (begin * 1e6).rounded() / 1e6 : begin
    start = UTCTime(seconds: reference.seconds, nanoseconds: Int64(milliseconds) * 1_000_000).advanced(by: shift)
    stream = StreamID(network: text(21), station: text(0), location: text(3), channel: text(20))

    let latitude = precise(19) ?? real(31)
    let longitude = precise(18) ?? real(32)
    if let latitude, let longitude, abs(latitude) <= 90, abs(longitude) <= 360 {
      let elevation = real(33) ?? 0
      station = Station(
        id: stream.stationID, latitude: latitude, longitude: longitude, elevation: elevation,
        channels: [
          Channel(
            location: stream.location, code: stream.channel, latitude: latitude, longitude: longitude,
            elevation: elevation, depth: real(34) ?? 0, azimuth: real(57), dip: real(58).map { $0 - 90 },
            samplingRate: rate)
        ])
    } else {
      station = nil
    }
  }

  /// Reads the samples.
  ///
  /// - Throws: ``FormatError`` when the file cannot be read any more, or has become shorter.
  public func trace() throws -> Trace {
    let input = try FileInput(path)
    guard input.size >= Self.headerSize + 4 * count else {
      throw FormatError(
        .badData, file: path, found: "\(input.size) bytes", expected: "\(Self.headerSize + 4 * count) as before")
    }
    var samples = [Float](repeating: 0, count: count)
    let length = try samples.withUnsafeMutableBytes { try input.read(at: Self.headerSize, into: $0) }
    guard length == 4 * count else {
      throw FormatError(.inputOutput, file: path, at: .byte(Self.headerSize + length), found: "it ends too soon")
    }
    let isBigEndian = isBigEndian
    if isBigEndian != (Int(bigEndian: 1) == 1) {
      samples.withUnsafeMutableBufferPointer { buffer in
        for index in buffer.indices { buffer[index] = Float(bitPattern: buffer[index].bitPattern.byteSwapped) }
      }
    }
    return Trace(id: stream, start: start, samplingRate: samplingRate, samples: .float32(samples))
  }

  /// A text of the header: up to a zero byte, without blanks at the ends; empty where it is not known.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    let text = Array(bytes.prefix { $0 != 0 }).withUnsafeBufferPointer { printable($0.trimmed.string) }
    return text == "-12345" ? "" : text
  }

  /// Samples per second from an interval of 24 bits: the whole number, or whole number of seconds, that gives this interval.
  static func rate(interval: Float) -> Double {
    guard interval > 0, interval.isFinite else { return 0 }
    let rate = 1 / Double(interval)
    let whole = rate.rounded()
    if whole >= 1, whole < 1e7, Float(1 / whole) == interval { return whole }
    return rate
  }

  /// A number that is whole but for rounding, as the whole number.
  private static func nearWhole(_ value: Double) -> Double {
    let whole = value.rounded()
    return whole >= 1 && abs(value - whole) < 1e-9 * whole ? whole : value
  }
}

/// Writes miniSEED 2: big-endian records of one length, with blockettes 1000 and 1001, and 100 where a
/// rate is no fraction of small numbers.
///
/// Times are exact to a microsecond, rates to one in ten million. Each call ends the record that it began, so calls
/// with long stretches make smaller files. Sequence numbers go on from call to call.
public final class MiniSEEDWriter {
  /// How samples are stored.
  public enum Encoding: Hashable, Sendable {
    /// Whole numbers in Steim's second compression; where differences need more than 30 bits, as they are.
    case steim2
    /// Whole numbers as they are.
    case int32
  }

  /// The length of each record, in bytes.
  public let recordLength: Int
  /// The number of the next record, 1 to 999,999.
  public private(set) var sequenceNumber = 1
  private let exponent: UInt8
  private let quality: UInt8
  private var record: UnsafeMutableRawBufferPointer
  /// Where the samples begin: behind blockettes 1000, 1001 and, for rates that need it, 100.
  private var dataOffset = 64

  /// Creates a writer.
  ///
  /// - Parameters:
  ///   - recordLength: a power of two, 256 to 65,536.
  ///   - quality: `D`, `R`, `Q` or `M`.
  /// - Throws: ``FormatError`` with `unsupported` for any other length or quality.
  public init(recordLength: Int = 512, quality: Unicode.Scalar = "D") throws {
    guard recordLength >= 256, recordLength <= 65_536, recordLength & (recordLength - 1) == 0 else {
      throw FormatError(
        .unsupported, file: "miniSEED", found: "a record length of \(recordLength)",
        expected: "a power of two, 256 to 65536")
    }
    guard ["D", "R", "Q", "M"].contains(quality) else {
      throw FormatError(
        .unsupported, file: "miniSEED", found: "the quality \(quoted(String(quality)))", expected: "D, R, Q or M")
    }
    self.recordLength = recordLength
    self.quality = UInt8(truncatingIfNeeded: quality.value)
    exponent = UInt8(recordLength.trailingZeroBitCount)
    record = .allocate(byteCount: recordLength, alignment: 16)
  }

  deinit { record.deallocate() }

  /// Adds the records of a trace to what a sink holds.
  ///
  /// - Throws: ``FormatError`` with `unsupported` for codes that are too long, a rate or a time that miniSEED 2 has no
  ///   room for; nothing is added then.
  public func append(_ trace: Trace, encoding: Encoding = .steim2, to sink: TextSink) throws {
    switch trace.samples {
    case .int32(let samples):
      try samples.withUnsafeBufferPointer {
        try append($0, id: trace.id, start: trace.start, samplingRate: trace.samplingRate, encoding: encoding, to: sink)
      }
    case .float32(let samples):
      try plain(samples.count, 4, .float32, trace.id, trace.start, trace.samplingRate, sink) { index, memory in
        memory.storeBytes(of: samples[index].bitPattern.bigEndian, as: UInt32.self)
      }
    case .float64(let samples):
      try plain(samples.count, 8, .float64, trace.id, trace.start, trace.samplingRate, sink) { index, memory in
        memory.storeBytes(of: samples[index].bitPattern.bigEndian, as: UInt64.self)
      }
    case .text(let samples):
      try plain(samples.count, 1, .text, trace.id, trace.start, trace.samplingRate, sink) { index, memory in
        memory.storeBytes(of: samples[index], as: UInt8.self)
      }
    }
  }

  /// Adds the records of a stretch of whole numbers to what a sink holds.
  ///
  /// - Parameters:
  ///   - samples: the samples; they are not copied.
  ///   - id: the stream: network 2, station 5, location 2, channel 3 characters at most.
  ///   - start: the time of the first sample.
  ///   - samplingRate: samples per second.
  ///   - encoding: how they are stored.
  ///   - sink: what the records are added to.
  /// - Throws: as ``append(_:encoding:to:)``.
  public func append(
    _ samples: UnsafeBufferPointer<Int32>, id: StreamID, start: UTCTime, samplingRate: Double,
    encoding: Encoding = .steim2, to sink: TextSink
  ) throws {
    guard encoding == .steim2 else {
      try plain(samples.count, 4, .int32, id, start, samplingRate, sink) { index, memory in
        memory.storeBytes(of: samples[index].bigEndian, as: Int32.self)
      }
      return
    }
    try begin(id, start, samplingRate, count: samples.count)
    let frames = UnsafeMutableRawBufferPointer(rebasing: record[dataOffset...])
    var done = 0
    while done < samples.count {
      let limit = min(samples.count, done + Int(UInt16.max))
      let rest = UnsafeBufferPointer(rebasing: samples[done..<limit])
      let encoded = Steim.encode2(rest, previous: done > 0 ? samples[done - 1] : nil, into: frames)
      let uncompressed = min(rest.count, frames.count / 4)
      if encoded.isInterrupted, encoded.count < uncompressed {
        for index in 0..<frames.count / 4 {
          let bits = index < uncompressed ? rest[index].bigEndian : 0
          frames.storeBytes(of: bits, toByteOffset: index * 4, as: Int32.self)
        }
        finish(
          uncompressed, at: start.advanced(by: Double(done) / samplingRate), .int32, frames: 0, to: sink)
        done += uncompressed
      } else {
        finish(
          encoded.count, at: start.advanced(by: Double(done) / samplingRate), .steim2, frames: encoded.frames, to: sink)
        done += encoded.count
      }
    }
  }

  /// Writes samples as they are.
  private func plain(
    _ count: Int, _ width: Int, _ encoding: MiniSEEDEncoding, _ id: StreamID, _ start: UTCTime, _ samplingRate: Double,
    _ sink: TextSink, _ store: (Int, UnsafeMutableRawPointer) -> Void
  ) throws {
    try begin(id, start, samplingRate, count: count)
    let room = min((recordLength - dataOffset) / width, Int(UInt16.max))
    var done = 0
    while done < count, let base = record.baseAddress {
      let part = min(room, count - done)
      UnsafeMutableRawBufferPointer(rebasing: record[dataOffset...]).initializeMemory(as: UInt8.self, repeating: 0)
      for index in 0..<part { store(done + index, base + dataOffset + index * width) }
      let time = samplingRate > 0 ? start.advanced(by: Double(done) / samplingRate) : start
      finish(part, at: time, encoding, frames: 0, to: sink)
      done += part
    }
  }

  /// Writes what is the same in all records of a stretch.
  private func begin(_ id: StreamID, _ start: UTCTime, _ samplingRate: Double, count: Int) throws {
    func unsupported(_ found: String, _ expected: String) -> FormatError {
      FormatError(.unsupported, file: "miniSEED", found: "\(found) of \(id)", expected: expected)
    }
    for place in 0..<128 { record[place] = place < 20 ? 32 : 0 }
    record[6] = quality
    for (code, place, length) in [(id.station, 8, 5), (id.location, 13, 2), (id.channel, 15, 3), (id.network, 18, 2)] {
      let bytes = Array(code.utf8)
      guard bytes.count <= length, bytes.allSatisfy({ $0 > 32 && $0 < 127 }) else {
        throw unsupported("the code \(quoted(code))", "at most \(length) characters of ASCII")
      }
      for (index, byte) in bytes.enumerated() { record[place + index] = byte }
    }
    guard let rate = Self.rate(samplingRate) else {
      throw unsupported("a sampling rate of \(samplingRate)", "0, or 1e-9 to 1e9 samples per second")
    }
    let end = samplingRate > 0 ? start.advanced(by: Double(count) / samplingRate) : start
    guard (1900...2100).contains(start.date.year), (1900...2100).contains(end.date.year) else {
      throw unsupported("the time \(start)", "the years 1900 to 2100")
    }
    put(UInt16(bitPattern: rate.factor), 32)
    put(UInt16(bitPattern: rate.multiplier), 34)
    let nominal = MiniSEEDHeader.nominalRate(factor: rate.factor, multiplier: rate.multiplier)
    let needsActualRate =
      abs(nominal - samplingRate) > 1e-9 * samplingRate
      && abs(Double(Float(samplingRate)) - samplingRate) < abs(nominal - samplingRate)
    dataOffset = needsActualRate ? 128 : 64
    record[39] = needsActualRate ? 3 : 2
    put(UInt16(dataOffset), 44)
    put(48, 46)
    put(1000, 48)
    put(56, 50)
    record[53] = 1
    record[54] = exponent
    put(1001, 56)
    if needsActualRate {
      put(64, 58)
      put(100, 64)
      record.storeBytes(of: Float(samplingRate).bitPattern.bigEndian, toByteOffset: 68, as: UInt32.self)
    }
  }

  /// Writes what differs from record to record, and adds the record.
  private func finish(_ count: Int, at time: UTCTime, _ encoding: MiniSEEDEncoding, frames: Int, to sink: TextSink) {
    var number = sequenceNumber
    for place in stride(from: 5, through: 0, by: -1) {
      record[place] = UInt8(48 + number % 10)
      number /= 10
    }
    sequenceNumber = sequenceNumber < 999_999 ? sequenceNumber + 1 : 1
    // To the nearest microsecond, and that as tenths of a millisecond and what is left.
    let rounded = UTCTime(seconds: time.seconds, nanoseconds: Int64(time.nanoseconds) + 500)
    let microseconds = Int(rounded.nanoseconds) / 1000
    let second = rounded.secondOfDay
    put(UInt16(truncatingIfNeeded: rounded.date.year), 20)
    put(UInt16(rounded.dayOfYear), 22)
    record[24] = UInt8(second / 3600)
    record[25] = UInt8(second / 60 % 60)
    record[26] = UInt8(second % 60)
    put(UInt16(microseconds / 100), 28)
    put(UInt16(count), 30)
    record[52] = encoding.code
    record[61] = UInt8(microseconds % 100)
    record[63] = UInt8(truncatingIfNeeded: min(frames, 255))
    sink.append(Bytes(record.bindMemory(to: UInt8.self)))
  }

  private func put(_ value: UInt16, _ place: Int) {
    record.storeBytes(of: value.bigEndian, toByteOffset: place, as: UInt16.self)
  }

  /// The two numbers that stand for a rate; nil where there are none.
  ///
  /// Rates that are no whole numbers become the fraction of least size that is nearest (continued fractions).
  static func rate(_ rate: Double) -> (factor: Int16, multiplier: Int16)? {
    guard rate != 0 else { return (0, 0) }
    guard rate >= 1e-9, rate <= 1e9 else { return nil }
    let limit = 32_767.0
    // A large number is split into two, one of them small; a small one is the inverse of a large one.
    if rate > limit || rate < 1 / limit {
      let size = rate > 1 ? rate : 1 / rate
      var best = (error: Double.infinity, multiplier: 1.0)
      for multiplier in 1...32_767 {
        let factor = (size / Double(multiplier)).rounded()
        guard factor <= limit, factor >= 1 else { continue }
        let error = abs(factor * Double(multiplier) - size)
        if error < best.error { best = (error, Double(multiplier)) }
        if error == 0 { break }
      }
      guard best.error.isFinite else { return nil }
      let factor = Int16((size / best.multiplier).rounded())
      return rate > 1 ? (factor, Int16(best.multiplier)) : (-factor, -Int16(best.multiplier))
    }
    var (numerator, denominator) = (1.0, 0.0)
    var (numeratorBefore, denominatorBefore) = (0.0, 1.0)
    var rest = rate
    while true {
      let whole = rest.rounded(.down)
      let nextNumerator = whole * numerator + numeratorBefore
      let nextDenominator = whole * denominator + denominatorBefore
      guard nextNumerator <= limit, nextDenominator <= limit else { break }
      (numeratorBefore, numerator) = (numerator, nextNumerator)
      (denominatorBefore, denominator) = (denominator, nextDenominator)
      // What the next step would add is below the precision of the number itself.
      guard rest - whole > 1e-12, abs(numerator / denominator - rate) > rate * 1e-15 else { break }
      rest = 1 / (rest - whole)
    }
    guard numerator >= 1, denominator >= 1 else { return nil }
    if denominator == 1 { return (Int16(numerator), 1) }
    return numerator == 1 ? (-Int16(denominator), 1) : (Int16(numerator), -Int16(denominator))
  }
}

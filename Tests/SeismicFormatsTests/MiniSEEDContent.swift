import SeismicFormats
import TestSupport

/// miniSEED made by hand.
enum MiniSEEDContent {
  static let id = StreamID(network: "XX", station: "TEST", location: "00", channel: "HHZ")
  static let start = UTCTime(seconds: 1_704_067_200, nanoseconds: 123_456_000)

  /// Records that the writer makes.
  static func records(
    samples: [Int32], start: UTCTime = start, rate: Double = 100, length: Int = 512,
    encoding: MiniSEEDWriter.Encoding = .steim2
  ) throws -> [UInt8] {
    let sink = TextSink()
    try samples.withUnsafeBufferPointer {
      try MiniSEEDWriter(recordLength: length).append(
        $0, id: id, start: start, samplingRate: rate, encoding: encoding, to: sink)
    }
    return Array(sink.bytes)
  }

  /// A record of version 2 of 256 bytes with a payload.
  static func record(
    encoding: UInt8, payload: [UInt8], count: Int, isBigEndian: Bool = true, factor: Int16 = 1, multiplier: Int16 = 1,
    activity: UInt8 = 0, correction: Int32 = 0, second: UInt8 = 0, length: UInt8 = 8
  ) -> [UInt8] {
    var bytes = Array("000001D TEST 00HHZXX".utf8)
    func put(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
    }
    put(UInt16(2024))
    put(UInt16(1))
    bytes += [0, 0, second, 0]
    put(UInt16(0))
    put(UInt16(count))
    put(factor)
    put(multiplier)
    bytes += [activity, 0, 0, 1]
    put(correction)
    put(UInt16(64))
    put(UInt16(48))
    put(UInt16(1000))
    put(UInt16(0))
    bytes += [encoding, isBigEndian ? 1 : 0, length, 0]
    bytes += [UInt8](repeating: 0, count: 8)
    bytes += payload
    return bytes + [UInt8](repeating: 0, count: max(0, (1 << Int(length)) - bytes.count))
  }

  /// A record of version 3; the checksum is computed bit by bit.
  static func record3(
    encoding: UInt8, payload: [UInt8], count: UInt32, rate: Double = 1, identifier: String = "FDSN:XX_TEST_00_H_H_Z"
  ) -> [UInt8] {
    var bytes: [UInt8] = [77, 83, 3, 0]
    func put(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    put(UInt32(5))
    put(UInt16(2024))
    put(UInt16(1))
    bytes += [0, 0, 0, encoding]
    put(rate.bitPattern)
    put(count)
    put(UInt32(0))
    bytes += [1, UInt8(identifier.utf8.count)]
    put(UInt16(2))
    put(UInt32(payload.count))
    bytes += identifier.utf8
    bytes += Array("{}".utf8)
    bytes += payload
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
    }
    withUnsafeBytes(of: (~crc).littleEndian) { bytes.replaceSubrange(28..<32, with: $0) }
    return bytes
  }

  /// The traces of bytes and what is wrong with them.
  static func read(_ bytes: [UInt8]) throws -> (traces: [Trace], problems: [Problem]) {
    let folder = try TemporaryFolder()
    var problems: [Problem] = []
    let traces = try MiniSEEDFile(try folder.write("a", bytes)).traces { problems.append($0) }
    return (traces, problems)
  }

  static func bigEndian(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
  }
}

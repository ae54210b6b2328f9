import SeismicFormats
import TestSupport
import Testing

@Suite("miniSEED records by hand")
struct MiniSEEDTests {
  private func int32(_ trace: Trace?) -> [Int32] {
    if case .int32(let samples)? = trace?.samples { samples } else { [] }
  }

  @Test("each encoding, in both byte orders")
  func encodings() throws {
    func one(_ encoding: UInt8, _ payload: [UInt8], _ count: Int, _ isBigEndian: Bool = true) throws -> Samples? {
      let (traces, problems) = try MiniSEEDContent.read(
        MiniSEEDContent.record(encoding: encoding, payload: payload, count: count, isBigEndian: isBigEndian))
      #expect(problems.isEmpty && traces.count == 1)
      return traces.first?.samples
    }
    #expect(try one(0, Array("log".utf8), 3) == .text(Array("log".utf8)))
    #expect(try one(1, [0, 1, 0xFF, 0xFE], 2) == .int32([1, -2]))
    #expect(try one(1, [1, 0, 0xFE, 0xFF], 2, false) == .int32([1, -2]))
    #expect(try one(2, [0, 0, 1, 0xFF, 0xFF, 0xFE], 2) == .int32([1, -2]))
    #expect(try one(2, [1, 0, 0, 0xFE, 0xFF, 0xFF], 2, false) == .int32([1, -2]))
    #expect(try one(3, [0, 0, 1, 0, 0x80, 0, 0, 0], 2) == .int32([256, .min]))
    #expect(try one(3, [0, 1, 0, 0, 0, 0, 0, 0x80], 2, false) == .int32([256, .min]))
    #expect(try one(4, [0x3F, 0xC0, 0, 0], 1) == .float32([1.5]))
    #expect(try one(4, [0, 0, 0xC0, 0x3F], 1, false) == .float32([1.5]))
    #expect(try one(5, [0xC0, 0x04, 0, 0, 0, 0, 0, 0], 1) == .float64([-2.5]))
    #expect(try one(5, [0, 0, 0, 0, 0, 0, 0x04, 0xC0], 1, false) == .float64([-2.5]))
    #expect(try one(12, [0xFF, 0xFF, 0xFE], 1) == .float32([-2]))
    #expect(try one(13, [0x18, 0x01], 1) == .float32([0.5]))
    #expect(try one(14, [0x98, 0x02], 1) == .float32([2.0 / 512]))
    #expect(try one(16, [0x20, 0x00, 0x60, 0x00, 0xA0, 0x00, 0xE0, 0x00], 4) == .int32([1, 4, 16, 128]))
    #expect(try one(30, [0xA0, 0x05, 0x9F, 0xFF, 0x00, 0x01], 3) == .int32([5, -2, 1024]))
    #expect(try one(32, [0x80, 0x00], 1) == .int32([-32768]))
  }

  @Test("Steim's words, each way of dividing one")
  func steim() throws {
    // First sample 10; the first difference is not used. Words: four of 8 bits, two of 16, one of 32.
    let steim1: [UInt32] = [
      0b01_10_11 << 20, 10, 0, 0x63_01_FF_80, 0x7FFF_8000, 0x8000_0000,
    ]
    let expected1: [Int32] = [10, 11, 10, -118, 32649, -119, 2_147_483_529]
    var words = steim1
    words[2] = UInt32(bitPattern: expected1[6])
    func record(_ encoding: UInt8, _ words: [UInt32], _ count: Int, _ isBigEndian: Bool = true) -> [UInt8] {
      let words = words + [UInt32](repeating: 0, count: 16 - words.count)
      return MiniSEEDContent.record(
        encoding: encoding, payload: MiniSEEDContent.bigEndian(words), count: count, isBigEndian: isBigEndian)
    }
    // Each number for itself has its lowest byte first; their order in a word stays.
    var littleWords = words.map(\.byteSwapped)
    littleWords[3] = words[3]
    littleWords[4] = 0xFF7F_0080
    let one = try MiniSEEDContent.read(record(10, words, 7))
    #expect(int32(one.traces.first) == expected1 && one.problems.isEmpty)
    let little = try MiniSEEDContent.read(record(10, littleWords, 7, false))
    #expect(int32(little.traces.first) == expected1 && little.problems.isEmpty)
    // 7 × 4, 6 × 5, 5 × 6, 4 × 8, 3 × 10, 2 × 15, 1 × 30 bits.
    let codes: [UInt32] = [3, 3, 3, 1, 2, 2, 2]
    var control: UInt32 = 0
    for (index, code) in codes.enumerated() { control |= code << UInt32(30 - 2 * (index + 3)) }
    let data: [UInt32] = [
      2 << 30 | 0x0123_478F, 1 << 30 | 0b00001_11111_01111_10000_00010_11110, 0b000001_111111_011111_100000_000010,
      0x01FF_7F80, 3 << 30 | 1 << 20 | 0x1FF << 10 | 0x200, 2 << 30 | 0x3FFF << 15 | 0x4000, 1 << 30 | 0x2000_0000,
    ]
    let differences: [Int32] =
      [0, 1, 2, 3, 4, 7, -8, -1].dropFirst(0).map { $0 } + [1, -1, 15, -16, 2, -2] + [1, -1, 31, -32, 2]
      + [1, -1, 127, -128] + [1, 511, -512] + [16383, -16384] + [-536_870_912]
    // The word of seven: 0, 1, 2, 3, 4, 7, -8, -1 has eight digits; 0x0123478F holds its last seven.
    var value: Int32 = -5
    var expected2: [Int32] = [value]
    for difference in differences.dropFirst(2) {
      value &+= difference
      expected2.append(value)
    }
    let two = try MiniSEEDContent.read(
      record(11, [control, UInt32(bitPattern: -5), UInt32(bitPattern: value)] + data, expected2.count))
    #expect(int32(two.traces.first) == expected2 && two.problems.isEmpty)
    // A wrong last sample, a wrong word, too few words, the other order.
    let wrong = try MiniSEEDContent.read(record(11, [control, UInt32(bitPattern: -5), 9] + data, expected2.count))
    #expect(int32(wrong.traces.first) == expected2)
    #expect(wrong.problems.map(\.byte) == [0] && wrong.problems[0].found.contains("a last sample of \(value)"))
    let invalid = try MiniSEEDContent.read(record(11, [2 << 24, 1, 1, 0], 3))
    #expect(invalid.traces.isEmpty && invalid.problems.map(\.found).joined().contains("word 3"))
    let short = try MiniSEEDContent.read(record(11, [1 << 24, 1, 1, 0], 5))
    #expect(int32(short.traces.first) == [1, 1, 1, 1] && short.problems.count == 1)
    var swapped = record(10, littleWords, 7)
    swapped += swapped
    let other = try MiniSEEDContent.read(swapped)
    #expect(other.traces.map { int32($0) } == [expected1, expected1] && other.problems.count == 2)
  }

  @Test("more samples are claimed than there is room for")
  func claims() throws {
    for encoding in [0, 1, 3, 4, 5, 10, 11, 16] as [UInt8] {
      let (traces, problems) = try MiniSEEDContent.read(
        MiniSEEDContent.record(encoding: encoding, payload: [], count: 65_535, length: 7))
      #expect(traces.reduce(0) { $0 + $1.count } <= 64 && !problems.isEmpty)
      #expect(problems.first?.found.contains("65535 samples") == true)
    }
    let (traces, problems) = try MiniSEEDContent.read(
      MiniSEEDContent.record3(encoding: 11, payload: [UInt8](repeating: 0, count: 64), count: .max))
    #expect(traces.isEmpty && problems.count == 2)
    let unknown = try MiniSEEDContent.read(MiniSEEDContent.record(encoding: 19, payload: [], count: 1))
    #expect(unknown.traces.isEmpty && unknown.problems.map(\.found) == ["samples stored as Steim3 (19)"])
  }

  @Test("rates by factor and multiplier, corrections and leap seconds")
  func headers() throws {
    func one(
      _ factor: Int16, _ multiplier: Int16, _ activity: UInt8 = 0, _ correction: Int32 = 0, _ second: UInt8 = 0
    ) throws -> Trace? {
      try MiniSEEDContent.read(
        MiniSEEDContent.record(
          encoding: 3, payload: [0, 0, 0, 1], count: 1, factor: factor, multiplier: multiplier, activity: activity,
          correction: correction, second: second)
      ).traces.first
    }
    #expect(try one(20, 5)?.samplingRate == 100)
    #expect(try one(100, -3)?.samplingRate == 100.0 / 3)
    #expect(try one(-10, 1)?.samplingRate == 0.1)
    #expect(try one(-10, -2)?.samplingRate == 0.05)
    #expect(try one(-4, 2)?.samplingRate == 0.5)
    #expect(try one(0, 1)?.samplingRate == 0)
    let midnight = try #require(UTCTime("2024-01-01"))
    #expect(try one(1, 1, 0, 12_345)?.start == midnight.advanced(by: 1.2345))
    #expect(try one(1, 1, 0, -5)?.start == midnight.advanced(by: -0.0005))
    #expect(try one(1, 1, 2, 12_345)?.start == midnight)
    #expect(try one(1, 1, 0, 0, 60)?.start == midnight.advanced(by: 60))
  }

  @Test("version 3: codes, periods, the checksum")
  func version3() throws {
    let payload: [UInt8] = [1, 0, 0, 0, 2, 0, 0, 0]
    let record = MiniSEEDContent.record3(encoding: 3, payload: payload, count: 2, rate: -10)
    let whole = try MiniSEEDContent.read(record)
    #expect(whole.problems.isEmpty && whole.traces.count == 1)
    #expect(whole.traces.first?.id == MiniSEEDContent.id && whole.traces.first?.samplingRate == 0.1)
    #expect(whole.traces.first?.start == UTCTime(seconds: 1_704_067_200, nanoseconds: 5))
    #expect(int32(whole.traces.first) == [1, 2])
    for place in record.indices {
      var damaged = record
      damaged[place] ^= 0x10
      // The record behind it is found in any case.
      let (traces, problems) = try MiniSEEDContent.read(damaged + record)
      #expect(traces.map { int32($0) } == [[1, 2]] && problems.count == 1, "byte \(place)")
    }
    let long = MiniSEEDContent.record3(
      encoding: 3, payload: payload, count: 2, identifier: "FDSN:NET_STATION_LOC_H_GRA_ZZ")
    let id = try MiniSEEDContent.read(long).traces.first?.id
    #expect(id == StreamID(network: "NET", station: "STATION", location: "LOC", channel: "H_GRA_ZZ"))
    let large = MiniSEEDContent.record3(
      encoding: 3, payload: [UInt8](repeating: 1, count: 1_200_000), count: 300_000)
    #expect(try MiniSEEDContent.read(record + large + record).traces.map(\.count) == [2, 300_000, 2])
  }

  @Test("miniSEED is recognised")
  func recognised() throws {
    func isMiniSEED(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer { MiniSEED.isMiniSEED(prefix: $0) } }
    let record = try MiniSEEDContent.records(samples: [1, 2, 3])
    #expect(isMiniSEED(record) && isMiniSEED(Array(record[..<48])))
    #expect(isMiniSEED(MiniSEEDContent.record3(encoding: 3, payload: [], count: 0)))
    #expect(isMiniSEED(MiniSEEDContent.record(encoding: 3, payload: [], count: 0, isBigEndian: false)))
    let blank = Array("000001".utf8) + [UInt8](repeating: 32, count: 506)
    #expect(isMiniSEED(blank + record) && !isMiniSEED(blank))
    #expect(isMiniSEED(Array("000001V 0100".utf8) + [UInt8](repeating: 32, count: 100)))
    #expect(!isMiniSEED([]) && !isMiniSEED(Array("<?xml version=\"1.0\"?><q:quakeml xmlns:q=\"a\"/>  ".utf8)))
    #expect(!isMiniSEED([UInt8](repeating: 0, count: 512)) && !isMiniSEED([UInt8](repeating: 32, count: 512)))
  }
}

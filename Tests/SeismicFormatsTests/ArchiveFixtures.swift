import SeismicFormats
import TestSupport

/// miniSEED files of version 2 with 32-bit whole numbers, made without the project's writer.
enum ArchiveFixtures {
  static func records(
    _ stream: StreamID, from start: UTCTime, rate: Int16, samples: [Int32], perRecord: Int = 100
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for first in stride(from: 0, to: samples.count, by: perRecord) {
      let part = samples[first..<min(first + perRecord, samples.count)]
      bytes += record(stream, start.advanced(by: Double(first) / Double(rate)), rate, Array(part), bytes.count / 512)
    }
    return bytes
  }

  private static func record(
    _ stream: StreamID, _ start: UTCTime, _ rate: Int16, _ samples: [Int32], _ number: Int
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func put<T: FixedWidthInteger>(_ value: T) { withUnsafeBytes(of: value.bigEndian) { bytes += $0 } }
    func put(_ text: String, _ width: Int) {
      bytes += (Array(text.utf8) + [UInt8](repeating: 32, count: width)).prefix(width)
    }
    let digits = String(number + 1)
    put(String(repeating: "0", count: 6 - digits.count) + digits, 6)
    put("D ", 2)
    put(stream.station, 5)
    put(stream.location, 2)
    put(stream.channel, 3)
    put(stream.network, 2)
    put(UInt16(start.date.year))
    put(UInt16(start.dayOfYear))
    put(UInt8(start.secondOfDay / 3600))
    put(UInt8(start.secondOfDay / 60 % 60))
    put(UInt8(start.secondOfDay % 60))
    put(UInt8(0))
    put(UInt16(start.nanoseconds / 100_000))
    put(UInt16(samples.count))
    put(rate)
    put(Int16(1))
    bytes += [0, 0, 0, 1]
    put(Int32(0))
    put(UInt16(64))
    put(UInt16(48))
    put(UInt16(1000))
    put(UInt16(0))
    bytes += [3, 1, 9, 0]
    bytes += [UInt8](repeating: 0, count: 64 - bytes.count)
    for sample in samples { put(sample) }
    return bytes + [UInt8](repeating: 0, count: 512 - bytes.count)
  }

  /// Writes a file below a folder, and the folders that it needs.
  @discardableResult
  static func write(_ folder: TemporaryFolder, _ name: String, _ bytes: [UInt8]) throws -> String {
    if let slash = name.lastIndex(of: "/") { try makeFolder(folder.path(String(name[..<slash]))) }
    return try folder.write(name, bytes)
  }

  /// The samples of several traces, one after the other.
  static func samples(_ traces: [Trace]) -> [Int32] {
    traces.flatMap { trace -> [Int32] in
      if case .int32(let samples) = trace.samples { return samples }
      return []
    }
  }
}

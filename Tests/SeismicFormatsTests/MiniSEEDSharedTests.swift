import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("miniSEED files of others")
struct MiniSEEDSharedTests {
  static let hasBadFiles = SharedData.has("badfiles/miniseed")

  /// FNV-1a over words.
  private static func add(_ word: UInt64, _ hash: inout UInt64) { hash = (hash ^ word) &* 0x0000_0100_0000_01b3 }

  static func checksum(_ samples: Samples) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    switch samples {
    case .int32(let samples): for sample in samples { add(UInt64(UInt32(bitPattern: sample)), &hash) }
    case .float32(let samples): for sample in samples { add(UInt64(sample.bitPattern), &hash) }
    case .float64(let samples):
      for sample in samples {
        add(sample.bitPattern & 0xFFFF_FFFF, &hash)
        add(sample.bitPattern >> 32, &hash)
      }
    case .text(let samples): for sample in samples { add(UInt64(sample), &hash) }
    }
    return hash
  }

  static func letter(_ samples: Samples) -> String {
    switch samples {
    case .int32: "i"
    case .float32: "f"
    case .float64: "d"
    case .text: "c"
    }
  }

  static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func nanoseconds(_ time: UTCTime) -> Int64 { time.seconds * 1_000_000_000 + Int64(time.nanoseconds) }

  static func line(_ file: String, _ trace: Trace) -> String {
    [
      file, trace.id.description, String(nanoseconds(trace.start)), "\(trace.samplingRate)", String(trace.count),
      letter(trace.samples), hex(checksum(trace.samples)),
    ].joined(separator: "|")
  }

  static let references: [(file: String, lines: [String])] = {
    var references: [(file: String, lines: [String])] = []
    for line in MiniSEEDReference.traces.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let count = fields.count > 7 ? Int(fields[7]) ?? 1 : 1
      if references.last?.file != fields[0] { references.append((fields[0], [])) }
      for _ in 0..<count { references[references.count - 1].lines.append(fields[..<7].joined(separator: "|")) }
    }
    return references
  }()

  @Test("samples, times and rates are ObsPy's and libmseed's", .enabled(if: hasBadFiles, "the shared data is not here"))
  func same() throws {
    #expect(Self.references.count > 80)
    for (file, expected) in Self.references {
      let traces = try MiniSEEDFile(SharedData.path("badfiles/" + file)).traces { _ in }
      #expect(traces.map { Self.line(file, $0) } == expected, "\(file)")
    }
  }

  @Test(
    "whole archives are read as ObsPy reads them",
    .enabled(if: SharedData.has("archive/hengill-2018"), "the shared data is not here"))
  func archives() throws {
    var files = 0
    for line in MiniSEEDReference.archive.split(separator: "\n") {
      let fields = line.split(separator: "|").map(String.init)
      var problems = 0
      let file = try MiniSEEDFile(SharedData.path("archive/" + fields[0]))
      let traces = try file.traces { _ in problems += 1 }.map { trace in
        (trace.id.description, Self.nanoseconds(trace.start), trace.samplingRate, trace.count, trace)
      }.sorted { ($0.0, $0.1, $0.2, $0.3) < ($1.0, $1.1, $1.2, $1.3) }
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for (id, time, rate, count, trace) in traces {
        for byte in id.utf8 { Self.add(UInt64(byte), &hash) }
        Self.add(UInt64(bitPattern: time / 1000), &hash)
        Self.add(UInt64(count), &hash)
        Self.add(Self.checksum(trace.samples), &hash)
        Self.add(rate.bitPattern, &hash)
      }
      #expect(traces.count == Int(fields[1]) && problems == 0, "\(fields[0])")
      #expect(traces.reduce(0) { $0 + $1.3 } == Int(fields[2]), "\(fields[0])")
      #expect(Self.hex(hash) == fields[3], "\(fields[0])")
      // The headers alone tell the same.
      let segments = try file.summary { _ in }
      #expect(segments.count == traces.count && segments.reduce(0) { $0 + $1.sampleCount } == Int(fields[2]))
      files += 1
    }
    #expect(files == 248)
  }

  @Test("what is wrong is told", .enabled(if: hasBadFiles, "the shared data is not here"))
  func problems() throws {
    func problems(_ file: String) throws -> (traces: [Trace], bytes: [Int?], text: String) {
      var found: [Problem] = []
      let traces = try MiniSEEDFile(SharedData.path("badfiles/miniseed/" + file)).traces { found.append($0) }
      return (traces, found.map(\.byte), found.map(\.found).joined(separator: "; "))
    }
    let blockettes = try problems("libmseed3/testdata-invalid-blockette-offsets.mseed2")
    #expect(blockettes.bytes.contains(0) && blockettes.text.contains("blockettes"))
    let loop = try problems("obspy/infinite-loop.mseed")
    #expect(loop.text.contains("a last sample of -236912") && loop.text.contains("184 samples"))
    let noise = try problems("obspy/single_record_plus_noise_record.mseed")
    #expect(noise.bytes == [512] && noise.text == "a blank record")
    let broken = try problems("obspy/brokenlastrecord.mseed")
    #expect(broken.bytes == [4096] && broken.traces.map(\.count) == [5980])
    let full = try problems("obspy/fullseed.mseed")
    #expect(full.bytes == [0] && full.text == "control headers of full SEED")
    let foreign = try problems("obspy/not3.mseed")
    #expect(foreign.bytes == [0] && foreign.traces.isEmpty)
    for name in ["reference-testdata-headeronly.mseed2", "reference-testdata-headeronly.mseed3"] {
      let header = try problems("libmseed3/" + name)
      #expect(header.bytes.isEmpty && header.traces.isEmpty)
    }
    // The same series in both versions; nothing that ObsPy can be asked about.
    let mixed2 = try problems("libmseed3/testdata-oneseries-mixedlengths-mixedorder.mseed2")
    let mixed3 = try problems("libmseed3/testdata-oneseries-mixedlengths-mixedorder.mseed3")
    #expect(mixed2.traces == mixed3.traces && mixed3.traces.reduce(0) { $0 + $1.count } == 3952)
  }

  @Test("windows are cuts of the whole", .enabled(if: hasBadFiles, "the shared data is not here"))
  func windows() throws {
    let names = [
      "miniseed/obspy/gaps.mseed", "miniseed/obspy/timingquality.mseed",
      "miniseed/libmseed3/testdata-3channel-signal.mseed3",
      "miniseed/libmseed3/testdata-oneseries-mixedlengths-mixedorder.mseed2", "miniseed/obspy/test.mseed",
    ]
    for name in names {
      let file = try MiniSEEDFile(SharedData.path("badfiles/" + name))
      let whole = try file.traces { _ in }
      let first = try #require(whole.map(\.start).min())
      for part in 0..<60 {
        let lower = first.advanced(by: Double(part) * 3.4 - 1.9)
        let span = lower..<lower.advanced(by: 5.0125)
        let expected = whole.reduce(0) { sum, trace in
          sum + (0..<trace.count).reduce(0) { $0 + (span.contains(trace.time(of: $1)) ? 1 : 0) }
        }
        let traces = try file.traces(in: span, of: nil) { _ in }
        #expect(traces.reduce(0) { $0 + $1.count } == expected, "\(name), part \(part)")
        // Records that are not in order may continue each other once others are left out.
        for trace in traces where !name.contains("mixedorder") {
          let source = whole.first { candidate in
            guard candidate.id == trace.id, case .int32(let all) = candidate.samples,
              case .int32(let cut) = trace.samples
            else { return false }
            let index = Int((trace.start.timeInterval(since: candidate.start) * candidate.samplingRate).rounded())
            return index >= 0 && index + cut.count <= all.count && Array(all[index..<(index + cut.count)]) == cut
          }
          #expect(source != nil, "\(name), part \(part)")
        }
      }
    }
  }
}

import SeismicFormats
import TestSupport
import Testing

@Suite("miniSEED written")
struct MiniSEEDWriterTests {
  private func roundTrip(
    _ samples: [Int32], length: Int = 512, encoding: MiniSEEDWriter.Encoding = .steim2, rate: Double = 100
  ) throws -> (traces: [Trace], problems: [Problem], bytes: Int) {
    let bytes = try MiniSEEDContent.records(samples: samples, rate: rate, length: length, encoding: encoding)
    let (traces, problems) = try MiniSEEDContent.read(bytes)
    return (traces, problems, bytes.count)
  }

  private func expectSame(_ samples: [Int32], length: Int = 512, encoding: MiniSEEDWriter.Encoding = .steim2) throws {
    let (traces, problems, bytes) = try roundTrip(samples, length: length, encoding: encoding)
    #expect(problems.isEmpty && bytes % length == 0)
    #expect(traces.count == (samples.isEmpty ? 0 : 1) || Set(samples.map(\.magnitude)).contains(1 << 31))
    var read: [Int32] = []
    for trace in traces { if case .int32(let part) = trace.samples { read += part } }
    let isSame = read == samples
    #expect(isSame, "\(samples.count) samples")
    #expect(traces.isEmpty || traces[0].start == MiniSEEDContent.start && traces[0].id == MiniSEEDContent.id)
  }

  @Test("every number of samples, of every size of differences")
  func sizes() throws {
    var generator = SeededGenerator(1)
    for count in 0...200 {
      for amplitude: Int32 in [0, 3, 100, 20_000, 100_000_000] {
        var value: Int32 = 0
        try expectSame(
          (0..<count).map { _ in
            value &+= Int32.random(in: -amplitude...amplitude, using: &generator)
            return value
          })
      }
    }
  }

  @Test("long random walks, record lengths, and numbers as they are")
  func walks() throws {
    var generator = SeededGenerator(2)
    var value: Int32 = 0
    let walk = (0..<100_000).map { index in
      value &+= Int32.random(in: -(1 << Int32(index % 25))...(1 << Int32(index % 25)), using: &generator)
      return value
    }
    for length in [256, 512, 1024, 4096, 65_536] {
      try expectSame(walk, length: length)
      try expectSame(walk, length: length, encoding: .int32)
      try expectSame([Int32](repeating: 7, count: 300_000), length: length)
    }
    for length in [0, 1, 128, 500, 131_072] {
      #expect(throws: FormatError.self) { try MiniSEEDWriter(recordLength: length) }
    }
  }

  @Test("differences that need more than 30 bits")
  func extremes() throws {
    let jumps = (0..<2000).map { $0 % 2 == 0 ? Int32.min : Int32.max }
    // A difference of all of 32 bits wraps to -1.
    try expectSame(jumps)
    let wide = (0..<2000).map { $0 % 2 == 0 ? Int32(0) : Int32.max }
    try expectSame(wide)
    let (_, _, bytes) = try roundTrip(wide)
    #expect(bytes <= 512 * (2000 / 112 + 1))
    try expectSame((0..<5000).map { $0 == 1234 || $0 == 4000 ? .max : Int32($0) })
    for jump in [(1 << 29) - 1, 1 << 29, (1 << 29) + 1, 1 << 30, Int(Int32.max)] {
      try expectSame((0..<50).map { $0 < 25 ? 0 : Int32(jump) })
      try expectSame((0..<50).map { $0 < 25 ? 0 : -Int32(jump) })
    }
  }

  @Test("floats and text")
  func others() throws {
    let sink = TextSink()
    let writer = try MiniSEEDWriter()
    let id = MiniSEEDContent.id
    let floats = Trace(
      id: id, start: MiniSEEDContent.start, samplingRate: 20, samples: .float32((0..<500).map { Float($0) / 3 }))
    var doubles = floats
    doubles.samples = .float64((0..<500).map { Double($0) / 3 })
    doubles.id.channel = "HHN"
    let text = Trace(id: id, start: MiniSEEDContent.start, samplingRate: 0, samples: .text(Array("started".utf8)))
    for trace in [floats, doubles, text] { try writer.append(trace, to: sink) }
    let (traces, problems) = try MiniSEEDContent.read(Array(sink.bytes))
    #expect(traces == [floats, text, doubles] && problems.isEmpty)
    #expect(writer.sequenceNumber == sink.count / 512 + 1)
  }

  @Test("rates and times come back")
  func rates() throws {
    for rate in [1, 0.1, 1.0 / 3, 100, 31.25, 250, 40_000, 1e6, 1e-5, 18.2, 125.0 / 7] {
      let trace = try #require(try roundTrip([1, 2, 3], rate: rate).traces.first)
      #expect(abs(trace.samplingRate / rate - 1) < 1e-9, "\(rate)")
    }
    // Blockette 100 has single precision.
    for rate in [99.999, 123.456789, 1234.5678, 249.99998] {
      let trace = try #require(try roundTrip([1, 2, 3], rate: rate).traces.first)
      #expect(abs(trace.samplingRate / rate - 1) < 6e-8 && trace.count == 3, "\(rate)")
    }
    for rate in [-1, Double.nan, .infinity, 1e10, 1e-10] {
      #expect(throws: FormatError.self) { try roundTrip([1], rate: rate) }
    }
    for nanoseconds in stride(from: Int64(0), to: 1_000_000_000, by: 9_999_999) {
      let time = UTCTime(seconds: 951_782_399, nanoseconds: nanoseconds)
      let bytes = try MiniSEEDContent.records(samples: [1], start: time)
      let start = try #require(try MiniSEEDContent.read(bytes).traces.first?.start)
      #expect(abs(start.timeInterval(since: time)) <= 0.5001e-6)
    }
    let long = StreamID(network: "XX", station: "TOOLONG", channel: "HHZ")
    #expect(throws: FormatError.self) {
      try MiniSEEDWriter().append(
        Trace(id: long, start: MiniSEEDContent.start, samplingRate: 1, samples: .int32([1])), to: TextSink())
    }
  }

  @Test("windows partition a stream, and give only what lies inside")
  func windows() throws {
    let samples = (0..<20_000).map { Int32($0) }
    let folder = try TemporaryFolder()
    let path = try folder.write("a", try MiniSEEDContent.records(samples: samples))
    let file = try MiniSEEDFile(path)
    var all: [Int32] = []
    for part in 0..<70 {
      let lower = MiniSEEDContent.start.advanced(by: Double(part) * 3.005 - 1)
      for trace in try file.traces(in: lower..<lower.advanced(by: 3.005), of: MiniSEEDContent.id, onProblem: { _ in }) {
        if case .int32(let part) = trace.samples { all += part }
        #expect(trace.start >= lower.advanced(by: -0.0001))
      }
    }
    let isSame = all == samples
    #expect(isSame)
    let none = StreamID(network: "XX", station: "OTHER", channel: "HHZ")
    #expect(try file.traces(in: nil, of: none, onProblem: { _ in }).isEmpty)
    let one = MiniSEEDContent.start.advanced(by: 100)
    let single = try file.traces(in: one..<one.advanced(by: 0.01), onProblem: { _ in })
    #expect(single.map(\.samples) == [.int32([10_000])] && single.first?.start == one)
  }
}

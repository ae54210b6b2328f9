import HSDLCompute
import SeismicFormats
import Testing

/// Fragments for tests, with times counted from 2020-01-01.
enum Fragments {
  static let begin = UTCTime(seconds: 1_577_836_800)

  static func trace(
    _ samples: [Int32], at second: Double, rate: Double = 100, channel: String = "HHZ", location: String = ""
  ) -> Trace {
    Trace(
      id: StreamID(network: "XX", station: "ABC", location: location, channel: channel),
      start: begin.advanced(by: second), samplingRate: rate, samples: .int32(samples))
  }

  static func span(_ lower: Double, _ upper: Double) -> Range<UTCTime> {
    begin.advanced(by: lower)..<begin.advanced(by: upper)
  }

  static func grid(_ count: Int, rate: Double = 100, at second: Double = 0) throws -> SampleGrid {
    try #require(SampleGrid(start: begin.advanced(by: second), samplingRate: rate, count: count))
  }
}

/// Whether both hold the same numbers, NaN being the same as NaN.
func isSame(_ left: [Double], _ right: [Double]) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}

@Suite("Putting fragments together")
struct TraceMergeTests {
  /// What the rules say, sample by sample.
  static func slow(_ traces: [Trace], _ grid: SampleGrid) -> [Double] {
    var result = [Double](repeating: .nan, count: grid.count)
    let order = traces.sorted { a, b in
      if a.start != b.start { return a.start < b.start }
      if a.count != b.count { return a.count > b.count }
      return a.samples.doubles.lexicographicallyPrecedes(b.samples.doubles)
    }
    for trace in order {
      let first = Int((trace.start.timeInterval(since: grid.start) * grid.samplingRate).rounded())
      for (index, value) in trace.samples.doubles.enumerated() where value.isFinite {
        let place = first + index
        if result.indices.contains(place), result[place].isNaN { result[place] = value }
      }
    }
    return result
  }

  @Test("random fragments, as a brute-force merge has them, in any order")
  func random() throws {
    var generator = SplitMix64(seed: 11)
    for round in 0..<400 {
      let grid = try Fragments.grid(Int(generator.next() % 60))
      var traces: [Trace] = []
      for _ in 0..<Int(generator.next() % 12) {
        let count = Int(generator.next() % 25)
        let start = Int(generator.next() % 90) - 20
        let id = StreamID(network: "XX", station: "ABC", channel: "HHZ")
        let values = (0..<count).map { _ in Int32(generator.next() % 3) }
        let samples: Samples =
          switch generator.next() % 3 {
          case 0: .int32(values)
          case 1: .float32(values.map { $0 == 2 && round % 3 == 0 ? .nan : Float($0) })
          default: .float64(values.map { $0 == 2 && round % 4 == 0 ? .infinity : Double($0) })
          }
        // Times that waver by less than half an interval.
        let jitter = round % 2 == 0 ? 0 : (Double(generator.next() % 9) - 4) * 1e-4
        traces.append(
          Trace(
            id: id, start: Fragments.begin.advanced(by: Double(start) * 0.01 + jitter), samplingRate: 100,
            samples: samples))
      }
      var counts = MergeCounts()
      let merged = TraceMerge.place(traces, on: grid, counts: &counts)
      // Fragments of the same length and time that differ in type alone may be told apart by it.
      if round % 2 == 0 { #expect(isSame(merged.samples, Self.slow(traces, grid)), "round \(round)") }
      #expect(counts.fragments == traces.count)
      var missing: [Range<Int>] = []
      for (index, value) in merged.samples.enumerated() where value.isNaN {
        if let last = missing.last, last.upperBound == index {
          missing[missing.count - 1] = last.lowerBound..<(index + 1)
        } else {
          missing.append(index..<(index + 1))
        }
      }
      #expect(merged.missing == missing)
      for _ in 0..<3 {
        traces = generator.shuffled(traces)
        var again = MergeCounts()
        let other = TraceMerge.place(traces, on: grid, counts: &again)
        #expect(isSame(other.samples, merged.samples) && other.missing == merged.missing && again == counts)
      }
    }
  }

  @Test("identical overlaps are joined, different ones keep what begins first; both are counted")
  func overlaps() throws {
    var counts = MergeCounts()
    let grid = try Fragments.grid(10)
    let first = Fragments.trace([0, 1, 2, 3, 4, 5], at: 0)
    var merged = TraceMerge.place([Fragments.trace([4, 5, 6, 7, 8, 9], at: 0.04), first], on: grid, counts: &counts)
    #expect(merged.samples == (0..<10).map(Double.init) && merged.missing.isEmpty)
    #expect(counts.overlaps == 1 && counts.repeatedSamples == 2 && counts.conflictingSamples == 0 && counts.gaps == 0)
    counts = MergeCounts()
    merged = TraceMerge.place([Fragments.trace([9, 9, 9, 9, 9, 9], at: 0.04), first], on: grid, counts: &counts)
    #expect(merged.samples == [0, 1, 2, 3, 4, 5, 9, 9, 9, 9] && counts.conflictingSamples == 2)
    // A short one inside a long one, and one behind both.
    counts = MergeCounts()
    let inside = Fragments.trace([7, 7], at: 0.02)
    merged = TraceMerge.place(
      [inside, first, Fragments.trace([8], at: 0.07)], on: grid, counts: &counts)
    #expect(isSame(merged.samples, [0, 1, 2, 3, 4, 5, .nan, 8, .nan, .nan]))
    #expect(merged.missing == [6..<7, 8..<10] && counts.gaps == 1 && counts.gapSamples == 1)
  }

  @Test("times that waver by a fifth of an interval make no gaps and no overlaps, wherever the grid is")
  func wavering() throws {
    var generator = SplitMix64(seed: 3)
    for phase in [0.0, 0.2, 0.4, 0.49, 0.5, 0.51, 0.7, 0.9] {
      var traces: [Trace] = []
      for record in 0..<50 {
        let jitter = (generator.uniform() - 0.5) * 0.4
        traces.append(
          Fragments.trace(
            (0..<20).map { Int32(record * 20 + $0) }, at: Double(record) * 0.2 + (phase + jitter) * 0.01))
      }
      var counts = MergeCounts()
      let merged = TraceMerge.place(traces, on: try Fragments.grid(1000), counts: &counts)
      // The first may begin a sample late, and everything follows it.
      #expect(merged.missing.isEmpty || merged.missing == [0..<1], "\(phase)")
      #expect(counts.overlaps == 0 && counts.gaps == 0)
      #expect(TraceMerge.join(traces, counts: &counts).count == 1)
    }
  }

  @Test("249.99998 Hz is 250 Hz; what drifts by whole samples keeps its time")
  func nearRates() throws {
    #expect(NominalRate.nominal(249.99998) == 250 && NominalRate.nominal(99.9) == 99.9)
    #expect(NominalRate.nominal(0.0999999) == 0.1 && NominalRate.nominal(31.25) == 31.25)
    #expect(NominalRate.nominal(.nan).isNaN && NominalRate.nominal(-1) == -1 && NominalRate.nominal(1e-300) == 1e-300)
    let count = 15_000
    let samples = (0..<count).map { Int32($0) }
    var counts = MergeCounts()
    var merged = TraceMerge.place(
      [Fragments.trace(samples, at: 0, rate: 249.99998)], on: try Fragments.grid(count, rate: 250), counts: &counts)
    #expect(merged.samples == samples.map(Double.init) && merged.missing.isEmpty)
    for rate in [99.95, 99.97, 100.02, 100.05] {
      counts = MergeCounts()
      let grid = try Fragments.grid(count)
      merged = TraceMerge.place([Fragments.trace(samples, at: 0, rate: rate)], on: grid, counts: &counts)
      // Each sample is within half an interval, and a little, of its own time.
      for (index, value) in merged.samples.enumerated() where !value.isNaN {
        #expect(abs(value / rate - Double(index) / 100) <= 0.00501, "\(rate) Hz, sample \(index)")
      }
      let slips = abs(Double(count) * (100 / rate - 1))
      if rate < 100 { #expect(abs(Double(merged.missing.count) - slips) <= 1.5) }
      if rate > 100 { #expect(abs(Double(merged.missing.last?.count ?? 0) - slips) <= 1.5) }
    }
    counts = MergeCounts()
    _ = TraceMerge.place([Fragments.trace([1, 2], at: 0, rate: 101)], on: try Fragments.grid(4), counts: &counts)
    #expect(counts.otherRates == 1)
  }

  @Test("fragments that are too short are taken away, and counted")
  func short() throws {
    let traces = [
      Fragments.trace([1, 1, 1], at: 0), Fragments.trace([2], at: 0.05), Fragments.trace([3, 3], at: 0.08),
    ]
    for (limit, kept) in [(0, 6), (1, 6), (2, 5), (3, 3), (4, 0)] {
      var counts = MergeCounts()
      let merged = TraceMerge.place(
        traces, on: try Fragments.grid(10), options: MergeOptions(shortestStretch: limit), counts: &counts)
      #expect(merged.samples.filter { !$0.isNaN }.count == kept)
      #expect(counts.droppedSamples == 6 - kept)
      #expect(merged.missing.reduce(0) { $0 + $1.count } == 10 - kept)
      for (left, right) in zip(merged.missing, merged.missing.dropFirst()) {
        #expect(left.upperBound < right.lowerBound)
      }
    }
  }

  @Test("nonsense is counted and left out")
  func nonsense() throws {
    var traces: [Trace] = []
    for rate in [0, -1, .nan, .infinity, -.infinity, 1e-300, 1e300] {
      traces.append(Fragments.trace([1], at: 0, rate: rate))
    }
    for seconds in [Int64.min, -1 << 60, 1 << 60, .max] {
      var trace = Fragments.trace([1, 2], at: 0)
      trace.start = UTCTime(seconds: seconds)
      traces.append(trace)
    }
    traces.append(Fragments.trace([], at: 0))
    traces.append(Trace(id: traces[0].id, start: Fragments.begin, samplingRate: 100, samples: .text([1, 2])))
    var counts = MergeCounts()
    let merged = TraceMerge.place(traces, on: try Fragments.grid(5), counts: &counts)
    #expect(merged.missing == [0..<5] && merged.samples.count == 5)
    #expect(counts.unusableFragments + counts.otherRates == 12)
    _ = TraceMerge.join(traces, counts: &counts)
    #expect(SampleGrid(start: Fragments.begin, samplingRate: 100, count: -1) == nil)
    #expect(SampleGrid(start: Fragments.begin, samplingRate: .nan, count: 1) == nil)
    #expect(SampleGrid(start: Fragments.begin, samplingRate: 100, count: .max) == nil)
    #expect(SampleGrid(span: UTCTime(seconds: .min)..<UTCTime(seconds: .max), samplingRate: 100) == nil)
    let empty = TraceMerge.place([], on: try Fragments.grid(0), counts: &counts)
    #expect(empty.samples.isEmpty && empty.missing.isEmpty)
  }

  @Test("joined stretches keep type, stream and time")
  func joining() throws {
    var counts = MergeCounts()
    let traces = [
      Fragments.trace([3, 4], at: 0.03), Fragments.trace([0, 1, 2], at: 0), Fragments.trace([9], at: 1),
      Fragments.trace([5, 6], at: 0, channel: "HHN"), Fragments.trace([4, 5], at: 0.04),
      Fragments.trace([1], at: 0, rate: 50),
    ]
    let joined = TraceMerge.join(traces, counts: &counts)
    #expect(joined.map(\.id.channel) == ["HHN", "HHZ", "HHZ", "HHZ"])
    #expect(joined[1].samples == .int32([0, 1, 2, 3, 4, 5]) || joined[2].samples == .int32([0, 1, 2, 3, 4, 5]))
    #expect(joined[3].samples == .int32([9]) && joined[3].start == Fragments.begin.advanced(by: 1))
    #expect(counts.gaps == 1 && counts.gapSamples == 94 && counts.repeatedSamples == 1)
    var again = MergeCounts()
    #expect(TraceMerge.join(traces.reversed(), counts: &again) == joined && again == counts)
    #expect(TraceMerge.join(joined, counts: &again) == joined)
  }

  @Test("5,000 fragments in a day take no noticeable time")
  func manyFragments() throws {
    var traces: [Trace] = []
    for record in 0..<5000 {
      let samples = [Int32](repeating: Int32(record), count: 1700)
      traces.append(Fragments.trace(samples, at: Double(record) * 17.28))
    }
    let grid = try Fragments.grid(8_640_000)
    var counts = MergeCounts()
    var merged: (samples: [Double], missing: [Range<Int>]) = ([], [])
    let time = ContinuousClock().measure { merged = TraceMerge.place(traces, on: grid, counts: &counts) }
    #expect(merged.missing.count == 5000 && counts.gaps == 4999)
    #expect(time < .milliseconds(1000), "\(time)")
    let joining = ContinuousClock().measure { traces = TraceMerge.join(traces, counts: &counts) }
    #expect(traces.count == 5000)
    #expect(joining < .milliseconds(1000), "\(joining)")
  }
}

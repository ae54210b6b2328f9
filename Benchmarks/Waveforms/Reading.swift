import HSDLCompute
import SeismicFormats

let day = UTCTime.epoch.advanced(by: 1_704_067_200)
let samplesOfADay = 8_640_000

/// Noise whose differences reach some amplitude, in a file of one day.
func write(_ path: String, amplitude: Int32) throws {
  var random = SplitMix64(seed: 1)
  var value: Int32 = 0
  let samples = (0..<samplesOfADay).map { _ in
    value = value / 2 + Int32.random(in: -amplitude...amplitude, using: &random)
    return value
  }
  let sink = TextSink(capacity: 40 << 20)
  let id = StreamID(network: "XX", station: "BENCH", channel: "HHZ")
  let seconds = try leastSeconds {
    sink.removeAll()
    let writer = try MiniSEEDWriter(recordLength: 512)
    try samples.withUnsafeBufferPointer { try writer.append($0, id: id, start: day, samplingRate: 100, to: sink) }
  }
  show("write", seconds, Double(sink.count) / seconds / 1e6, "MB/s", check: sink.count)
  let output = try FileOutput(path, isDurable: false)
  try output.write(sink)
  try output.commit()
}

/// Every sample of a file.
func decode(_ path: String) throws {
  var sum = 0
  let seconds = try leastSeconds {
    let traces = try MiniSEEDFile(path).traces(onProblem: { throw $0.error })
    sum = 0
    // Not the whole sum, which would be timed too.
    for trace in traces { sum += total(trace, every: 997) }
  }
  try show("decode", seconds, size(path) / seconds / 1e6, "MB/s", check: sum)
}

/// Streams, spans and counts of a file.
func scan(_ path: String) throws {
  var count = 0
  let seconds = try leastSeconds {
    count = try MiniSEEDFile(path).summary(onProblem: { throw $0.error }).reduce(0) { $0 + $1.sampleCount }
  }
  try show("scan", seconds, size(path) / seconds / 1e6, "MB/s", check: count)
}

/// One minute at noon, the opening of the file and the reading of its headers included.
func window(_ path: String) throws {
  let span = day.advanced(by: 43_200)..<day.advanced(by: 43_260)
  var sum = 0
  let seconds = try leastSeconds {
    sum = try MiniSEEDFile(path).traces(in: span, onProblem: { throw $0.error }).reduce(0) { $0 + total($1, every: 1) }
  }
  show("window", seconds, 1 / seconds, "windows/s", check: sum)
}

/// Minutes spread over the day; the seconds are those of one of them, the first reading of the headers shared by all.
func windows(_ path: String, count: Int) throws {
  var sum = 0
  let seconds = try leastSeconds {
    sum = 0
    let file = try MiniSEEDFile(path)
    for index in 0..<count {
      let start = day.advanced(by: Double(index * 86_340 / count))
      for trace in try file.traces(in: start..<start.advanced(by: 60), onProblem: { throw $0.error }) {
        sum += trace.count
      }
    }
  }
  show("windows", seconds / Double(count), Double(count) / seconds, "windows/s", check: sum)
}

/// A day in fragments, of which every tenth overlaps the one before it and every seventeenth leaves a gap.
func merge(fragments count: Int) {
  let id = StreamID(network: "XX", station: "BENCH", channel: "HHZ")
  let length = samplesOfADay / count
  var random = SplitMix64(seed: 2)
  let traces = random.shuffled(
    (0..<count).map { index in
      let first = index % 10 == 9 ? index * length - 10 : index * length
      let last = index % 17 == 16 ? (index + 1) * length - 25 : (index + 1) * length
      return Trace(
        id: id, start: day.advanced(by: Double(first) / 100), samplingRate: 100,
        samples: .int32((first..<last).map { Int32($0 &* 7919 % 1000) }))
    })
  guard let grid = SampleGrid(start: day, samplingRate: 100, count: length * count) else { return }
  var missing = 0
  let seconds = leastSeconds {
    var counts = MergeCounts()
    missing = TraceMerge.place(traces, on: grid, counts: &counts).missing.reduce(0) { $0 + $1.count }
  }
  show("merge", seconds, Double(count) / seconds, "fragments/s", check: missing)
}

private func size(_ path: String) throws -> Double { Double(try FileInput(path).size) }

/// The sum of every nth sample.
private func total(_ trace: Trace, every step: Int) -> Int {
  guard case .int32(let samples) = trace.samples else { return 0 }
  var sum = 0
  for index in stride(from: 0, to: samples.count, by: step) { sum += Int(samples[index]) }
  return sum
}

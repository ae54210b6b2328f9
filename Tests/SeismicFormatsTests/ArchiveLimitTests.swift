import SeismicFormats
import TestSupport
import Testing

@Suite("Archives of more files than are kept open")
struct ArchiveLimitTests {
  @Test("what a window gets depends neither on the files nor on the samples that were given up")
  func limits() throws {
    let folder = try TemporaryFolder()
    let begin = UTCTime(seconds: 1_577_836_800)
    let streams = (0..<240).map { StreamID(network: "XX", station: "S\($0)", channel: "HHZ") }
    for (number, stream) in streams.enumerated() {
      let samples = (0..<1800).map { Int32(number * 10_000 + $0) }
      try ArchiveFixtures.write(
        folder, "2020/XX/\(stream.station)/HHZ.D/\(stream).D.2020.001",
        ArchiveFixtures.records(stream, from: begin, rate: 1, samples: samples))
    }
    // Room for about twenty blocks of the 720.
    let archive = try SDSArchive(
      folder.url.path, budget: ArchiveBudget(samples: 60_000, headers: 60_000)
    ) { Issue.record("\($0)") }
    #expect(archive.streams.count == streams.count)
    var generator = SeededGenerator(4)
    for turn in 0..<1_500 {
      // All in turn at first, then those of a few again and again, then any.
      let number =
        turn < 500 ? turn % 240 : turn < 1_000 ? turn % 7 : Int.random(in: 0..<240, using: &generator)
      let first = Int.random(in: 0..<1_700, using: &generator)
      let count = Int.random(in: 1...100, using: &generator)
      let span = begin.advanced(by: Double(first))..<begin.advanced(by: Double(first + count))
      let traces = try archive.read(streams[number], in: span) { Issue.record("\($0)") }
      let expected = (first..<first + count).map { Int32(number * 10_000 + $0) }
      #expect(traces.count == 1 && ArchiveFixtures.samples(traces) == expected)
    }
  }
}

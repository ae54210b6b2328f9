import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Training windows of an archive")
struct ArchiveTrainingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  static let start = UTCTime(seconds: 1_600_000_000)
  /// Seconds of P and S at stations A and B; the second and third events are near each other.
  static let events: [(p: Double, s: Double)] = [(200, 205), (600, 604), (620, 626), (1500, 1508)]

  private var picker: PickerDescription {
    PickerDescription(architecture: "phasenet", windowLength: 3000, outputs: [.noise, .p, .s])
  }

  /// An hour of two stations with a one at every arrival, and the catalog of them.
  private func source(gap: Range<Int>? = nil) throws -> TrainingSource {
    let length = 180_000
    for (number, station) in ["A", "B"].enumerated() {
      let sink = TextSink()
      var random = SplitMix64(seed: UInt64(number))
      for channel in ["HHZ", "HHN", "HHE"] {
        var samples = (0..<length).map { _ in Int32(random.uniform() * 20) }
        for event in Self.events {
          samples[Int(event.p * 100) + 50 * number] = 5000
          samples[Int(event.s * 100) + 70 * number] = 9000
        }
        let writer = try MiniSEEDWriter(recordLength: 4096)
        var parts = [0..<length]
        if let gap { parts = [0..<gap.lowerBound, gap.upperBound..<length] }
        for part in parts {
          try writer.append(
            Trace(
              id: StreamID(network: "XX", station: station, channel: channel),
              start: Self.start.advanced(by: Double(part.lowerBound) / 100), samplingRate: 100,
              samples: .int32(Array(samples[part]))), to: sink)
        }
      }
      try folder.write("\(station).mseed", Array(sink.bytes))
    }
    let writer = try QuakeMLWriter(folder.path("truth.xml"))
    for (number, times) in Self.events.enumerated() {
      var event = Event(publicID: "event-\(number)")
      for (place, station) in ["A", "B", "C"].enumerated() {
        for (wave, seconds) in [("P", times.p + 0.5 * Double(place)), ("S", times.s + 0.7 * Double(place))] {
          var pick = Pick(
            publicID: "\(number)-\(station)-\(wave)", time: TimeQuantity(Self.start.advanced(by: seconds)),
            waveformID: WaveformStreamID(networkCode: "XX", stationCode: station))
          pick.phaseHint = wave
          event.picks.append(pick)
        }
      }
      try writer.write(event)
    }
    try writer.finish()
    return .catalog(catalogs: [folder.path("truth.xml")], archive: "files:\(folder.url.path)/", stations: [])
  }

  @Test("windows of every event at every station with all picks in them, and of noise between")
  func windows() throws {
    var problems: [Problem] = []
    let set = try Alone.set([try source()], picker) { problems.append($0) }
    let events = set.entries.indices.filter { !set.entries[$0].isNoise }
    #expect(events.count == 8)
    #expect(Set(events.map { set.entries[$0].group }).count == 4)
    // Between the first two events and the last two, at both stations.
    #expect(set.count - events.count == 4)
    #expect(problems.contains { $0.found.contains("station XX.C") })
    var counts: [Int: Int] = [:]
    for index in set.entries.indices {
      let record = try set.record(index)
      counts[record.arrivals.count, default: 0] += 1
      var expected: Set<Int> = []
      for arrival in record.arrivals.flatMap({ [$0.p, $0.s] }).compactMap({ $0 }) {
        #expect(abs(arrival - arrival.rounded()) < 1e-3)
        expected.insert(Int(arrival.rounded()))
      }
      for component in 0..<3 {
        let samples = record.samples[(component * record.count)..<((component + 1) * record.count)]
        #expect(Set(samples.indices.filter { samples[$0] > 1000 }.map { $0 - component * record.count }) == expected)
      }
      #expect(record.count >= 3000)
    }
    #expect(counts == [0: 4, 1: 4, 2: 4])
  }

  @Test("the same on any number of ranks")
  func ranks() throws {
    let source = try source()
    let picker = picker
    let entries = try (1...3).map { ranks in
      try InProcessCommunicator.run(ranks: ranks) { communicator in
        try PickerTrainingSet([source], picker: picker, over: communicator) { _ in }.entries
      }
    }
    for found in entries.flatMap({ $0 }) { #expect(found == entries[0][0]) }
  }

  @Test("arrivals in a gap are none; an event whose arrivals are all in it is named")
  func gaps() throws {
    // P of the first event at both stations; both arrivals of the last.
    var set = try Alone.set([try source(gap: 19_000..<20_200)], picker)
    let first = try #require(set.entries.indices.first { !set.entries[$0].isNoise })
    let record = try set.record(first)
    #expect(record.arrivals.count == 1 && record.arrivals[0].p == nil && record.arrivals[0].s != nil)
    #expect(record.missing.allSatisfy { !$0.isEmpty })
    set = try Alone.set([try source(gap: 149_000..<151_500)], picker)
    var words: [String] = []
    for index in set.entries.indices {
      do { _ = try set.record(index) } catch let error as FormatError { words.append(error.description) }
    }
    #expect(
      words.count == 2 && words.allSatisfy { $0.contains("event-3") && $0.contains("no samples at its arrivals") })
  }
}

import HSDLCompute
import Testing

@Suite("Augmentation")
struct AugmentationTests {
  /// A record with a one at each arrival and, where wanted, a little noise.
  private func record(
    _ events: [(p: Int, s: Int)], count: Int, noise: Double = 0, codaEnd: Double? = nil
  ) throws -> TrainingRecord {
    var random = SplitMix64(seed: 9)
    var components = [[Double]](repeating: [], count: 3)
    for component in 0..<3 {
      components[component] = (0..<count).map { _ in noise * (random.uniform() - 0.5) }
      for event in events {
        components[component][event.p] += 1000
        components[component][event.s] += 2000
      }
    }
    return try #require(
      TrainingRecord(
        name: "one", components: components,
        arrivals: events.map { PhaseArrivals(p: Double($0.p), s: Double($0.s), codaEnd: codaEnd) },
        signalToNoise: 40))
  }

  private func all() -> AugmentationSettings {
    var settings = AugmentationSettings()
    settings.share = 1
    settings.shift = 1
    settings.secondEvent = 1
    settings.noise = 0
    settings.channelDropping = 0
    settings.scaling = 1
    return settings
  }

  /// Whether each arrival inside the window has its peak there, and nothing else has one.
  private func disagreement(_ window: TrainingWindow) -> String? {
    var expected: Set<Int> = []
    for event in window.arrivals {
      for time in [event.p, event.s].compactMap({ $0 }) where time >= 0 && time <= Double(window.length - 1) {
        expected.insert(Int(time))
      }
    }
    for component in 0..<3 where window.present[component] {
      let part = Array(window.samples[(component * window.length)..<((component + 1) * window.length)])
      let found = Set(part.indices.filter { part[$0] > 10 })
      if found != expected { return "component \(component): \(found.sorted()) but \(expected.sorted())" }
    }
    return nil
  }

  @Test("arrivals stay where their waves are, in windows as long as, shorter and longer than the record")
  func consistency() throws {
    var kinds: Set<Int> = []
    for length in [600, 900, 3000] {
      for events in [[(p: 100, s: 160)], [(p: 100, s: 160), (p: 500, s: 540)], [(p: 0, s: 40)], [(p: 700, s: 899)]] {
        let record = try record(events, count: 900)
        let augmentation = Augmentation(all(), length: length, seed: 4)
        for number in 0..<200 {
          let window = augmentation.window(record, epoch: 1, number: number)
          #expect(disagreement(window) == nil, "length \(length), \(events), \(number)")
          kinds.insert(window.arrivals.count - events.count)
          var targets = [Float](repeating: 0, count: 3 * length)
          targets.withUnsafeMutableBufferPointer {
            PickLabels(.triangle, halfWidth: 2).write(
              window.arrivals, outputs: [.p, .s, .detection], length: length, into: $0)
          }
          // Where the label peaks there is a peak in the data.
          for index in 0..<length where targets[index] == 1 || targets[length + index] == 1 {
            #expect(window.samples[index] > 10)
          }
        }
      }
    }
    #expect(kinds.contains(1), "a second event was added now and then")
  }

  @Test("both arrivals are in the window where they fit, one of them where they do not")
  func placing() throws {
    let record = try record([(p: 1000, s: 1300)], count: 3000)
    var starts: Set<Int> = []
    for seed in 0..<300 {
      var random = SplitMix64(seed: UInt64(seed))
      let start = TrainingWindow.place(in: record, length: 500, margin: 20, &random)
      #expect(start + 20 <= 1000 && 1300 <= start + 500 - 1 - 20)
      starts.insert(start)
      let small = TrainingWindow.place(in: record, length: 200, margin: 0, &random)
      let window = small..<small + 200
      #expect(window.contains(1000) != window.contains(1300))
    }
    #expect(starts.count > 80, "\(starts.count)")
    let noise = try self.record([], count: 700, noise: 1)
    var random = SplitMix64(seed: 1)
    let places = Set((0..<400).map { _ in TrainingWindow.place(in: noise, length: 500, margin: 0, &random) })
    #expect(places.min() ?? -1 >= 0 && places.max() ?? 201 <= 200 && places.count > 150)
    #expect(TrainingWindow.place(in: noise, length: 700, margin: 0, &random) == 0)
    #expect((-300...0).contains(TrainingWindow.place(in: noise, length: 1000, margin: 0, &random)))
  }

  @Test("a window depends on seed, epoch and number alone")
  func streams() throws {
    let record = try record([(p: 100, s: 160)], count: 900, noise: 1)
    var settings = AugmentationSettings()
    settings.share = 1
    let augmentation = Augmentation(settings, length: 900, seed: 4)
    let forwards = (0..<20).map { augmentation.window(record, epoch: 1, number: $0).samples }
    let backwards = (0..<20).reversed().map { augmentation.window(record, epoch: 1, number: $0).samples }
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards).count > 15)
    #expect(augmentation.window(record, epoch: 2, number: 0).samples != forwards[0])
    #expect(Augmentation(settings, length: 900, seed: 5).window(record, epoch: 1, number: 0).samples != forwards[0])
    let plain = Augmentation(.none, length: 900, seed: 4).window(record, epoch: 1, number: 3)
    #expect(plain.samples == record.samples)
    #expect(plain.arrivals == record.arrivals)
  }

  @Test("gaps swallow arrivals, and their labels with them")
  func gaps() throws {
    var settings = AugmentationSettings()
    settings.share = 1
    settings.secondEvent = 0
    settings.noise = 0
    settings.channelDropping = 0
    settings.eventGap = 1
    settings.shift = 0
    let record = try record([(p: 300, s: 600)], count: 900, noise: 1)
    let augmentation = Augmentation(settings, length: 900, seed: 4)
    var lost = 0
    for number in 0..<200 {
      let window = augmentation.window(record, epoch: 0, number: number)
      let gap = try #require(window.missing[0].first)
      let event = window.arrivals.first
      #expect((event?.p == nil) == gap.contains(300))
      #expect((event?.s == nil) == gap.contains(600))
      if event?.p == nil { lost += 1 }
      if let span = event?.detection {
        #expect(!gap.contains(Int(span.lowerBound.rounded(.up))) && !gap.contains(Int(span.upperBound)))
      }
      var output = [Float](repeating: 7, count: 2700)
      output.withUnsafeMutableBufferPointer { window.normalise(.standardDeviation, into: $0) }
      #expect(output[gap].allSatisfy { $0 == 0 })
      #expect(output.allSatisfy { $0.isFinite })
    }
    #expect(lost > 10 && lost < 190)
  }

  @Test("noise, dropped components and pre-emphasis do what they say")
  func steps() throws {
    var settings = AugmentationSettings()
    settings.share = 1
    settings.shift = 0
    settings.secondEvent = 0
    settings.noise = 1
    settings.noiseLevels = 0.1...0.1
    settings.channelDropping = 0
    let quiet = try record([(p: 300, s: 400)], count: 5000)
    let noisy = Augmentation(settings, length: 5000, seed: 1).window(quiet, epoch: 0, number: 0)
    let part = noisy.samples[1000..<5000]
    let deviation = (part.reduce(Float(0)) { $0 + $1 * $1 } / 4000).squareRoot()
    #expect(abs(deviation / 200 - 1) < 0.05, "\(deviation)")

    settings.noise = 0
    settings.channelDropping = 1
    var left: [Int: Int] = [:]
    for number in 0..<800 {
      let window = Augmentation(settings, length: 5000, seed: 1).window(quiet, epoch: 0, number: number)
      left[window.present.count { $0 }, default: 0] += 1
    }
    // Of eight ways one leaves all and one none, which becomes one.
    #expect(left[0] == nil && abs((left[3] ?? 0) - 100) < 40 && abs((left[1] ?? 0) - 400) < 80)

    settings.channelDropping = 0
    settings.preEmphasis = 1
    let sharp = Augmentation(settings, length: 5000, seed: 1).window(quiet, epoch: 0, number: 0)
    #expect(abs(sharp.samples[301] - (quiet.samples[301] - 0.97 * quiet.samples[300])) < 1e-3)

    settings.leastSignalToNoise = 50
    settings.noise = 1
    settings.preEmphasis = 0
    let weak = Augmentation(settings, length: 5000, seed: 1).window(quiet, epoch: 0, number: 0)
    #expect(weak.samples == quiet.samples)
  }

  @Test("normalised windows have mean 0 and deviation 1, or largest magnitude 1")
  func normalisation() throws {
    let record = try #require(
      TrainingRecord(
        name: "n",
        components: [(0..<400).map { 1e6 + Double($0 % 7) }, nil, [Double](repeating: 5, count: 400)]))
    #expect(record.present == [true, false, false])
    let window = TrainingWindow(record, from: 0, length: 400)
    var output = [Float](repeating: 7, count: 1200)
    output.withUnsafeMutableBufferPointer { window.normalise(.standardDeviation, into: $0) }
    let first = output[..<400].map(Double.init)
    let mean = first.reduce(0, +) / 400
    #expect(abs(mean) < 1e-5)
    #expect(abs(first.reduce(0) { $0 + $1 * $1 } / 400 - 1) < 1e-5)
    #expect(output[400...].allSatisfy { $0 == 0 })
    output.withUnsafeMutableBufferPointer { window.normalise(.peak, into: $0) }
    #expect(output.map(abs).max() == 1)
  }

  @Test("records that are no numbers, of unequal lengths, or empty are none")
  func records() {
    #expect(TrainingRecord(name: "", components: [[1, .nan], nil, nil]) == nil)
    #expect(TrainingRecord(name: "", components: [[1, .infinity], nil, nil]) == nil)
    #expect(TrainingRecord(name: "", components: [[1, 2], [1], nil]) == nil)
    #expect(TrainingRecord(name: "", components: [nil, nil, nil]) == nil)
    #expect(TrainingRecord(name: "", components: [[], [], []]) == nil)
    #expect(TrainingRecord(name: "", components: [[1e300, -1e300], nil, nil]) == nil)
  }
}

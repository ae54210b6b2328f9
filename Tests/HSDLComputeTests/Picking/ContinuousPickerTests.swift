import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

@Suite("Picking continuous data")
struct ContinuousPickerTests {
  /// Midnight of 2024-01-02.
  static let midnight: Int64 = 1_704_153_600
  static let midnightSample = Int(midnight) * 100

  func seconds(_ lower: Double, _ upper: Double) -> Range<UTCTime> {
    let zero = UTCTime(seconds: Self.midnight)
    return zero.advanced(by: lower)..<zero.advanced(by: upper)
  }

  @Test("every impulse is found once, wherever it lies, and nothing else is", arguments: [0.0, 0.3, 0.5, 0.75])
  func impulses(overlap: Double) throws {
    var data = ImpulseData(start: Self.midnightSample - 100_000, count: 200_000)
    // All places in windows of 200 samples, about midnight and about the edges of blocks.
    var place = Self.midnightSample - 98_000
    while place < Self.midnightSample + 98_000 {
      data.p.append(place)
      place += 437
    }
    for edge in [Self.midnightSample, Self.midnightSample - 60_000, Self.midnightSample + 60_000] {
      data.p.removeAll { abs($0 - edge) < 700 }
      data.p += [edge - 400, edge - 1, edge + 399]
    }
    data.p.sort()
    let network = ImpulseNetwork()
    let found = try picks(data.traces(), seconds(-1000, 1000), network) { $0.overlap = overlap }
    #expect(found.count == data.p.count)
    #expect(found.allSatisfy { $0.phase == "P" && $0.model == "m" })
    let wrong = zip(found, data.p).filter { abs($0.0.time.timeInterval(since: data.time($0.1))) > 0.0051 }
    #expect(wrong.count == 0)
    // Batches are full but for the last one, which is not dropped.
    #expect(network.calls.dropLast().allSatisfy { $0 == 32 })
  }

  @Test("picks do not depend on how the span is cut up")
  func spans() throws {
    var data = ImpulseData(start: Self.midnightSample - 300_000, count: 700_000)
    data.p = Array(stride(from: Self.midnightSample - 290_000, to: Self.midnightSample + 390_000, by: 1777))
    data.s = data.p.map { $0 + 250 + $0 % 300 }
    let traces = data.traces(gaps: [Self.midnightSample - 50_000..<Self.midnightSample - 48_000])
    for detects in [false, true] {
      let whole = try picks(traces, seconds(-2600, 3700), ImpulseNetwork(detects: detects))
      #expect(whole.count > 500)
      #expect(whole.contains { $0.phase == "S" && !$0.detection.isEmpty })
      var parts: [StationPick] = []
      let cuts = [-2600.0, -2500, -2499.99, -1800.005, -17.77, 0, 0.01, 600, 601, 2000, 3700]
      for (lower, upper) in zip(cuts, cuts.dropFirst()) {
        parts += try picks(traces, seconds(lower, upper), ImpulseNetwork(detects: detects))
      }
      let isSame = parts == whole
      #expect(isSame)
      // Batches of another size.
      let one = try picks(traces, seconds(-2600, 3700), ImpulseNetwork(detects: detects)) { $0.batchSize = 7 }
      let isSameInBatches = one == whole
      #expect(isSameInBatches)
    }
  }

  @Test("long pauses are passed over, whatever their length")
  func longPauses() throws {
    for pause in [601.0, 1900, 5000] {
      var data = ImpulseData(start: Self.midnightSample - 30_000, count: 60_000 + Int(pause * 100))
      data.p = Array(stride(from: data.start + 777, to: data.start + data.count, by: 2003))
      let gap = Self.midnightSample..<Self.midnightSample + Int(pause * 100)
      let network = ImpulseNetwork()
      let found = try picks(data.traces(gaps: [gap]), seconds(-7000, 20_000), network)
      let expected = data.p.filter {
        ($0 < gap.lowerBound - 100 || $0 >= gap.upperBound + 100) && $0 < data.start + data.count - 100
      }
      let isSame = found.map { Int(($0.time.timeInterval(since: .epoch) * 100).rounded()) } == expected
      #expect(isSame, "\(pause) s")
      // No window is left out that touches data, and none is looked at that does not.
      let windows = network.calls.reduce(0, +)
      #expect(abs(windows - 600) < 10)
    }
  }

  @Test(
    "picks do not depend on how the record is cut into files, nor on what lies far before",
    arguments: [
      (100.0, 0.0), (100, 0.0037), (100, 0.005), (100, 0.001), (200, 0.0), (50, 0.0123), (125, 0.0021), (40, 0),
    ])
  func files(rate: Double, offset: Double) throws {
    let middle = Int(Double(Self.midnight) * rate)
    func data(_ start: Int) -> ImpulseData {
      var data = ImpulseData(start: start, count: middle + Int(1000 * rate) - start, rate: rate, offset: offset)
      data.p = Array(stride(from: middle - Int(400 * rate), to: middle + Int(900 * rate), by: Int(7.77 * rate)))
      data.s = data.p.map { $0 + Int(2.1 * rate) }
      return data
    }
    let usual = data(middle - Int(1000 * rate))
    let network = ImpulseNetwork(limit: 5, blind: 30)
    network.description.band = 1...45
    let whole = try picks(usual.traces(), seconds(-300, 900), network)
    #expect(whole.count > 200)
    // Right to a sample of the picker and one of the data.
    let wrong = whole.filter { pick in
      let truth = pick.phase == "P" ? usual.p : usual.s
      return !truth.contains { abs(usual.time($0).timeInterval(since: pick.time)) < 0.5 / rate + 0.011 }
    }
    #expect(wrong.count == 0)
    var cuts: [Int] = []
    for number in 0..<300 { cuts.append(middle + Int(Double(number) * 6.7 * rate) - Int(1000 * rate) + number % 7) }
    let isSameCut = try picks(usual.traces(cuts: cuts).reversed(), seconds(-300, 900), network) == whole
    #expect(isSameCut)
    // Everything that matters lies within two windows of the span and the margin of blocks.
    let later = data(middle - Int(1790 * rate))
    let isSameLater = try picks(later.traces(), seconds(-300, 900), network) == whole
    #expect(isSameLater)
  }

  @Test("nothing is picked in pauses, or where data begin and end")
  func gaps() throws {
    var data = ImpulseData(start: Self.midnightSample - 30_000, count: 60_000)
    // Long waves, so that a pause begins and ends with a step.
    data.p = Array(stride(from: Self.midnightSample - 29_990, to: Self.midnightSample + 30_000, by: 500))
    let gaps = [
      Self.midnightSample - 10_000..<Self.midnightSample - 9_950, Self.midnightSample..<Self.midnightSample + 2_000,
      Self.midnightSample + 10_003..<Self.midnightSample + 10_006,
    ]
    let found = try picks(data.traces(gaps: gaps), seconds(-700, 700), ImpulseNetwork())
    let expected = data.p.filter { sample in
      // A margin of 1 s about the first two pauses; the third is too short to be one, and 0.1 s are just long enough.
      !gaps[..<2].contains { sample >= $0.lowerBound - 100 && sample < $0.upperBound + 100 }
        && sample >= data.start + 100 && sample < data.start + data.count - 100
    }
    #expect(found.map { Int(($0.time.timeInterval(since: .epoch) * 100).rounded()) } == expected)
    // A station without data has no picks and costs no windows.
    let network = ImpulseNetwork()
    #expect(try picks([], seconds(0, 86_400), network).isEmpty)
    #expect(network.calls.isEmpty)
  }

  @Test("one component, another order of components and another rate will do")
  func components() throws {
    var data = ImpulseData(start: Self.midnightSample - 30_000, count: 60_000)
    data.channels = ["EHZ"]
    data.p = Array(stride(from: Self.midnightSample - 29_000, to: Self.midnightSample + 29_000, by: 511))
    data.s = data.p.map { $0 + 150 }
    var found = try picks(data.traces(), seconds(-700, 700), ImpulseNetwork(order: "ENZ"))
    #expect(found.count == data.p.count)
    #expect(found.allSatisfy { $0.sensor.description == "XX.ABC..EH" && $0.phase == "P" && $0.detection.isEmpty })
    data.channels = ["HH1", "HH2", "HHZ"]
    found = try picks(data.traces(), seconds(-700, 700), ImpulseNetwork(order: "ENZ"))
    #expect(found.count == data.p.count)
    data.channels = ["HHE", "HHN", "HHZ"]
    found = try picks(data.traces(), seconds(-700, 700), ImpulseNetwork(order: "ENZ"))
    #expect(found.count == 2 * data.p.count)
    // A station has one sensor at a time: the preferred one, while it has data.
    var second = data
    second.channels = ["HNZ"]
    second.start = data.start - 200_000
    second.count = 200_000 + 60_000
    second.p = [data.start - 150_000, Self.midnightSample]
    let both = try picks(data.traces() + second.traces(), seconds(-2300, 700), ImpulseNetwork(order: "ENZ"))
    #expect(both.count == found.count + 1)
    #expect(both.first?.sensor.channel == "HN")
  }

  @Test("amplitude, signal to noise and width are those of the trace")
  func measurements() throws {
    var data = ImpulseData(start: Self.midnightSample - 30_000, count: 60_000)
    data.p = [Self.midnightSample + 37]
    data.s = [Self.midnightSample + 37]
    let found = try picks(data.traces(), seconds(-100, 100), ImpulseNetwork())
    #expect(found.map(\.phase) == ["P", "S"])
    let pick = try #require(found.first)
    // 1000 on two components, and noise of 1.
    #expect(abs((pick.amplitude ?? 0) - 1414.2) < 3)
    #expect(abs((pick.signalToNoise ?? 99)) < 3)
    // The curve falls by 1/16 a sample: half is 8 samples off on either side.
    #expect(abs((pick.uncertainty ?? 0) - 0.16) < 0.001)
    #expect(pick.score == 1)
  }

  @Test("what cannot be used is refused")
  func refused() {
    func attempt(_ change: (inout PickerDescription, inout PickSettings) -> Void) {
      let network = ImpulseNetwork()
      var settings = PickSettings(network.description)
      change(&network.description, &settings)
      #expect(throws: ComputeError.self) { try ContinuousPicker(network, settings) }
    }
    attempt { description, _ in description.outputs = [.p] }
    attempt { description, _ in description.samplingRate = 99.5 }
    attempt { description, _ in description.samplingRate = .nan }
    attempt { description, _ in description.componentOrder = "ZN" }
    attempt { description, _ in description.windowLength = 0 }
    attempt { _, settings in settings.overlap = 1 }
    attempt { _, settings in settings.overlap = .nan }
    attempt { _, settings in settings.pThreshold = 0 }
    attempt { _, settings in settings.batchSize = 0 }
    attempt { _, settings in settings.thinning = .infinity }
  }
}

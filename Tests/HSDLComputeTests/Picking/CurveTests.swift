import HSDLCompute
import SeismicFormats
import Testing

@Suite("Windows, stacks and triggers of pickers")
struct CurveTests {
  @Test("windows touch a span and no more, for every small length, step and span")
  func grid() throws {
    #expect(WindowGrid(length: 0, overlap: 0) == nil)
    #expect(WindowGrid(length: 10, overlap: 1) == nil)
    #expect(WindowGrid(length: 10, overlap: .nan) == nil)
    #expect(WindowGrid(length: 3000, overlap: 0.5)?.step == 1500)
    #expect(WindowGrid(length: 6000, overlap: 0.3)?.step == 4200)
    #expect(WindowGrid(length: 2, overlap: 0.99)?.step == 1)
    for length in 1...6 {
      for step in 1...length {
        let grid = try #require(WindowGrid(length: length, step: step))
        for lower in -9...9 {
          for upper in lower...lower + 9 {
            let expected = (-40...40).filter { window in
              window * step < upper && window * step + length > lower && lower < upper
            }
            #expect(Array(grid.windows(touching: lower..<upper)) == expected)
            // Every sample is in a window.
            for sample in lower..<upper {
              #expect(grid.windows(touching: lower..<upper).contains { grid.samples($0).contains(sample) })
            }
          }
        }
      }
    }
  }

  @Test("samples have the times of their numbers, also before 1970")
  func numbering() throws {
    let numbering = try #require(SampleNumbering(rate: 100))
    #expect(SampleNumbering(rate: 0.5) == nil && SampleNumbering(rate: .infinity) == nil)
    for sample in [-123_456, -100, -1, 0, 1, 99, 100, 170_415_360_012] {
      let time = numbering.time(sample)
      #expect(numbering.first(notBefore: time) == sample)
      #expect(numbering.first(notBefore: time.advanced(by: 1e-9)) == sample + 1)
      #expect(numbering.first(notBefore: time.advanced(by: -1e-9)) == sample)
    }
    #expect(numbering.time(0, fraction: 0.25).nanoseconds == 2_500_000)
    _ = numbering.first(notBefore: UTCTime(seconds: .max))
    _ = numbering.first(notBefore: UTCTime(seconds: .min))
  }

  @Test(
    "a stack is the mean or the maximum of what covers a sample, ends only where nothing else does",
    arguments: [(10, 3, 0), (10, 5, 2), (10, 10, 3), (7, 2, 3), (8, 8, 0), (9, 4, 4)])
  func stack(length: Int, step: Int, blind: Int) {
    let windows = Array(0..<23).filter { $0 % 7 != 3 }
    func value(_ window: Int, _ curve: Int, _ place: Int) -> Float {
      Float(mixed(UInt64(window * 1000 + curve * 100 + place)) >> 44) / Float(1 << 20)
    }
    for rule in PickSettings.Stack.allCases {
      for piece in [1, 4, 50] {
        var stack = ProbabilityStack(curveCount: 2, windowLength: length, blind: blind, rule: rule, start: 5)
        var taken: [[Float]] = [[], []]
        for window in windows {
          // What lies before this window is complete.
          while stack.start + piece <= window * step {
            stack.take(upTo: stack.start + piece) { taken[$0] += $1 }
          }
          let curves = (0..<2 * length).map { value(window, $0 / length, $0 % length) }
          curves.withUnsafeBufferPointer { stack.add(first: window * step, $0) }
        }
        let end = 23 * step + length
        stack.take(upTo: end) { taken[$0] += $1 }
        for curve in 0..<2 {
          #expect(taken[curve].count == end - 5)
          for sample in 5..<end {
            var (middles, ends): ([Float], [Float]) = ([], [])
            for window in windows where (0..<length).contains(sample - window * step) {
              let place = sample - window * step
              if place >= blind && place < length - blind {
                middles.append(value(window, curve, place))
              } else {
                ends.append(value(window, curve, place))
              }
            }
            let used = middles.isEmpty ? ends : middles
            let expected: Float =
              used.isEmpty ? 0 : rule == .mean ? used.reduce(0, +) / Float(used.count) : used.max() ?? 0
            #expect(taken[curve][sample - 5] == expected)
          }
        }
      }
    }
  }

  private func peaks(_ curve: [Float], _ threshold: Float = 0.1) -> [PickTrigger.Peak] {
    curve.withUnsafeBufferPointer { PickTrigger.peaks($0, threshold: threshold) }
  }

  @Test("peaks are local maxima; plateaus count once, in their middle")
  func maxima() {
    #expect(peaks([]).isEmpty)
    #expect(peaks([0, 0.05, 0]).isEmpty)
    #expect(peaks([0, 0.1, 0]).map(\.sample) == [1])
    #expect(peaks([0.5, 0.1, 0.6]).map(\.sample) == [0, 2])
    #expect(peaks([0, 0.5, 0.5, 0.5, 0]).map(\.sample) == [2])
    #expect(peaks([0, 0.5, 0.5, 0]).map(\.sample) == [1])
    #expect(peaks([0, 0.5, 0.5, 0]).map(\.fraction) == [0.5])
    #expect(peaks([0, 0.5, 0.5, 0.7, 0]).map(\.sample) == [3])
    #expect(peaks([.nan, .nan, .nan]).isEmpty)
    #expect(peaks([Float](repeating: 1, count: 201)).isEmpty)
    // The top of a parabola, and the width of a triangle.
    let parabola = (0..<21).map { Float(1 - (Double($0) - 10.3) * (Double($0) - 10.3) / 200) }
    #expect(abs((peaks(parabola).first?.fraction ?? 9) - 0.3) < 1e-4)
    let triangle = (0..<41).map { max(0, 1 - Float(abs($0 - 20)) / 10) }
    #expect(abs((peaks(triangle).first?.width ?? 0) - 10) < 1e-5)
  }

  @Test("of near peaks the higher stays, as when the highest is taken again and again, and decided nearby")
  func thinning() {
    for seed in UInt64(0)..<60 {
      var random = SplitMix64(seed: seed)
      var sample = 0
      let peaks = (0..<Int(random.next() % 60)).map { _ -> PickTrigger.Peak in
        sample += 1 + Int(random.next() % 90)
        return PickTrigger.Peak(sample: sample, value: Float(random.next() % 20) / 20, fraction: 0, width: 1)
      }
      var rest = peaks
      var greedy: [PickTrigger.Peak] = []
      while let best = rest.max(by: { ($0.value, -$0.sample) < ($1.value, -$1.sample) }) {
        greedy.append(best)
        rest.removeAll { abs($0.sample - best.sample) < 100 }
      }
      greedy.sort { $0.sample < $1.sample }
      #expect(PickTrigger.thinned(peaks, distance: 100).map(\.sample) == greedy.map(\.sample))
    }
    // A long chain of ever lower peaks is broken off; what is far away does not matter.
    let chain = (0..<100).map {
      PickTrigger.Peak(sample: $0 * 60, value: 1 - Float($0) / 200, fraction: 0, width: 1)
    }
    let kept = PickTrigger.thinned(chain, distance: 100).map(\.sample)
    #expect(kept == [0, 120, 240, 360])
  }

  @Test("stretches above a threshold, and where long ones are cut, do not depend on what is looked at")
  func intervals() {
    func find(_ curve: [Float], _ first: Int) -> [Range<Int>] {
      curve.withUnsafeBufferPointer {
        PickTrigger.intervals($0, first: first, threshold: 0.5, shortest: 3, longest: 20)
      }.map { $0.samples.lowerBound + first..<$0.samples.upperBound + first }
    }
    #expect(find([0, 1, 1, 0, 1, 1, 1, 0], 100) == [104..<107])
    // Cut at multiples of 20 with 10 samples on both sides.
    #expect(find([Float](repeating: 1, count: 100), 5) == [5..<20, 20..<40, 40..<60, 60..<80, 80..<105].map { $0 })
    #expect(find([Float](repeating: 1, count: 19), 1) == [1..<20])
    #expect(find([Float](repeating: 1, count: 20), 10) == [10..<20, 20..<30])
    for seed in UInt64(0)..<40 {
      var random = SplitMix64(seed: seed)
      var curve: [Float] = []
      while curve.count < 600 {
        let value: Float = curve.count % 2 == 0 ? 1 : 0
        curve += [Float](repeating: value, count: 1 + Int(random.next() % (value == 1 ? 70 : 9)))
      }
      let offset = -100
      let whole = find(curve, offset)
      for cut in stride(from: 60, to: 500, by: 37) {
        // A pick at `cut` sees the same stretch when only 2.5 times the length around it is looked at.
        let part = max(0, cut - 51)..<min(curve.count, cut + 51)
        let near = find(Array(curve[part]), offset + part.lowerBound)
        let sample = cut + offset
        #expect(whole.first { $0.contains(sample) } == near.first { $0.contains(sample) })
      }
    }
  }

  private func peak(_ sample: Int, _ value: Float) -> PickTrigger.Peak {
    PickTrigger.Peak(sample: sample, value: value, fraction: 0, width: 1)
  }

  @Test("P and S are paired within detections, and by S - P time without")
  func pairing() {
    let description = PickerDescription(architecture: "", windowLength: 100, outputs: [.detection, .p, .s])
    var settings = PickSettings(description)
    func pair(_ p: [PickTrigger.Peak], _ s: [PickTrigger.Peak], _ detections: [Range<Int>]?) -> [String] {
      let pairing = PhasePairing(settings, rate: 100)
      let arrivals =
        detections.map { list in
          pairing.pair(p: p, s: s, detections: list.map { PickTrigger.Interval(samples: $0, mean: 1) })
        } ?? pairing.pair(p: p, s: s)
      return arrivals.map { "\($0.isS ? "S" : "P")\($0.peak.sample)/\($0.group.map(String.init) ?? "-")" }
    }
    let detection = 1000..<2001
    // The best P before S, the best S within.
    #expect(
      pair([peak(950, 0.5), peak(1100, 0.9), peak(1900, 1)], [peak(1500, 0.4), peak(1700, 0.6)], [detection])
        == ["P1100/1000", "S1700/1000"])
    settings.sChoice = .first
    #expect(
      pair([peak(950, 0.5), peak(1600, 0.9)], [peak(1500, 0.4), peak(1700, 0.6)], [detection])
        == ["P950/1000", "S1500/1000"])
    settings.sChoice = .best
    // Bounds do not belong: S at b or e, P at b - 100 or S - 10.
    #expect(pair([], [peak(1000, 0.4), peak(2000, 0.6)], [detection]) == [])
    #expect(pair([peak(900, 1), peak(1490, 1)], [peak(1500, 1)], [detection]) == ["S1500/1000"])
    #expect(pair([peak(901, 1), peak(1489, 0.5)], [peak(1500, 1)], [detection]) == ["P901/1000", "S1500/1000"])
    // Without S, P up to the end; outside of detections nothing.
    #expect(pair([peak(1999, 1), peak(2000, 1)], [], [detection]) == ["P1999/1000"])
    #expect(pair([peak(500, 1)], [peak(600, 1)], [detection]) == [])
    // A P belongs to one detection.
    #expect(pair([peak(1010, 1)], [], [1000..<1020, 1040..<1060]) == ["P1010/1000"])
    // P of neighbouring detections closer than a second: the better one.
    #expect(pair([peak(1010, 0.5), peak(1050, 0.7)], [], [1000..<1020, 1040..<1060]) == ["P1050/1040"])

    #expect(
      pair(
        [peak(1000, 0.5), peak(1050, 0.9), peak(9000, 0.4)], [peak(1500, 0.4), peak(1700, 0.6), peak(8000, 0.9)], nil)
        == ["P1050/1050", "S1500/-", "S1700/1050", "S8000/-", "P9000/-"])
    #expect(pair([peak(1000, 1)], [peak(7000, 1)], nil) == ["P1000/1000", "S7000/1000"])
    #expect(pair([peak(1000, 1)], [peak(7001, 1)], nil) == ["P1000/-", "S7001/-"])
    #expect(pair([peak(1000, 1)], [peak(1000, 1)], nil) == ["P1000/-", "S1000/-"])
  }

  @Test("windows come out with mean 0 and deviation 1, or peak 1; what is missing as 0")
  func normalisation() {
    func normalised(
      _ kind: PickerDescription.Normalisation, _ samples: [Double], _ weights: [Float]? = nil
    ) -> [Float] {
      var output = [Float](repeating: 9, count: samples.count)
      let weights = weights ?? [Float](repeating: 1, count: samples.count)
      samples.withUnsafeBufferPointer { samples in
        weights.withUnsafeBufferPointer { weights in
          output.withUnsafeMutableBufferPointer {
            WindowNormalisation(kind).normalise(samples, weights: weights, into: $0)
          }
        }
      }
      return output
    }
    #expect(normalised(.standardDeviation, [1, 3]) == [-1, 1])
    #expect(normalised(.peak, [1, 3, 5]) == [-1, 0, 1])
    #expect(normalised(.standardDeviation, [7, 7, 7]) == [0, 0, 0])
    #expect(normalised(.standardDeviation, [Double](repeating: 1e9 + 1 / 3, count: 300)).allSatisfy { $0 == 0 })
    #expect(normalised(.standardDeviation, [1, 3, 1000], [1, 1, 0])[2] == 0)
    // The mean is that of what is there, the deviation that of all that comes out: sqrt(2/3).
    let part = normalised(.standardDeviation, [1, 3, 1000], [1, 1, 0])
    #expect(abs(part[1] - Float((1.5).squareRoot())) < 1e-6)
    #expect(normalised(.standardDeviation, [1, .nan, 3]).allSatisfy { $0 == 0 })
  }
}

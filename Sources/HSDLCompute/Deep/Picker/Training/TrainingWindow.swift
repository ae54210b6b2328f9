/// A window of a picker's length, cut from a record, that is being made ready for training.
public struct TrainingWindow: Sendable {
  /// Samples of each component.
  public let length: Int
  /// Three components, one after the other.
  public var samples: [Float]
  /// Which components there are.
  public var present: [Bool]
  /// Samples of each component that are missing.
  public var missing: [[Range<Int>]]
  /// The arrivals of all events, also of those outside.
  public var arrivals: [PhaseArrivals]
  /// The signal-to-noise ratio of the worst component, in dB; nil where it is not stated.
  public var signalToNoise: Double?

  /// Cuts a window out of a record; what lies outside of the record is missing.
  ///
  /// - Parameters:
  ///   - record: the record.
  ///   - start: the window's first sample in the record; below zero before its begin.
  ///   - length: samples of the window.
  public init(_ record: TrainingRecord, from start: Int, length: Int) {
    self.length = length
    present = record.present
    signalToNoise = record.signalToNoise
    arrivals = record.arrivals.map { $0.moved(by: -Double(start)) }
    samples = [Float](repeating: 0, count: 3 * length)
    missing = [[], [], []]
    let inside = max(start, 0)..<max(min(start + length, record.count), max(start, 0))
    for component in 0..<3 where present[component] {
      for index in inside {
        samples[component * length + index - start] = record.samples[component * record.count + index]
      }
      var gaps = record.missing[component].map { $0.clamped(to: inside) }.filter { !$0.isEmpty }
      if inside.isEmpty {
        gaps = [start..<start + length]
      } else {
        if inside.lowerBound > start { gaps.insert(start..<inside.lowerBound, at: 0) }
        if inside.upperBound < start + length { gaps.append(inside.upperBound..<start + length) }
      }
      missing[component] = gaps.map { ($0.lowerBound - start)..<($0.upperBound - start) }
    }
  }

  /// Where a window is cut, at random: with the arrivals of one event in it, and where it fits with both.
  ///
  /// - Parameters:
  ///   - record: the record.
  ///   - length: samples of the window.
  ///   - margin: samples at each end of the window in which the arrivals are not to lie, as far as that can be.
  ///   - random: where the choice comes from.
  /// - Returns: the window's first sample in the record.
  public static func place(
    in record: TrainingRecord, length: Int, margin: Int, _ random: inout SplitMix64
  ) -> Int {
    let lowest = min(0, record.count - length)
    let highest = max(0, record.count - length)
    guard lowest < highest else { return 0 }
    let events = record.arrivals.map { $0.inside(record.count) }.filter { !$0.isEmpty }
    var range = lowest...highest
    if !events.isEmpty {
      var times = events[random.below(events.count)]
      let room = Double(max(length - 1 - 2 * max(margin, 0), 0))
      if let first = times.min(), let last = times.max(), last - first > room {
        times = [times[random.below(times.count)]]
      }
      let first = times.min() ?? 0
      let last = times.max() ?? 0
      let spare = min(Double(max(margin, 0)), Double(length - 1) / 2)
      let from = Int((last - Double(length - 1) + spare).rounded(.up))
      let to = Int((first - spare).rounded(.down))
      let lower = min(max(from, lowest), highest)
      let upper = min(max(to, lowest), highest)
      range = min(lower, upper)...max(lower, upper)
    }
    return range.lowerBound + random.below(range.count)
  }

  /// The arrivals of the first event of which one lies in the window; −1 where there is none.
  public var firstArrivals: (p: Float, s: Float) {
    func inside(_ value: Double?) -> Float? {
      value.flatMap { $0 >= 0 && $0 <= Double(length - 1) ? Float($0) : nil }
    }
    let found = arrivals.first { inside($0.p) != nil } ?? arrivals.first { inside($0.s) != nil }
    return (inside(found?.p) ?? -1, inside(found?.s) ?? -1)
  }

  /// Takes the mean off each component, fills what is missing with zeros, and divides by the standard deviation or the
  /// largest magnitude; a component that does not vary becomes zero.
  ///
  /// - Parameters:
  ///   - normalisation: how.
  ///   - output: room for 3 × length numbers.
  public func normalise(
    _ normalisation: PickerDescription.Normalisation, into output: UnsafeMutableBufferPointer<Float>
  ) {
    guard output.count >= 3 * length else { return }
    for component in 0..<3 {
      let part = UnsafeMutableBufferPointer(rebasing: output[(component * length)..<((component + 1) * length)])
      guard present[component], let mean = mean(component) else {
        part.update(repeating: 0)
        continue
      }
      samples.withUnsafeBufferPointer { samples in
        for index in 0..<length { part[index] = Float(Double(samples[component * length + index]) - mean) }
      }
      for gap in missing[component] { part[gap].update(repeating: 0) }
      var sum = 0.0
      var squares = 0.0
      var largest: Float = 0
      for value in part {
        sum += Double(value)
        squares += Double(value) * Double(value)
        largest = max(largest, abs(value))
      }
      let offset = sum / Double(length)
      let scale =
        normalisation == .peak ? Double(largest) : max(squares / Double(length) - offset * offset, 0).squareRoot()
      // What is left of a constant by rounding is no signal.
      guard scale.isFinite, scale > 1e-7 * abs(mean), scale > 1e-300 else {
        part.update(repeating: 0)
        continue
      }
      let factor = Float(1 / scale)
      guard factor.isFinite else {
        part.update(repeating: 0)
        continue
      }
      for index in part.indices { part[index] *= factor }
    }
  }

  /// The mean of the samples that are there; nil where there are none.
  private func mean(_ component: Int) -> Double? {
    var sum = 0.0
    var count = 0
    var next = 0
    samples.withUnsafeBufferPointer { samples in
      for gap in missing[component] + [length..<length] {
        for index in next..<max(gap.lowerBound, next) { sum += Double(samples[component * length + index]) }
        count += max(gap.lowerBound - next, 0)
        next = max(next, gap.upperBound)
      }
    }
    return count > 0 ? sum / Double(count) : nil
  }
}

extension SplitMix64 {
  /// A whole number from 0 to below a count; 0 where there is none.
  mutating func below(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }
}

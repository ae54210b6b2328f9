/// What was recorded at one station around an event, or of noise, with the arrivals that are known: what windows for training
/// are cut from.
public struct TrainingRecord: Sendable {
  /// Its name in its data set.
  public var name: String
  /// Samples of each component.
  public var count: Int
  /// Three components in the picker's order, one after the other, without their means; zeros where there is none.
  public var samples: [Float]
  /// Which components there are.
  public var present: [Bool]
  /// Which samples of each component are missing, in order.
  public var missing: [[Range<Int>]]
  /// The arrivals of all events that are known in it, in order of time; none for noise.
  public var arrivals: [PhaseArrivals]
  /// The signal-to-noise ratio of the worst component, in dB; nil where it is not stated.
  public var signalToNoise: Double?

  /// Creates a record.
  ///
  /// - Parameters:
  ///   - components: three components of equal length in the picker's order; nil where there is none. Their means are taken off.
  ///   - missing: for each component the samples that are missing.
  ///   - arrivals: of all events.
  ///   - signalToNoise: in dB.
  /// - Returns: nil where there is no component, their lengths differ, or a sample is not finite.
  public init?(
    name: String, components: [[Double]?], missing: [[Range<Int>]] = [[], [], []], arrivals: [PhaseArrivals] = [],
    signalToNoise: Double? = nil
  ) {
    let counts = Set(components.compactMap { $0?.count })
    guard components.count == 3, missing.count == 3, counts.count == 1, let count = counts.first, count > 0 else {
      return nil
    }
    self.name = name
    self.count = count
    self.arrivals = arrivals.sorted { ($0.first ?? .infinity) < ($1.first ?? .infinity) }
    self.signalToNoise = signalToNoise
    self.missing = missing.map { $0.map { $0.clamped(to: 0..<count) }.filter { !$0.isEmpty } }
    present = components.map { $0 != nil }
    var samples = [Float](repeating: 0, count: 3 * count)
    for (component, values) in components.enumerated() {
      guard let values else { continue }
      var sum = 0.0
      for value in values { sum += value }
      let mean = sum / Double(count)
      guard mean.isFinite else { return nil }
      var isFinite = true
      for index in 0..<count {
        let value = Float(values[index] - mean)
        isFinite = isFinite && value.isFinite
        samples[component * count + index] = value
      }
      guard isFinite else { return nil }
      // An instrument that stands still tells no more than one that is not there.
      if samples[(component * count)..<((component + 1) * count)].allSatisfy({ $0 == 0 }) { present[component] = false }
    }
    self.samples = samples
  }
}

/// What a picker says of the waveforms where an event's arrivals were picked, and where they should be.
///
/// Thousands of events are few to learn from what an onset looks like; a picker has learned it from many more. It looks at one window of each station,
/// which begins a fifth of its length before the predicted P. An object belongs to one thread.
public final class PickerEvidence {
  /// Probabilities of a station.
  struct Values: Equatable {
    /// The largest of P within ``pickTolerance`` of the P pick; 0 without a pick.
    var pickedP: Float = 0
    /// The largest of S within ``pickTolerance`` of the S pick; 0 without a pick.
    var pickedS: Float = 0
    /// The largest of P within ``predictionTolerance`` of the predicted P.
    var predictedP: Float = 0
    /// The largest of S within ``predictionTolerance`` of the predicted S.
    var predictedS: Float = 0
  }

  /// So far from a pick a picker's answer belongs to it, in s.
  static let pickTolerance = 0.5
  /// So far from a predicted arrival, in s: origins and velocity models are wrong by about as much.
  static let predictionTolerance = 2.0
  /// Seconds before and behind the window in which filters settle.
  private static let margin = 5.0

  private let network: any PickerNetwork
  private let preprocessing: PickerPreprocessing
  private let normalisation: WindowNormalisation
  private let p: Int
  private let s: Int
  private let rate: Double
  private let length: Int
  private var resamplers: [(rate: Double, resampler: RationalResampler)] = []
  private var window: [Float]
  private var curves: [Float]

  /// Prepares.
  ///
  /// - Throws: ``ComputeError`` where the picker wants what cannot be made, or gives neither P nor S.
  public init(_ network: any PickerNetwork) throws {
    let description = network.description
    guard let p = description.outputs.firstIndex(of: .p), let s = description.outputs.firstIndex(of: .s),
      (1...1 << 20).contains(description.windowLength)
    else { throw ComputeError.badModel(reason: "the picker does not give P and S") }
    self.network = network
    self.p = p
    self.s = s
    preprocessing = try PickerPreprocessing(description, PickSettings(description))
    normalisation = WindowNormalisation(description.normalisation)
    rate = description.samplingRate
    length = description.windowLength
    window = [Float](repeating: 0, count: 3 * length)
    curves = [Float](repeating: 0, count: description.outputs.count * length)
  }

  /// What the picker says of a station; zeros where there is nothing for it to look at.
  ///
  /// - Throws: ``ComputeError``.
  func values(_ record: StationRecord, _ arrivals: StationArrivals) throws -> Values {
    let own = record.samplingRate
    guard arrivals.predictedP.isFinite, own >= PickerPreprocessing.lowestRate, own <= 1e5, record.count > 0,
      let resampler = resampler(own)
    else { return Values() }
    // The window begins with a sample of the record.
    let lead = Double(length) / rate / 5
    guard let first = wholeNumber(((arrivals.predictedP - lead - Self.margin) * own).rounded()),
      let count = wholeNumber(((Double(length) / rate + 2 * Self.margin) * own).rounded(.up)), count > 0
    else { return Values() }
    let settled = wholeNumber((Self.margin * rate).rounded()) ?? 0
    for index in window.indices { window[index] = 0 }
    var isEmpty = true
    for (component, part) in [record.vertical, record.north, record.east].enumerated() {
      guard let part, part.samples.count == record.count else { continue }
      let place = preprocessing.place(of: component)
      if write(part, first: first, count: count, resampler, settled: settled, to: place) { isEmpty = false }
    }
    guard !isEmpty else { return Values() }
    try window.withUnsafeBufferPointer { window in
      try curves.withUnsafeMutableBufferPointer { try network.probabilities(window, count: 1, into: $0) }
    }
    let start = Double(first) / own + Self.margin
    return Values(
      pickedP: arrivals.isPPicked ? largest(p, arrivals.p - start, Self.pickTolerance) : 0,
      pickedS: arrivals.isSPicked ? largest(s, arrivals.s - start, Self.pickTolerance) : 0,
      predictedP: largest(p, arrivals.predictedP - start, Self.predictionTolerance),
      predictedS: largest(s, arrivals.predictedS - start, Self.predictionTolerance))
  }

  /// Writes a component's window.
  ///
  /// - Returns: whether anything is in it.
  private func write(
    _ part: StationRecord.Component, first: Int, count: Int, _ resampler: RationalResampler?, settled: Int,
    to place: Int
  ) -> Bool {
    let last = part.samples.count - 1
    let visible = (first..<first + count).clamped(to: 0..<part.samples.count)
    guard !visible.isEmpty, StationSamples.overlap(part.missing, visible) < visible.count else { return false }
    let offset = part.samples[visible.lowerBound]
    var samples = [Double](repeating: 0, count: count)
    var check = 0.0
    for index in 0..<count {
      let value = part.samples[min(max(first + index, 0), last)] - offset
      samples[index] = value
      check += value * 0
    }
    guard check == 0 else { return false }
    if let resampler { samples = resampler.resample(samples) }
    samples = preprocessing.filtered(samples)
    guard samples.count > settled else { return false }
    var inside = Array(samples[settled..<min(settled + length, samples.count)])
    var weights = [Float](repeating: 1, count: inside.count)
    inside += [Double](repeating: 0, count: length - inside.count)
    weights += [Float](repeating: 0, count: length - weights.count)
    inside.withUnsafeBufferPointer { inside in
      weights.withUnsafeBufferPointer { weights in
        window.withUnsafeMutableBufferPointer { window in
          normalisation.normalise(
            inside, weights: weights,
            into: UnsafeMutableBufferPointer(rebasing: window[place * length..<(place + 1) * length]))
        }
      }
    }
    return true
  }

  /// The largest value of a curve around a time in the window.
  private func largest(_ curve: Int, _ time: Double, _ tolerance: Double) -> Float {
    guard let from = wholeNumber(((time - tolerance) * rate).rounded(.up)),
      let to = wholeNumber(((time + tolerance) * rate).rounded(.down)), from <= to
    else { return 0 }
    let places = (from..<to + 1).clamped(to: 0..<length)
    return places.reduce(0) { largest, place in
      let value = curves[curve * length + place]
      return value > largest ? value : largest
    }
  }

  /// The resampler from a rate; its inner value is nil where none is needed, the outer one where there is none.
  private func resampler(_ own: Double) -> RationalResampler?? {
    if abs(own / rate - 1) <= NominalRate.tolerance { return .some(nil) }
    if let known = resamplers.first(where: { $0.rate == own }) { return known.resampler }
    guard let made = RationalResampler(from: own, to: rate) else { return nil }
    // Archives have a handful of rates.
    if resamplers.count >= 8 { resamplers.removeFirst() }
    resamplers.append((own, made))
    return made
  }
}

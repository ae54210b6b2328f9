/// Picks waveforms that were cut out, such as those of labelled data sets.
///
/// Windows begin with the trace, a step apart, and one ends with it; a shorter trace is one window, filled up with zeros. An object
/// belongs to one thread.
public final class TracePicker {
  /// An arrival in a trace.
  public struct Arrival: Sendable, Hashable, Codable {
    /// Whether it is S.
    public var isS: Bool
    /// Seconds behind the first sample.
    public var time: Double
    /// The picker's probability.
    public var score: Double
  }

  private let network: any PickerNetwork
  private let settings: PickSettings
  private let extraction: ArrivalExtraction
  private let preprocessing: PickerPreprocessing
  private let normalisation: WindowNormalisation
  private let grid: WindowGrid

  /// Prepares to pick.
  ///
  /// - Throws: ``ComputeError`` where network or settings cannot be used.
  public init(_ network: any PickerNetwork, _ settings: PickSettings) throws {
    let description = network.description
    if let objection = settings.objection { throw ComputeError.badModel(reason: objection) }
    guard let grid = WindowGrid(length: description.windowLength, overlap: settings.overlap) else {
      throw ComputeError.badModel(reason: "its windows have \(description.windowLength) samples")
    }
    self.network = network
    self.settings = settings
    self.grid = grid
    preprocessing = try PickerPreprocessing(description, settings)
    extraction = try ArrivalExtraction(description, settings, rate: preprocessing.numbering.rate)
    normalisation = WindowNormalisation(description.normalisation)
  }

  /// Picks a trace.
  ///
  /// - Parameters:
  ///   - components: up, north, east; of one length, or empty where there is no such component.
  ///   - samplingRate: in Hz.
  ///   - isFiltered: whether the band-pass was done already.
  /// - Returns: arrivals by time.
  /// - Throws: ``ComputeError``, also where the rate cannot be changed to the picker's.
  public func pick(_ components: [[Double]], samplingRate: Double, isFiltered: Bool = false) throws -> [Arrival] {
    let rate = Double(preprocessing.numbering.rate)
    var ordered = [[Double]](repeating: [], count: 3)
    for (component, samples) in components.prefix(3).enumerated() where !samples.isEmpty {
      var samples = samples
      if !(abs(samplingRate / rate - 1) <= NominalRate.tolerance) {
        guard let resampler = RationalResampler(from: samplingRate, to: rate) else {
          throw ComputeError.badModel(reason: "samples at \(samplingRate) Hz cannot be brought to \(rate) Hz")
        }
        samples = resampler.resample(samples)
      }
      ordered[preprocessing.place(of: component)] = isFiltered ? samples : preprocessing.filtered(samples)
    }
    let count = ordered.map(\.count).max() ?? 0
    guard count > 0 else { return [] }
    let length = grid.length
    var starts = Array(stride(from: 0, through: max(count - length, 0), by: grid.step))
    if let last = starts.last, last + length < count { starts.append(count - length) }

    let curveCount = network.description.outputs.count
    var stack = ProbabilityStack(
      curveCount: curveCount, windowLength: length, blind: network.description.blind, rule: settings.stack, start: 0)
    var windows = [Float](repeating: 0, count: settings.batchSize * 3 * length)
    var curves = [Float](repeating: 0, count: settings.batchSize * curveCount * length)
    for begin in stride(from: 0, to: starts.count, by: settings.batchSize) {
      let batch = starts[begin..<min(begin + settings.batchSize, starts.count)]
      try windows.withUnsafeMutableBufferPointer { windows in
        windows.update(repeating: 0)
        for (place, start) in batch.enumerated() {
          for component in 0..<3 where !ordered[component].isEmpty {
            let part = start..<min(start + length, ordered[component].count)
            guard !part.isEmpty else { continue }
            let from = (place * 3 + component) * length
            var samples = Array(ordered[component][part])
            var weights = [Float](repeating: 1, count: part.count)
            samples += [Double](repeating: 0, count: length - part.count)
            weights += [Float](repeating: 0, count: length - part.count)
            samples.withUnsafeBufferPointer { samples in
              weights.withUnsafeBufferPointer { weights in
                normalisation.normalise(
                  samples, weights: weights, into: UnsafeMutableBufferPointer(rebasing: windows[from..<from + length]))
              }
            }
          }
        }
        try curves.withUnsafeMutableBufferPointer { curves in
          try network.probabilities(
            UnsafeBufferPointer(rebasing: windows[..<(batch.count * 3 * length)]), count: batch.count,
            into: UnsafeMutableBufferPointer(rebasing: curves[..<(batch.count * curveCount * length)]))
          for (place, start) in batch.enumerated() {
            let size = curveCount * length
            stack.add(first: start, UnsafeBufferPointer(rebasing: curves[place * size..<(place + 1) * size]))
          }
        }
      }
    }
    var whole = [[Float]](repeating: [], count: curveCount)
    stack.take(upTo: count) { curve, values in whole[curve] = Array(values) }
    return extraction.arrivals(whole.map { $0[...] }, first: 0).map { arrival in
      let fraction = settings.interpolatesPeak ? arrival.peak.fraction : 0
      return Arrival(
        isS: arrival.isS, time: (Double(arrival.peak.sample) + fraction) / rate, score: Double(arrival.peak.value))
    }
  }
}

import HSDLCompute
import SeismicFormats

/// A waveform as a data set holds it, with its labels.
struct RawRecord {
  /// The file, for messages.
  var file: String
  var name: String
  var samplingRate: Double
  /// Vertical, north, east; nil where there is none.
  var components: [[Double]?]
  /// Missing samples of each component.
  var missing: [[Range<Int>]] = [[], [], []]
  /// At samples of the waveform's own rate.
  var arrivals: [PhaseArrivals] = []
  /// In dB, of the worst component.
  var signalToNoise: Double?
  /// Whether an arrival outside of the waveform is a fault.
  var requiresArrivalsInside = true

  /// An error that names the waveform.
  func failure(_ found: String, _ expected: String) -> FormatError {
    FormatError(.badData, file: file, found: "trace \(quoted(name)) \(found)", expected: expected)
  }
}

/// Brings waveforms to the rate, band and order of components that a picker wants.
struct RecordPreparation {
  private let rate: Double
  private let order: [Int]
  private let filter: SecondOrderSections?
  private var resamplers: [(rate: Double, resampler: RationalResampler)] = []

  /// Prepares for a picker.
  ///
  /// - Throws: ``ComputeError`` where the picker's components or band cannot be.
  init(_ picker: PickerDescription) throws {
    rate = picker.samplingRate
    let order = picker.componentOrder.compactMap { "ZNE".firstIndex(of: $0) }.map {
      "ZNE".distance(from: "ZNE".startIndex, to: $0)
    }
    guard Set(order).count == 3, order.count == picker.componentOrder.count else {
      throw ComputeError.cannotTrain(
        reason: "the picker's components are \(quoted(picker.componentOrder)); expected Z, N and E in any order")
    }
    self.order = order
    guard rate > 0, rate.isFinite, picker.windowLength > 0, picker.windowLength <= 1 << 22 else {
      throw ComputeError.cannotTrain(
        reason: "the picker's windows have \(picker.windowLength) samples at \(rate) Hz; expected numbers above zero")
    }
    if let band = picker.band {
      // Two corners forwards and backwards, as EQTransformer's training data have.
      guard
        let filter = SecondOrderSections.butterworth(
          .bandpass(band.lowerBound, band.upperBound), order: 2, samplingRate: rate)
      else {
        throw ComputeError.cannotTrain(
          reason: "there is no band from \(band.lowerBound) to \(band.upperBound) Hz at \(rate) samples a second")
      }
      self.filter = filter
    } else {
      filter = nil
    }
  }

  /// The record of a waveform.
  ///
  /// - Throws: ``FormatError`` that names the waveform: where a sample is not finite, components have different lengths, an arrival is
  ///   outside, or the rate cannot be brought to the picker's.
  mutating func record(_ raw: RawRecord) throws -> TrainingRecord {
    let counts = Set(raw.components.compactMap { $0?.count })
    guard counts.count == 1, let count = counts.first, count > 1 else {
      let lengths = raw.components.compactMap { $0.map { String($0.count) } }.joined(separator: ", ")
      throw raw.failure("has components of \(lengths.isEmpty ? "no" : lengths) samples", "the same number, above 1")
    }
    for (component, samples) in raw.components.enumerated() {
      if let place = samples?.firstIndex(where: { !$0.isFinite }) {
        throw raw.failure(
          "has \(samples?[place] ?? .nan) as sample \(place) of component \(Array("ZNE")[component])", "finite numbers")
      }
    }
    for (name, arrival) in raw.arrivals.flatMap({ [("P", $0.p), ("S", $0.s)] }) {
      guard let arrival else { continue }
      if !arrival.isFinite || raw.requiresArrivalsInside && !(arrival >= 0 && arrival <= Double(count - 1)) {
        throw raw.failure("has \(name) at sample \(arrival)", "0 to \(count - 1)")
      }
    }
    var components = raw.components
    var missing = raw.missing
    var arrivals = raw.arrivals
    let own = NominalRate.nominal(raw.samplingRate)
    if own != rate {
      guard let resampler = resampler(own) else {
        throw raw.failure("has \(raw.samplingRate) samples a second", "a rate that can be brought to \(rate)")
      }
      let ratio = rate / own
      components = components.map { $0.map { resampler.resample($0) } }
      missing = missing.map {
        $0.map { Int(Double($0.lowerBound) * ratio)..<Int((Double($0.upperBound) * ratio).rounded(.up)) }
      }
      arrivals = arrivals.map {
        PhaseArrivals(p: $0.p.map { $0 * ratio }, s: $0.s.map { $0 * ratio }, codaEnd: $0.codaEnd.map { $0 * ratio })
      }
    }
    if let filter { components = components.map { $0.map(filter.filterZeroPhase) } }
    guard
      let record = TrainingRecord(
        name: raw.name, components: order.map { components[$0] }, missing: order.map { missing[$0] },
        arrivals: arrivals, signalToNoise: raw.signalToNoise)
    else { throw raw.failure("is too large for single precision", "numbers below 10³⁸") }
    guard record.present.contains(true) else { throw raw.failure("does not vary", "a waveform") }
    return record
  }

  private mutating func resampler(_ own: Double) -> RationalResampler? {
    if let known = resamplers.first(where: { $0.rate == own }) { return known.resampler }
    guard let made = RationalResampler(from: own, to: rate) else { return nil }
    resamplers.append((own, made))
    return made
  }
}

/// Samples for training, numbered from 0.
///
/// An object is used by one thread at a time.
protocol TrainingRecords: AnyObject {
  /// The number of samples.
  var count: Int { get }

  /// What is known of a sample without its waveform.
  ///
  /// - Parameter onProblem: told why a sample cannot be used.
  func entry(_ index: Int, onProblem: ProblemHandler) throws -> TrainingEntry

  /// The waveform of a sample, as it is stored.
  ///
  /// - Throws: ``FormatError`` that names it.
  func raw(_ index: Int, onProblem: ProblemHandler) throws -> RawRecord
}

/// Whether arrivals can be those of one event; says what is wrong, and nil where nothing is.
func objection(p: Double?, s: Double?) -> String? {
  for (name, sample) in [("P", p), ("S", s)] {
    if let sample, !(sample >= 0 && sample < 1e9) { return "\(name) at sample \(sample)" }
  }
  if let p, let s, s <= p { return "S at sample \(s), P at \(p)" }
  return nil
}

import HSDLCompute
import SeismicFormats

extension EventWriter {
  /// The header line of `events.csv` for events of a catalog.
  public var catalogEventsHeader: String {
    eventsColumns + ",waveform_stations_n,duplicate_of" + decisionColumns + "\n"
  }

  /// One event of a catalog with everything that is known of it.
  struct ScoredEvent {
    var event: Event
    /// Its identifier in tables.
    var id: String
    /// The identifier of the event that it is another entry of; nil for an event of its own.
    var duplicateOf: String?
    /// The other entries of the event, to be kept as alternatives.
    var alternatives: [Event] = []
    /// All features.
    var features: ArraySlice<Double>
    /// NaN where there is nothing to score.
    var probability: Double
    /// The probability by features alone; NaN likewise.
    var shallow: Double
    /// The probability by waveforms alone; NaN where no network took part.
    var deep: Double
    /// How far the network has moved the probability.
    var deepMove: Double
    var memberProbabilities: [Double]
    /// By feature of the model.
    var contributions: ArraySlice<Double>
    /// The values of the model's features.
    var values: [Double]
    /// The model's label.
    var label: Label
    /// What a person has decided on the shock; nil for nothing.
    var decision: Decision?
    /// Picks that have no place in the features.
    var unusablePickCount: Int
    /// What else is worth saying.
    var remarks: [String]
    /// Why the event could not be scored; nil where it could.
    var failure: String?
  }

  func reason(_ scored: ScoredEvent) -> String {
    var parts: [String] = []
    if let original = scored.duplicateOf { parts.append("another entry of \(original), kept there as an alternative") }
    if let failure = scored.failure {
      parts.append(Self.unprocessed(failure))
    } else if scored.probability.isNaN {
      parts.append(
        looksAtRecords
          ? "no usable pick and no waveforms; see problems.csv"
          : "nothing that the model looks at is known; see problems.csv")
    } else {
      parts.append(
        explained(
          values: scored.values, contributions: scored.contributions, deep: scored.deep, deepMove: scored.deepMove))
    }
    if !scored.alternatives.isEmpty {
      parts.append(
        scored.alternatives.count == 1 ? "1 other entry merged" : "\(scored.alternatives.count) other entries merged")
    }
    return decided(
      scored.decision, on: scored.id, over: scored.label, (parts + scored.remarks).joined(separator: "; "))
  }

  /// What is said of an event whose unit failed.
  static func unprocessed(_ reason: String) -> String { "could not be processed: \(reason)" }

  func eventsRow(_ scored: ScoredEvent, reason: String, to sink: TextSink) {
    func number(_ value: Double?, _ decimals: Int) {
      sink.append(byte: 44)
      if let value, value.isFinite { sink.append(text: fixed(value, decimals: decimals)) }
    }
    let origin = scored.event.preferredOrigin
    sink.append(cell: scored.id)
    sink.append(byte: 44)
    if let time = scored.event.time { sink.append(time, fractionDigits: 6) }
    number(origin?.latitude.value, 6)
    number(origin?.longitude.value, 6)
    number(origin?.depth.map { $0.value / 1000 }, 4)
    number(scored.event.preferredMagnitude?.mag.value, 3)
    sink.append(byte: 44)
    sink.append(text: (scored.decision?.label ?? scored.label).rawValue)
    for probability in [scored.probability, scored.shallow, scored.deep] { number(probability, 6) }
    sink.append(byte: 44)
    sink.append(cell: reason)
    for name in [0, 1, 11] { number(scored.features[scored.features.startIndex + name], 0) }
    sink.append(byte: 44)
    sink.append(scored.unusablePickCount)
    for probability in scored.memberProbabilities { number(probability, 6) }
    number(Self.waveformStationsPlace.map { scored.features[scored.features.startIndex + $0] } ?? .nan, 0)
    sink.append(byte: 44)
    if let original = scored.duplicateOf { sink.append(cell: original) }
    decisionFields(scored.decision, over: scored.label, to: sink)
    sink.append(byte: 10)
  }

  private static let waveformStationsPlace = FeatureSet.all.names.firstIndex(of: "waveform_stations_n")

  func quakeML(_ scored: ScoredEvent, reason: String, to encoder: QuakeMLEncoder) {
    // Another entry of an event stands there, as an alternative.
    guard scored.duplicateOf == nil else { return }
    var entry = scored.event
    for (number, other) in scored.alternatives.enumerated() { entry.merge(other, number: number + 1) }
    annotate(
      &entry, label: scored.label, probability: scored.probability,
      parts: scored.deep.isNaN ? nil : (shallow: scored.shallow, deep: scored.deep), reason: reason,
      decision: scored.decision)
    encoder.event(entry)
  }
}

public import HSDLCompute
public import SeismicFormats

/// Turns scored events into their pieces of the output files.
///
/// The header lines belong to the same columns, so they are here too.
public struct EventWriter: Sendable {
  private let card: ModelCard
  private let network: String
  private let explanation: Explanation
  /// Whether the model looks at picks or waveforms.
  let looksAtRecords: Bool
  /// What persons have decided; nil where nobody was asked, so that no columns tell of it.
  let decisions: Decisions?

  /// Prepares to write.
  ///
  /// - Parameters:
  ///   - card: the card of the model that scores.
  ///   - network: the network code of stations whose code does not say it.
  ///   - decisions: what persons have decided; nil leaves out the columns that tell of it.
  public init(card: ModelCard, network: String, decisions: Decisions? = nil) {
    self.card = card
    self.network = network
    self.decisions = decisions
    let features = FeatureSet(card.features)
    explanation = Explanation(features: features)
    looksAtRecords = features.looksAtRecords
  }

  /// The header line of `events.csv`.
  public var eventsHeader: String { eventsColumns + decisionColumns + "\n" }

  /// The columns that all events have, whatever they come from.
  var eventsColumns: String {
    let members = card.members.map { ",probability_\($0.kind.rawValue)" }.joined()
    return "event_id,time,latitude,longitude,depth_km,magnitude,label,probability_real,probability_shallow,"
      + "probability_deep,reason,p_n,s_n,stations_n,unusable_rows\(members)"
  }

  /// The header line of `features.csv`.
  public static func featuresHeader(_ features: FeatureSet) -> String {
    "event_id,time,\(features.names.joined(separator: ","))\n"
  }

  /// What is said of all events of a refined catalog.
  ///
  /// - Parameter kept: whether it is the catalog of the events that are kept.
  public func header(kept: Bool) -> CatalogHeader {
    var header = CatalogHeader(publicID: kept ? "refined" : "rejected")
    header.description =
      kept
      ? "Events that hsdl-mpi \(programVersion) keeps: real ones, and uncertain ones that need a look"
      : "Events that hsdl-mpi \(programVersion) takes for fake"
    header.comments = [
      Comment(
        "Model \(card.shortHash) (\(card.parts.joined(separator: ", "))); real from P = "
          + "\(fixed(card.thresholds.real, decimals: 4)), fake below P = \(fixed(card.thresholds.fake, decimals: 4)); a lost "
          + "earthquake costs \(card.costs.lostReal), a false event kept \(card.costs.keptFake), a look \(card.costs.review)"
      )
    ]
    header.creationInfo = CreationInfo(author: "hsdl-mpi", version: programVersion)
    return header
  }

  /// One event with everything that is known of it.
  struct Scored {
    var group: PickGroup
    /// The earliest P time; nil without rows.
    var time: UTCTime?
    /// All pick features.
    var features: UnsafeBufferPointer<Double>
    /// NaN where there is nothing to score.
    var probability: Double
    var memberProbabilities: [Double]
    /// By feature of the model.
    var contributions: ArraySlice<Double>
    /// The values of the model's features.
    var values: [Double]
    /// The model's label.
    var label: Label
    /// What a person has decided; nil for nothing.
    var decision: Decision?
  }

  /// Adds an event's row of `features.csv` to a sink.
  ///
  /// - Parameters:
  ///   - features: all pick features.
  ///   - places: those to be written.
  public static func featuresRow(
    _ id: Bytes, _ time: UTCTime?, _ features: UnsafeBufferPointer<Double>, _ places: [Int], to sink: TextSink
  ) {
    sink.append(cell: id)
    sink.append(byte: 44)
    if let time { sink.append(time, fractionDigits: 6) }
    for place in places {
      sink.append(byte: 44)
      sink.append(toTenDecimals: features[place])
    }
    sink.append(byte: 10)
  }

  func reason(_ event: Scored) -> String {
    var words: String
    if event.group.rows.isEmpty {
      words = "no usable pick; see problems.csv"
    } else {
      words = explanation.words(values: event.values, contributions: event.contributions)
      let unusable = event.group.unusableRowCount
      if unusable > 0 { words += "; \(unusable) unusable row\(unusable == 1 ? "" : "s") left out" }
    }
    return decided(event.decision, on: event.decision?.eventID, over: event.label, words)
  }

  func eventsRow(_ event: Scored, reason: String, to sink: TextSink) {
    sink.append(cell: event.group.idBytes)
    sink.append(byte: 44)
    if let time = event.time { sink.append(time, fractionDigits: 6) }
    sink.append(",,,,,")
    sink.append(text: (event.decision?.label ?? event.label).rawValue)
    for probability in [event.probability, event.probability, .nan] {
      sink.append(byte: 44)
      if !probability.isNaN { sink.append(text: fixed(probability, decimals: 6)) }
    }
    sink.append(byte: 44)
    sink.append(cell: reason)
    for place in [0, 1, 11] {
      sink.append(byte: 44)
      sink.append(event.features[place])
    }
    sink.append(byte: 44)
    sink.append(event.group.unusableRowCount)
    for probability in event.memberProbabilities {
      sink.append(byte: 44)
      if !probability.isNaN { sink.append(text: fixed(probability, decimals: 6)) }
    }
    decisionFields(event.decision, over: event.label, to: sink)
    sink.append(byte: 10)
  }

  func quakeML(_ event: Scored, reason: String, to encoder: QuakeMLEncoder) {
    var entry = event.group.event(network: network)
    annotate(
      &entry, label: event.label, probability: event.probability, reason: reason, decision: event.decision)
    encoder.event(entry)
  }

  /// Says in an event what was found out about it.
  ///
  /// - Parameters:
  ///   - label: the model's label.
  ///   - parts: the probabilities by features alone and by waveforms alone, where a network took part.
  ///   - decision: what a person has decided, which counts.
  func annotate(
    _ entry: inout Event, label: Label, probability: Double, parts: (shallow: Double, deep: Double)? = nil,
    reason: String, decision: Decision? = nil
  ) {
    let foundType = Verdict.words(entry.statedType, entry.typeCertainty)
    if let decision {
      apply(decision, to: &entry)
    } else if label == .fake {
      entry.setType("not existing", certainty: "suspected")
    }
    let probability = probability.isNaN ? "unknown" : fixed(probability, decimals: 6)
    var columns = [("label", (decision?.label ?? label).rawValue), ("probability_real", probability)]
    var byParts = ""
    if let parts {
      byParts =
        " (features \(fixed(parts.shallow, decimals: 6)), waveforms \(fixed(parts.deep, decimals: 6)))"
      columns.append(("probability_shallow", fixed(parts.shallow, decimals: 6)))
      columns.append(("probability_deep", fixed(parts.deep, decimals: 6)))
    }
    entry.comments.append(
      Comment(
        "hsdl-mpi \(programVersion), model \(card.shortHash): \(label.rawValue), P(real) \(probability)\(byParts)\(foundType): "
          + reason))
    let names = ["label", "probability_real", "probability_shallow", "probability_deep"]
    entry.columns.removeAll { names.contains($0.name) }
    for (name, value) in columns { entry.columns.append(Event.Column(name: name, value: value)) }
  }

  /// The largest contributions in words.
  ///
  /// - Parameters:
  ///   - deep: the probability by waveforms alone; NaN where no network took part.
  ///   - deepMove: how far the network has moved the probability.
  func explained(
    values: [Double], contributions: ArraySlice<Double>, deep: Double = .nan, deepMove: Double = 0
  ) -> String {
    explanation.words(
      values: values, contributions: contributions,
      other: deep.isNaN ? nil : (words: "waveform network \(fixed(deep, decimals: 3))", move: deepMove))
  }
}

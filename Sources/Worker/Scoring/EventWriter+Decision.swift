import HSDLCompute
import SeismicFormats

extension EventWriter {
  /// The columns of `events.csv` that tell of decisions, each behind a comma; empty where nobody was asked.
  var decisionColumns: String {
    decisions == nil ? "" : ",label_by_model,decided_by,decided_why,decided_time"
  }

  /// Adds the fields of ``decisionColumns``.
  func decisionFields(_ decision: Decision?, over label: Label, to sink: TextSink) {
    guard decisions != nil else { return }
    sink.append(byte: 44)
    sink.append(text: label.rawValue)
    sink.append(byte: 44)
    if let decision { sink.append(cell: decision.decider) }
    sink.append(byte: 44)
    if let decision { sink.append(cell: decision.why) }
    sink.append(byte: 44)
    if let time = decision?.time { sink.append(time, fractionDigits: 6) }
  }

  /// A reason that tells of a decision first, and then of what the model says.
  func decided(_ decision: Decision?, on id: String?, over label: Label, _ words: String) -> String {
    guard let decision else { return words }
    let entry = decision.eventID == id ? "" : " (on its other entry \(decision.eventID))"
    return "\(decision.words)\(entry); by the model \(label.rawValue): \(words)"
  }

  /// Says in an event what a person has decided, with the time that the person has told.
  func apply(_ decision: Decision, to entry: inout Event) {
    switch decision.label {
    case .fake: entry.setType("not existing", certainty: "known")
    case .real:
      let own = entry.type.flatMap { EventTypeMeaning($0) }
      entry.setType(decision.type ?? (own?.label == .real ? entry.type : nil) ?? "earthquake", certainty: "known")
    case .uncertain: break
    }
    // A catalog that was refined before tells of it already.
    entry.comments.removeAll { Decision.isDecision($0) }
    entry.comments.append(decision.comment)
  }
}

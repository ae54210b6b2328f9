import HSDLCompute
public import SeismicFormats

/// What models said of labelled events while these were left out of their training.
public struct OutOfFoldScores: Sendable {
  private let scores: TrainingScores
  private let names: [String]
  private let deep: [Double]?
  private let found: StackingTraining

  init(_ scores: TrainingScores, deep: [Double]?, names: [String], _ found: StackingTraining) {
    self.scores = scores
    self.names = names
    self.deep = deep
    self.found = found
  }

  /// Writes a table, an event a row in the order of identifiers.
  ///
  /// Label, time, fold, log-odds of each model, and the probabilities by features, by the network and by both. What the network cannot score is left empty.
  public func write(to sink: TextSink) {
    sink.append(text: "event_id,label,time,fold")
    for name in names + (deep == nil ? [] : [DeepInput.name]) { sink.append(text: ",log_odds_\(name)") }
    sink.append(text: ",probability_shallow")
    if deep != nil { sink.append(text: ",probability_deep,probability_real") }
    sink.append(byte: 10)
    func number(_ value: Double?) {
      sink.append(byte: 44)
      if let value, value.isFinite { sink.append(value) }
    }
    for event in scores.ids.indices {
      sink.append(csv: scores.ids[event])
      sink.append(text: scores.labels[event] == 1 ? ",real," : ",fake,")
      let time = scores.times[event]
      if time.isFinite, let microseconds = Int64(exactly: (time * 1e6).rounded()) {
        sink.append(
          UTCTime(seconds: microseconds / 1_000_000, nanoseconds: (microseconds % 1_000_000) * 1000), fractionDigits: 6)
      }
      sink.append(byte: 44)
      sink.append(scores.fold[event] + 1)
      for column in scores.logOdds { number(column[event]) }
      if let deep { number(deep[event]) }
      number(found.shallowProbabilities[event])
      if deep != nil {
        number(found.deepProbabilities.isEmpty ? nil : found.deepProbabilities[event])
        number(found.hybridProbabilities.isEmpty ? nil : found.hybridProbabilities[event])
      }
      sink.append(byte: 10)
    }
  }
}

/// What each model of an ensemble makes of some events, before it is put together.
struct MemberScores {
  /// By model, of each event.
  var probabilities: [[Double]] = []
  /// By model: `width + 1` numbers for each event, how much each feature has moved the probability, and from where.
  var moves: [[Double]] = []
  /// The number of features.
  var width: Int
  /// The number of events.
  var count: Int

  init(_ members: [CalibratedModel], _ rows: UnsafeBufferPointer<Double>, width: Int) throws {
    self.width = width
    count = rows.count / max(width, 1)
    for member in members {
      probabilities.append(try member.probabilities(rows))
      moves.append(try member.contributions(rows))
    }
  }

  /// Something else that goes into a combination: its log-odds, and those that it starts from.
  struct Other {
    var value: Double
    var base: Double
  }

  /// What a combination makes of an event.
  struct Combined {
    var probability: Double
    /// How far ``Other`` has moved it.
    var otherMove = 0.0
  }

  /// Puts the models' log-odds of an event together, and says how far each feature has moved the outcome.
  ///
  /// In log-odds the parts add up by weight. Together they are scaled to add up to the distance between the probability and
  /// the one that the combination starts from.
  ///
  /// - Parameters:
  ///   - event: its number.
  ///   - stacking: with as many inputs as models, and one more where there is another input.
  ///   - moves: room for how far each feature has moved the probability.
  func combine(
    _ event: Int, _ stacking: Stacking, other: Other? = nil, into moves: UnsafeMutableBufferPointer<Double>
  ) -> Combined {
    moves.update(repeating: 0)
    var values: [Double] = []
    var bases: [Double] = []
    values.reserveCapacity(stacking.inputs.count)
    bases.reserveCapacity(stacking.inputs.count)
    let start = event * (width + 1)
    var total = 0.0
    for (model, weight) in zip(probabilities.indices, stacking.weights) {
      let probability = probabilities[model][event]
      let base = self.moves[model][start + width]
      let value = stacking.logOdds(ofProbability: probability)
      let baseValue = stacking.logOdds(ofProbability: base)
      values.append(value)
      bases.append(baseValue)
      // Parts of a probability become parts of its log-odds.
      let scale = abs(probability - base) > 1e-12 ? (value - baseValue) / (probability - base) : 0
      for column in 0..<width {
        let part = weight * scale * self.moves[model][start + column]
        moves[column] += part
        total += part
      }
    }
    var otherMove = 0.0
    if let other, let weight = stacking.weights.last {
      values.append(other.value)
      bases.append(other.base)
      otherMove = weight * (stacking.limited(other.value) - stacking.limited(other.base))
      total += otherMove
    }
    let probability = logistic(stacking.logOdds(values))
    let base = logistic(stacking.logOdds(bases))
    let scale = abs(total) > 1e-12 ? max(0, (probability - base) / total) : 0
    for column in 0..<width { moves[column] *= scale }
    return Combined(probability: probability, otherMove: otherMove * scale)
  }
}

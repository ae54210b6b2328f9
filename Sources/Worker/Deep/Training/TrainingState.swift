/// How far a training is, besides its numbers.
struct TrainingState: Codable, Equatable {
  /// The epoch that goes on, from 0, and its next step.
  var epoch = 0
  var stepInEpoch = 0
  /// Steps since the training began.
  var step = 0
  /// What is left of the learning rate after the falls on plateaus.
  var rateFraction = 1.0
  /// Epochs without a better score: since the best one, and since the last fall of the learning rate.
  var epochsSinceBest = 0
  var epochsOnPlateau = 0
  var bestScore: Double?
  /// Epochs that were done when the best weights were kept.
  var bestEpoch: Int?
  /// Whether the training ended before its last epoch as the score no longer grew.
  var hasEndedEarly = false
  var partial = PartialEpoch()
  var epochs: [TrainingEpoch] = []
  var grid: GradientGrid
  var beta1Power = 1.0
  var beta2Power = 1.0
}

/// The sums of an epoch that goes on.
struct PartialEpoch: Codable, Equatable {
  var samples = 0
  var skipped = 0
  var steps = 0
  var loss = 0.0
  var weight = 0.0
  var norm = 0.0
  var learningRate = 0.0
  var times = TrainingTimes()
}

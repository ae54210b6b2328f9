/// Finds how models on features, and a network, are put together best, from what they said of events that they were not
/// trained on; and how good that is.
///
/// How good: each block of time is scored by a combination that was found without it.
public struct StackingTraining: Sendable {
  /// The models on features, put together.
  public let shallow: Stacking
  /// What makes the network's output an input; nil where there is no network, or too few events with waveforms.
  public let deep: DeepInput?
  /// Models and network, put together; nil likewise.
  public let hybrid: Stacking?
  /// The probability of each event by the models on features, without the event's block.
  public let shallowProbabilities: [Double]
  /// Likewise by the network; NaN without waveforms; empty where there is no network.
  public let deepProbabilities: [Double]
  /// Likewise by both; by the models on features alone without waveforms; empty where there is no network.
  public let hybridProbabilities: [Double]

  /// Fewer events of a kind with waveforms than this are not enough to weigh a network.
  static let leastEvents = 10

  /// Finds the combinations.
  ///
  /// - Parameters:
  ///   - names: the models' names.
  ///   - logOdds: by model, the calibrated log-odds of each event, by models that were trained without it.
  ///   - deep: the network's log-odds of each event, by a network that was trained without it, NaN without waveforms; nil
  ///     where there is no network.
  ///   - labels: 1 real, 0 fake.
  ///   - block: the block of each event, from 0 on.
  ///   - strength: how strongly weights are drawn towards equal shares.
  /// - Throws: ``ComputeError`` with `cannotTrain`.
  public init(
    names: [String], logOdds: [[Double]], deep: [Double]? = nil, labels: [UInt8], block: [Int],
    strength: Double = Stacking.usualStrength
  ) throws {
    guard block.count == labels.count, deep.map({ $0.count == labels.count }) ?? true else {
      throw ComputeError.cannotTrain(reason: "models cannot be put together: their scores are not complete")
    }
    let input = Input(names: names, logOdds: logOdds, deep: deep, labels: labels, strength: strength)
    let all = Array(labels.indices)
    let whole = try Fit(input, all)
    shallow = whole.shallow
    self.deep = whole.deep
    hybrid = whole.hybrid
    var byShallow = [Double](repeating: .nan, count: labels.count)
    var byDeep = byShallow
    var byHybrid = byShallow
    let hasDeep = whole.hybrid != nil
    for left in 0...(block.max() ?? 0) {
      let held = all.filter { block[$0] == left }
      // Without a second block, or where the others lack a kind, nothing can be left out.
      let others = all.filter { block[$0] != left }
      let isComplete = others.contains { labels[$0] == 1 } && others.contains { labels[$0] == 0 }
      let fit = isComplete ? try Fit(input, others) : whole
      for event in held {
        let values = logOdds.map { $0[event] }
        byShallow[event] = logistic(fit.shallow.logOdds(values))
        byHybrid[event] = byShallow[event]
        guard let deep, !deep[event].isNaN, let deepInput = fit.deep, let hybrid = fit.hybrid else { continue }
        let calibrated = deepInput.logOdds(deep[event])
        byDeep[event] = logistic(calibrated)
        byHybrid[event] = logistic(hybrid.logOdds(values + [calibrated]))
      }
    }
    shallowProbabilities = byShallow
    deepProbabilities = hasDeep ? byDeep : []
    hybridProbabilities = hasDeep ? byHybrid : []
  }

  private struct Input {
    var names: [String]
    var logOdds: [[Double]]
    var deep: [Double]?
    var labels: [UInt8]
    var strength: Double
  }

  /// The combinations found from some of the events.
  private struct Fit {
    var shallow: Stacking
    var deep: DeepInput?
    var hybrid: Stacking?

    init(_ input: Input, _ events: [Int]) throws {
      let (names, strength) = (input.names, input.strength)
      func chosen(_ events: [Int]) -> [[Double]] { input.logOdds.map { column in events.map { column[$0] } } }
      shallow = try Stacking(
        inputs: names, logOdds: chosen(events), labels: events.map { input.labels[$0] }, strength: strength)
      guard let values = input.deep else { return }
      let seen = events.filter { !values[$0].isNaN }
      let labels = seen.map { input.labels[$0] }
      let real = labels.reduce(0) { $0 + Int($1) }
      guard min(real, labels.count - real) >= StackingTraining.leastEvents else { return }
      let own = seen.map { values[$0] }
      let calibration = try Stacking(
        inputs: [DeepInput.name], logOdds: [own], labels: labels, prior: [1], strength: strength,
        limit: DeepInput.limit)
      let calibrated = own.map { calibration.logOdds(CollectionOfOne($0)) }
      deep = DeepInput(
        calibration: calibration, base: ExactSum(calibrated).value / Double(calibrated.count))
      // Half of what is known beforehand is the network's share.
      let share = 0.5 / Double(max(names.count, 1))
      hybrid = try Stacking(
        inputs: names + [DeepInput.name], logOdds: chosen(seen) + [calibrated], labels: labels,
        prior: [Double](repeating: share, count: names.count) + [0.5], strength: strength)
    }
  }
}

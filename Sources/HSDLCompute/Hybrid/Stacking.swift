/// Puts the log-odds of several models together into one: stacking by a logistic regression on what the models said of
/// events that they were not trained on (Wolpert, 1992; Ting and Witten, 1999).
///
/// Log-odds of models add up, as evidence does; weights are not negative (Breiman, 1996), so that no model counts against
/// what it says, and are drawn towards those that are given, so that few events change little. The intercept and the
/// weights' sum calibrate: models that all say the same need a sum of 1, models that each know something else a larger one.
public struct Stacking: Sendable, Equatable, Codable {
  /// The models whose log-odds go in, in their order.
  public var inputs: [String]
  /// How much each counts.
  public var weights: [Double]
  /// What is added.
  public var intercept: Double
  /// Log-odds beyond this, in either direction, are taken as this: no model is more certain than its training can show.
  public var limit: Double

  /// How strongly weights are drawn towards those that are given, usually: as so many events would.
  public static let usualStrength = 10.0
  /// The limit of log-odds, usually: one in three thousand.
  public static let usualLimit = 8.0

  /// Takes weights that are known.
  public init(inputs: [String], weights: [Double], intercept: Double, limit: Double = Stacking.usualLimit) {
    self.inputs = inputs
    self.weights = weights
    self.intercept = intercept
    self.limit = limit
  }

  /// Finds the weights that make the labels most probable, less half of `strength` times the squared distance from `prior`.
  ///
  /// The sums over events are exact, so their order does not matter.
  ///
  /// - Parameters:
  ///   - inputs: the models' names.
  ///   - logOdds: by model, of each event; finite or infinite, not NaN.
  ///   - labels: 1 real, 0 fake.
  ///   - prior: the weights towards which they are drawn, not negative; equal shares where nil.
  ///   - strength: how strongly, more than 0.
  /// - Throws: ``ComputeError`` with `cannotTrain` when a class has no events, or numbers are missing.
  public init(
    inputs: [String], logOdds: [[Double]], labels: [UInt8], prior: [Double]? = nil,
    strength: Double = Stacking.usualStrength, limit: Double = Stacking.usualLimit
  ) throws {
    let count = inputs.count
    let prior = prior ?? [Double](repeating: 1 / Double(max(count, 1)), count: count)
    guard count > 0, logOdds.count == count, prior.count == count, strength > 0,
      logOdds.allSatisfy({ $0.count == labels.count && !$0.contains { $0.isNaN } })
    else { throw ComputeError.cannotTrain(reason: "models cannot be put together: their scores are not complete") }
    guard labels.contains(1), labels.contains(0) else {
      throw ComputeError.cannotTrain(reason: "models cannot be put together by events of one kind; both are needed")
    }
    let columns = logOdds.map { $0.map { Self.limited($0, limit) } }
    var problem = StackingProblem(columns: columns, labels: labels, prior: prior, strength: strength)
    problem.solve()
    self.init(
      inputs: inputs, weights: Array(problem.point[..<count]), intercept: problem.point[count], limit: limit)
  }

  /// The log-odds of the models' log-odds together.
  ///
  /// - Parameter values: in the order of ``inputs``.
  public func logOdds(_ values: some Sequence<Double>) -> Double {
    var sum = intercept
    for (weight, value) in zip(weights, values) { sum += weight * limited(value) }
    return sum
  }

  /// Log-odds within ``limit``.
  public func limited(_ value: Double) -> Double { Self.limited(value, limit) }

  /// The log-odds of a probability, within ``limit``.
  public func logOdds(ofProbability probability: Double) -> Double { limited(logit(probability)) }

  private static func limited(_ value: Double, _ limit: Double) -> Double { min(max(value, -limit), limit) }

  /// Whether its numbers can be used.
  var isValid: Bool {
    !inputs.isEmpty && inputs.count == weights.count && weights.allSatisfy { $0.isFinite && $0 >= 0 }
      && intercept.isFinite && limit.isFinite && limit > 0
  }
}

/// The log-odds that belong to a probability; infinite for 0 and 1.
public func logit(_ probability: Double) -> Double {
  logarithm(probability) - logarithmOfOnePlus(-probability)
}

/// Newton's method with weights that are held at 0 where they would become negative (Bertsekas, 1982).
private struct StackingProblem {
  let columns: [[Double]]
  let labels: [UInt8]
  let prior: [Double]
  let strength: Double
  /// The weights, and last the intercept.
  var point: [Double]

  init(columns: [[Double]], labels: [UInt8], prior: [Double], strength: Double) {
    self.columns = columns
    self.labels = labels
    self.prior = prior
    self.strength = strength
    point = prior + [0]
  }

  private func score(_ point: [Double], _ event: Int) -> Double {
    var z = point[columns.count]
    for column in columns.indices { z += point[column] * columns[column][event] }
    return z
  }

  private func loss(_ point: [Double]) -> Double {
    var sum = ExactSum()
    for event in labels.indices {
      let z = score(point, event)
      sum.add(softplus(z) - (labels[event] == 1 ? z : 0))
    }
    var penalty = 0.0
    for column in columns.indices { penalty += (point[column] - prior[column]) * (point[column] - prior[column]) }
    return sum.value + strength / 2 * penalty
  }

  /// The gradient and the matrix of second derivatives.
  private func derivatives() -> (gradient: [Double], curvature: [[Double]]) {
    let n = point.count
    var first = [ExactSum](repeating: ExactSum(), count: n)
    var second = [ExactSum](repeating: ExactSum(), count: n * n)
    var values = [Double](repeating: 1, count: n)
    for event in labels.indices {
      for column in columns.indices { values[column] = columns[column][event] }
      let p = logistic(score(point, event))
      let weight = p * (1 - p)
      for row in 0..<n {
        first[row].add((p - Double(labels[event])) * values[row])
        for column in 0...row { second[row * n + column].add(weight * values[row] * values[column]) }
      }
    }
    var gradient = first.map(\.value)
    var curvature = (0..<n).map { row in (0..<n).map { second[max(row, $0) * n + min(row, $0)].value } }
    for column in columns.indices {
      gradient[column] += strength * (point[column] - prior[column])
      curvature[column][column] += strength
    }
    // Where all events are certain the intercept would have no curvature.
    curvature[n - 1][n - 1] += 1e-9
    return (gradient, curvature)
  }

  mutating func solve() {
    let n = point.count
    let tolerance = 1e-10 * Double(labels.count)
    var current = loss(point)
    for _ in 0..<200 {
      let (gradient, curvature) = derivatives()
      let free = (0..<n).filter { $0 == n - 1 || point[$0] > 0 || gradient[$0] < 0 }
      guard free.contains(where: { abs(gradient[$0]) > tolerance }) else { return }
      let newton = HSDLCompute.solve(
        free.map { row in free.map { curvature[row][$0] } }, free.map { gradient[$0] })
      // Downhill along the gradient where Newton's step leads nowhere.
      let steps = [newton, free.map { gradient[$0] }].compactMap { $0 }
      var hasMoved = false
      for step in steps where !hasMoved {
        var scale = 1.0
        while scale > 1e-12 {
          var next = point
          for (place, index) in free.enumerated() {
            next[index] -= scale * step[place]
            if index < n - 1 { next[index] = max(0, next[index]) }
          }
          let value = loss(next)
          if value < current {
            point = next
            current = value
            hasMoved = true
            break
          }
          scale /= 2
        }
      }
      guard hasMoved else { return }
    }
  }
}

/// A cut on the one feature that tells the training events apart best: the baseline that every other model must beat.
public struct ThresholdModel: ShallowModel {
  public static var kind: ShallowModelKind { .threshold }

  private struct Parameters: Codable, Equatable {
    var features: [String]
    /// What takes the place of missing values.
    var fill: [Double]
    /// The chosen feature.
    var feature: Int
    /// Values above the cut are on the upper side.
    var cut: Double
    /// The share of real events among the training events on the lower and the upper side, with one real and one fake
    /// event added to each (Laplace).
    var lower: Double
    var upper: Double
  }

  private let parameters: Parameters

  public init(training rows: TrainingRows, settings: ShallowSettings, over collectives: any Collectives) throws {
    _ = try rows.requireBothClasses(over: collectives)
    let fill = try Imputation.fill(rows, over: collectives)
    let sample = try rows.sample(limit: 1_000_000, seed: settings.seed ^ 5, over: collectives)
    let total = sample.count
    let realTotal = sample.labels.reduce(0) { $0 + Int($1) }
    var best: (errors: Int, feature: Int, cut: Double, realAbove: Int, above: Int)?
    for feature in 0..<rows.width {
      let values = (0..<total).map { row in
        let value = sample.values[row * rows.width + feature]
        return value.isNaN ? fill[feature] : value
      }
      let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      var realBelow = 0
      for place in 0..<total {
        realBelow += Int(sample.labels[order[place]])
        guard place + 1 < total, values[order[place]] < values[order[place + 1]] else { continue }
        let below = place + 1
        // Real above, or real below; whichever errs less.
        let errors = min(
          realBelow + (total - below) - (realTotal - realBelow), below - realBelow + realTotal - realBelow)
        if errors < best?.errors ?? Int.max {
          best = (
            errors, feature, values[order[place]] + (values[order[place + 1]] - values[order[place]]) / 2,
            realTotal - realBelow, total - below
          )
        }
      }
    }
    guard let best else { throw ComputeError.cannotTrain(reason: "no feature varies") }
    func share(_ real: Int, _ all: Int) -> Double { Double(real + 1) / Double(all + 2) }
    parameters = Parameters(
      features: rows.features.names, fill: fill, feature: best.feature, cut: best.cut,
      lower: share(realTotal - best.realAbove, total - best.above), upper: share(best.realAbove, best.above))
  }

  public init(files: [String: String], features: FeatureSet) throws {
    parameters = try decodeModel(Parameters.self, "model.json", files)
    guard parameters.features == features.names, parameters.fill.count == features.count,
      parameters.feature >= 0, parameters.feature < features.count, parameters.cut.isFinite,
      (0...1).contains(parameters.lower), (0...1).contains(parameters.upper)
    else { throw ComputeError.badModel(reason: "its features are not those of the card, in their order") }
  }

  public var files: [String: String] { ["model.json": encodeModel(parameters)] }

  public func scores(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    stride(from: parameters.feature, to: rows.count, by: width).map { place in
      let value = rows[place].isNaN ? parameters.fill[parameters.feature] : rows[place]
      return value > parameters.cut ? parameters.upper : parameters.lower
    }
  }

  public func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    let base = (parameters.lower + parameters.upper) / 2
    var result = [Double](repeating: 0, count: rows.count / width * (width + 1))
    for (row, score) in scores(rows, width: width).enumerated() {
      result[row * (width + 1) + parameters.feature] = score - base
      result[row * (width + 1) + width] = base
    }
    return result
  }

  public var importances: [Double] {
    (0..<parameters.features.count).map { $0 == parameters.feature ? 1 : 0 }
  }

  public var needsCalibration: Bool { false }
  public func logOdds(_ score: Double) -> Double { logarithm(score / (1 - score)) }

  public var remarks: [String: String] {
    ["feature": parameters.features[parameters.feature], "cut": "\(parameters.cut)"]
  }
}

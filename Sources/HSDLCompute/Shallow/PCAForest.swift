/// A random forest on the first two principal components of the features.
public struct PCAForest: ShallowModel {
  public static var kind: ShallowModelKind { .pcaForest }

  private let components: PrincipalComponents
  private let forest: RandomForest

  private static let projected = FeatureSet([
    FeatureDefinition("pc1", "First principal component", phrase: "first principal component %"),
    FeatureDefinition("pc2", "Second principal component", phrase: "second principal component %"),
  ])

  public init(training rows: TrainingRows, settings: ShallowSettings, over collectives: any Collectives) throws {
    guard rows.width >= 2 else {
      throw ComputeError.cannotTrain(reason: "two principal components need at least two features")
    }
    _ = try rows.requireBothClasses(over: collectives)
    let components = try PrincipalComponents(rows, over: collectives)
    let projection = rows.values.withUnsafeBufferPointer { components.project($0, count: 2) }
    self.components = components
    forest = try RandomForest(
      training: rows.with(values: projection, features: Self.projected), settings: settings, over: collectives)
  }

  public init(files: [String: String], features: FeatureSet) throws {
    components = try decodeModel(PrincipalComponents.self, "components.json", files)
    guard components.fits(features.count) else {
      throw ComputeError.badModel(reason: "its features are not those of the card, in their order")
    }
    forest = try RandomForest(files: files, features: Self.projected)
  }

  public var files: [String: String] {
    forest.files.merging(["components.json": encodeModel(components)]) { $1 }
  }

  public func scores(_ rows: UnsafeBufferPointer<Double>, width: Int) throws -> [Double] {
    forest.scores(components.project(rows, count: 2), width: 2)
  }

  /// How the score moves when the features, one after the other, go from the means of the training data to their values,
  /// in their order and in the opposite one: Shapley values by one antithetic pair (Castro et al., 2009).
  public func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) throws -> [Double] {
    let means = components.standardisation.mean
    let base = try scores(means, width: width)[0]
    let count = rows.count / max(width, 1)
    var result = [Double](repeating: 0, count: count * (width + 1))
    for order in [Array(0..<width), Array((0..<width).reversed())] {
      var changed = (0..<count).flatMap { _ in means }
      var before = [Double](repeating: base, count: count)
      for column in order {
        for row in 0..<count { changed[row * width + column] = rows[row * width + column] }
        let after = try scores(changed, width: width)
        for row in 0..<count { result[row * (width + 1) + column] += (after[row] - before[row]) / 2 }
        before = after
      }
    }
    for row in 0..<count { result[row * (width + 1) + width] = base }
    return result
  }

  /// The importance of each feature in the two components, weighted by theirs in the forest.
  public var importances: [Double] {
    let gains = forest.importances
    return components.loadings[0].indices.map { column in
      zip(components.loadings, gains).reduce(0) { $0 + $1.0[column] * $1.0[column] * $1.1 }
    }
  }

  public func logOdds(_ score: Double) -> Double { forest.logOdds(score) }

  public var remarks: [String: String] {
    forest.remarks.merging([
      "explained_variance": components.explainedVariance.prefix(2).map { fixed($0, decimals: 4) }
        .joined(separator: " ")
    ]) { $1 }
  }
}

extension RandomForest {
  func scores(_ values: [Double], width: Int) -> [Double] {
    values.withUnsafeBufferPointer { scores($0, width: width) }
  }
}

/// The principal components of standardised features (Pearson, 1901).
public struct PrincipalComponents: Sendable, Equatable, Codable {
  let standardisation: Standardisation
  /// The share of the variance that each component explains, largest first.
  public let explainedVariance: [Double]
  /// The unit vector of each component.
  public let loadings: [[Double]]

  /// Finds all components of the rows of all ranks: the same bits for any number of ranks.
  ///
  /// - Throws: what `collectives` throws.
  public init(_ rows: TrainingRows, over collectives: any Collectives) throws {
    standardisation = try Standardisation(rows, over: collectives)
    let x = standardisation.apply(rows.values)
    let width = rows.width
    var sums = [ExactSum](repeating: ExactSum(), count: width * (width + 1) / 2)
    for start in stride(from: 0, to: x.count, by: max(width, 1)) {
      var place = 0
      for i in 0..<width {
        for j in i..<width {
          sums[place].add(x[start + i] * x[start + j])
          place += 1
        }
      }
    }
    let totals = try collectives.total(sums)
    var matrix = (0..<width).map { _ in [Double](repeating: 0, count: width) }
    var place = 0
    for i in 0..<width {
      for j in i..<width {
        matrix[i][j] = totals[place]
        matrix[j][i] = totals[place]
        place += 1
      }
    }
    let (values, vectors) = symmetricEigenvalues(matrix)
    let total = values.reduce(0, +)
    explainedVariance = values.map { total > 0 ? $0 / total : .nan }
    loadings = vectors
  }

  /// The coordinates of rows along the first components.
  ///
  /// - Returns: `count` numbers for each row, row by row.
  public func project(_ rows: UnsafeBufferPointer<Double>, count: Int) -> [Double] {
    let x = standardisation.apply(rows)
    let width = standardisation.width
    var result: [Double] = []
    result.reserveCapacity(x.count / max(width, 1) * count)
    for start in stride(from: 0, to: x.count, by: max(width, 1)) {
      for component in 0..<min(count, loadings.count) {
        var sum = 0.0
        for column in 0..<width { sum += loadings[component][column] * x[start + column] }
        result.append(sum)
      }
    }
    return result
  }

  func fits(_ count: Int) -> Bool {
    standardisation.fits(count) && loadings.count == count
      && loadings.allSatisfy { $0.count == count && $0.allSatisfy(\.isFinite) }
  }
}

/// Pearson's correlation of two columns; rows in which either is NaN are left out.
///
/// - Returns: NaN when fewer than two rows are left or a column does not vary.
public func correlation(_ first: [Double], _ second: [Double]) -> Double {
  var sums = (ExactSum(), ExactSum())
  var count = 0.0
  for (a, b) in zip(first, second) where !a.isNaN && !b.isNaN {
    sums.0.add(a)
    sums.1.add(b)
    count += 1
  }
  guard count > 1 else { return .nan }
  let (meanA, meanB) = (sums.0.value / count, sums.1.value / count)
  var products = (ExactSum(), ExactSum(), ExactSum())
  for (a, b) in zip(first, second) where !a.isNaN && !b.isNaN {
    products.0.add((a - meanA) * (a - meanA))
    products.1.add((b - meanB) * (b - meanB))
    products.2.add((a - meanA) * (b - meanB))
  }
  let scale = (products.0.value * products.1.value).squareRoot()
  return scale > 0 ? max(-1, min(1, products.2.value / scale)) : .nan
}

/// Pearson's correlations of all pairs of columns, as a square matrix by rows.
public func correlationMatrix(_ columns: [[Double]]) -> [[Double]] {
  var matrix = columns.map { _ in [Double](repeating: .nan, count: columns.count) }
  for i in columns.indices {
    for j in i..<columns.count {
      matrix[i][j] = i == j && !correlation(columns[i], columns[i]).isNaN ? 1 : correlation(columns[i], columns[j])
      matrix[j][i] = matrix[i][j]
    }
  }
  return matrix
}

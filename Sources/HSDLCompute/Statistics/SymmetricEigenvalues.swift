/// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations (Jacobi, 1846).
///
/// - Parameter matrix: square, by rows; only the upper triangle counts.
/// - Returns: the eigenvalues, largest first, and for each its unit eigenvector, whose largest component is positive.
func symmetricEigenvalues(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
  let n = matrix.count
  var a = matrix
  for i in 0..<n { for j in 0..<i { a[i][j] = a[j][i] } }
  var v = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
  for _ in 0..<100 {
    var offDiagonal = 0.0
    var diagonal = 0.0
    for i in 0..<n {
      diagonal += a[i][i] * a[i][i]
      for j in i + 1..<max(n, i + 1) { offDiagonal += a[i][j] * a[i][j] }
    }
    if offDiagonal <= 1e-32 * (diagonal + offDiagonal) { break }
    for p in 0..<n {
      for q in p + 1..<max(n, p + 1) where a[p][q] != 0 {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta >= 0 ? 1.0 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<n {
          let (x, y) = (a[k][p], a[k][q])
          a[k][p] = c * x - s * y
          a[k][q] = s * x + c * y
        }
        for k in 0..<n {
          let (x, y) = (a[p][k], a[q][k])
          a[p][k] = c * x - s * y
          a[q][k] = s * x + c * y
        }
        for k in 0..<n {
          let (x, y) = (v[k][p], v[k][q])
          v[k][p] = c * x - s * y
          v[k][q] = s * x + c * y
        }
      }
    }
  }
  let order = (0..<n).sorted { i, j in
    let (left, right) = (a[i][i], a[j][j])
    return left != right ? left > right : i < j
  }
  let vectors = order.map { column -> [Double] in
    let vector = (0..<n).map { v[$0][column] }
    let largest = vector.max { abs($0) < abs($1) } ?? 0
    return largest < 0 ? vector.map { -$0 } : vector
  }
  return (order.map { a[$0][$0] }, vectors)
}

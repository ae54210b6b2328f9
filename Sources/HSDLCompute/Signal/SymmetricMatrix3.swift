/// A symmetric matrix of three rows: the covariance of three components.
struct SymmetricMatrix3 {
  var xx = 0.0
  var yy = 0.0
  var zz = 0.0
  var xy = 0.0
  var xz = 0.0
  var yz = 0.0

  /// The eigenvalues, largest first, and the unit eigenvector of the largest, by Jacobi's rotations (Jacobi, 1846).
  ///
  /// - Returns: nil when an element is not finite.
  func eigenvalues() -> (values: SIMD3<Double>, principal: SIMD3<Double>)? {
    guard (xx + yy + zz + xy + xz + yz).isFinite else { return nil }
    var a = self
    // Columns are eigenvectors.
    var v0 = SIMD3<Double>(1, 0, 0)
    var v1 = SIMD3<Double>(0, 1, 0)
    var v2 = SIMD3<Double>(0, 0, 1)
    for _ in 0..<30 {
      let offDiagonal = a.xy * a.xy + a.xz * a.xz + a.yz * a.yz
      let diagonal = a.xx * a.xx + a.yy * a.yy + a.zz * a.zz
      if offDiagonal <= 1e-34 * diagonal || offDiagonal == 0 { break }
      Self.rotate(&a.xx, &a.yy, &a.xy, &a.xz, &a.yz, &v0, &v1)
      Self.rotate(&a.xx, &a.zz, &a.xz, &a.xy, &a.yz, &v0, &v2)
      Self.rotate(&a.yy, &a.zz, &a.yz, &a.xy, &a.xz, &v1, &v2)
    }
    var pairs = (first: (a.xx, v0), second: (a.yy, v1), third: (a.zz, v2))
    if pairs.second.0 > pairs.first.0 { swap(&pairs.first, &pairs.second) }
    if pairs.third.0 > pairs.first.0 { swap(&pairs.first, &pairs.third) }
    if pairs.third.0 > pairs.second.0 { swap(&pairs.second, &pairs.third) }
    return (SIMD3(pairs.first.0, pairs.second.0, pairs.third.0), pairs.first.1)
  }

  /// Rotates two axes so that their mixed element becomes zero.
  @inline(__always)
  private static func rotate(
    _ pp: inout Double, _ qq: inout Double, _ pq: inout Double, _ pr: inout Double, _ qr: inout Double,
    _ vp: inout SIMD3<Double>, _ vq: inout SIMD3<Double>
  ) {
    guard pq != 0 else { return }
    let theta = (qq - pp) / (2 * pq)
    let t = (theta >= 0 ? 1.0 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    pp -= t * pq
    qq += t * pq
    pq = 0
    (pr, qr) = (c * pr - s * qr, s * pr + c * qr)
    (vp, vq) = (c * vp - s * vq, s * vp + c * vq)
  }
}

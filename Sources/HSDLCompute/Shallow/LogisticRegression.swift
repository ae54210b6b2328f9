import SeismicFormats

/// Logistic regression on standardised features with an L2 penalty (Cox, 1958), by Newton's method.
///
/// Sums over rows are exact, so the coefficients are the same bit for bit on any number of ranks; rows stay where they are.
public struct LogisticRegression: ShallowModel {
  public static var kind: ShallowModelKind { .logistic }

  private struct Parameters: Codable, Equatable {
    var features: [String]
    var standardisation: Standardisation
    /// One for each feature, and last the intercept.
    var coefficients: [Double]
  }

  private var parameters: Parameters

  public init(training rows: TrainingRows, settings: ShallowSettings, over collectives: any Collectives) throws {
    _ = try rows.requireBothClasses(over: collectives)
    let standardisation = try Standardisation(rows, over: collectives)
    let x = standardisation.apply(rows.values)
    let width = rows.width
    let penalty = 1 / settings.logisticC
    var beta = [Double](repeating: 0, count: width + 1)
    var loss = try Self.loss(x, rows, beta, penalty, collectives)
    for _ in 0..<100 {
      let (gradient, hessian) = try Self.derivatives(x, rows, beta, penalty, collectives)
      guard let step = solve(hessian, gradient) else {
        throw ComputeError.cannotTrain(reason: "the features of the logistic regression depend on each other")
      }
      // A full step may overshoot far from the minimum.
      var scale = 1.0
      var next = beta
      var nextLoss = Double.infinity
      for _ in 0..<30 {
        next = zip(beta, step).map { $0 - scale * $1 }
        nextLoss = try Self.loss(x, rows, next, penalty, collectives)
        if nextLoss <= loss { break }
        scale /= 2
      }
      let change = zip(beta, next).map { abs($0 - $1) }.max() ?? 0
      if nextLoss <= loss {
        beta = next
        loss = nextLoss
      }
      if change < 1e-9 || scale < 1e-8 { break }
    }
    parameters = Parameters(
      features: rows.features.names, standardisation: standardisation, coefficients: beta)
  }

  private static func loss(
    _ x: [Double], _ rows: TrainingRows, _ beta: [Double], _ penalty: Double, _ collectives: any Collectives
  ) throws -> Double {
    let width = rows.width
    var sum = ExactSum()
    for row in 0..<rows.count {
      var z = beta[width]
      for column in 0..<width { z += beta[column] * x[row * width + column] }
      sum.add(softplus(rows.labels[row] == 1 ? -z : z))
    }
    let total = try collectives.total([sum])[0]
    return total + penalty / 2 * beta[..<width].reduce(0) { $0 + $1 * $1 }
  }

  private static func derivatives(
    _ x: [Double], _ rows: TrainingRows, _ beta: [Double], _ penalty: Double, _ collectives: any Collectives
  ) throws -> (gradient: [Double], hessian: [[Double]]) {
    let width = rows.width
    let size = width + 1
    var sums = [ExactSum](repeating: ExactSum(), count: size + size * (size + 1) / 2)
    var row = [Double](repeating: 1, count: size)
    for index in 0..<rows.count {
      var z = beta[width]
      for column in 0..<width {
        row[column] = x[index * width + column]
        z += beta[column] * row[column]
      }
      let p = logistic(z)
      let error = p - Double(rows.labels[index])
      let weight = p * (1 - p)
      var place = size
      for i in 0..<size {
        sums[i].add(error * row[i])
        for j in i..<size {
          sums[place].add(weight * row[i] * row[j])
          place += 1
        }
      }
    }
    let totals = try collectives.total(sums)
    var gradient = Array(totals[..<size])
    var hessian = (0..<size).map { _ in [Double](repeating: 0, count: size) }
    var place = size
    for i in 0..<size {
      for j in i..<size {
        hessian[i][j] = totals[place]
        hessian[j][i] = totals[place]
        place += 1
      }
    }
    for column in 0..<width {
      gradient[column] += penalty * beta[column]
      hessian[column][column] += penalty
    }
    return (gradient, hessian)
  }

  public init(files: [String: String], features: FeatureSet) throws {
    parameters = try decodeModel(Parameters.self, "model.json", files)
    guard parameters.features == features.names, parameters.standardisation.fits(features.count),
      parameters.coefficients.count == features.count + 1, parameters.coefficients.allSatisfy(\.isFinite)
    else { throw ComputeError.badModel(reason: "its features are not those of the card, in their order") }
  }

  public var files: [String: String] { ["model.json": encodeModel(parameters)] }

  /// Log-odds.
  public func scores(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    let x = parameters.standardisation.apply(rows)
    let beta = parameters.coefficients
    return stride(from: 0, to: x.count, by: width).map { start in
      var z = beta[width]
      for column in 0..<width { z += beta[column] * x[start + column] }
      return z
    }
  }

  public func contributions(_ rows: UnsafeBufferPointer<Double>, width: Int) -> [Double] {
    let x = parameters.standardisation.apply(rows)
    let beta = parameters.coefficients
    var result: [Double] = []
    result.reserveCapacity(x.count / width * (width + 1))
    for start in stride(from: 0, to: x.count, by: width) {
      for column in 0..<width { result.append(beta[column] * x[start + column]) }
      result.append(beta[width])
    }
    return result
  }

  /// The coefficients' sizes: how far a standard deviation of the feature moves the log-odds.
  public var importances: [Double] { parameters.coefficients.dropLast().map(abs) }
}

/// Solves a symmetric positive definite system by Cholesky's factorisation; nil when the matrix is not such.
func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
  let n = right.count
  var l = matrix
  for j in 0..<n {
    var diagonal = l[j][j]
    for k in 0..<j { diagonal -= l[j][k] * l[j][k] }
    guard diagonal > 0 else { return nil }
    l[j][j] = diagonal.squareRoot()
    for i in j + 1..<max(n, j + 1) {
      var value = l[i][j]
      for k in 0..<j { value -= l[i][k] * l[j][k] }
      l[i][j] = value / l[j][j]
    }
  }
  var x = right
  for i in 0..<n {
    for k in 0..<i { x[i] -= l[i][k] * x[k] }
    x[i] /= l[i][i]
  }
  for i in stride(from: n - 1, through: 0, by: -1) {
    for k in i + 1..<max(n, i + 1) { x[i] -= l[k][i] * x[k] }
    x[i] /= l[i][i]
  }
  return x
}

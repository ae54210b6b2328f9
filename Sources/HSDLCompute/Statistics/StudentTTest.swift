/// The comparison of two means by Student's t-test with equal variances, two-sided.
public struct StudentTTest: Sendable, Equatable {
  /// Numbers of values.
  public var counts: (first: Int, second: Int)
  /// Means.
  public var means: (first: Double, second: Double)
  /// Sample standard deviations.
  public var deviations: (first: Double, second: Double)
  /// The statistic; NaN when it is not defined.
  public var t: Double
  /// The probability of a statistic at least as far from zero if the means were equal.
  public var pValue: Double
  /// The same by Welch's test, which does not need equal variances.
  public var welchPValue: Double

  /// Compares two samples; NaN values are left out.
  public init(_ first: [Double], _ second: [Double]) {
    let a = Moments(first)
    let b = Moments(second)
    counts = (a.count, b.count)
    means = (a.mean, b.mean)
    deviations = (a.standardDeviation, b.standardDeviation)
    let (n, m) = (Double(a.count), Double(b.count))
    guard a.count + b.count > 2, a.count > 0, b.count > 0 else {
      t = .nan
      pValue = .nan
      welchPValue = .nan
      return
    }
    let freedom = n + m - 2
    let pooled = (a.squareSum + b.squareSum) / freedom
    t = (a.mean - b.mean) / (pooled * (1 / n + 1 / m)).squareRoot()
    pValue = Self.twoSided(t, freedom: freedom)
    let (u, v) = (a.variance / n, b.variance / m)
    let welch = (a.mean - b.mean) / (u + v).squareRoot()
    welchPValue = Self.twoSided(welch, freedom: (u + v) * (u + v) / (u * u / (n - 1) + v * v / (m - 1)))
  }

  /// The two-sided probability of Student's distribution.
  static func twoSided(_ t: Double, freedom: Double) -> Double {
    guard !t.isNaN, freedom > 0 else { return .nan }
    if t.isInfinite { return 0 }
    return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
  }

  public static func == (left: StudentTTest, right: StudentTTest) -> Bool {
    left.counts == right.counts && left.means == right.means && left.t == right.t && left.pValue == right.pValue
  }
}

/// Number, mean and spread of a sample; NaN values are left out.
public struct Moments: Sendable, Equatable {
  /// Number of values.
  public var count: Int
  /// Mean; NaN of none.
  public var mean: Double
  /// Sum of the squared distances from the mean.
  public var squareSum: Double

  /// Works out the moments.
  public init(_ values: some Collection<Double>) {
    var sum = ExactSum()
    count = 0
    for value in values where !value.isNaN {
      sum.add(value)
      count += 1
    }
    mean = count > 0 ? sum.value / Double(count) : .nan
    var squares = ExactSum()
    for value in values where !value.isNaN { squares.add((value - mean) * (value - mean)) }
    squareSum = squares.value
  }

  /// Sample variance, with n − 1; NaN of fewer than two values.
  public var variance: Double { count > 1 ? squareSum / Double(count - 1) : .nan }
  /// Sample standard deviation, with n − 1; NaN of fewer than two values.
  public var standardDeviation: Double { variance.squareRoot() }
}

/// The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (Lentz, 1976).
///
/// Small values are right to about 12 digits, down to the smallest double.
public func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  // The fraction converges fast on this side of the mean; on the other the complement is taken.
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
  let logarithmOfFactor =
    logarithmOfGamma(a + b) - logarithmOfGamma(a) - logarithmOfGamma(b) + a * logarithm(x)
    + b * logarithmOfOnePlus(-x)
  let tiny = 1e-300
  var numerator = 1.0
  var denominator = 1 / max(abs(1 - (a + b) * x / (a + 1)), tiny)
  if 1 - (a + b) * x / (a + 1) < 0 { denominator = -denominator }
  var fraction = denominator
  for step in 1...1000 {
    let m = Double(step)
    for isOdd in [false, true] {
      let coefficient =
        isOdd
        ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      denominator = 1 + coefficient * denominator
      if abs(denominator) < tiny { denominator = tiny }
      numerator = 1 + coefficient / numerator
      if abs(numerator) < tiny { numerator = tiny }
      denominator = 1 / denominator
      let change = denominator * numerator
      fraction *= change
      if isOdd && abs(change - 1) < 1e-16 { return exponentialFunction(logarithmOfFactor + logarithm(fraction / a)) }
    }
  }
  return exponentialFunction(logarithmOfFactor + logarithm(fraction / a))
}

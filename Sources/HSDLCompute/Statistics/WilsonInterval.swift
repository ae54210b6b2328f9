/// The interval in which a proportion lies with 95 % confidence (Wilson, 1927).
///
/// - Parameters:
///   - successes: how often it happened.
///   - trials: how often it could have.
/// - Returns: lower and upper bound; 0 and 1 without trials.
public func wilsonInterval(successes: Double, trials: Double) -> (lower: Double, upper: Double) {
  guard trials > 0 else { return (0, 1) }
  let z = 1.959963984540054
  let p = successes / trials
  let center = p + z * z / (2 * trials)
  let spread = z * (p * (1 - p) / trials + z * z / (4 * trials * trials)).squareRoot()
  let scale = 1 + z * z / trials
  // At the ends the bound is exact, whatever the roundings.
  return (
    successes <= 0 ? 0 : max(0, (center - spread) / scale),
    successes >= trials ? 1 : min(1, (center + spread) / scale)
  )
}

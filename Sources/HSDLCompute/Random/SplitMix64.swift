import SeismicFormats

/// A small generator of pseudo-random numbers whose sequence is fixed by its seed (Steele, Lea and Flood, 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Creates a generator.
  public init(seed: UInt64) { state = seed }

  /// Creates the generator of one stream among many: those of different numbers have nothing to do with each other.
  public init(seed: UInt64, stream numbers: UInt64...) {
    state = numbers.reduce(mixed(seed &+ 0x9e37_79b9_7f4a_7c15)) { mixed($0 ^ mixed($1 &+ 0x9e37_79b9_7f4a_7c15)) }
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return mixed(state)
  }

  /// A number from 0 (included) to 1 (not included).
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from the standard normal distribution (Box and Muller, 1958).
  public mutating func normal() -> Double {
    let radius = (-2 * logarithm(1 - uniform())).squareRoot()
    return radius * cosineOfTurn(uniform())
  }

  /// A waiting time with mean 1.
  public mutating func exponential() -> Double { -logarithm(1 - uniform()) }

  /// A count with a given mean (Knuth, 1969); for large means the normal approximation.
  public mutating func poisson(mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    if mean > 200 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
    let limit = exponentialFunction(-mean)
    var product = uniform()
    var count = 0
    while product > limit {
      product *= uniform()
      count += 1
    }
    return count
  }

  /// The elements in random order (Fisher and Yates).
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var elements = elements
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, Int(next() % UInt64(index + 1)))
    }
    return elements
  }
}

/// A count with mean 1 that is fixed by a hash: how often a row is drawn into a bootstrap sample.
///
/// Drawing n of n rows with replacement gives each row a binomial count, which is Poisson with mean 1 for all but the
/// smallest n (Oza and Russell, 2001). Taken from a hash of the row's own name, it does not depend on where the row lies.
func bootstrapCount(_ hash: UInt64) -> Int {
  var uniform = Double(mixed(hash) >> 11) * 0x1p-53
  var probability = 0.36787944117144233
  var count = 0
  while uniform >= probability && count < 12 {
    uniform -= probability
    count += 1
    probability /= Double(count)
  }
  return count
}

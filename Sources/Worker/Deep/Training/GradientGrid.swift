/// The fineness to which gradients are rounded before they are added up, one for each tensor of weights.
///
/// Sums of doubles depend in their last bit on the order of the terms, so on the number of ranks; in some billions of sums that bit
/// decides now and then how the sum becomes a float. Terms that are multiples of one power of two, few and small enough
/// that no sum exceeds 53 bits, add up without any rounding, in every order (the idea of reproducible sums: Demmel and Nguyen, 2013).
/// The power is taken from the gradients of earlier steps, which all ranks know, with room for larger ones. A gradient that
/// exceeds it is noticed, and the step is made again with a coarser grid. The grid is at most 2^-29 of a tensor's largest gradient with up
/// to 1,024 micro-batches in a step; a float has 24 bits.
package struct GradientGrid: Codable, Sendable, Equatable {
  /// Each tensor's terms are at most two to this power in magnitude; nil while nothing is known of them.
  package var exponents: [Int?]

  /// Room for larger gradients of single micro-batches than the mean of all was before, in powers of two.
  static let room = 14
  static let range = -140...128

  /// A grid of which nothing is known yet.
  package init(tensorCount: Int) { exponents = [Int?](repeating: nil, count: tensorCount) }

  /// What is added to a number, and taken away again, to round it to the grid.
  ///
  /// - Parameter microBatches: the number of terms.
  func shift(_ tensor: Int, microBatches: Int) -> Double {
    let bits = min(51, 53 - Self.ceilingOfLogarithm(microBatches))
    return Double(sign: .plus, exponent: 52 + (exponents[tensor] ?? 0) - bits, significand: 1.5)
  }

  /// Whether terms of a tensor may be added up exactly.
  ///
  /// - Parameter largest: the bits of the largest magnitude among them.
  func holds(_ tensor: Int, largest: UInt32) -> Bool {
    guard let exponent = exponents[tensor] else { return false }
    return Double(Float(bitPattern: largest)) <= Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// Takes in the largest terms of all ranks after a step that exceeded the grid.
  mutating func raise(_ largest: [UInt32]) {
    for (tensor, bits) in largest.enumerated() where !holds(tensor, largest: bits) {
      exponents[tensor] = Self.clamped(Self.exponent(above: Float(bitPattern: bits)) + 3)
    }
  }

  /// Follows the mean gradients: up at once, down by a power of two a step.
  mutating func follow(_ tensor: Int, largestMean: Float) {
    guard largestMean > 0, largestMean.isFinite else { return }
    let wanted = Self.exponent(above: largestMean) + Self.room
    exponents[tensor] = Self.clamped(exponents[tensor].map { max(wanted, $0 - 1) } ?? wanted)
  }

  private static func clamped(_ exponent: Int) -> Int {
    min(max(exponent, range.lowerBound), range.upperBound)
  }

  /// The smallest power of two above a magnitude.
  private static func exponent(above value: Float) -> Int {
    value > 0 && value.isFinite ? Int(value.exponent) + 1 : range.lowerBound
  }

  private static func ceilingOfLogarithm(_ count: Int) -> Int {
    count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
  }
}

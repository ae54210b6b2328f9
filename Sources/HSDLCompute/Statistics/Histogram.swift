/// How many values fall between edges of equal distance.
public struct Histogram: Sendable, Equatable {
  /// The edges, one more than there are bins.
  public let edges: [Double]

  /// Edges from the least to the greatest of some values; around a single value, a unit wide.
  ///
  /// - Parameters:
  ///   - values: those that are not finite are left out.
  ///   - count: the number of bins.
  public init(over values: [Double], count: Int) {
    let finite = values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    self.init(range: low...high, count: count)
  }

  /// Edges over a range.
  public init(range: ClosedRange<Double>, count: Int) {
    let count = max(1, count)
    let width = range.upperBound - range.lowerBound
    edges = (0...count).map {
      $0 == count ? range.upperBound : range.lowerBound + width * Double($0) / Double(count)
    }
  }

  /// How many of some values fall into each bin; a value at an edge belongs to the bin that begins there, the last edge to the last bin.
  public func counts(_ values: [Double]) -> [Double] {
    var counts = [Double](repeating: 0, count: edges.count - 1)
    let (low, high) = (edges[0], edges[edges.count - 1])
    for value in values where value >= low && value <= high {
      var bin = min(counts.count - 1, Int((value - low) / (high - low) * Double(counts.count)))
      // Rounding must not move a value across an edge.
      while bin > 0, value < edges[bin] { bin -= 1 }
      while bin < counts.count - 1, value >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
    return counts
  }
}

/// A number as several, one for each interval between edges: how much of the interval lies below it (Gorishniy et al., 2022).
///
/// Networks see sharp changes of what a number means only with many steps of training; with this code they see them at once, as trees do.
struct PiecewiseCode: Sendable {
  /// In ascending order, at least two.
  let edges: [Float]

  /// How many numbers come out.
  var width: Int { edges.count - 1 }

  /// Writes the code of a number.
  func write(_ value: Float, into output: UnsafeMutablePointer<Float>) {
    for interval in 0..<width {
      let share = (value - edges[interval]) / (edges[interval + 1] - edges[interval])
      output[interval] = min(max(share, 0), 1)
    }
  }

  /// Of the picks' probabilities: thresholds of pickers lie between 0.1 and 0.5.
  private static let probability = PiecewiseCode(
    edges: [0, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  /// Of probabilities of the picker that is asked, stretched.
  private static let answer = PiecewiseCode(edges: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  /// Of residuals, over 2 s.
  private static let residual = PiecewiseCode(edges: [-4, -2, -1, -0.5, -0.25, -0.1, 0, 0.1, 0.25, 0.5, 1, 2, 4])
  /// Of logarithms of signal to noise.
  private static let signalToNoise = PiecewiseCode(edges: [-1, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3])

  /// The attributes that are written so, beside their plain values.
  static let attributes: [(StationAttribute, PiecewiseCode)] =
    [(.probabilityP, probability), (.probabilityS, probability)] + StationAttribute.ofPicker.map { ($0, answer) }
    + [
      (.residualP, residual), (.residualS, residual), (.signalToNoiseP, signalToNoise),
      (.signalToNoiseS, signalToNoise),
    ]

  /// How many numbers all of them make.
  static let totalWidth = attributes.reduce(0) { $0 + $1.1.width }
}

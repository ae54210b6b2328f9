/// Makes windows fit for a network, channel by channel: the mean taken off, divided by the standard deviation or by the largest
/// magnitude.
public struct WindowNormalisation: Sendable {
  private let kind: PickerDescription.Normalisation

  /// Takes the kind that a picker wants.
  public init(_ kind: PickerDescription.Normalisation) { self.kind = kind }

  /// Writes a channel of a window.
  ///
  /// The mean is that of the samples that are there; where samples are missing comes 0. A channel that does not vary becomes 0.
  ///
  /// - Parameters:
  ///   - samples: the samples.
  ///   - weights: as many: how much each counts; with 0 it is missing.
  ///   - output: room for as many numbers.
  public func normalise(
    _ samples: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Float>,
    into output: UnsafeMutableBufferPointer<Float>
  ) {
    let count = min(samples.count, weights.count, output.count)
    guard count > 0 else { return }
    typealias Lanes = SIMD8<Double>
    let whole = count / 8 * 8
    func values(_ index: Int) -> Lanes {
      UnsafeRawBufferPointer(samples).loadUnaligned(fromByteOffset: index * 8, as: Lanes.self)
    }
    func factors(_ index: Int) -> Lanes {
      Lanes(UnsafeRawBufferPointer(weights).loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self))
    }
    var sums = Lanes()
    var presents = Lanes()
    for index in stride(from: 0, to: whole, by: 8) {
      let isPresent = factors(index) .> 0
      sums += values(index).replacing(with: 0, where: .!isPresent)
      presents += Lanes().replacing(with: 1, where: isPresent)
    }
    var sum = sums.sum()
    var present = presents.sum()
    for index in whole..<count where weights[index] > 0 {
      sum += samples[index]
      present += 1
    }
    let mean = present > 0 ? sum / present : 0
    // Of the samples as they come out, tapered and zero where there are none.
    var totals = Lanes()
    var squareSums = Lanes()
    var peaks = Lanes()
    for index in stride(from: 0, to: whole, by: 8) {
      let value = (values(index) - mean) * factors(index)
      totals += value
      squareSums += value * value
      let size = value.replacing(with: -value, where: value .< 0)
      peaks.replace(with: size, where: size .> peaks)
    }
    var total = totals.sum()
    var squares = squareSums.sum()
    var largest = peaks.max()
    for index in whole..<count {
      let value = (samples[index] - mean) * Double(weights[index])
      total += value
      squares += value * value
      largest = max(largest, abs(value))
    }
    let offset = total / Double(count)
    var scale: Double
    switch kind {
    case .standardDeviation: scale = max(squares / Double(count) - offset * offset, 0).squareRoot()
    case .peak: scale = largest
    }
    // What is left of a constant by rounding is no signal.
    if !(scale > 1e-13 * abs(mean)) || scale < 1e-300 { scale = 0 }
    guard scale > 0, scale.isFinite else {
      for index in 0..<count { output[index] = 0 }
      return
    }
    let factor = 1 / scale
    for index in stride(from: 0, to: whole, by: 8) {
      let value = SIMD8<Float>((values(index) - mean) * factors(index) * factor)
      UnsafeMutableRawBufferPointer(output).storeBytes(of: value, toByteOffset: index * 4, as: SIMD8<Float>.self)
    }
    for index in whole..<count { output[index] = Float((samples[index] - mean) * Double(weights[index]) * factor) }
  }
}

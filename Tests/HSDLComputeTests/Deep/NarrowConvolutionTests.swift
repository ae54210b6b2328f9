import HSDLCompute
import TestSupport
import Testing

/// Convolutions of few channels over many samples go a way of their own in single precision; in double precision libtorch's.
@Suite("Convolutions of few channels")
struct NarrowConvolutionTests {
  private func numbers(_ count: Int, _ random: inout SplitMix64) -> [Float] {
    (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
  }

  @Test("values are those of double precision", arguments: [1, 2, 4, 7, 11, 16])
  func values(taps: Int) throws {
    var random = SplitMix64(seed: UInt64(taps))
    for (inputs, outputs) in [(1, 1), (3, 8), (5, 7), (8, 1), (16, 13), (64, 64)] {
      for length in [511, 512, 517, 575, 1024] {
        let x = try Batch([Tensor(numbers(2 * inputs * length, &random), [2, inputs, length])])
        let weight = try Batch([Tensor(numbers(outputs * inputs * taps, &random), [outputs, inputs, taps])])
        let bias = try Batch([Tensor(numbers(outputs, &random), [outputs])])
        for left in Set([0, taps / 2, taps - 1]).sorted() {
          let found = try x.conv1d(weight, bias: bias, left: left, right: taps - 1 - left).tensors[0].doubles()
          let expected = try x.map { try $0.inDoublePrecision() }.conv1d(
            weight.map { try $0.inDoublePrecision() }, bias: bias.map { try $0.inDoublePrecision() }, left: left,
            right: taps - 1 - left
          ).tensors[0].doubles()
          let error = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
          #expect(found.count == expected.count)
          #expect(error < 2e-7 * Double(inputs * taps + 8), "\(inputs) to \(outputs), \(length) samples, \(left)")
        }
      }
    }
  }

  /// Gradients of a smooth function of two convolutions, one behind the other, with a cut between them that leaves numbers apart in memory.
  private func gradients(_ leaves: [Tensor], taps: (Int, Int), length: Int) throws -> [[Double]] {
    try leaves.forEach { try $0.requireGradient() }
    let loss = try Tensor.recording {
      let first = try leaves[0].conv1d(leaves[1], bias: leaves[2], left: (taps.0 - 1) / 2, right: taps.0 / 2).tanh()
      let cut = try first.narrow(2, from: 3, count: length - 5)
      return try cut.conv1d(leaves[3], left: taps.1 - 1, right: 0).tanh().squared().sum([])
    }
    try loss.backward()
    return try leaves.map { try $0.gradient().doubles() }
  }

  @Test("gradients are those of double precision", arguments: [(1, 11), (4, 7), (11, 3), (9, 16)])
  func gradients(taps: (Int, Int)) throws {
    var random = SplitMix64(seed: 5)
    for (inputs, between, outputs) in [(3, 8, 1), (5, 4, 13), (16, 12, 8), (1, 1, 1)] {
      for length in [530, 777] {
        let shapes = [
          [2, inputs, length], [between, inputs, taps.0], [between], [outputs, between, taps.1],
        ]
        let values = shapes.map { shape in numbers(shape.reduce(1, *), &random).map { 0.3 * $0 } }
        let single = try zip(values, shapes).map { try Tensor($0, $1) }
        let double = try zip(values, shapes).map { try Tensor($0, $1).inDoublePrecision() }
        let found = try gradients(single, taps: taps, length: length)
        let expected = try gradients(double, taps: taps, length: length)
        for (place, (ours, theirs)) in zip(found, expected).enumerated() {
          let difference = zip(ours, theirs).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
          let size = theirs.reduce(0) { $0 + $1 * $1 }.squareRoot()
          #expect(ours.count == theirs.count && size > 1e-3)
          #expect(difference < 3e-6 * size, "\(inputs) to \(between) to \(outputs), \(length) samples, leaf \(place)")
        }
      }
    }
  }
}

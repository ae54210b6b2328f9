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

  @Test("gradients of networks are those of double precision", arguments: ["phasenet", "eqtransformer"])
  func gradients(name: String) throws {
    let network: any PickerArchitecture =
      name == "phasenet" ? PhaseNet(windowLength: 2049) : EQTransformer(windowLength: 2060)
    let parameters = network.freshParameters(seed: 3)
    let length = network.description.windowLength
    var random = SplitMix64(seed: 4)
    let batch = PickerMicroBatch(
      count: 2, length: length, windows: numbers(6 * length, &random),
      targets: numbers(6 * length, &random).map { 0.5 + 0.5 * $0 }, weights: [1, 0.5],
      arrivals: [(p: -1, s: -1), (p: -1, s: -1)], names: ["a", "b"])
    func gradients(double: Bool) throws -> [[Double]] {
      let training = try PickerTraining(network, parameters)
      training.usesDoublePrecision = double
      var result = [[Double]](repeating: [], count: parameters.weightTensors.count)
      _ = try training.gradients(of: [batch], totalWeight: 1.5, seed: 1, keys: [0], exchange: NoExchange()) {
        result[$0] = $1.map(Double.init)
      }
      return result
    }
    let found = try gradients(double: false)
    let expected = try gradients(double: true)
    // Of all tensors together: what is 0 but for rounding has no error of its own.
    let size = expected.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(size > 1e-4)
    for (index, tensor) in parameters.weightTensors.enumerated() {
      let difference = zip(found[index], expected[index]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      let own = expected[index].reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(difference < 1e-3 * own + 1e-5 * size, "\(parameters.layout[tensor].name)")
    }
  }
}

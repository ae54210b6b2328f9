import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

/// Networks of numbers that stand for nothing, but make curves that vary.
private enum Sample {
  /// Weights as layers begin, and statistics of batch normalisation that are not those of a beginning.
  static func parameters(_ network: any PickerArchitecture, seed: UInt64) -> NetworkParameters {
    let parameters = network.freshParameters(seed: seed)
    var random = SplitMix64(seed: seed + 1)
    for (index, tensor) in parameters.layout.enumerated() {
      let isVector = tensor.shape.count == 1
      for place in 0..<tensor.count {
        let draw = Float.random(in: -0.3...0.3, using: &random)
        switch tensor.role {
        case .statistic: parameters.values(index)[place] = tensor.name.hasSuffix("var") ? 1 + draw : draw
        case .weight: if isVector { parameters.values(index)[place] += draw }
        }
      }
    }
    return parameters
  }

  /// Normalised noise with a burst somewhere.
  static func windows(_ count: Int, length: Int, seed: UInt64 = 7) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count * 3 * length).map { place in
      let burst = place % length / 97 % 11 == 3
      let draw = Float.random(in: -1.7...1.7, using: &random)
      return burst ? 3 * draw : 0.8 * draw
    }
  }
}

private func probabilities(_ picker: any PickerNetwork, _ windows: [Float]) throws -> [Float] {
  let count = windows.count / (3 * picker.description.windowLength)
  var result = [Float](repeating: -1, count: count * picker.description.outputs.count * picker.description.windowLength)
  try windows.withUnsafeBufferPointer { windows in
    try result.withUnsafeMutableBufferPointer { try picker.probabilities(windows, count: count, into: $0) }
  }
  return result
}

private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  var largest: Float = 0
  for (x, y) in zip(a, b) where !(abs(x - y) <= largest) { largest = abs(x - y) }
  return largest
}

/// Widths of vectors that this processor has.
private func widths() -> [Int] {
  let network = PhaseNet(windowLength: 256)
  let parameters = network.freshParameters(seed: 1)
  return [4, 8, 16].filter { (try? CompiledPhaseNet(network, parameters, lanes: $0)) != nil }
}

@Suite("Compiled networks")
struct CompiledNetworkTests {
  @Test("PhaseNet agrees with libtorch for every width of vectors", arguments: [256, 1001, 3000, 3001])
  func phaseNet(length: Int) throws {
    let network = PhaseNet(windowLength: length)
    let parameters = Sample.parameters(network, seed: 3)
    let windows = Sample.windows(2, length: length)
    let expected = try probabilities(LibtorchPicker(network, parameters, batchSize: 2), windows)
    #expect((expected.max() ?? 0) - (expected.min() ?? 0) > 0.2)
    for width in widths() {
      let found = try probabilities(CompiledPhaseNet(network, parameters, lanes: width), windows)
      #expect(largestDifference(found, expected) < 2e-6, "\(width)")
    }
  }

  static let transformers: [EQTransformer] = {
    var mixed = EQTransformer(windowLength: 3072, recurrentBlocks: 1)
    mixed.hardGates = true
    return [
      EQTransformer(), .original(recurrentBlocks: 3), .original(recurrentBlocks: 2), mixed,
      EQTransformer(windowLength: 1034),
    ]
  }()

  @Test("EQTransformer agrees with libtorch for every version and width of vectors", arguments: transformers.indices)
  func eqTransformer(version: Int) throws {
    let network = Self.transformers[version]
    let parameters = Sample.parameters(network, seed: 5)
    let windows = Sample.windows(2, length: network.windowLength)
    let expected = try probabilities(LibtorchPicker(network, parameters, batchSize: 2), windows)
    #expect((expected.max() ?? 0) - (expected.min() ?? 0) > 0.02)
    for width in widths() {
      let found = try probabilities(CompiledEQTransformer(network, parameters, lanes: width), windows)
      #expect(largestDifference(found, expected) < 1e-5, "\(width)")
    }
  }

  @Test("attention of any magnitude is that of libtorch", arguments: [1, 30, 3000] as [Float])
  func attention(scale: Float) throws {
    let network = EQTransformer(windowLength: 1024, recurrentBlocks: 1)
    let parameters = Sample.parameters(network, seed: 9)
    for (index, tensor) in parameters.layout.enumerated()
    where tensor.name.hasSuffix(".Wx") || tensor.name.hasSuffix(".Wt") {
      for place in 0..<tensor.count { parameters.values(index)[place] *= scale }
    }
    let windows = Sample.windows(1, length: 1024)
    let expected = try probabilities(LibtorchPicker(network, parameters, batchSize: 1), windows)
    for width in widths() {
      let found = try probabilities(CompiledEQTransformer(network, parameters, lanes: width), windows)
      #expect(largestDifference(found, expected) < 2e-5, "\(width)")
    }
  }

  @Test("a window's bits do not depend on the others of a call")
  func neighbours() throws {
    let phaseNet = PhaseNet()
    let transformer = EQTransformer(windowLength: 1500)
    for width in widths() {
      let pickers: [any PickerNetwork] = [
        try CompiledPhaseNet(phaseNet, Sample.parameters(phaseNet, seed: 11), lanes: width),
        try CompiledEQTransformer(transformer, Sample.parameters(transformer, seed: 11), lanes: width),
      ]
      for picker in pickers {
        let size = 3 * picker.description.windowLength
        let windows = Sample.windows(17, length: picker.description.windowLength)
        let single = try (0..<17).map { try probabilities(picker, Array(windows[$0 * size..<($0 + 1) * size])) }
        for count in [1, 2, 3, 4, 5, 7, 8, 9, 17] {
          let found = try probabilities(picker, Array(windows[(17 - count) * size..<17 * size]))
          let same = (0..<count).allSatisfy { window in
            single[17 - count + window].elementsEqual(found[window * size..<(window + 1) * size]) {
              $0.bitPattern == $1.bitPattern
            }
          }
          #expect(same, "\(picker.description.architecture) \(width) \(count)")
        }
      }
    }
  }

  @Test("extreme windows give probabilities", arguments: [0, 1e-30, 1e6] as [Float])
  func extremes(scale: Float) throws {
    let network = EQTransformer(windowLength: 1024)
    let picker = try CompiledEQTransformer(network, Sample.parameters(network, seed: 13))
    let found = try probabilities(picker, Sample.windows(1, length: 1024).map { $0 * scale })
    #expect(found.allSatisfy { (0...1).contains($0) })
    let small = PhaseNet(windowLength: 300)
    let other = try CompiledPhaseNet(small, Sample.parameters(small, seed: 13))
    let curves = try probabilities(other, Sample.windows(1, length: 300).map { $0 * scale })
    #expect(curves.allSatisfy { (0...1.000001).contains($0) })
    for sample in 0..<300 {
      let sum: Float = curves[sample] + curves[300 + sample] + curves[600 + sample]
      #expect(abs(sum - 1) < 1e-6)
    }
  }

  @Test("what cannot be compiled is refused with the reason")
  func refusals() throws {
    func reason(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch { return "\(error)" }
    }
    let network = PhaseNet()
    let parameters = network.freshParameters(seed: 1)
    let without = NetworkParameters(network.layout.filter { $0.name != "up_branch.2.1.running_var" })
    #expect(reason { _ = try CompiledPhaseNet(network, without) }.contains("up_branch.2.1.running_var"))
    #expect(reason { _ = try CompiledPhaseNet(network, parameters, lanes: 5) }.contains("vectors of 5"))
    #expect(reason { _ = try CompiledPhaseNet(PhaseNet(filterFactor: 2), parameters) }.contains("2 times"))
    #expect(reason { _ = try CompiledPhaseNet(PhaseNet(windowLength: 10), parameters) }.contains("10 samples"))
    #expect(reason { _ = try CompiledEQTransformer(EQTransformer(), parameters) }.contains("encoder.convs.0.weight"))
    let odd = EQTransformer(windowLength: 6001)
    #expect(reason { _ = try CompiledEQTransformer(odd, odd.freshParameters(seed: 1)) }.contains("6001"))
    let picker = try CompiledPhaseNet(network, parameters)
    let windows = [Float](repeating: 0, count: 9003)
    var room = windows
    let complaint = windows.withUnsafeBufferPointer { windows in
      room.withUnsafeMutableBufferPointer { room in
        reason { try picker.probabilities(windows, count: 2, into: room) }
      }
    }
    #expect(complaint.contains("2 windows"))
  }

  @Test(
    "EQTransformer gives what SeisBench gives for a real record", .enabled(if: SharedData.has("reference/networks")))
  func reference() throws {
    let folder = SharedData.path("reference/networks")
    let network = EQTransformer()
    let parameters = NetworkParameters(network.layout)
    try parameters.take(SafeTensors("\(folder)/eqtransformer_random.safetensors").arrays(), from: "reference")
    let windows = try NumPyFile.read("\(folder)/eqtransformer_input.npy").values
    let expected = try NumPyFile.read("\(folder)/eqtransformer_output.npy").values
    for width in widths() {
      let found = try probabilities(CompiledEQTransformer(network, parameters, lanes: width), windows)
      // The reference itself, in single precision, is 1.0e-5 away from double precision.
      #expect(largestDifference(found, expected) < 4e-5, "\(width)")
    }
  }

  /// From SeisBench 0.12.6 in evaluation mode: window, curve, sample, probability.
  static let phaseNetReference: [(Int, Int, Int, Float)] = [
    (0, 0, 0, 0.27833825), (0, 1, 643, 0.29794332), (0, 2, 892, 0.50220728),
    (0, 1, 892, 0.41601834), (0, 0, 3000, 0.26047912), (1, 1, 1, 0.30844477),
    (1, 2, 1500, 0.55953062), (1, 0, 2999, 0.24262232), (2, 0, 17, 0.28954658),
    (2, 1, 750, 0.33925509), (2, 2, 3000, 0.46958798), (3, 0, 1024, 0.17958407),
    (3, 1, 2047, 0.24316341), (3, 2, 0, 0.39037058), (3, 1, 3000, 0.23575926),
  ]

  @Test(
    "PhaseNet gives what SeisBench gives for a real record", .enabled(if: SharedData.has("reference/networks")))
  func phaseNetReference() throws {
    let folder = SharedData.path("reference/networks")
    let network = PhaseNet()
    let parameters = NetworkParameters(network.layout)
    try parameters.take(SafeTensors("\(folder)/phasenet_random.safetensors").arrays(), from: "reference")
    let windows = try NumPyFile.read("\(folder)/phasenet_input.npy").values
    for width in widths() {
      let found = try probabilities(CompiledPhaseNet(network, parameters, lanes: width), windows)
      for (window, curve, sample, expected) in Self.phaseNetReference {
        let value = found[(window * 3 + curve) * 3001 + sample]
        #expect(abs(value - expected) < 1e-6, "\(width) \(window) \(curve) \(sample)")
      }
    }
  }
}

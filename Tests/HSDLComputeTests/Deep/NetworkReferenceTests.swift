import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

@Suite("Networks against references")
struct NetworkReferenceTests {
  static let folder = "reference/networks"

  static func largest(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  /// Probabilities of windows that stand one behind another.
  static func probabilities(
    _ architecture: any PickerArchitecture, _ parameters: NetworkParameters, _ windows: [Float], batchSize: Int = 4
  ) throws -> [Float] {
    let picker = try LibtorchPicker(architecture, parameters, batchSize: batchSize)
    let length = picker.description.windowLength
    let count = windows.count / (3 * length)
    var result = [Float](repeating: 0, count: count * picker.description.outputs.count * length)
    try windows.withUnsafeBufferPointer { windows in
      try result.withUnsafeMutableBufferPointer { try picker.probabilities(windows, count: count, into: $0) }
    }
    return result
  }

  private func files(_ name: String) throws -> (imported: WeightImport.Imported, input: [Float], output: [Float]) {
    let file = SharedData.path("\(Self.folder)/\(name)_random.safetensors")
    return (
      try WeightImport.network(SafeTensors(file).arrays(), from: file),
      try NumPyFile.read(SharedData.path("\(Self.folder)/\(name)_input.npy")).values,
      try NumPyFile.read(SharedData.path("\(Self.folder)/\(name)_output.npy")).values
    )
  }

  @Test("EQTransformer gives SeisBench's probabilities to 1e-4", .enabled(if: SharedData.has(folder)))
  func eqTransformer() throws {
    let (imported, input, output) = try files("eqtransformer")
    #expect(imported.origin == .seisBench)
    #expect(imported.architecture == .eqTransformer(EQTransformer()))
    let found = try Self.probabilities(imported.architecture.architecture, imported.parameters, input)
    #expect(Self.largest(found, output) < 1e-4)
  }

  /// Noise, P and S of the four windows at samples 0, 1, 750, 1500, 2999, 3000, by SeisBench 0.12.6 in evaluation mode.
  static let phaseNetProbabilities: [Float] = [
    0.2783383, 0.300948, 0.4207138, 0.2970556, 0.3666329, 0.3363114, 0.2908746, 0.2753967, 0.4337287,
    0.2481824, 0.2598715, 0.4919461, 0.2812094, 0.3074001, 0.4113905, 0.2604791, 0.2703781, 0.4691429,
    0.3263237, 0.2845041, 0.3891722, 0.3374459, 0.3084448, 0.3541094, 0.1770887, 0.2264583, 0.596453,
    0.214662, 0.2258075, 0.5595306, 0.2426223, 0.3381856, 0.4191921, 0.2178824, 0.269798, 0.5123195,
    0.3102945, 0.3746855, 0.3150199, 0.2636746, 0.3029356, 0.4333898, 0.2851591, 0.3392551, 0.3755859,
    0.168342, 0.2704323, 0.5612257, 0.2805121, 0.273688, 0.4457999, 0.2593469, 0.2710651, 0.469588,
    0.3088475, 0.3007818, 0.3903706, 0.2107481, 0.3263084, 0.4629435, 0.2950533, 0.3395632, 0.3653835,
    0.2737111, 0.2873539, 0.438935, 0.2781011, 0.3572519, 0.364647, 0.1833379, 0.2357593, 0.5809028,
  ]

  @Test("PhaseNet gives SeisBench's probabilities to 1e-4", .enabled(if: SharedData.has(folder)))
  func phaseNet() throws {
    let (imported, input, _) = try files("phasenet")
    #expect(imported.architecture == .phaseNet(PhaseNet()))
    let found = try Self.probabilities(imported.architecture.architecture, imported.parameters, input)
    var chosen: [Float] = []
    for window in 0..<4 {
      for sample in [0, 1, 750, 1500, 2999, 3000] {
        for output in 0..<3 { chosen.append(found[(window * 3 + output) * 3001 + sample]) }
      }
    }
    #expect(Self.largest(chosen, Self.phaseNetProbabilities) < 1e-4)
  }

  /// The stored output of PhaseNet is that with the batch's own statistics, as in training.
  @Test("PhaseNet in training gives the stored output to 1e-4", .enabled(if: SharedData.has(folder)))
  func phaseNetInTraining() throws {
    let (imported, input, output) = try files("phasenet")
    let pass = try ForwardPass(
      training: imported.parameters, sampleWeights: [[1, 1], [1, 1]], seed: 1, keys: [0, 1], exchange: NoExchange())
    let half = input.count / 2
    let found = try Tensor.withoutRecording {
      let windows = Batch([
        try Tensor(Array(input[..<half]), [2, 3, 3001]), try Tensor(Array(input[half...]), [2, 3, 3001]),
      ])
      return try imported.architecture.architecture.curves(windows, pass).softmax(1).tensors.flatMap { try $0.values() }
    }
    #expect(Self.largest(found, output) < 1e-4)
  }
}

import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

@Suite("Parameters from files of weights")
struct NetworkParametersTests {
  static let layout = [
    TensorSpecification("conv.weight", [2, 1, 3]), TensorSpecification("bn.running_mean", [2], .statistic),
    TensorSpecification("conv.bias", [2]),
  ]
  static let tensors: [(name: String, array: NumericArray)] = [
    ("conv.bias", NumericArray(shape: [2], values: [7, 8])),
    ("bn.num_batches_tracked", NumericArray(shape: [], values: [5], type: .int64)),
    ("bn.running_mean", NumericArray(shape: [2], values: [-1, -2])),
    ("conv.weight", NumericArray(shape: [2, 1, 3], values: [1, 2, 3, 4, 5, 6])),
  ]

  private func complaint(_ tensors: [(name: String, array: NumericArray)]) -> String {
    let parameters = NetworkParameters(Self.layout)
    do {
      try parameters.take(tensors, from: "w.safetensors")
      return ""
    } catch {
      #expect(parameters.weights.allSatisfy { $0 == 0 })
      return "\(error)"
    }
  }

  @Test("weights and statistics come to their places")
  func taken() throws {
    let parameters = NetworkParameters(Self.layout)
    try parameters.take(Self.tensors, from: "w")
    #expect(Array(parameters.weights) == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(Array(parameters.statistics) == [-1, -2])
    let again = NetworkParameters(Self.layout)
    try again.take(parameters.tensors, from: "w")
    #expect(Array(again.weights) == Array(parameters.weights))
  }

  @Test("through a file")
  func file() throws {
    let folder = try TemporaryFolder()
    let parameters = NetworkParameters(Self.layout)
    try parameters.take(Self.tensors, from: "w")
    try SafeTensors.write(parameters.tensors, to: folder.path("w"))
    let again = NetworkParameters(Self.layout)
    try again.take(try SafeTensors(folder.path("w")).arrays(), from: "w")
    #expect(Array(again.weights) == Array(parameters.weights))
    #expect(Array(again.statistics) == Array(parameters.statistics))
  }

  @Test("the first tensor that does not fit is named, with both shapes")
  func wrong() {
    var tensors = Self.tensors
    tensors[0].array = NumericArray(shape: [3], values: [1, 2, 3])
    #expect(complaint(tensors).contains("'conv.bias' has the shape 3; expected the shape 2"))
    tensors[3].array.shape = [1, 2, 3]
    #expect(complaint(tensors).contains("'conv.weight' has the shape 1 × 2 × 3; expected the shape 2 × 1 × 3"))
    tensors.remove(at: 3)
    #expect(complaint(tensors).contains("there is no tensor 'conv.weight'"))
    #expect(complaint(Self.tensors + [Self.tensors[0]]).contains("stands twice"))
    #expect(complaint([]).contains("'conv.weight'"))
  }

  @Test("tensors without a place, and numbers that are none, are named")
  func left() {
    #expect(complaint(Self.tensors + [("fc.bias", NumericArray(shape: [], values: [0]))]).contains("'fc.bias'"))
    var tensors = Self.tensors
    tensors[2].array.values[1] = .nan
    #expect(complaint(tensors).contains("'bn.running_mean' holds nan as its number 1"))
  }
}

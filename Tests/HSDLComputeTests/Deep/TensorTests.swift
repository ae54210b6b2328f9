import HSDLCompute
import Testing

@Suite("Tensors")
struct TensorTests {
  @Test("a convolution and its gradients are those worked out by hand")
  func convolution() throws {
    let input = try Tensor([1, 2, 3, 4], [1, 1, 4])
    let weight = try Tensor([1, 10, 100], [1, 1, 3])
    try weight.requireGradient()
    let output = try input.conv1d(weight, left: 1, right: 1)
    #expect(output.shape == [1, 1, 4])
    #expect(try output.values() == [210, 321, 432, 43])
    try output.sum([]).backward()
    #expect(try weight.gradient().values() == [6, 10, 9])
  }

  @Test("what does not fit is an error in words")
  func errors() throws {
    #expect(throws: ComputeError.self) { try Tensor([1, 2, 3], [2, 2]) }
    #expect(throws: ComputeError.self) { try Tensor([1, 2, 3], [-1, -3]) }
    let tensor = try Tensor([1, 2, 3], [3])
    #expect {
      try tensor.matmul(Tensor([1, 2], [2]))
    } throws: {
      guard case ComputeError.torch("matmul", let text) = $0 else { return false }
      return text.contains("3") && !text.contains("\n")
    }
  }

  @Test("shapes change as they should")
  func shapes() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 6], [1, 2, 3])
    #expect(try x.permute([0, 2, 1]).values() == [1, 4, 2, 5, 3, 6])
    #expect(try x.narrow(2, from: 1, count: 2).values() == [2, 3, 5, 6])
    #expect(try x.pad(1, 0, with: 9).values() == [9, 1, 2, 3, 9, 4, 5, 6])
    #expect(try x.upsampled(2).shape == [1, 2, 6])
    #expect(try x.maxPool1d(2, stride: 2, right: 1).values() == [2, 3, 5, 6])
    #expect(try x.reshape([3, -1]).shape == [3, 2])
    #expect(try x.concatenated([x], 1).shape == [1, 4, 3])
    #expect(try x.stacked([x], 0).shape == [2, 1, 2, 3])
    #expect(try x.sum([2]).values() == [6, 15])
    #expect(try x.max([1, 2], keep: true).shape == [1, 1, 1])
    let mask = try Tensor([0, 1, 0], [3])
    #expect(try x.masked(mask, with: -1).values() == [1, -1, 3, 4, -1, 6])
  }

  @Test("functions have their values")
  func functions() throws {
    let x = try Tensor([-3, -1, 0, 2], [4])
    #expect(try x.relu().values() == [0, 0, 0, 2])
    #expect(try x.hardSigmoid().values().map { ($0 * 1000).rounded() } == [0, 300, 500, 900])
    #expect(try x.softmax(0).values().reduce(0, +) == 1)
    #expect(
      try x.binaryCrossEntropy(Tensor([0, 1, 0.5, 1], [4])).values().map { ($0 * 1e4).rounded() } == [
        486, 13133, 6931, 1269,
      ])
  }

  @Test("a batch of one goes with several micro-batches; other numbers do not")
  func batches() throws {
    let one = Batch([try Tensor([1], [1])])
    let two = Batch([try Tensor([1], [1]), try Tensor([2], [1])])
    let three = Batch([try Tensor([1], [1]), try Tensor([2], [1]), try Tensor([3], [1])])
    #expect(try two.adding(one).tensors.map { try $0.values() } == [[2], [3]])
    #expect(try one.adding(three).tensors.count == 3)
    #expect(throws: ComputeError.self) { try two.adding(three) }
  }
}

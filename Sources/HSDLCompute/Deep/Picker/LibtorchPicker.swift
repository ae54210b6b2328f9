/// A picker that runs its network in libtorch.
public final class LibtorchPicker: PickerNetwork {
  /// The form of the network.
  public let architecture: any PickerArchitecture
  public let description: PickerDescription
  private let pass: ForwardPass
  private let batchSize: Int
  private var windows: [Float]

  /// Takes a network and its numbers, which it looks into: they may change between calls, not in them.
  ///
  /// - Parameters:
  ///   - architecture: the form.
  ///   - parameters: the numbers.
  ///   - batchSize: how many windows go through at a time.
  /// - Throws: ``ComputeError`` when the numbers are not of that form.
  public init(_ architecture: any PickerArchitecture, _ parameters: NetworkParameters, batchSize: Int = 8) throws {
    try architecture.check(parameters.layout)
    self.architecture = architecture
    description = architecture.description
    self.batchSize = max(1, batchSize)
    pass = try ForwardPass(evaluating: parameters)
    windows = [Float](repeating: 0, count: self.batchSize * 3 * description.windowLength)
  }

  public func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>
  ) throws {
    let length = description.windowLength
    let outputs = description.outputs.count
    guard count >= 0, windows.count == count * 3 * length, probabilities.count == count * outputs * length else {
      throw ComputeError.badModel(
        reason: "\(count) windows for this picker have \(count) × 3 × \(length) numbers, and found are \(windows.count)"
      )
    }
    var done = 0
    while done < count {
      let part = min(batchSize, count - done)
      // A short batch is filled up, so that all of a network's arithmetic is always done in the same shape.
      for index in 0..<part * 3 * length { self.windows[index] = windows[done * 3 * length + index] }
      for index in part * 3 * length..<self.windows.count { self.windows[index] = 0 }
      let curves = try Tensor.withoutRecording {
        let input = Batch([try Tensor(self.windows, [batchSize, 3, length])])
        return try architecture.outputFunction.probabilities(architecture.curves(input, pass))
      }
      guard let tensor = curves.tensors.first, tensor.shape == [batchSize, outputs, length] else {
        throw ComputeError.badModel(
          reason: "the network gives \(curves.shape) in place of \([batchSize, outputs, length])")
      }
      try tensor.narrow(0, from: 0, count: part).copy(
        into: UnsafeMutableBufferPointer(
          rebasing: probabilities[done * outputs * length..<(done + part) * outputs * length]))
      done += part
    }
  }
}

extension PickerArchitecture {
  /// Checks that tensors are those of this architecture.
  ///
  /// - Throws: ``ComputeError`` that names the first tensor that differs.
  public func check(_ found: [TensorSpecification]) throws {
    let name = description.architecture
    for (index, expected) in layout.enumerated() {
      guard index < found.count else {
        throw ComputeError.badModel(reason: "the tensor '\(expected.name)' of \(name) is missing")
      }
      guard found[index] == expected else {
        throw ComputeError.badModel(
          reason: "the tensor '\(found[index].name)' \(found[index].shape) stands where \(name) has "
            + "'\(expected.name)' \(expected.shape)")
      }
    }
    guard found.count == layout.count else {
      throw ComputeError.badModel(reason: "\(name) has no tensor '\(found[layout.count].name)'")
    }
  }
}

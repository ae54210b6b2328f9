/// All numbers of a network: the weights in one stretch of memory, its statistics in another, each in the order of the
/// layout.
///
/// The memory stays where it is as long as the object lives, so tensors may look into it. An object belongs to one thread.
public final class NetworkParameters {
  /// The tensors, in the order in which the network uses them.
  public let layout: [TensorSpecification]
  /// The weights of all tensors of role `weight`, one after another.
  public let weights: UnsafeMutableBufferPointer<Float>
  /// The numbers of all tensors of role `statistic`, one after another.
  public let statistics: UnsafeMutableBufferPointer<Float>
  /// The places in ``layout`` of the tensors of role `weight`, in order: the numbering of gradients.
  public let weightTensors: [Int]
  /// Where each tensor of ``layout`` begins in its stretch.
  public let offsets: [Int]

  /// Makes room for the tensors of a layout; all numbers are zero.
  public init(_ layout: [TensorSpecification]) {
    self.layout = layout
    var weightCount = 0
    var statisticCount = 0
    var offsets: [Int] = []
    for tensor in layout {
      switch tensor.role {
      case .weight:
        offsets.append(weightCount)
        weightCount += tensor.count
      case .statistic:
        offsets.append(statisticCount)
        statisticCount += tensor.count
      }
    }
    self.offsets = offsets
    weightTensors = layout.indices.filter { layout[$0].role == .weight }
    weights = Self.memory(weightCount)
    statistics = Self.memory(statisticCount)
  }

  deinit {
    UnsafeMutableRawPointer(weights.baseAddress)?.deallocate()
    UnsafeMutableRawPointer(statistics.baseAddress)?.deallocate()
  }

  private static func memory(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    let numbers = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    numbers.initialize(repeating: 0, count: max(count, 1))
    return UnsafeMutableBufferPointer(start: numbers, count: count)
  }

  /// The numbers of the tensor at a place of ``layout``.
  public func values(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
    let tensor = layout[index]
    let stretch = tensor.role == .weight ? weights : statistics
    return UnsafeMutableBufferPointer(rebasing: stretch[offsets[index]..<offsets[index] + tensor.count])
  }

  /// The numbers of a tensor; nil where there is none of that name.
  public func values(named name: String) -> UnsafeMutableBufferPointer<Float>? {
    layout.firstIndex { $0.name == name }.map(values)
  }

  /// Takes over the numbers of other parameters of the same layout.
  public func assign(_ other: NetworkParameters) throws {
    guard other.layout == layout else { throw ComputeError.badModel(reason: "the layouts of the parameters differ") }
    _ = weights.update(fromContentsOf: other.weights)
    _ = statistics.update(fromContentsOf: other.statistics)
  }
}

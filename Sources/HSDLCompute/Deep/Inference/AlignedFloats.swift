/// Numbers at an address that vectors of every width may begin at, zero at first.
final class AlignedFloats {
  /// The numbers.
  let base: UnsafeMutablePointer<Float>
  /// How many there are.
  let count: Int

  /// Makes room for some numbers.
  init(_ count: Int) {
    self.count = max(count, 1)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: self.count * MemoryLayout<Float>.stride, alignment: 64)
    base = memory.bindMemory(to: Float.self, capacity: self.count)
    base.initialize(repeating: 0, count: self.count)
  }

  /// Takes over numbers, rounded to single precision once.
  convenience init(_ values: [Double]) {
    self.init(values.count)
    for (index, value) in values.enumerated() { base[index] = Float(value) }
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }
}

/// A sequence of activations, all channels of a sample side by side, with zeros before and behind that convolutions may read.
final class PaddedSequence {
  /// Samples of zeros at either end.
  static let margin = 32

  /// Channels of a sample.
  let channels: Int
  /// Samples.
  let length: Int
  private let memory: AlignedFloats

  /// Makes a sequence of zeros.
  init(channels: Int, length: Int) {
    self.channels = channels
    self.length = length
    memory = AlignedFloats((length + 2 * Self.margin) * channels)
  }

  /// The first channel of a sample, which may lie in the margins.
  func at(_ sample: Int) -> UnsafeMutablePointer<Float> { memory.base + (Self.margin + sample) * channels }

  /// Makes the margins zero again where rows of several samples reached into them.
  func clearEdges() {
    at(-4).update(repeating: 0, count: 4 * channels)
    at(length).update(repeating: 0, count: 4 * channels)
  }
}

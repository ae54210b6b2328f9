package import HSDLCompute
package import MPI
import SeismicFormats

/// Sums of gradients over all micro-batches of all ranks, made while the backward pass goes on.
///
/// Tensors lie in buckets, the last tensor of the network first, as the backward pass reaches it first. When all of this rank's gradients of
/// a bucket have come, its sum over the ranks is started; it goes on beside the work, pushed at every further gradient. Buckets are started in one
/// fixed order on all ranks, on a communicator of their own, so that sums for other purposes may come in between in any order.
package final class GradientReduction {
  private struct Bucket {
    var range: Range<Int>
    var tensors: [Int]
    /// Gradients of this rank's micro-batches that have not come.
    var missing = 0
  }

  private let parameters: NetworkParameters
  private let communicator: any Communicator
  private let sums: UnsafeMutableBufferPointer<Double>
  /// Where each tensor of weights lies in `sums`, and in which bucket.
  private var starts: [Int]
  private var bucketOf: [Int]
  private var buckets: [Bucket] = []
  private var arrived: [Int]
  private var microBatches = 0
  private var shifts: [Double]
  private var nextBucket = 0
  private var pending: [any PendingOperation] = []
  private var firstPending = 0

  /// How fine the sums are.
  package var grid: GradientGrid
  /// The bits of the largest magnitude of this rank's gradients of each tensor.
  package private(set) var largest: [UInt32]
  /// Seconds that starting and pushing took from the work.
  package private(set) var overheadSeconds = 0.0

  /// The number of buckets.
  package var bucketCount: Int { buckets.count }

  /// Prepares the sums.
  ///
  /// - Parameters:
  ///   - firstBucketBytes: about the size of the first bucket.
  ///   - bucketBytes: about that of the others; a larger tensor has a bucket of its own.
  ///   - communicator: used for nothing else.
  package init(
    _ parameters: NetworkParameters, firstBucketBytes: Int, bucketBytes: Int, over communicator: any Communicator
  ) {
    self.parameters = parameters
    self.communicator = communicator
    let tensorCount = parameters.weightTensors.count
    sums = .allocate(capacity: max(parameters.weights.count, 1))
    sums.initialize(repeating: 0)
    starts = [Int](repeating: 0, count: tensorCount)
    bucketOf = [Int](repeating: 0, count: tensorCount)
    arrived = [Int](repeating: 0, count: tensorCount)
    shifts = [Double](repeating: 0, count: tensorCount)
    largest = [UInt32](repeating: 0, count: tensorCount)
    grid = GradientGrid(tensorCount: tensorCount)
    var next = 0
    for tensor in (0..<tensorCount).reversed() {
      let count = parameters.layout[parameters.weightTensors[tensor]].count
      let room = (buckets.count <= 1 ? firstBucketBytes : bucketBytes) / MemoryLayout<Double>.stride
      if let last = buckets.indices.last, buckets[last].range.count + count <= room {
        buckets[last].range = buckets[last].range.lowerBound..<next + count
        buckets[last].tensors.append(tensor)
      } else {
        buckets.append(Bucket(range: next..<next + count, tensors: [tensor]))
      }
      starts[tensor] = next
      bucketOf[tensor] = buckets.count - 1
      next += count
    }
  }

  deinit {
    // After an error reductions may be under way that never end. MPI may still write to the memory, so it stays.
    if firstPending == pending.count { sums.deallocate() }
  }

  /// Begins a step.
  ///
  /// - Parameters:
  ///   - microBatches: how many of this rank's gradients of each tensor will come.
  ///   - terms: how many micro-batches all ranks have.
  package func begin(microBatches: Int, terms: Int) {
    self.microBatches = microBatches
    sums.update(repeating: 0)
    for tensor in starts.indices {
      arrived[tensor] = 0
      largest[tensor] = 0
      shifts[tensor] = grid.shift(tensor, microBatches: terms)
    }
    for index in buckets.indices { buckets[index].missing = buckets[index].tensors.count * microBatches }
    nextBucket = 0
    pending.removeAll(keepingCapacity: true)
    firstPending = 0
    overheadSeconds = 0
  }

  /// Takes the gradient of a tensor and one of this rank's micro-batches.
  ///
  /// - Throws: ``JobError`` when the network has said it already, or of another size; ``CommunicatorError``.
  package func add(_ tensor: Int, _ values: UnsafeBufferPointer<Float>) throws {
    guard tensor >= 0, tensor < starts.count,
      values.count == parameters.layout[parameters.weightTensors[tensor]].count, arrived[tensor] < microBatches
    else {
      throw JobError(
        .internalError,
        "the network gave a gradient of tensor \(tensor) with \(values.count) numbers that was not expected")
    }
    arrived[tensor] += 1
    if let source = values.baseAddress, let base = sums.baseAddress {
      let bits = Self.accumulate(source, values.count, base + starts[tensor], shift: shifts[tensor])
      largest[tensor] = max(largest[tensor], bits)
    }
    let bucket = bucketOf[tensor]
    buckets[bucket].missing -= 1
    let start = now()
    if buckets[bucket].missing == 0 { try startReady() }
    while firstPending < pending.count, try pending[firstPending].test() { firstPending += 1 }
    overheadSeconds += now() - start
  }

  /// Rounds numbers to the grid and adds them; returns the bits of the largest magnitude.
  private static func accumulate(
    _ source: UnsafePointer<Float>, _ count: Int, _ destination: UnsafeMutablePointer<Double>, shift: Double
  ) -> UInt32 {
    var largest: Int32 = 0
    for index in 0..<count {
      let value = source[index]
      destination[index] += (Double(value) + shift) - shift
      // Magnitudes of floats are in the order of their bits; infinity and NaN come last.
      largest = max(largest, Int32(bitPattern: value.bitPattern & 0x7FFF_FFFF))
    }
    return UInt32(bitPattern: largest)
  }

  /// Starts the buckets whose turn has come.
  private func startReady() throws {
    while nextBucket < buckets.count, buckets[nextBucket].missing == 0 {
      let range = buckets[nextBucket].range
      nextBucket += 1
      guard communicator.size > 1, !range.isEmpty, let base = sums.baseAddress else { continue }
      pending.append(
        try communicator.startAllreduceBytes(
          base + range.lowerBound, count: range.count, datatype: .float64, operation: .sum))
    }
  }

  /// Waits until all sums are there.
  ///
  /// - Throws: ``JobError`` when the network has left out a gradient; ``CommunicatorError``.
  package func finish() throws {
    guard nextBucket == buckets.count else {
      let tensor = arrived.firstIndex { $0 < microBatches } ?? 0
      throw JobError(
        .internalError,
        "the network gave \(arrived[tensor]) gradients of \(parameters.layout[parameters.weightTensors[tensor]].name) for \(microBatches) micro-batches"
      )
    }
    while firstPending < pending.count {
      try pending[firstPending].wait()
      firstPending += 1
    }
  }

  /// Whether this rank's gradients hold a number that is none.
  package var hasNonFinite: Bool { largest.contains { $0 >= 0x7F80_0000 } }

  /// Whether this rank's gradients keep to the grid.
  package var keepsGrid: Bool { largest.indices.allSatisfy { grid.holds($0, largest: largest[$0]) } }

  /// Makes the grid coarser after a step in which some rank's gradients exceeded it.
  ///
  /// Collective.
  package func raiseGrid() throws { grid.raise(try communicator.allreduce(largest, .maximum)) }

  /// Writes the sums as floats in the order of the weights, and lets the grid follow them.
  package func take(_ gradients: UnsafeMutableBufferPointer<Float>) {
    guard gradients.count == parameters.weights.count else { return }
    for tensor in starts.indices {
      let place = parameters.weightTensors[tensor]
      let count = parameters.layout[place].count
      guard let source = sums.baseAddress, let base = gradients.baseAddress else { continue }
      let bits = Self.round(source + starts[tensor], base + parameters.offsets[place], count)
      grid.follow(tensor, largestMean: Float(bitPattern: bits))
    }
  }

  private static func round(
    _ source: UnsafePointer<Double>, _ destination: UnsafeMutablePointer<Float>, _ count: Int
  ) -> UInt32 {
    var largest: Int32 = 0
    for index in 0..<count {
      let value = Float(source[index])
      destination[index] = value
      largest = max(largest, Int32(bitPattern: value.bitPattern & 0x7FFF_FFFF))
    }
    return UInt32(bitPattern: largest)
  }
}

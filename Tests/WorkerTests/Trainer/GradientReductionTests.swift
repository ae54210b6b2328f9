import HSDLCompute
import MPI
import Testing
import Worker

@Suite("Sums of gradients over ranks")
struct GradientReductionTests {
  static let shapes = [[3, 5], [1], [40, 10], [7], [0], [300]]

  static func parameters() -> NetworkParameters {
    NetworkParameters(shapes.enumerated().map { TensorSpecification("\($0.offset)", $0.element) })
  }

  /// A number for each place of each tensor, in order.
  static func numbers(_ value: (_ tensor: Int, _ index: Int) -> Float) -> [Float] {
    var all: [Float] = []
    for (tensor, shape) in shapes.enumerated() {
      for index in 0..<shape.reduce(1, *) { all.append(value(tensor, index)) }
    }
    return all
  }

  /// Adds up the gradients of micro-batches that lie on ranks, as a trainer does.
  ///
  /// - Parameter order: the tensors in the order in which a rank gives them.
  static func sum(
    ranks: Int, microBatches: Int, bucketBytes: Int = 400, owner: @escaping @Sendable (Int) -> Int,
    order: @escaping @Sendable (Int) -> [Int] = { _ in Array((0..<shapes.count).reversed()) },
    value: @escaping @Sendable (_ microBatch: Int, _ tensor: Int, _ index: Int) -> Float
  ) throws -> [Float] {
    let all = try InProcessCommunicator.run(ranks: ranks) { communicator in
      let parameters = parameters()
      let reduction = GradientReduction(
        parameters, firstBucketBytes: 64, bucketBytes: bucketBytes, over: try communicator.duplicate())
      let own = (0..<microBatches).filter { owner($0) == communicator.rank }
      var attempts = 0
      while true {
        // A rank without any gives zeros.
        reduction.begin(microBatches: max(own.count, 1), terms: microBatches)
        for tensor in order(communicator.rank) {
          let count = shapes[tensor].reduce(1, *)
          for microBatch in own.isEmpty ? [-1] : own {
            let values = (0..<count).map { microBatch < 0 ? 0 : value(microBatch, tensor, $0) }
            try values.withUnsafeBufferPointer { try reduction.add(tensor, $0) }
            // Other sums in between are not in the way.
            if tensor == 2 { _ = try? communicator.probeNow(source: nil, tag: nil) }
          }
        }
        let isKept = try communicator.allreduce(reduction.keepsGrid ? 1 : 0, .minimum) == 1
        try reduction.finish()
        if isKept { break }
        attempts += 1
        guard attempts < 3 else { throw ComputeError.cannotTrain(reason: "no grid holds the gradients") }
        try reduction.raiseGrid()
      }
      var result = [Float](repeating: .nan, count: parameters.weights.count)
      result.withUnsafeMutableBufferPointer { reduction.take($0) }
      return result
    }
    let isAlike = all.allSatisfy { $0.map(\.bitPattern) == all[0].map(\.bitPattern) }
    #expect(isAlike)
    return all[0]
  }

  @Test("whole numbers add up exactly", arguments: 1...4, [8, 200, 1 << 20])
  func whole(ranks: Int, bucketBytes: Int) throws {
    let found = try Self.sum(
      ranks: ranks, microBatches: 5, bucketBytes: bucketBytes, owner: { $0 * 3 % ranks },
      value: { Float($0 * 1000 + $1 * 100 + $2) })
    let expected = Self.numbers { tensor, index in Float(10_000 + 5 * (tensor * 100 + index)) }
    #expect(found.count == expected.count)
    let isSame = found == expected
    #expect(isSame)
  }

  @Test("gradients of any size add up to the same bits, whatever rank has them", arguments: 2...5)
  func anySize(ranks: Int) throws {
    @Sendable func value(_ microBatch: Int, _ tensor: Int, _ index: Int) -> Float {
      var random = SplitMix64(seed: 3, stream: UInt64(microBatch), UInt64(tensor), UInt64(index))
      let size = Float(sign: .plus, exponent: Int(random.next() % 60) - 40, significand: 1)
      return Float(random.normal()) * size
    }
    let single = try Self.sum(ranks: 1, microBatches: 16, owner: { _ in 0 }, value: value)
    for seed in 0..<3 {
      let found = try Self.sum(
        ranks: ranks, microBatches: 16, owner: { Int(SplitMix64Value.at(seed, $0) % UInt64(ranks)) }, value: value)
      let isSame = found.map(\.bitPattern) == single.map(\.bitPattern)
      #expect(isSame)
    }
    var place = 0
    for (tensor, shape) in Self.shapes.enumerated() {
      let count = shape.reduce(1, *)
      var exact: [Double] = []
      var largest = 0.0
      for index in 0..<count {
        let terms: [Double] = (0..<16).map { Double(value($0, tensor, index)) }
        exact.append(ExactSum(terms).value)
        for term in terms { largest = max(largest, abs(term)) }
      }
      for index in 0..<count {
        let error: Double = abs(Double(single[place + index]) - exact[index])
        let allowed: Double = abs(exact[index]) * 0x1p-24 + largest * 0x1p-41
        #expect(error <= allowed)
      }
      place += count
    }
  }

  @Test("the last bits of doubles do not decide how a sum is rounded")
  func lastBit() throws {
    // In doubles ((a + b) + c) + d is a + b, halfway between two floats, and (a + b) + (c + d) is above.
    let terms: [Float] = [1, 0x1p-24, 0x1p-53, 0x1p-53]
    let plain = ((Double(terms[0]) + Double(terms[1])) + Double(terms[2])) + Double(terms[3])
    let paired = (Double(terms[0]) + Double(terms[1])) + (Double(terms[2]) + Double(terms[3]))
    #expect(Float(plain) != Float(paired))
    let single = try Self.sum(
      ranks: 1, microBatches: 4, owner: { _ in 0 }, value: { microBatch, _, _ in terms[microBatch] })
    let double = try Self.sum(
      ranks: 2, microBatches: 4, owner: { $0 / 2 }, value: { microBatch, _, _ in terms[microBatch] })
    let isSame = single.map(\.bitPattern) == double.map(\.bitPattern)
    #expect(isSame)
  }

  @Test("ranks may give the tensors in different orders")
  func orders() throws {
    let orders = [[5, 4, 3, 2, 1, 0], [0, 1, 2, 3, 4, 5], [2, 0, 5, 3, 1, 4]]
    let found = try Self.sum(
      ranks: 3, microBatches: 6, owner: { $0 % 3 }, order: { orders[$0] }, value: { Float($0 + $1 * 10 + $2) })
    let expected = Self.numbers { tensor, index in Float(15 + 6 * (tensor * 10 + index)) }
    let isSame = found == expected
    #expect(isSame)
  }

  @Test("a gradient that is missing, comes twice, or has another size is an error")
  func wrong() throws {
    func attempt(_ body: (GradientReduction) throws -> Void) throws {
      _ = try InProcessCommunicator.run(ranks: 1) { communicator in
        let reduction = GradientReduction(
          Self.parameters(), firstBucketBytes: 64, bucketBytes: 64, over: try communicator.duplicate())
        reduction.begin(microBatches: 1, terms: 1)
        return Holder(reduction)
      }.map { try body($0.reduction) }
    }
    func give(_ reduction: GradientReduction, _ tensor: Int, count: Int? = nil) throws {
      let values = [Float](repeating: 1, count: count ?? Self.shapes[tensor].reduce(1, *))
      try values.withUnsafeBufferPointer { try reduction.add(tensor, $0) }
    }
    try attempt { reduction in
      for tensor in 0..<6 { try give(reduction, tensor) }
      try reduction.finish()
    }
    for left in 0..<6 {
      #expect(throws: JobError.self) {
        try attempt { reduction in
          for tensor in 0..<6 where tensor != left { try give(reduction, tensor) }
          try reduction.finish()
        }
      }
    }
    #expect(throws: JobError.self) { try attempt { for _ in 0..<2 { try give($0, 3) } } }
    #expect(throws: JobError.self) { try attempt { try give($0, 3, count: 6) } }
    #expect(throws: JobError.self) { try attempt { try give($0, 6, count: 1) } }
    #expect(throws: JobError.self) { try attempt { try give($0, -1, count: 1) } }
  }
}

private struct Holder: @unchecked Sendable {
  let reduction: GradientReduction
  init(_ reduction: GradientReduction) { self.reduction = reduction }
}

private enum SplitMix64Value {
  static func at(_ seed: Int, _ place: Int) -> UInt64 {
    var random = SplitMix64(seed: UInt64(seed), stream: UInt64(place))
    return random.next()
  }
}

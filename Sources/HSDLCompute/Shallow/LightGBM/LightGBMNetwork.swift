import CLightGBM

/// Lets LightGBM's data-parallel tree learner on this thread talk to the other ranks, for the time of a call.
///
/// Sums are made in rank order, so they are the same bits on every rank.
final class LightGBMNetwork {
  private let collectives: any Collectives
  private var failure: (any Error)?

  private init(_ collectives: any Collectives) { self.collectives = collectives }

  /// LightGBM's parameters for a number of ranks.
  static func parameters(ranks: Int) -> String {
    ranks > 1 ? " tree_learner=data pre_partition=true num_machines=\(ranks)" : ""
  }

  /// Runs `body` with LightGBM on the network.
  ///
  /// - Throws: what `body` throws, or the error between the ranks that made it fail.
  static func run<Result>(_ collectives: any Collectives, _ body: () throws -> Result) throws -> Result {
    guard collectives.size > 1 else { return try body() }
    LightGBM.prepare()
    let network = LightGBMNetwork(collectives)
    let context = Unmanaged.passUnretained(network).toOpaque()
    try LightGBM.check(
      CLGBM_NetworkOpen(
        Int32(collectives.size), Int32(collectives.rank), context,
        { context, input, _, typeSize, starts, lengths, blocks, output, _, reducer in
          guard let context, let starts, let lengths, let reducer else { return 1 }
          return Unmanaged<LightGBMNetwork>.fromOpaque(context).takeUnretainedValue().reduceScatter(
            input, typeSize, starts, lengths, Int(blocks), output, reducer)
        },
        { context, input, inputSize, starts, lengths, blocks, output, _ in
          guard let context, let starts, let lengths else { return 1 }
          return Unmanaged<LightGBMNetwork>.fromOpaque(context).takeUnretainedValue().allgather(
            input, Int(inputSize), starts, lengths, Int(blocks), output)
        }), "CLGBM_NetworkOpen")
    defer { _ = withExtendedLifetime(network) { CLGBM_NetworkClose() } }
    do {
      return try body()
    } catch {
      throw network.failure ?? error
    }
  }

  private func reduceScatter(
    _ input: UnsafePointer<CChar>?, _ typeSize: Int32, _ starts: UnsafePointer<Int32>, _ lengths: UnsafePointer<Int32>,
    _ blocks: Int, _ output: UnsafeMutablePointer<CChar>?, _ reducer: CLGBMReducer
  ) -> Int32 {
    let bytes = UnsafeRawPointer(input)
    let parts = (0..<blocks).map { block in
      Array(
        UnsafeRawBufferPointer(
          start: bytes.map { $0 + Int(starts[block]) }, count: bytes == nil ? 0 : Int(lengths[block])))
    }
    do {
      let received = try collectives.alltoall(parts)
      let length = Int(lengths[collectives.rank])
      for (rank, part) in received.enumerated() {
        guard part.count == length else { return 1 }
        part.withUnsafeBytes { part in
          guard let from = part.baseAddress, let output else { return }
          if rank == 0 {
            UnsafeMutableRawPointer(output).copyMemory(from: from, byteCount: length)
          } else {
            reducer(from.assumingMemoryBound(to: CChar.self), output, typeSize, Int32(length))
          }
        }
      }
      return 0
    } catch {
      failure = error
      return 1
    }
  }

  private func allgather(
    _ input: UnsafePointer<CChar>?, _ inputSize: Int, _ starts: UnsafePointer<Int32>, _ lengths: UnsafePointer<Int32>,
    _ blocks: Int, _ output: UnsafeMutablePointer<CChar>?
  ) -> Int32 {
    do {
      // A rank that has nothing to tell comes without memory.
      let received = try collectives.allgather(
        Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(input), count: input == nil ? 0 : inputSize)))
      for block in 0..<blocks {
        guard received[block].count == Int(lengths[block]) else { return 1 }
        received[block].withUnsafeBytes { part in
          guard let from = part.baseAddress, let output else { return }
          UnsafeMutableRawPointer(output + Int(starts[block])).copyMemory(from: from, byteCount: part.count)
        }
      }
      return 0
    } catch {
      failure = error
      return 1
    }
  }
}

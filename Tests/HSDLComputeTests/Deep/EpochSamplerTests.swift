import HSDLCompute
import Testing

@Suite("Sampler of epochs")
struct EpochSamplerTests {
  @Test("every sample once in an epoch, the same micro-batches for any number of ranks", arguments: 0...20)
  func properties(count: Int) {
    var failures = 0
    for batch in 1...22 {
      for micro in 1...8 {
        let sampler = EpochSampler(count: count, batchSize: batch, microBatchSize: micro, seed: 7)
        let order = sampler.order(epoch: 3)
        if order.sorted() != Array(0..<count) { failures += 1 }
        var seen: [Int] = []
        for step in 0..<sampler.stepCount {
          let global = sampler.microBatches(order, step: step)
          let size = sampler.sampleCount(step: step)
          if global.map(\.key) != Array(0..<(size + micro - 1) / micro) { failures += 1 }
          let draws = global.flatMap(\.draws)
          if !global.allSatisfy({ $0.draws.count == micro }) { failures += 1 }
          // Filling stands at the end only.
          if draws.prefix(size).contains(EpochSampler.filling) { failures += 1 }
          if !draws.dropFirst(size).allSatisfy({ $0 == EpochSampler.filling }) { failures += 1 }
          if size != min(batch, count - step * batch) { failures += 1 }
          seen += draws.filter { $0 >= 0 }
          for ranks in 1...4 {
            let shares = (0..<ranks).map { sampler.share(order, step: step, rank: $0, of: ranks) }
            let real = shares.flatMap { $0 }.filter { $0.key < global.count }
            if real != global { failures += 1 }
            if shares.contains(where: \.isEmpty) { failures += 1 }
            let counts = shares.map { $0.count { $0.key < global.count } }
            if (counts.max() ?? 0) - (counts.min() ?? 0) > 1 { failures += 1 }
            for share in shares {
              for empty in share where empty.key >= global.count {
                if share.count != 1 || empty.draws != [Int](repeating: EpochSampler.filling, count: micro) {
                  failures += 1
                }
              }
            }
            let bare = (0..<ranks).flatMap { sampler.share(order, step: step, rank: $0, of: ranks, fillsEmpty: false) }
            if bare != global { failures += 1 }
          }
        }
        if seen != order { failures += 1 }
      }
    }
    #expect(failures == 0)
  }

  @Test("the order depends on seed and epoch, and on nothing else")
  func orders() {
    func order(_ seed: UInt64, _ epoch: Int, _ batch: Int = 8) -> [Int] {
      EpochSampler(count: 100, batchSize: batch, microBatchSize: 4, seed: seed).order(epoch: epoch)
    }
    #expect(order(1, 0) == order(1, 0, 32))
    #expect(order(1, 0) != order(1, 1))
    #expect(order(1, 0) != order(2, 0))
    let plain = EpochSampler(count: 5, batchSize: 2, microBatchSize: 2, seed: 1, isShuffled: false)
    #expect(plain.order(epoch: 9) == [0, 1, 2, 3, 4])
    // Every place is about equally likely for sample 0.
    var places = [Int](repeating: 0, count: 4)
    for epoch in 0..<4000 {
      let order = EpochSampler(count: 4, batchSize: 2, microBatchSize: 2, seed: 5).order(epoch: epoch)
      if let place = order.firstIndex(of: 0) { places[place] += 1 }
    }
    #expect(places.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test("balance: events once, noise as often as its share asks for", arguments: [0, 0.2, 0.5, 0.8])
  func balance(share: Double) {
    let isNoise = (0..<50).map { $0 % 5 == 0 }
    let sampler = EpochSampler(
      count: 50, batchSize: 16, microBatchSize: 4, seed: 3, balance: .init(isNoise: isNoise, noiseShare: share))
    let draws = sampler.order(epoch: 2)
    let samples = draws.map(sampler.sample)
    #expect(draws.count == sampler.epochLength)
    #expect(Set(draws).count == draws.count)
    #expect(samples.filter { !isNoise[$0] }.sorted() == (0..<50).filter { !isNoise[$0] })
    let counts = (0..<50).filter { isNoise[$0] }.map { number in samples.count { $0 == number } }
    #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    #expect(abs(Double(counts.reduce(0, +)) / Double(draws.count) - share) < 0.02)
  }

  @Test("nothing to balance, and odd sizes")
  func odd() {
    let all = EpochSampler(
      count: 4, batchSize: 0, microBatchSize: -3, seed: 1,
      balance: .init(isNoise: [true, true, true, true], noiseShare: 0.5))
    #expect(all.order(epoch: 0).sorted() == [0, 1, 2, 3])
    #expect(all.stepCount == 4)
    #expect(all.microBatches(all.order(epoch: 0), step: 4).isEmpty)
    #expect(all.microBatches(all.order(epoch: 0), step: -1).isEmpty)
    #expect(EpochSampler(count: -1, batchSize: 2, microBatchSize: 2, seed: 1).stepCount == 0)
  }
}

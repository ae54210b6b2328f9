import HSDLCompute
import Testing

@Suite("Clipped stretches")
struct ClippingTests {
  /// The definition, word by word.
  static func reference(_ samples: [Double]) -> [Range<Int>] {
    let present = samples.filter { !$0.isNaN }
    guard let low = present.min(), let high = present.max(), high > low else { return [] }
    let isWhole = present.allSatisfy { $0.rounded(.towardZero) == $0 }
    var ranges: [Range<Int>] = []
    var index = 0
    while index < samples.count {
      let value = samples[index]
      var end = index + 1
      while end < samples.count, samples[end] == value { end += 1 }
      defer { index = end }
      guard end - index >= 3, value == low || value == high else { continue }
      let isRail =
        isWhole && [32_768.0, 8_388_608, 2_147_483_648].contains { abs(value) <= $0 && abs(value) >= 0.99 * $0 }
      let steps = [index - 1, end].filter { samples.indices.contains($0) && !samples[$0].isNaN }
        .map { abs(samples[$0] - value) }
      let isFlatTop = !isWhole || high - low >= 1000
      if isRail || isFlatTop && (steps.max() ?? 0) >= 0.01 * (high - low) { ranges.append(index..<end) }
    }
    return ranges
  }

  @Test("are those of the definition, for every small length, wherever they stand", arguments: 0..<4)
  func definition(kind: Int) {
    var random = SplitMix64(seed: UInt64(kind))
    var found = 0
    for count in 0..<100 {
      for _ in 0..<20 {
        let scale = [50, 5_000, 12_000_000, 3e9][Int.random(in: 0..<4, using: &random)]
        let top = scale * (0.3 + 0.7 * random.uniform())
        var value = 0.0
        let samples = (0..<count).map { _ in
          value = 0.8 * value + scale * (random.uniform() - 0.5)
          var sample = min(max(value, -top / 2), top / 3)
          if kind & 1 == 0 { sample = sample.rounded() }
          if scale > 1e6 && scale < 1e8 { sample = min(max(sample, -8_388_608), 8_388_607) }
          return kind & 2 != 0 && random.uniform() < 0.1 ? .nan : sample
        }
        let ranges = samples.withUnsafeBufferPointer(Clipping.ranges)
        let isSame = ranges == Self.reference(samples)
        #expect(isSame, "\(count) samples of \(scale)")
        found += ranges.count
      }
    }
    #expect(found > 100)
  }
}

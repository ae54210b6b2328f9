import SeismicFormats
import Testing

@Suite("Hashes that never change")
struct StableHashTests {
  @Test("shares and seeds of finished runs depend on these values")
  func values() {
    // FNV-1a's published start for nothing and value for "a", mixed.
    #expect(stableHash("") == mixed(0xcbf2_9ce4_8422_2325))
    #expect(stableHash("a") == mixed(0xaf63_dc4c_8601_ec8c))
    #expect(stableHash("foobar") == mixed(0x8594_4171_f739_67e8))
    #expect(mixed(0) == 0)
    // The first output of SplitMix64 from seed 0, which mixes the golden ratio.
    #expect(mixed(0x9e37_79b9_7f4a_7c15) == 0xe220_a839_7b1d_cdaf)
  }

  @Test("other seeds and other texts give other hashes")
  func spread() {
    var seen: Set<UInt64> = []
    for number in 0..<10_000 { seen.insert(stableHash("station-\(number)")) }
    for seed in 1..<10_000 as Range<UInt64> { seen.insert(stableHash("station-0", seed: seed)) }
    #expect(seen.count == 19_999)
  }
}

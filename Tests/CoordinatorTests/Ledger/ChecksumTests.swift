import Coordinator
import Foundation
import Testing

@Suite("Checksums")
struct ChecksumTests {
  /// Worked out by another implementation of XXH64, which agrees with the published values of the first four.
  @Test(
    "texts have the published checksums",
    arguments: [
      ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
      ("The quick brown fox jumps over the lazy dog", 0x0b24_2d36_1fda_71bc),
    ] as [(String, UInt64)])
  func texts(text: String, value: UInt64) { #expect(Checksum(of: text).value == value) }

  static let lengths: [(Int, UInt64)] = [
    (1, 0xe934_a84a_db05_2768), (3, 0x9ff7_0a63_5a62_09ab), (4, 0xae5a_cdc0_0a55_ac41), (7, 0xd734_a6b2_6f3d_a63e),
    (8, 0x8711_6b33_65b9_24eb), (15, 0x02c5_3ab1_e360_882f), (31, 0x0f18_7c62_b1e7_22b7), (32, 0x91b0_cb09_31a8_c629),
    (33, 0x931b_043c_f8d6_5b94), (63, 0x2191_10bf_13e2_fa26), (64, 0xbf30_52e3_4457_75d0),
    (100, 0x8e22_72c0_8247_d5db), (255, 0x2903_7d30_c013_6af3), (1000, 0x2527_5608_a9cf_c168),
  ]

  @Test("bytes of every length of the last stripe, whole and in pieces", arguments: lengths)
  func pieces(length: Int, value: UInt64) {
    let bytes = (0..<length).map { UInt8($0 * 7 % 256) }
    for size in [1, 5, 8, 31, 32, 33, 1000] {
      var checksum = Checksum()
      for start in stride(from: 0, to: length, by: size) {
        Array(bytes[start..<min(start + size, length)]).withUnsafeBytes { checksum.add($0) }
      }
      #expect(checksum.value == value, "pieces of \(size)")
    }
  }
}

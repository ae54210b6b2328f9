import Foundation
import SeismicFormats
import TestSupport

/// Files as NumPy 2 and safetensors 0.8 wrote them.
enum ArrayFixtures {
  /// `savez_compressed` of `data` (0…23 as 2 × 3 × 4), `name` (three texts), `n` (3000 and −5).
  static let packed = bytes(
    """
    UEsDBC0AAAAIAAAAIQAUyX0Z//////////8IABQAZGF0YS5ucHkBABAA4AAAAAAAAACHAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxc
    pG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsY6CiaaOgq1CuQBLgYwaLAHEg5ABMQNQLwAiA8A8QMg
    ZnBkYBAAYgUgNgBiByAOAOIEIC4A4gYg7gDiCUA8A4gXAPEKIN4AxDscAVBLAwQtAAAACAAAACEA64BgLv//////////CAAUAG5h
    bWUubnB5AQAQAMgAAAAAAAAAWwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuE2qmrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWK
    F2ckFqQC+RrGOpo6CrUKFAAuPwYGBmcgjgdiRyB2gvJBtDtU/AgDYQAAUEsDBC0AAAAIAAAAIQDJ9X/F//////////8FABQAbi5u
    cHkBABAAkAAAAAAAAABNAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQW
    pAL5GkY6mjoKtQoUAK4d3Axg8Ps/BAAAUEsBAi0DLQAAAAgAAAAhABTJfRmHAAAA4AAAAAgAAAAAAAAAAAAAAIABAAAAAGRhdGEu
    bnB5UEsBAi0DLQAAAAgAAAAhAOuAYC5bAAAAyAAAAAgAAAAAAAAAAAAAAIABwQAAAG5hbWUubnB5UEsBAi0DLQAAAAgAAAAhAMn1
    f8VNAAAAkAAAAAUAAAAAAAAAAAAAAIABVgEAAG4ubnB5UEsFBgAAAAADAAMAnwAAANoBAAAAAA==
    """)

  /// `savez` of `x`: 1, 2; 3, 4 in double precision, highest byte first, first index fastest.
  static let stored = bytes(
    """
    UEsDBC0AAAAAAAAAIQBI8dPW//////////8FABQAeC5ucHkBABAAoAAAAAAAAACgAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog
    Jz5mOCcsICdmb3J0cmFuX29yZGVyJzogVHJ1ZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAg
    ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKP/AAAAAAAABACAAAAAAAAEAAAAAAAAAAQBAAAAAAAABQSwECLQMtAAAA
    AAAAACEASPHT1qAAAACgAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwUGAAAAAAEAAQAzAAAA1wAAAAAA
    """)

  /// `i` (7, −9), `a/ä` (2 × 0), `b` (1, 2, 3), `h` (0.5, −65504, 6e-8 in half precision); metadata `k`: `v"`.
  static let tensors = bytes(
    """
    AAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJrIjoidlwiIn0sImkiOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6WzEsMl0sImRhdGFf
    b2Zmc2V0cyI6WzAsMTZdfSwiYS/DpCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwwXSwiZGF0YV9vZmZzZXRzIjpbMTYsMTZd
    fSwiYiI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzE2LDI4XX0sImgiOnsiZHR5cGUiOiJGMTYi
    LCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlsyOCwzNF19fSAgBwAAAAAAAAD3/////////wAAgD8AAABAAABAQAA4//sBAA==
    """)

  static func bytes(_ base64: String) -> [UInt8] {
    Array(Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
  }

  static func bytes(hexadecimal text: String) -> [UInt8] {
    let digits = Array(text.utf8).map { $0 <= 57 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// An array in NumPy's format.
  static func array(_ header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array((header + "\n").utf8)
    let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(text.count >> (8 * $0) & 255) }
    return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0] + size + text + data
  }

  /// A file of tensors with a header.
  static func tensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(text.count >> (8 * $0) & 255) } + text + data
  }

  /// What is wrong, in words; empty where nothing is, "?" for an error of another kind.
  static func complaint<Result>(_ body: () throws -> Result) -> String {
    do {
      _ = try body()
      return ""
    } catch let error as FormatError {
      return error.description
    } catch {
      return "?"
    }
  }
}

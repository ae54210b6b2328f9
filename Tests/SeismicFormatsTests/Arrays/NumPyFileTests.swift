import SeismicFormats
import TestSupport
import Testing

@Suite("Arrays of NumPy")
struct NumPyFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test(
    "all kinds of numbers in both orders of bytes",
    arguments: [
      ("<f2", "0000003c00c04056"), (">f2", "00003c00c0005640"), ("<f4", "000000000000803f000000c00000c842"),
      (">f4", "000000003f800000c000000042c80000"),
      ("<f8", "0000000000000000000000000000f03f00000000000000c00000000000005940"),
      (">f8", "00000000000000003ff0000000000000c0000000000000004059000000000000"), ("<i2", "00000100feff6400"),
      (">i2", "00000001fffe0064"), ("<i4", "0000000001000000feffffff64000000"),
      (">i4", "0000000000000001fffffffe00000064"),
      ("<i8", "00000000000000000100000000000000feffffffffffffff6400000000000000"),
      (">i8", "00000000000000000000000000000001fffffffffffffffe0000000000000064"), ("|i1", "0001fe64"),
    ])
  func types(type: String, data: String) throws {
    for version in [UInt8(1), 2, 3] {
      let path = try folder.write(
        "a.npy",
        ArrayFixtures.array(
          "{'descr': '\(type)', 'fortran_order': False, 'shape': (4,), }", ArrayFixtures.bytes(hexadecimal: data),
          version: version))
      #expect(try NumPyFile.read(path).values == [0, 1, -2, 100])
    }
  }

  @Test("numbers without sign, true and false, half precision at its ends")
  func others() throws {
    func read(_ type: String, _ data: String) throws -> [Float] {
      let bytes = ArrayFixtures.bytes(hexadecimal: data)
      let count = bytes.count / (type == "|b1" ? 1 : 2)
      let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(count),), }"
      return try NumPyFile.read(try folder.write("a.npy", ArrayFixtures.array(header, bytes))).values
    }
    #expect(try read("|b1", "000107") == [0, 1, 1])
    #expect(try read("<u2", "0000ffff") == [0, 65535])
    #expect(try read("<f2", "0038fffb0100007c00040080") == [0.5, -65504, 5.9604645e-08, .infinity, 0x1p-14, -0.0])
  }

  @Test("either order of indices")
  func orders() throws {
    let numbers = (0..<24).map { Float($0) }
    // Element (i, j, k) of 2 × 3 × 4 lies at i + 2 j + 6 k.
    var data: [UInt8] = []
    for k in 0..<4 { for j in 0..<3 { for i in 0..<2 { data.append(UInt8(12 * i + 4 * j + k)) } } }
    let path = try folder.write(
      "f.npy", ArrayFixtures.array("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4)}", data))
    let array = try NumPyFile.read(path)
    #expect(array.values == numbers)
    #expect(array.shape == [2, 3, 4])
    #expect(array.type == .uint8)
  }

  @Test("writes what NumPy writes")
  func golden() throws {
    try NumPyFile.write(NumericArray(shape: [2, 2], values: [1, 2.5, -3, 4]), to: folder.path("a.npy"))
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
    let golden =
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 0x76, 0] + Array(header.utf8)
      + [UInt8](repeating: 32, count: 117 - header.utf8.count) + [10]
      + ArrayFixtures.bytes(hexadecimal: "0000803f00002040000040c000008040")
    #expect(try folder.bytes("a.npy") == golden)
    for shape in [[], [0], [5], [1, 5, 1], [5, 0, 2]] {
      let array = NumericArray(shape: shape, values: (0..<shape.reduce(1, *)).map { Float($0) - 1.5 })
      try NumPyFile.write(array, to: folder.path("b.npy"))
      #expect(try NumPyFile.read(folder.path("b.npy")) == array)
    }
    #expect(throws: FormatError.self) {
      try NumPyFile.write(NumericArray(shape: [3], values: [1]), to: folder.path("c.npy"))
    }
  }

  @Test("every file that is cut or too long is refused")
  func cut() throws {
    let whole = ArrayFixtures.array(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", [1, 2, 3, 4, 5, 6, 7, 8])
    for length in 0..<whole.count {
      let path = try folder.write("a.npy", Array(whole[..<length]))
      #expect(throws: FormatError.self) { try NumPyFile.read(path) }
    }
    let path = try folder.write("a.npy", whole + [0])
    #expect(throws: FormatError.self) { try NumPyFile.read(path) }
  }

  @Test("flipped bits in the header give an error or as many numbers as the shape says")
  func flipped() throws {
    let whole = ArrayFixtures.array(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", [1, 2, 3, 4, 5, 6, 7, 8])
    for place in 0..<(whole.count - 8) {
      for bit in 0..<8 {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(bit)
        let path = try folder.write("a.npy", bytes)
        do {
          let array = try NumPyFile.read(path)
          #expect(array.values.count == array.shape.reduce(1, *))
        } catch is FormatError {}
      }
    }
  }

  @Test(
    "bad headers are named",
    arguments: [
      ("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "without Python objects"),
      ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "records"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }", "bytes behind the header"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (9000000000, 9000000000), }", "fits into memory"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "whole numbers"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "whole numbers"),
      ("{'descr': '<f4', 'fortran_order': False, }", "without shape"),
      ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "twice"),
      ("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", "<f16"),
      ("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", "bytes behind"),
      ("", "'{'"), ("{'descr", "quote"),
    ])
  func headers(header: String, words: String) throws {
    let path = try folder.write("a.npy", ArrayFixtures.array(header, [0, 0, 0, 0]))
    let complaint = ArrayFixtures.complaint { try NumPyFile.read(path) }
    #expect(complaint.contains(words), "\(complaint)")
    #expect(complaint.contains("a.npy"))
  }
}

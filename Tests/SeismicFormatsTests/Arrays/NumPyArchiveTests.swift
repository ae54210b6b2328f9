import SeismicFormats
import TestSupport
import Testing

@Suite("Archives of NumPy")
struct NumPyArchiveTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("reads what NumPy packed")
  func packed() throws {
    let archive = try NumPyArchive(try folder.write("a.npz", ArrayFixtures.packed))
    #expect(archive.names == ["data", "name", "n"])
    let data = try archive.array("data")
    #expect(data.shape == [2, 3, 4])
    #expect(data.values == (0..<24).map { Float($0) })
    #expect(try archive.strings("name") == ["NC_ABC", "BG_Ä", ""])
    #expect(try archive.array("n") == NumericArray(shape: [2], values: [3000, -5], type: .int64))
    #expect(ArrayFixtures.complaint { try archive.array("name") }.contains("expected numbers"))
    #expect(ArrayFixtures.complaint { try archive.strings("n") }.contains("expected text"))
    #expect(ArrayFixtures.complaint { try archive.array("m") }.contains("there are data, name, n"))
  }

  @Test("reads what NumPy stored")
  func stored() throws {
    let archive = try NumPyArchive(try folder.write("a.npz", ArrayFixtures.stored))
    #expect(try archive.array("x") == NumericArray(shape: [2, 2], values: [1, 2, 3, 4], type: .float64))
  }

  /// Reads all arrays; nil where that fails.
  private func content(_ bytes: [UInt8], _ name: String = "b.npz") throws -> [[Float]]? {
    let path = try folder.write(name, bytes)
    do {
      let archive = try NumPyArchive(path)
      return try archive.names.filter { $0 != "name" }.map { try archive.array($0).values }
    } catch is FormatError {
      return nil
    }
  }

  @Test("no archive that is cut can be read")
  func cut() throws {
    for length in 0..<ArrayFixtures.packed.count {
      #expect(try content(Array(ArrayFixtures.packed[..<length])) == nil, "\(length)")
    }
  }

  @Test("no flipped bit changes a number unseen", arguments: [true, false])
  func flipped(isPacked: Bool) throws {
    let whole = isPacked ? ArrayFixtures.packed : ArrayFixtures.stored
    let names = isPacked ? ["data", "n"] : ["x"]
    let right = try NumPyArchive(try folder.write("a.npz", whole))
    let numbers = try names.map { try right.array($0) }
    for place in whole.indices {
      for bit in [0, 3, 7] {
        var bytes = whole
        bytes[place] ^= 1 << UInt8(bit)
        let path = try folder.write("b.npz", bytes)
        do {
          let archive = try NumPyArchive(path)
          for (name, array) in zip(names, numbers) {
            if archive.has(name) { #expect(try archive.array(name) == array, "byte \(place), bit \(bit)") }
          }
        } catch is FormatError {}
      }
    }
  }

  @Test("the extension for large archives, in the entry and at the end")
  func large() throws {
    // The same archive, with the sizes of its entry and the place of its table in the extension only.
    let stored = ArrayFixtures.stored
    let table = 0xD7
    func field(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let full = [UInt8](repeating: 255, count: 4)
    let entry =
      Array(stored[table..<table + 20]) + full + full + field(5, 2) + field(28, 2)
      + Array(stored[table + 32..<table + 42]) + full + Array("x.npy".utf8)
      + field(1, 2) + field(24, 2) + field(160, 8) + field(160, 8) + field(0, 8)
    let end =
      field(0x0606_4B50, 4) + field(44, 8) + field(45, 2) + field(45, 2) + field(0, 8) + field(1, 8) + field(1, 8)
      + field(entry.count, 8) + field(table, 8)
    let locator = field(0x0706_4B50, 4) + field(0, 4) + field(table + entry.count, 8) + field(1, 4)
    let last = field(0x0605_4B50, 4) + field(0, 4) + field(0xFFFF, 2) + field(0xFFFF, 2) + full + full + field(0, 2)
    let bytes = Array(stored[..<table]) + entry + end + locator + last
    #expect(try content(bytes) == [[1, 2, 3, 4]])
    for place in table..<bytes.count {
      for value in [UInt8(0), 127, 255] {
        var bytes = bytes
        bytes[place] = value
        let numbers = try content(bytes)
        #expect(numbers == nil || numbers == [] || numbers == [[1, 2, 3, 4]], "byte \(place)")
      }
    }
  }

  @Test("a size that the archive cannot hold is refused before it is allocated")
  func bomb() throws {
    var bytes = ArrayFixtures.packed
    // The size of the first content in the table of contents.
    let place = 474 + 24
    #expect(bytes[place] == 0xE0)
    bytes[place + 3] = 0x40
    let archive = try NumPyArchive(try folder.write("a.npz", bytes))
    #expect(ArrayFixtures.complaint { try archive.array("data") }.contains("sizes that belong together"))
  }

  @Test(
    "the labelled traces of Northern California",
    .enabled(if: SharedData.has("ncedc_labelled/ncedc_phasenet_154.npz")))
  func shared() throws {
    let archive = try NumPyArchive(SharedData.path("ncedc_labelled/ncedc_phasenet_154.npz"))
    let data = try archive.array("data")
    #expect(data.shape == [154, 9001, 3])
    #expect(data.values.prefix(2) == [110.5135, 49.91212])
    #expect(try archive.array("sampling_rate") == NumericArray(shape: [], values: [100], type: .float64))
    #expect(try archive.array("p_sample").values == [Float](repeating: 3000, count: 154))
    #expect(try archive.strings("name").first == "BG_ACR_2012082505145960")
    #expect(try archive.strings("channels").first == "DPE_DPN_DPZ")
  }

  @Test("weights of pickers", .enabled(if: SharedData.has("weights/eqt_conservative.npz")))
  func weights() throws {
    for (name, count, numbers) in [("eqt_conservative", 224, 378_311), ("phasenet_190703", 93, 269_675)] {
      let archive = try NumPyArchive(SharedData.path("weights/\(name).npz"))
      #expect(archive.names.count == count)
      #expect(try archive.names.map { try archive.array($0).values.count }.reduce(0, +) == numbers)
    }
  }
}

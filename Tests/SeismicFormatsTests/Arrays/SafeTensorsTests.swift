import SeismicFormats
import TestSupport
import Testing

@Suite("Files of tensors")
struct SafeTensorsTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("reads what the reference implementation wrote")
  func golden() throws {
    let file = try SafeTensors(try folder.write("a.safetensors", ArrayFixtures.tensors))
    #expect(Set(file.names) == ["i", "a/ä", "b", "h"])
    #expect(file.metadata.map(\.key) == ["k"])
    #expect(file.metadata.map(\.value) == ["v\""])
    #expect(try file.array("i") == NumericArray(shape: [1, 2], values: [7, -9], type: .int64))
    #expect(try file.array("a/ä") == NumericArray(shape: [2, 0], values: []))
    #expect(try file.array("b") == NumericArray(shape: [3], values: [1, 2, 3]))
    #expect(try file.array("h") == NumericArray(shape: [3], values: [0.5, -65504, 5.9604645e-08], type: .float16))
    #expect(file.shape("none") == nil)
    #expect(ArrayFixtures.complaint { try file.array("none") }.contains("'none'"))
  }

  @Test("reads numbers of the upper half of single precision, and bytes")
  func types() throws {
    let header = """
      {"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BOOL","shape":[2],"data_offsets":[4,6]}}
      """
    let file = try SafeTensors(
      try folder.write("a.safetensors", ArrayFixtures.tensors(header, [0x80, 0x3F, 0x20, 0xC0, 0, 1])))
    #expect(try file.array("a").values == [1, -2.5])
    #expect(try file.array("b").values == [0, 1])
  }

  @Test("writes the same bytes for the same tensors, and reads them")
  func roundTrip() throws {
    let tensors: [(name: String, array: NumericArray)] = [
      ("z\"\\\n", NumericArray(shape: [], values: [.pi])),
      ("ä.weight", NumericArray(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])),
      ("none", NumericArray(shape: [0, 7], values: [])), ("nan", NumericArray(shape: [2], values: [-0.0, .infinity])),
    ]
    try SafeTensors.write(tensors, metadata: [("b", "2"), ("a", "1")], to: folder.path("1"))
    try SafeTensors.write(tensors, metadata: [("a", "1"), ("b", "2")], to: folder.path("2"))
    #expect(try folder.bytes("1") == folder.bytes("2"))
    let file = try SafeTensors(folder.path("1"))
    #expect(file.metadata.map { $0.key + $0.value } == ["a1", "b2"])
    for (name, array) in tensors { #expect(try file.array(name) == array) }
    let length = try folder.bytes("1")[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length % 8 == 0)
  }

  @Test("refuses to write what could not be read")
  func refused() throws {
    let one = NumericArray(shape: [1], values: [1])
    for (tensors, metadata): ([(name: String, array: NumericArray)], [(key: String, value: String)]) in [
      ([("a", one), ("a", one)], []), ([("a", NumericArray(shape: [2], values: [1]))], []),
      ([("__metadata__", one)], []),
      ([("a", one)], [("k", ""), ("k", "")]),
    ] {
      #expect(throws: FormatError.self) { try SafeTensors.write(tensors, metadata: metadata, to: folder.path("a")) }
    }
  }

  @Test("every file that is cut or too long is refused")
  func cut() throws {
    for length in 0..<ArrayFixtures.tensors.count {
      let path = try folder.write("a", Array(ArrayFixtures.tensors[..<length]))
      #expect(throws: FormatError.self) { try SafeTensors(path) }
    }
    let path = try folder.write("a", ArrayFixtures.tensors + [0])
    #expect(throws: FormatError.self) { try SafeTensors(path) }
  }

  @Test("flipped bits in the header give an error or whole tensors")
  func flipped() throws {
    for place in 0..<264 {
      for bit in 0..<8 {
        var bytes = ArrayFixtures.tensors
        bytes[place] ^= 1 << UInt8(bit)
        let path = try folder.write("a", bytes)
        do {
          for (_, array) in try SafeTensors(path).arrays() {
            #expect(array.values.count == array.shape.reduce(1, *))
          }
        } catch is FormatError {}
      }
    }
  }

  static let good = #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#

  @Test(
    "bad headers are named with the tensor",
    arguments: [
      (#"{"w":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}"#, "'w'"),
      (#"{"w":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,8]}}"#, "'w'"),
      (#"{"w":{"dtype":"F32","shape":[9000000000,9000000000],"data_offsets":[0,8]}}"#, "fits into memory"),
      (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "'w'"),
      (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, "'w'"),
      (#"{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "whole number"),
      (#"{"w":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}"#, "'F4'"),
      (#"{"w":{"shape":[2],"data_offsets":[0,8]}}"#, "no dtype"),
      (#"{"w":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#, "twice"),
      (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, "'x'"),
      (
        #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        "'w'"
      ),
      (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "'w'"),
      (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "8 bytes of data"),
      (
        #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
        "'w' stands twice"
      ),
      (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#, "behind the header"),
      (#"["w"]"#, "'{'"), (#"{"w":7}"#, "'{'"), (#"{"\ud800":7}"#, "character"),
      (#"{"__metadata__":{"k":"1","k":"2"}}"#, "twice"),
    ])
  func headers(header: String, words: String) throws {
    let path = try folder.write("a.safetensors", ArrayFixtures.tensors(header, [0, 0, 0, 0, 0, 0, 0, 0]))
    let complaint = ArrayFixtures.complaint { try SafeTensors(path) }
    #expect(complaint.contains(words), "\(complaint)")
  }

  @Test("a header that is longer than the file or than any is refused")
  func lengths() throws {
    for prefix: [UInt8] in [
      [9, 0, 0, 0, 0, 0, 0, 0], [255, 255, 255, 255, 255, 255, 255, 255], [0, 0, 0, 0, 0, 0, 0, 128],
      [0, 0, 0, 0, 0, 0, 0, 0],
    ] {
      let path = try folder.write("a", prefix + Array("{}      ".utf8))
      #expect(ArrayFixtures.complaint { try SafeTensors(path) }.contains("a header of"))
    }
  }

  @Test("reference files", .enabled(if: SharedData.has("reference/networks")))
  func shared() throws {
    for (name, weights) in [("phasenet", 268_443), ("eqtransformer", 376_935)] {
      let file = try SafeTensors(SharedData.path("reference/networks/\(name)_random.safetensors"))
      let arrays = try file.arrays()
      #expect(file.metadata.first { $0.key == "model" }?.value == name)
      let numbers = arrays.filter {
        !$0.name.hasSuffix("num_batches_tracked") && !$0.name.hasSuffix("running_mean")
          && !$0.name.hasSuffix("running_var")
      }
      #expect(numbers.map(\.array.values.count).reduce(0, +) == weights)
      #expect(arrays.allSatisfy { $0.array.values.allSatisfy { $0.isFinite } })
      let output = try NumPyFile.read(SharedData.path("reference/networks/\(name)_output.npy"))
      #expect(output.shape.prefix(2) == [4, 3])
      #expect(output.values.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }
}

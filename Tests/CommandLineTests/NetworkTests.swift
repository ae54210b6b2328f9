import Foundation
import TestSupport
import Testing

@Suite("Networks from the command line")
struct NetworkTests {
  @Test("Weights of PhaseNet are imported, run and refused where they do not fit")
  func phaseNet() throws {
    let place = try Workplace()
    let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../models/picker/model.safetensors").standardized.path
    try place.succeed("import-weights \(shipped) --output picker")
    #expect(try place.folder.names().contains("picker"))
    // A header of .npy, one window of zeros.
    var bytes = Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value & 0xff) })
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 3001), }"
    bytes += [1, 0, 118, 0] + Array((header + String(repeating: " ", count: 117 - header.utf8.count) + "\n").utf8)
    bytes += [UInt8](repeating: 0, count: 4 * 3 * 3001)
    try place.folder.write("x.npy", bytes)
    try place.succeed("run-network --architecture phasenet --weights picker --input x.npy --output-file y.npy")
    let output = try place.folder.bytes("y.npy")
    #expect(output.count == 128 + 4 * 3 * 3001)
    try place.fail(
      "run-network --architecture eqtransformer --weights picker --input x.npy --output-file z.npy", 65,
      "the model cannot be read: picker: it is a network of the kind phasenet; expected eqtransformer")
    let weights = try place.folder.bytes("picker/model.safetensors")
    try place.folder.write("cut.safetensors", Array(weights.prefix(weights.count / 2)))
    let outcome = try place.run("run-network --weights cut.safetensors --input x.npy --output-file z.npy")
    #expect(outcome.exitCode == 65)
    #expect(outcome.errorOutput.contains("cut.safetensors"))
  }
}

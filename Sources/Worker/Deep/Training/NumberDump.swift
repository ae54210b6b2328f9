import Foundation
import SeismicFormats

/// Writes named arrays as a file in the form of safetensors.
///
/// The length of a JSON text, the text with types, shapes and places, then the numbers as little-endian single-precision floats. NumPy users
/// read it with the `safetensors` package.
///
/// - Throws: ``FormatError``.
public func writeNumberDump(_ arrays: [(name: String, shape: [Int], values: [Float])], _ path: String) throws {
  var entries: [String: Any] = [:]
  var place = 0
  for array in arrays {
    let end = place + array.values.count * 4
    entries[array.name] = ["dtype": "F32", "shape": array.shape, "data_offsets": [place, end]] as [String: Any]
    place = end
  }
  guard var header = try? JSONSerialization.data(withJSONObject: entries, options: [.sortedKeys]) else {
    throw FormatError(.cannotCreate, file: path, found: "the names of the arrays cannot be written")
  }
  while header.count % 8 != 0 { header.append(32) }
  let sink = TextSink(capacity: place + header.count + 8)
  sink.append(binary: UInt64(header.count).littleEndian)
  Array(header).withUnsafeBufferPointer { sink.append($0) }
  for array in arrays { array.values.withUnsafeBytes { sink.append($0.bindMemory(to: UInt8.self)) } }
  let output = try FileOutput(path)
  try output.write(sink)
  try output.commit()
}

import HSDLCompute
import SeismicFormats

/// A summary of the arrays in a file: safetensors, NumPy's .npz, or HDF5.
struct ArrayInspection: Inspection {
  private let file: String
  private let format: (code: String, name: String)
  private let byteCount: Int
  private let arrays: [(name: String, shape: String)]
  private let remarks: [(key: String, value: String)]

  /// Reads the names and shapes; nil when it is a file of another kind.
  init?(_ path: String) throws {
    file = path
    let input = try FileInput(path)
    byteCount = input.size
    let prefix = try input.prefix(16)
    if prefix.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      format = ("hdf5", "HDF5")
      let hdf5 = try HDF5File(path)
      arrays = try hdf5.names().map { name in
        switch hdf5.kind(of: name) {
        case .dataset?: (name, NumericArray.text(of: try hdf5.dataset(name).shape))
        case .group?: (name, counted(try hdf5.names(in: name).count, "members"))
        default: (name, "")
        }
      }
      remarks = []
    } else if prefix.starts(with: [0x50, 0x4B, 3, 4]), let archive = try? NumPyArchive(path), !archive.names.isEmpty {
      format = ("npz", "NumPy archive")
      arrays = archive.names.map { ($0, "") }
      remarks = []
    } else if path.hasSuffix(".safetensors") {
      format = ("safetensors", "safetensors")
      let tensors = try SafeTensors(path)
      arrays = tensors.names.map { ($0, NumericArray.text(of: tensors.shape($0) ?? [])) }
      remarks = tensors.metadata.map { ($0.key, $0.value) }
    } else {
      return nil
    }
  }

  var json: JSONValue {
    .object([
      ("file", .string(file)), ("format", .string(format.code)), ("format_name", .string(format.name)),
      ("bytes", .integer(byteCount)),
      (
        "arrays",
        .array(arrays.map { .object([("name", .string($0.name)), ("shape", .string($0.shape))]) })
      ), ("metadata", .object(remarks.map { ($0.key, .string($0.value)) })),
    ])
  }

  var lines: [String] {
    var lines = ["\(file): \(format.name), \(byteCount) bytes", counted(arrays.count, "arrays")]
    if format.code == "hdf5" { lines[1] = counted(arrays.count, "members") }
    lines += factLines(remarks.map { ($0.key, $0.value) })
    lines += factLines(arrays.prefix(200).map { ($0.name, $0.shape) })
    if arrays.count > 200 { lines.append("and \(arrays.count - 200) more; --json lists them all") }
    return lines
  }
}

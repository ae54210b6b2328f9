/// Tensors in a file of the form `safetensors` (Hugging Face, 2022): a header in JSON, then plain numbers.
///
/// The header is read and checked when the file is opened; a tensor is read when it is asked for. Tensors lie one behind the
/// other without gaps, as the reference implementation demands.
public final class SafeTensors {
  /// The path, as it was given.
  public let path: String
  /// The names of the tensors, in the order of their bytes.
  public var names: [String] { header.entries.map(\.name) }
  /// What the file says of itself.
  public var metadata: [(key: String, value: String)] { header.metadata }
  private let file: FileInput
  private let header: SafeTensorsHeader
  private let dataStart: Int
  private let places: [String: Int]

  /// The longest header, as in the reference implementation.
  public static let headerLimit = 100_000_000

  /// Opens a file.
  ///
  /// - Throws: ``FormatError`` that names the tensor where the header and the file disagree.
  public init(_ path: String) throws {
    self.path = path
    file = try FileInput(path)
    try file.requireContent(expected: "a file of tensors (safetensors)")
    guard file.size >= 8 else {
      throw FormatError(
        .badData, file: path, found: "it has \(file.size) bytes", expected: "a file of tensors (safetensors)",
        remedy: "copy the file anew")
    }
    let length = try file.bytes(at: 0, count: 8).number(at: 0, 8)
    guard length >= 2, length <= file.size - 8, length <= Self.headerLimit else {
      let text = length < 0 ? "of more than 2⁶³ bytes" : "of \(length) bytes"
      throw FormatError(
        .badData, file: path, at: .byte(0), found: "a header \(text) in a file of \(file.size)",
        expected: "one that lies within the file, of at most \(Self.headerLimit)",
        remedy: "check that it is a file of tensors (safetensors), and whole")
    }
    dataStart = 8 + length
    header = try SafeTensorsHeader(
      try file.bytes(at: 8, count: length), dataSize: file.size - dataStart, file: path)
    var places: [String: Int] = [:]
    for (place, entry) in header.entries.enumerated() { places[entry.name] = place }
    self.places = places
  }

  private func entry(_ name: String) throws -> SafeTensorsHeader.Entry {
    guard let place = places[name] else {
      throw FormatError(.badData, file: path, found: "there is no tensor \(quoted(name))", expected: "one")
    }
    return header.entries[place]
  }

  /// The shape of a tensor; nil where there is none of this name.
  public func shape(_ name: String) -> [Int]? { places[name].map { header.entries[$0].shape } }

  /// Reads a tensor.
  ///
  /// - Throws: ``FormatError`` when there is none of this name.
  public func array(_ name: String) throws -> NumericArray {
    let entry = try entry(name)
    let start = dataStart + entry.range.lowerBound
    let values = try ElementDecoding.floats(entry.count, entry.type, isBigEndian: false) { offset, memory in
      guard try file.read(at: start + offset, into: memory) == memory.count else {
        throw FormatError(
          .inputOutput, file: path, at: .byte(start + offset), found: "it ends within tensor \(quoted(name))",
          expected: "\(file.size) bytes, as when it was opened")
      }
    }
    return NumericArray(shape: entry.shape, values: values, type: entry.type)
  }

  /// Reads all tensors, in the order of their bytes.
  ///
  /// - Throws: ``FormatError``.
  public func arrays() throws -> [(name: String, array: NumericArray)] {
    try names.map { ($0, try array($0)) }
  }

  /// Writes tensors as numbers of single precision, in the given order.
  ///
  /// The same tensors in the same order give the same bytes. Numbers begin at a multiple of eight bytes, and the reference implementation reads
  /// the file.
  ///
  /// - Parameters:
  ///   - arrays: names and tensors.
  ///   - metadata: what to say of them; written in the order of keys.
  ///   - path: the file; it appears under its name when it is whole.
  ///   - isDurable: whether to wait until it is on the disk.
  /// - Throws: ``FormatError`` when it cannot be written, a name stands twice, or a shape does not fit its values.
  public static func write(
    _ arrays: [(name: String, array: NumericArray)], metadata: [(key: String, value: String)] = [], to path: String,
    isDurable: Bool = true
  ) throws {
    func failure(_ found: String, _ expected: String) -> FormatError {
      FormatError(.cannotCreate, file: path, found: found, expected: expected)
    }
    let sink = TextSink()
    sink.append("{")
    var names: Set<String> = []
    if !metadata.isEmpty {
      var keys: Set<String> = []
      sink.append("\"__metadata__\":{")
      for (index, pair) in metadata.sorted(by: { $0.key < $1.key }).enumerated() {
        guard keys.insert(pair.key).inserted else { throw failure("\(quoted(pair.key)) stands twice", "each once") }
        if index > 0 { sink.append(",") }
        quote(pair.key, sink)
        sink.append(":")
        quote(pair.value, sink)
      }
      sink.append("}")
      names.insert("__metadata__")
    }
    var offset = 0
    for (index, (name, array)) in arrays.enumerated() {
      guard names.insert(name).inserted, name != "__metadata__" else {
        throw failure("tensor \(quoted(name)) stands twice", "each once")
      }
      guard NumericArray.count(of: array.shape) == array.values.count,
        array.shape.count <= SafeTensorsHeader.dimensionLimit
      else {
        throw failure(
          "tensor \(quoted(name)) of the shape \(array.shapeText) has \(array.values.count) values",
          "as many as the shape says")
      }
      if index > 0 || !metadata.isEmpty { sink.append(",") }
      quote(name, sink)
      sink.append(":{\"dtype\":\"F32\",\"shape\":[")
      for (dimension, extent) in array.shape.enumerated() {
        if dimension > 0 { sink.append(",") }
        sink.append(extent)
      }
      sink.append("],\"data_offsets\":[")
      sink.append(offset)
      offset += array.values.count * 4
      sink.append(",")
      sink.append(offset)
      sink.append("]}")
    }
    sink.append("}")
    while sink.bytes.count % 8 != 0 { sink.append(byte: 32) }
    let length = sink.bytes.count
    guard length <= headerLimit else { throw failure("a header of \(length) bytes", "at most \(headerLimit)") }
    let output = try FileOutput(path, isDurable: isDurable)
    try (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }.withUnsafeBufferPointer { try output.write($0) }
    try output.write(sink)
    for (_, array) in arrays { try output.write(values: array.values) }
    try output.commit()
  }

  private static func quote(_ text: String, _ sink: TextSink) {
    sink.append(byte: 34)
    for byte in text.utf8 {
      switch byte {
      case 34: sink.append("\\\"")
      case 92: sink.append("\\\\")
      case 0..<32, 127:
        sink.append("\\u00")
        for digit in [byte >> 4, byte & 15] { sink.append(byte: digit < 10 ? 48 + digit : 87 + digit) }
      default: sink.append(byte: byte)
      }
    }
    sink.append(byte: 34)
  }
}

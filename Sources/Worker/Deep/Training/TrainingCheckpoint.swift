import Foundation
import HSDLCompute
import SeismicFormats

/// All that a training needs to go on as if it had never been interrupted.
///
/// One file: a line that says what it is, the length of a JSON text, that text, the numbers as single-precision floats, a hash of
/// everything before it; little-endian. It does not depend on the number of ranks.
struct TrainingCheckpoint {
  /// What a training must agree with to go on from here.
  struct Identity: Codable, Equatable {
    var layout: [TensorSpecification]
    var settings: [String: String]
    var data: [String: String]
    var metricNames: [String]
  }

  private struct Header: Codable {
    var identity: Identity
    var state: TrainingState
    /// The names and lengths of the stretches of numbers, in order.
    var names: [String]
    var counts: [Int]
  }

  var identity: Identity
  var state: TrainingState
  /// Stretches of numbers by name, in order.
  var arrays: [(name: String, values: [Float])]

  private static let signature = Array("hsdl-mpi training checkpoint 1\n".utf8)

  /// Writes the file: under another name first, then to the disk, then under its own name.
  ///
  /// - Throws: ``FormatError``.
  func write(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let header = Header(
      identity: identity, state: state, names: arrays.map(\.name), counts: arrays.map(\.values.count))
    guard let text = try? encoder.encode(header) else {
      throw FormatError(
        .cannotCreate, file: path, found: "the state of the training holds a number that is not finite",
        remedy: "lower the learning rate")
    }
    let sink = TextSink(capacity: 1 << 20)
    Self.signature.withUnsafeBufferPointer { sink.append($0) }
    sink.append(binary: UInt64(text.count).littleEndian)
    Array(text).withUnsafeBufferPointer { sink.append($0) }
    for array in arrays {
      array.values.withUnsafeBytes { sink.append($0.bindMemory(to: UInt8.self)) }
    }
    sink.append(binary: stableHash(sink.bytes).littleEndian)
    let output = try FileOutput(path)
    try output.write(sink)
    try output.commit()
  }

  /// Reads the bytes of a file.
  ///
  /// - Throws: ``FormatError``.
  static func bytes(of path: String) throws -> [UInt8] {
    let input = try FileInput(path)
    let bytes = try input.prefix(input.size)
    guard bytes.count == input.size else { throw damaged(path, bytes.count, "it ends while it is being read") }
    return bytes
  }

  private static func damaged(_ path: String, _ place: Int, _ found: String) -> FormatError {
    FormatError(
      .badData, file: path, at: .byte(place), found: found, expected: "a whole checkpoint",
      remedy: "take the other checkpoint of the folder, or begin anew with --overwrite")
  }

  /// Makes a checkpoint of the bytes of a file.
  ///
  /// - Throws: ``FormatError``: `badData` for bytes that are not, or not all, those of a checkpoint.
  init(_ bytes: [UInt8], path: String) throws {
    let start = Self.signature.count
    guard bytes.count >= start + 16, bytes.starts(with: Self.signature) else {
      throw Self.damaged(
        path, 0, bytes.starts(with: Self.signature) ? "it is cut off" : "it is no checkpoint of a training")
    }
    func number(_ place: Int) -> UInt64 {
      bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
    }
    let end = bytes.count - 8
    let hash = bytes.withUnsafeBufferPointer { stableHash(Bytes(rebasing: $0[..<end])) }
    guard hash == number(end) else {
      throw Self.damaged(path, end, "its bytes do not agree with their hash: it is cut off or damaged")
    }
    let length = number(start)
    guard length <= UInt64(end - start - 8) else {
      throw Self.damaged(path, start, "its header is longer than the file")
    }
    let body = start + 8 + Int(length)
    let header: Header
    do {
      header = try JSONDecoder().decode(Header.self, from: Data(bytes[start + 8..<body]))
    } catch {
      throw Self.damaged(path, start + 8, "its header cannot be read (\(error))")
    }
    guard header.names.count == header.counts.count, header.counts.allSatisfy({ $0 >= 0 && $0 <= (end - body) / 4 }),
      header.counts.reduce(0, +) * 4 == end - body
    else { throw Self.damaged(path, body, "it holds another number of numbers than its header says") }
    identity = header.identity
    state = header.state
    arrays = []
    var place = body
    for (name, count) in zip(header.names, header.counts) {
      let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(buffer).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: $0[place..<place + count * 4]))
        }
        initialized = count
      }
      arrays.append((name, values))
      place += count * 4
    }
  }

  /// Creates a checkpoint.
  init(identity: Identity, state: TrainingState, arrays: [(name: String, values: [Float])]) {
    self.identity = identity
    self.state = state
    self.arrays = arrays
  }

  /// The numbers of a name.
  func values(_ name: String) -> [Float]? { arrays.first { $0.name == name }?.values }

  /// Objects to a checkpoint of another training.
  ///
  /// - Throws: ``FormatError`` with `badData`, which says what differs.
  func require(_ wanted: Identity, path: String) throws {
    var differences: [String] = []
    if let text = Self.difference(identity.layout, wanted.layout) { differences.append(text) }
    for (kind, there, here) in [("", identity.settings, wanted.settings), ("data: ", identity.data, wanted.data)] {
      for name in Set(there.keys).union(here.keys).sorted() where there[name] != here[name] {
        differences.append("\(kind)\(name) is \(there[name] ?? "not set") there and \(here[name] ?? "not set") here")
      }
    }
    if identity.metricNames != wanted.metricNames {
      differences.append("the metrics are \(identity.metricNames) there and \(wanted.metricNames) here")
    }
    guard differences.isEmpty else {
      let more = differences.count > 5 ? " and \(differences.count - 5) more" : ""
      throw FormatError(
        .badData, file: path,
        found: "it belongs to another training: \(differences.prefix(5).joined(separator: "; "))\(more)",
        remedy: "give the same settings and data, another --output, or --overwrite to begin anew")
    }
  }

  private static func difference(_ there: [TensorSpecification], _ here: [TensorSpecification]) -> String? {
    for (left, right) in zip(there, here) where left != right {
      return "tensor \(left.name) \(left.shape) there is \(right.name) \(right.shape) here"
    }
    return there.count == here.count ? nil : "the network has \(there.count) tensors there and \(here.count) here"
  }
}

import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Worker

/// The only rank.
final class Alone {
  static func set(
    _ sources: [TrainingSource], _ picker: PickerDescription, onProblem: @escaping ProblemHandler = { _ in }
  ) throws -> PickerTrainingSet {
    var made: PickerTrainingSet?
    let place = Box<[Problem]>([])
    let box = Box<PickerTrainingSet?>(nil)
    _ = try InProcessCommunicator.run(ranks: 1) { communicator in
      box.value = try PickerTrainingSet(sources, picker: picker, over: communicator) { place.value.append($0) }
      return true
    }
    made = box.value
    for problem in place.value { try onProblem(problem) }
    guard let made else { throw FormatError(.badData, file: "", found: "no set") }
    return made
  }
}

final class Box<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}

/// Archives of NumPy, stored.
enum ArrayArchive {
  static func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func numbers(_ values: [Float], _ shape: [Int]) -> [UInt8] {
    header("<f4", shape) + values.flatMap { little(Int($0.bitPattern), 4) }
  }

  static func texts(_ values: [String]) -> [UInt8] {
    let width = values.map(\.unicodeScalars.count).max() ?? 1
    return header("<U\(width)", [values.count])
      + values.flatMap { text -> [UInt8] in
        let scalars = text.unicodeScalars.map { Int($0.value) }
        return (scalars + [Int](repeating: 0, count: width - scalars.count)).flatMap { little($0, 4) }
      }
  }

  private static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
    let extents = shape.map { "\($0)," }.joined()
    let text = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }\n".utf8)
    return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0] + little(text.count, 2) + text
  }

  private static func checksum(_ bytes: [UInt8]) -> Int {
    var value: UInt32 = ~0
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~value)
  }

  static func bytes(_ arrays: [(name: String, content: [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    var table: [UInt8] = []
    for (name, content) in arrays {
      let name = Array("\(name).npy".utf8)
      let sizes = little(checksum(content), 4) + little(content.count, 4) + little(content.count, 4)
      let common = [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + sizes + little(name.count, 2) + [0, 0]
      table += little(0x0201_4B50, 4) + [20, 0] + common + little(0, 2 + 2 + 2 + 4) + little(body.count, 4) + name
      body += little(0x0403_4B50, 4) + common + name + content
    }
    return body + table + little(0x0605_4B50, 4) + little(0, 4) + little(arrays.count, 2) + little(arrays.count, 2)
      + little(table.count, 4) + little(body.count, 4) + [0, 0]
  }

  /// Traces of east, north, vertical with a one at P and at S on a little noise; the first `noise` traces have none.
  static func labelled(count: Int, noise: Int, length: Int, spoiled: Int? = nil) -> [UInt8] {
    var random = SplitMix64(seed: 3)
    var data = (0..<count * length * 3).map { _ in Float(random.uniform() - 0.5) }
    var p = [Float](repeating: -1, count: count)
    var s = [Float](repeating: -1, count: count)
    for trace in noise..<max(count, noise) {
      p[trace] = Float(length / 3 + trace)
      s[trace] = Float(length / 2 + trace)
      for column in 0..<3 {
        data[(trace * length + Int(p[trace])) * 3 + column] += 500
        data[(trace * length + Int(s[trace])) * 3 + column] += 1000
      }
    }
    if let spoiled { data[spoiled * length * 3 + 7] = .nan }
    return bytes([
      ("data", numbers(data, [count, length, 3])), ("p_sample", numbers(p, [count])), ("s_sample", numbers(s, [count])),
      ("name", texts((0..<count).map { "NC_A\($0)_20140612073\($0 % 6)4580" })), ("sampling_rate", numbers([100], [])),
    ])
  }
}

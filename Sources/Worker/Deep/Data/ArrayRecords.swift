import HSDLCompute
import SeismicFormats

/// Samples of an archive of NumPy: `data` (traces × samples × E, N, Z), `p_sample`, `s_sample`, `name`, `sampling_rate`.
///
/// All but the data may be missing. A trace without arrivals is noise.
///
/// Nothing says which traces are of one event; those whose names tell of the same minute are taken for it.
final class ArrayRecords: TrainingRecords {
  private let path: String
  private let data: [Float]
  private let length: Int
  private let names: [String]
  private let p: [Float]
  private let s: [Float]
  private let samplingRate: Double
  let count: Int

  /// Reads the archive.
  ///
  /// - Throws: ``FormatError``.
  init(_ path: String) throws {
    self.path = path
    let archive = try NumPyArchive(path)
    let array = try archive.array("data")
    guard array.shape.count == 3, array.shape[2] == 3, array.shape[1] > 1 else {
      throw FormatError(
        .badData, file: path, found: "data of the shape \(array.shapeText)", expected: "traces × samples × 3")
    }
    data = array.values
    count = array.shape[0]
    length = array.shape[1]
    func numbers(_ name: String) throws -> [Float] {
      guard archive.has(name) else { return [Float](repeating: .nan, count: array.shape[0]) }
      let values = try archive.array(name)
      guard values.values.count == array.shape[0] else {
        throw FormatError(
          .badData, file: path, found: "\(name) of the shape \(values.shapeText)", expected: "\(array.shape[0]) numbers"
        )
      }
      return values.values
    }
    p = try numbers("p_sample")
    s = try numbers("s_sample")
    let rate = archive.has("sampling_rate") ? try archive.array("sampling_rate").values.first ?? 100 : 100
    guard rate > 0, rate.isFinite else {
      throw FormatError(.badData, file: path, found: "a sampling rate of \(rate)", expected: "a number above zero")
    }
    samplingRate = Double(rate)
    var names = archive.has("name") ? try archive.strings("name") : []
    if names.isEmpty { names = (0..<array.shape[0]).map { "trace \($0)" } }
    guard names.count == array.shape[0] else {
      throw FormatError(.badData, file: path, found: "\(names.count) names", expected: "\(array.shape[0])")
    }
    self.names = names
  }

  private func arrivals(_ index: Int) -> (p: Double?, s: Double?) {
    // Below zero and NaN stand for none.
    func arrival(_ value: Float) -> Double? { value >= 0 ? Double(value) : nil }
    return (arrival(p[index]), arrival(s[index]))
  }

  func entry(_ index: Int, onProblem: ProblemHandler) throws -> TrainingEntry {
    let (p, s) = arrivals(index)
    if let objection = objection(p: p, s: s) {
      try onProblem(
        Problem(
          file: path, found: "trace \(quoted(names[index])): \(objection)", expected: "P before S, both in the trace",
          action: "left out"))
      return TrainingEntry(isUsable: false, isNoise: false, group: 0)
    }
    // NC_ABC_2014061207304580: the digits of a time.
    let digits =
      names[index].split(separator: "_").last.map { $0.utf8.allSatisfy { (48...57).contains($0) } ? $0 : "" } ?? ""
    let group = digits.utf8.count >= 14 ? String(digits.prefix(12)) : names[index]
    let time =
      digits.utf8.count >= 14
      ? UTCTime(
        "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.dropFirst(6).prefix(2))T\(digits.dropFirst(8).prefix(2)):\(digits.dropFirst(10).prefix(2)):\(digits.dropFirst(12).prefix(2))Z"
      ) : nil
    return TrainingEntry(isNoise: p == nil && s == nil, group: stableHash(group), time: time)
  }

  func raw(_ index: Int, onProblem: ProblemHandler) throws -> RawRecord {
    let start = index * length * 3
    // East, north, vertical in the file.
    let components = [2, 1, 0].map { column -> [Double]? in
      let samples = (0..<length).map { Double(data[start + 3 * $0 + column]) }
      return samples.allSatisfy { $0 == 0 } ? nil : samples
    }
    let (p, s) = arrivals(index)
    var raw = RawRecord(file: path, name: names[index], samplingRate: samplingRate, components: components)
    if p != nil || s != nil { raw.arrivals = [PhaseArrivals(p: p, s: s)] }
    return raw
  }
}
